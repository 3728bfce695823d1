"""A session on a Cisco IOS router: netmiko connects and logs in, NAPALM's ios driver shares the connection (drivers.py)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import paramiko
from netmiko.cisco.cisco_ios import CiscoIosSSH

from ipsecbot.collect.commands import Command, CommandRefused, render, row_of
from ipsecbot.collect.failures import LIBRARY_ERRORS, while_asking, while_opening, wrong_platform
from ipsecbot.collect.session import Answer
from ipsecbot.collect.ssh import authentication, client_for, hang_up
from ipsecbot.collect.terminal import Terminal
from ipsecbot.errors import DeviceError, EnableRefused
from ipsecbot.model.device import Platform
from ipsecbot.model.target import Target

# How IOS says that it did not do what was asked. "not configured" and "no SAs" are answers, not refusals.
REFUSALS = (
    re.compile(r"^% ?Invalid input detected", re.MULTILINE),
    re.compile(r"^% ?Incomplete command", re.MULTILINE),
    re.compile(r"^% ?Ambiguous command", re.MULTILINE),
    re.compile(r"^% ?(?:Unknown command|Unrecognized command|Bad IP address|Invalid source)", re.MULTILINE),
    re.compile(r"^(?:% ?)?(?:Command a|A)uthorization (?:failed|denied)", re.MULTILINE | re.IGNORECASE),
)
_CHECK_SECONDS = 10.0


class _Connection(CiscoIosSSH):
    """netmiko's driver with our host key policy, and our terminal in place of its first steps, which sleep and guess."""

    terminal: Terminal
    privileged: bool = False

    def __init__(self, target: Target, client: paramiko.SSHClient, **options: Any) -> None:
        self._target, self._client = target, client
        super().__init__(**options)

    def session_preparation(self) -> None:
        until = time.monotonic() + self._target.timeout.total_seconds()
        self.terminal = Terminal(self.remote_conn, self._target)
        self.privileged = self.terminal.begin(render(Platform.CISCO_IOS, "no-paging").text, until)
        self.base_prompt = self.terminal.prompt
        wide = render(Platform.CISCO_IOS, "wide").text
        self.terminal.type(wide)
        self.terminal.answer(wide, until)

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """netmiko's own types Enter first, and `exit` into whatever it is when the preparation fails."""
        try:
            self.session_preparation()
        except BaseException:
            hang_up(self.remote_conn, self.remote_conn_pre)
            raise

    def _build_ssh_client(self) -> paramiko.SSHClient:
        return self._client


def _connect(target: Target, client: paramiko.SSHClient) -> _Connection:
    seconds = target.timeout.total_seconds()
    return _Connection(
        target,
        client,
        device_type="cisco_ios",
        host=str(target.device.address),
        port=target.device.port,
        **authentication(target),
        conn_timeout=seconds,
        banner_timeout=seconds,
        auth_timeout=seconds,
        keepalive=10,
    )


class IosSession:
    """See session.Session. A second login on the same router can do without the `check` of the platform."""

    def __init__(self, target: Target, *, check: bool = True) -> None:
        self._target = target
        self._asked: dict[str, Answer] = {}
        client = client_for(target)
        try:
            self._connection = _connect(target, client)
        except (*LIBRARY_ERRORS, DeviceError) as trouble:
            client.close()
            raise while_opening(target, trouble) from None
        self._terminal = self._connection.terminal
        try:
            self._enable()
            if check:
                self._check_platform()
        except BaseException:
            self.close()
            raise

    @property
    def target(self) -> Target:
        return self._target

    @property
    def connection(self) -> Any:
        """The netmiko connection (NAPALM's `driver.device` is a gate in front of it, see drivers.py)."""
        return self._connection

    @property
    def _channel(self) -> Any:
        return self._connection.remote_conn  # a paramiko Channel; netmiko's type also allows Telnet and a serial line

    def _enable(self) -> None:
        """Privileged mode; without an enable secret the login itself has to be privileged."""
        name, login = self._target.device.name, self._target.login
        if self._connection.privileged:
            return
        if not login.enable:
            raise EnableRefused(name, "the login gives no privileged mode; add enable: to this device in the inventory.")
        until = time.monotonic() + self._target.timeout.total_seconds()
        try:
            taken = self._terminal.enable(render(Platform.CISCO_IOS, "enable").text, login.enable, until)
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        if not taken:
            raise EnableRefused(name, "the enable secret was refused; check enable: of this device in the inventory.")

    def _check_platform(self) -> None:
        limit = min(_CHECK_SECONDS, self._target.timeout.total_seconds())
        self._asked["version"] = answer = self._send(render(Platform.CISCO_IOS, "version"), limit)
        if not re.search(r"Cisco (?:IOS|Internetwork Operating System)", answer.text):
            raise wrong_platform(self._target, "show version does not say Cisco IOS")

    def ask(self, name: str) -> Answer:
        """One reading command of the table by its name; asked once in a session, then remembered."""
        if name not in self._asked:
            self._asked[name] = self.send(render(Platform.CISCO_IOS, name))
        return self._asked[name]

    def forget(self, names: tuple[str, ...]) -> None:
        """What `ask` remembers of these: the next question goes to the router again."""
        for name in names:
            self._asked.pop(name, None)
            instead = row_of(Platform.CISCO_IOS, name).instead
            if instead is not None:
                self._asked.pop(instead, None)

    def send(self, command: Command) -> Answer:
        return self._send(command, self._target.timeout.total_seconds())

    def _send(self, command: Command, seconds: float) -> Answer:
        self._type(command)
        if command.timeout is not None:
            seconds = max(seconds, command.timeout.total_seconds())
        try:
            text = self._terminal.answer(command.text, time.monotonic() + seconds)
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        refusal = next((found.group().lstrip("% ") for rule in REFUSALS if (found := rule.search(text))), None)
        return Answer(command, text, refusal)

    def _type(self, command: Command) -> None:
        if type(command) is not Command or command.row.platform is not Platform.CISCO_IOS:
            raise CommandRefused("a session sends Commands of its own platform only")
        try:
            self._terminal.discard()
            self._terminal.type(command.text)
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None

    def send_all(self, commands: tuple[Command, ...]) -> tuple[Answer, ...]:
        return tuple(self.send(command) for command in commands)

    def follow(self, command: Command, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """`command` is answered by a prompt (terminal monitor, a ping): what comes after is yielded too."""
        self._type(command)
        yield from self.listen(limit, stop)

    def listen(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """Whatever the router writes by itself. SessionLost when it ends."""
        until = time.monotonic() + limit.total_seconds()
        while not stop() and (left := until - time.monotonic()) > 0:
            yield self._terminal.receive(min(0.1, left))

    def is_alive(self) -> bool:
        channel = self._channel
        return not channel.closed and not channel.eof_received and bool(channel.get_transport().is_active())

    def close(self) -> None:
        """Without netmiko's farewell: `exit` would wait for a prompt that a debug stream may bury."""
        connection = self._connection
        hang_up(connection.remote_conn, connection.remote_conn_pre)

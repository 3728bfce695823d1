"""A session on a Cisco IOS router: netmiko logs in, NAPALM's ios driver shares the connection, we wait for answers.

Why the waiting is our own: netmiko's reads return '' for ever on a dead connection, its `send_command` drains the channel
first and takes a debug line for the prompt, and both poll. Here a read blocks until text comes, the echo of the command is
awaited before the prompt, and an end of the session is seen at once.
"""

from __future__ import annotations

import codecs
import re
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import paramiko
from netmiko.cisco.cisco_ios import CiscoIosSSH

from ipsecbot.collect.commands import Command, CommandRefused, render, row_of
from ipsecbot.collect.failures import LIBRARY_ERRORS, hung, lost, while_asking, while_opening, wrong_platform
from ipsecbot.collect.session import Answer
from ipsecbot.collect.ssh import authentication, client_for
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
_MORE = re.compile(r"\s*-{1,2} ?[Mm]ore ?-{1,2}\s*\Z")
_ERASED = re.compile(r"-{1,2} ?[Mm]ore ?-{1,2}[ ]?(?:\x08+ *\x08*|\r *\r)?")
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUIET = 0.4  # seconds of silence after which a prompt that is not at the end of the text counts


class _Connection(CiscoIosSSH):
    """netmiko's driver with our host key policy."""

    def __init__(self, target: Target, **options: Any) -> None:
        self._target = target
        super().__init__(**options)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        return client_for(self._target)


def _connect(target: Target) -> _Connection:
    seconds = target.timeout.total_seconds()
    keywords = authentication(target)
    with warnings.catch_warnings():
        # paramiko names ciphers that newer cryptography calls decayed; old routers offer nothing else
        warnings.simplefilter("ignore")
        return _Connection(
            target,
            device_type="cisco_ios",
            host=str(target.device.address),
            port=target.device.port,
            **keywords,
            secret=target.login.enable or "",
            use_keys=bool(target.login.agent),
            fast_cli=True,
            conn_timeout=seconds,
            banner_timeout=seconds,
            auth_timeout=seconds,
            read_timeout_override=seconds,
            keepalive=10,
            disabled_algorithms=None,
        )


class IosSession:
    """See session.Session. `monitor` sessions skip the check of the platform, which the first one has made."""

    def __init__(self, target: Target, *, check: bool = True) -> None:
        self._target = target
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._asked: dict[str, Answer] = {}
        try:
            self._connection = _connect(target)
        except (*LIBRARY_ERRORS, DeviceError) as trouble:
            raise while_opening(target, trouble) from None
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
        """The netmiko connection (NAPALM's `driver.device` is a gate in front of it, see facts.py)."""
        return self._connection

    @property
    def _channel(self) -> Any:
        return self._connection.remote_conn  # a paramiko Channel; netmiko's type also allows Telnet and a serial line

    def _enable(self) -> None:
        """Privileged mode; without an enable secret the login itself has to be privileged."""
        connection, name = self._connection, self._target.device.name
        try:
            if connection.check_enable_mode():
                return
            if not self._target.login.enable:
                raise EnableRefused(name, "the login gives no privileged mode; add enable: to this device in the inventory.")
            connection.enable()
        except ValueError:
            raise EnableRefused(name, "the enable secret was refused; check enable: of this device in the inventory.") from None
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None

    def _check_platform(self) -> None:
        answer = self.ask("version")
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
        if type(command) is not Command or command.row.platform is not Platform.CISCO_IOS:
            raise CommandRefused("a session sends Commands of its own platform only")
        limit = max(command.timeout or timedelta(), self._target.timeout)
        try:
            self._discard()
            self._connection.write_channel(f"{command.text}\n")
            text = self._read_answer(command.text, time.monotonic() + limit.total_seconds())
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        refusal = next((found.group().lstrip("% ") for rule in REFUSALS if (found := rule.search(text))), None)
        return Answer(command, text, refusal)

    def send_all(self, commands: tuple[Command, ...]) -> tuple[Answer, ...]:
        return tuple(self.send(command) for command in commands)

    def follow(self, command: Command, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """`command` is answered by a prompt (terminal monitor, a ping): what comes after is yielded too."""
        if type(command) is not Command or command.row.platform is not Platform.CISCO_IOS:
            raise CommandRefused("a session sends Commands of its own platform only")
        self._discard()
        try:
            self._connection.write_channel(f"{command.text}\n")
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        yield from self.listen(limit, stop)

    def listen(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """Whatever the router writes by itself. SessionLost when it ends."""
        until = time.monotonic() + limit.total_seconds()
        while not stop() and (left := until - time.monotonic()) > 0:
            yield self._receive(min(0.1, left))

    def is_alive(self) -> bool:
        channel = self._channel
        return not channel.closed and not channel.eof_received and bool(channel.get_transport().is_active())

    def close(self) -> None:
        """Without netmiko's farewell: `exit` would wait for a prompt that a debug stream may bury."""
        connection = self._connection
        for part in (connection.remote_conn, connection.remote_conn_pre):
            if part is not None:
                part.close()

    def _receive(self, seconds: float) -> str:
        """The next text, or '' when none came in time. SessionLost when there will be no more."""
        channel = self._channel
        channel.settimeout(max(seconds, 0.01))
        try:
            data = channel.recv(65536)
        except TimeoutError:
            return ""
        except OSError:
            raise lost(self._target) from None
        if not data:
            raise lost(self._target)
        # a \r that ends a piece may belong to the \n that begins the next one
        text = self._held + _TERMINAL.sub("", self._decoder.decode(data))
        self._held = "\r" if text.endswith("\r") else ""
        return text.removesuffix("\r").replace("\r\n", "\n")

    def _discard(self) -> None:
        """What is left of earlier answers (netmiko's own reads leave some) belongs to no answer of ours."""
        self._connection.read_channel()
        self._held = ""

    def _read_answer(self, echo: str, until: float) -> str:
        text, quiet_since, echoed = "", time.monotonic(), -1
        prompt = re.compile(rf"^{re.escape(self._connection.base_prompt)}\S*[>#][ ]*$", re.MULTILINE)
        while time.monotonic() < until:
            piece = self._receive(min(_QUIET, until - time.monotonic()))
            if piece:
                text, quiet_since = text + piece, time.monotonic()
            if echoed < 0:
                found = text.find(echo)
                echoed = found + len(echo) if found >= 0 else -1
                if echoed < 0:
                    continue
            tail = max(echoed, len(text) - 4000)
            if _MORE.search(text, tail):
                text = _ERASED.sub("", text)
                self._connection.write_channel(" ")
                continue
            last = _last(prompt, text, tail)
            # elsewhere than at the end it may be a line of the answer, unless nothing more comes
            if last is not None and (last.end() == len(text) or time.monotonic() - quiet_since >= _QUIET):
                return _tidy(text[echoed : last.start()] + text[last.end() :])
        raise hung(self._target, "a command was not answered")


def _last(expression: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    return max(expression.finditer(text, start), key=lambda found: found.start(), default=None)


def _tidy(text: str) -> str:
    """Without the end of the echo's line, without what paging left."""
    text = _ERASED.sub("", text).replace("\x08", "").replace("\r", "")
    return text.split("\n", 1)[-1] if "\n" in text else text

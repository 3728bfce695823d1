"""A session on a strongSwan host: SSH exec, so that bytes are exact and exit status and stderr are known.

Several commands go in one exec: a small script for `sh` that prints a marker line after each, on both streams. Each command
of the script is a Command of the table; the marker is random, so no output can pretend to be one.
"""

from __future__ import annotations

import codecs
import re
import secrets
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ipsecbot.collect.commands import Command, CommandRefused, render
from ipsecbot.collect.failures import LIBRARY_ERRORS, hung, lost, while_asking, while_opening, wrong_platform
from ipsecbot.collect.session import Answer
from ipsecbot.collect.ssh import authentication, client_for, hang_up
from ipsecbot.errors import DeviceError, EnableRefused, SessionLost
from ipsecbot.model.device import Platform
from ipsecbot.model.target import SudoUse, Target

_PATH = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin; LC_ALL=C; export PATH LC_ALL"
_SYSTEMS = ("Linux", "FreeBSD", "Darwin", "OpenBSD", "NetBSD")
_SUDO_ASKS = re.compile(r"^sudo: .*(?:password|terminal|not allowed|no tty|not permitted|may not run)", re.MULTILINE)
_LARGEST = 8_000_000


class HostSession:
    """See session.Session."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._client = client_for(target)
        seconds = target.timeout.total_seconds()
        try:
            self._client.connect(
                str(target.device.address),
                port=target.device.port,
                **authentication(target),
                look_for_keys=False,
                timeout=seconds,
                banner_timeout=seconds,
                auth_timeout=seconds,
                channel_timeout=seconds,
            )
            transport = self._client.get_transport()
            if transport is None:
                raise lost(target)
            transport.set_keepalive(10)
        except (*LIBRARY_ERRORS, DeviceError) as trouble:
            self._client.close()
            raise while_opening(target, trouble) from None
        self._sudo = False
        try:
            self._look_round()
        except BaseException:
            self.close()
            raise

    def _look_round(self) -> None:
        """What kind of host this is, which tools it has, and whether sudo is needed."""
        names = ("kernel", "account", "which-swanctl", "which-ipsec", "which-journal")
        try:
            kernel, account, *tools = self.send_all(tuple(render(Platform.STRONGSWAN, name) for name in names))
        except SessionLost:
            # the login was good and the very first shell script ends the session: a router does that
            raise wrong_platform(self._target, "it ends the session instead of running a shell command") from None
        if kernel.refusal is not None or kernel.text.strip() not in _SYSTEMS:
            raise wrong_platform(self._target, "it answers no shell command")
        use = self._target.sudo
        self._sudo = use is SudoUse.ALWAYS or (use is SudoUse.AUTO and account.text.strip() != "0")
        self.has_swanctl, self.has_stroke, self.has_journal = (bool(tool.text.strip()) for tool in tools)
        self.stroke_name = "strongswan" if tools[1].text.strip().endswith("strongswan") else "ipsec"

    @property
    def target(self) -> Target:
        return self._target

    def send(self, command: Command) -> Answer:
        return self.send_all((command,))[0]

    def send_all(self, commands: tuple[Command, ...]) -> tuple[Answer, ...]:
        """One exec for all. A refused sudo and a missing tool are refusals; a failed command keeps its text."""
        if not commands:
            return ()
        script, marker = self._script(commands)
        limit = sum((command.timeout or timedelta() for command in commands), self._target.timeout)
        out, error = self._run(script, limit)
        done = _split(out, marker)
        if not done:
            raise lost(self._target)  # not even the first command came to its end
        return _answers(commands, done, _split(error, marker))

    def _script(self, commands: tuple[Command, ...]) -> tuple[str, str]:
        marker = f"ipsecbot-{secrets.token_hex(8)}"
        lines = [_PATH]
        for command in commands:
            if type(command) is not Command or command.row.platform is not Platform.STRONGSWAN:
                raise CommandRefused("a session sends Commands of its own platform only")
            lines.append(f"{self._privileged(command)}; s=$?; echo; echo {marker} $s; {{ echo; echo {marker}; }} >&2")
        return f"exec sh -c {shlex.quote('; '.join(lines))}", marker

    def _privileged(self, command: Command) -> str:
        return f"{{ {'sudo -n ' if self._sudo and command.row.root else ''}{command.text}; }} </dev/null"

    def _run(self, script: str, limit: timedelta) -> tuple[str, str]:
        """stdout and stderr of one exec, to the end of both."""
        channel = self._channel(script)
        out, error = bytearray(), bytearray()
        until = time.monotonic() + limit.total_seconds()
        try:
            while True:
                if channel.recv_ready():
                    out += channel.recv(1 << 16)
                elif channel.recv_stderr_ready():
                    error += channel.recv_stderr(1 << 16)
                elif channel.eof_received:
                    return out.decode("utf-8", "replace"), error.decode("utf-8", "replace")
                elif channel.closed or not self.is_alive():
                    raise lost(self._target)
                elif time.monotonic() > until:
                    raise hung(self._target, "a command did not come to its end")
                else:
                    self._wait(channel)
                if len(out) > _LARGEST or len(error) > _LARGEST:
                    raise hung(self._target, "a command did not stop writing")
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        finally:
            hang_up(channel)

    def _channel(self, script: str) -> Any:
        transport = self._client.get_transport()
        try:
            if transport is None:
                raise lost(self._target)
            channel = transport.open_session(timeout=self._target.timeout.total_seconds())
            channel.exec_command(script)
            channel.shutdown_write()  # some commands wait for the end of their input
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        return channel

    @staticmethod
    def _wait(channel: Any) -> None:
        """Until something may have come; paramiko sets the event of a channel for output, end and close alike."""
        channel.status_event.wait(0.005)
        time.sleep(0.002)

    def follow(self, command: Command, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """The output of `command` as it comes, on a channel of its own beside whatever else this session does."""
        if type(command) is not Command or command.row.platform is not Platform.STRONGSWAN:
            raise CommandRefused("a session sends Commands of its own platform only")
        channel = self._channel(f"exec sh -c {shlex.quote(f'{_PATH}; {self._privileged(command)}')}")
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        until = time.monotonic() + limit.total_seconds()
        channel.settimeout(0.1)
        try:
            while not stop() and time.monotonic() < until:
                try:
                    data = channel.recv(1 << 16)
                except TimeoutError:
                    data = None
                if data == b"":
                    if not self.is_alive():
                        raise lost(self._target)
                    return
                yield decoder.decode(data) if data else ""
        except LIBRARY_ERRORS as trouble:
            raise while_asking(self._target, trouble) from None
        finally:
            hang_up(channel)

    def listen(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """An exec session hears nothing that no command of its own writes."""
        return iter(())

    def is_alive(self) -> bool:
        transport = self._client.get_transport()
        return transport is not None and transport.is_active()

    def close(self) -> None:
        hang_up(self._client)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    status: int | None


def _split(stream: str, marker: str) -> list[_Part]:
    """What stood before each marker line. What the script's `echo` added before the marker is taken away again."""
    parts, at = [], 0
    for found in re.finditer(rf"^{marker}(?: (\d+))?\n", stream, re.MULTILINE):
        text = stream[at : found.start()].removesuffix("\n")
        parts.append(_Part(text, int(found[1]) if found[1] else None))
        at = found.end()
    return parts


def _answers(commands: tuple[Command, ...], out: list[_Part], error: list[_Part]) -> tuple[Answer, ...]:
    answers = []
    for index, command in enumerate(commands):
        if index >= len(out):
            answers.append(Answer(command, "", "the script on the host ended before this command"))
            continue
        said = error[index].text if index < len(error) else ""
        text, status = out[index].text, out[index].status
        answers.append(Answer(command, text, _refusal(status, said, text), status, said))
    return tuple(answers)


def _refusal(status: int | None, error: str, text: str) -> str | None:
    if _SUDO_ASKS.search(error):
        return f"sudo refused it: {error.strip().splitlines()[-1]}"
    if status == 127:
        return "the host has no such program"
    if status not in (0, None) and not text.strip():
        # swanctl says what went wrong first and explains its options for the rest of the page
        return error.strip().splitlines()[0] if error.strip() else f"exit status {status} without a word"
    return None


def require_sudo(session: HostSession, answers: tuple[Answer, ...]) -> None:
    """EnableRefused when sudo refused every command that needs it: nothing can be seen on this host then."""
    privileged = tuple(answer for answer in answers if answer.command.row.root)
    if privileged and all(_SUDO_ASKS.search(answer.error) for answer in privileged):
        raise EnableRefused(
            session.target.device.name,
            f"sudo refused every command of user {session.target.login.username}; allow them without a password (sudoers), "
            "log in as root, or set sudo: false where the account may read without it.",
        )

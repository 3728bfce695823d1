"""The floors under a diagnosis: the bare SSH logins, and the same commands sent by something that does nothing else with them.

Every login of the diagnosis has its thread here, with the commands that the routers received on it; all begin together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any

import paramiko
from netmiko import ConnectHandler

from bench.apparatus.alternation import seconds
from bench.apparatus.routers import Heard, Login

PING, ENABLE = "ping ", "enable"
TIMEOUT = 20.0
_PROMPT = re.compile(rb"(?:^|\n)[\w.-]+[>#] ?\Z")
_PASSWORD = re.compile(rb"Password: ?\Z")
LoginKey = tuple[str, int]
Lines = Mapping[LoginKey, Sequence[str]]


def lines_of(heard: Iterable[Heard]) -> Lines:
    """The command lines by router and VTY, without the ping: its time is the negotiation's own."""
    ordered = sorted(heard, key=lambda one: (one.router, one.vty))
    return {
        key: tuple(one.line for one in group if not one.line.startswith(PING))
        for key, group in groupby(ordered, key=lambda one: (one.router, one.vty))
    }


def login_time(logins: Iterable[Login], lines: Lines) -> float:
    """Seconds until every login of the diagnosis has a shell and its first text, by paramiko alone."""
    shells: list[_Shell] = []

    def log_in(login: Login) -> None:
        shells.append(_Shell(login))

    took = seconds(partial(_at_once, [partial(log_in, login) for login, _ in _assigned(logins, lines)]))
    for shell in shells:
        shell.close()
    return took


def netmiko_time(logins: Iterable[Login], lines: Lines) -> float:
    """Seconds for the commands alone by plain netmiko, on connections that are open already."""
    with _each(logins, lines, _netmiko, lambda connection: connection.disconnect()) as work:
        return seconds(partial(_at_once, [partial(_send_by_netmiko, *one) for one in work]))


def bare_time(logins: Iterable[Login], lines: Lines) -> float:
    """The same on bare paramiko channels: type a line, read to the prompt. No checks, no redaction, no parsing."""
    with _each(logins, lines, _Shell, lambda shell: shell.close()) as work:
        return seconds(partial(_at_once, [partial(_send_bare, *one) for one in work]))


def _assigned(logins: Iterable[Login], lines: Lines) -> tuple[tuple[Login, Sequence[str]], ...]:
    by_name = {login.name: login for login in logins}
    return tuple((by_name[router], given) for (router, _), given in lines.items())


@contextmanager
def _each(
    logins: Iterable[Login], lines: Lines, opener: Callable[[Login], Any], closer: Callable[[Any], None]
) -> Iterator[list[tuple[Any, Login, Sequence[str]]]]:
    assigned = _assigned(logins, lines)
    with ThreadPoolExecutor(max_workers=len(assigned)) as pool:
        opened = list(pool.map(opener, (login for login, _ in assigned)))
        yield [(one, login, given) for one, (login, given) in zip(opened, assigned, strict=True)]
        list(pool.map(closer, opened))


def _netmiko(login: Login) -> Any:
    return ConnectHandler(
        device_type="cisco_ios",
        host=login.address,
        port=login.port,
        username=login.username,
        password=login.password,
        secret=login.enable,
    )


def _send_by_netmiko(connection: Any, _login: Login, lines: Sequence[str]) -> None:
    for line in lines:
        if line == ENABLE:
            connection.enable()
        else:
            connection.send_command(line)


def _send_bare(shell: _Shell, login: Login, lines: Sequence[str]) -> None:
    for line in lines:
        shell.type(line, _PASSWORD if line == ENABLE else _PROMPT)
        if line == ENABLE:
            shell.type(login.enable, _PROMPT)


class _Shell:
    """A paramiko channel at its first prompt."""

    def __init__(self, login: Login) -> None:
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self._client.connect(
            login.address, login.port, login.username, login.password, look_for_keys=False, allow_agent=False, timeout=TIMEOUT
        )
        self._channel = self._client.invoke_shell(width=511)
        self._channel.settimeout(TIMEOUT)
        self._read_to(_PROMPT)

    def type(self, line: str, until: re.Pattern[bytes]) -> None:
        self._channel.sendall(f"{line}\n".encode())
        self._read_to(until)

    def _read_to(self, until: re.Pattern[bytes]) -> None:
        text = b""
        while not until.search(text):
            text = text[-200:] + self._channel.recv(65536)

    def close(self) -> None:
        self._client.close()


def _at_once(actions: Sequence[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        for job in [pool.submit(action) for action in actions]:
            job.result()

"""What every session can do, whatever the platform, and how one is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ipsecbot.collect.commands import Command
from ipsecbot.model.device import Platform
from ipsecbot.model.target import Target


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command brought, as the device wrote it: secrets are still in it, so it goes to redact() and no further.

    `refusal`: why the device did not do it, in its words or ours; None when it did. `status`: exit status of a host's
    command; None where there is none. `error`: what a host wrote to stderr. Line ends are \\n.
    """

    command: Command
    text: str
    refusal: str | None = None
    status: int | None = None
    error: str = ""

    def __repr__(self) -> str:
        return f"Answer({self.command.row.name}, {len(self.text)} characters, refusal={self.refusal is not None})"


# both ends are opened at once, and two threads that come to netmiko by different doors see each other's half-made modules
_LOADING = threading.Lock()


class Session(Protocol):
    """One login on one device. Every method raises leaves of errors.DeviceError only, and takes Commands only."""

    @property
    def target(self) -> Target: ...

    def send(self, command: Command) -> Answer:
        """One command and its whole answer. A refusal is a value. SessionLost, DeviceHung."""

    def send_all(self, commands: tuple[Command, ...]) -> tuple[Answer, ...]:
        """Several commands, in as few round trips as the platform allows."""

    def follow(self, command: Command, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """What comes while `command` works, piece by piece, until `limit` is over or `stop()` says so. An empty piece
        is yielded now and then, so that the reader can look at its watch."""

    def listen(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """What the device writes by itself, as `follow` does; a host writes nothing by itself."""

    def is_alive(self) -> bool: ...

    def close(self) -> None:
        """Ends the session; never raises."""


def open_session(target: Target) -> Session:
    """A session on `target`, logged in, privileged, and known to be of the platform that the inventory says.

    Unreachable, NoCommonAlgorithms, HostKeyRefused, LoginRefused, EnableRefused, DeviceHung, SessionLost, WrongPlatform;
    CredentialError when a key cannot be read. netmiko and NAPALM are imported here, at the first device.
    """
    opener: Callable[[Target], Session]
    with _LOADING:
        if target.device.platform is Platform.CISCO_IOS:
            from ipsecbot.collect import ask_ios, ios  # noqa: F401  # a visit imports ask_ios next

            opener = ios.IosSession
        else:
            from ipsecbot.collect import ask_host, host  # noqa: F401

            opener = host.HostSession
    return opener(target)

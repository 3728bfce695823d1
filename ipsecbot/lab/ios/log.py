"""What one router says: its time stamps, its log buffer, and who is listening."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Stamp:
    """`service timestamps log|debug datetime msec [show-timezone] [year]`; a `*` when no NTP server is configured."""

    authoritative: bool = False
    zone: bool = False
    year: bool = False
    sequence: bool = False
    tick: int = 1

    def text(self, moment: datetime, number: int) -> str:
        milliseconds = moment.microsecond // 1000 // self.tick * self.tick
        date = f"{MONTHS[moment.month - 1]} {moment.day:2d}"
        year = f" {moment.year}" if self.year else ""
        zone = " UTC" if self.zone else ""
        star = "" if self.authoritative else "*"
        serial = f"{number:06d}: " if self.sequence else ""
        return f"{serial}{star}{date}{year} {moment:%H:%M:%S}.{milliseconds:03d}{zone}: "


def read_stamp(running_config: str, *, xe: bool) -> Stamp:
    """The stamp of debug lines, as configured. Classic IOS keeps time in steps of 4 ms."""
    lines = [line.strip() for line in running_config.splitlines()]
    stamp = next((line for line in lines if line.startswith("service timestamps debug")), "")
    return Stamp(
        authoritative=any(line.startswith("ntp server") for line in lines),
        zone="show-timezone" in stamp,
        year=" year" in stamp,
        sequence="service sequence-numbers" in lines,
        tick=1 if xe else 4,
    )


Listener = Callable[[str], None]


@dataclass(slots=True)
class Log:
    """`capacity` is the buffer's size in characters, as `logging buffered` sets it; the oldest messages go first."""

    capacity: int = 65536
    entries: deque[str] = field(default_factory=deque)
    written: int = 0
    listeners: list[Listener] = field(default_factory=list)
    _size: int = 0

    def write(self, text: str) -> None:
        self.written += 1
        self.entries.append(text)
        self._size += len(text) + 1
        while self._size > self.capacity and len(self.entries) > 1:
            self._size -= len(self.entries.popleft()) + 1
        for listener in tuple(self.listeners):
            listener(text)

    def clear(self) -> None:
        self.entries.clear()
        self._size = 0

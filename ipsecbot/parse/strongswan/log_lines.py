"""The frame around a charon message: time stamp, program, thread, subsystem and SA, in every way it is written.

filelog (`2024-06-06T18:26:36 05[IKE] <conn|1> …`, with or without the parts its options switch on), syslog and journald
(`Jun 20 16:03:31 gw charon: 12[NET] <88> …`, `charon[2428]:`, `ipsec[711]: 05[IKE] …`), charon-systemd, which prints no
thread and no subsystem (`charon-systemd[2428]: <3> received packet: …`), and swanctl's own output (`[IKE] initiating …`).
Source: the `filelog`/`syslog` options of strongswan.conf(5) and outputs of 4.5 to 6.0.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ipsecbot.parse.clock import read_time

_GROUPS = "DMN|MGR|IKE|CHD|JOB|CFG|KNL|NET|ASN|ENC|TNC|IMC|IMV|PTS|TLS|APP|ESP|LIB"
_PROGRAMS = "charon|charon-systemd|charon-nm|charon-svc|charon-cmd|ipsec|ipsec_starter|strongswan|strongswan-swanctl|swanctl"
# `<conn|3> `, `<3> `, and what a system that cannot print angle brackets makes of it: `[conn|3] `
_SA = r"(?:[<\[](?:(?P<name>[^<>|\[\]]*)\|)?(?P<unique>\d+)[>\]] ?)?"
_THREADED = re.compile(rf"(?:^|(?<=[\s:>\]`]))(?P<thread>\d{{1,4}})\[(?P<group>{_GROUPS})\d?\] ?{_SA}(?P<message>.*)$")
_BARE = re.compile(rf"^\s*\[(?P<group>{_GROUPS})\d?\] ?{_SA}(?P<message>.*)$")
_TAGGED = re.compile(
    rf"(?:^|\s)(?P<program>{_PROGRAMS})(?:\[(?P<pid>\d+)\])?:\s(?:\[(?P<group>{_GROUPS})\] )?{_SA}(?P<message>.*)$"
)
_PROGRAM = re.compile(rf"(?:^|\s)(?P<program>{_PROGRAMS})(?:\[(?P<pid>\d+)\])?:?\s*$")

_MEMORY = 16  # lines within which two writers of the same line are told from a repeated line


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of charon. `unique` is the IKE_SA's number, `thread` whatever keeps concurrent messages apart."""

    number: int
    text: str
    message: str
    at: datetime | None = None
    group: str | None = None
    thread: str = ""
    unique: str | None = None
    name: str | None = None


def read_lines(text: str, year: int | None) -> Iterator[LogLine]:
    """The lines of charon in a text, each once: many systems log every line twice, by two writers or to two files."""
    recent: deque[tuple[datetime | None, str]] = deque(maxlen=_MEMORY)
    writers: deque[tuple[bool, ...]] = deque(maxlen=_MEMORY)
    for number, raw in enumerate(text.split("\n"), 1):
        line = _read(number, raw.rstrip("\r"), year)
        if line is None:
            continue
        writer = (bool(line.thread[:1].isdigit()), line.unique is not None, "charon-systemd" in raw)
        said = line.at, line.message
        if said in recent and any(one == said and other != writer for one, other in zip(recent, writers, strict=True)):
            continue
        recent.append(said)
        writers.append(writer)
        yield line


def _read(number: int, raw: str, year: int | None) -> LogLine | None:
    threaded = _THREADED.search(raw)
    match = threaded or _BARE.search(raw) or _TAGGED.search(raw)
    if match is None:
        return None
    found = match.groupdict()
    before = raw[: match.start()]
    program = None if threaded is None else _PROGRAM.search(before)
    pid = found.get("pid") or (program["pid"] if program else None) or ""
    return LogLine(
        number=number,
        text=raw.strip(),
        message=found["message"].rstrip(" \t`"),
        at=read_time(before, year),
        group=found.get("group"),
        thread=found.get("thread") or (f"SA {found['unique']}" if found.get("unique") else f"pid {pid}"),
        unique=found.get("unique"),
        name=found.get("name") or None,
    )

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
from datetime import datetime
from typing import NamedTuple

from ipsecbot.parse.clock import read_time
from ipsecbot.parse.remembered import Remembered

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
# What _THREADED finds in nearly every line, found without a search: before the thread's number there is no bracket, or a
# process number in one.
_PLAIN = re.compile(
    rf"((?:[^\[]*[\s:>\]`])?|[^\[]*\[\d+\](?:[^\[]*[\s:>\]`])?)(?P<thread>\d{{1,4}})\[(?P<group>[A-Z]{{3}})\d?\] ?{_SA}"
)
_KNOWN_GROUPS = frozenset(_GROUPS.split("|"))
# What stands between the `] <` behind a line's group and the `> ` before its message.
_NUMBERED = re.compile(r"(?:(?P<name>[^<>|\[\]]*)\|)?(?P<unique>\d+)")
_MOST_FRONTS = 4096

_MEMORY = 16  # lines within which two writers of the same line are told from a repeated line
_MANY = 256  # messages after which those that are no longer within it are forgotten


class LogLine(NamedTuple):
    """One line of charon. `unique` is the IKE_SA's number, `thread` whatever keeps concurrent messages apart. `framed` is False
    for a line that nothing marks as charon's; its message is all of it."""

    number: int
    text: str
    message: str
    at: datetime | None = None
    group: str | None = None
    thread: str = ""
    unique: str | None = None
    name: str | None = None
    framed: bool = True


def read_lines(text: str, year: int | None) -> Iterator[LogLine]:
    """Every line of a text, those of charon framed, and each once: many systems log every line twice, by two writers or to
    two files. The second is then not framed."""
    twins, read = _Twins(), PlainLines(year).read
    for number, raw in enumerate(text.split("\n"), 1):
        line = read(number, raw.rstrip("\r") if raw[-1:] == "\r" else raw)
        if line is None or twins.has(line):
            bare = raw.strip()
            line = LogLine(number, bare, bare, framed=False)
        yield line


class _Twins:
    """The last lines, by which the same line of another writer is known."""

    def __init__(self) -> None:
        self._recent: deque[LogLine] = deque(maxlen=_MEMORY)
        self._said: dict[str, int] = {}  # message: how many lines had been kept when it was kept last
        self._kept = 0

    def has(self, line: LogLine) -> bool:
        """Whether another writer wrote the line a moment ago; if none did, the line is kept."""
        message, said, kept = line.message, self._said, self._kept
        last = said.get(message)
        if last is not None and kept - last <= _MEMORY and self._is_twin(line):
            return True
        said[message] = kept
        self._kept = kept + 1
        self._recent.append(line)
        if len(said) > _MANY:
            self._said = {known: since for known, since in said.items() if kept - since < _MEMORY}
        return False

    def _is_twin(self, line: LogLine) -> bool:
        return any(one.message == line.message and one.at == line.at and _writer(one) != _writer(line) for one in self._recent)


def _writer(line: LogLine) -> tuple[bool, ...]:
    return line.thread[:1].isdigit(), line.unique is not None, "charon-systemd" in line.text


def _numbered(text: str) -> tuple[str, str | None] | None:
    """Number and name of `conn|1`; None for anything else."""
    found = _NUMBERED.fullmatch(text)
    return (found["unique"], found["name"] or None) if found is not None else None


_SAS = Remembered(_numbered)


class PlainLines:
    """Reads lines, most of which begin as lines before them: `Jun 20 16:03:31 gw charon: 12` and `NET] <conn|88` come again and
    again, and looking them up costs a third of the regular expressions that are asked where one of them is not known."""

    def __init__(self, year: int | None) -> None:
        self._year = year
        self._fronts: dict[str, tuple[datetime | None, str]] = {}  # time and thread by the text before the first bracket

    def read(self, number: int, raw: str) -> LogLine | None:
        """The line; None for one that nothing marks as charon's."""
        front, _, rest = raw.partition("[")
        group, opened, rest = rest.partition("] <")
        known = self._fronts.get(front)
        if known is not None and opened and group in _KNOWN_GROUPS:
            of, closed, message = rest.partition("> ")
            numbered = _SAS[of] if closed else None
            if numbered is None:
                return self._read_any(number, raw, front)
            at, thread = known
            unique, name = numbered
            fields = number, raw.strip(), message.rstrip(" \t`"), at, group, thread, unique, name, True
            return tuple.__new__(LogLine, fields)  # what LogLine(*fields) does, in half of the time
        return self._read_any(number, raw, front)

    def _read_any(self, number: int, raw: str, front: str) -> LogLine | None:
        plain = _PLAIN.match(raw)
        if plain is None or plain["group"] not in _KNOWN_GROUPS:
            return _read(number, raw, self._year)
        before, thread, group, name, unique = plain.groups()
        at = read_time(before, self._year)
        if plain.end("thread") == len(front):
            if len(self._fronts) >= _MOST_FRONTS:
                self._fronts.clear()
            self._fronts[front] = at, thread
        return LogLine(number, raw.strip(), raw[plain.end() :].rstrip(" \t`"), at, group, thread, unique, name or None)


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

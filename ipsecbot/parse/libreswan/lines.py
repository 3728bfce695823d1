"""The frame around a pluto message, in every way it is written.

syslog and journald (`Jun  3 10:00:00 gw pluto[812]: "office" #1: …`), pluto's own log file with and without time, whack's
answers (`002 "office" #1: …`, since 4.0 without the number), VyOS (`VPN-IPSEC: "peer-…" #1: …`) and instances of roadwarrior
connections (`"roadwarrior"[3] 192.0.2.9 #4: …`). Source: outputs of Openswan 2.4 to Libreswan 5.3; the numbers are pluto's
`enum rc_type` (000 to 099 about the run, 100 and more are states, 200 and more errors).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ipsecbot.parse.clock import read_time
from ipsecbot.parse.libreswan.states import state_name

LONGEST = 4000  # characters of one message that are looked at; IKE proposals of a talkative peer take half of it

_TAG = r"(?:\b(?P<tag>pluto|ipsec__plutorun|whack|VPN-IPSEC)(?:\[(?P<pid>\d{1,7})\])?: ?)"
_CONNECTION = r'"(?P<name>[^"\s]{1,128})"'
_INSTANCE = (
    r"(?:\[(?P<instance>\d{1,9})\])?(?:(?:\.\.\.| (?:\.\.\.)?)(?P<remote>[0-9A-Fa-fx][0-9A-Fa-fx.:*]{1,60}?)(?:===\S{1,80})?)?"
)
_SERIAL = r"(?: ?#(?P<serial>\d{1,9})(?:\.#?\d{1,9})?)?"
_OF_CONNECTION = re.compile(rf"(?:(?:ERROR|WARNING|FATAL ERROR): )?{_CONNECTION}{_INSTANCE}{_SERIAL}: (?P<message>.*)$")
_OF_PACKET = re.compile(r"(?:packet|connection) from (?P<peer>\S{1,80}?): (?P<message>.*)$")
_OF_SERIAL = re.compile(r"#(?P<serial>\d{1,9}): (?P<message>.*)$")
_NUMBER = re.compile(r"(?P<number>[0-2]\d\d) (?=[\"#A-Za-z])")
_STATE = re.compile(r"((?:STATE_)?[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+): (.*)$")
_ANY_FRAME = re.compile(
    rf"{_TAG}|(?:^|(?<=\s)){_CONNECTION}(?=[\[ :.#])|\b(?:packet|connection) from \S{{1,80}}?: |^\s*#\d{{1,9}}: "
)
_NEXT = re.compile(
    r"(?<=\S)\s+(?=(?:[A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d:\d\d\s+\S{1,64}\s+pluto\[\d{1,7}\]: )"
    r'|(?:[01]\d\d "[^"\s]{1,128}"(?:\[\d{1,9}\])?(?: \S{1,60})? #\d{1,9}: )|(?:"[^"\s]{1,128}" #\d{1,9}: ))'
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\xa0": " ", "\u200b": None, "\ufeff": None})


class LogLine(NamedTuple):
    """One message of pluto. `serial` is the number of its state object (an IKE SA or a child), `state` the state that stands
    before the message, `firm` whether the frame is surely pluto's. `more` is the next physical line, when that has no frame:
    pages wrap long lines."""

    number: int
    text: str
    message: str
    at: datetime | None = None
    name: str | None = None
    serial: str | None = None
    remote: str | None = None
    state: str | None = None
    firm: bool = False
    more: str | None = None


def read_lines(text: str, year: int | None) -> Iterator[LogLine]:
    """The messages of pluto in a text, several to a line where a page joined them. Debug lines (`| …`) are left out."""
    lines = _plain(text).split("\n")
    held: list[LogLine] = []
    for number, raw in enumerate(lines, 1):
        parts = _NEXT.split(raw.rstrip("\r")) if raw.count('"') > 2 or raw.count("pluto[") > 1 else [raw.rstrip("\r")]
        found = [line for part in parts if (line := _read(number, part, year)) is not None]
        if not found and held and raw.strip() and not _ANY_FRAME.search(raw[:LONGEST]):
            held[-1] = held[-1]._replace(more=raw.strip()[:LONGEST])
        yield from held
        held = found
    yield from held


def _plain(text: str) -> str:
    """Without what web pages put around and into quotation marks."""
    if "&" in text:
        text = "\n".join(html.unescape(line) if "&" in line else line for line in text.split("\n"))
    return text.translate(_QUOTES)


def _read(number: int, raw: str, year: int | None) -> LogLine | None:
    frame = _ANY_FRAME.search(raw[:400])
    if frame is None:
        return None
    tagged = frame["tag"] is not None
    before, rest = (raw[: frame.start()], raw[frame.end() :]) if tagged else (raw[: frame.start()], raw[frame.start() :])
    rest = rest.lstrip()[:LONGEST]
    numbered = _NUMBER.match(rest) if tagged else re.search(r"(?:^|\s)[0-2]\d\d $", before)
    if tagged and numbered is not None:
        rest = rest[numbered.end() :]
    if rest.startswith("|"):
        return None
    line = LogLine(number, raw.strip(), rest.rstrip(), read_time(before, year), firm=tagged or numbered is not None)
    if "message repeated" in rest[:40] or "message repeated" in before[-60:]:
        rest = rest.rstrip().removesuffix("]")
    framed = _framed(line, rest)
    return _stated(framed) if tagged or framed is not line else None


def _framed(line: LogLine, rest: str) -> LogLine:
    if match := _OF_CONNECTION.search(rest[:LONGEST]):
        if match.start() and "message repeated" not in rest[:40]:
            return line
        return line._replace(
            message=match["message"].rstrip(),
            name=match["name"],
            serial=match["serial"],
            remote=match["remote"],
            firm=line.firm or match["serial"] is not None,
        )
    if match := _OF_PACKET.match(rest):
        return line._replace(message=match["message"].rstrip(), remote=match["peer"], firm=True)
    if match := _OF_SERIAL.match(rest):
        return line._replace(message=match["message"].rstrip(), serial=match["serial"])
    return line


def _stated(line: LogLine) -> LogLine:
    """With the state that stands before the message taken off it."""
    match = _STATE.match(line.message)
    name = state_name(match[1]) if match else None
    if match is None or name is None:
        return line
    return line._replace(message=match[2].strip(), state=name, firm=line.firm or match[1].startswith("STATE_"))

"""A stretch of a long text → which of its rows belong to which negotiation, as the readers and the ladder understand it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ipsecbot.abridge.rows import Sheet
from ipsecbot.ladder.climb import climb
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.exchange import Exchange
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.parse.detect import Part, detect
from ipsecbot.parse.endpoint import read_events
from ipsecbot.parse.paste.repair import Repaired, repair

_LOGS = (OutputKind.LOG, OutputKind.LOGGING, OutputKind.DEBUG)
NEWEST_FIRST = "newest line first"
# What the frame of a log line prints to tell negotiations apart, in the order in which it counts.
_KEY = re.compile(
    r"<(?:[^<>|\s]{0,64}\|)?(\d{1,9})>|(?<=[\"\w]) #(\d{1,9})[: ]|\((?:0:)?(\d{3,9})[:)]|SA ID = (\d{1,9})"
    r"|(?<!\d)(\d\d)\[[A-Z]{3}\d?\]"
)
_KEY_WITHIN = 160


@dataclass(frozen=True, slots=True)
class Sorted:
    """`exchanges` with the indices of the rows that their events stand in, and each answer or configuration with its rows."""

    exchanges: tuple[tuple[Exchange, tuple[int, ...]], ...]
    answers: tuple[tuple[Part, tuple[int, ...]], ...]
    is_newest_first: bool


def sort(sheet: Sheet) -> Sorted:
    """Read a stretch as a text of its own is read."""
    repaired = repair(sheet.text)
    parts = detect(repaired.text, "text")
    logs = [part for part in parts if part.output.kind in _LOGS]
    events = [
        event
        for number, part in enumerate(logs)
        for event in read_events(replace(part.output, name=str(number)), Device("text", _platform(part)))
    ]
    exchanges = tuple(
        (exchange, tuple(sorted(_rows(sheet, repaired, _lines_of(exchange))))) for exchange in climb(events).exchanges
    )
    answers = tuple(
        (part, tuple(sorted(_rows(sheet, repaired, _filled(part))))) for part in parts if part.output.kind not in _LOGS
    )
    return Sorted(exchanges, answers, NEWEST_FIRST in repaired.notes)


def _platform(part: Part) -> Platform:
    return Platform.LIBRESWAN if part.is_pluto else part.platform


def _lines_of(exchange: Exchange) -> Iterator[int]:
    for event in exchange.events:
        yield from range(event.source.first_line, event.source.last_line + 1)


def _filled(part: Part) -> Iterator[int]:
    return (number for number, line in enumerate(part.output.text.split("\n"), 1) if line)


def _rows(sheet: Sheet, repaired: Repaired, lines: Iterator[int]) -> set[int]:
    """The rows in which lines of the repaired text stood."""
    origin = repaired.origin
    places = (line if origin is None else origin[line - 1] for line in lines)
    return {row for place in places if (row := sheet.rows[place - 1]) >= 0}


def key_of(line: str) -> str | None:
    """What tells a log line's negotiation from others; None where the frame has nothing."""
    match = _KEY.search(line[:_KEY_WITHIN])
    return match[match.lastindex or 0] if match is not None else None

"""Where a repaired line stood in the text that was given: evidence quotes that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from types import NoneType
from typing import Any, TypeVar, cast

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import Gap
from ipsecbot.parse.paste.repair import Repaired

ValueT = TypeVar("ValueT")
_PLAIN = frozenset((NoneType, str, int, float, bool, datetime, timedelta))  # most fields of an event: nothing to look into


class Places:
    """The way back for the lines of one file."""

    def __init__(self, repaired: Repaired) -> None:
        self.origin, self.numbers = repaired.origin, repaired.numbers
        self.lines = repaired.original.split("\n")
        self.parts = Counter(repaired.origin or ())

    def place(self, line: int) -> int:
        """Where a repaired line stood in the text that was repaired."""
        if self.origin is None:
            return line
        return self.origin[min(max(line, 1), len(self.origin)) - 1] if self.origin else line

    def number(self, line: int) -> int:
        """Which line of the text that was given a repaired line is."""
        place = self.place(line)
        return self.numbers[min(max(place, 1), len(self.numbers)) - 1] if self.numbers else place

    def text(self, line: int, repaired: str) -> str:
        """The line at a place as it was given; the repaired one where a secret was taken out or where it was one of many."""
        original = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        is_part = self.parts[line] > 1
        return repaired if "<secret:" in repaired or is_part or not original.strip() else original.strip()


def relocate(value: ValueT, places: Mapping[str, Places]) -> ValueT:
    """`value` (dataclasses and tuples, nested) with each Source and Gap of a repaired file at its original line."""
    return cast(ValueT, _moved(value, places)) if places else value


def _moved(value: Any, places: Mapping[str, Places]) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Source):
        return _source(value, places)
    if isinstance(value, Gap):
        return _gap(value, places)
    if isinstance(value, tuple):
        moved = tuple(_moved(item, places) for item in value)
        return moved if any(new is not old for new, old in zip(moved, value, strict=True)) else value
    changed: dict[str, Any] = {}
    for name in _names(cast(Hashable, type(value))):
        old = getattr(value, name)
        if type(old) not in _PLAIN and (new := _moved(old, places)) is not old:
            changed[name] = new
    return replace(value, **changed) if changed else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _source(source: Source, places: Mapping[str, Places]) -> Source:
    place = places.get(source.output)
    if place is None:
        return source
    ends = place.number(source.first_line), place.number(source.last_line)
    text = place.text(place.place(source.first_line), source.text)
    return replace(source, first_line=ends[0], last_line=max(ends), text=text)


def _gap(gap: Gap, places: Mapping[str, Places]) -> Gap:
    place = places.get(gap.output)
    if place is None or gap.line is None:
        return gap
    return replace(gap, line=place.number(gap.line))

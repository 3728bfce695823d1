"""Logs that were copied newest first, and lines that stand there twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ipsecbot.parse.clock import read_time
from ipsecbot.parse.ios.log.stamp import find_stamp, read_stamp

_SAMPLE = 4000
_FEWEST = 4  # steps back in time before an order counts as reversed
_STAMP_ENDS = 60
_FRACTION = re.compile(r"[^A-Za-z]{0,24}(?:[A-Z][a-z]{2}\s+\d{1,2}\s|\d{4}-\d\d-\d\d[T ])[^A-Za-z]{0,8}\d\d:\d\d:\d\d[.,]\d{3}")
_LONGEST_RECORD = 40
_SHORTEST_RUN = 5


def stamp_of(line: str) -> datetime | None:
    """When a line was written, in whatever form and without its zone; None without a stamp at its start."""
    ios = find_stamp(line)
    at = read_stamp(ios, None) if ios is not None else read_time(line[:_STAMP_ENDS], None)
    return at.replace(tzinfo=None) if at is not None else None


def is_newest_first(lines: Sequence[str]) -> bool:
    """Whether time runs backwards through the stamped lines: hardly a step forward, and several back."""
    times: list[datetime] = []
    for line in lines:
        if line[:1] not in ("", " ", "\t") and (at := stamp_of(line)) is not None:
            times.append(at)
            if len(times) >= _SAMPLE:
                break
    steps = [later - earlier for earlier, later in pairwise(times)]
    back = sum(1 for step in steps if step < timedelta(0))
    forward = sum(1 for step in steps if step > timedelta(0))
    return back >= _FEWEST and back > 8 * forward


def oldest_first(lines: Sequence[str]) -> list[int]:
    """The indices of `lines` in the order of time, for a text that is newest first.

    An unstamped line stays behind the stamped one above it: it is the rest of that message.
    """
    records: list[list[int]] = []
    for index, line in enumerate(lines):
        if not records or (line.strip() and stamp_of(line) is not None):
            records.append([])
        records[-1].append(index)
    first = records[0] if records and stamp_of(lines[records[0][0]]) is None else None
    rest = records[1:] if first is not None else records
    return [*(first or ()), *(index for record in reversed(rest) for index in record)]


def repeated_lines(lines: Sequence[str]) -> list[int]:
    """The second of every two equal neighbours, when nearly every line of the text stands there twice; else nothing."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if len(filled) < 4:
        return []
    again: list[int] = []
    index = 1
    while index < len(filled):
        if lines[filled[index]] == lines[filled[index - 1]]:
            again.append(filled[index])
            index += 1
        index += 1
    return again if len(again) * 10 >= len(filled) * 4 else []


def repeated_blocks(lines: Sequence[str]) -> list[int]:
    """The lines of log messages that stand there word for word a second time, with the same fraction of a second, in runs.

    One message may well be printed twice in a millisecond; a run of several can only have been copied twice.
    """
    if len(set(lines)) * 10 > len(lines) * 9:
        return []
    records: list[list[int]] = []
    for index, line in enumerate(lines):
        if _FRACTION.match(line):
            records.append([index])
        elif records and line.strip() and index - records[-1][-1] == 1 and len(records[-1]) < _LONGEST_RECORD:
            records[-1].append(index)
    seen: dict[str, set[str]] = {}
    again: list[int] = []
    run: list[int] = []
    length = 0
    for record in [*records, []]:
        texts = [" ".join(lines[index].split()) for index in record]
        known = seen.get(texts[0]) if texts else None
        if known is not None:
            run += [index for index, text in zip(record, texts, strict=True) if text in known]
            length += 1
            continue
        if length >= _SHORTEST_RUN:
            again += run
        run, length = [], 0
        if texts:
            seen[texts[0]] = set(texts)
    return again

"""The time stamp that syslog, journald or a daemon's own log file puts in front of a host's log line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ,]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?\s?(Z|[+-]\d\d:?\d\d)?(?![\d])")
_BSD = re.compile(r"\b([A-Z][a-z]{2})\s+(\d{1,2})\s+(?:(\d{4})\s+)?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\s+(\d{4})\b)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNKNOWN_YEAR = 2000  # a leap year, which stands for the year of a log that names none and was collected nobody knows when


_LONGEST = 400  # characters in which a stamp has to stand


def read_time(text: str, year: int | None) -> datetime | None:
    """The time stamp in front of a line; without a year it is `year`'s. None where there is none, or no valid one."""
    return _read(text[:_LONGEST], year)


@lru_cache(maxsize=256)  # a busy second has many lines
def _read(text: str, year: int | None) -> datetime | None:
    if match := _ISO.search(text):
        *numbers, fraction, zone = match.groups()
        parts = [int(number or 0) for number in numbers]
        return _time(parts, fraction, _zone(zone))
    if (match := _BSD.search(text)) and match[1] in _MONTHS:
        own_year = match[3] or match[8] or year or UNKNOWN_YEAR
        parts = [int(own_year), _MONTHS.index(match[1]) + 1, *(int(match[group]) for group in (2, 4, 5, 6))]
        return _time(parts, match[7], None)
    return None


def _time(parts: list[int], fraction: str | None, zone: timezone | None) -> datetime | None:
    year, month, day, hour, minute, second = parts
    microsecond = int((fraction or "0").ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone)
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]) % 24, minutes=int(digits[2:]) % 60)
    return timezone(-offset if text[0] == "-" else offset)

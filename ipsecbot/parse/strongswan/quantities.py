"""Yes and no, times and lists in strongSwan's files; every reader answers None where the daemon would refuse the value."""

from __future__ import annotations

import re
from datetime import timedelta

_BOOLEANS: tuple[tuple[str, bool], ...] = (
    ("yes", True),
    ("true", True),
    ("enabled", True),
    ("on", True),
    ("1", True),
    ("no", False),
    ("false", False),
    ("disabled", False),
    ("off", False),
    ("0", False),
)
_UNITS: tuple[tuple[str, int], ...] = (("s", 1), ("m", 60), ("h", 3600), ("d", 86400))
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdSMHD]?)")
_SECONDS_LIMIT = 10**9


def read_bool(text: str) -> bool | None:
    return dict(_BOOLEANS).get(text.strip().lower())


def read_time(text: str) -> timedelta | None:
    """`4h`, `90 s`, `3600` (swanctl.conf(5) "TIME FORMATS", the same units in ipsec.conf)."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    seconds = float(match[1]) * dict(_UNITS)[match[2].lower() or "s"]
    return timedelta(seconds=seconds) if seconds < _SECONDS_LIMIT else None


def read_number(text: str) -> int | None:
    try:
        return int(text.strip(), 0)
    except ValueError:
        return None


def read_list(text: str) -> tuple[str, ...]:
    """A comma separated list, empty entries left out."""
    return tuple(part.strip() for part in text.split(",") if part.strip())

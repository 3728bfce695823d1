"""Yes and no, numbers, times and lists in strongSwan's files; a reader answers None where the daemon refuses the value.

Numbers are read as C's strtoul does (leading blanks, a sign, `0x` and `0` prefixes, an empty text is 0), because charon does;
and it looks at the first 15 characters only. Source: swanctl.conf(5) "TIME FORMATS", tried against strongSwan 5.9.8.
"""

from __future__ import annotations

import re
from datetime import timedelta

_BOOLEANS: tuple[tuple[str, bool], ...] = (
    ("yes", True),
    ("true", True),
    ("enabled", True),
    ("1", True),
    ("no", False),
    ("false", False),
    ("disabled", False),
    ("0", False),
)
_UNITS: tuple[tuple[str, int], ...] = (("", 1), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400))
_VOLUMES: tuple[tuple[str, int], ...] = (("", 1), ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30))
_DIGITS = {
    0: re.compile(r"[ \t]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*|)", re.ASCII),
    2: re.compile(r"[ \t]*([+-]?)([01]+|)"),
    10: re.compile(r"[ \t]*([+-]?)([0-9]+|)", re.ASCII),
}
_READ = 15  # characters of a number that are looked at
LONGEST = timedelta(days=365 * 1000)


def c_number(text: str, base: int = 0) -> tuple[int, str]:
    """What strtoul makes of `text`, and what it leaves; a negative number is counted down from 2**64."""
    match = _DIGITS[base].match(text)
    if match is None or not match[2]:
        return 0, text
    digits = match[2]
    octal = base == 0 and len(digits) > 1 and digits[0] == "0" and digits[1] not in "xX"
    value = int(digits, 8 if octal else base)
    return (-value % (1 << 64) if match[1] == "-" else min(value, (1 << 64) - 1)), text[match.end() :]


def read_bool(text: str) -> bool | None:
    return dict(_BOOLEANS).get(text.lower())


def read_number(text: str, base: int = 0) -> int | None:
    """A whole number; `0x10` is 16 and `010` is 8."""
    value, rest = c_number(text[:_READ], base)
    return None if rest else value


def read_word32(text: str) -> int | None:
    """A number that the daemon keeps in 32 bits."""
    value = read_number(text)
    return None if value is None else value & 0xFFFFFFFF


def read_bits(text: str) -> int | None:
    """Six bits of DSCP, written in binary."""
    value = read_number(text, 2)
    return None if value is None else value & 0x3F


def read_seconds(text: str) -> int | None:
    """`4h`, `90 s`, `3600` in seconds."""
    value, rest = c_number(text[:_READ])
    factor = dict(_UNITS).get(rest.lstrip(" ").lower())
    return None if factor is None else value * factor


def read_time(text: str) -> timedelta | None:
    """A time as a timedelta; None also for one that no clock will see."""
    seconds = read_seconds(text)
    return timedelta(seconds=seconds) if seconds is not None and seconds <= LONGEST.total_seconds() else None


def read_volume(text: str) -> int | None:
    """`500M`, `1 g`, `100000` in bytes."""
    value, rest = c_number(text[:_READ])
    factor = dict(_VOLUMES).get(rest.lstrip(" ").lower())
    return None if factor is None else value * factor


def read_list(text: str) -> tuple[str, ...]:
    """A comma separated list, empty entries left out. Blanks around an entry go, a tab (of a line continued) stays as charon
    keeps it, and spoils the entry."""
    return tuple(part.strip(" ") for part in text.split(",") if part.strip(" "))


def span(seconds: int) -> timedelta:
    """Seconds as a timedelta; more than a thousand years are a thousand years."""
    return min(LONGEST, timedelta(seconds=min(seconds, 10**12)))

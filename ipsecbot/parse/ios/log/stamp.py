"""When a log line was written: every form of `service timestamps` on IOS.

Source: Cisco IOS Configuration Fundamentals Command Reference, `service timestamps`, `service sequence-numbers`:
`000123: *Mar  1 2002 00:21:17.007 UTC:`, `.Jun  8 19:14:38:`, uptime `00:27:07:`, `1d02h:`, `2w3d:`. A leading `*` means that
the clock was never set, `.` that it lost its time source. A syslog server may put its own time and host name in front.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

# 2000 is a leap year, so that "Feb 29" without a year can be told when the snapshot has no date.
NEUTRAL_YEAR = 2000

_MONTHS = {
    name: number
    for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)
}

# Names that mean one offset only. CST, IST and BST mean several: such a time stays without a zone.
_ZONES: dict[str, tzinfo] = {
    "UTC": UTC,
    "GMT": UTC,
    "Z": UTC,
    **{
        name: timezone(timedelta(hours=hours), name)
        for name, hours in (
            ("WET", 0),
            ("WEST", 1),
            ("CET", 1),
            ("CEST", 2),
            ("EET", 2),
            ("EEST", 3),
            ("MSK", 3),
            ("JST", 9),
            ("KST", 9),
            ("EST", -5),
            ("EDT", -4),
            ("MDT", -6),
            ("PST", -8),
            ("PDT", -7),
        )
    },
}

_DATE = r"[*.]?(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(?P<day>\d{1,2})\s+(?:(?P<year>\d{4})\s+)?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?"
_ZONE = r"(?:\s?(?P<ampm>AM|PM))?(?:\s?(?P<zone>[A-Z]{1,5}))?"
_UPTIME = r"(?:(?P<weeks>\d+)w)?(?P<days>\d+)d(?:(?P<hours>\d+)h)?"
_SEQUENCE = r"(?:\d{1,10}:\s+)?"

STAMP = re.compile(
    rf"\s*{_SEQUENCE}(?:{_DATE}{_CLOCK}{_ZONE}:?|(?:[*.]?{_CLOCK.replace('(?P<', '(?P<up_')}|{_UPTIME}):)\s+(?=\S)"
)
# The commonest of them, written so that it can be part of a larger (verbose) pattern: no relay, no uptime, no AM and PM.
PLAIN_STAMP = (
    r"(?:\d{1,10}:\ +)?[*.]?(?P<plain_second>[A-Z][a-z]{2}\ [\d\ :]{6,18})"
    r"(?:\.(?P<plain_fraction>\d{1,6}))?(?:\ (?!AM|PM)(?P<plain_zone>[A-Z]{1,5}))?:\ +"
)
# What a syslog server or the network puts in front: priority, its own time, host name, sequence number.
_RELAY = re.compile(
    r"(?:<\d{1,3}>)?\s*(?:(?:[A-Z][a-z]{2}\s+\d{1,2}\s+\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+Z-]+)\s+\S+\s+)?(?=[\d*.A-Z])"
)


def find_stamp(line: str) -> re.Match[str] | None:
    """The stamp at the start of a line, behind whatever a syslog server put in front of it; None without one."""
    relay = _RELAY.match(line)
    if relay is not None and relay.end():
        inner = STAMP.match(line, relay.end())
        if inner is not None:
            return inner
    return STAMP.match(line)


def read_stamp(match: re.Match[str], snapshot: datetime | None) -> datetime:
    """The time of a stamp. A missing year is the snapshot's; an uptime counts from the first of January of that year.

    `snapshot`: when the output was taken. Without it the year is NEUTRAL_YEAR: only differences mean something then.
    """
    year = snapshot.year if snapshot is not None else NEUTRAL_YEAR
    if match["month"]:
        return _absolute(match, int(match["year"]) if match["year"] else year)
    if match["days"]:
        age = timedelta(weeks=int(match["weeks"] or 0), days=int(match["days"]), hours=int(match["hours"] or 0))
    else:
        age = timedelta(
            hours=int(match["up_hour"]),
            minutes=int(match["up_minute"]),
            seconds=int(match["up_second"]),
            microseconds=int((match["up_fraction"] or "").ljust(6, "0")),
        )
    return datetime(year, 1, 1) + age


@lru_cache(maxsize=1024)  # a busy second has many lines
def read_second(second: str, zone: str | None, year: int) -> datetime | None:
    """The second of PLAIN_STAMP's groups; None when they are no time. A missing year is `year`."""
    match = STAMP.match(f"{second} {zone or ''}: -")
    return _absolute(match, int(match["year"]) if match["year"] else year) if match is not None and match["month"] else None


def read_fraction(decimals: str) -> timedelta:
    """The part of a second that up to six decimals are."""
    return timedelta(0, 0, int(decimals) * _MICROSECONDS[len(decimals)])


_MICROSECONDS = (1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)


def _absolute(match: re.Match[str], year: int) -> datetime:
    hour = int(match["hour"])
    if match["ampm"]:
        hour = hour % 12 + (12 if match["ampm"] == "PM" else 0)
    micro = int((match["fraction"] or "").ljust(6, "0"))
    zone = _ZONES.get(match["zone"] or "")
    day, minute, second = int(match["day"]), int(match["minute"]), int(match["second"])
    try:
        return datetime(year, _MONTHS[match["month"]], day, hour, minute, second, micro, tzinfo=zone)
    except ValueError:
        # Feb 29 in the snapshot's common year, or digits mangled on the way: the neutral year keeps the order.
        base = datetime(NEUTRAL_YEAR, _MONTHS[match["month"]], 1, tzinfo=zone)
        return base + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second, microseconds=micro)

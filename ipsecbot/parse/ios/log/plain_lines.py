"""Undamaged lines of a debug, which are nearly all there are, read by what they share with the lines before them.

`*Mar  1 00:21:17.007: ISAKMP:(1013):Old State = …` falls into four texts that each come again and again: the second, the
decimals, what introduces the message, and the message. Cutting the line at its first `: `, `.` and `):` and looking the four
up costs a fifth of the regular expression that reads a line of any kind (`_HEAD`), which is asked whenever one is not known.
tests/parse/test_log_plain_lines.py holds both ways to the same answers.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ipsecbot.parse.ios.log.record import MAX_BODY, TAG, TAGS, Record
from ipsecbot.parse.ios.log.stamp import PLAIN_STAMP, read_fraction, read_second
from ipsecbot.parse.remembered import Remembered

# The start of nearly every line of a debug that nothing has damaged; whatever else there is takes the longer way.
_HEAD = re.compile(rf"(?:{PLAIN_STAMP}|(?=ISAKMP[-A-Z]*[\ :]|IKEv2[-A-Z]*:))(?:{TAGS})", re.VERBOSE)
_MOST_SECONDS = 4096


def _introduction(text: str) -> tuple[str, str | None] | None:
    """Tag and context of `ISAKMP:(1013`, without the bracket that closes it; None for anything else."""
    text = text.lstrip(" ")
    found = TAG.match(f"{text}):")
    if found is None or found["context"] is None or found.end("context") != len(text) + 1:
        return None
    return found["tag"], found["context"][1:-1]


def _body(text: str) -> str | None:
    """What is said behind `):`; None where it may be two messages."""
    return _whole_body(text[1:] if text[:1] == ":" else text)


def _whole_body(text: str) -> str | None:
    body = text.strip()
    if "ISAKMP" in body or "IPSEC(" in body or "IKEv2" in body or ": %" in body:
        return None
    return (body.lstrip(": ") if body[:1] == ":" else body)[:MAX_BODY]


def _unnumbered(text: str) -> tuple[str, str | None, str] | None:
    """Tag, context and body of a message in which no `):` is."""
    text = text.lstrip(" ")
    found = TAG.match(text)
    body = _whole_body(text[found.end() :]) if found is not None else None
    if found is None or body is None:
        return None
    tag, context, syslog, trace = found.groups()
    return tag or syslog or trace, context and context[1:-1], body


_INTRODUCTIONS, _BODIES, _UNNUMBERED = Remembered(_introduction), Remembered(_body), Remembered(_unnumbered)
_FRACTIONS: dict[str, timedelta] = {}
_NONE = timedelta(0)


class PlainLines:
    """Reads the undamaged lines of one output; `year` is that of times without one."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._seconds: dict[str, datetime] = {}  # by the text before the decimals

    def read(self, number: int, line: str) -> Record | None:
        """The record of one line with everything in its place; None for any other line, which may hold one all the same."""
        stamp, _, rest = line.partition(": ")
        clock, point, decimals = stamp.partition(".")
        second = self._seconds.get(clock)
        fraction = _FRACTIONS.get(decimals) if point else _NONE
        if second is None or fraction is None:
            return self._read_any(number, line, clock, decimals)
        introduction, closed, said = rest.partition("):")
        if closed:
            introduced, body = _INTRODUCTIONS[introduction], _BODIES[said]
            if introduced is None or body is None:
                return self._read_any(number, line, clock, decimals)
            tag, context = introduced
        else:
            whole = _UNNUMBERED[rest]
            if whole is None:
                return self._read_any(number, line, clock, decimals)
            tag, context, body = whole
        # what Record(…) does, in half of the time
        return tuple.__new__(Record, (tag, context, body, number, line, second, fraction, ()))

    def _read_any(self, number: int, line: str, clock: str, decimals: str) -> Record | None:
        """The same by a regular expression, and what can be learnt from it."""
        head = None if line[:1] == " " else _HEAD.match(line)
        if head is None:
            return None
        second, fraction, zone, tag, context, syslog, trace = head.groups()
        body = _whole_body(line[head.end() :])
        if body is None:
            return None
        at = None
        if second is not None:
            at = read_second(second, zone, self._year)
            if at is None:
                return None
            if zone is None and clock in (second, f"*{second}", f".{second}"):
                self._learn(clock, at)
        elif tag is None:
            return None
        after = None if fraction is None else read_fraction(fraction)
        if after is not None and fraction == decimals and len(decimals) < 4:
            _FRACTIONS[decimals] = after
        return Record(tag or syslog or trace, context and context[1:-1], body, number, line, at, after)

    def _learn(self, clock: str, at: datetime) -> None:
        if len(self._seconds) >= _MOST_SECONDS:
            self._seconds.clear()
        self._seconds[clock] = at

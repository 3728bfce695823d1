"""Physical lines to records: undo what terminals, web pages and mail programs did to a debug.

A record is one message of the router with everything it printed for it: wrapped remainders, indented attributes, payload
lists. Prompts, commands and the answers of show commands end a record and are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.draft import source_at
from ipsecbot.parse.ios.log.stamp import NEUTRAL_YEAR, PLAIN_STAMP, find_stamp, read_second, read_stamp, with_fraction


class Record(NamedTuple):
    """`tag` is what introduces the message (ISAKMP, IPSEC, IKEv2, a %MNEMONIC, or empty), `context` the text in the brackets
    behind it, `body` the message on one line, `lines` the physical lines (number, text) it came from. `second` and `fraction`
    make up its time; most records are never asked for it."""

    tag: str
    context: str | None
    body: str
    lines: tuple[tuple[int, str], ...]
    second: datetime | None
    fraction: str | None = None

    @property
    def at(self) -> datetime | None:
        return self.second if self.fraction is None or self.second is None else with_fraction(self.second, self.fraction)

    def source(self, device: str, output: str) -> Source:
        first, text = self.lines[0]
        return source_at(device, output, first, self.lines[-1][0], text)

    def source_of(self, needle: str, device: str, output: str) -> Source:
        """The one line that holds `needle`, when it is in one line; else the whole record."""
        for number, text in self.lines:
            if needle in text:
                return source_at(device, output, number, number, text)
        return self.source(device, output)


_TAGS = r"""
    (?P<tag>ISAKMP(?:-[A-Z]+)?(?=\s?[:(])|I?KEv2(?:-[A-Z]+(?:-\d)?)?(?=:)|IPSEC(?=\(|:\()|CRYPTO_PKI
      |\[IKEv[12]\w*(?:\ (?:DEBUG|DECODE))?\])
      \s?:?\s?
      (?P<context>\((?=SESSION|SA|[\d:A-Z/]+\))[^()]*\))?
      \s?:{0,2}\s?
    | (?P<syslog>%?[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+)\s?:\s*
    | (?P<trace>SA\ ID:\d+\ SESSION\ ID:\d+)\s+
    """
_TAG = re.compile(_TAGS, re.VERBOSE)
# The start of nearly every line of a debug that nothing has damaged; whatever else there is takes the longer way.
_HEAD = re.compile(rf"(?:{PLAIN_STAMP}|(?=ISAKMP[-A-Z]*[\ :]|IKEv2[-A-Z]*:))(?:{_TAGS})", re.VERBOSE)
# A second message on the same physical line: glued by the terminal, or by a web page that lost its line ends.
_GLUED = re.compile(
    r"(?<=[^\s*.])(?=[*.]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s+(?:\d{4}\s+)?\d\d:\d\d:\d\d[^%]{0,14}:\s+"
    r"(?:ISAKMP|IPSEC|IKEv2|CRYPTO|%[A-Z]))|(?<=[^\s:])\s+(?=ISAKMP(?:-[A-Z]+)?\s?:?\s?\([\d:A-Z/]+\)\s?:)"
)
_PROMPT = re.compile(r"[A-Za-z][\w.\-/@]{0,62}(?:\([\w.-]+\))?(?<!-)[#>](?!\d+:)")
_QUOTES = (re.compile(r">\s?"), re.compile(r"[-*]\s(?=\S)"), re.compile(r"\s*\d{1,5}\.\s+"), re.compile(r"\|\s?"))
_FENCE = re.compile(r"\s*(?:`{3}|~{3}|-{8,}|={8,})")
_NO_START = frozenset("abcdefghijklmnopqrstuvwxyz(")  # neither a stamp nor a tag begins so
_FENCE_MARKS = "`~-="
_PING_MARKS = re.compile(r"^[.!UQM&?]{2,}$")
# IOS attributes and payload lists never run longer; what follows is somebody else's.
_LONGEST_RECORD = 40
_MAX_BODY = 4000
# Non-breaking spaces, as pages leave them behind.
_SPACES = re.compile(r"&nbsp;|&{2,}|&(?=[\s*]|$)|\xa0")


def read_records(output: RawOutput) -> Iterator[Record]:
    """Every record of one output, in order. Linear in the text's length."""
    text = _SPACES.sub(" ", output.text) if "&" in output.text or "\xa0" in output.text else output.text
    lines = _unquoted(text.splitlines())
    gathered = _Gathered(_wrap_width(lines), output.at)
    double_spaced = _is_double_spaced(lines)
    year = output.at.year if output.at is not None else NEUTRAL_YEAR
    alone: Record | None = None  # the last record, while no line after it belongs to it
    for number, line in enumerate(lines, 1):
        whole = _read_whole(number, line, year)
        if whole is not None:
            if (done := alone or gathered.take()) is not None:
                yield done
            alone = whole
            continue
        bare = line.strip()
        if alone is not None:
            gathered.begin(alone)
            alone = None
        if not bare or (bare[0] in _FENCE_MARKS and _FENCE.match(bare)):
            if (bare or not double_spaced) and (done := gathered.take()) is not None:
                yield done
            continue
        for part in _parts(line):
            prompt = _PROMPT.match(part)
            part = part if prompt is None else part[prompt.end() :]
            starts = _starts_record(part)
            if (starts or prompt is not None) and (done := gathered.take()) is not None:
                yield done
            if starts or (prompt is None and gathered.is_open and not _PING_MARKS.match(bare)):
                gathered.lines.append((number, part))
    if (done := alone or gathered.take()) is not None:
        yield done


class _Gathered:
    """The physical lines of the record that is being read, and the record itself while a single line is all of it."""

    __slots__ = ("_snapshot", "_whole", "_width", "lines")

    def __init__(self, width: int | None, snapshot: datetime | None) -> None:
        self.lines: list[tuple[int, str]] = []
        self._whole: Record | None = None
        self._width, self._snapshot = width, snapshot

    @property
    def is_open(self) -> bool:
        """Whether a line can still belong to it."""
        return 0 < len(self.lines) < _LONGEST_RECORD

    def begin(self, whole: Record) -> None:
        """Nothing is gathered but the one line of `whole`, which others may follow."""
        self.lines, self._whole = [whole.lines[0]], whole

    def take(self) -> Record | None:
        """The record of the gathered lines, of which there are none from now on."""
        if not self.lines:
            return None
        whole = self._whole if len(self.lines) == 1 else None
        record = whole or _record(tuple(self.lines), self._width, self._snapshot)
        self.lines, self._whole = [], None
        return record


def _read_whole(number: int, line: str, year: int) -> Record | None:
    """The record of one undamaged line with everything in its place; None for any other line, which may hold one all the same.

    Says what `_record` says of the line, in a third of the time.
    """
    head = _HEAD.match(line)
    if head is None:
        return None
    second, fraction, zone, tag, context, syslog, trace = head.groups()
    body = line[head.end() :].strip()
    if "ISAKMP" in body or "IPSEC(" in body or "IKEv2" in body or ": %" in body:
        return None  # perhaps two records
    at = None
    if second is not None:
        at = read_second(second, zone, year)
        if at is None:
            return None
    elif tag is None:
        return None
    if body[:1] == ":":
        body = body.lstrip(": ")
    fields = tag or syslog or trace, context and context[1:-1], body[:_MAX_BODY], ((number, line),), at, fraction
    return tuple.__new__(Record, fields)  # what Record(*fields) does, in half of the time


def _parts(line: str) -> list[str]:
    if line.count("ISAKMP") + line.count("IPSEC(") + line.count("IKEv2") + line.count(": %") < 2:
        return [line]
    return [part for part in _GLUED.split(line) if part.strip()]


def _starts_record(line: str) -> bool:
    stripped = line.lstrip()
    if stripped[:1] in _NO_START:
        return False
    return _TAG.match(stripped) is not None or find_stamp(stripped) is not None


def _record(lines: tuple[tuple[int, str], ...], width: int | None, snapshot: datetime | None) -> Record:
    """The record of the gathered lines."""
    text = _joined(lines, width)
    stamp = find_stamp(text)
    at = read_stamp(stamp, snapshot) if stamp is not None else None
    rest = text[stamp.end() :] if stamp is not None else text.lstrip()
    tag = _TAG.match(rest)
    if tag is None and (percent := rest.find("%")) >= 0 and percent < 80:
        tag = _TAG.match(rest, percent)  # a host name stands between the stamp and the mnemonic
    if tag is None:
        return Record("", None, rest.strip()[:_MAX_BODY], lines, at)
    word = tag["tag"] or tag["syslog"] or tag["trace"]
    context = tag["context"][1:-1] if tag["context"] else None
    return Record(word, context, rest[tag.end() :].strip().lstrip(": ")[:_MAX_BODY], lines, at)


def _joined(lines: tuple[tuple[int, str], ...], width: int | None) -> str:
    """A line as wide as the terminal continues in the next one without a space; any other does with one."""
    text = lines[0][1]
    last = text
    for _, line in lines[1:]:
        text = text + line if width is not None and len(last) == width else f"{text.rstrip()} {line.strip()}"
        last = line
    return text


def _wrap_width(lines: list[str]) -> int | None:
    """The terminal's width, when at least three lines end exactly there and none goes beyond; else None."""
    counts = Counter(map(len, lines))
    longest = max(counts, default=0)
    return longest if 60 <= longest <= 160 and counts[longest] >= 3 else None


def _is_double_spaced(lines: list[str]) -> bool:
    """A page put an empty line behind every line: empty lines then end nothing."""
    filled = neighbours = 0
    before = False
    for line in lines:
        here = bool(line) and not line.isspace()
        filled += here
        neighbours += here and before
        before = here
        if neighbours * 10 >= len(lines):
            return False
    return filled >= 6 and neighbours * 10 < filled


def _unquoted(lines: list[str]) -> list[str]:
    """Without the mark (`> `, `- `, `12. `) that a mail or a web page put before nearly every line."""
    filled = sum(1 for line in lines if line and not line.isspace())
    for quote in _QUOTES:
        if _are_marked(lines, quote, filled):
            return [line[match.end() :] if (match := quote.match(line)) else line for line in lines]
    return lines


def _are_marked(lines: list[str], quote: re.Pattern[str], filled: int) -> bool:
    """Whether at least three lines and four fifths of the filled ones begin with the mark."""
    bare = 0
    for line in lines:
        if quote.match(line) is None and line and not line.isspace():
            bare += 1
            if bare * 10 > filled * 2:
                return False
    return filled - bare >= 3

"""Physical lines to records: undo what terminals, web pages and mail programs did to a debug.

A record is one message of the router with everything it printed for it: wrapped remainders, indented attributes, payload
lists. Prompts, commands and the answers of show commands end a record and are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.log.plain_lines import PlainLines
from ipsecbot.parse.ios.log.record import MAX_BODY, TAG, Record
from ipsecbot.parse.ios.log.stamp import NEUTRAL_YEAR, find_stamp, read_stamp

# A second message on the same physical line: glued by the terminal, or by a web page that lost its line ends.
_GLUED = re.compile(
    r"(?<=[^\s*.])(?=[*.]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s+(?:\d{4}\s+)?\d\d:\d\d:\d\d[^%]{0,14}:\s+"
    r"(?:ISAKMP|IPSEC|IKEv2|CRYPTO|%[A-Z]))|(?<=[^\s:])\s+(?=ISAKMP(?:-[A-Z]+)?\s?:?\s?\([\d:A-Z/]+\)\s?:)"
)
_PROMPT = re.compile(r"[A-Za-z][\w.\-/@]{0,62}(?:\([\w.-]+\))?(?<!-)[#>](?!\d+:)")
# What begins a quoted line, and the characters that this begins with, where they are few.
_QUOTES = (
    (re.compile(r">\s?"), ">"),
    (re.compile(r"[-*]\s(?=\S)"), "-*"),
    (re.compile(r"\s*\d{1,5}\.\s+"), None),
    (re.compile(r"\|\s?"), "|"),
)
_FENCE = re.compile(r"\s*(?:`{3}|~{3}|-{8,}|={8,})")
_NO_START = frozenset("abcdefghijklmnopqrstuvwxyz(")  # neither a stamp nor a tag begins so
_FENCE_MARKS = "`~-="
_PING_MARKS = ".!UQM&?"
# IOS attributes and payload lists never run longer; what follows is somebody else's.
_LONGEST_RECORD = 40
# Non-breaking spaces, as pages leave them behind.
_SPACES = re.compile(r"&nbsp;|&{2,}|&(?=[\s*]|$)|\xa0")


def read_records(output: RawOutput) -> Iterator[Record]:
    """Every record of one output, in order. Linear in the text's length."""
    text = _SPACES.sub(" ", output.text) if "&" in output.text or "\xa0" in output.text else output.text
    lines = _unquoted(text.splitlines())
    gathered = _Gathered(_wrap_width(lines), output.at)
    double_spaced = _is_double_spaced(lines)
    read = PlainLines(output.at.year if output.at is not None else NEUTRAL_YEAR).read
    alone: Record | None = None  # the last record, while no line after it belongs to it
    for number, line in enumerate(lines, 1):
        whole = read(number, line)
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
            prompt = _PROMPT.match(part) if "#" in part or ">" in part else None
            part = part if prompt is None else part[prompt.end() :]
            starts = _starts_record(part)
            if (starts or prompt is not None) and (done := gathered.take()) is not None:
                yield done
            if starts or (prompt is None and gathered.is_open and not _is_ping(bare)):
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
        self.lines, self._whole = [(whole.number, whole.text)], whole

    def take(self) -> Record | None:
        """The record of the gathered lines, of which there are none from now on."""
        if not self.lines:
            return None
        whole = self._whole if len(self.lines) == 1 else None
        record = whole or _record(tuple(self.lines), self._width, self._snapshot)
        self.lines, self._whole = [], None
        return record


def _parts(line: str) -> list[str]:
    if ":" not in line or line.count("ISAKMP") + line.count("IPSEC(") + line.count("IKEv2") + line.count(": %") < 2:
        return [line]
    return [part for part in _GLUED.split(line) if part.strip()]


def _is_ping(bare: str) -> bool:
    return len(bare) > 1 and not bare.strip(_PING_MARKS)


def _starts_record(line: str) -> bool:
    stripped = line.lstrip()
    if stripped[:1] in _NO_START:
        return False
    return TAG.match(stripped) is not None or find_stamp(stripped) is not None


def _record(lines: tuple[tuple[int, str], ...], width: int | None, snapshot: datetime | None) -> Record:
    """The record of the gathered lines."""
    text = _joined(lines, width)
    stamp = find_stamp(text)
    at = read_stamp(stamp, snapshot) if stamp is not None else None
    rest = text[stamp.end() :] if stamp is not None else text.lstrip()
    tag = TAG.match(rest)
    if tag is None and (percent := rest.find("%")) >= 0 and percent < 80:
        tag = TAG.match(rest, percent)  # a host name stands between the stamp and the mnemonic
    if tag is None:
        return Record("", None, rest.strip()[:MAX_BODY], *lines[0], at, more=lines[1:])
    word = tag["tag"] or tag["syslog"] or tag["trace"]
    context = tag["context"][1:-1] if tag["context"] else None
    return Record(word, context, rest[tag.end() :].strip().lstrip(": ")[:MAX_BODY], *lines[0], at, more=lines[1:])


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
    for quote, first in _QUOTES:
        if _are_marked(lines, quote, first):
            return [line[match.end() :] if (match := quote.match(line)) else line for line in lines]
    return lines


def _are_marked(lines: list[str], quote: re.Pattern[str], first: str | None) -> bool:
    """Whether at least three lines and four fifths of the filled ones begin with the mark."""
    bare = 0
    for line in lines:
        if ((first is not None and line[:1] not in first) or quote.match(line) is None) and line and not line.isspace():
            bare += 1
            if bare * 10 > len(lines) * 2:  # too many whichever of the lines are filled
                return False
    filled = len(lines) - lines.count("") - sum(map(str.isspace, lines))
    return bare * 10 <= filled * 2 and filled - bare >= 3

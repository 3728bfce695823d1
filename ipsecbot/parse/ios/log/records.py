"""Physical lines to records: undo what terminals, web pages and mail programs did to a debug.

A record is one message of the router with everything it printed for it: wrapped remainders, indented attributes, payload
lists. Prompts, commands and the answers of show commands end a record and are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.log.stamp import find_stamp, read_stamp


@dataclass(frozen=True, slots=True)
class Record:
    """`tag` is what introduces the message (ISAKMP, IPSEC, IKEv2, a %MNEMONIC, or empty), `context` the text in the brackets
    behind it, `body` the message on one line, `lines` the physical lines (number, text) it came from."""

    tag: str
    context: str | None
    body: str
    lines: tuple[tuple[int, str], ...]
    at: datetime | None

    def source(self, device: str, output: str) -> Source:
        first, text = self.lines[0]
        return Source(device, output, first, self.lines[-1][0], text)

    def source_of(self, needle: str, device: str, output: str) -> Source:
        """The one line that holds `needle`, when it is in one line; else the whole record."""
        for number, text in self.lines:
            if needle in text:
                return Source(device, output, number, number, text)
        return self.source(device, output)


_TAG = re.compile(
    r"""
    (?P<tag>ISAKMP(?:-[A-Z]+)?(?=\s?[:(])|I?KEv2(?:-[A-Z]+(?:-\d)?)?(?=:)|IPSEC(?=\(|:\()|CRYPTO_PKI
      |\[IKEv[12]\w*(?:\ (?:DEBUG|DECODE))?\])
      \s?:?\s?
      (?P<context>\((?=SESSION|SA|[\d:A-Z/]+\))[^()]*\))?
      \s?:{0,2}\s?
    | (?P<syslog>%?[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+)\s?:\s*
    | (?P<trace>SA\ ID:\d+\ SESSION\ ID:\d+)\s+
    """,
    re.VERBOSE,
)
# A second message on the same physical line: glued by the terminal, or by a web page that lost its line ends.
_GLUED = re.compile(
    r"(?<=[^\s*.])(?=[*.]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s+(?:\d{4}\s+)?\d\d:\d\d:\d\d[^%]{0,14}:\s+"
    r"(?:ISAKMP|IPSEC|IKEv2|CRYPTO|%[A-Z]))|(?<=[^\s:])\s+(?=ISAKMP(?:-[A-Z]+)?\s?:?\s?\([\d:A-Z/]+\)\s?:)"
)
_PROMPT = re.compile(r"[A-Za-z][\w.\-/@]{0,62}(?:\([\w.-]+\))?(?<!-)[#>](?!\d+:)")
_QUOTES = (re.compile(r">\s?"), re.compile(r"[-*]\s(?=\S)"), re.compile(r"\s*\d{1,5}\.\s+"), re.compile(r"\|\s?"))
_FENCE = re.compile(r"\s*(?:`{3}|~{3}|-{8,}|={8,})")
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
    width = _wrap_width(lines)
    pending: list[tuple[int, str]] = []
    double_spaced = _is_double_spaced(lines)
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or (bare[0] in _FENCE_MARKS and _FENCE.match(bare)):
            if not (double_spaced and not bare):
                yield from _finish(pending, width, output.at)
            continue
        for part in _parts(line):
            prompt = _PROMPT.match(part)
            if prompt is not None:
                yield from _finish(pending, width, output.at)
                part = part[prompt.end() :]
            if _starts_record(part):
                yield from _finish(pending, width, output.at)
                pending.append((number, part))
            elif prompt is None and pending and len(pending) < _LONGEST_RECORD and not _PING_MARKS.match(bare):
                pending.append((number, part))
    yield from _finish(pending, width, output.at)


def _parts(line: str) -> list[str]:
    if line.count("ISAKMP") + line.count("IPSEC(") + line.count("IKEv2") + line.count(": %") < 2:
        return [line]
    return [part for part in _GLUED.split(line) if part.strip()]


def _starts_record(line: str) -> bool:
    stripped = line.lstrip()
    return _TAG.match(stripped) is not None or find_stamp(stripped) is not None


def _finish(pending: list[tuple[int, str]], width: int | None, snapshot: datetime | None) -> Iterator[Record]:
    """The record of the gathered lines; empties the list."""
    if not pending:
        return
    lines = tuple(pending)
    pending.clear()
    text = _joined(lines, width)
    stamp = find_stamp(text)
    at = read_stamp(stamp, snapshot) if stamp is not None else None
    rest = text[stamp.end() :] if stamp is not None else text.lstrip()
    tag = _TAG.match(rest)
    if tag is None and (percent := rest.find("%")) >= 0 and percent < 80:
        tag = _TAG.match(rest, percent)  # a host name stands between the stamp and the mnemonic
    if tag is None:
        yield Record("", None, rest.strip()[:_MAX_BODY], lines, at)
        return
    word = tag["tag"] or tag["syslog"] or tag["trace"]
    context = tag["context"][1:-1] if tag["context"] else None
    yield Record(word, context, rest[tag.end() :].strip().lstrip(": ")[:_MAX_BODY], lines, at)


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
    counts = Counter(len(line) for line in lines)
    longest = max(counts, default=0)
    return longest if 60 <= longest <= 160 and counts[longest] >= 3 else None


def _is_double_spaced(lines: list[str]) -> bool:
    """A page put an empty line behind every line: empty lines then end nothing."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if len(filled) < 6:
        return False
    neighbours = sum(1 for left, right in pairwise(filled) if right == left + 1)
    return neighbours * 10 < len(filled)


def _unquoted(lines: list[str]) -> list[str]:
    """Without the mark (`> `, `- `, `12. `) that a mail or a web page put before nearly every line."""
    filled = [line for line in lines if line.strip()]
    for quote in _QUOTES:
        marked = sum(1 for line in filled if quote.match(line))
        if marked >= 3 and marked * 10 >= len(filled) * 8:
            return [line[match.end() :] if (match := quote.match(line)) else line for line in lines]
    return lines

"""Which lines of a long text tell something of IKE or IPsec: the others are nobody's, and are left behind at once.

The same marks as in segments.py, and what stands near them: the rest of a wrapped message, the rows of a table, the body of
a configuration.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from ipsecbot.parse.paste.decode import Block
from ipsecbot.parse.paste.signatures import (
    CHARON_LOG,
    CHARON_SAYS,
    HOST_COMMAND,
    HOST_PROMPT,
    IOS_LOG,
    IOS_PROMPT,
    PLUTO_LOG,
    has_mark,
    may_be_marked,
)
from ipsecbot.parse.strongswan.sentences import is_sentence

Row = tuple[int, str]  # a line's number, and the line or a part of it

LONGEST = 65_536  # characters; a longer line is cut into rows
_LOOK = 200
_BEFORE = 2  # lines kept in front of one that tells something
_BEHIND_LOG = 4  # lines over which a message is wrapped
_BEHIND = 200  # lines of a table or of a configuration without a mark of their own
_KEY_BODY = 400  # lines of a private key: kept whole, so that the redaction sees its end
_KEY = re.compile(r"-----(?:BEGIN|(END)) [A-Z0-9 ]{0,40}PRIVATE KEY-----")
# A line of syslog tells something by its program and message, never by its beginning.
_SYSLOG = re.compile(r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT[\d:.,+Z-]{8,30}) \S{1,64} ")
# What a mail or a page put before every line; the repair, which sees all of them, takes it away later.
_MARK = re.compile(r"\s{0,3}(?:>\s?)+|\s*(?:[-*+]|\d{1,6}[.)|:]?)\s(?=\S)|\|\s?")
_OTHER_PROGRAMS = re.compile(r"martian source |IN=(?<!\wIN=)\S* OUT=\S* .*\bSRC=")

_THREAD = re.compile(r"M\d\d\[[A-Z]{3}\] ")  # behind the time without a blank, which the repair sets in
_SENTENCE = 14  # characters; charon says nothing in fewer that anybody could not
_CALLERS = re.compile(r"NetworkManager\[|nm-")  # they log what the tools say that they run


def telling_rows(blocks: Iterable[Block]) -> Iterator[Row]:
    """The rows of a text that tell something, and those around them, in order. Linear; keeps a handful of lines."""
    sieve = _Sieve()
    for block in blocks:
        for number, line in enumerate(block.text.split("\n"), block.first):
            if line and not line.isspace():
                yield from sieve.take(number, line)


class _Sieve:
    def __init__(self) -> None:
        self._before: deque[Row] = deque(maxlen=_BEFORE)
        self._left = 0  # how many lines without a mark still belong to the last one that had one
        self._of_log = False

    def take(self, number: int, line: str) -> Iterator[Row]:
        is_syslog = _SYSLOG.match(line)
        if _is_log(line, is_syslog is not None):
            self._left, self._of_log = _BEHIND_LOG, True
        elif is_syslog is None and _is_marked(line):
            self._left, self._of_log = _BEHIND, False
        elif is_syslog is not None or self._left == 0:
            self._left = 0
            self._before.append((number, line))
            return
        elif not (self._of_log and line[:1].isspace()):
            self._left -= 1
        if not self._of_log and "-----" in line and (key := _KEY.search(line)) is not None:
            self._left = _BEHIND if key[1] else _KEY_BODY
        while self._before:
            yield self._before.popleft()
        yield from _cut(number, line)


def _is_log(line: str, is_syslog: bool) -> bool:
    if has_mark(IOS_LOG, line) or has_mark(CHARON_LOG, line) or has_mark(PLUTO_LOG, line):
        return True
    head = line[:_LOOK]
    if is_syslog:
        return _OTHER_PROGRAMS.search(head) is not None or (_CALLERS.search(head) is not None and is_sentence(line))
    if CHARON_SAYS.match(head) or _THREAD.search(head):
        return True
    return len(line) >= _SENTENCE and is_sentence(line)


def _is_marked(line: str) -> bool:
    head = line[:_LOOK]
    if (mark := _MARK.match(head)) is not None and _is_marked(head[mark.end() :]):
        return True
    if IOS_PROMPT.match(head) or HOST_PROMPT.match(head) or HOST_COMMAND.match(head):
        return True
    return may_be_marked(head)


def _cut(number: int, line: str) -> Iterator[Row]:
    """A line in rows that a reader can take, cut at blanks."""
    start = 0
    while len(line) - start > LONGEST:
        end = line.rfind(" ", start + 1, start + LONGEST) + 1 or start + LONGEST
        yield number, line[start:end]
        start = end
    yield number, line[start:]

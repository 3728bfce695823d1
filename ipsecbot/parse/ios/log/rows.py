"""How a table of phrases is searched: rows a network engineer can review, found by their first word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ipsecbot.model.exchange import EventKind
from ipsecbot.model.proposal import Protocol
from ipsecbot.parse.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Row:
    """One phrase. `pattern` is a regular expression for the start of a message; one that begins with `.*` may stand anywhere.

    Groups name the fields of the event: remote, local, detail, notify, number (a message id), offered, identity, id_type, spi.
    `kind` None with no `step` means: known, and of no interest. `step` names the method that keeps the state for it.
    """

    pattern: str
    kind: EventKind | None = None
    step: str | None = None
    attribute: str | None = None
    protocol: Protocol | None = None
    notify: str | None = None
    detail: str | None = None
    _compiled: list[re.Pattern[str]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def regex(self) -> re.Pattern[str]:
        """Compiled at first use: hundreds of rows at import would be felt by `ipsecbot --help`."""
        if not self._compiled:
            self._compiled.append(re.compile(self.pattern, re.IGNORECASE))
        return self._compiled[0]


_FIRST_WORD = re.compile(r"[\W_]*([A-Za-z0-9]+)")
# A literal word that the pattern surely ends: `att\w+` has none.
_WHOLE_WORD = re.compile(r"([A-Za-z0-9]+)(?=$|[ :,/_=-]|\\[(.Ws\"])(?!.?[?*])")
_GROUP = re.compile(r"\(\?:([^()]*)\)(\??)")


def _first_words(pattern: str) -> frozenset[str] | None:
    """Every word (in lower case) a message that matches may begin with; None when the pattern does not tell."""
    group = _GROUP.match(pattern)
    if group is None:
        if "|" in re.sub(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", pattern):
            return None
        word = _WHOLE_WORD.match(pattern)
        return frozenset({word[1].lower()}) if word is not None else None
    rest = pattern[group.end() :]
    words: set[str] = set()
    for branch in group[1].split("|"):
        found = _first_words(branch + rest if branch.isalnum() else branch)
        if found is None:
            return None
        words |= found
    if group[2]:
        found = _first_words(rest)
        if found is None:
            return None
        words |= found
    return frozenset(words)


# A ping breaks short lines; longer texts are not worth a second look at each of their dots.
_LONGEST_BROKEN = 240
# Messages looked up last, with their rows: most of what a debug prints is the same few dozen sentences, without a number.
_REMEMBERED = 512
Found = tuple[Row, re.Match[str]] | None


class _Candidate:
    """A row while it is looked for."""

    __slots__ = ("match", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.match: Callable[..., re.Match[str] | None] = self._first_match

    def _first_match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Leaves the compiled pattern's own behind."""
        self.match = self.row.regex.match
        return self.match(text, start)


_Start = tuple[list[_Candidate], int]


class Table:
    """Rows by their first word; within a word, and for the rows without one, the first row that matches wins."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self.found: Remembered[Found] = Remembered(self._find_tolerant, _REMEMBERED)
        self._starts: Remembered[_Start | None] = Remembered(self._start, _REMEMBERED, 40)
        self._by_word: dict[str, list[_Candidate]] = {}
        self._anywhere: list[_Candidate] = []
        for candidate in map(_Candidate, self.rows):
            words = _first_words(candidate.row.pattern)
            if words is None:
                self._anywhere.append(candidate)
            for word in words or ():
                self._by_word.setdefault(word, []).append(candidate)

    def find(self, text: str) -> Found:
        """The row of a message, or None when nobody knows it."""
        begins = self._starts[text.partition(" ")[0]] or self._start(text)
        if begins is not None:
            candidates, start = begins
            for candidate in candidates:
                match = candidate.match(text, start)
                if match is not None:
                    return candidate.row, match
        for candidate in self._anywhere:
            match = candidate.match(text)
            if match is not None:
                return candidate.row, match
        return None

    def _start(self, text: str) -> _Start | None:
        """The rows that may begin with the first word of `text`, and where it stands; None where there is none."""
        word = _FIRST_WORD.match(text)
        return (self._by_word.get(word[1].lower(), []), word.start(1)) if word is not None else None

    def _find_tolerant(self, text: str) -> Found:
        """As `find`; a message that nobody knows is tried again without the `.` and `!` that a ping wrote into it."""
        found = self.find(text)
        if found is None and len(text) < _LONGEST_BROKEN and ("." in text or "!" in text):
            for mark in re.finditer(r"[.!](?=\w)|(?<=\s)[.!]|[.!](?=\s)", text):
                found = self.find(text[: mark.start()] + text[mark.end() :])
                if found is not None:
                    return found
        return found

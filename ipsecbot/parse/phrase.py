"""How a row of the phrase tables is written, and how it is found.

A row is a daemon's sentence with `{name}` for what varies: `{remote}`, `{identity}`, `{n}` … (all in `_PLACES`), `{a/b}` for
one word or the other, `{#}` for `{7}`, `{?text}` for text that may be missing. Everything else stands for itself. Rows are
looked up by their first word; those that begin with something that varies are tried last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.remembered import Remembered

_PLACES: tuple[tuple[str, str], ...] = (
    ("unique", r"\d+"),
    ("local", r"\S+?"),
    ("remote", r"\S+?"),
    ("local_port", r"\d+"),
    ("remote_port", r"\d+"),
    ("identity", r".*?"),
    ("asked", r".*?"),
    ("exchange", r"[A-Z_0-9]+"),
    ("direction", r"request|response"),
    ("message_id", r"\d+"),
    ("payloads", r".*?"),
    ("notify", r"[A-Z_0-9]+|\(\d+\)"),
    ("protocol", r"IKE|ESP|AH"),
    ("proposals", r".*"),
    ("selectors", r".*?===.*?"),
    ("spi_in", r"[0-9a-f]{1,8}|[A-Zx*]{2,10}"),  # or what somebody wrote in its place
    ("spi_out", r"[0-9a-f]{1,8}|[A-Zx*]{2,10}"),
    ("transform", r"[A-Z_]+"),
    ("state", r"[A-Z][A-Za-z0-9_]+"),
    ("offered", r".*?"),
    ("accepted", r".*?"),
    ("detail", r".*?"),
)
_UNNAMED: tuple[tuple[str, str], ...] = (("n", r"-?\d+"), ("#", r"\{\d+\}"), ("word", r"\S+"), ("any", r".*?"))
_PIECE = re.compile(r"\{(\?[^{}]*(?:\{[^{}]*\}[^{}]*)*|[^{}?]*)\}")
_FIRST = re.compile(r"([A-Za-z0-9_'\-:]+) ")
_SECOND = re.compile(r"[A-Za-z0-9_'\-:]+ ([A-Za-z0-9_'\-:]+)(?= |$)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row: what a sentence means. `kind` None: known, and of no consequence for a diagnosis. `state`: which state of the
    daemon's own machine the sentence shows, where it has one that is worth following."""

    kind: EventKind | None
    sentence: str
    role: Role | None = None
    version: int | None = None
    protocol: Protocol | None = None
    exchange: ExchangeType | None = None
    attribute: str | None = None
    offered: str | None = None
    detail: str | None = None
    notify: str | None = None
    state: str | None = None

    def match(self, message: str) -> re.Match[str] | None:
        return _compiled(self.sentence).fullmatch(message)

    def names(self) -> tuple[str, ...]:
        """What varies in the sentence, in the order of the groups of a match."""
        return tuple(_compiled(self.sentence).groupindex)


_OF_ONE = ("{n}", "{#}", "{word}", "{unique}", "{local}", "{remote}", "{identity}", "{spi_in}", "{spi_out}")


def _comes_again(sentence: str) -> bool:
    return not any(place in sentence for place in _OF_ONE)


# Whether the very words of a sentence come again in one log: there is no number and no peer among them.
COMES_AGAIN = Remembered(_comes_again, 4096)


@cache
def _compiled(sentence: str) -> re.Pattern[str]:
    """Compiled at first use: hundreds of sentences, of which most are never looked for."""
    return re.compile(_pattern(sentence))


def _pattern(sentence: str, ends: bool = True) -> str:
    """The regular expression of a sentence; `ends` where nothing that varies comes after it."""
    pattern, at = "", 0
    for piece in _PIECE.finditer(sentence):
        rest = sentence[piece.end() :]
        pattern += re.escape(sentence[at : piece.start()]) + _place(piece[1], rest, ends and "{" not in rest)
        at = piece.end()
    return pattern + re.escape(sentence[at:])


def _place(word: str, rest: str, last: bool) -> str:
    """What may stand in a place of a sentence that goes on with `rest`; `last` where nothing there varies."""
    if word.startswith("?"):
        return f"(?:{_pattern(word[1:], last)})?"
    if word in dict(_PLACES):
        return f"(?P<{word}>{_sooner(dict(_PLACES)[word], rest, last)})"
    if word in dict(_UNNAMED):
        return f"(?:{_sooner(dict(_UNNAMED)[word], rest, last)})"
    return "(?:" + "|".join(re.escape(choice) for choice in word.split("/")) + ")"


def _sooner(pattern: str, rest: str, last: bool) -> str:
    """The same text in fewer steps: all there is where nothing else varies, else up to the next bracket or quote first."""
    if last and pattern.endswith(("*?", "+?")):
        return pattern[:-1]
    if pattern in (r"\S+?", ".*?") and rest[:1] in _CLOSING:
        return f"[^{re.escape(rest[0])}\\s]+|{pattern}"
    return pattern


_CLOSING = ("[", "'", '"')


class _Candidate:
    """A row while it is looked for. `literal` is the longest text that surely is in the sentence: it is quickly not found."""

    __slots__ = ("fullmatch", "literal", "phrase")

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        self.literal = max((piece for piece in _PIECE.sub("\0", phrase.sentence).split("\0")), key=len)
        self.fullmatch: Callable[[str], re.Match[str] | None] = self._compile

    def _compile(self, message: str) -> re.Match[str] | None:
        """The first match, which leaves the compiled pattern's own behind."""
        self.fullmatch = _compiled(self.phrase.sentence).fullmatch
        return self.fullmatch(message)


class PhraseBook:
    """All rows, by first word and second word."""

    def __init__(self, phrases: tuple[Phrase, ...]) -> None:
        self.phrases = phrases

    def find(self, message: str) -> tuple[Phrase, re.Match[str]] | None:
        """The first row whose sentence the message is; None when none is."""
        message = message.strip()
        first, _, rest = message.partition(" ")
        by_second = self._by_word.get(first)
        if by_second is not None:
            for candidate in by_second.get(rest.partition(" ")[0]) or by_second[""]:
                if candidate.literal in message and (match := candidate.fullmatch(message)) is not None:
                    return candidate.phrase, match
        for candidate in self._anywhere:
            if candidate.literal in message and (match := candidate.fullmatch(message)) is not None:
                return candidate.phrase, match
        return None

    @cached_property
    def _anywhere(self) -> tuple[_Candidate, ...]:
        """The rows that begin with something that varies."""
        return tuple(_Candidate(phrase) for phrase in self.phrases if not _first_word(phrase.sentence))

    @cached_property
    def _by_word(self) -> dict[str, dict[str, tuple[_Candidate, ...]]]:
        """First word → second word → the rows that may begin so; the empty second word stands for any that no row has."""
        rows: dict[str, list[tuple[str, _Candidate]]] = {}
        for phrase in self.phrases:
            if first := _first_word(phrase.sentence):
                second = _SECOND.match(phrase.sentence)
                rows.setdefault(first, []).append((second[1] if second else "", _Candidate(phrase)))
        return {
            first: {
                word: tuple(candidate for second, candidate in under if second in ("", word))
                for word in {"", *(second for second, _ in under)}
            }
            for first, under in rows.items()
        }


def _first_word(sentence: str) -> str:
    """The first word where it never varies, else the empty word."""
    match = _FIRST.match(sentence)
    if match:
        return match[1]
    return "" if "{" in sentence else sentence.partition(" ")[0]

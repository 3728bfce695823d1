"""How a row of the phrase tables is written, and how it is found.

A row is a daemon's sentence with `{name}` for what varies: `{remote}`, `{identity}`, `{n}` … (all in `_PLACES`), `{a/b}` for
one word or the other, `{#}` for `{7}`, `{?text}` for text that may be missing. Everything else stands for itself. Rows are
looked up by their first word; those that begin with something that varies are tried last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

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


@cache
def _compiled(sentence: str) -> re.Pattern[str]:
    """Compiled at first use: hundreds of sentences, of which most are never looked for."""
    return re.compile(_pattern(sentence))


def _pattern(sentence: str) -> str:
    """The regular expression of a sentence."""
    pattern, at = "", 0
    for piece in _PIECE.finditer(sentence):
        pattern += re.escape(sentence[at : piece.start()]) + _place(piece[1])
        at = piece.end()
    return pattern + re.escape(sentence[at:])


def _place(word: str) -> str:
    if word.startswith("?"):
        return f"(?:{_pattern(word[1:])})?"
    if word in dict(_PLACES):
        return f"(?P<{word}>{dict(_PLACES)[word]})"
    if word in dict(_UNNAMED):
        return f"(?:{dict(_UNNAMED)[word]})"
    return "(?:" + "|".join(re.escape(choice) for choice in word.split("/")) + ")"


class PhraseBook:
    """All rows, by first word."""

    def __init__(self, phrases: tuple[Phrase, ...]) -> None:
        self._by_word: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            self._by_word.setdefault(_first_word(phrase.sentence), []).append(phrase)

    def find(self, message: str) -> tuple[Phrase, re.Match[str]] | None:
        """The first row whose sentence the message is; None when none is."""
        message = message.strip()
        first, _, _ = message.partition(" ")
        for phrases in (self._by_word.get(first, ()), self._by_word.get("", ())):
            for phrase in phrases:
                if match := phrase.match(message):
                    return phrase, match
        return None


def _first_word(sentence: str) -> str:
    """The first word where it never varies, else the empty word."""
    match = _FIRST.match(sentence)
    if match:
        return match[1]
    return "" if "{" in sentence else sentence.partition(" ")[0]

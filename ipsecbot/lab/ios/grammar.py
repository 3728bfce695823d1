"""How IOS understands a typed line: unique abbreviations, and its three ways of saying no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address


class Refusal(StrEnum):
    INVALID = "invalid"
    AMBIGUOUS = "ambiguous"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Understood:
    """`pattern` is the table's row, `arguments` what stood in the places of its `<…>` words."""

    pattern: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """`column` is where the first wrong word begins, counted from the beginning of the typed line."""

    reason: Refusal
    column: int


def _is_address(word: str) -> bool:
    try:
        IPv4Address(word)
    except AddressValueError:
        return False
    return True


def _fits(place: str, word: str) -> bool:
    if place == "<number>":
        return word.isdigit()
    if place == "<address>":
        return _is_address(word)
    return place in {"<word>", "<rest>"}


def _columns(line: str) -> list[tuple[int, str]]:
    found, position = [], 0
    for word in line.split():
        position = line.index(word, position)
        found.append((position, word))
        position += len(word)
    return found


def understand(line: str, patterns: tuple[str, ...]) -> Understood | NotUnderstood:
    """Finds the one pattern that the line means. Patterns are keywords and `<word>`, `<number>`, `<address>`, `<rest>`."""
    candidates = [(pattern, tuple(pattern.split())) for pattern in patterns]
    arguments: list[str] = []
    words = _columns(line)
    for index, (column, word) in enumerate(words):
        here = [(pattern, parts) for pattern, parts in candidates if len(parts) > index]
        keywords = {parts[index] for _, parts in here if parts[index].startswith(word.lower()) and parts[index][0] != "<"}
        exact = {keyword for keyword in keywords if keyword == word.lower()}
        chosen = exact or keywords
        if len(chosen) > 1:
            return NotUnderstood(Refusal.AMBIGUOUS, column)
        if not chosen:
            chosen = {parts[index] for _, parts in here if _fits(parts[index], word)}
            if "<rest>" in chosen:
                pattern = next(pattern for pattern, parts in here if parts[index] == "<rest>")
                return Understood(pattern, (*arguments, line[column:].strip()))
            if len(chosen) > 1:
                chosen -= {"<word>"}
            if not chosen:
                return NotUnderstood(Refusal.INVALID, column)
            arguments.append(word)
        candidates = [(pattern, parts) for pattern, parts in here if parts[index] in chosen]
    complete = [pattern for pattern, parts in candidates if len(parts) == len(words)]
    if complete:
        return Understood(complete[0], tuple(arguments))
    return NotUnderstood(Refusal.INCOMPLETE, len(line))

"""Lines of a long text with the numbers they have in it, and the text that they make without the rest."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ipsecbot.parse.paste.telling import Row

LINE = 40  # what a line weighs beside its characters: even an empty one takes memory in every stage


@dataclass(slots=True)
class Rows:
    """Lines in the order of the text; `size` is what they weigh."""

    numbers: array[int] = field(default_factory=lambda: array("Q"))
    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, line: str) -> None:
        self.numbers.append(number)
        self.lines.append(line)
        self.size += len(line) + LINE

    def __len__(self) -> int:
        return len(self.lines)

    def pairs(self) -> Iterable[Row]:
        return zip(self.numbers, self.lines, strict=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`text` and, of each of its lines, the number in the text that was given and the index of its row (-1: a blank line that
    stands where something was left out, so that nobody takes what comes behind for the rest of what stands before)."""

    text: str
    numbers: Sequence[int]
    rows: Sequence[int]


def sheet_of(rows: Iterable[Row]) -> Sheet:
    """The rows as one text."""
    lines: list[str] = []
    numbers, indices = array("Q"), array("q")
    last = 0
    for index, (number, line) in enumerate(rows):
        if number > last + 1:
            lines.append("")
            numbers.append(last + 1)
            indices.append(-1)
        lines.append(line)
        numbers.append(number)
        indices.append(index)
        last = number
    return Sheet("\n".join(lines), numbers, indices)

"""What pages, mails, terminals and chats did to a text, undone; every line still knows which line it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ipsecbot.parse.paste.characters import clean_characters
from ipsecbot.parse.paste.glue import has_page_breaks, split_breaks, split_glued
from ipsecbot.parse.paste.headings import split_headings
from ipsecbot.parse.paste.order import is_newest_first, oldest_first, repeated_blocks, repeated_lines

# Marks that a mail or a page put before lines.
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("list marks", re.compile(r"\s*[-*+]\s(?=\S)")),
    ("table marks", re.compile(r"\|\s?")),
)
_NUMBER = re.compile(r"\s*(\d{1,6})(?:[.)|]|\s|:(?!\s*[*.]?[A-Z][a-z]{2}\s+\d+\s))\s?")
_NEAR = 4
_MOST_RUNS = 12
_PROMPT = re.compile(r"\s{0,3}>")


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` as the device may have printed it. `origin`: of each line (from 0) the number (from 1) it has in `original`;
    None where nothing moved. `notes` say what was undone. `numbers`: of each line of `original`, the number it has in the
    text that was given, where that was too long to be read whole."""

    text: str
    original: str
    origin: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()
    numbers: Sequence[int] | None = None

    @property
    def is_untouched(self) -> bool:
        return self.text is self.original and self.numbers is None


def repair(original: str, numbers: Sequence[int] | None = None) -> Repaired:
    """Undo what can be undone without guessing. Linear in the length of the text; a clean text is returned as it is.

    `numbers`: of each line, the number under which people know it, where that is not its place in the text."""
    sheet = _Sheet(original, numbers)
    if has_page_breaks(original):
        sheet.split(split_breaks, "marks of line ends")
    sheet.clean()
    sheet.unmark()
    sheet.split(split_glued, "several log lines in one")
    if sheet.split(split_headings, "several commands or rows in one"):
        sheet.clean()  # what was glued hid what a character stood for
    if again := repeated_lines(sheet.lines):
        sheet.blank(again, "every line twice")
    if again := repeated_blocks(sheet.lines):
        sheet.blank(again, f"{len(again)} lines that repeat earlier ones ({sheet.places(again)})")
    if is_newest_first(sheet.lines):
        sheet.reorder(oldest_first(sheet.lines), "newest line first")
    return sheet.repaired()


class _Sheet:
    """One text under repair."""

    def __init__(self, original: str, numbers: Sequence[int] | None = None) -> None:
        self.original, self.numbers = original, numbers
        self.lines = original.split("\n")
        self.origin: list[int] | None = None
        self.notes: list[str] = []
        self.changed = False

    def repaired(self) -> Repaired:
        text = "\n".join(self.lines) if self.changed else self.original
        notes = tuple(dict.fromkeys(self.notes))
        return Repaired(text, self.original, None if self.origin is None else tuple(self.origin), notes, self.numbers)

    def clean(self) -> None:
        text, notes = clean_characters("\n".join(self.lines) if self.changed else self.original)
        if notes:
            self._take(text.split("\n"), *notes)

    def split(self, parts_of: Callable[[str], list[str]], note: str) -> bool:
        """Replace lines by their parts, each with its line's number; False where no line had several."""
        pieces = [parts_of(line) for line in self.lines]
        if all(len(piece) == 1 for piece in pieces):
            return False
        origin = self.origin or range(1, len(self.lines) + 1)
        self.origin = [number for number, piece in zip(origin, pieces, strict=True) for _ in piece]
        self._take([part for piece in pieces for part in piece], note)
        return True

    def unmark(self) -> None:
        """Take away quotes, list marks and line numbers in front of the lines."""
        filled = [line for line in self.lines if line.strip()]
        quoted = sum(1 for line in filled if _PROMPT.match(line))
        if quoted >= 2 and quoted * 10 >= len(filled) * 2:
            self._take([_QUOTE.sub("", line, count=1) for line in self.lines], "quoted")
        for note, mark in _MARKS:
            marked = sum(1 for line in filled if mark.match(line))
            if marked >= 3 and marked * 10 >= len(filled) * 8:
                self._take([mark.sub("", line, count=1) for line in self.lines], note)
        if _is_numbered(filled):
            self._take([_NUMBER.sub("", line, count=1) for line in self.lines], "line numbers")

    def blank(self, numbers: Sequence[int], note: str) -> None:
        gone = set(numbers)
        self._take(["" if index in gone else line for index, line in enumerate(self.lines)], note)

    def places(self, numbers: Sequence[int]) -> str:
        """Which lines these are in the text that was given, in words; a blank or a mark between two does not part them."""
        given = [self.origin[index] if self.origin is not None else index + 1 for index in numbers]
        given = given if self.numbers is None else [self.numbers[place - 1] for place in given]
        runs: list[tuple[int, int]] = []
        for number in given:
            joins = bool(runs) and number - runs[-1][1] <= _NEAR
            runs[-1:] = [(runs[-1][0], number)] if joins else [*runs[-1:], (number, number)]
        shown = [f"{first}–{last}" if last > first else str(first) for first, last in runs[:_MOST_RUNS]]
        return f"lines {', '.join(shown)}{' and more' if len(runs) > _MOST_RUNS else ''}"

    def reorder(self, order: Sequence[int], note: str) -> None:
        origin = self.origin or range(1, len(self.lines) + 1)
        self.origin = [origin[index] for index in order]
        self._take([self.lines[index] for index in order], note)

    def _take(self, lines: list[str], *notes: str) -> None:
        self.lines, self.changed = lines, True
        self.notes += notes


def _is_numbered(lines: Sequence[str]) -> bool:
    """Whether the lines count 1, 2, 3 … (IOS sequence numbers have a stamp behind them and stay)."""
    if len(lines) < 4:
        return False
    numbers = [int(match[1]) for line in lines if (match := _NUMBER.match(line))]
    steps = sum(1 for one, two in pairwise(numbers) if 1 <= two - one <= 2)
    return steps * 10 >= (len(lines) - 1) * 8

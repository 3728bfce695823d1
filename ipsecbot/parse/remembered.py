"""What was made of a text before, kept for when the text comes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(dict[str, T], Generic[T]):
    """`remembered[text]` is what `make` makes of the text, made once for as long as it is kept.

    A dictionary, because asking one costs half of what asking `functools.lru_cache` does. It is emptied when it holds `most`
    texts, and keeps none of more than `longest` characters, so that its size is bounded.
    """

    def __init__(self, make: Callable[[str], T], most: int = 512, longest: int = 400) -> None:
        super().__init__()
        self._make, self._most, self._longest = make, most, longest

    def __missing__(self, text: str) -> T:
        made = self._make(text)
        if len(text) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[text] = made
        return made

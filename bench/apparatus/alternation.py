"""Two things measured in turn, so that whatever else the machine does falls on both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Ratio:
    """Medians in seconds, and the median of the ratios of each pair."""

    ours: float
    peer: float
    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.ratios)

    @property
    def spread(self) -> str:
        return f"{min(self.ratios):.2f}–{max(self.ratios):.2f}"


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def alternate(ours: Callable[[], float], peer: Callable[[], float], pairs: int) -> Ratio:
    """`ours` and `peer` return seconds. Each pair runs one after the other, and the next pair the other way round."""
    measured: list[tuple[float, float]] = []
    for number in range(pairs):
        if number % 2:
            theirs = peer()
            measured.append((ours(), theirs))
        else:
            own = ours()
            measured.append((own, peer()))
    return Ratio(
        median(own for own, _ in measured),
        median(theirs for _, theirs in measured),
        tuple(own / theirs for own, theirs in measured),
    )

"""What a benchmark answers: a small table and sentences under it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` hold texts, one for each of `columns`; `notes` say how it was measured and against what."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The first column flush left, the others flush right."""
        lines = (self.columns, *self.rows)
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns))]
        shown = [
            "  ".join(_aligned(cell, width, at) for at, (cell, width) in enumerate(zip(line, widths, strict=True)))
            for line in lines
        ]
        return "\n".join((self.title, *(f"  {line.rstrip()}" for line in shown), *(f"  {note}" for note in self.notes)))


def _aligned(cell: str, width: int, at: int) -> str:
    return cell.ljust(width) if at == 0 else cell.rjust(width)

"""Lines of a daemon that no sentence fits, gathered by shape, so that a talkative log does not drown what matters."""

from __future__ import annotations

import re

from ipsecbot.model.snapshot import Gap

LIMIT = 40  # shapes told apart; the rest is counted
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_VARYING = re.compile(r"\b(?:0x)?[0-9a-fA-F:.]*\d[0-9a-fA-F:./]*\b|<[^>]*>")


class ShapedGaps:
    """Gaps of one output of `daemon`."""

    def __init__(self, device: str, output: str, daemon: str = "charon") -> None:
        self.device, self.output, self.daemon = device, output, daemon
        self._first: dict[str, tuple[int, str]] = {}
        self._count: dict[str, int] = {}
        self._why: dict[str, str] = {}
        self._beyond = 0

    def add(self, line: int, message: str, text: str, why: str | None = None) -> None:
        shape = _VARYING.sub("N", _QUOTED.sub("S", message))[:160]
        if shape not in self._first and len(self._first) >= LIMIT:
            self._beyond += 1
            return
        self._first.setdefault(shape, (line, text))
        self._count[shape] = self._count.get(shape, 0) + 1
        self._why.setdefault(shape, why or f"unknown line of {self.daemon}")

    def all(self) -> tuple[Gap, ...]:
        """One gap per shape, at the first line of it."""
        gaps = [Gap(self.device, self.output, self._reason(shape), line, text) for shape, (line, text) in self._first.items()]
        if self._beyond:
            gaps.append(Gap(self.device, self.output, f"{self._beyond} further lines of {self.daemon} are not known"))
        return tuple(gaps)

    def _reason(self, shape: str) -> str:
        count = self._count[shape]
        return self._why[shape] if count == 1 else f"{self._why[shape]}, {count} of this shape"

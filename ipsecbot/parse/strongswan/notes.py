"""What a configuration reader notes on its way: lines it does not know, and why a connection cannot work."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import Gap


@dataclass(slots=True)
class Notes:
    """`gaps` of the whole reading, `problems` of the connection at hand."""

    device: str
    output: str
    gaps: list[Gap] = field(default_factory=list)
    problems: list[tuple[str, Source]] = field(default_factory=list)

    def of_connection(self) -> Notes:
        """Notes for one connection: the same gaps, problems of its own."""
        return Notes(self.device, self.output, self.gaps)

    def gap(self, source: Source | None, why: str) -> None:
        if source is None:
            self.gaps.append(Gap(self.device, self.output, why))
        else:
            self.gaps.append(Gap(source.device, source.output, why, source.first_line, source.text))

    def problem(self, why: str, source: Source) -> None:
        if (why, source) not in self.problems:
            self.problems.append((why, source))

"""What a long text is kept or left out by: one negotiation of one peer, one kind of answer, a stretch of anything else."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.abridge.rows import Rows
from ipsecbot.model.exchange import Exchange, Outcome

LONGEST = 500  # rows of one unit; what goes on for longer (liveness checks, retransmissions) goes on in another one

Group = tuple[str, ...]
LOOSE: Group = ("loose",)


@dataclass(slots=True)
class Unit:
    """Rows that are kept together. `group`: those of which the latest stand for all; `is_open`: the end was not seen yet."""

    group: Group
    peer: str | None = None
    is_open: bool = False
    failed: bool = False
    rows: Rows = field(default_factory=Rows)
    more: Unit | None = None
    is_gone: bool = False

    @property
    def is_negotiation(self) -> bool:
        return self.group[0] == "negotiation"

    def judge(self, exchange: Exchange) -> None:
        """Learn what became of the negotiation; what was known of its beginning stays."""
        outcome = exchange.child if exchange.outcome is Outcome.ESTABLISHED and exchange.child else exchange.outcome
        self.peer = self.peer or exchange.remote
        self.is_open = outcome is Outcome.INCOMPLETE
        self.failed = outcome is not Outcome.ESTABLISHED
        self.group = ("negotiation", self.peer or "", exchange.kind.value, str(exchange.role or ""), outcome.value)

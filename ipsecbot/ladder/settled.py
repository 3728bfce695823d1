"""Whether a watched negotiation has told its story, so that a debug need not run any longer."""

from __future__ import annotations

from ipsecbot.ladder.vocabulary import UNREACHABLE
from ipsecbot.model.exchange import EventKind, Exchange, ExchangeKind, Ladder, Outcome

_FINAL = UNREACHABLE | {EventKind.GAVE_UP}


def is_settled(ladder: Ladder) -> bool:
    """True once some negotiation brought up a CHILD_SA, was refused, or gave up.

    An IKE SA alone is not the end: its child may still be refused. Retransmissions alone are not either: an answer may come.
    """
    return any(_is_final(exchange) for exchange in ladder.exchanges)


def _is_final(exchange: Exchange) -> bool:
    if exchange.kind is ExchangeKind.INFORMATIONAL:
        return False
    if exchange.outcome is Outcome.REFUSED or exchange.child in (Outcome.ESTABLISHED, Outcome.REFUSED):
        return True
    if any(event.kind in _FINAL for event in exchange.events):
        return True
    is_child = exchange.kind is ExchangeKind.QUICK or (exchange.reached or "").startswith("CREATE_CHILD_SA")
    return is_child and exchange.outcome is Outcome.ESTABLISHED

"""In which order an attempt would stumble over its mismatches."""

from __future__ import annotations

from ipsecbot.model.negotiation import Mismatch
from ipsecbot.negotiate.responder_rules import ResponderRules


def ordered(mismatches: tuple[Mismatch, ...], rules: ResponderRules, version: int | None) -> tuple[Mismatch, ...]:
    """As the responder's row of `responder_rules` says; what only bites at a rekey comes last."""
    order = rules.order(version or 2)
    last = len(order)
    return tuple(
        sorted(mismatches, key=lambda found: (found.late, order.index(found.aspect) if found.aspect in order else last))
    )

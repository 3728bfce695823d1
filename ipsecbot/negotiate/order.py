"""In which order an attempt would stumble over its mismatches."""

from __future__ import annotations

from ipsecbot.model.negotiation import Aspect, Mismatch
from ipsecbot.negotiate.responder_rules import KeyRule, ResponderRules

_PROOFS = frozenset((Aspect.IDENTITY, Aspect.KEY_MISSING, Aspect.AUTH_METHOD, Aspect.KEY))


def ordered(mismatches: tuple[Mismatch, ...], rules: ResponderRules, version: int | None) -> tuple[Mismatch, ...]:
    """As the responder's row of `responder_rules` says; where keys go by identity, the proofs of IKEv2 step by step. What only
    bites at a rekey comes last."""
    order = rules.order(version or 2)
    last = len(order)
    stepwise = version == 2 and rules.keys is KeyRule.IDENTITY
    proofs = min(order.index(aspect) for aspect in _PROOFS)

    def place(found: Mismatch) -> tuple[bool, int, int, int]:
        rank = order.index(found.aspect) if found.aspect in order else last
        group = proofs if stepwise and found.aspect in _PROOFS else rank
        return found.late, group, found.step if stepwise else 0, rank

    return tuple(sorted(mismatches, key=place))

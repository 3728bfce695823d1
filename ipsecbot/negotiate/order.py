"""In which order an attempt would stumble over its mismatches."""

from __future__ import annotations

from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, Mismatch
from ipsecbot.negotiate.responder_rules import KeyRule, ResponderRules

_PROOFS = frozenset(
    (Aspect.IDENTITY, Aspect.KEY_MISSING, Aspect.AUTH_METHOD, Aspect.KEY, Aspect.EXCHANGE_MODE, Aspect.CHILDLESS)
)


def ordered(
    mismatches: tuple[Mismatch, ...], rules: ResponderRules, version: int | None, *, aggressive_from: Side | None = None
) -> tuple[Mismatch, ...]:
    """As the responder's row of `responder_rules` says; where keys go by identity, the proofs step by step. What only bites at
    a rekey comes last. `aggressive_from`: the initiator of an aggressive mode."""
    order = rules.order(version or 2)
    last = len(order)
    stepwise = rules.keys is KeyRule.IDENTITY and (version == 2 or aggressive_from is not None)
    proofs = min(order.index(aspect) for aspect in _PROOFS if aspect in order)

    def place(found: Mismatch) -> tuple[bool, int, int, int]:
        rank = order.index(found.aspect) if found.aspect in order else last
        group = proofs if stepwise and found.aspect in _PROOFS else rank
        step = found.step if aggressive_from is None else _aggressive_step(found, aggressive_from)
        return found.late, group, step if stepwise else 0, rank

    return tuple(sorted(mismatches, key=place))


def _aggressive_step(found: Mismatch, initiator: Side) -> int:
    """charon as responder chooses its connection by IDii, then needs the key for AM2; the initiator looks at IDir, needs its
    key, and checks the proof (strongSwan 5.9.8, aggressive_mode.c)."""
    if found.aspect is Aspect.KEY_MISSING:
        return 4 if found.at_fault is initiator else 2
    if found.aspect is Aspect.IDENTITY:
        return 1 if found.offered_by is initiator else 3
    return 5 if found.aspect is Aspect.KEY else 1

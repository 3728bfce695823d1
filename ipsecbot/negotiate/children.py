"""Every child of the initiator with the child of the responder that would answer it."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import ChildNegotiation, Choice
from ipsecbot.model.proposal import TransformType
from ipsecbot.negotiate.child_checks import ChildReplay, fit, replay_child
from ipsecbot.negotiate.ike_checks import starts_childless
from ipsecbot.negotiate.order import ordered
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.refusals import child_refusal
from ipsecbot.negotiate.rekeying import child_rekeying


def replay_children(
    initiator: Party, responder: Party, version: int, ike: Choice | None
) -> tuple[tuple[ChildNegotiation, ...], Checked]:
    """One answer for each child of the initiator, in its order; none, and the words why, where an end has no child."""
    mine, yours = initiator.connection.children, responder.connection.children
    if not mine or not yours:
        silent = responder.name if mine else initiator.name
        return (), Checked(unknown=(f"{silent} has no child configured on this connection",))
    group = next(iter(ike.selected.of(TransformType.KE)), None) if ike is not None and ike.selected is not None else None

    def against(child: ChildPolicy, others: tuple[ChildPolicy, ...]) -> ChildReplay:
        return min((replay_child(initiator, responder, child, other, version, group) for other in others), key=_distance)

    asked = [(part, child) for child in mine for part in _asked(initiator, child, yours)]
    best = [against(part, _meant(initiator, responder, part, yours)) for part, _ in asked]
    fitting = [child.responder for child in best if child.selectors]
    free = tuple(child for child in yours if child not in fitting)
    # what another child of the initiator already uses is not what a child without a partner was meant for
    best = [child if child.selectors or not free else against(child.initiator, free) for child in best]
    whole = (replace(child, initiator=child_asked) for child, (_, child_asked) in zip(best, asked, strict=True))
    return tuple(_told(initiator, responder, child, version) for child in whole), Checked()


def _asked(initiator: Party, child: ChildPolicy, yours: tuple[ChildPolicy, ...]) -> tuple[ChildPolicy, ...]:
    """What is asked for at a time: one line of an access list may be for another child of the responder than the next."""
    if not initiator.rules.offers_pairs_alone or len(yours) == 1 or not child.selectors:
        return (child,)
    return tuple(replace(child, selectors=(pair,)) for pair in child.selectors)


def _meant(initiator: Party, responder: Party, mine: ChildPolicy, yours: tuple[ChildPolicy, ...]) -> tuple[ChildPolicy, ...]:
    """The one child that a responder which looks at selectors alone would take; else all of them."""
    if not responder.rules.narrows_lists:
        return yours
    scores = [fit(initiator, responder, mine, other) for other in yours]
    best = max(scores)
    return (yours[scores.index(best)],) if best else yours


def _distance(child: ChildReplay) -> tuple[bool, int, int, bool]:
    """Selectors decide which child is meant; then the fewest differences, then the name."""
    wrong = [mismatch for mismatch in child.checked.mismatches if not mismatch.late]
    differs = child.initiator.name != child.responder.name
    return not child.selectors, len(wrong), len(child.checked.mismatches), differs


def _told(initiator: Party, responder: Party, child: ChildReplay, version: int) -> ChildNegotiation:
    found, choice = child.checked.mismatches, child.choice
    if version == 2 and starts_childless(initiator, responder):
        choice = child.rekey
        found = tuple(replace(mismatch, late=False) for mismatch in found)
    mismatches = ordered(found, responder.rules, version)
    mine, yours = child.initiator, child.responder
    left, right = (mine, yours) if initiator.side is Side.LEFT else (yours, mine)
    blocked = any(not mismatch.late for mismatch in mismatches)
    return ChildNegotiation(
        left_child=left,
        right_child=right,
        choice=choice,
        selectors=child.selectors,
        mode=None if blocked else child.mode,
        mismatches=mismatches,
        unknown=tuple(dict.fromkeys(child.checked.unknown)),
        refusal=child_refusal(responder, mismatches, version),
        rekey_choice=child.rekey,
        rekeying=child_rekeying(initiator, responder, version, mine, yours),
    )

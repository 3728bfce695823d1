"""Replay what IKE would decide on two configurations: every reason for a refusal, in the order in which it would show."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.child_checks import ChildReplay, replay_child
from ipsecbot.negotiate.ike_checks import (
    check_addresses,
    check_auth,
    check_identities,
    check_ike_proposals,
    check_mode,
    check_version,
)
from ipsecbot.negotiate.keys import check_keys
from ipsecbot.negotiate.party import Checked, Party, own_address, seen_address
from ipsecbot.negotiate.responder_rules import ResponderRules


def replay(
    left: Connection,
    right: Connection,
    initiator: Side,
    *,
    left_end: Endpoint,
    right_end: Endpoint,
    left_address: str | None = None,
    right_address: str | None = None,
) -> Negotiation:
    """One attempt, started by `initiator`. The first blocking mismatch is where it stops; the later ones would show next.

    `left_address`, `right_address`: the ends' addresses on the path, where the connections do not name one. After a version
    mismatch nothing else is compared, because the two configurations speak of different protocols.
    """
    lefts, rights = own_address(left, left_end, left_address), own_address(right, right_end, right_address)
    parties = (
        Party(Side.LEFT, left, left_end, lefts, seen_address(left, right_end, rights, right_address)),
        Party(Side.RIGHT, right, right_end, rights, seen_address(right, left_end, lefts, left_address)),
    )
    first, second = parties if initiator is Side.LEFT else parties[::-1]
    version, checked = check_version(first, second)
    checked = check_addresses(first, second) + checked
    if version is None or any(mismatch.aspect is Aspect.VERSION for mismatch in checked.mismatches):
        checked += Checked(unknown=("what follows the IKE version was not compared",))
        return _negotiation(first, second, version, checked)
    choice, proposals = check_ike_proposals(first, second, version)
    checked += proposals + check_auth(first, second, choice, version)
    checked += check_keys(first, second, version) + check_identities(first, second)
    if version == 1:
        checked += check_mode(first, second)
    child, children = _children(first, second, version)
    return replace(_negotiation(first, second, version, checked + children, child), ike=choice)


def _children(initiator: Party, responder: Party, version: int) -> tuple[ChildReplay | None, Checked]:
    """The first child of the initiator that would fail, against its best partner; the first one when none would."""
    mine, yours = initiator.connection.children, responder.connection.children
    if not mine or not yours:
        silent = responder.name if mine else initiator.name
        return None, Checked(unknown=(f"{silent} has no child configured on this connection",))
    best = [_partner(initiator, responder, child, yours, version) for child in mine]
    fitting = [child.responder for child in best if child.selectors]
    free = tuple(child for child in yours if child not in fitting)
    # what another child of the initiator already uses is not what a child without a partner was meant for
    best = [
        child if child.selectors or not free else _partner(initiator, responder, child.initiator, free, version)
        for child in best
    ]
    failing = next((child for child in best if child.checked.mismatches), best[0])
    return failing, failing.checked


def _partner(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: tuple[ChildPolicy, ...], version: int
) -> ChildReplay:
    return min((replay_child(initiator, responder, mine, other, version) for other in yours), key=_distance)


def _distance(child: ChildReplay) -> tuple[bool, int, int, bool]:
    """Selectors decide which child is meant; then the fewest differences, then the name."""
    wrong = [mismatch for mismatch in child.checked.mismatches if not mismatch.late]
    differs = child.initiator.name != child.responder.name
    return not child.selectors, len(wrong), len(child.checked.mismatches), differs


def _negotiation(
    initiator: Party, responder: Party, version: int | None, checked: Checked, child: ChildReplay | None = None
) -> Negotiation:
    left, right = (initiator, responder) if initiator.side is Side.LEFT else (responder, initiator)
    mine, yours = (child.initiator, child.responder) if child else (None, None)
    return Negotiation(
        initiator=initiator.side,
        left=left.connection,
        right=right.connection,
        ike_version=version,
        ike=None,
        child=child.choice if child else None,
        left_child=mine if initiator.side is Side.LEFT else yours,
        right_child=yours if initiator.side is Side.LEFT else mine,
        selectors=child.selectors if child else (),
        mismatches=_ordered(checked.mismatches, responder.rules, version),
        unknown=tuple(dict.fromkeys(checked.unknown)),
    )


def _ordered(mismatches: tuple[Mismatch, ...], rules: ResponderRules, version: int | None) -> tuple[Mismatch, ...]:
    order = rules.order(version or 2)
    last = len(order)
    return tuple(
        sorted(mismatches, key=lambda found: (found.late, order.index(found.aspect) if found.aspect in order else last))
    )

"""Replay what IKE would decide on two configurations: every reason for a refusal, in the order in which it would show."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import Connection, ExchangeMode
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, ChildNegotiation, Negotiation
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.children import replay_children
from ipsecbot.negotiate.ike_checks import (
    check_addresses,
    check_childless,
    check_ike_proposals,
    check_mode,
    check_version,
    why_it_cannot_start,
)
from ipsecbot.negotiate.keys import check_keys
from ipsecbot.negotiate.order import ordered
from ipsecbot.negotiate.party import Checked, Party, own_address, seen_address
from ipsecbot.negotiate.presented import presented
from ipsecbot.negotiate.proofs import check_auth, check_identities, proofs
from ipsecbot.negotiate.refusals import ike_refusal
from ipsecbot.negotiate.rekeying import ike_rekeying
from ipsecbot.negotiate.upkeep import upkeep


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
    named = presented(first, second, version)
    checked += proposals + check_auth(first, second, choice, version)
    checked += check_keys(first, second, named, version) + check_identities(first, second, named)
    if version == 1:
        checked += check_mode(first, second)
    else:
        checked += check_childless(first, second)
    children, silent = replay_children(first, second, version, choice)
    return replace(
        _negotiation(
            first, second, version, checked + silent, children, chosen=choice is not None and choice.selected is not None
        ),
        ike=choice,
        proofs=proofs(first, second, named),
        rekeying=ike_rekeying(first, second, version, choice),
    )


def _negotiation(
    initiator: Party,
    responder: Party,
    version: int | None,
    checked: Checked,
    children: tuple[ChildNegotiation, ...] = (),
    *,
    chosen: bool = False,
) -> Negotiation:
    left, right = (initiator, responder) if initiator.side is Side.LEFT else (responder, initiator)
    child = next((one for one in children if one.mismatches), children[0] if children else None)
    mismatches = checked.mismatches + (child.mismatches if child else ())
    unknown = checked.unknown + (child.unknown if child else ())
    aggressive = version == 1 and initiator.connection.ike.initiates_mode is ExchangeMode.AGGRESSIVE
    start = initiator.side if aggressive else None
    before = ordered(checked.mismatches, responder.rules, version, aggressive_from=start)
    return Negotiation(
        initiator=initiator.side,
        left=left.connection,
        right=right.connection,
        ike_version=version,
        ike=None,
        child=child.choice if child else None,
        left_child=child.left_child if child else None,
        right_child=child.right_child if child else None,
        selectors=child.selectors if child else (),
        mismatches=ordered(mismatches, responder.rules, version, aggressive_from=start),
        unknown=tuple(dict.fromkeys(unknown)),
        children=children,
        refusal=ike_refusal(initiator, responder, before, version, chosen=chosen),
        cannot_start=why_it_cannot_start(initiator, version),
        upkeep=upkeep(left.connection, right.connection),
    )

"""The CHILD_SA: ESP proposals, traffic selectors, virtual addresses; forward_secrecy.py has the groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Attempt, Seen
from ipsecbot.diagnose.facts import Facts, is_esp, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import (
    change_of,
    compared,
    ends,
    furthest,
    parties,
    replayed,
    reported,
    where_to_change,
    with_difference,
)
from ipsecbot.diagnose.wording import attribute_words, both_values
from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Change, Side
from ipsecbot.model.exchange import EventKind, ExchangeKind
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, Role, SaState
from ipsecbot.model.selectors import mirrored

REFUSALS = (EventKind.PROPOSAL_REFUSED, EventKind.TRANSFORM_REFUSED)
_VAGUE = 0.62
_GRE = 47
_BESIDE = 0.68
_NAMED_BY_PEER = 0.68
_CHILD_ASPECTS = (Aspect.CHILD_PROPOSAL, Aspect.PFS, Aspect.SELECTORS, Aspect.ENCAPSULATION)
_OF_ADDRESSES = ("INTERNAL_ADDRESS_FAILURE", "FAILED_CP_REQUIRED")  # RFC 7296 section 3.15.4


def in_child(seen: Seen) -> bool:
    return seen.exchange is not None and Attempt(seen.exchange, seen.side).is_child


def is_of_child(seen: Seen) -> bool:
    return is_esp(seen.event.protocol) or (seen.event.protocol is None and in_child(seen))


def attribute_of(facts: Facts, seen: Seen) -> str | None:
    """What the log says differs; where it does not, what the configurations say, when they say one thing only."""
    found = compared(facts, seen, Protocol.ESP)
    told = found.attribute if found is not None else furthest(facts, seen, Protocol.ESP)
    if told is not None:
        return told
    return "dh" if blamed(facts) is Aspect.PFS else None


def blamed(facts: Facts) -> Aspect | None:
    """What the configurations say a refused child stumbled over first; None when they do not tell or agree."""
    found = [found for _, found in facts.mismatches(*_CHILD_ASPECTS) if not found.late]
    return found[0].aspect if found else None


def is_for_another(facts: Facts, seen: Seen) -> bool:
    """A refusal in general words ("policy not acceptable") which the configurations explain otherwise than by the proposal."""
    if compared(facts, seen, Protocol.ESP) is not None or furthest(facts, seen, Protocol.ESP) is not None:
        return False
    return blamed(facts) in (Aspect.ENCAPSULATION, Aspect.SELECTORS) or _offers_another_mode(facts, seen)


def _offers_another_mode(facts: Facts, seen: Seen) -> bool:
    """The refused offer asks for a mode that none of this end's children has."""
    own = {child.mode for connection in facts.meant(seen.side) for child in connection.children if child.mode is not None}
    asked = facts.events(EventKind.ENCAPSULATION_OFFERED, side=seen.side)
    modes = {other.event.detail for other in asked if other.exchange is seen.exchange}
    return seen.role is Role.RESPONDER and bool(own) and bool(modes) and not modes & {str(mode) for mode in own}


@rule("esp-proposal-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def esp_proposal_mismatch(facts: Facts) -> Iterator[Testimony]:
    """No ESP or AH transform in common.

    Seen: the IKE SA comes up and the responder refuses every ESP proposal; the initiator is told NO_PROPOSAL_CHOSEN in
    quick mode or IKE_AUTH.
    Mended: on either end, by one transform that both have; the stronger of the two where both can.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        found = compared(facts, seen, Protocol.ESP)
        if found is None:
            return f"{me} accepts none of the ESP proposals of {peer}: give both ends one transform in common."
        offered, accepted = both_values(facts, found, seen.side.other, field="esp")
        return (
            f"{me} refuses the ESP proposal of {peer} for its {attribute_words(found.attribute)}: {offered} offered, "
            f"{accepted} accepted; give both ends one transform in common."
        )

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        offered, accepted = both_values(facts, found, replay.initiator, field="esp")
        return (
            f"ESP proposals differ in the {attribute_words(found.attribute)}: {asks} offers {offered}, {answers} accepts "
            f"{accepted}{where_to_change(found)}."
        )

    for clue in reported(
        facts,
        "esp-proposal-mismatch",
        say,
        *REFUSALS,
        where=lambda seen: is_of_child(seen) and attribute_of(facts, seen) != "dh" and not is_for_another(facts, seen),
    ):
        exact = with_difference(facts, clue, Protocol.ESP)
        vague = not exact.attribute and not facts.replays  # it may as well be PFS, the mode or the selectors
        yield replace(exact, strength=Strength.STRONG, weight=_VAGUE) if vague else exact
    yield from replayed(facts, "esp-proposal-mismatch", differ, Aspect.CHILD_PROPOSAL)


@rule("traffic-selector-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS, Need.CHILD_SAS)
def traffic_selector_mismatch(facts: Facts) -> Iterator[Testimony]:
    """What one end protects is not what the other expects behind it.

    Seen: the responder refuses the selectors (proxy identities) or answers TS_UNACCEPTABLE; crypto ACLs or subnets of both
    configurations are not mirror images.
    Mended: on either end, by the mirror image of the other's selectors.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return (
            f"{me} has nothing configured for the networks that {peer} proposes: make the selectors of both mirror each other."
        )

    def told(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} answers {me} with {seen.event.notify}: make the traffic selectors of both mirror each other."

    def answered(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} answers {peer} with {seen.event.notify}: make the traffic selectors of both mirror each other."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        return (
            f"Traffic selectors are no mirror images: {asks} proposes {found.offered}, {answers} expects {found.accepted}"
            f"{where_to_change(found)}."
        )

    cause = "traffic-selector-mismatch"
    if modes_differ_alone(facts):
        return  # the refusal speaks of selectors, and means the mode
    if blamed(facts) is Aspect.SELECTORS:
        yield from reported(facts, cause, say, *REFUSALS, where=is_of_child, strength=Strength.STRONG)
    yield from reported(
        facts, cause, say, EventKind.SELECTORS_REFUSED, where=lambda seen: not refuses_own_selectors(facts, seen)
    )
    by_notify = (
        *reported(facts, cause, told, EventKind.NOTIFY_RECEIVED, strength=Strength.STRONG, where=names_selectors),
        *reported(facts, cause, answered, EventKind.NOTIFY_SENT, strength=Strength.STRONG, where=names_selectors),
    )
    for clue in by_notify:
        # charon says the same where the modes differ, and only the other end's configuration tells which it is
        if facts.mismatches(Aspect.SELECTORS):
            yield clue
        elif wants_transport(facts) or facts.mismatches(Aspect.ENCAPSULATION):
            yield replace(clue, strength=Strength.HINT, weight=0.4)
        else:
            yield replace(clue, weight=_NAMED_BY_PEER)
    yield from replayed(facts, cause, differ, Aspect.SELECTORS)
    yield from _beside_the_ends(facts)


def _beside_the_ends(facts: Facts) -> Iterator[Clue]:
    """The selector names a wrong end of the tunnel inside (GRE)."""
    for side in Side:
        for sa in beside_the_peer(facts, side):
            headline = (
                f"{facts.name(side)} protects GRE to {sa.selectors[0].remote.network}, but its peer is {sa.remote}: the "
                "selectors have to name the two ends of the GRE tunnel."
            )
            yield Clue(Strength.STRONG, Witness.STATE, lines(sa.source), headline, change=change_of(side), weight=_BESIDE)


def beside_the_peer(facts: Facts, side: Side) -> tuple[ChildSa, ...]:
    """Flows without an SA that protect GRE from this end's own address to one host, which is not the peer."""
    found = []
    for sa in facts.state(side).children or ():
        for pair in sa.selectors:
            local, remote = pair.local.network, pair.remote.network
            if sa.state is not SaState.ABSENT or pair.local.protocol != _GRE or local is None or remote is None:
                continue
            own = sa.local is None or str(local.network_address) == sa.local
            if own and remote.num_addresses == 1 and sa.remote not in (None, str(remote.network_address)):
                found.append(sa)
    return tuple(found)


def names_selectors(seen: Seen) -> bool:
    """IKEv2 has a notify of its own; in an IKEv1 quick mode identities are the selectors. Selectors that are renewed were
    accepted before: then two renewals met each other."""
    if seen.exchange is not None and Attempt(seen.exchange, seen.side).is_renewal:
        return False
    if seen.event.notify == "TS_UNACCEPTABLE":
        return True
    scrap = seen.exchange is not None and not seen.exchange.messages and seen.exchange.ike_version == 1
    quick = scrap or (seen.exchange is not None and seen.exchange.kind is ExchangeKind.QUICK)
    return quick and seen.event.notify == "INVALID_ID_INFORMATION"


def wants_transport(facts: Facts) -> bool:
    children = [child for side in Side for connection in facts.connections(side) or () for child in connection.children]
    return any(child.mode is EncapsulationMode.TRANSPORT for child in children)


def refuses_own_selectors(facts: Facts, seen: Seen) -> bool:
    """The refused selectors are the very ones this end is configured with; or there are none to refuse, because transport mode
    was asked for and what is left of networks then is nothing."""
    children = [child for connection in facts.connections(seen.side) or () for child in connection.children]
    own = {pair for child in children for pair in child.selectors or ()}
    if seen.event.selectors:
        return all(pair in own or mirrored(pair) in own for pair in seen.event.selectors)
    asked = facts.events(EventKind.ENCAPSULATION_OFFERED, side=seen.side)
    return any(other.exchange is seen.exchange and other.event.detail == EncapsulationMode.TRANSPORT for other in asked)


def modes_differ_alone(facts: Facts) -> bool:
    """The configurations differ in the encapsulation mode and not in the selectors: charon answers such an offer as if no
    selectors matched, because it looks for a child with the same of both."""
    return bool(facts.mismatches(Aspect.ENCAPSULATION)) and not facts.mismatches(Aspect.SELECTORS)


@rule("virtual-ip-or-modeconfig", Need.LOG)
def virtual_ip_or_modeconfig(facts: Facts) -> Iterator[Testimony]:
    """A virtual address or mode-config request cannot be met.

    Seen: an end logs that no pool holds an address for the peer, or that the peer did not ask for one.
    Mended: on the responder by a pool (or a larger one), on the initiator by asking for a virtual address.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} cannot meet the address request between it and {peer}: check the address pool there."

    def told(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} has no address for {me} and says so: check the address pool of {peer}."

    cause = "virtual-ip-or-modeconfig"
    yield from reported(facts, cause, say, EventKind.ADDRESS_REFUSED, change=lambda seen: change_of(seen.side))
    yield from reported(
        facts,
        cause,
        told,
        EventKind.NOTIFY_RECEIVED,
        strength=Strength.STRONG,
        change=lambda seen: change_of(seen.side.other),
        where=lambda seen: seen.event.notify in _OF_ADDRESSES,
    )
    yield from reported(
        facts,
        cause,
        say,
        EventKind.NOTIFY_SENT,
        strength=Strength.STRONG,
        change=lambda seen: Change.EITHER,
        where=lambda seen: seen.event.notify in _OF_ADDRESSES,
    )

"""IKE proposals: none in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, rule
from ipsecbot.diagnose.testimony import compared, ends, furthest, parties, replayed, reported, where_to_change, with_difference
from ipsecbot.diagnose.wording import attribute_words, both_values, policy_field
from ipsecbot.model.device import Platform
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol

_WITHOUT_END = 0.64
_ENDED = (EventKind.PROPOSAL_REFUSED, EventKind.GAVE_UP, EventKind.FAILED)
_LAST_WORDS = {Platform.STRONGSWAN: _ENDED, Platform.CISCO_IOS: (*_ENDED, EventKind.DELETED)}


def _is_cut_short(facts: Facts, clue: Clue) -> bool:
    """Responders go through all pairs of proposals and say last what came of it (IOS: `no offers accepted`): without that,
    another pair may have fitted."""
    last = [seen for seen in facts.events(EventKind.TRANSFORM_REFUSED) if seen.event.source in clue.evidence]
    end = facts.end(last[-1].side) if last else None
    if end is None or end.device.platform not in _LAST_WORDS:
        return False
    side = last[-1].side
    closed = facts.events(*_LAST_WORDS[end.device.platform], side=side)
    told = facts.events(EventKind.NOTIFY_SENT, EventKind.NOTIFY_RECEIVED)
    listed = end.device.platform is Platform.STRONGSWAN and facts.events(EventKind.OFFERED, EventKind.CONFIGURED, side=side)
    return not closed and not told and not listed


def is_of_ike(seen: Seen) -> bool:
    """A refusal of IKE proposals; one without a protocol belongs to IKE before any CHILD_SA is negotiated."""
    return seen.event.protocol in (None, Protocol.IKE)


@rule("ike-proposal-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def ike_proposal_mismatch(facts: Facts) -> Iterator[Testimony]:
    """None of the initiator's IKE proposals is acceptable to the responder.

    Seen: the responder lists what was offered and what it has, and refuses; the initiator is told NO_PROPOSAL_CHOSEN. The
    attribute is what differs in the nearest pair.
    Mended: on either end, by one proposal that both have; the stronger of the two where both can.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        found = compared(facts, seen, Protocol.IKE)
        if found is None:
            what = furthest(facts, seen, Protocol.IKE)
            return f"{me} accepts none of the IKE proposals of {peer}" + (
                f": the {attribute_words(what)} differs." if what else "."
            )
        version = seen.event.ike_version or (seen.exchange.ike_version if seen.exchange is not None else None)
        offered, accepted = both_values(facts, found, seen.side.other, field=policy_field(version))
        return (
            f"{me} refuses the IKE proposal of {peer} for its {attribute_words(found.attribute)}: {offered} offered, "
            f"{accepted} accepted; give both ends one proposal in common."
        )

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        offered, accepted = both_values(facts, found, replay.initiator, field=policy_field(replay.ike_version))
        return (
            f"IKE proposals differ in the {attribute_words(found.attribute)}: {asks} offers {offered}, {answers} accepts "
            f"{accepted}{where_to_change(found)}."
        )

    for clue in reported(
        facts,
        "ike-proposal-mismatch",
        say,
        EventKind.PROPOSAL_REFUSED,
        EventKind.TRANSFORM_REFUSED,
        where=lambda seen: is_of_ike(seen) and furthest(facts, seen, Protocol.IKE) != "auth",
    ):
        found = with_difference(facts, clue, Protocol.IKE)
        yield replace(found, strength=Strength.STRONG, weight=_WITHOUT_END) if _is_cut_short(facts, clue) else found
    yield from replayed(
        facts, "ike-proposal-mismatch", differ, Aspect.IKE_PROPOSAL, only=lambda found: found.attribute != "auth"
    )

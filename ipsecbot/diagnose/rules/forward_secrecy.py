"""Perfect forward secrecy: the groups of CHILD_SAs, at once in IKEv1, from the first rekey on in IKEv2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, rule
from ipsecbot.diagnose.renewal import when_it_breaks
from ipsecbot.diagnose.rules.child import REFUSALS, attribute_of, in_child, is_of_child
from ipsecbot.diagnose.testimony import ends, parties, replayed, reported, where_to_change, with_difference
from ipsecbot.diagnose.wording import both_values
from ipsecbot.model.exchange import EventKind, ExchangeKind
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol

_AT_THE_FIRST_REKEY = 0.65
_REKEY_REFUSALS = ("NO_PROPOSAL_CHOSEN", "INVALID_KE_PAYLOAD")


@rule("pfs-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def pfs_mismatch(facts: Facts) -> Iterator[Testimony]:
    """Different or one-sided perfect forward secrecy.

    Seen: IKEv1: quick mode is refused and the proposals differ in nothing but the group. IKEv2: the tunnel comes up, and the
    first CREATE_CHILD_SA (a rekey) is refused with NO_PROPOSAL_CHOSEN or INVALID_KE_PAYLOAD.
    Mended: on either end, by the same group on both; PFS on both rather than on neither.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the CHILD_SA of {peer} because of its Diffie-Hellman group: use the same PFS group on both."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        wants, has = both_values(facts, found, replay.initiator, field="esp")
        wants, has = (f"PFS with {words}" if words != "none" else "no PFS" for words in (wants, has))
        pairings = (facts.tunnel.pairings or ()) if found.late else ()
        mine = (pair for pair in pairings if replay in (pair.left_initiates, pair.right_initiates))
        when = next((words for pair in mine if (words := when_it_breaks(pair, facts.name))), "")
        return (
            f"Perfect forward secrecy (its Diffie-Hellman group) differs: {asks} wants {wants}, {answers} {has}"
            f"{where_to_change(found)}.{f' {when}' if when else ''}"
        )

    told = reported(
        facts, "pfs-mismatch", say, *REFUSALS, where=lambda seen: is_of_child(seen) and attribute_of(facts, seen) == "dh"
    )
    for clue in told:
        yield replace(with_difference(facts, clue, Protocol.ESP), attribute="dh")
    yield from (_with_dh(item) for item in replayed(facts, "pfs-mismatch", differ, Aspect.PFS))
    refused = tuple(_refused_rekeys(facts))
    if refused:
        late = replayed(facts, "pfs-mismatch", differ, Aspect.PFS, late=True)
        yield from (_with_dh(item) for item in late if isinstance(item, Clue))
        if facts.mismatches(Aspect.PFS):
            yield from (replace(clue, attribute="dh") for clue in refused)
        elif not facts.replays and _came_up_before(facts):
            yield from (replace(clue, attribute="dh", weight=_AT_THE_FIRST_REKEY) for clue in refused)


def _came_up_before(facts: Facts) -> bool:
    """A CHILD_SA came up with the IKE SA: all that a renewal adds to what was agreed then is a group."""
    return any(attempt.child_established and not attempt.is_child for attempt in facts.attempts) or facts.carried


def _with_dh(item: Testimony) -> Testimony:
    return replace(item, attribute="dh") if isinstance(item, Clue) else item


def _refused_rekeys(facts: Facts) -> Iterator[Clue]:
    """CREATE_CHILD_SA exchanges of IKEv2 that were refused for their proposal or group."""

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return (
            f"Rekeying between {me} and {peer} is refused although the first CHILD_SA came up: use the same PFS group on both."
        )

    yield from reported(
        facts,
        "pfs-mismatch",
        say,
        EventKind.NOTIFY_RECEIVED,
        EventKind.NOTIFY_SENT,
        strength=Strength.STRONG,
        where=lambda seen: (
            in_child(seen)
            and seen.exchange is not None
            and seen.exchange.kind is ExchangeKind.IKEV2
            and seen.event.notify in _REKEY_REFUSALS
        ),
    )

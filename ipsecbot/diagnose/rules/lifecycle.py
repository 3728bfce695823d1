"""A tunnel that was up and went away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Attempt, Seen
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.ladder.vocabulary import ERROR_NOTIFIES
from ipsecbot.model.evidence import Change
from ipsecbot.model.exchange import Direction, EventKind, ExchangeKind, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

_OFTEN = 3
_BY_TIMER = 0.65
_ONE_ADDRESS = 0.65  # it may be one peer that starts again and again
_LOST_AT_REKEY = 0.65
_BEFORE_A_CHILD = 0.4
# These speak of proposals, groups and selectors, and have causes of their own
_OF_SELECTORS = frozenset({"TS_UNACCEPTABLE"})
_OF_PROPOSALS = frozenset({"NO_PROPOSAL_CHOSEN", "INVALID_KE_PAYLOAD", "TS_UNACCEPTABLE", "INVALID_ID_INFORMATION"})
# What else makes an end remove an SA
_REASONS = (
    EventKind.DELETE_RECEIVED,
    EventKind.PEER_SILENT,
    EventKind.GAVE_UP,
    EventKind.AUTHENTICATION_FAILED,
    EventKind.PROPOSAL_REFUSED,
    EventKind.SELECTORS_REFUSED,
    EventKind.REPLACED,
)


def _lost_after_up(facts: Facts, seen: Seen) -> bool:
    """The SA had been up, and no later one of this end replaced it."""
    ups = facts.events(EventKind.ESTABLISHED, EventKind.REKEYED, side=seen.side)
    here = [up for up in ups if up.event.source.output == seen.event.source.output]
    later = [up for up in here if up.event.source.first_line > seen.event.source.first_line]
    return not later


@rule("dpd-timeout", Need.LOG)
def dpd_timeout(facts: Facts) -> Iterator[Testimony]:
    """The peer stopped answering liveness checks on a tunnel that was up.

    Seen: the log of one end says that the peer does not answer, and removes the SA; nothing comes up again.
    Mended: on the path, or by bringing the other end back; then compare the DPD intervals of both.
    """
    if facts.is_up:
        yield Cleared("the tunnel is up")
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} took the tunnel down because {peer} stopped answering: check the path and whether {peer} is alive."

    yield from reported(
        facts,
        "dpd-timeout",
        say,
        EventKind.PEER_SILENT,
        change=lambda seen: Change.PATH,
        where=lambda seen: _lost_after_up(facts, seen),
    )
    yield from reported(
        facts,
        "dpd-timeout",
        say,
        EventKind.GAVE_UP,
        strength=Strength.STRONG,
        change=lambda seen: Change.PATH,
        where=lambda seen: _gave_up_on_a_standing_sa(facts, seen) or _gave_up_on_a_probe(facts, seen),
    )


def _gave_up_on_a_standing_sa(facts: Facts, seen: Seen) -> bool:
    """A request inside an IKE SA that was up got no answer: without an answer to anything, liveness has failed too."""
    if seen.exchange is None or not Attempt(seen.exchange, seen.side).ike_established:
        return False
    here = seen.event.source
    ups = (e for e in seen.exchange.events if e.kind is EventKind.ESTABLISHED and e.protocol in (None, Protocol.IKE))
    before = any(up.source.output == here.output and up.source.first_line < here.first_line for up in ups)
    return before and _lost_after_up(facts, seen)


def _gave_up_on_a_probe(facts: Facts, seen: Seen) -> bool:
    """What was repeated in vain is an INFORMATIONAL request, which exists only inside an SA that is up: its beginning lies
    before this text. A negotiation in the same context would own the retransmissions."""
    own = seen.exchange
    if own is None or own.messages:
        return False
    near = [other for other in facts.tunnel.ladder.exchanges if (other.device, other.context) == (own.device, own.context)]
    probes = [other for other in near if other.kind is ExchangeKind.INFORMATIONAL and other.messages]
    asked = bool(probes) and probes[-1].outcome is Outcome.INCOMPLETE and probes[-1].messages[0].direction is Direction.SENT
    negotiated = any(other.messages for other in near if other.kind is not ExchangeKind.INFORMATIONAL)
    return asked and not negotiated and _lost_after_up(facts, seen)


@rule("peer-deleted-sa", Need.LOG)
def peer_deleted_sa(facts: Facts) -> Iterator[Testimony]:
    """The other end deleted the SA.

    Seen: an established SA ends with a DELETE received, and nothing comes up again.
    Mended: on the peer: its log says why (an operator, a timer, a changed configuration).
    """
    if facts.is_up:
        yield Cleared("the tunnel is up")
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} deleted the SA that {me} had with it: its log says why."

    yield from reported(
        facts,
        "peer-deleted-sa",
        say,
        EventKind.DELETE_RECEIVED,
        strength=Strength.STRONG,
        change=lambda seen: change_of(seen.side.other),
        where=lambda seen: _was_up(facts, seen) and _lost_after_up(facts, seen) and not _was_told_why(facts, seen),
    )
    early = reported(
        facts, "peer-deleted-sa", say, EventKind.DELETE_RECEIVED, where=lambda seen: _before_any_child(facts, seen)
    )
    yield from (replace(clue, strength=Strength.HINT, weight=_BEFORE_A_CHILD) for clue in early)


def _before_any_child(facts: Facts, seen: Seen) -> bool:
    """The IKE SA was up, and is deleted before a child of it was: the peer disliked something, and does not say what."""
    if facts.passed is not Stage.AUTH or seen.event.protocol in (Protocol.ESP, Protocol.AH):
        return False
    return not _was_told_why(facts, seen)


def _was_told_why(facts: Facts, seen: Seen) -> bool:
    """The DELETE came with a notify that names an error: the peer did not want the SA in the first place."""
    told = facts.events(EventKind.NOTIFY_RECEIVED, side=seen.side)
    return any(other.exchange is seen.exchange and other.event.notify in ERROR_NOTIFIES for other in told)


def _was_up(facts: Facts, seen: Seen) -> bool:
    """An SA is deleted, so it existed: by its birth in the same text, or because the text begins after it."""
    if not any(a.side is seen.side and not a.is_notice for a in facts.attempts):
        return True
    return any(
        up.event.source.output == seen.event.source.output and up.event.source.first_line < seen.event.source.first_line
        for up in facts.events(EventKind.ESTABLISHED, side=seen.side)
        if up.event.protocol in (Protocol.ESP, Protocol.AH)
    )


@rule("idle-timeout", Need.LOG)
def idle_timeout(facts: Facts) -> Iterator[Testimony]:
    """Torn down after inactivity, as configured.

    Seen: the log of one end names inactivity as the reason for removing the SA.
    Mended: on that end, by a longer idle time (or none), or by traffic that keeps it up.
    """
    if facts.is_up:
        yield Cleared("the tunnel is up")
        return

    def say(seen: Seen) -> str:
        return f"{facts.name(seen.side)} took the tunnel down after inactivity: lengthen its idle timer if it shall stay up."

    yield from reported(
        facts,
        "idle-timeout",
        say,
        EventKind.IDLE,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: _lost_after_up(facts, seen),
    )
    yield from _timed_out(facts)


def _timed_out(facts: Facts) -> Iterator[Clue]:
    """An idle time is configured, and this end removed its SA by itself, with nothing wrong before."""
    for side in SIDES:
        end = facts.end(side)
        timers = end.around.idle_timers if end is not None else ()
        gone = facts.events(EventKind.DELETED, EventKind.DELETE_SENT, side=side)
        wrong = any(seen.side is side and seen.event.kind in _REASONS for seen in facts.seen)
        failed = any(a.side is side and not a.is_notice and not a.child_established for a in facts.attempts)
        if timers and gone and not wrong and not failed and _lost_after_up(facts, gone[-1]):
            name = facts.name(side)
            headline = (
                f"{name} removes its SAs by itself and has an idle time configured: lengthen it if the tunnel shall stay up."
            )
            evidence = lines(timers[0], *(seen.event.source for seen in gone[-2:]))
            yield Clue(Strength.STRONG, Witness.CONFIG, evidence, headline, change=change_of(side), weight=_BY_TIMER)


@rule("duplicate-identity", Need.LOG)
def duplicate_identity(facts: Facts) -> Iterator[Testimony]:
    """Two peers use one identity and replace each other.

    Seen: again and again an SA is deleted because another of the same identity came up, from another address.
    Mended: on one of the peers, by an identity of its own (or `unique = never` where it is wanted).
    """
    ladder = facts.tunnel.ladder
    every = [*ladder.loose, *(event for exchange in ladder.exchanges for event in exchange.events)]
    for side in SIDES:
        end = facts.end(side)
        replaced = [
            event
            for event in every
            if event.kind is EventKind.REPLACED and end is not None and event.source.device == end.device.name
        ]
        if len(replaced) < _OFTEN:
            continue
        # whoever replaces comes from elsewhere, so all of the log counts, not this peer's part alone
        peers = {event.remote for event in replaced if event.remote is not None}
        headline = f"SAs with one identity replace each other at {facts.name(side)}: give each peer an identity of its own."
        yield Clue(
            Strength.STRONG,
            Witness.RESPONDER,
            lines(*(event.source for event in replaced[-3:])),
            headline,
            change=Change.EITHER,
            weight=0.0 if len(peers) > 1 else _ONE_ADDRESS,
        )


@rule("rekey-failure", Need.LOG)
def rekey_failure(facts: Facts) -> Iterator[Testimony]:
    """The tunnel was up and is lost when its keys are to be renewed.

    Seen: an SA came up in the same log; a later CREATE_CHILD_SA or quick mode is refused or gets no answer, for another reason
    than its proposal or group (collision, an SA the other end no longer has, limits), and the SA is removed.
    Mended: by different lifetimes on both ends (so that one of them rekeys first) and the same configuration on both.
    """
    for side in SIDES:
        mine = [a for a in facts.tunnel.ladder.exchanges if facts.tunnel.side_of(a.device) is side]
        ups = [n for n, exchange in enumerate(mine) if Attempt(exchange, side).child_established]
        for attempt in facts.attempts:
            renewal = attempt.is_child and (attempt.is_refused or attempt.is_unanswered or _told(attempt))
            if attempt.side is not side or not renewal or attempt.child_established:
                continue
            about_proposals = _told(attempt) & (_OF_PROPOSALS - _OF_SELECTORS if attempt.is_renewal else _OF_PROPOSALS)
            if not ups or mine.index(attempt.exchange) < ups[0] or about_proposals:
                continue
            me, peer = facts.name(side), facts.name(side.other)
            told = [event.source for event in attempt.exchange.events if event.notify in ERROR_NOTIFIES]
            sent = [source for message in attempt.exchange.messages[-1:] for source in message.sources]
            words = f"was told {sorted(_told(attempt))[0]}" if _told(attempt) else "got no CHILD_SA"
            strength = Strength.HINT if facts.is_up else Strength.STRONG
            yield Clue(
                strength,
                Witness.INITIATOR if attempt.exchange.role is Role.INITIATOR else Witness.RESPONDER,
                lines(*told[-2:], *sent[:1]),
                f"{me} {words} when it renewed its keys with {peer}: compare lifetimes, and what changed since it came up.",
                change=Change.EITHER,
                weight=0.3 if facts.is_up else _LOST_AT_REKEY,
            )


def _told(attempt: Attempt) -> frozenset[str]:
    return frozenset(event.notify for event in attempt.exchange.events if event.notify and event.notify in ERROR_NOTIFIES)

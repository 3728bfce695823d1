"""A tunnel that was up and went away."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Strength, Testimony, rule
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.ladder.vocabulary import ERROR_NOTIFIES
from ipsecbot.model.evidence import Change
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.proposal import Protocol

_OFTEN = 3


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


def _was_told_why(facts: Facts, seen: Seen) -> bool:
    """The DELETE came with a notify that names an error: the peer did not want the SA in the first place."""
    told = facts.events(EventKind.NOTIFY_RECEIVED, side=seen.side)
    return any(other.exchange is seen.exchange and other.event.notify in ERROR_NOTIFIES for other in told)


def _was_up(facts: Facts, seen: Seen) -> bool:
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


@rule("duplicate-identity", Need.LOG)
def duplicate_identity(facts: Facts) -> Iterator[Testimony]:
    """Two peers use one identity and replace each other.

    Seen: again and again an SA is deleted because another of the same identity came up, from another address.
    Mended: on one of the peers, by an identity of its own (or `unique = never` where it is wanted).
    """
    replaced = facts.events(EventKind.REPLACED)

    def say(seen: Seen) -> str:
        return f"SAs with one identity replace each other at {facts.name(seen.side)}: give each peer an identity of its own."

    if len(replaced) >= _OFTEN:
        yield from reported(facts, "duplicate-identity", say, EventKind.REPLACED, strength=Strength.STRONG)

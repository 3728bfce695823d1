"""SAs are up, packets are not: one-way traffic, blocked ESP, stale SPIs, replay."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import SIDES, Facts, State, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.model.evidence import Change, Side, Source
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.proposal import Protocol

_MANY_REPLAYS = 10  # a handful is what one reordering leaves behind


def _evidence(*states: State) -> tuple[Source, ...]:
    return lines(*(sa.source for state in states for sa in state.usable_children[:2]))


def _same_sa(sender: State, receiver: State) -> bool:
    """Whether what one sends on is what the other receives on, as far as SPIs were read."""
    out = {sa.spi_out for sa in sender.usable_children if sa.spi_out}
    into = {sa.spi_in for sa in receiver.usable_children if sa.spi_in}
    return not out or not into or bool(out & into)


def _lost(facts: Facts) -> tuple[Side, ...]:
    """Ends whose packets are sent and never arrive at the other."""
    found = []
    for side in SIDES:
        sender, receiver = facts.state(side), facts.state(side.other)
        if sender.packets_out and receiver.usable_children and receiver.packets_in == 0 and _same_sa(sender, receiver):
            found.append(side)
    return tuple(found)


@rule("esp-blocked", Need.BOTH_CHILD_SAS)
def esp_blocked(facts: Facts) -> Iterator[Testimony]:
    """SAs are up, but ESP is dropped between the ends.

    Seen: one end counts packets out, the other counts none in on the same SA.
    Mended: on the path, by permitting IP protocol 50 (UDP 4500 when encapsulated) in that direction.
    """
    for side in _lost(facts):
        me, peer = facts.name(side), facts.name(side.other)
        sent = facts.state(side).packets_out
        headline = (
            f"{me} has sent {sent} protected packets, {peer} has received none: permit ESP (or UDP 4500) from {me} to {peer}."
        )
        evidence = _evidence(facts.state(side), facts.state(side.other))
        yield Clue(Strength.PROOF, Witness.STATE, evidence, headline, change=Change.PATH)
        return
    yield Cleared("what one end sends arrives, or nothing is sent")


@rule("one-way-traffic", Need.CHILD_SAS)
def one_way_traffic(facts: Facts) -> Iterator[Testimony]:
    """One direction counts, the other does not.

    Seen: an end with a usable CHILD_SA counts packets in one direction only, and they are not lost between the ends.
    Mended: where the silent direction should start: routes, NAT exemption and filters behind that end.
    """
    if _lost(facts):
        return
    for side in SIDES:
        state = facts.state(side)
        if state.packets_in is None or state.packets_out is None or bool(state.packets_in) is bool(state.packets_out):
            continue
        silent = side if state.packets_in else side.other
        me, quiet = facts.name(side), facts.name(silent)
        headline = (
            f"{me} counts {state.packets_in} packets in and {state.packets_out} out: nothing comes from behind {quiet}; "
            f"check routes, NAT and filters there."
        )
        yield Clue(Strength.STRONG, Witness.STATE, _evidence(state), headline, change=change_of(silent))
        return


@rule("invalid-spi", Need.LOG, Need.CHILD_SAS)
def invalid_spi(facts: Facts) -> Iterator[Testimony]:
    """One end still sends on an SA that the other has deleted.

    Seen: the receiver logs packets with an SPI it does not know; the sender's table still holds that SA.
    Mended: by clearing the SA on the sender; for good, by DPD on both ends (and `crypto isakmp invalid-spi-recovery`).
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return (
            f"{me} receives packets of {peer} with an SPI it does not have: clear the stale SA on {peer}, enable DPD on both."
        )

    weak = facts.is_up and all(facts.state(side).packets_in for side in SIDES if facts.state(side).children is not None)
    weak = weak or facts.is_observed
    for clue in reported(
        facts,
        "invalid-spi",
        say,
        EventKind.INVALID_SPI,
        change=lambda seen: change_of(seen.side.other),
        where=lambda seen: seen.event.protocol is not Protocol.IKE,
    ):
        yield Clue(Strength.HINT, clue.witness, clue.evidence, clue.headline, change=clue.change, weight=0.3) if weak else clue
    for side in SIDES:
        sender, receiver = facts.state(side), facts.state(side.other)
        if sender.usable_children and receiver.usable_children and not _same_sa(sender, receiver) and not weak:
            me, peer = facts.name(side), facts.name(side.other)
            headline = f"{me} sends on an SA that {peer} does not have: clear the SAs on {me}."
            yield Clue(Strength.STRONG, Witness.STATE, _evidence(sender, receiver), headline, change=change_of(side))


@rule("replay-drops", Need.LOG, Need.CHILD_SAS)
def replay_drops(facts: Facts) -> Iterator[Testimony]:
    """Packets are dropped by the anti-replay check.

    Seen: the receiver logs replayed packets, or its replay counter grows.
    Mended: on the receiver by a larger window; on the sender by not reordering after encryption (QoS).
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} drops packets of {peer} as replayed: enlarge its anti-replay window, or stop reordering after encryption."

    yield from reported(facts, "replay-drops", say, EventKind.REPLAY, change=lambda seen: change_of(seen.side))
    for side in SIDES:
        counted = [sa for sa in facts.state(side).usable_children if sa.counters.replay_failed]
        total = sum(sa.counters.replay_failed or 0 for sa in counted)
        if total:
            headline = f"{facts.name(side)} has dropped {total} packets as replayed: enlarge its anti-replay window."
            strength = Strength.STRONG if total >= _MANY_REPLAYS else Strength.HINT
            weight = 0.0 if strength is Strength.STRONG else 0.3
            evidence = lines(*(sa.source for sa in counted))
            yield Clue(strength, Witness.STATE, evidence, headline, change=change_of(side), weight=weight)

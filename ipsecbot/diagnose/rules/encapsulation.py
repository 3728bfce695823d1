"""Tunnel mode against transport mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, rule
from ipsecbot.diagnose.rules.child import (
    REFUSALS,
    blamed,
    is_for_another,
    is_of_child,
    modes_differ_alone,
    names_selectors,
    refuses_own_selectors,
    wants_transport,
)
from ipsecbot.diagnose.testimony import change_of, ends, parties, replayed, reported, where_to_change
from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation


@rule("encapsulation-mode-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def encapsulation_mode_mismatch(facts: Facts) -> Iterator[Testimony]:
    """Tunnel mode against transport mode.

    Seen: the responder refuses the mode in quick mode; the configurations name different modes where the responder does not
    fall back to tunnel mode.
    Mended: on either end, by the mode of the other (tunnel between gateways, transport between hosts or under GRE).
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses {seen.event.offered or 'the encapsulation'} mode of {peer}: use tunnel or transport mode on both."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        return f"{asks} asks for {found.offered} mode, {answers} has {found.accepted} mode{where_to_change(found)}."

    def meant(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the selectors of {peer}, which agree: it is tunnel against transport mode; use one on both."

    def doubted(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} refuses the selectors of {me}: they differ, or one end wants tunnel mode and the other transport mode."

    cause, wrong = "encapsulation-mode-mismatch", _transports_networks(facts)
    clues: list[Testimony] = [*reported(facts, cause, say, EventKind.ENCAPSULATION_REFUSED)]
    if blamed(facts) is Aspect.ENCAPSULATION:
        clues += reported(facts, cause, say, *REFUSALS, where=is_of_child)
    if not facts.replays:
        told = reported(facts, cause, doubted, EventKind.NOTIFY_RECEIVED, strength=Strength.HINT, where=names_selectors)
        clues += (replace(clue, weight=0.45 if wants_transport(facts) else 0.3) for clue in told)
    if modes_differ_alone(facts):
        clues += reported(facts, cause, meant, EventKind.SELECTORS_REFUSED, EventKind.CONFIG_INCOMPLETE)
    clues += reported(
        facts,
        cause,
        say,
        *REFUSALS,
        strength=Strength.STRONG,
        where=lambda seen: is_of_child(seen) and not facts.replays and is_for_another(facts, seen),
    )
    clues += reported(
        facts,
        cause,
        meant,
        EventKind.SELECTORS_REFUSED,
        strength=Strength.STRONG,
        where=lambda seen: refuses_own_selectors(facts, seen),
    )
    clues += replayed(facts, cause, differ, Aspect.ENCAPSULATION)
    for item in clues:
        yield replace(item, change=change_of(wrong)) if wrong is not None and isinstance(item, Clue) else item


def _transports_networks(facts: Facts) -> Side | None:
    """The only end that can be wrong when transport mode is asked for whole networks: it exists between two hosts."""
    for replay in facts.replays:
        for side, child in ((Side.LEFT, replay.left_child), (Side.RIGHT, replay.right_child)):
            if child is None or child.mode is not EncapsulationMode.TRANSPORT:
                continue
            networks = [end.network for pair in child.selectors or () for end in (pair.local, pair.remote)]
            if any(network is not None and network.num_addresses > 1 for network in networks):
                return side
    return None

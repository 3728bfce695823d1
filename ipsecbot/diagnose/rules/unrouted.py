"""The SAs are there, and the host could not lead packets into them."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Attempt
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Witness, rule
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import RECURSIVE, EventKind

_NOT_LED_IN = 0.72
_LOOPED = 0.65  # which way it should take is not known


@rule("no-route", Need.LOG)
def route_refused(facts: Facts) -> Iterator[Clue]:
    """The daemon negotiated everything, and the kernel refused the route that would lead packets into the tunnel.

    Seen: in the negotiation that ends with a CHILD_SA, the daemon logs that a route could not be installed (no way to its
    gateway, no local address in the protected network).
    Mended: on that end, by the route or the address that is missing.
    """
    if any(_passes(facts, side) for side in SIDES):
        return
    for seen in facts.events(EventKind.NETWORK_UNREACHABLE)[-1:]:
        if seen.exchange is not None and Attempt(seen.exchange, seen.side).child_established:
            name, what = facts.name(seen.side), seen.event.detail or "see the line"
            headline = f"{name} could not install the route that leads packets into the tunnel ({what}): add it there."
            evidence = lines(seen.event.source)
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(seen.side), weight=_NOT_LED_IN)


@rule("no-route", Need.LOG)
def routed_into_itself(facts: Facts) -> Iterator[Clue]:
    """IOS: the way to the tunnel's destination leads into the tunnel itself.

    Seen: the router logs that it disabled the tunnel interface because of recursive routing, or that an adjacency is looped.
    Mended: on that router, by a more specific route to the peer outside the tunnel, or by not announcing the networks of the
    tunnel's ends inside it.
    """
    for side in SIDES:
        loops = [seen.event for seen in facts.events(EventKind.LINK, side=side) if seen.event.attribute == RECURSIVE]
        if loops:
            headline = f"{facts.name(side)} has learnt the way to its peer through the tunnel: route the peer outside it."
            evidence = lines(*(event.source for event in loops[-2:]))
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(side), weight=_LOOPED)


def _passes(facts: Facts, side: Side) -> bool:
    """Packets are protected and come back."""
    state = facts.state(side)
    return bool(state.packets_out) and bool(state.packets_in)

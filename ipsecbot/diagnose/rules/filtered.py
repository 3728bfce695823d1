"""A filter of one end drops what carries the tunnel itself: ESP, or IKE."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Witness, rule
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Side
from ipsecbot.model.surroundings import Flow

_ESP = ("50", "esp")
_UDP = ("17", "udp")
_IKE_PORT, _NAT_PORT = 500, 4500
_ANY_PEER = 0.68  # nothing says that the tunnel is with this very peer


def carries_tunnel(flow: Flow) -> bool:
    """Whether packets of this flow are a tunnel's own, and not what goes through it."""
    return _is_esp(flow) or _is_ike(flow)


def _is_esp(flow: Flow) -> bool:
    return flow.protocol in _ESP


def _is_ike(flow: Flow) -> bool:
    return flow.protocol in _UDP and flow.port in (_IKE_PORT, _NAT_PORT)


def _dropped(facts: Facts, side: Side) -> tuple[Flow, ...]:
    end = facts.end(side)
    return tuple(flow for flow in (end.around.dropped if end is not None else ()) if carries_tunnel(flow))


@rule("esp-blocked", Need.AROUND)
def esp_dropped_by_filter(facts: Facts) -> Iterator[Clue]:
    """ESP is dropped by an end's own filter.

    Seen: that end logs that an access list or firewall denied IP protocol 50 (or the port of encapsulated ESP while IKE is up).
    Mended: on that end, by permitting ESP from the peer before the line that denies it.
    """
    for side in SIDES:
        ike_is_up = facts.passed >= Stage.AUTH or any(facts.state(one).usable_ike for one in SIDES)
        mine = [f for f in _dropped(facts, side) if _is_esp(f) or (ike_is_up and f.port == _NAT_PORT)]
        if mine:
            headline = (
                f"{facts.name(side)} drops ESP from {mine[-1].origin.network_address} in its own filter: permit protocol 50 "
                "(UDP 4500 where it is encapsulated) there."
            )
            evidence = lines(*(flow.source for flow in mine[:3]))
            weight = 0.0 if ike_is_up else _ANY_PEER
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(side), weight=weight)


@rule("peer-unreachable", Need.AROUND)
def ike_dropped_by_filter(facts: Facts) -> Iterator[Clue]:
    """IKE is dropped by an end's own filter.

    Seen: that end logs that an access list or firewall denied UDP 500, while no negotiation gets anywhere.
    Mended: on that end, by permitting UDP 500 and 4500 from the peer before the line that denies it.
    """
    if facts.passed > Stage.START:
        return
    for side in SIDES:
        mine = [flow for flow in _dropped(facts, side) if flow.protocol in _UDP and flow.port == _IKE_PORT]
        if mine:
            headline = (
                f"{facts.name(side)} drops IKE from {mine[-1].origin.network_address} in its own filter: permit UDP 500 and "
                "4500 there."
            )
            evidence = lines(*(flow.source for flow in mine[:3]))
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(side), weight=_ANY_PEER)

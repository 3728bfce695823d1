"""What was told wrongly of pairs that others wrote: outages in model values."""

from __future__ import annotations

from dataclasses import replace

from broken_tunnels import EAST, LEFT, RIGHT, WEST, both, child_sa, event, exchange, ike_sa, tunnel

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Change
from ipsecbot.model.exchange import EventKind, Outcome
from ipsecbot.model.sa import Role, SaState
from ipsecbot.model.tunnel import Endpoint

ROUTERS = both(platform=Platform.CISCO_IOS, versions=(1,))
ELSEWHERE = "192.0.2.77"


def _with_sas(end: Endpoint, *, ike: tuple[object, ...] = (), children: tuple[object, ...] = ()) -> Endpoint:
    return replace(end, ike_sas=ike, child_sas=children)


def test_a_half_open_sa_alone_tells_an_unreachable_peer() -> None:
    """Without a debug: the initiator stands at MM_NO_STATE, the responder has nothing, the configurations agree."""
    waiting = ike_sa("west", SaState.NEGOTIATING, "MM_NO_STATE", version=1)
    answer = conclude(
        tunnel(_with_sas(ROUTERS[0].endpoint, ike=(waiting,)), _with_sas(ROUTERS[1].endpoint), triggered=True),
    )
    assert (answer.cause, answer.findings[0].change) == ("peer-unreachable", Change.PATH)


def test_a_half_open_sa_is_no_proof_where_the_configurations_differ() -> None:
    """A refused proposal leaves the same state behind."""
    waiting = ike_sa("west", SaState.NEGOTIATING, "MM_NO_STATE", version=1)
    other = replace(ROUTERS[1], ike="aes128-sha256-modp2048")
    answer = conclude(
        tunnel(_with_sas(ROUTERS[0].endpoint, ike=(waiting,)), _with_sas(other.endpoint), triggered=True),
    )
    assert answer.cause == "ike-proposal-mismatch"


def test_an_end_that_speaks_from_another_of_its_addresses_is_told_so() -> None:
    """East waits for the address on west's loopback; west's map speaks from its interface."""
    west = ROUTERS[0].endpoint
    strays = tuple(replace(connection, local_addresses=(ELSEWHERE,)) for connection in west.connections or ())
    answer = conclude(tunnel(replace(west, addresses=(ELSEWHERE, WEST), connections=strays), ROUTERS[1]))
    found = next(finding for finding in answer.findings if finding.cause == "wrong-peer-address")
    assert (found.change, found.offered, found.accepted) == (Change.LEFT, ELSEWHERE, WEST)


def test_a_refusal_from_before_the_mending_does_not_hide_that_the_tunnel_is_up() -> None:
    """Both tables count packets both ways, both configurations agree; the buffer still holds the refused quick mode."""
    refused = exchange(
        "west",
        Role.INITIATOR,
        "> QM1",
        Outcome.REFUSED,
        event("west", EventKind.NOTIFY_RECEIVED, notify="NO_PROPOSAL_CHOSEN", remote=EAST),
    )
    ends = [
        replace(
            _with_sas(end.endpoint, ike=(ike_sa(end.name, version=1),), children=(child_sa(end.name, 5, 5),)),
            device=Device(end.name, Platform.CISCO_IOS, address="127.0.0.1"),
        )
        for end in ROUTERS
    ]
    assert conclude(tunnel(*ends, refused)).cause == "healthy"


def test_a_connection_for_anybody_does_not_start() -> None:
    """Selectors that only the other direction would refuse are no fault when this end can but answer."""
    hub = replace(LEFT, platform=Platform.CISCO_IOS, versions=(1,), peer_net="10.2.0.0/15").endpoint
    anybody = tuple(replace(connection, remote_addresses=("%any",)) for connection in hub.connections or ())
    spoke = replace(RIGHT, platform=Platform.CISCO_IOS, versions=(1,))
    answer = conclude(tunnel(replace(hub, connections=anybody), spoke))
    assert "traffic-selector-mismatch" not in {finding.cause for finding in answer.findings}

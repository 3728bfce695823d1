"""What is seen of an outage is often half of it: then the verdict may be missing, and must not be another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from broken_tunnels import LEFT, RIGHT, both, child_sa, event, exchange, fqdn, ike_sa, tunnel, unread
from test_outages import AUTH, AUTH_R, INIT, OUTAGES, REFUSED, SILENT, UP, I, R, say, told

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Ladder
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import SaState
from ipsecbot.model.tunnel import Endpoint, Tunnel


def _mute(end: Endpoint | None) -> Endpoint | None:
    return None if end is None else replace(end, events=None)


def _bare(end: Endpoint | None) -> Endpoint | None:
    return None if end is None else replace(end, connections=None, keys=None)


def without_logs(shown: Tunnel) -> Tunnel:
    return replace(shown, ladder=Ladder(), left=_mute(shown.left), right=_mute(shown.right))


def without_configs(shown: Tunnel) -> Tunnel:
    return replace(shown, pairings=None, left=_bare(shown.left), right=_bare(shown.right))


def without_right(shown: Tunnel) -> Tunnel:
    mine = tuple(e for e in shown.ladder.exchanges if e.device == shown.left.device.name)
    return replace(shown, right=None, pairings=None, ladder=Ladder(mine))


def without_left(shown: Tunnel) -> Tunnel:
    right = shown.right
    if right is None:
        return shown
    theirs = tuple(e for e in shown.ladder.exchanges if e.device == right.device.name)
    addresses = {"left_address": shown.right_address, "right_address": shown.left_address}
    return replace(shown, left=right, right=None, pairings=None, ladder=Ladder(theirs), **addresses)


# An outage of which the hidden half was what told two causes apart: what remains is true, and less exact.
AS_TRUE = {
    "pfs-mismatch": {"esp-proposal-mismatch", "healthy"},
    "id-mismatch": {"profile-not-matched"},
    "ike-version-mismatch": {"no-config-for-peer"},
    "no-config-for-peer": {"wrong-peer-address"},
    "wrong-peer-address": {"no-config-for-peer"},
}
# Of silence to the first message the usual explanation is said, and said to be no more than that.
SILENT_TOO = {"ike-version-mismatch", "peer-not-listening", "wrong-peer-address"}
HIDDEN: tuple[Callable[[Tunnel], Tunnel], ...] = (without_logs, without_configs, without_right, without_left)


@pytest.mark.parametrize("hide", HIDDEN, ids=lambda hide: hide.__name__)
@pytest.mark.parametrize("row", OUTAGES, ids=[f"{n}-{row[1]}" for n, row in enumerate(OUTAGES)])
def test_half_an_outage_has_no_other_cause(row: tuple, hide: Callable[[Tunnel], Tunnel]) -> None:
    """Undetermined or right; where it is undetermined and something failed, it says what to collect."""
    diagnosis = conclude(hide(row[0]()))
    if row[1] in SILENT_TOO and diagnosis.cause == "peer-unreachable" and diagnosis.confidence < 0.7:
        assert diagnosis.missing, say(diagnosis)
        return
    assert diagnosis.cause in {None, row[1], *AS_TRUE.get(row[1], ())}, say(diagnosis)
    if diagnosis.conclusion is Conclusion.UNDETERMINED:
        assert diagnosis.missing, say(diagnosis)
        assert diagnosis.confidence <= 0.5


def test_the_end_that_refuses_is_believed_over_the_one_that_thinks_it_is_up() -> None:
    """An IKEv2 initiator that does not like the responder's identity leaves an SA behind at the responder."""
    left, right = both(platform=Platform.CISCO_IOS)
    left = replace(left, remote_id=fqdn("filiale.example"))
    right = replace(right, local_id=fqdn("branch.example"))
    east = replace(right.endpoint, ike_sas=(ike_sa("east"),), child_sas=(child_sa("east", 0, 0),))
    west = replace(left.endpoint, ike_sas=(), child_sas=(child_sa("west", 0, 0, state=SaState.ABSENT, send_errors=3),))
    refused = exchange("west", I, AUTH, REFUSED, event("west", K.PROFILE_NOT_MATCHED), event("west", K.AUTHENTICATION_FAILED))
    up = (event("east", K.ESTABLISHED, protocol=Protocol.IKE), event("east", K.ESTABLISHED, protocol=Protocol.ESP))
    diagnosis = conclude(tunnel(west, east, refused, exchange("east", R, AUTH_R, UP, *up, child=UP)))
    assert diagnosis.cause == "id-mismatch", say(diagnosis)


def test_an_address_translated_on_the_way_is_not_wrong() -> None:
    """The peer behind a NAT has another address than it is configured with at the other end."""
    inside = replace(LEFT, address="192.168.178.2")
    outside = replace(RIGHT, peer="198.51.100.77")
    diagnosis = conclude(replace(tunnel(inside, outside), pairings=(), left_address="192.168.178.2"))
    assert diagnosis.cause is None, say(diagnosis)


def test_answers_that_are_lost_on_udp_4500_are_a_filter_too() -> None:
    """The responder believes in its SA and repeats its answer."""
    found = event("west", K.NAT_DETECTED, detail="remote")
    asked = exchange("west", I, f"{INIT}, > IKE_AUTH request", SILENT, found, event("west", K.GAVE_UP))
    up = (event("east", K.ESTABLISHED, protocol=Protocol.IKE), event("east", K.ESTABLISHED, protocol=Protocol.ESP))
    assert conclude(tunnel(LEFT, RIGHT, asked, exchange("east", R, AUTH_R, UP, *up, child=UP))).cause == "nat-t-blocked"


def test_a_router_without_the_version_complains_of_other_things() -> None:
    """IOS answers IKEv1 from its default policies even when its connection is IKEv2."""
    left, right = both(platform=Platform.CISCO_IOS)
    complaints = (event("east", K.KEY_MISSING), event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE))
    asked = exchange("west", I, "> MM1", REFUSED, told("west", "NO_PROPOSAL_CHOSEN"))
    diagnosis = conclude(tunnel(replace(left, versions=(1,)), right, asked, exchange("east", R, "< MM1", REFUSED, *complaints)))
    assert diagnosis.cause == "ike-version-mismatch", say(diagnosis)


def test_a_router_without_a_connection_looks_for_a_key() -> None:
    """No key and no crypto map entry for the peer: the entry is what is missing."""
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    elsewhere = replace(right, peer="192.0.2.200", peer_net="10.77.0.0/16")
    asked = exchange("west", I, "> MM1", REFUSED, told("west", "NO_PROPOSAL_CHOSEN"))
    lost = exchange("east", R, "< MM1", REFUSED, event("east", K.KEY_MISSING))
    assert conclude(tunnel(left, elsewhere, asked, lost)).cause == "no-config-for-peer"


def test_silence_and_a_failing_ping_are_unreachable_even_from_one_end() -> None:
    """Silence alone is mostly the path, and may be a daemon that is down; the ping tells."""
    pinged = replace(LEFT.endpoint, pings=(("192.0.2.2", 5, 0, event("west", K.SENT).source),))
    silent = exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP))
    sure = conclude(tunnel(pinged, None, silent))
    assert sure.cause == "peer-unreachable"
    usual = conclude(tunnel(LEFT, None, silent))
    assert usual.cause == "peer-unreachable"
    assert usual.confidence < 0.7 < sure.confidence


def test_two_ends_of_which_only_names_are_known() -> None:
    """Whatever is hidden, nothing is raised and nothing is claimed."""
    assert conclude(tunnel(unread("west"), None)).cause is None

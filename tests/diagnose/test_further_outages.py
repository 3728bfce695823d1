"""Causes beyond the first issue, as far as their events exist, and the data plane."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from broken_tunnels import LEFT, RIGHT, both, child_sa, event, exchange, ike_sa, line, tunnel, unread
from test_outages import AUTH, AUTH_R, INIT_R, MAIN_R, REFUSED, SILENT, UP, I, R, quick, say, told

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.rules.defects import DEFECTS
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Change, Conclusion
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Exchange, Outcome
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import SaState
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.tunnel import Tunnel

ESP = Protocol.ESP


def pubkey() -> tuple:
    return both(auth=AuthMethod.PUBKEY)


def refused_at_auth(*events: object) -> Tunnel:
    told_no = exchange("west", I, AUTH, REFUSED, told("west", "AUTHENTICATION_FAILED"))
    return tunnel(*pubkey(), told_no, exchange("east", R, AUTH_R, REFUSED, *events))


def certificate(why: str) -> Tunnel:
    return refused_at_auth(event("east", K.CERTIFICATE_REFUSED, attribute=why), event("east", K.AUTHENTICATION_FAILED))


def up_then(*events: object) -> Tunnel:
    ends = [replace(end.endpoint, ike_sas=(), child_sas=()) for end in (LEFT, RIGHT)]
    ups = (event("west", K.ESTABLISHED, protocol=Protocol.IKE), event("west", K.ESTABLISHED, protocol=ESP))
    after = tuple(event("west", kind, **more) for kind, more in events)
    return tunnel(*ends, exchange("west", I, AUTH, UP, *ups, *after, child=UP))


def profile() -> Tunnel:
    return tunnel(
        unread("west"),
        unread("east", Platform.CISCO_IOS),
        exchange("east", R, "< MM1", REFUSED, event("east", K.PROFILE_NOT_MATCHED)),
    )


def crypto_map() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    broken = replace(
        right.connection, problems=(("access list VPN does not exist", line("east", " match address VPN", "config")),)
    )
    return quick(left, replace(right.endpoint, connections=(broken,)), event("east", K.PROPOSAL_REFUSED, protocol=ESP))


def not_applied() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    return tunnel(replace(left.endpoint, connections=(replace(left.connection, applied=False),)), right)


def on_disk_only() -> Tunnel:
    idle = replace(RIGHT.endpoint, connections=(replace(RIGHT.connection, running=False),))
    return tunnel(LEFT, idle, exchange("east", R, INIT_R, REFUSED, event("east", K.NO_CONNECTION)))


def sas(west: tuple, east: tuple, **more: object) -> Tunnel:
    ends = [
        replace(end.endpoint, ike_sas=(ike_sa(end.name),), child_sas=(child_sa(end.name, *counts, **more),))
        for end, counts in ((LEFT, west), (RIGHT, east))
    ]
    return tunnel(*ends)


def stale_spi() -> Tunnel:
    west = replace(LEFT.endpoint, child_sas=(child_sa("west", 0, 9, spi_out="aaaa", spi_in="bbbb"),))
    east = replace(RIGHT.endpoint, child_sas=(child_sa("east", 0, 4, spi_out="cccc", spi_in="dddd"),))
    return tunnel(west, east, loose=(event("east", K.INVALID_SPI),))


def one_way_alone() -> Tunnel:
    return tunnel(replace(LEFT.endpoint, child_sas=(child_sa("west", 0, 9),)), None)


def replaced_again_and_again() -> Tunnel:
    gone = tuple(event("east", K.REPLACED) for _ in range(4))
    return tunnel(unread("west"), unread("east"), exchange("east", R, INIT_R, Outcome.ABORTED, *gone))


def no_http_lookup() -> Tunnel:
    words = "IKEv2-PROTO-1: (7): Unsupported cert encoding found or Peer requested HTTP URL but never sent it"
    return refused_at_auth(replace(event("east", K.CERTIFICATE_REFUSED, detail=words[21:]), source=line("east", words)))


def wrong_keys(group: str) -> Tunnel:
    flow = replace(child_sa("west", 0, 4), pfs_group=group)
    spoilt = event("west", K.VERIFY_FAILED, detail="IPSec SA receives HMAC error, DP Handle 3")
    return tunnel(replace(LEFT.endpoint, child_sas=(flow,)), None, loose=(spoilt,))


OUTAGES = [
    (no_http_lookup, "software-bug", Change.LEFT, 0.75),
    (lambda: wrong_keys("ecp521"), "software-bug", Change.LEFT, 0.6),
    (lambda: certificate("expired"), "cert-expired", Change.EITHER, 0.9),
    (lambda: certificate("not-yet-valid"), "cert-expired", Change.EITHER, 0.6),
    (lambda: certificate("untrusted"), "cert-untrusted", Change.EITHER, 0.9),
    (lambda: certificate("no-crl"), "cert-revoked-or-crl", Change.EITHER, 0.9),
    (lambda: refused_at_auth(event("east", K.CREDENTIAL_MISSING)), "cert-missing", Change.RIGHT, 0.9),
    (lambda: refused_at_auth(event("east", K.USER_AUTH_FAILED)), "xauth-or-eap-failed", Change.EITHER, 0.9),
    (lambda: refused_at_auth(event("east", K.AUTH_METHOD_REFUSED)), "auth-method-mismatch", Change.EITHER, 0.7),
    (profile, "profile-not-matched", Change.RIGHT, 0.9),
    (crypto_map, "crypto-map-incomplete", Change.RIGHT, 0.85),
    (not_applied, "crypto-map-incomplete", Change.LEFT, 0.85),
    (on_disk_only, "config-not-loaded", Change.RIGHT, 0.7),
    (
        lambda: refused_at_auth(event("east", K.ALGORITHM_UNSUPPORTED, detail="aes256gcm16")),
        "algorithm-unsupported",
        Change.RIGHT,
        0.8,
    ),
    (lambda: refused_at_auth(event("east", K.RESOURCE_LIMIT)), "crypto-engine-or-license", Change.RIGHT, 0.8),
    (lambda: refused_at_auth(event("east", K.ADDRESS_REFUSED)), "virtual-ip-or-modeconfig", Change.RIGHT, 0.8),
    (lambda: sas((0, 9), (0, 9)), "esp-blocked", Change.PATH, 0.9),
    (lambda: sas((0, 9), (9, 0)), "one-way-traffic", Change.RIGHT, 0.7),
    (one_way_alone, "one-way-traffic", Change.RIGHT, 0.7),
    (stale_spi, "invalid-spi", Change.EITHER, 0.9),
    (lambda: sas((9, 9), (9, 9), replay_failed=400), "replay-drops", None, 0.7),
    (lambda: up_then((K.PEER_SILENT, {}), (K.DELETED, {"protocol": Protocol.IKE})), "dpd-timeout", Change.PATH, 0.8),
    (lambda: up_then((K.DELETE_RECEIVED, {"protocol": Protocol.IKE})), "peer-deleted-sa", Change.RIGHT, 0.6),
    (lambda: up_then((K.IDLE, {})), "idle-timeout", Change.LEFT, 0.8),
    (replaced_again_and_again, "duplicate-identity", Change.EITHER, 0.6),
]


@pytest.mark.parametrize(("outage", "cause", "change", "sure"), OUTAGES, ids=[f"{n}-{row[1]}" for n, row in enumerate(OUTAGES)])
def test_each_further_outage_ends_in_its_cause(outage, cause, change, sure) -> None:
    """As test_outages: cause, side and certainty."""
    diagnosis = conclude(outage())
    assert diagnosis.conclusion is Conclusion.FAULT, say(diagnosis)
    assert diagnosis.cause == cause, say(diagnosis)
    assert change is None or diagnosis.findings[0].change is change, say(diagnosis)
    assert diagnosis.confidence >= sure, say(diagnosis)


def test_a_tunnel_that_came_back_has_no_lifecycle_fault() -> None:
    """A DPD timeout of yesterday is history once SAs are up."""
    silent = event("west", K.PEER_SILENT)
    ends = [replace(e.endpoint, ike_sas=(ike_sa(e.name),), child_sas=(child_sa(e.name, 3, 3),)) for e in (LEFT, RIGHT)]
    assert conclude(tunnel(*ends, loose=(silent, event("east", K.INVALID_SPI)))).cause == "healthy"


def other_peer(made: Exchange) -> Exchange:
    return replace(made, remote="203.0.113.200")


def test_another_tunnels_failures_are_not_ours() -> None:
    """A hub's log is full of other peers."""
    theirs = exchange("east", R, MAIN_R, REFUSED, event("east", K.UNDECRYPTABLE, ike_version=1))
    ours = exchange("east", R, INIT_R, REFUSED, event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE))
    right = replace(RIGHT, ike="aes128-sha256-modp2048")
    diagnosis = conclude(tunnel(LEFT, right, other_peer(theirs), ours, other_peer(theirs)))
    assert (diagnosis.cause, diagnosis.attribute) == ("ike-proposal-mismatch", "encryption"), say(diagnosis)


def test_another_tunnels_sas_do_not_make_this_one_healthy() -> None:
    """An SA with somebody else is nobody's proof."""
    west = replace(LEFT.endpoint, child_sas=(replace(child_sa("west", 5, 5), remote="203.0.113.200"),), ike_sas=())
    silent = exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP))
    assert conclude(tunnel(west, None, silent)).conclusion is not Conclusion.HEALTHY


def test_send_errors_on_another_flow_are_not_health() -> None:
    """One flow up, another that tries and fails."""
    flows = (child_sa("west", 5, 5), child_sa("west", 0, 0, state=SaState.ABSENT, send_errors=4))
    assert conclude(tunnel(replace(LEFT.endpoint, child_sas=flows), None)).cause is None


def test_a_published_defect_needs_its_feature() -> None:
    """The same symptom with another group is no defect that anybody has published."""
    assert conclude(wrong_keys("modp2048")).cause != "software-bug"


def test_every_published_defect_names_its_publication() -> None:
    """A bug number, and where it was read."""
    assert DEFECTS
    assert all(row.name.startswith("CSC") and row.source and row.cure for row in DEFECTS)


def test_a_flow_that_the_peer_narrowed_is_no_failing_flow() -> None:
    """IOS keeps the flow of its list without SAs beside the narrower one that carries the packets."""
    wide, narrow = (
        (SelectorPair(TrafficSelector(ip_network("10.1.0.0/24")), TrafficSelector(ip_network(remote))),)
        for remote in ("10.2.0.0/16", "10.2.7.0/24")
    )
    absent = replace(child_sa("west", 0, 0, state=SaState.ABSENT, send_errors=2), selectors=wide)
    carrying = replace(child_sa("west", 9, 9), selectors=narrow)
    assert conclude(tunnel(replace(LEFT.endpoint, child_sas=(absent, carrying)), None)).cause == "healthy"


def test_a_text_without_ipsec_is_told_so_in_one_line() -> None:
    """No list of everything that could be collected, but what to paste."""
    west = replace(LEFT.endpoint, connections=None, keys=None, events=(event("west", K.LINK, detail="down"),))
    diagnosis = conclude(tunnel(west, None))
    assert "no IPsec was recognised in this text (1 message about interfaces)" in diagnosis.headline
    assert [one.device for one in diagnosis.missing] == [west.device.name]


def test_a_notify_that_was_not_read_is_no_silence() -> None:
    """IOS does not open an INFORMATIONAL message before there are keys; the peer lives and refused."""
    answered = replace(exchange("west", I, "> MM1, < INFORMATIONAL", SILENT), reached="MM1")
    diagnosis = conclude(tunnel(LEFT.endpoint, None, answered))
    assert diagnosis.cause is None
    assert diagnosis.findings[0].cause == "ike-proposal-mismatch", say(diagnosis)

"""SAs come up and packets do not: what is around the tunnel on either end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from broken_tunnels import (
    EAST,
    EAST_NET,
    LEFT,
    RIGHT,
    WEST,
    WEST_NET,
    both,
    child_sa,
    event,
    exchange,
    ike_sa,
    line,
    selector,
    tunnel,
)
from test_further_outages import refused_at_auth
from test_outages import AUTH, INIT, INIT_R, REFUSED, SILENT, UP, I, R, say, told

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.evidence import Change
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Message, Outcome
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.surroundings import Flow, Ping, Route, Surroundings, Translation
from ipsecbot.model.tunnel import Tunnel

PAIR = SelectorPair(selector(WEST_NET), selector(EAST_NET))
HOSTS = ("10.1.0.5/32", "10.2.0.9/32")


def flow(origin: str, destination: str, count: int | None = None) -> Flow:
    return Flow(ip_network(origin), ip_network(destination), line("west", f"{origin} > {destination}", "around"), count)


def route(network: str, connected: bool = False) -> Route:
    return Route(ip_network(network), line("west", network, "routes"), connected=connected)


def ping(size: int, received: int) -> Ping:
    return Ping("10.2.0.9", 5, received, line("west", f"({received}/5)", "ping"), size=size)


def up(received: int | None, sent: int | None, **around: object) -> Tunnel:
    """West alone, with an SA and these counters."""
    child = child_sa("west", received, sent, selectors=(PAIR,))
    west = replace(LEFT.endpoint, ike_sas=(ike_sa("west"),), child_sas=(child,), around=Surroundings(**around))
    return tunnel(west, None)


def idle(**around: object) -> Tunnel:
    """West alone, with a flow that has no SA."""
    child = child_sa("west", 0, 0, selectors=(PAIR,), state=SaState.ABSENT)
    return tunnel(replace(LEFT.endpoint, ike_sas=(), child_sas=(child,), around=Surroundings(**around)), None)


def nat(*rules: tuple[str, str, bool]) -> tuple[Translation, ...]:
    return tuple(Translation(flow(origin, destination), exempt) for origin, destination, exempt in rules)


def taken_by_another() -> Tunnel:
    wide = SelectorPair(selector("10.1.0.0/16"), selector("10.0.0.0/8"))
    other = replace(child_sa("west", 7, 90, selectors=(wide,)), remote="203.0.113.9")
    own = child_sa("west", 12, 0, selectors=(PAIR,))
    return tunnel(replace(LEFT.endpoint, ike_sas=(ike_sa("west"),), child_sas=(other, own)), None)


def same_network() -> Tunnel:
    left, right = replace(LEFT, peer_net=WEST_NET), replace(RIGHT, net=WEST_NET)
    return tunnel(left, right)


def lost_certificate(**right: object) -> Tunnel:
    ends = [end.endpoint for end in both(auth=AuthMethod.PUBKEY)]
    connections = tuple(replace(c, ike=replace(c.ike, **right)) for c in ends[1].connections or ())
    asked = exchange("west", I, f"{INIT}, > IKE_AUTH request", SILENT, event("west", K.GAVE_UP))
    heard = exchange("east", R, INIT_R, Outcome.INCOMPLETE)
    return tunnel(ends[0], replace(ends[1], connections=connections), asked, heard)


def lost_at_rekey() -> Tunnel:
    ups = (event("west", K.ESTABLISHED, protocol=Protocol.IKE), event("west", K.ESTABLISHED, protocol=Protocol.ESP))
    born = exchange("west", I, AUTH, UP, *ups, child=UP)
    renewed = exchange(
        "west", I, "> CREATE_CHILD_SA request, < CREATE_CHILD_SA response", REFUSED, told("west", "TEMPORARY_FAILURE")
    )
    return tunnel(replace(LEFT.endpoint, ike_sas=(), child_sas=()), None, born, renewed)


def renewals_that_met() -> Tunnel:
    shown = lost_at_rekey()
    born, renewed = shown.ladder.exchanges
    asked = replace(renewed.messages[0], payloads=("N(REKEY_SA)", "SA", "No", "TSi", "TSr"))
    told_no = replace(renewed, messages=(asked, *renewed.messages[1:]), events=(told("west", "TS_UNACCEPTABLE"),))
    return replace(shown, ladder=replace(shown.ladder, exchanges=(born, told_no)))


def unset_clock() -> Tunnel:
    stamped = event("east", K.CERTIFICATE_REFUSED, attribute="not-yet-valid", at=datetime(1993, 3, 1, 0, 4, tzinfo=UTC))
    return refused_at_auth(stamped, event("east", K.AUTHENTICATION_FAILED))


def pieces() -> Tunnel:
    some = tuple(event("east", K.FRAGMENT, detail=f"EF({n}/4)") for n in (1, 3))
    return tunnel(*both(auth=AuthMethod.PUBKEY), exchange("east", R, INIT_R, SILENT, *some))


OUTAGES = [
    (lambda: up(26, 0, translations=nat((WEST_NET, "0.0.0.0/0", False))), "nat-before-ipsec", Change.LEFT, 0.7),
    (lambda: up(26, 0, translated=(flow(*HOSTS),)), "nat-before-ipsec", Change.LEFT, 0.9),
    (lambda: idle(routes=(route("10.1.0.0/24", True),), no_default=line("west", "no default")), "no-route", Change.LEFT, 0.7),
    (taken_by_another, "subnet-overlap", Change.LEFT, 0.7),
    (same_network, "subnet-overlap", Change.EITHER, 0.7),
    (lambda: up(9, 0, dropped=(flow(*reversed(HOSTS), 12),)), "firewall-drops-decrypted", Change.LEFT, 0.75),
    (lambda: up(9, 0, unforwarded=(line("west", "net.ipv4.ip_forward = 0"),)), "forwarding-disabled", Change.LEFT, 0.7),
    (lambda: up(9, 0, martians=(flow(*reversed(HOSTS)),)), "forwarding-disabled", Change.LEFT, 0.7),
    (lambda: up(9, 9, pings=(ping(100, 5), ping(1400, 0))), "mtu-blackhole", Change.EITHER, 0.8),
    (lambda: lost_certificate(fragmentation=False), "ike-fragmentation", Change.RIGHT, 0.6),
    (pieces, "ike-fragmentation", Change.PATH, 0.7),
    (lost_at_rekey, "rekey-failure", Change.EITHER, 0.6),
    (renewals_that_met, "rekey-failure", Change.EITHER, 0.6),
    (lambda: idle(port_unreachable=(line("west", "udp port 500 unreachable"),)), "peer-not-listening", Change.RIGHT, 0.8),
    (lambda: idle(daemon_down=(line("west", "charon.vici failed"),)), "peer-not-listening", Change.LEFT, 0.8),
    (lambda: idle(not_loaded=(line("west", "no config named 'gw'"),)), "config-not-loaded", Change.LEFT, 0.7),
    (lambda: idle(incomplete=(line("west", "WARNING: This access list"),)), "crypto-map-incomplete", Change.LEFT, 0.8),
    (lambda: up(12, 0, dropped=(flow("0.0.0.0/0", "0.0.0.0/0", 12),)), "firewall-drops-decrypted", Change.LEFT, 0.6),
    (unset_clock, "clock-skew", Change.RIGHT, 0.9),
]


@pytest.mark.parametrize(("outage", "cause", "change", "sure"), OUTAGES, ids=[f"{n}-{row[1]}" for n, row in enumerate(OUTAGES)])
def test_each_outage_beside_the_tunnel_ends_in_its_cause(outage, cause, change, sure) -> None:
    """Cause, side and certainty."""
    diagnosis = conclude(outage())
    assert diagnosis.cause == cause, say(diagnosis)
    assert diagnosis.findings[0].change is change, say(diagnosis)
    assert diagnosis.confidence >= sure, say(diagnosis)


HARMLESS = [
    lambda: up(9, 9, translations=nat((WEST_NET, EAST_NET, True), (WEST_NET, "0.0.0.0/0", False))),
    lambda: up(9, 9, translations=nat((WEST_NET, "0.0.0.0/0", False))),
    lambda: up(9, 9, translated=(flow("10.1.0.5/32", "198.51.100.1/32"),)),
    lambda: up(9, 9, routes=(route("0.0.0.0/0"),)),
    lambda: up(9, 9, routes=(), no_default=line("west", "no default")),
    lambda: up(9, 9, dropped=(flow("198.51.100.7/32", "192.0.2.1/32", 5),)),
    lambda: up(9, 9, unforwarded=(line("west", "net.ipv6.conf.all.forwarding = 0"),)),
    lambda: up(9, 9, pings=(ping(100, 5), ping(1400, 5))),
    lambda: up(9, 9, pings=(ping(1400, 0),)),
]


@pytest.mark.parametrize("shown", HARMLESS, ids=range(len(HARMLESS)))
def test_what_does_not_hinder_the_traffic_is_no_fault(shown) -> None:
    """Exempt from NAT, translated to elsewhere, a default route, somebody else's packets dropped."""
    assert conclude(shown()).cause == "healthy", say(conclude(shown()))


def test_an_exemption_behind_the_rule_that_translates_is_none() -> None:
    """The first rule that covers the packets decides."""
    late = nat((WEST_NET, "0.0.0.0/0", False), (WEST_NET, EAST_NET, True))
    assert conclude(up(26, 0, translations=late)).cause == "nat-before-ipsec"
    first = nat((WEST_NET, EAST_NET, True), (WEST_NET, "0.0.0.0/0", False))
    assert conclude(up(26, 0, translations=first)).cause == "one-way-traffic"


def test_a_part_of_a_routing_table_proves_nothing() -> None:
    """Without the line about the default route it may be an excerpt."""
    assert conclude(idle(routes=(route("10.1.0.0/24", True),))).cause != "no-route"


def test_a_wide_local_network_may_hold_the_remote_one() -> None:
    """10.0.0.0/8 at the hub, 10.2.0.0/16 at a branch: usual."""
    left, right = replace(LEFT, net="10.0.0.0/8"), replace(RIGHT, peer_net="10.0.0.0/8")
    assert "subnet-overlap" not in [finding.cause for finding in conclude(tunnel(left, right)).findings]


def test_a_certificate_that_gets_no_answer_may_be_filtered_or_too_large() -> None:
    """Nothing is switched off: both are named, none is claimed."""
    diagnosis = conclude(lost_certificate())
    assert diagnosis.cause is None, say(diagnosis)
    assert "ike-fragmentation" in [finding.cause for finding in diagnosis.findings]


def test_a_certificate_not_valid_yet_under_a_kept_clock_is_outside_its_validity() -> None:
    """The clock stays a candidate."""
    stamped = event("east", K.CERTIFICATE_REFUSED, attribute="not-yet-valid", at=datetime(2026, 11, 2, tzinfo=UTC))
    diagnosis = conclude(refused_at_auth(stamped, event("east", K.AUTHENTICATION_FAILED)))
    assert diagnosis.cause == "cert-expired", say(diagnosis)
    assert diagnosis.confidence < 0.8


def test_the_last_doubt_says_why_a_certificate_was_refused() -> None:
    """`certificate invalid` after a CRL that could not be fetched."""
    doubt = event("east", K.CERTIFICATE_DOUBT, attribute="no-crl")
    shown = refused_at_auth(doubt, event("east", K.CERTIFICATE_REFUSED), event("east", K.AUTHENTICATION_FAILED))
    assert conclude(shown).cause == "cert-revoked-or-crl"


def test_an_answer_with_an_sa_payload_is_a_child() -> None:
    """charon at level 0 prints messages only: the responder has accepted."""
    asked = exchange("west", I, AUTH, Outcome.INCOMPLETE)
    answer = replace(asked.messages[-1], payloads=("IDr", "AUTH", "SA", "TSi", "TSr"))
    whole = replace(asked, messages=(*asked.messages[:-1], answer), child=Outcome.INCOMPLETE)
    assert isinstance(answer, Message)
    assert conclude(tunnel(LEFT, None, whole)).cause == "healthy"
    assert conclude(tunnel(LEFT, None, replace(whole, events=(told("west", "TS_UNACCEPTABLE"),)))).cause != "healthy"


def test_an_old_ikev2_sa_has_a_child_that_was_not_shown() -> None:
    """`show crypto ikev2 sa` alone; not one that has just come up, and not beside one that negotiates."""
    from datetime import timedelta

    def shown(*sas: object) -> str | None:
        return conclude(tunnel(replace(LEFT.endpoint, connections=None, keys=None, ike_sas=sas), None)).cause

    old = replace(ike_sa("west"), age=timedelta(hours=5))
    assert shown(old) == "healthy"
    assert shown(replace(old, age=timedelta(seconds=4))) is None
    assert shown(old, ike_sa("west", SaState.NEGOTIATING, "IN-NEG")) is None


def test_a_selector_beside_the_peer_is_no_want_of_traffic() -> None:
    """GRE to another host than the peer: the packets never match."""
    stray = SelectorPair(replace(selector(f"{WEST}/32"), protocol=47), replace(selector("192.0.2.77/32"), protocol=47))
    gone = replace(child_sa("west", 0, 0, selectors=(stray,), state=SaState.ABSENT), local=WEST, remote=EAST)
    west = replace(LEFT.endpoint, connections=None, keys=None, ike_sas=(), child_sas=(gone,))
    assert conclude(tunnel(west, None)).cause == "traffic-selector-mismatch"


def test_an_idle_time_explains_an_end_that_removes_its_sas() -> None:
    """Nothing else was wrong before; with a reason in the log it does not."""
    gone = event("west", K.DELETED, protocol=Protocol.ESP)
    timer = Surroundings(idle_timers=(line("west", "security-association idle-time 600", "config"),))
    west = replace(LEFT.endpoint, around=timer)
    assert conclude(tunnel(west, None, loose=(gone,))).cause == "idle-timeout"
    assert conclude(tunnel(west, None, loose=(event("west", K.PEER_SILENT), gone))).cause != "idle-timeout"

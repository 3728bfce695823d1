"""What a verdict says, in the words of whoever has to change it, and what its ladder shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_tunnels import LEFT, RIGHT, WEST, both, event, exchange, tunnel
from test_outages import INIT, INIT_R, REFUSED, SILENT, UP, I, R, told

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.wording import ATTRIBUTES
from ipsecbot.model.device import Platform
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Ladder
from ipsecbot.model.proposal import Protocol

IOS_V1 = {"platform": Platform.CISCO_IOS, "versions": (1,)}
IOS_V2 = {"platform": Platform.CISCO_IOS, "keyring": "KR"}
ROWS: tuple[tuple[dict[str, object], dict[str, object], tuple[str, ...]], ...] = (
    (IOS_V1, {"ike": "aes256-sha256-modp1536"}, ("Diffie-Hellman group", "west offers group 14", "east accepts group 5")),
    (IOS_V1, {"ike": "3des-sha256-modp2048"}, ("encryption", "encr aes 256", "encr 3des")),
    (IOS_V1, {"ike": "aes256-md5-modp2048"}, ("integrity (hash)", "hash sha256", "hash md5")),
    (IOS_V2, {"ike": "aes256-sha512-modp2048"}, ("integrity (hash)", "integrity sha256", "integrity sha512")),
    (IOS_V2, {"ike": "aes128-sha256-modp2048"}, ("key length", "encryption aes-cbc-256", "encryption aes-cbc-128")),
    (IOS_V2, {"esp": "aes256-sha1"}, ("integrity (hash)", "esp-sha256-hmac", "esp-sha-hmac")),
    (IOS_V1, {"esp": "aes256-sha256-modp2048"}, ("west wants no PFS", "east PFS with group14")),
    ({}, {"ike": "aes256-sha256-modp1536"}, ("Diffie-Hellman group", "west offers modp2048", "east accepts modp1536")),
    (
        {},
        {"platform": Platform.CISCO_IOS, "keyring": "KR", "ike": "aes256-sha256-modp1536"},
        ("west offers modp2048", "east accepts group 5"),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=[str(n) for n in range(len(ROWS))])
def test_each_end_is_told_in_its_vendors_words(row: tuple[dict[str, object], dict[str, object], tuple[str, ...]]) -> None:
    """And both lines to change are named."""
    wishes, other, words = row
    left, right = both(**wishes)
    headline = conclude(tunnel(left, replace(right, **other))).headline
    assert all(word in headline for word in words), headline
    assert "west, config line" in headline
    assert "east, config line" in headline


def test_every_attribute_of_the_catalogue_is_spelled_out() -> None:
    """No verdict says `dh` to a person."""
    from ipsecbot.diagnose.faults import catalogue

    assert {attribute for fault in catalogue() for attribute in fault.attributes} <= set(ATTRIBUTES)


def test_the_ladder_shows_this_tunnel_only() -> None:
    """A hub's log is full of others."""
    mine = exchange("west", I, INIT, REFUSED, told("west", "NO_PROPOSAL_CHOSEN"))
    other = replace(exchange("west", I, "> IKE_SA_INIT request", SILENT), remote="203.0.113.9")
    stray = replace(event("west", K.INVALID_SPI), remote="203.0.113.9")
    shown = conclude(tunnel(LEFT, RIGHT, other, mine, loose=(stray, event("west", K.DAEMON_STARTED)))).tunnel.ladder
    assert shown.exchanges == (mine,)
    assert [one.kind for one in shown.loose] == [K.DAEMON_STARTED]


def test_the_ladder_is_never_narrowed_to_nothing() -> None:
    """Two strangers and no word of the peer: better both than none."""
    strangers = [replace(exchange("west", I, INIT, SILENT), remote=f"203.0.113.{n}") for n in (8, 9)]
    assert conclude(tunnel(LEFT, RIGHT, *strangers)).tunnel.ladder.exchanges == tuple(strangers)
    assert conclude(replace(tunnel(LEFT, RIGHT), ladder=Ladder())).tunnel.ladder == Ladder()


def test_both_ends_of_one_negotiation_stay_on_the_ladder() -> None:
    """Each end sees the other under its address."""
    sides = (
        exchange("west", I, INIT, UP),
        exchange("east", R, INIT_R, UP, event("east", K.ESTABLISHED, protocol=Protocol.IKE)),
    )
    assert sides[1].remote == WEST
    assert conclude(tunnel(LEFT, RIGHT, *sides)).tunnel.ladder.exchanges == sides

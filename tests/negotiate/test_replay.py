"""Whole negotiations of two configurations: nothing to say about healthy ones, every reason about the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from two_ends import LEFT, LEFT_NET, RIGHT, RIGHT_NET, End, esp, fqdn, ike, ipv4, key, pairs, two_ends

from ipsecbot.model.connection import EncapsulationMode, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.negotiate.replay import replay

IOS, SWAN = Platform.CISCO_IOS, Platform.STRONGSWAN
TRANSPORT, TUNNEL = EncapsulationMode.TRANSPORT, EncapsulationMode.TUNNEL
MAIN, AGGRESSIVE = ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE


def run(left: End, right: End, initiator: Side = Side.LEFT) -> Negotiation:
    return replay(left.connection, right.connection, initiator, left_end=left.endpoint, right_end=right.endpoint)


def reasons(negotiation: Negotiation) -> list[str]:
    return [
        f"{found.aspect}{f' {found.attribute}' if found.attribute else ''}: {found.offered} / {found.accepted}"
        for found in negotiation.mismatches
    ]


HEALTHY = [
    ("as it is", {}, {}),
    ("the responder takes any peer", {}, {"remote_addresses": ("%any",)}),
    ("a peer network", {}, {"remote_addresses": ("192.0.0.0/16",)}),
    ("the right identities", {"local_id": fqdn("west"), "remote_ids": (fqdn("east"),)},
     {"local_id": fqdn("east"), "remote_ids": (fqdn("west"),)}),
    ("wider selectors at the responder", {}, {"selectors": pairs(f"{RIGHT_NET} === 10.0.0.0/8")}),
    ("more proposals at the responder", {}, {"ike": ike("3des-md5-modp1024, aes256-sha256-modp2048")}),
    ("more proposals at the initiator", {"esp": esp("3des-md5, aes256-sha256")}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "on_left", "on_right"), HEALTHY, ids=[row[0] for row in HEALTHY])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("platforms", [(SWAN, SWAN), (IOS, IOS), (SWAN, IOS), (IOS, SWAN)])
def test_ends_that_fit_have_nothing_to_mend(
    why: str, on_left: dict, on_right: dict, version: int, platforms: tuple[Platform, Platform]
) -> None:
    """Every combination of platforms and versions agrees on proposals and selectors."""
    left, right = two_ends(versions=(version,), keyring="KR", keys=(key("aa", keyring="KR"),))
    left = replace(left, platform=platforms[0], **on_left)
    right = replace(right, platform=platforms[1], **on_right)
    negotiation = run(left, right)
    assert reasons(negotiation) == []
    assert negotiation.unknown == ()
    assert negotiation.ike is not None
    assert negotiation.ike.selected is not None
    assert negotiation.ike.selected.keywords == "aes256-sha256-prfsha256-modp2048"
    assert [str(pair) for pair in negotiation.selectors] == [f"{LEFT_NET} === {RIGHT_NET}"]
    assert (negotiation.ike_version, negotiation.initiator) == (version, Side.LEFT)


BROKEN = [
    ({"versions": (1,)}, {"versions": (2,)}, ["version: IKEv1 / IKEv2"]),
    ({"versions": (1,), "initiates": AGGRESSIVE}, {"versions": (1,)}, ["exchange-mode: aggressive mode / main mode"]),
    ({"versions": (1,), "initiates": AGGRESSIVE}, {"versions": (1,), "initiates": AGGRESSIVE, "accepts": ()},
     ["exchange-mode: aggressive mode / no attempt of the peer"]),
    ({"ike": ike("aes128-sha256-modp2048")}, {}, ["ike-proposal key-length: aes128 / aes256"]),
    ({"local_id": fqdn("west")}, {"remote_ids": (fqdn("branch"),)}, ["identity: west (fqdn) / branch (fqdn)"]),
    ({"remote_ids": (fqdn("east"),)}, {"local_id": fqdn("other")}, ["identity: other (fqdn) / east (fqdn)"]),
    ({"local_auth": AuthMethod.PUBKEY}, {}, ["auth-method: pubkey / psk"]),
    ({}, {"keys": (key("bb"),)}, [f"key: west's key for {RIGHT} / another key: east's key for {LEFT}"]),
    ({}, {"keys": ()}, [f"key-missing: west's key for {RIGHT} / east has no key for this peer"]),
    ({"esp": esp("aes256-sha1")}, {}, ["child-proposal integrity: sha1 / sha256"]),
    ({"versions": (1,), "esp": esp("aes256-sha256-modp1536")}, {"versions": (1,)}, ["pfs dh: modp1536 / none"]),
    ({"selectors": pairs(f"10.9.0.0/24 === {RIGHT_NET}")}, {},
     [f"selectors: 10.9.0.0/24 === {RIGHT_NET} / {LEFT_NET} === {RIGHT_NET}"]),
    ({"versions": (1,), "mode": TRANSPORT, "selectors": pairs("dynamic === dynamic")},
     {"versions": (1,), "selectors": pairs("dynamic === dynamic")}, ["encapsulation: transport / tunnel"]),
]  # fmt: skip


@pytest.mark.parametrize(("on_left", "on_right", "expected"), BROKEN)
def test_each_fault_is_named_with_the_words_of_both_ends(on_left: dict, on_right: dict, expected: list[str]) -> None:
    """One difference, one mismatch, written as offered / accepted; both sides of the tunnel find it."""
    left, right = two_ends()
    negotiation = run(replace(left, **on_left), replace(right, **on_right))
    assert reasons(negotiation) == expected
    assert negotiation.blocking == negotiation.mismatches


def test_several_faults_come_in_the_order_in_which_ike_stumbles() -> None:
    """The first mismatch is where it stops; the others would show once it is mended."""
    left, right = two_ends()
    left = replace(left, ike=ike("aes128-sha256-modp2048"), esp=esp("aes128-sha256"), local_id=fqdn("west"))
    right = replace(right, keys=(key("bb"),), remote_ids=(fqdn("branch"),))
    aspects = [found.aspect for found in run(left, right).mismatches]
    assert aspects == ["ike-proposal", "identity", "key", "child-proposal"]


def test_strongswan_finds_the_wrong_key_before_the_wrong_mode_and_ios_the_mode_before() -> None:
    """MM5 must be decrypted before charon chooses the connection that says which mode is allowed."""
    left, right = two_ends(versions=(1,))
    left, right = replace(left, keys=(key("bb"),)), replace(right, accepts=(AGGRESSIVE,))
    assert [found.aspect for found in run(left, right).mismatches] == ["key", "exchange-mode"]
    right = replace(right, platform=IOS)
    assert [found.aspect for found in run(left, right).mismatches] == ["exchange-mode", "key"]


def test_ikev2_pfs_is_late_and_blocks_nothing() -> None:
    """The tunnel comes up and is lost at its first rekey."""
    left, right = two_ends()
    negotiation = run(replace(left, esp=esp("aes256-sha256-modp2048")), right)
    assert reasons(negotiation) == ["pfs dh: modp2048 / none"]
    assert negotiation.blocking == ()


def test_ikev2_transport_against_tunnel_falls_back_on_strongswan() -> None:
    """Without USE_TRANSPORT_MODE in the answer the CHILD_SA is a tunnel (RFC 7296 section 1.3.1)."""
    left, right = two_ends()
    left = replace(left, mode=TRANSPORT, selectors=pairs("dynamic === dynamic"))
    right = replace(right, selectors=pairs("dynamic === dynamic"))
    assert run(left, right).mismatches == ()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("modes", [(TRANSPORT, TUNNEL), (TUNNEL, TRANSPORT)])
def test_networks_that_transport_mode_cannot_carry_are_a_difference_of_mode(version: int, modes: tuple) -> None:
    """charon in transport mode drops selectors without the peers: "traffic selectors  ===  unacceptable" (live 5.9.8)."""
    left, right = two_ends(versions=(version,))
    found = run(replace(left, mode=modes[0]), replace(right, mode=modes[1]))
    assert reasons(found) == [f"encapsulation: {modes[0]} / {modes[1]}"]


@pytest.mark.parametrize(
    ("mine", "yours", "selectors", "expected"),
    [
        (TUNNEL, TRANSPORT, "dynamic === dynamic", []),
        (TRANSPORT, TUNNEL, "dynamic === dynamic", ["encapsulation: transport / tunnel"]),
        (TRANSPORT, TUNNEL, f"{LEFT_NET} === {RIGHT_NET}", []),
    ],
)
def test_ios_asks_for_transport_only_between_the_peers(
    mine: EncapsulationMode, yours: EncapsulationMode, selectors: str, expected: list[str]
) -> None:
    """Cisco: an end set to transport accepts either mode; one set to tunnel accepts tunnel only."""
    left, right = two_ends(versions=(1,), platform=IOS)
    local, remote = selectors.split(" === ")
    left = replace(left, mode=mine, selectors=pairs(selectors))
    right = replace(right, mode=yours, selectors=pairs(f"{remote} === {local}"))
    assert reasons(run(left, right)) == expected


def test_an_ios_responder_refuses_a_wider_offer_that_strongswan_narrows() -> None:
    """The same two ACLs come up in one direction only (mirror image crypto access lists)."""
    left, right = two_ends(versions=(1,), platform=IOS)
    left = replace(left, selectors=pairs(f"10.1.0.0/16 === {RIGHT_NET}"))
    assert reasons(run(left, right)) == [f"selectors: 10.1.0.0/16 === {RIGHT_NET} / {LEFT_NET} === {RIGHT_NET}"]
    assert reasons(run(left, right, Side.RIGHT)) == []
    swan = replace(left, platform=SWAN), replace(right, platform=SWAN)
    assert [str(pair) for pair in run(*swan).selectors] == [f"{LEFT_NET} === {RIGHT_NET}"]


def test_one_refused_acl_entry_among_good_ones_is_reported_beside_what_was_agreed() -> None:
    """Every crypto ACL entry is a quick mode of its own."""
    left, right = two_ends(versions=(1,), platform=IOS)
    left = replace(left, selectors=pairs(f"{LEFT_NET} === {RIGHT_NET}", f"10.8.0.0/24 === {RIGHT_NET}"))
    negotiation = run(left, right)
    assert reasons(negotiation) == [f"selectors: 10.8.0.0/24 === {RIGHT_NET} / {LEFT_NET} === {RIGHT_NET}"]
    assert len(negotiation.selectors) == 1


def test_the_sides_stay_left_and_right_whoever_initiates() -> None:
    """`left_child` is the left end's, `offered_by` tells whose words `offered` are."""
    left, right = two_ends()
    left, right = replace(left, esp=esp("aes128-sha256")), right
    negotiation = run(left, right, Side.RIGHT)
    assert negotiation.left == left.connection
    assert negotiation.left_child == left.connection.children[0]
    assert reasons(negotiation) == ["child-proposal key-length: aes256 / aes128"]
    assert negotiation.mismatches[0].offered_by is Side.RIGHT


def test_what_a_configuration_does_not_say_is_unknown() -> None:
    """Silence is neither equal nor different."""
    left, right = two_ends()
    left = replace(left, selectors=None, ike=(), versions=(2, 1), local_auth=None)
    assert run(left, right).unknown == (
        "the IKE proposals of west are not known",
        "the authentication method of west is not known",
        "the traffic selectors of west are not known",
    )


def test_the_second_child_is_compared_with_its_own_partner() -> None:
    """Two children on each end, in another order, are no mismatch; a broken one is found."""
    left, right = two_ends()
    other_left, other_right = two_ends()
    second = replace(other_left, selectors=pairs("10.3.0.0/24 === 10.4.0.0/24")).connection.children
    partner = replace(other_right, selectors=pairs("10.4.0.0/24 === 10.3.0.0/24")).connection.children
    mine, yours = left.connection.children + second, partner + right.connection.children
    assert reasons(run(replace(left, children=mine), replace(right, children=yours))) == []
    broken = replace(partner[0], proposals=esp("aes128-sha256"))
    found = run(replace(left, children=mine), replace(right, children=(broken, *right.connection.children)))
    assert reasons(found) == ["child-proposal key-length: aes256 / aes128"]
    assert found.left_child == second[0]


def test_an_end_behind_a_nat_is_known_by_the_address_the_inventory_tells() -> None:
    """Its own address is private; the peer's connection and key name the public one."""
    left, right = two_ends()
    left = replace(left, address="10.0.0.9", local_addresses=("10.0.0.9",))
    right = replace(right, keys=(key("aaaaaaaaaaaa", LEFT),), remote_ids=(ipv4("10.0.0.9"),))
    negotiation = replay(
        left.connection, right.connection, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint, left_address=LEFT
    )
    assert [found.aspect for found in negotiation.mismatches if found.aspect == "address"] == []

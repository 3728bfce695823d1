"""Identities against what is expected of them, and which key an end takes for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from two_ends import LEFT, RIGHT, End, fqdn, ipv4, key, two_ends

from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.negotiation import Aspect, Mismatch
from ipsecbot.negotiate.identity import accepted
from ipsecbot.negotiate.replay import replay


def dn(text: str) -> IkeIdentity:
    return IkeIdentity(IdType.DN, text)


IDENTITIES = [
    (ipv4("192.0.2.1"), (), True),
    (ipv4("192.0.2.1"), (ipv4("192.0.2.1"),), True),
    (ipv4("192.0.2.1"), (ipv4("192.0.2.0/24"),), True),
    (fqdn("west.example.org"), (IkeIdentity(IdType.ANY, "%any"),), True),
    (fqdn("West.Example.org"), (fqdn("west.example.org"),), True),
    (fqdn("west.example.org"), (fqdn("*.example.org"),), True),
    (fqdn("west.example.org"), (fqdn("east.example.org"), fqdn("west.example.org")), True),
    (dn("C=CH, O=Example, CN=west"), (dn("C=CH,O=Example,CN=west"),), True),
    (dn("C=CH, O=Example, CN=west"), (dn("C=CH, O=Example, CN=*"),), True),
    (IkeIdentity(IdType.EMAIL, "ann@example.org"), (IkeIdentity(IdType.EMAIL, "*@example.org"),), True),
    (IkeIdentity(IdType.IPV6, "2001:db8::1"), (IkeIdentity(IdType.IPV6, "2001:db8::/32"),), True),
    # refused
    (ipv4("192.0.2.1"), (ipv4("192.0.2.2"),), False),
    (ipv4("192.0.2.1"), (fqdn("west.example.org"),), False),
    (fqdn("west.example.org"), (IkeIdentity(IdType.KEY_ID, "west.example.org"),), False),
    (fqdn("west.example.org"), (fqdn("*.example.net"),), False),
    (dn("C=CH, O=Example, CN=west"), (dn("C=CH, O=Example, OU=vpn, CN=west"),), False),
]


@pytest.mark.parametrize(("sent", "expected", "fits"), IDENTITIES)
def test_an_identity_is_accepted_by_type_and_value_or_pattern(
    sent: IkeIdentity, expected: tuple[IkeIdentity, ...], fits: bool
) -> None:
    """No expectation accepts anyone; a type that differs is another identity."""
    assert accepted(sent, expected) is fits


def keys_only(left: End, right: End, initiator: Side = Side.LEFT) -> tuple[tuple[Mismatch, ...], tuple[str, ...]]:
    found = replay(
        left.connection, right.connection, initiator, left_end=left.endpoint, right_end=right.endpoint
    )  # fmt: skip
    return tuple(one for one in found.mismatches if one.aspect in (Aspect.KEY, Aspect.KEY_MISSING)), found.unknown


IOS1 = {"platform": Platform.CISCO_IOS, "versions": (1,)}
SWAN1 = {"versions": (1,)}
SWAN2: dict[str, object] = {}

EQUAL_KEYS = [
    ("for everybody", SWAN2, (key("aa"),), (key("aa"),)),
    ("by address", IOS1, (key("aa", RIGHT),), (key("aa", LEFT),)),
    ("by mask", IOS1, (key("aa", "198.51.100.0/24"),), (key("aa", "0.0.0.0/0"),)),
    ("longest match", IOS1, (key("bb", "0.0.0.0/0"), key("aa", f"{RIGHT}/32")), (key("bb", "192.0.0.0/8"), key("aa", LEFT))),
    ("own address is enough for charon", SWAN1, (key("aa", LEFT),), (key("aa", RIGHT),)),
    ("the peer's match counts before the own", SWAN2, (key("bb", LEFT), key("aa", RIGHT)), (key("bb", RIGHT), key("aa", LEFT))),
    ("both owners beat one", SWAN2, (key("bb", RIGHT), key("aa", LEFT, RIGHT)), (key("bb", LEFT), key("aa", LEFT, RIGHT))),
]


@pytest.mark.parametrize(("why", "both", "left_keys", "right_keys"), EQUAL_KEYS, ids=[row[0] for row in EQUAL_KEYS])
def test_the_key_that_fits_best_is_taken(why: str, both: dict, left_keys: tuple, right_keys: tuple) -> None:
    """With the best match on both ends the keys agree, whatever else is configured."""
    left, right = two_ends(**both)
    ids = {"remote_ids": (ipv4(RIGHT),)}, {"remote_ids": (ipv4(LEFT),)}
    left, right = replace(left, keys=left_keys, **ids[0]), replace(right, keys=right_keys, **ids[1])
    assert keys_only(left, right) == ((), ())
    assert keys_only(left, right, Side.RIGHT) == ((), ())


def test_keys_that_differ_are_named_without_showing_them() -> None:
    """One KEY mismatch, no fingerprint in its words, nobody alone at fault."""
    left, right = two_ends()
    found, _ = keys_only(left, replace(right, keys=(key("bbbbbbbbbbbb"),)))
    assert [one.aspect for one in found] == [Aspect.KEY]
    assert found[0].at_fault is None
    assert "bbbb" not in found[0].offered + found[0].accepted
    assert (found[0].offered, found[0].accepted) == (f"west's key for {RIGHT}", f"another key: east's key for {LEFT}")


@pytest.mark.parametrize("both", [IOS1, SWAN1, SWAN2])
def test_a_missing_key_is_the_fault_of_the_end_that_lacks_it(both: dict) -> None:
    """A key for somebody else is no key for this peer."""
    left, right = two_ends(**both)
    for side, ends in ((Side.RIGHT, (left, replace(right, keys=(key("aa", "203.0.113.7"),)))),
                       (Side.LEFT, (replace(left, keys=()), right))):  # fmt: skip
        found, _ = keys_only(*ends)
        assert [(one.aspect, one.at_fault) for one in found] == [(Aspect.KEY_MISSING, side)]


def test_what_cannot_be_compared_is_unknown_not_equal() -> None:
    """IOS type 6 and unread keys give a sentence, not a verdict."""
    left, right = two_ends()
    assert keys_only(replace(left, keys=(key(None),)), right)[1] == (
        "the pre-shared keys cannot be compared: at least one of them is not readable",
    )
    assert keys_only(replace(left, keys=None), right) == ((), ("the pre-shared keys of west are not known",))


def test_an_ios_ikev2_keyring_may_hold_one_key_per_direction() -> None:
    """What proves one end must be what the other verifies with, in each direction."""
    ios = {"platform": Platform.CISCO_IOS, "keyring": "KR"}
    left, right = two_ends(**ios)
    out, back = key("aa", keyring="KR", direction="local"), key("bb", keyring="KR", direction="remote")
    mirror = (key("bb", keyring="KR", direction="local"), key("aa", keyring="KR", direction="remote"))
    left = replace(left, keys=(out, back))
    assert keys_only(left, replace(right, keys=mirror)) == ((), ())
    assert [one.aspect for one in keys_only(left, replace(right, keys=(out, back)))[0]] == [Aspect.KEY]
    other_ring = (key("aa", keyring="OTHER"),)
    assert [one.aspect for one in keys_only(left, replace(right, keys=other_ring))[0]] == [Aspect.KEY_MISSING]


def test_an_ios_ikev1_responder_also_looks_into_other_keyrings() -> None:
    """Main mode needs the key before the profile is known (Cisco, IKEv1 keyring selection)."""
    left, right = two_ends(**IOS1)
    right = replace(right, keys=(key("aaaaaaaaaaaa", LEFT, keyring="KR"),))
    assert keys_only(left, right)[0] == ()
    assert [one.at_fault for one in keys_only(left, right, Side.RIGHT)[0]] == [Side.RIGHT]


def test_a_key_for_the_outside_of_a_hidden_peer_is_not_missing() -> None:
    """The peer owns a private address only; the key is written for the public one that the connection names."""
    left, right = two_ends(**IOS1)
    outside = "198.51.100.77"
    left = replace(left, address="192.168.178.2", keys=(key("aa", right.address),))
    right = replace(right, remote_addresses=(outside,), keys=(key("aa", outside),))
    assert keys_only(left, right)[0] == ()


def test_an_end_with_a_certificate_and_no_name_is_not_taken_for_its_address() -> None:
    """The name in the certificate stands in no configuration, so it is unknown. With a key, it is the address."""
    left, right = two_ends()
    for method, found in ((AuthMethod.PUBKEY, ()), (AuthMethod.PSK, (Aspect.IDENTITY,))):
        ends = [replace(end, local_auth=method, remote_auth=method, keys=()) for end in (left, right)]
        ends[1] = replace(ends[1], remote_ids=(dn("C=CH, O=Example, CN=west"),))
        one, other = ends
        result = replay(
            one.connection, other.connection, Side.LEFT, left_end=one.endpoint, right_end=other.endpoint
        )  # fmt: skip
        assert tuple(each.aspect for each in result.mismatches if each.aspect is Aspect.IDENTITY) == found

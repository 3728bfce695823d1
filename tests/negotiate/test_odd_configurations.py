"""Whatever two configurations say: a negotiation with reasons, never an exception."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from two_ends import LEFT, RIGHT, End, esp, fqdn, ike, ipv4, key, pairs, two_ends

from ipsecbot.model.connection import EncapsulationMode, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.negotiate.pairing import candidates, pair

ADDRESSES = st.sampled_from([LEFT, RIGHT, "%any", "gw.example.org", "2001:db8::1", "fe80::1%eth0", "192.0.2.0/24", ""])
IDENTITIES = st.sampled_from([fqdn("*.example.org"), ipv4("0.0.0.0/0"), IkeIdentity(IdType.DN, "C=CH, O"), ipv4("no address")])
changes = st.fixed_dictionaries(
    {},
    optional={
        "address": ADDRESSES,
        "platform": st.sampled_from(Platform),
        "versions": st.sampled_from([(), (1,), (2,), (2, 1)]),
        "ike": st.sampled_from([(), ike("aes128-sha1-modp1024"), ike("aes256gcm16"), ike("null")]),
        "esp": st.sampled_from([(), esp("aes128-sha1-modp1024"), esp("aes256gcm16"), esp("sha1"), esp("aes128")]),
        "selectors": st.sampled_from([None, (), pairs("dynamic === dynamic"), pairs("::/0 === ::/0")]),
        "mode": st.sampled_from([None, *EncapsulationMode]),
        "initiates": st.sampled_from([None, *ExchangeMode]),
        "accepts": st.sampled_from([(), tuple(ExchangeMode)]),
        "local_auth": st.sampled_from([None, *AuthMethod]),
        "remote_auth": st.sampled_from([None, *AuthMethod]),
        "local_id": st.none() | IDENTITIES,
        "remote_ids": st.tuples(IDENTITIES),
        "keyring": st.sampled_from([None, "KR"]),
        "keys": st.sampled_from([None, (), (key(None, "%any"),), (key("aa", "", "@x", "10.0.0.0/33"), key("bb", "::1%e"))]),
        "local_addresses": st.tuples(ADDRESSES),
        "remote_addresses": st.tuples(ADDRESSES),
        "children": st.sampled_from([None, ()]),
    },
)  # fmt: skip


@given(changes, changes, ADDRESSES, ADDRESSES)
@settings(max_examples=300, deadline=None)
def test_any_two_ends_can_be_paired(on_left: dict, on_right: dict, left_address: str, right_address: str) -> None:
    """Nothing raises, and whoever initiates, both replays belong to the pair."""
    left, right = two_ends()
    ends: tuple[End, End] = replace(left, **on_left), replace(right, **on_right)
    candidates(ends[0].endpoint, left_address, right_address)
    for found in pair(ends[0].endpoint, ends[1].endpoint, left_address, right_address):
        assert found.left_initiates.initiator is Side.LEFT
        assert found.right_initiates.initiator is Side.RIGHT
        assert (found.left_initiates.left, found.right_initiates.right) == (found.left, found.right)

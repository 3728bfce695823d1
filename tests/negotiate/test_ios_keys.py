"""Which pre-shared key a Cisco router finds in IKEv1, one row or test for each documented rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from two_ends import LEFT, RIGHT, End, fqdn, key, two_ends

from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.negotiation import Aspect
from ipsecbot.negotiate.replay import replay

MAIN, AGGRESSIVE = ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE
NOT_KNOWN = "the pre-shared keys of east are not known"


@dataclass(frozen=True)
class Placed(End):
    """An end whose connection is on an interface, in the global table or in a front VRF."""

    vrf: str | None = None

    @property
    def connection(self):  # type: ignore[no-untyped-def]
        return replace(super().connection, interface="GigabitEthernet0/0", vrf=self.vrf)


def placed(end: End, vrf: str | None = None, **more: object) -> Placed:
    fields = {name: getattr(end, name) for name in End.__dataclass_fields__}
    return Placed(**{**fields, **more}, vrf=vrf)  # type: ignore[arg-type]


def about_keys(left: End, right: End, initiator: Side = Side.LEFT) -> list[str]:
    """The end that lacks a key, `differs`, or the words about what is not known."""
    found = replay(left.connection, right.connection, initiator, left_end=left.endpoint, right_end=right.endpoint)
    wrong = [m for m in found.mismatches if m.aspect in (Aspect.KEY, Aspect.KEY_MISSING)]
    names = {Side.LEFT: left.name, Side.RIGHT: right.name}
    return [names[m.at_fault] if m.at_fault else "differs" for m in wrong] + [w for w in found.unknown if "keys" in w]


def routers(mode: ExchangeMode = MAIN) -> tuple[End, End]:
    modes = {"initiates": mode, "accepts": (MAIN, AGGRESSIVE)}
    left, right = two_ends(platform=Platform.CISCO_IOS, versions=(1,), **modes)
    return replace(left, local_id=fqdn("west.example.net")), right


NAMED = [
    # mode, the responder's key, what comes of it
    (MAIN, key("aaaaaaaaaaaa", LEFT, resolved=()), []),
    (MAIN, key("aaaaaaaaaaaa", "west.example.net", resolved=()), ["east"]),  # `no ip domain lookup` and no `ip host`
    (MAIN, key("aaaaaaaaaaaa", "west.example.net"), [NOT_KNOWN]),  # a name server may tell
    (MAIN, key("aaaaaaaaaaaa", "west.example.net", resolved=(LEFT,)), []),
    (MAIN, key("aaaaaaaaaaaa", "west.example.net", resolved=("203.0.113.5",)), ["east"]),
    (MAIN, key("bbbbbbbbbbbb", "west.example.net", resolved=(LEFT,)), ["differs"]),
    (AGGRESSIVE, key("aaaaaaaaaaaa", "west.example.net"), []),
    (AGGRESSIVE, key("aaaaaaaaaaaa", "other.example.net"), ["east"]),
]


@pytest.mark.parametrize(("mode", "held", "told"), NAMED)
def test_main_mode_finds_a_key_by_the_address_alone(mode: ExchangeMode, held: SharedKey, told: list[str]) -> None:
    """ "When using pre-shared key authentication with Main Mode the key can only be identified by the IP address of the peers
    since HASH_I must be computed before the initiator has processed IDir" (RFC 2409 section 5.4). Cisco, Configuring IKE for
    IPsec VPNs: a peer with `crypto isakmp identity hostname` needs `ip host` on the other routers unless its name is in DNS.
    Aggressive mode sends the identity before the key is needed."""
    left, right = routers(mode)
    assert about_keys(left, replace(right, keys=(held,))) == told


def test_a_peer_called_by_a_name_is_found_under_that_name() -> None:
    """`set peer east.example.net` and `crypto isakmp key … hostname east.example.net` stand for one address, whichever."""
    left, right = routers()
    left = replace(left, remote_addresses=("east.example.net",), keys=(key("aaaaaaaaaaaa", "east.example.net", resolved=()),))
    assert about_keys(left, right) == []


PLACES = [
    # local-address, own address, what comes of it
    ((), RIGHT, []),
    ((RIGHT,), RIGHT, []),
    (("203.0.113.9",), RIGHT, ["east"]),
    (("Loopback7",), RIGHT, [NOT_KNOWN]),  # its address was not read
]


@pytest.mark.parametrize(("places", "own", "told"), PLACES)
def test_a_keyring_counts_on_its_local_address_only(places: tuple[str, ...], own: str, told: list[str]) -> None:
    """`local-address`: "limits the scope of an ISAKMP keyring configuration to a local termination address or interface"
    (Cisco IOS Security Command Reference)."""
    left, right = routers()
    held = key("aaaaaaaaaaaa", LEFT, keyring="KR", local_addresses=places)
    assert about_keys(left, replace(right, address=own, keyring="KR", keys=(held,))) == told


def test_of_two_keyrings_the_one_of_this_address_is_taken() -> None:
    """The closer match of the peer's address does not count where the keyring is another address's (ibid.)."""
    left, right = routers()
    keys = (
        key("bbbbbbbbbbbb", LEFT, keyring="ONE", local_addresses=("203.0.113.9",)),
        key("aaaaaaaaaaaa", "0.0.0.0/0", keyring="TWO", local_addresses=(RIGHT,)),
    )
    assert about_keys(left, replace(right, keys=keys)) == []


VRFS = [
    # front VRF of the connection, of the keyring, what comes of it
    (None, None, []),
    ("WAN", "WAN", []),
    ("WAN", None, ["east"]),
    (None, "WAN", ["east"]),
    ("WAN", "LAB", ["east"]),
]


@pytest.mark.parametrize("initiator", list(Side))
@pytest.mark.parametrize(("front", "ring", "told"), VRFS)
def test_a_keyring_counts_in_its_front_vrf_only(front: str | None, ring: str | None, told: list[str], initiator: Side) -> None:
    """`crypto keyring NAME vrf FVRF`: "fvrf-name must match the FVRF name that was defined" (Security Command Reference); the
    keys of the global table have none ("VRF-Aware IPsec": `crypto isakmp key` is replaced by a keyring with its VRF)."""
    left, right = routers()
    held = key("aaaaaaaaaaaa", LEFT, keyring="KR" if ring else None, vrf=ring)
    assert about_keys(left, placed(right, front, keys=(held,)), initiator) == told


def test_where_the_interface_was_not_shown_a_vrf_excludes_no_key() -> None:
    """`| section crypto` shows neither interface nor front VRF: the keyring may be the right one."""
    left, right = routers()
    held = key("aaaaaaaaaaaa", LEFT, keyring="KR", vrf="WAN")
    assert about_keys(left, replace(right, keyring="KR", keys=(held,))) == []

"""A change that lowers what protects a tunnel: never first, behind what is there where that can be, and said to be one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_tunnels import LEFT, RIGHT, both, proposal, tunnel

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.remedy.strength import sound, weakened
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Remedy, Verification
from ipsecbot.model.proposal import Protocol, TransformType
from ipsecbot.model.tunnel import Tunnel

IOS1 = {"platform": Platform.CISCO_IOS, "versions": (1,)}
IOS2 = {"platform": Platform.CISCO_IOS, "versions": (2,), "keyring": "KR"}
SWAN1, SWAN2 = {"versions": (1,)}, {"versions": (2,)}
KINDS = (TransformType.ENCR, TransformType.INTEG, TransformType.KE)


def given(shown: Tunnel) -> tuple[Remedy, ...]:
    return conclude(shown).findings[0].remedies


# ends, what the weak end (east) has, the line that raises it, the line that the strong end (west) could take
ROWS = [
    ("swan2 group", SWAN2, {"ike": "aes256-sha256-modp1024"}, "proposals = aes256-sha256-modp2048",
     "proposals = aes256-sha256-modp2048, aes256-sha256-modp1024"),
    ("swan2 cipher", SWAN2, {"ike": "3des-sha256-modp2048"}, "proposals = aes256-sha256-modp2048",
     "proposals = aes256-sha256-modp2048, 3des-sha256-modp2048"),
    ("swan1 hash", SWAN1, {"ike": "aes256-md5-modp2048"}, "proposals = aes256-sha256-modp2048",
     "proposals = aes256-sha256-modp2048, aes256-md5-modp2048"),
    ("swan2 esp", SWAN2, {"esp": "3des-sha256"}, "esp_proposals = aes256-sha256",
     "esp_proposals = aes256-sha256, 3des-sha256"),
    ("ios1 group", IOS1, {"ike": "aes256-sha256-modp1536"}, " group 14", "crypto isakmp policy 2"),
    ("ios2 group", IOS2, {"ike": "aes256-sha256-modp1536"}, " group 14", " group 14 5"),
    ("ios1 esp", IOS1, {"esp": "3des-sha256"}, "crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac",
     " set transform-set TS TS-east"),
    ("ios2 esp", IOS2, {"esp": "aes256-md5"}, "crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac",
     " set transform-set TS TS-east"),
]  # fmt: skip


@pytest.mark.parametrize(("ends", "weak", "raising", "beside"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_strong_end_keeps_what_it_has(ends: dict, weak: dict, raising: str, beside: str) -> None:
    """The weak end is raised first. The strong end can only take the weaker choice behind its own, and the reason says that
    this weakens it and when one would do it all the same. Both were tried in replay."""
    left, right = both(**ends)
    first, second = given(tunnel(left, replace(right, **weak)))
    assert (first.device, second.device) == ("east", "west")
    assert any(line.strip() == raising.strip() for line in first.lines), first.lines
    assert any(line.strip() == beside.strip() for line in second.lines), second.lines
    assert "raises" in first.why
    assert second.why.startswith("weakens west: east has nothing stronger than")
    assert "only where east cannot be changed" in second.why
    assert (first.verified, second.verified) == (Verification.SIMULATED, Verification.SIMULATED)


def test_another_choice_of_the_peer_that_is_sound_comes_before_the_nearest() -> None:
    """East would come nearest with group 2, and has a proposal with group 19 as well: west takes that one."""
    second = proposal("aes128gcm16-prfsha384-ecp256", Protocol.IKE, "east", 2, "PROP2")
    east = replace(RIGHT, ike="aes256-sha256-modp1024")
    policy = replace(east.connection.ike, proposals=(*east.connection.ike.proposals, second))
    end = replace(east.endpoint, connections=(replace(east.connection, ike=policy),))
    west = next(remedy for remedy in given(tunnel(LEFT, end)) if remedy.device == "west")
    assert any("aes128gcm16-prfsha384-ecp256" in line for line in west.lines), west
    assert "weakens" not in west.why
    assert west.verified is Verification.SIMULATED


def test_dropping_forward_secrecy_weakens() -> None:
    """PFS at one end only (IKEv1): the end without is raised first. The other could give it up, in place of its proposal: a
    quick mode has one group for all it offers, so the weaker choice behind it would not be found."""
    left, right = both(**SWAN1)
    first, second = given(tunnel(replace(left, esp="aes256-sha256-modp2048"), right))
    assert (first.device, second.device) == ("east", "west")
    assert second.why.startswith("weakens west")
    assert "        esp_proposals = aes256-sha256" in second.lines, second.lines


def test_going_back_to_version_one_weakens() -> None:
    """RFC 9395 deprecates IKEv1."""
    left, right = both(**SWAN2)
    first, second = given(tunnel(left, replace(right, versions=(1,))))
    assert (first.device, second.device) == ("east", "west")
    assert "RFC 9395" in second.why


def test_two_sound_choices_are_equal_in_this() -> None:
    """128 bits of AES are no weakness: either end may change, and nothing is said to weaken."""
    first, second = given(tunnel(LEFT, replace(RIGHT, ike="aes128-sha256-modp2048")))
    assert "weakens" not in first.why + second.why
    assert (first.device, second.device) == ("east", "west")


WEAKENED = [
    ("aes256-sha256-modp2048", "aes256-sha256-modp1024", ("modp1024",)),
    ("aes256-sha256-modp2048", "aes256-sha256-modp2048s256", ("modp2048s256",)),
    ("aes256-sha256-modp2048", "3des-md5-modp2048", ("3des", "md5")),
    ("aes256-sha256-modp2048", "aes256-sha256", ("no perfect forward secrecy",)),
    ("aes256-sha256-ecp384", "aes128-sha256-modp2048", ()),
    ("3des-md5-modp1024", "des-md5-modp1024", ("des",)),
    ("des-md5-modp768", "3des-sha1-modp1024", ()),
    ("aes256gcm16-ecp384", "chacha20poly1305-curve25519", ()),
]


@pytest.mark.parametrize(("mine", "wanted", "words"), WEAKENED)
def test_what_weakens(mine: str, wanted: str, words: tuple[str, ...]) -> None:
    """Below group 14, SHA-256 or AES, and below what is there: groups 22 to 24 count as below (RFC 8247 section 2.4)."""
    assert weakened(proposal(wanted, Protocol.ESP), proposal(mine, Protocol.ESP), KINDS) == words


def test_only_what_is_sound_is_taken_from_a_list() -> None:
    """Of the peer's groups 2 and 14, group 14."""
    mixed = proposal("aes256-sha256-modp1024-modp2048", Protocol.IKE)
    assert [one.keyword for one in sound(mixed, TransformType.KE)] == ["modp2048"]
    weak = proposal("aes256-sha256-modp768-modp1024", Protocol.IKE)
    assert [one.keyword for one in sound(weak, TransformType.KE)] == ["modp768", "modp1024"]

"""Answers that restate a configuration nobody pasted. All texts are our own, in the form of the captures named in the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config
from ipsecbot.parse.read import EndConfig, Parsed

SAMPLES = Path(__file__).parents[1] / "templates"
PROFILES = ("show_crypto_ipsec_profile/four_profiles", OutputKind.IPSEC_PROFILE)
POLICIES = ("show_crypto_ikev2_policy/three_policies", OutputKind.IKEV2_POLICY)
PROPOSALS = ("show_crypto_ikev2_proposal/three_proposals", OutputKind.IKEV2_PROPOSAL)


def shown(*samples: tuple[str, OutputKind]) -> tuple[RawOutput, ...]:
    found = []
    for name, kind in samples:
        text = (SAMPLES / f"cisco_ios_{name}.txt").read_text()
        found.append(RawOutput(kind, name.split("/")[0].replace("_", " "), text))
    return tuple(found)


def read(*outputs: RawOutput) -> Parsed[EndConfig]:
    return read_config(outputs[0], "r9", outputs[1:])


def test_ipsec_profiles_alone_tell_phase_two() -> None:
    """`show crypto ipsec profile`: transform sets, PFS, lifetimes and the IKE profile of each; the built-in one is not used."""
    parsed = read(*shown(PROFILES))
    assert parsed.gaps == ()
    west, east, *_ = parsed.value.connections
    child = west.children[0]
    assert [one.keywords for one in child.proposals] == ["aes256gcm16-ecp384", "aes192-sha256-ecp384"]
    assert (west.ike.versions, child.lifetime.total_seconds() if child.lifetime else None) == ((2,), 27000)
    assert (east.ike.versions, east.children[0].lifetime_bytes) == ((1,), None)
    assert "default" not in [one.name for one in parsed.value.connections]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_ikev2_policies_and_proposals_complete_them_in_any_order(order: tuple[int, ...]) -> None:
    """`show crypto ikev2 policy` names the proposals, `show crypto ikev2 proposal` says what is in them; PRF and integrity are
    told apart, and an AEAD cipher has none of the latter. Without an address the policy of the connection is one of several."""
    outputs = shown(PROFILES, POLICIES, PROPOSALS)
    parsed = read(*(outputs[index] for index in order))
    west = parsed.value.connections[0]
    assert [one.keywords for one in west.ike.proposals][:1] == ["aes256gcm16-prfsha384-ecp384"]
    assert parsed.gaps == ()


def test_the_table_of_keys_tells_for_whom_there_is_one() -> None:
    """`show crypto isakmp key`: the keys of `crypto isakmp key` and of each keyring; which is which only where it was told."""
    keys = ("show_crypto_isakmp_key/four_keys", OutputKind.ISAKMP_KEYS)
    found = read(*shown(keys)).value.keys
    assert [(one.keyring, one.owners, one.secret.fingerprint) for one in found or ()] == [
        (None, ("198.51.100.7",), None),
        (None, ("0.0.0.0/0",), "0123456789ab"),
        ("WAN", ("hub.example.net",), None),
        ("WAN", ("203.0.113.0/24",), None),
    ]


def test_a_configuration_counts_before_what_restates_it() -> None:
    """Where the running configuration was pasted too, an older answer adds nothing."""
    config = "crypto ipsec transform-set T esp-aes\ncrypto ipsec profile WEST\n set transform-set T\n"
    config += "crypto ikev2 proposal STRONG\n encryption aes-cbc-128\n integrity sha1\n group 2\n"
    running = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", config)
    (west,) = read(running, *shown(PROFILES, PROPOSALS)).value.connections
    assert [one.keywords for one in west.children[0].proposals] == ["aes128"]


def test_the_source_is_the_line_of_the_answer() -> None:
    """What a report quotes is what was pasted."""
    west = read(*shown(PROFILES)).value.connections[0]
    assert west.source is not None
    assert (west.source.first_line, west.source.text) == (1, "IPSEC profile WEST")

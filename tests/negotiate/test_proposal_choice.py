"""What a responder chooses, in `aes256-sha256-modp2048` notation; healthy rows first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from two_ends import esp, ike, proposals

from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Choice
from ipsecbot.model.proposal import Protocol
from ipsecbot.negotiate.proposals import choose_child, choose_ike, longer_lifetime, rekey_mismatches
from ipsecbot.negotiate.responder_rules import IOS, STRONGSWAN, ResponderRules


def reasons(choice: Choice) -> str:
    """`encryption: aes128 / aes256` of the nearest miss."""
    mismatches = choice.nearest.mismatches if choice.nearest else ()
    return ", ".join(f"{found.attribute}: {found.offered} / {found.accepted}" for found in mismatches)


HEALTHY_IKE = [
    # version, offered, configured, selected
    (2, "aes256-sha256-modp2048", "aes256-sha256-modp2048", "aes256-sha256-prfsha256-modp2048"),
    (1, "aes256-sha256-modp2048", "aes256-sha256-modp2048", "aes256-sha256-prfsha256-modp2048"),
    (2, "aes128-aes256-sha1-sha256-modp1024-modp2048", "aes256-sha256-modp2048", "aes256-sha256-prfsha256-modp2048"),
    (2, "aes128-sha1-modp1024, aes256-sha384-ecp384", "aes256-sha384-ecp384", "aes256-sha384-prfsha384-ecp384"),
    (2, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384"),
    (2, "aes256gcm16-aes256-sha256-prfsha256-modp2048", "aes256gcm16-prfsha256-modp2048", "aes256gcm16-prfsha256-modp2048"),
    (1, "3des-md5-modp1024, aes128-sha1-modp1536", "aes128-sha1-modp1536", "aes128-sha1-prfsha1-modp1536"),
    (2, "chacha20poly1305-prfsha256-curve25519", "chacha20poly1305-prfsha256-x25519",
     "chacha20poly1305-prfsha256-curve25519"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "offered", "configured", "selected"), HEALTHY_IKE)
def test_a_common_ike_proposal_is_selected_with_one_algorithm_per_type(
    version: int, offered: str, configured: str, selected: str
) -> None:
    """Where the ends have an algorithm of each type in common, exactly one of each is agreed."""
    choice = choose_ike(ike(offered), ike(configured), version=version)
    assert choice.selected is not None
    assert choice.selected.keywords == selected
    assert choice.nearest is None


REFUSED_IKE = [
    (1, "aes128-sha256-modp2048", "3des-sha256-modp2048", "encryption: aes128 / 3des"),
    (1, "aes128-sha256-modp2048", "aes256-sha256-modp2048", "key-length: aes128 / aes256"),
    (2, "aes128gcm16-prfsha256-modp2048", "aes256gcm16-prfsha256-modp2048", "key-length: aes128gcm16 / aes256gcm16"),
    (2, "aes256-sha1-modp2048", "aes256-sha256-modp2048", "integrity: sha1 / sha256"),
    (2, "aes256-sha256-prfsha384-modp2048", "aes256-sha256-modp2048", "prf: prfsha384 / prfsha256"),
    (1, "aes256-sha256-modp1024", "aes256-sha256-modp2048", "dh: modp1024 / modp2048"),
    (2, "aes256-sha256-modp1024-modp1536", "aes256-sha256-modp2048", "dh: modp1024/modp1536 / modp2048"),
    (2, "aes256gcm16-prfsha256-modp2048", "aes256-sha256-modp2048", "encryption: aes256gcm16 / aes256"),
    (1, "aes128-sha1-modp1024", "3des-md5-modp2048",
     "encryption: aes128 / 3des, integrity: sha1 / md5, dh: modp1024 / modp2048"),
    # the nearest of several tries is the one to mend
    (2, "3des-md5-modp1024, aes256-sha256-modp1024", "aes256-sha256-modp2048", "dh: modp1024 / modp2048"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "offered", "configured", "why"), REFUSED_IKE)
def test_a_refused_ike_proposal_names_what_differs(version: int, offered: str, configured: str, why: str) -> None:
    """Nothing in common: the nearest attempt says which attribute, with the words of both ends."""
    choice = choose_ike(ike(offered), ike(configured), version=version)
    assert choice.selected is None
    assert reasons(choice) == why
    assert all(found.aspect is Aspect.IKE_PROPOSAL for found in choice.nearest.mismatches)  # type: ignore[union-attr]


def test_the_responder_prefers_its_own_order_unless_told_otherwise() -> None:
    """charon.prefer_configured_proposals is on by default; off means the initiator's order."""
    offered, configured = (
        ike("aes128-sha1-modp1536, aes256-sha256-modp2048"),
        ike("aes256-sha256-modp2048, aes128-sha1-modp1536"),
    )
    own = choose_ike(offered, configured, version=2)
    theirs = choose_ike(offered, configured, version=2, responder_prefers_own=False)
    assert own.selected is not None
    assert theirs.selected is not None
    assert own.selected.keywords == "aes256-sha256-prfsha256-modp2048"
    assert theirs.selected.keywords == "aes128-sha1-prfsha1-modp1536"


def test_ios_tries_every_transform_against_one_policy_before_the_next_policy() -> None:
    """`Checking ISAKMP transform 1 against priority 10`, transform 2 against 10, then priority 20."""
    choice = choose_ike(ike("des-md5-modp768, 3des-sha1-modp1024"), ike("aes256-sha256-modp2048, aes128-sha256-modp2048"),
                        version=1, rules=IOS)  # fmt: skip
    walk = [(attempt.offered.number, attempt.configured.number) for attempt in choice.attempts]
    assert walk == [(1, 1), (2, 1), (1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("rules", "offered", "configured", "doubted"),
    [(IOS, 3600, 86400, False), (IOS, 86400, 86400, False), (STRONGSWAN, 86400, 3600, False), (IOS, 86400, 3600, True)],
)
def test_the_shorter_lifetime_is_used_and_a_longer_offer_to_ios_is_a_doubt(
    rules: ResponderRules, offered: int, configured: int, doubted: bool
) -> None:
    """The command reference wants the offer to be at most the own lifetime; no recorded router refuses for it."""
    mine, yours = (ike("aes128-sha1-modp1536", lifetime=seconds) for seconds in (offered, configured))
    choice = choose_ike(mine, yours, version=1, rules=rules)
    assert choice.selected is not None
    assert choice.selected.lifetime == timedelta(seconds=min(offered, configured))
    assert (longer_lifetime(choice, rules) is not None) is doubted


def test_ios_compares_the_authentication_method_with_the_transform() -> None:
    """In IKEv1 the method is an attribute of the transform (RFC 2409 appendix A)."""
    choice = choose_ike(
        ike("aes128-sha1-modp1536", auth=AuthMethod.PSK),
        ike("aes128-sha1-modp1536", auth=AuthMethod.PUBKEY),
        version=1,
        rules=IOS,
    )
    assert reasons(choice) == "auth: psk / pubkey"


HEALTHY_ESP = [
    (1, "aes256-sha256", "aes256-sha256", "aes256-sha256"),
    (1, "aes256-sha256-modp2048", "aes256-sha256-modp2048", "aes256-sha256-modp2048"),
    (2, "aes128-aes256-sha1-sha256", "aes256-sha256", "aes256-sha256"),
    (2, "aes256gcm16", "aes256gcm16-aes256-sha256", "aes256gcm16"),
    (2, "aes256-sha256-modp2048", "aes256-sha256", "aes256-sha256"),
    (2, "aes256-sha256-esn-noesn", "aes256-sha256", "aes256-sha256"),
    (2, "aes256-sha256-esn", "aes256-sha256-esn-noesn", "aes256-sha256-esn"),
]


@pytest.mark.parametrize(("version", "offered", "configured", "selected"), HEALTHY_ESP)
def test_a_common_child_proposal_is_selected(version: int, offered: str, configured: str, selected: str) -> None:
    """The group of an IKEv2 child does not count while IKE_AUTH carries it; silence about ESN means none."""
    choice = choose_child(esp(offered), esp(configured), version=version)
    assert choice.selected is not None
    assert choice.selected.keywords == selected


REFUSED_ESP = [
    (1, "aes128-sha1", "3des-sha1", "encryption: aes128 / 3des", STRONGSWAN),
    (2, "aes128-sha1", "aes256-sha1", "key-length: aes128 / aes256", STRONGSWAN),
    (1, "aes256-sha1", "aes256-sha256", "integrity: sha1 / sha256", IOS),
    (1, "aes256", "aes256-sha384", "integrity: none / sha384", IOS),
    (2, "aes256-sha256-esn", "aes256-sha256", "esn: esn / noesn", STRONGSWAN),
    (2, "aes256gcm16", "aes256-sha256", "encryption: aes256gcm16 / aes256", STRONGSWAN),
    (1, "aes256-sha256-modp1024", "aes256-sha256-modp2048", "dh: modp1024 / modp2048", IOS),
    (1, "aes256-sha256", "aes256-sha256-modp2048", "dh: none / modp2048", IOS),
    (1, "aes256-sha256-modp2048", "aes256-sha256", "dh: modp2048 / none", STRONGSWAN),
]


@pytest.mark.parametrize(("version", "offered", "configured", "why", "rules"), REFUSED_ESP)
def test_a_refused_child_proposal_names_what_differs(
    version: int, offered: str, configured: str, why: str, rules: ResponderRules
) -> None:
    """Encryption, key length, integrity, ESN; in a quick mode also the group."""
    choice = choose_child(esp(offered), esp(configured), version=version, rules=rules)
    assert choice.selected is None
    assert reasons(choice) == why


def test_ios_accepts_pfs_that_it_did_not_ask_for() -> None:
    """`set pfs` absent: "accepts any offer of PFS from the peer" (Cisco command reference, set pfs)."""
    choice = choose_child(esp("aes256-sha256-modp2048"), esp("aes256-sha256"), version=1, rules=IOS)
    assert choice.selected is not None
    assert choice.selected.keywords == "aes256-sha256-modp2048"


def test_ah_against_esp_is_one_difference() -> None:
    """Another protocol is the reason, whatever the algorithms."""
    choice = choose_child(proposals("sha256", Protocol.AH), esp("aes256-sha256"), version=2)
    assert reasons(choice) == "protocol: AH / ESP"


@pytest.mark.parametrize(
    ("offered", "configured", "count"),
    [
        ("aes256-sha256-modp2048", "aes256-sha256-modp2048", 0),
        ("aes256-sha256", "aes256-sha256", 0),
        ("aes256-sha256-modp2048", "aes256-sha256", 1),
        ("aes256-sha256", "aes256-sha256-modp2048", 1),
        ("aes256-sha256-modp1024, aes256-sha256-modp2048", "aes256-sha256-modp2048", 0),
    ],
)
def test_ikev2_pfs_bites_at_the_first_rekey(offered: str, configured: str, count: int) -> None:
    """IKE_AUTH compares no group for the child, CREATE_CHILD_SA does (RFC 7296 section 1.3.3)."""
    late = rekey_mismatches(esp(offered), esp(configured))
    assert len(late) == count
    assert all(found.late and found.aspect is Aspect.PFS and found.attribute == "dh" for found in late)

"""What two charons of strongSwan 5.9.8 did with generated pairs before the replay knew it, and what they said (live pairs,
tests/live/test_negotiation_against_charon.py). Each row is one way in which prediction and daemon once differed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from two_ends import LEFT, LEFT_NET, RIGHT, RIGHT_NET, End, esp, fqdn, ike, ipv4, key, pairs, two_ends

from ipsecbot.model.connection import ChildPolicy, EncapsulationMode, ExchangeMode
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.wishes import AuthRound, Childless, IkeOptions
from ipsecbot.negotiate.replay import replay

AGGRESSIVE = {"initiates": ExchangeMode.AGGRESSIVE, "accepts": (ExchangeMode.AGGRESSIVE,)}
TRANSPORT = EncapsulationMode.TRANSPORT
ANY_METHOD = (AuthRound(None),)
EAP, PSK, PUBKEY = AuthMethod.EAP, AuthMethod.PSK, AuthMethod.PUBKEY
XAUTH = AuthMethod.XAUTH_PSK
FORCE, NEVER = IkeOptions(childless=Childless.FORCE), IkeOptions(childless=Childless.NEVER)
PREFER = IkeOptions(childless=Childless.PREFER)
NO_AGGRESSIVE_PSK = IkeOptions(answers_aggressive_psk=False)


def key_id(value: str) -> IkeIdentity:
    return IkeIdentity(IdType.KEY_ID, value)


def run(left: End, right: End, initiator: Side = Side.LEFT) -> Negotiation:
    return replay(left.connection, right.connection, initiator, left_end=left.endpoint, right_end=right.endpoint)


def outcome(negotiation: Negotiation) -> str:
    """`cannot start`, `IKE left NOTIFY` (the IKE_SA is refused by that side), or what became of each child."""
    if negotiation.cannot_start:
        return "cannot start"
    if negotiation.ike_blocking:
        assert negotiation.refusal is not None
        return f"IKE {negotiation.refusal.by} {negotiation.refusal.notify or 'silence'}"
    said = []
    for child in negotiation.children:
        selected = child.choice.selected.keywords if child.choice and child.choice.selected else "-"
        refused = f"{child.refusal.by} {child.refusal.notify or 'silence'}" if child.refusal else ""
        said.append(refused or f"{selected} {child.mode} {', '.join(map(str, child.selectors))}")
    return "; ".join(said)


def child(
    esp_proposals: str, *selectors: str, name: str = "net", mode: EncapsulationMode = EncapsulationMode.TUNNEL
) -> ChildPolicy:
    return ChildPolicy(name, Protocol.ESP, esp(esp_proposals), pairs(*selectors), mode)


UP = f"aes256-sha256 tunnel {LEFT_NET} === {RIGHT_NET}"
ROWS = [
    ("IKEv1 offers the first algorithm of each type: no proposal found", 1,
     {"ike": ike("aes128-aes256-sha256-modp2048")}, {"ike": ike("aes256-sha256-modp2048")}, "IKE right NO_PROPOSAL_CHOSEN"),
    ("… and IKEv2 all of them", 2,
     {"ike": ike("aes128-aes256-sha256-modp2048")}, {"ike": ike("aes256-sha256-modp2048")}, UP),
    ("IKEv1 has no number for AEAD in phase 1, and goes on to the next cipher", 1,
     {"ike": ike("aes256gcm16-aes256-sha256-modp2048")}, {"ike": ike("aes256-sha256-modp2048")}, UP),
    ("quick mode with several groups offers what has the group of the IKE_SA", 1,
     {"esp": esp("aes128-sha256-modp1024, aes256-sha256-modp2048")}, {"esp": esp("aes128-sha256-modp1024")},
     "right NO_PROPOSAL_CHOSEN"),
    ("chacha20poly1305 has no number in IKEv1: no matching proposal found", 1,
     {"esp": esp("chacha20poly1305")}, {"esp": esp("chacha20poly1305")}, "right NO_PROPOSAL_CHOSEN"),
    ("a port range is sent as its first port in IKEv1", 1,
     {"children": (replace(child("aes256-sha256"), selectors=tuple(
         replace(pair, local=replace(pair.local, protocol=17, first_port=1000, last_port=2000))
         for pair in pairs(f"{LEFT_NET} === {RIGHT_NET}"))),)}, {},
     f"aes256-sha256 tunnel {LEFT_NET}[17/1000] === {RIGHT_NET}"),
    ("IDr names a stranger, and nothing is configured: the responder calls itself that", 2,
     {"remote_ids": (fqdn("branch"),)}, {}, UP),
    ("received IDr branch, but require east", 2,
     {"remote_ids": (fqdn("branch"),)}, {"local_id": fqdn("east")}, "IKE right AUTHENTICATION_FAILED"),
    ("a network as the peer's identity is sent as IDr, and nobody has that name", 2,
     {"remote_ids": (ipv4("198.51.100.0/24"),)}, {"local_id": ipv4("198.51.100.9")}, "IKE right AUTHENTICATION_FAILED"),
    ("no matching peer config found: a key id is octets, so case counts", 2,
     {"local_id": key_id("left-key")}, {"remote_ids": (key_id("LEFT-KEY"),)}, "IKE right AUTHENTICATION_FAILED"),
    ("a wildcard stands at the head only", 2,
     {"local_id": fqdn("left.example.org")}, {"remote_ids": (fqdn("left*"),)}, "IKE right AUTHENTICATION_FAILED"),
    ("of two keys that fit alike, the one loaded last is used", 1,
     {"keys": (key("bbbbbbbbbbbb", RIGHT), key("aaaaaaaaaaaa", RIGHT))}, {"keys": (key("aaaaaaaaaaaa", LEFT),)}, UP),
    ("IKEv2 tries every key that fits to check a proof, and proves itself with the best", 2,
     {"keys": (key("aaaaaaaaaaaa"),)}, {"keys": (key("bbbbbbbbbbbb", LEFT), key("aaaaaaaaaaaa"))},
     "IKE left AUTHENTICATION_FAILED"),
    ("no shared key found: the initiator stops before it says who it is", 2,
     {"keys": (), "local_id": fqdn("west")}, {"remote_ids": (fqdn("branch"),)}, "IKE left silence"),
    ("IKEv1: both lack the key, and the responder needs it first, for MM4", 1,
     {"keys": ()}, {"keys": ()}, "IKE right INVALID_KEY_INFORMATION"),
    ("IKEv1: only the initiator lacks it", 1, {"keys": ()}, {}, "IKE left INVALID_KEY_INFORMATION"),
    ("main mode under two keys: could not decrypt payloads", 1,
     {"keys": (key("bbbbbbbbbbbb"),)}, {}, "IKE right PAYLOAD_MALFORMED"),
    ("aggressive mode under two keys: the initiator sees the first proof", 1,
     {"keys": (key("bbbbbbbbbbbb"),), **AGGRESSIVE}, AGGRESSIVE, "IKE left AUTHENTICATION_FAILED"),
    ("aggressive mode carries a key exchange of the first group: invalid DH public value size", 1,
     {"ike": ike("aes256-sha256-modp1024, aes256-sha256-modp2048"), **AGGRESSIVE},
     {"ike": ike("aes256-sha256-modp2048"), **AGGRESSIVE}, "IKE right INVALID_PAYLOAD_TYPE"),
    ("Aggressive Mode PSK disabled for security reasons, before the key exchange is looked at", 1,
     {"ike": ike("aes256-sha256-modp1024, aes256-sha256-modp2048"), **AGGRESSIVE},
     {"ike": ike("aes256-sha256-modp2048"), **AGGRESSIVE, "accepts": ()}, "IKE right AUTHENTICATION_FAILED"),
    ("… whatever mode its own connection is for", 1,
     {"ike": ike("aes256-sha256-modp1024, aes256-sha256-modp2048"), **AGGRESSIVE},
     {"ike": ike("aes256-sha256-modp2048"), "options": NO_AGGRESSIVE_PSK}, "IKE right AUTHENTICATION_FAILED"),
    ("… and where that is allowed, a responder in main mode looks at the key exchange first", 1,
     {"ike": ike("aes256-sha256-modp1024, aes256-sha256-modp2048"), **AGGRESSIVE},
     {"ike": ike("aes256-sha256-modp2048"), "options": IkeOptions()}, "IKE right INVALID_PAYLOAD_TYPE"),
    ("aggressive mode: IDir does not match is said with a notify of its own", 1,
     {"remote_ids": (fqdn("east"),), **AGGRESSIVE}, {"local_id": fqdn("other"), **AGGRESSIVE},
     "IKE left INVALID_ID_INFORMATION"),
    ("main mode: IDir does not match is answered with a DELETE", 1,
     {"remote_ids": (fqdn("east"),), "keys": (key("aaaaaaaaaaaa"),)}, {"local_id": fqdn("other")}, "IKE left silence"),
    ("configuration uses unsupported authentication: IKEv1 needs one method for both", 1,
     {"remote_auth": None, "remote_rounds": ANY_METHOD}, {}, "cannot start"),
    ("… which a responder finds out in MM5: none allows pre-shared key authentication using Main Mode", 1,
     {}, {"remote_auth": None, "remote_rounds": ANY_METHOD}, "IKE right AUTHENTICATION_FAILED"),
    ("… and IKEv2 takes any", 2, {"remote_auth": None, "remote_rounds": ANY_METHOD}, {}, UP),
    ("XAUTH of the initiator, expected", 1, {"local_auth": XAUTH}, {"remote_auth": XAUTH}, UP),
    ("XAUTH of the initiator, not expected", 1, {"local_auth": XAUTH}, {}, "IKE right AUTHENTICATION_FAILED"),
    ("do not allow non-mutual EAP-only authentication", 2,
     {"remote_auth": EAP}, {"local_auth": EAP}, "IKE left AUTHENTICATION_FAILED"),
    ("peer requested EAP, config unacceptable", 2, {"local_auth": EAP}, {}, "IKE right AUTHENTICATION_FAILED"),
    ("certificates asked for, and not even a key for the proof with one", 2,
     {"keys": ()}, {"remote_auth": PUBKEY}, "IKE left silence"),
    ("peer does not support childless IKE_SA initiation", 2, {"options": FORCE}, {"options": NEVER}, "IKE left silence"),
    ("peer did not initiate a childless IKE_SA", 2, {"options": IkeOptions()}, {"options": FORCE}, "IKE right INVALID_SYNTAX"),
    ("childless: the first CHILD_SA has a key exchange at once, so PFS has to fit at once", 2,
     {"options": FORCE, "esp": esp("aes256-sha256-modp2048")}, {"options": IkeOptions()}, "right NO_PROPOSAL_CHOSEN"),
    ("prefer (5.9.10): childless with whoever supports it", 2,
     {"options": PREFER, "esp": esp("aes256-sha256-modp2048")}, {"options": IkeOptions()}, "right NO_PROPOSAL_CHOSEN"),
    ("… and as ever with others", 2,
     {"options": PREFER, "esp": esp("aes256-sha256-modp2048")}, {"options": NEVER}, UP),
    ("… also with one that insists", 2, {"options": PREFER}, {"options": FORCE}, UP),
    ("unable to resolve %any, initiate aborted", 2, {"remote_addresses": ("%any",)}, {}, "cannot start"),
    ("only the first address is called", 2, {"remote_addresses": ("198.51.100.77", RIGHT)}, {}, "IKE left silence"),
    ("a responder in transport mode chooses its child by the peers alone: traffic selectors unacceptable", 2,
     {}, {"mode": TRANSPORT, "selectors": pairs(f"{RIGHT_NET} === {LEFT_NET}", "dynamic === dynamic")},
     "right TS_UNACCEPTABLE"),
    ("local traffic selector missing in configuration: no quick mode can be made of it", 1,
     {"mode": TRANSPORT}, {"mode": TRANSPORT}, "left silence"),
    ("what is behind each end is narrowed as a list of its own", 2,
     {"selectors": pairs(f"10.1.0.0/16 === {RIGHT_NET}", f"10.3.0.0/16 === {RIGHT_NET}")},
     {"selectors": pairs(f"{RIGHT_NET} === 10.3.4.0/24", "10.2.0.0/16 === 10.3.4.0/24")},
     f"aes256-sha256 tunnel 10.3.4.0/24 === {RIGHT_NET}"),
    ("… and what lies inside another selector is left out", 2,
     {"selectors": pairs(f"{LEFT_NET} === {RIGHT_NET}", f"10.1.0.9/32 === {RIGHT_NET}")},
     {"selectors": pairs(f"{RIGHT_NET} === 10.1.0.0/16")}, UP),
    ("the child with the greatest overlap is taken whatever it proposes: no acceptable proposal found", 2,
     {}, {"children": (child("aes128-sha1", f"{RIGHT_NET} === {LEFT_NET}", name="exact"),
                       child("aes256-sha256", "10.2.0.0/16 === 10.1.0.0/16", name="wide"))}, "right NO_PROPOSAL_CHOSEN"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "version", "on_left", "on_right", "expected"), ROWS, ids=[f"v{row[1]} {row[0]}" for row in ROWS]
)
def test_the_replay_does_what_charon_did(said: str, version: int, on_left: dict, on_right: dict, expected: str) -> None:
    """The row's first words are charon's own, or the rule behind them."""
    left, right = two_ends(versions=(version,))
    assert outcome(run(replace(left, **on_left), replace(right, **on_right))) == expected


def test_a_responder_of_ikev1_answers_to_any_of_its_selectors() -> None:
    """swanctl.conf(5) says that only the first selector is interpreted; that holds for what is offered, not for the answer."""
    left, right = two_ends(versions=(1,))
    second = pairs("10.12.0.0/16 === 10.1.0.0/24")[0]
    every = (*right.selectors, replace(second, local=replace(second.local, word=1)))
    offered = replace(left, selectors=pairs(f"{LEFT_NET} === 10.12.0.0/16"))
    assert outcome(run(offered, replace(right, selectors=every))) == f"aes256-sha256 tunnel {LEFT_NET} === 10.12.0.0/16"
    assert outcome(run(offered, replace(right, selectors=every), Side.RIGHT)) == "left INVALID_ID_INFORMATION"


def test_a_range_is_one_selector_of_ikev1() -> None:
    """A range is several networks to the model and one identity on the wire; the second selector is not offered."""
    left, right = two_ends(versions=(1,))
    first, second = pairs(f"10.1.0.4/31 === {RIGHT_NET}", f"10.1.0.6/32 === {RIGHT_NET}")
    other = replace(second, local=replace(pairs(f"10.9.0.0/16 === {RIGHT_NET}")[0].local, word=1))
    wide = replace(right, selectors=pairs(f"{RIGHT_NET} === 10.0.0.0/8"))
    told = run(replace(left, selectors=(first, second, other)), wide)
    assert [str(pair) for pair in told.selectors] == [str(first), str(second)]


def test_proposals_without_the_guessed_group_go_out_last() -> None:
    """A responder that prefers the peer's order chose the second proposal: received proposals were in another order."""
    left, right = two_ends()
    offered = ike("aes128-sha256-modp1024, 3des-sha1-ecp256, aes256-sha256-modp1024-modp3072")
    taken = ike("3des-aes256-sha1-sha256-ecp256-modp3072")
    mine, yours = replace(left, ike=offered).connection, replace(right, ike=taken).connection
    yours = replace(yours, ike=replace(yours.ike, prefers_own_proposals=False))
    told = replay(mine, yours, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint).ike
    assert told is not None
    assert told.selected is not None
    assert told.asked_group is not None
    assert (told.selected.keywords, told.asked_group.keyword) == ("aes256-sha256-prfsha256-modp3072", "modp3072")
    assert [attempt.offered.keywords for attempt in told.attempts] == [offered[2].keywords]  # as it is written


def test_a_rekey_can_choose_another_proposal_than_the_first_child_sa_did() -> None:
    """Beside a key exchange the proposal with that group wins: selected proposal ESP:CHACHA20_POLY1305/CURVE_25519."""
    left, right = two_ends()
    both = {"esp": esp("aes128-sha256, chacha20poly1305-curve25519")}
    mine, yours = replace(left, **both).connection, replace(right, **both).connection
    yours = replace(yours, ike=replace(yours.ike, prefers_own_proposals=False))
    (child,) = replay(mine, yours, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint).children
    chosen = [choice.selected.keywords for choice in (child.choice, child.rekey_choice) if choice and choice.selected]
    assert chosen == ["aes128-sha256", "chacha20poly1305-curve25519"]
    assert child.mismatches == ()

"""How Cisco IOS decides, one row or test for each documented rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from two_ends import LEFT, LEFT_NET, RIGHT, RIGHT_NET, End, esp, fqdn, ike, key, pairs, proposals, two_ends

from ipsecbot.model.connection import EncapsulationMode, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Negotiation, Refusal
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import mirrored
from ipsecbot.negotiate.replay import replay

IOS, SWAN = Platform.CISCO_IOS, Platform.STRONGSWAN
MODP1, MODP2, MODP14 = "aes128-sha1-modp768", "aes128-sha1-modp1024", "aes128-sha1-modp2048"


def routers(**both: object) -> tuple[End, End]:
    return two_ends(platform=IOS, versions=(1,), **both)


def run(left: End, right: End, initiator: Side = Side.LEFT) -> Negotiation:
    return replay(left.connection, right.connection, initiator, left_end=left.endpoint, right_end=right.endpoint)


def reasons(negotiation: Negotiation) -> list[str]:
    return [f"{found.aspect}: {found.offered} / {found.accepted}" for found in negotiation.mismatches]


def test_the_responder_walks_its_own_policies_by_priority() -> None:
    """ "The remote peer looks for a match by comparing its own highest priority policy against the policies received […]
    in order of its priority" (Cisco, Configuring Internet Key Exchange for IPsec VPNs, "IKE Peers Agreeing Upon a Matching
    IKE Policy"): the initiator's order does not count."""
    left, right = routers()
    left = replace(left, ike=ike("aes256-sha256-modp2048, 3des-sha1-modp1024"))
    right = replace(right, ike=ike("3des-sha1-modp1024, aes256-sha256-modp2048"))
    for initiator, words in ((Side.LEFT, "3des-sha1-prfsha1-modp1024"), (Side.RIGHT, "aes256-sha256-prfsha256-modp2048")):
        choice = run(left, right, initiator).ike
        assert choice is not None
        assert choice.selected is not None
        assert choice.selected.keywords == words


def test_every_offered_transform_is_tried_against_a_policy_before_the_next_one() -> None:
    """`debug crypto isakmp`: "Checking ISAKMP transform 1 against priority 10 policy", transform 2 against 10, then 20."""
    left, right = routers()
    left = replace(left, ike=ike("des-md5-modp768, 3des-sha1-modp1024, aes128-sha1-modp1536"))
    choice = run(left, replace(right, ike=ike("aes256-sha256-modp2048, aes128-sha1-modp1536"))).ike
    assert choice is not None
    walk = [(attempt.configured.number, attempt.offered.number) for attempt in choice.attempts]
    assert walk == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]


@pytest.mark.parametrize("attribute", ["encryption", "key-length", "integrity", "dh", "auth"])
def test_a_policy_matches_in_all_of_its_attributes_or_not_at_all(attribute: str) -> None:
    """ "A match is made when both policies […] contain the same encryption, hash, authentication, and Diffie-Hellman parameter
    values" (ibid.); one difference is one named attribute."""
    other = {
        "encryption": ike("3des-sha256-modp2048"),
        "key-length": ike("aes128-sha256-modp2048"),
        "integrity": ike("aes256-sha1-modp2048"),
        "dh": ike("aes256-sha256-modp1536"),
        "auth": ike("aes256-sha256-modp2048", auth=AuthMethod.PUBKEY),
    }[attribute]
    left, right = routers(ike=ike("aes256-sha256-modp2048", auth=AuthMethod.PSK), local_auth=None, remote_auth=None)
    choice = run(replace(left, ike=other), right).ike
    assert choice is not None
    assert choice.nearest is not None
    assert [found.attribute for found in choice.nearest.mismatches] == [attribute]


@pytest.mark.parametrize(("mine", "yours", "used"), [(3600, 86400, 3600), (86400, 3600, 3600), (7200, 7200, 7200)])
def test_both_routers_use_the_shorter_lifetime_in_ikev1(mine: int, yours: int, used: int) -> None:
    """ "If the lifetimes are not identical, the shorter lifetime […] is used" (ibid.), so both would replace it at once; the
    offered one should not be the longer: said as a doubt, since no recorded router refuses it."""
    left, right = routers()
    left, right = replace(left, ike=ike(MODP14, lifetime=mine)), replace(right, ike=ike(MODP14, lifetime=yours))
    told = run(left, right)
    assert told.ike_blocking == ()
    assert told.rekeying is not None
    assert (told.rekeying.left, told.rekeying.right, told.rekeying.together) == (timedelta(seconds=used),) * 2 + (True,)
    assert bool(told.unknown) is (mine > yours)


def test_ipsec_lifetimes_settle_on_the_smaller_one() -> None:
    """ "the router will use the smaller of the lifetime value proposed by the peer or the locally configured lifetime value"
    (`crypto ipsec security-association lifetime`); between IOS and strongSwan each keeps its own, and the shorter starts."""
    left, right = routers()
    left, right = replace(left, child_lifetime=timedelta(hours=8)), replace(right, child_lifetime=timedelta(hours=1))
    (child,) = run(left, right).children
    assert child.rekeying is not None
    assert child.rekeying.together
    (child,) = run(left, replace(right, platform=SWAN)).children
    assert child.rekeying is not None
    assert (child.rekeying.first, child.rekeying.together) == (Side.RIGHT, False)


PFS = [
    # offered, configured, refused (attribute dh)
    (MODP2, "aes128-sha1", []),
    ("aes128-sha1", "aes128-sha1", []),
    (MODP2, MODP2, []),
    ("aes128-sha1", MODP2, ["pfs: none / modp1024"]),
    (MODP14, MODP2, ["pfs: modp2048 / modp1024"]),
]


@pytest.mark.parametrize(("offered", "configured", "refused"), PFS)
def test_pfs_is_asked_of_the_peer_only_where_it_is_configured(offered: str, configured: str, refused: list[str]) -> None:
    """ "If the local configuration does not specify PFS it will accept any offer of PFS from the peer"; if it does, "the remote
    peer must perform a PFS exchange or the negotiation will fail" (`set pfs`): one side without it makes the tunnel one-way."""
    left, right = routers()
    assert reasons(run(replace(left, esp=esp(offered)), replace(right, esp=esp(configured)))) == refused


@pytest.mark.parametrize("version", [1, 2])
def test_pfs_without_a_named_group_asks_for_group_1_and_takes_group_2_too(version: int) -> None:
    """Cisco, How to configure PFS with IPsec VPN: "The default (group1) is sent if the set pfs statement does not specify a
    group"; "a default of group1 is assumed and an offer of either group1 or group2 is accepted"; a named group "must be part of
    the peer offer". In IKEv2 that shows at the first rekey."""
    left, right = (replace(end, versions=(version,)) for end in routers())
    bare = replace(right, esp=esp("aes128-sha1-modp768"))
    child = replace(bare.connection.children[0], answers_groups=esp(MODP2)[0].of(TransformType.KE))
    bare = replace(bare, children=(child,))

    def differ(offered: str, side: Side = Side.LEFT) -> list[str]:
        told = run(replace(left, esp=esp(offered)), bare, side)
        return [f"{found.aspect}: {found.offered} / {found.accepted}" for found in told.mismatches]

    assert differ(MODP2) == differ("aes128-sha1-modp768") == []
    assert differ(MODP14) == ["pfs: modp2048 / modp768/modp1024"]
    assert differ(MODP2, Side.RIGHT) == ["pfs: modp768 / modp1024"]
    chosen = run(replace(left, esp=esp(MODP2)), bare).children[0]
    choice = chosen.choice if version == 1 else chosen.rekey_choice
    assert choice is not None
    assert choice.selected is not None
    assert choice.selected.keywords == MODP2
    assert chosen.choice is not None
    assert chosen.choice.attempts[-1].configured.keywords == "aes128-sha1-modp768"  # as it is written


def test_pfs_on_one_router_makes_a_one_way_tunnel() -> None:
    """The same rule, seen from both ends."""
    left, right = routers()
    left, right = replace(left, esp=esp(MODP2)), replace(right, esp=esp("aes128-sha1"))
    assert [len(run(left, right, side).blocking) for side in (Side.LEFT, Side.RIGHT)] == [0, 1]


def test_every_permit_line_is_a_negotiation_of_its_own_and_has_to_be_within_the_other_list() -> None:
    """Cisco, Configuring Security for VPNs with IPsec, "Mirror Image Crypto Access Lists at Each IPsec Peer": a wider line is
    refused, a line within the peer's is accepted, so that such lists work in one direction only."""
    left, right = routers()
    left = replace(left, selectors=pairs(f"10.1.0.0/25 === {RIGHT_NET}", f"10.8.0.0/24 === {RIGHT_NET}"))
    refused = f"10.8.0.0/24 === {RIGHT_NET} / {LEFT_NET} === {RIGHT_NET}"
    assert reasons(run(left, right)) == [f"selectors: {refused}"]
    assert [str(pair) for pair in run(left, right).selectors] == [f"10.1.0.0/25 === {RIGHT_NET}"]
    assert run(left, right, Side.RIGHT).blocking != ()


PRINTER = "10.1.0.9/32 === 10.2.0.0/24"
DENIED = [
    # offered, denied by the initiator, denied by the responder, refused?, what goes past it
    (f"{LEFT_NET} === {RIGHT_NET}", (), (), False, []),
    (f"{LEFT_NET} === {RIGHT_NET}", (PRINTER,), (), False, [("west", PRINTER)]),
    (f"{LEFT_NET} === {RIGHT_NET}", (), (PRINTER,), False, [("east", "10.2.0.0/24 === 10.1.0.9/32")]),
    (f"{LEFT_NET} === {RIGHT_NET}", (PRINTER,), (PRINTER,), False, []),
    (PRINTER, (), (PRINTER,), True, []),  # "the data flow has to be permitted"
    ("10.1.0.8/32 === 10.2.0.0/24", (), (PRINTER,), False, []),
]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("offered", "mine", "yours", "refused", "past"), DENIED)
def test_what_a_list_denies_is_refused_alone_and_told_within_more(
    offered: str, mine: tuple[str, ...], yours: tuple[str, ...], refused: bool, past: list[tuple[str, str]], version: int
) -> None:
    """Security Command Reference, `match address (IPSec)`: "For the peer's request to be accepted during negotiation, the peer
    must specify a data flow that is 'permitted' by a crypto access list"; denied traffic is not protected by that entry."""
    left, right = two_ends(platform=IOS, versions=(version,))
    left = replace(left, selectors=pairs(offered))
    one, other = left.connection, right.connection
    turned = tuple(mirrored(pair) for pair in pairs(*yours))
    one = replace(one, children=(replace(one.children[0], excluded=pairs(*mine)),))
    other = replace(other, children=(replace(other.children[0], excluded=turned),))
    told = replay(one, other, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint)
    assert [m.aspect for m in told.blocking if m.aspect is Aspect.SELECTORS] == [Aspect.SELECTORS] * refused
    names = {"west": "east", "east": "west"}
    words = [f"{who} keeps {what} out of this tunnel, which {names[who]} sends through it" for who, what in past]
    assert [one for one in told.unknown if "keeps" in one] == words


def bundle(words: str) -> tuple[Proposal, ...]:
    """`aes128-sha1 + md5`: ESP, and AH beside it."""
    payload, _, header = words.partition(" + ")
    (found,) = esp(payload)
    return (replace(found, beside=proposals(header, Protocol.AH)[0] if header else None),)


BUNDLES = [
    ("aes128-sha1 + sha1", "aes128-sha1 + sha1", []),
    ("aes128-sha1 + sha1", "aes128-sha1 + md5", ["integrity: AH sha1 / AH md5"]),
    ("aes128-sha1 + sha1", "aes256-sha1 + md5", ["key-length: aes128 / aes256", "integrity: AH sha1 / AH md5"]),
    ("aes128-sha1 + sha1", "aes128-sha1", ["protocol: ESP with AH / ESP"]),
    ("aes128-sha1", "aes128-sha1 + sha1", ["protocol: ESP / ESP with AH"]),
]


@pytest.mark.parametrize(("offered", "configured", "refused"), BUNDLES)
def test_of_ah_and_esp_together_both_have_to_match(offered: str, configured: str, refused: list[str]) -> None:
    """`crypto ipsec transform-set`: one AH transform may stand beside an ESP cipher and an ESP authenticator; "the peers must
    find a transform set that is the same at both peers". RFC 2408 section 4.2: proposals of one number are a logical AND."""
    left, right = routers()
    choice = run(replace(left, esp=bundle(offered)), replace(right, esp=bundle(configured))).child
    assert choice is not None
    if not refused:
        assert choice.selected is not None
        assert choice.selected.keywords == "aes128-sha1 with AH sha1"
        return
    assert choice.nearest is not None
    assert [f"{found.attribute}: {found.offered} / {found.accepted}" for found in choice.nearest.mismatches] == refused


def test_a_refused_quick_mode_is_answered_with_one_notify_whatever_the_reason() -> None:
    """`debug crypto isakmp`: "phase 2 SA policy not acceptable!", "sending NOTIFY PROPOSAL_NOT_CHOSEN" (number 14)."""
    left, right = routers()
    for other in ({"selectors": pairs(f"10.9.0.0/24 === {RIGHT_NET}")}, {"esp": esp("3des-md5")}):
        (child,) = run(replace(left, **other), right).children
        assert child.refusal == Refusal(Side.RIGHT, "NO_PROPOSAL_CHOSEN")


def test_a_dynamic_crypto_map_only_answers() -> None:
    """ "If a dynamic crypto map entry sees outbound traffic that should be protected and no security association exists, the
    packet is dropped" (`crypto dynamic-map`): there is no peer to call."""
    left, right = routers()
    hub = replace(right, remote_addresses=("%any",))
    assert run(left, hub).cannot_start is None
    assert run(left, hub).blocking == ()
    assert run(left, hub, Side.RIGHT).cannot_start == "east only answers: %any names no single address to send to"


def test_several_peers_of_one_entry_are_called_one_after_the_other() -> None:
    """ "If the attempt fails with the first peer, IKE tries the next peer on the crypto map list" (`set peer`); charon calls
    the first address of its list and no other (live 5.9.8)."""
    left, right = routers()
    left = replace(left, remote_addresses=("203.0.113.9", RIGHT))
    assert run(left, right).blocking == ()
    assert [found.aspect for found in run(replace(left, platform=SWAN), right).blocking] == ["address"]


@pytest.mark.parametrize(
    ("owners", "used"),
    [((RIGHT, "0.0.0.0/0"), True), (("0.0.0.0/0", f"{RIGHT}/32"), True), (("198.0.0.0/8", "198.51.100.0/24"), True),
     (("203.0.113.0/24",), False)],
)  # fmt: skip
def test_the_key_of_the_longest_match_is_used(owners: tuple[str, ...], used: bool) -> None:
    """`crypto isakmp key … address … [mask]`: the most specific entry of the peer's address wins, in any order."""
    left, right = routers()
    fitting = max(owners, key=lambda owner: int(owner.partition("/")[2] or 32))
    keys = tuple(key("aaaaaaaaaaaa" if owner == fitting else "bbbbbbbbbbbb", owner) for owner in owners)
    told = run(replace(left, keys=keys), right)
    assert [found.aspect for found in told.blocking] == ([] if used else ["key-missing"])


def test_an_aggressive_mode_that_is_disabled_is_refused() -> None:
    """`crypto isakmp aggressive-mode disable` "blocks all aggressive mode requests to the device and all aggressive mode
    requests made by the device"; without it a router answers to both modes."""
    left, right = routers()
    left = replace(left, initiates=ExchangeMode.AGGRESSIVE)
    both = (ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE)
    assert reasons(run(left, right)) == ["exchange-mode: aggressive mode / main mode"]
    assert run(left, replace(right, accepts=both)).blocking == ()


def test_a_router_calls_itself_what_it_is_whatever_idr_asks_for() -> None:
    """IKEv2 profile, `identity local`: without it the address is sent; IDr of the initiator does not change that, so that the
    initiator refuses it (RFC 7296 section 2.15 leaves the choice to the responder)."""
    left, right = two_ends(platform=IOS, keyring="ring", keys=(key("aaaaaaaaaaaa", LEFT, RIGHT, keyring="ring"),))
    left = replace(left, platform=SWAN, remote_ids=(fqdn("branch"),), keys=(key("aaaaaaaaaaaa"),))
    told = run(left, right)
    assert reasons(told) == [f"identity: {RIGHT} (ipv4) / branch (fqdn)"]
    assert told.refusal == Refusal(Side.LEFT, "AUTHENTICATION_FAILED")


@pytest.mark.parametrize(("configured", "agreed"), [("tunnel", "tunnel"), ("transport", "transport")])
def test_transport_mode_is_agreed_where_both_want_it_between_the_peers(configured: str, agreed: str) -> None:
    """`mode (IPSec)`: "if the traffic to be protected has the same IP addresses as the IPSec peers" transport is requested."""
    left, right = routers(mode=EncapsulationMode(configured))
    dynamic = pairs("dynamic === dynamic")
    (child,) = run(replace(left, selectors=dynamic), replace(right, selectors=dynamic)).children
    assert child.mode == agreed


def test_ikev2_pfs_bites_at_the_first_rekey_and_esn_has_to_be_the_same_at_once() -> None:
    """RFC 7296 sections 1.2 and 1.3.1: IKE_AUTH carries no key exchange; ESN is a transform like any other."""
    left, right = two_ends()
    left = replace(left, esp=esp("aes256-sha256-modp2048"))
    (late,) = run(left, right).mismatches
    assert (late.aspect, late.late) == ("pfs", True)
    assert reasons(run(replace(left, esp=esp("aes256-sha256-esn")), right)) == ["child-proposal: esn / noesn"]


def test_a_group_guessed_wrong_costs_one_more_message() -> None:
    """RFC 7296 section 1.2: the first group offered is guessed; the responder asks for another with INVALID_KE_PAYLOAD."""
    left, right = two_ends()
    told = run(replace(left, ike=ike("aes256-sha256-ecp384-modp2048")), right)
    assert told.blocking == ()
    assert told.ike is not None
    assert told.ike.asked_group is not None
    assert told.ike.asked_group.keyword == "modp2048"


def test_who_probes_and_who_encapsulates_is_told() -> None:
    """RFC 3706 and RFC 7296 section 2.4: either end may look after the other; RFC 3947: one that fakes a NAT is enough."""
    left, right = two_ends()
    west, east = left.connection, right.connection
    west = replace(
        west, ike=replace(west.ike, dpd_interval=timedelta(seconds=30), nat_traversal=True, force_encapsulation=True)
    )
    east = replace(east, ike=replace(east.ike, nat_traversal=True, force_encapsulation=False))
    told = replay(west, east, Side.LEFT, left_end=left.endpoint, right_end=right.endpoint).upkeep
    assert told is not None
    assert (told.encapsulated, told.encapsulates, told.probes) == (True, (Side.LEFT,), (Side.LEFT,))


@pytest.mark.parametrize("method", [AuthMethod.PSK, AuthMethod.PUBKEY, AuthMethod.RSA_ENCR])
def test_a_router_can_start_with_every_method_of_a_policy(method: AuthMethod) -> None:
    """`authentication (IKE policy)`: rsa-sig, rsa-encr or pre-share; the policy says it for both ends."""
    left, right = routers(ike=ike("aes256-sha256-modp2048", auth=method), local_auth=None, remote_auth=None)
    told = run(left, right)
    assert (told.cannot_start, told.ike_blocking) == (None, ())
    assert [proof.methods for proof in told.proofs] == [(method,), (method,)]

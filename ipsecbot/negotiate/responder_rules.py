"""How the implementations differ when they decide: one row per platform.

Sources: Cisco IOS Security Command Reference (`lifetime (IKE policy)`, `set pfs`, `mode (IPSec)`), Cisco "Configuring Security
for VPNs with IPsec", section on mirror image crypto access lists, and recorded `debug crypto isakmp` walks (transforms inside
policies); strongSwan 5.9.8: `charon.prefer_configured_proposals`, the order of checks in quick_mode, main_mode and
child_create, and the behaviour of live pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ipsecbot.model.device import Platform
from ipsecbot.model.negotiation import Aspect


class SelectorRule(StrEnum):
    """WITHIN: what is offered must lie inside one configured pair. NARROW: any overlap will do and is what is agreed."""

    WITHIN = "within"
    NARROW = "narrow"


class ModeRule(StrEnum):
    """EQUAL: both ends must want the same. TUNNEL_IS_STRICT: an end set to tunnel accepts tunnel only, one set to transport
    accepts either. FALLS_BACK: what is not answered with transport becomes tunnel (RFC 7296 section 1.3.1)."""

    EQUAL = "equal"
    TUNNEL_IS_STRICT = "tunnel-is-strict"
    FALLS_BACK = "falls-back"


class KeyRule(StrEnum):
    """ADDRESS: the key is looked up by the peer's address (then its identity), longest match first. IDENTITY: by both
    identities, the better match of the peer's first; IKEv1 falls back to both addresses."""

    ADDRESS = "address"
    IDENTITY = "identity"


_CHECKS_BEFORE = (Aspect.ADDRESS, Aspect.VERSION)
_CHECKS_SELECTORS_FIRST = (Aspect.SELECTORS, Aspect.ENCAPSULATION, Aspect.CHILD_PROPOSAL, Aspect.PFS)


@dataclass(frozen=True, slots=True)
class ResponderRules:
    """One row. `order_v1`, `order_v2`: in which order a responder would stumble (aggressive mode checks the same things in
    the same order, in fewer messages). `offers_pairs_alone`: as initiator, every selector pair is a negotiation of its own;
    otherwise IKEv1 offers the first pair only and IKEv2 offers all of them at once. `offers_first_algorithm_v1`: of a proposal
    with several algorithms of a type IKEv1 offers the first only. `narrows_lists`: what is behind each end is narrowed as a
    list of its own, and the child with the greatest overlap is taken whatever else it wants. `tries_every_key`: an IKEv2 proof
    is tried against every key that fits the identities, not the best alone. `asks_identity`: sends IDr, the identity it
    expects; `answers_as_asked`: with a shared key and no identity of its own configured, it calls itself what IDr asks for.
    `tries_every_peer`: goes on to the next configured peer address; otherwise only the first is ever called.
    `names_no_selectors`: refuses selectors in IKEv1 with the same notify as proposals. `agrees_on_lifetime_v1`: takes the
    shorter of both lifetimes in IKEv1, where it is not the only one of its kind. `leads_with_its_guess`: as initiator of IKEv2
    it puts the proposals without the group of its key exchange last. `transport_between_hosts_only`: asks
    for transport mode only where the selectors are the two peers themselves. `doubts_longer_lifetime`: the command reference
    says that an IKEv1 lifetime longer than the own one does not match, but no recorded router refuses one: both ends use the
    shorter, so that it is a doubt and not a refusal."""

    prefers_own_proposals: bool
    doubts_longer_lifetime: bool
    compares_auth_with_proposal: bool
    accepts_unasked_pfs: bool
    selectors_v1: SelectorRule
    selectors_v2: SelectorRule
    accepts_narrowed_v1: bool
    offers_pairs_alone: bool
    offers_first_algorithm_v1: bool
    narrows_lists: bool
    tries_every_key: bool
    asks_identity: bool
    answers_as_asked: bool
    tries_every_peer: bool
    names_no_selectors: bool
    agrees_on_lifetime_v1: bool
    leads_with_its_guess: bool
    transport_between_hosts_only: bool
    mode_v1: ModeRule
    mode_v2: ModeRule
    keys: KeyRule
    order_v1: tuple[Aspect, ...]
    order_v2: tuple[Aspect, ...]

    def order(self, version: int) -> tuple[Aspect, ...]:
        return self.order_v1 if version == 1 else self.order_v2

    def selectors(self, version: int) -> SelectorRule:
        return self.selectors_v1 if version == 1 else self.selectors_v2

    def mode(self, version: int) -> ModeRule:
        return self.mode_v1 if version == 1 else self.mode_v2


_IKEV2_ORDER = (
    *_CHECKS_BEFORE,
    Aspect.IKE_PROPOSAL,
    Aspect.IDENTITY,
    Aspect.KEY_MISSING,
    Aspect.AUTH_METHOD,
    Aspect.KEY,
    Aspect.CHILDLESS,
    *_CHECKS_SELECTORS_FIRST,
)

IOS = ResponderRules(
    prefers_own_proposals=True,
    doubts_longer_lifetime=True,
    compares_auth_with_proposal=True,
    accepts_unasked_pfs=True,
    selectors_v1=SelectorRule.WITHIN,
    selectors_v2=SelectorRule.WITHIN,
    accepts_narrowed_v1=False,
    offers_pairs_alone=True,
    offers_first_algorithm_v1=False,
    narrows_lists=False,
    tries_every_key=False,
    asks_identity=False,
    answers_as_asked=False,
    tries_every_peer=True,
    names_no_selectors=True,
    agrees_on_lifetime_v1=True,
    leads_with_its_guess=False,
    transport_between_hosts_only=True,
    mode_v1=ModeRule.TUNNEL_IS_STRICT,
    mode_v2=ModeRule.TUNNEL_IS_STRICT,
    keys=KeyRule.ADDRESS,
    # the key is looked for while the first message is read: without one, every pre-share policy fails
    order_v1=(
        *_CHECKS_BEFORE,
        Aspect.EXCHANGE_MODE,
        Aspect.KEY_MISSING,
        Aspect.IKE_PROPOSAL,
        Aspect.AUTH_METHOD,
        Aspect.KEY,
        Aspect.IDENTITY,
        *_CHECKS_SELECTORS_FIRST,
    ),
    order_v2=_IKEV2_ORDER,
)

STRONGSWAN = ResponderRules(
    prefers_own_proposals=True,
    doubts_longer_lifetime=False,
    compares_auth_with_proposal=False,
    accepts_unasked_pfs=False,
    selectors_v1=SelectorRule.NARROW,
    selectors_v2=SelectorRule.NARROW,
    accepts_narrowed_v1=True,
    offers_pairs_alone=False,
    offers_first_algorithm_v1=True,
    narrows_lists=True,
    tries_every_key=True,
    asks_identity=True,
    answers_as_asked=True,
    tries_every_peer=False,
    names_no_selectors=False,
    agrees_on_lifetime_v1=False,
    leads_with_its_guess=True,
    transport_between_hosts_only=False,
    mode_v1=ModeRule.EQUAL,
    mode_v2=ModeRule.FALLS_BACK,
    keys=KeyRule.IDENTITY,
    # mode and authentication method belong to the connection, which is chosen when the identity is known (MM5 or AM1);
    # a wrong key shows first, because MM5 cannot be decrypted with it
    order_v1=(
        *_CHECKS_BEFORE,
        Aspect.IKE_PROPOSAL,
        Aspect.KEY_MISSING,
        Aspect.KEY,
        Aspect.EXCHANGE_MODE,
        Aspect.AUTH_METHOD,
        Aspect.IDENTITY,
        *_CHECKS_SELECTORS_FIRST,
    ),
    order_v2=_IKEV2_ORDER,
)

# pluto: "policy dictates Transport Mode, but peer requested Tunnel Mode", and the other way round
LIBRESWAN = replace(STRONGSWAN, mode_v2=ModeRule.EQUAL)

_TABLE: tuple[tuple[Platform, ResponderRules], ...] = (
    (Platform.CISCO_IOS, IOS),
    (Platform.STRONGSWAN, STRONGSWAN),
    (Platform.LIBRESWAN, LIBRESWAN),
)


def rules_of(platform: Platform | None) -> ResponderRules:
    """The row of a platform; an unknown one is treated as strongSwan, which follows the RFCs most closely."""
    return next((rules for known, rules in _TABLE if known is platform), STRONGSWAN)

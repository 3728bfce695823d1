"""Phase 1 of one connection, from the router's global policies and the profiles that the connection names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from ipsecbot.model.connection import ExchangeMode, IkePolicy
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal
from ipsecbot.parse.ios.config.defaults import DEFAULT
from ipsecbot.parse.ios.config.drafts import Ikev2Policy, Ikev2Profile, IpsecPolicy, IsakmpProfile
from ipsecbot.parse.ios.config.ikev2 import default_proposal
from ipsecbot.parse.ios.config.isakmp import default_policies
from ipsecbot.parse.ios.config.pki import certificate_maps, credential_problems, subject_of
from ipsecbot.parse.ios.config.reader import Reader


@dataclass(frozen=True, slots=True)
class Ends:
    """The addresses of both ends, as far as the configuration tells, and the table they are reached by: `front` is the front
    VRF, None the global table; `front_known` False: neither was shown."""

    local: tuple[str, ...]
    remote: tuple[str, ...]
    front: str | None = None
    front_known: bool = False


def ike_policy(reader: Reader, policy: IpsecPolicy, ends: Ends) -> IkePolicy:
    """IKEv2 when the connection names an IKEv2 profile, else IKEv1."""
    if policy.ikev2_profile is not None:
        return _ikev2(reader, policy, ends)
    return _ikev1(reader, policy, ends)


def _ikev1(reader: Reader, policy: IpsecPolicy, ends: Ends) -> IkePolicy:
    router = reader.router
    wanted = policy.isakmp_profile or router.profile_of_map.get(policy.map_name or "")
    profile = router.isakmp_profiles.get(wanted) if wanted is not None else None
    proposals = tuple(router.policies)
    if not proposals and router.whole and not router.no_default_policies:
        proposals = default_policies(reader)
    aggressive = (
        profile.aggressive if profile is not None and profile.aggressive is not None else _aggressive_peer(reader, ends)
    )
    if router.aggressive_disabled is not None:
        accepts: tuple[ExchangeMode, ...] = (ExchangeMode.MAIN,)
    else:
        accepts = (ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE)
    first = proposals[0] if proposals else None
    keepalive = profile.keepalive if profile is not None else None
    return IkePolicy(
        versions=(1,),
        proposals=proposals,
        initiates_mode=ExchangeMode.AGGRESSIVE if aggressive is not None else ExchangeMode.MAIN,
        accepts_modes=accepts,
        local_id=_ikev1_identity(reader, profile, ends),
        remote_ids=tuple(profile.remote_ids) if profile is not None else (),
        keyring=profile.keyring if profile is not None else None,
        lifetime=first.lifetime if first is not None else None,
        dpd_interval=keepalive or router.keepalive,
        nat_traversal=router.nat_disabled is None,
        prefers_own_proposals=True,
        source=profile.source if profile is not None else first.source if first is not None else policy.source,
        auth_source=first.source if first is not None else None,
        local_id_source=(profile.self_identity_source if profile is not None else None) or router.identity_source,
        version_source=policy.source,
        mode_source=aggressive or router.aggressive_disabled or policy.source,
        trustpoint=_trustpoint(reader, profile),
        credential_problems=credential_problems(router, profile),
        certificate_maps=certificate_maps(router, profile),
        certificate_subject=subject_of(router, _trustpoint(reader, profile)),
    )


def _trustpoint(reader: Reader, profile: IsakmpProfile | Ikev2Profile | None) -> str | None:
    """The one that the profile names; else the only one there is."""
    named = [name for name, _ in profile.trustpoints] if profile is not None else []
    known = list(reader.router.trustpoints)
    return next(iter(named or (known if len(known) == 1 else [])), None)


def _aggressive_peer(reader: Reader, ends: Ends) -> Source | None:
    peers = reader.router.aggressive_peers
    return next((peers[address] for address in ends.remote if address in peers), None)


def _ikev1_identity(reader: Reader, profile: IsakmpProfile | None, ends: Ends) -> IkeIdentity | None:
    if profile is not None and profile.self_identity is not None:
        return profile.self_identity
    endpoints = reader.router.aggressive_identities
    endpoint = next((endpoints[address] for address in ends.remote if address in endpoints), None)
    if endpoint is not None:
        return endpoint
    kind = (profile.self_identity_kind if profile is not None else None) or reader.router.identity
    return _identity_of(reader, kind, ends, reader.router.identity_source)


def _identity_of(reader: Reader, kind: str, ends: Ends, source: Source | None) -> IkeIdentity | None:
    """An identity that follows from the address or the host name; None for `dn`, and while either is not known."""
    router = reader.router
    if kind == "address" and len(ends.local) == 1:
        text = ends.local[0]
        return IkeIdentity(IdType.IPV6 if ":" in text else IdType.IPV4, text, source)
    if kind in ("hostname", "fqdn", "auto") and router.hostname is not None and kind != "auto":
        name = f"{router.hostname}.{router.domain}" if router.domain is not None else router.hostname
        return IkeIdentity(IdType.FQDN, name.lower(), source)
    return None


def _ikev2(reader: Reader, policy: IpsecPolicy, ends: Ends) -> IkePolicy:
    router = reader.router
    profile = router.ikev2_profiles.get(policy.ikev2_profile or "")
    if profile is None:  # a filtered configuration: the policies may be missing as well
        proposals = _ikev2_proposals(reader, ends) if router.whole or router.ikev2_policies else ()
        return IkePolicy((2,), proposals, nat_traversal=True, source=policy.source, version_source=policy.source)
    return IkePolicy(
        versions=(2,),
        proposals=_ikev2_proposals(reader, ends),
        local_id=_ikev2_identity(reader, profile, ends),
        remote_ids=tuple(profile.remote_ids),
        local_auth=profile.local_auth or AuthMethod.PUBKEY,  # the command's default is rsa-sig
        remote_auth=_remote_auth(profile),
        keyring=profile.keyring,
        lifetime=profile.lifetime,
        dpd_interval=profile.dpd or router.ikev2_dpd,
        nat_traversal=router.nat_disabled is None,
        force_encapsulation=profile.force_encapsulation,
        fragmentation=router.ikev2_fragmentation,
        source=profile.source,
        auth_source=profile.auth_source or profile.source,
        local_id_source=profile.local_id_source or profile.source,
        version_source=policy.source,
        trustpoint=_trustpoint(reader, profile),
        credential_problems=credential_problems(router, profile),
        certificate_maps=certificate_maps(router, profile),
        certificate_subject=subject_of(router, _trustpoint(reader, profile)),
    )


def _ikev2_identity(reader: Reader, profile: Ikev2Profile, ends: Ends) -> IkeIdentity | None:
    """Without `identity local`: the address with pre-shared keys, the certificate's name otherwise."""
    if profile.local_id is not None:
        return replace(profile.local_id, source=profile.local_id_source)
    if profile.local_id_kind == "dn" or profile.local_auth is not AuthMethod.PSK:
        return None
    return _identity_of(reader, "address", ends, profile.source)


def _remote_auth(profile: Ikev2Profile) -> AuthMethod | None:
    """The method asked of the peer; None where several would do."""
    methods = set(profile.remote_auths)
    return None if len(methods) > 1 else next(iter(methods), AuthMethod.PUBKEY)


def _ikev2_proposals(reader: Reader, ends: Ends) -> tuple[Proposal, ...]:
    """The proposals of the policy that fits front VRF and local address best; else those of the default one."""
    router = reader.router
    fitting = [policy for policy in router.ikev2_policies.values() if _is_of(policy, ends)]
    best = min(fitting, key=_vagueness, default=None)
    if best is None and (router.no_default_ikev2 or not (router.whole or not router.ikev2_policies)):
        return ()
    names = best.proposals if best is not None else [DEFAULT]
    found: list[Proposal] = []
    for name in names:
        known = router.ikev2_proposals.get(name)
        if known is None and name == DEFAULT and not router.no_default_ikev2_proposal:
            known = default_proposal(router.release)
        if known is not None:
            found.append(replace(known, number=len(found) + 1))
    return tuple(found)


def _is_of(policy: Ikev2Policy, ends: Ends) -> bool:
    front = not ends.front_known or policy.front in ("any", ends.front)
    return front and (not ends.local or _matches(policy.local_addresses, ends.local))


def _vagueness(policy: Ikev2Policy) -> tuple[bool, bool, bool]:
    return policy.name == DEFAULT, policy.front == "any", not policy.local_addresses


def _matches(patterns: list[str], local: tuple[str, ...]) -> bool:
    if not patterns:
        return True
    for pattern in patterns:
        for address in local:
            try:
                if ip_address(address) in ip_network(pattern, strict=False):
                    return True
            except ValueError:
                continue
    return False

"""What makes a connection incomplete in itself, each with the line that shows it."""

from __future__ import annotations

from ipsecbot.model.evidence import Source
from ipsecbot.parse.ios.config.child import uses_default_sets
from ipsecbot.parse.ios.config.defaults import DEFAULT
from ipsecbot.parse.ios.config.drafts import Interface, IpsecPolicy, Router
from ipsecbot.parse.ios.config.ike import Ends
from ipsecbot.parse.ios.config.keyrings import addresses_of, is_name

Problem = tuple[str, Source]


def map_problems(
    router: Router, policy: IpsecPolicy, entry: IpsecPolicy, *, dynamic: bool, interfaces: list[Interface], stray: Source | None
) -> tuple[Problem, ...]:
    """Of a crypto map entry: what is missing in it, what it names and is not there, where it is not applied.

    `policy`: the entry itself, or that of the dynamic map it names."""
    # a filter such as `| include` shows the head alone
    whole_entry = not policy.is_excerpt and bool(policy.peers or policy.sets or policy.acl)
    return (
        *_entry_problems(router, policy, dynamic=dynamic, judged=whole_entry or router.whole),
        *_list_problems(router, policy),
        *_place_problems(router, entry, interfaces, stray),
        *profile_problems(router, policy),
        *_isakmp_off(router),
    )


def _entry_problems(router: Router, policy: IpsecPolicy, *, dynamic: bool, judged: bool) -> list[Problem]:
    found: list[Problem] = []
    if not dynamic and not policy.peers and judged:
        found.append(("no peer: the entry is incomplete and not used", policy.source))
    if not policy.sets and judged:
        instead = ": the default ones of this release are used" if uses_default_sets(router, policy) else ""
        found.append((f"no transform set{instead}", policy.source))
    for name in policy.sets:
        if name not in router.sets and router.whole and (name != DEFAULT or router.no_default_sets):
            found.append((f"transform set {name} is not defined", policy.set_source or policy.source))
    if policy.acl is None and not dynamic and judged:
        found.append(("no access list: the entry is incomplete and not used", policy.source))
    return found


def _list_problems(router: Router, policy: IpsecPolicy) -> list[Problem]:
    acl = router.acls.get(policy.acl) if policy.acl is not None else None
    source = policy.acl_source or policy.source
    if policy.acl is not None and acl is None and router.whole:
        return [(f"access list {policy.acl} is not defined", source)]
    if acl is not None and not acl.pairs and not acl.unread:
        return [(f"access list {policy.acl} permits nothing", source)]
    return []


def _place_problems(router: Router, entry: IpsecPolicy, interfaces: list[Interface], stray: Source | None) -> list[Problem]:
    if not interfaces and stray is None and router.whole:
        return [(f"crypto map {entry.map_name} is not applied to any interface", entry.source)]
    if interfaces and all(interface.shutdown for interface in interfaces):
        return [(f"interface {interfaces[0].name} is shut down", interfaces[0].source)]
    return []


def tunnel_problems(router: Router, interface: Interface, policy: IpsecPolicy, *, multipoint: bool) -> tuple[Problem, ...]:
    """Of a tunnel interface: protection, ends, state, and what its profile names and is not there."""
    place = interface.protection_source or interface.source
    found: list[Problem] = []
    if interface.protection is None:
        found.append((f"{interface.name} has no tunnel protection", interface.source))
    if policy.name not in router.profiles and router.whole and (policy.name != DEFAULT or router.no_default_profile):
        found.append((f"IPsec profile {policy.name} is not defined", place))
    # a block with nothing but the protection adds to a tunnel that is not shown
    judged = router.whole or interface.tunnel_source is not None or interface.tunnel_destination is not None
    if interface.tunnel_destination is None and not multipoint and judged:
        found.append((f"{interface.name} has no tunnel destination", interface.source))
    if interface.tunnel_source is None and not interface.is_template and judged:
        found.append((f"{interface.name} has no tunnel source", interface.source))
    if interface.shutdown:
        found.append((f"{interface.name} is shut down", interface.source))
    acl = interface.protection_acl
    if acl is not None and acl not in router.acls and router.whole:
        found.append((f"access list {acl} is not defined", interface.protection_acl_source or place))
    return (*found, *profile_problems(router, policy), *_isakmp_off(router))


def profile_problems(router: Router, policy: IpsecPolicy) -> list[Problem]:
    """IKE profiles that are named and not there, and maps that those name. (A keyring that is not there is a key that is
    missing.)"""
    found: list[Problem] = []
    named = router.ikev2_profiles.get(policy.ikev2_profile or ""), router.isakmp_profiles.get(policy.isakmp_profile or "")
    for profile in named:
        for name, source in profile.certificate_maps if profile is not None and router.whole else ():
            if name not in router.certificate_maps:
                found.append((f"certificate map {name} is not defined", source))
    if router.whole and policy.ikev2_profile is not None and policy.ikev2_profile not in router.ikev2_profiles:
        found.append((f"IKEv2 profile {policy.ikev2_profile} is not defined", policy.source))
    if router.whole and policy.isakmp_profile is not None and policy.isakmp_profile not in router.isakmp_profiles:
        found.append((f"ISAKMP profile {policy.isakmp_profile} is not defined", policy.source))
    return found


def scope_problems(router: Router, policy: IpsecPolicy, ends: Ends) -> tuple[Problem, ...]:
    """A profile that is never taken, because it is for another front VRF or another local address than the connection's.

    `match fvrf` and `match address local` of an IKEv2 profile (without the former it is for the global table: `show crypto
    ikev2 profile` prints "Fvrf: global"); `match identity address … [fvrf]` and `local-address` of an ISAKMP profile.
    """
    ikev2, isakmp = (
        router.ikev2_profiles.get(policy.ikev2_profile or ""),
        router.isakmp_profiles.get(policy.isakmp_profile or ""),
    )
    found: list[Problem] = []
    if ikev2 is not None:
        found += _other_front(f"IKEv2 profile {ikev2.name}", ikev2.front or [("", ikev2.source)], ends)
        found += _other_place(router, f"IKEv2 profile {ikev2.name}", ikev2.local_places, ends)
    if isakmp is not None and len(isakmp.front) == len(isakmp.remote_ids):  # a name is matched in every VRF
        found += _other_front(f"ISAKMP profile {isakmp.name}", isakmp.front, ends)
    if isakmp is not None:
        found += _other_place(router, f"ISAKMP profile {isakmp.name}", isakmp.local_places, ends)
    return tuple(found)


def _other_front(name: str, fronts: list[tuple[str, Source]], ends: Ends) -> list[Problem]:
    allowed = {None if word in ("", "global") else word for word, _ in fronts}
    if not ends.front_known or not fronts or "any" in allowed or ends.front in allowed:
        return []
    tables = " or ".join(f"front VRF {word}" if word else "the global table" for word in allowed)
    here = f"front VRF {ends.front}" if ends.front else "the global table"
    return [(f"{name} is for {tables}, and this connection is in {here}", fronts[0][1])]


def _other_place(router: Router, name: str, places: list[tuple[str, Source]], ends: Ends) -> list[Problem]:
    addresses = [address for place, _ in places for address in addresses_of(router, place)]
    if not places or not ends.local or set(addresses) & set(ends.local) or any(is_name(address) for address in addresses):
        return []
    return [(f"{name} is for {' or '.join(addresses)}, and this connection starts from {ends.local[0]}", places[0][1])]


def _isakmp_off(router: Router) -> tuple[Problem, ...]:
    off = router.isakmp_disabled
    return (("ISAKMP is disabled on this router", off),) if off is not None else ()

"""The parts of a configuration put together: one crypto map entry or protected tunnel becomes one Connection.

How IOS behaves, where the configuration does not say it:
- IKEv1 answers and offers all ISAKMP policies of the router, in priority order, whatever the connection.
- A crypto map entry or IPsec profile without `set ikev2-profile` starts IKEv1; with it, IKEv2 only.
- IKEv2 takes the policies that match the local address, and the default one when none is configured.
- `mode transport` is used for traffic between the two endpoints only; for all other traffic the tunnel mode is used
  (Command Reference, `mode`).
- A tunnel with `tunnel mode ipsec` protects everything; any other tunnel protects GRE between its endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network

from ipsecbot.model.connection import Connection, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.parse.ios.config.child import child_policy
from ipsecbot.parse.ios.config.drafts import Interface, IpsecPolicy
from ipsecbot.parse.ios.config.ike import Ends, ike_policy
from ipsecbot.parse.ios.config.reader import Reader

_GRE = 47
Problem = tuple[str, Source]


def connections(reader: Reader) -> tuple[Connection, ...]:
    """Every connection, in the order of the text: maps first, then tunnels."""
    return (*_of_maps(reader), *_of_tunnels(reader))


def _running(reader: Reader) -> bool | None:
    return True if reader.output.kind is OutputKind.RUNNING_CONFIG else None


# crypto maps


def _of_maps(reader: Reader) -> Iterator[Connection]:
    for name, entries in reader.router.maps.items():
        interfaces = [interface for interface in reader.router.interfaces.values() if interface.crypto_map == name]
        for entry in sorted(entries, key=lambda policy: policy.sequence):
            if entry.dynamic is None:
                yield _of_entry(reader, entry, interfaces, None)
                continue
            templates = reader.router.dynamic_maps.get(entry.dynamic, [])
            for template in sorted(templates, key=lambda policy: policy.sequence):
                yield _of_entry(reader, template, interfaces, entry)
            if not templates and reader.router.whole:
                problem = (f"dynamic map {entry.dynamic} is not defined", entry.source)
                yield replace(_of_entry(reader, entry, interfaces, entry), problems=(problem,))


def _of_entry(reader: Reader, policy: IpsecPolicy, interfaces: list[Interface], dynamic: IpsecPolicy | None) -> Connection:
    entry = dynamic or policy
    name = entry.name if dynamic is None or dynamic is policy else f"{entry.name} ({policy.name})"
    applied, stray = _applied(reader, entry.map_name or "", interfaces)
    local, address_source = _map_addresses(reader, entry.map_name or "", interfaces)
    remote = tuple(_host(peer) for peer in policy.peers) or (("%any",) if dynamic is not None else ())
    ends = Ends(local, remote)
    selectors = _map_selectors(reader, policy, dynamic is not None)
    child = child_policy(reader, policy, name, selectors, ends, StartAction.NONE if dynamic is not None else StartAction.TRAP)
    first = interfaces[0] if interfaces else None
    return Connection(
        name=name,
        local_addresses=local,
        remote_addresses=remote,
        ike=ike_policy(reader, policy, ends),
        children=(child,),
        interface=first.name if first is not None else None,
        applied=applied,
        vrf=first.vrf if first is not None else None,
        running=_running(reader),
        problems=_map_problems(reader, policy, dynamic is not None, interfaces, stray),
        address_source=policy.peer_source or address_source,
        source=policy.source,
    )


def _applied(reader: Reader, name: str, interfaces: list[Interface]) -> tuple[bool | None, Source | None]:
    """Whether the map is applied; a filtered configuration may show that it is, but not where."""
    stray = reader.router.stray_maps.get(name)
    if interfaces or stray is not None:
        return True, stray
    return (False if reader.router.whole else None), None


def _map_addresses(reader: Reader, name: str, interfaces: list[Interface]) -> tuple[tuple[str, ...], Source | None]:
    """The addresses of the interfaces it is applied to, or of the one that `local-address` names."""
    other = reader.router.local_address_of_map.get(name)
    if other is not None:
        interface = reader.router.interfaces.get(other.lower())
        interfaces = [interface] if interface is not None else []
    found = tuple(address for interface in interfaces for address in interface.addresses[:1])
    return found, interfaces[0].address_source if interfaces else None


def _map_selectors(reader: Reader, policy: IpsecPolicy, dynamic: bool) -> tuple[SelectorPair, ...] | None:
    if policy.acl is None:
        # a dynamic map without a list takes what the peer proposes
        if dynamic:
            return _anything(4)
        shown = not policy.is_excerpt and bool(reader.router.whole or policy.peers or policy.sets)
        return () if shown else None
    acl = reader.router.acls.get(policy.acl)
    if acl is None:
        return () if reader.router.whole else None
    return tuple(acl.pairs)


def _map_problems(
    reader: Reader, policy: IpsecPolicy, dynamic: bool, interfaces: list[Interface], stray: Source | None
) -> tuple[Problem, ...]:
    """What makes the entry incomplete by itself, with the line."""
    problems: list[Problem] = []
    router = reader.router
    # a filter such as `| include` shows the head alone
    whole_entry = not policy.is_excerpt and bool(policy.peers or policy.sets or policy.acl)
    if not dynamic and not policy.peers and (whole_entry or router.whole):
        problems.append(("no peer: the entry is incomplete and not used", policy.source))
    if not policy.sets and (whole_entry or router.whole):
        problems.append(("no transform set", policy.source))
    for name in policy.sets:
        if name not in router.sets and router.whole:
            problems.append((f"transform set {name} is not defined", policy.set_source or policy.source))
    if policy.acl is None and not dynamic and (whole_entry or router.whole):
        problems.append(("no access list: the entry is incomplete and not used", policy.source))
    acl_source = policy.acl_source or policy.source
    acl = router.acls.get(policy.acl) if policy.acl is not None else None
    if policy.acl is not None and acl is None and router.whole:
        problems.append((f"access list {policy.acl} is not defined", acl_source))
    elif acl is not None and not acl.pairs:
        problems.append((f"access list {policy.acl} permits nothing", acl_source))
    if not interfaces and stray is None and router.whole:
        problems.append((f"crypto map {policy.map_name} is not applied to any interface", policy.source))
    elif interfaces and all(interface.shutdown for interface in interfaces):
        problems.append((f"interface {interfaces[0].name} is shut down", interfaces[0].source))
    return (*problems, *_profile_problems(reader, policy), *_isakmp_off(reader))


def _profile_problems(reader: Reader, policy: IpsecPolicy) -> tuple[Problem, ...]:
    router = reader.router
    found: list[Problem] = []
    if policy.ikev2_profile is not None and policy.ikev2_profile not in router.ikev2_profiles and router.whole:
        found.append((f"IKEv2 profile {policy.ikev2_profile} is not defined", policy.source))
    if policy.isakmp_profile is not None and policy.isakmp_profile not in router.isakmp_profiles and router.whole:
        found.append((f"ISAKMP profile {policy.isakmp_profile} is not defined", policy.source))
    return tuple(found)


def _isakmp_off(reader: Reader) -> tuple[Problem, ...]:
    off = reader.router.isakmp_disabled
    return (("ISAKMP is disabled on this router", off),) if off is not None else ()


# tunnels


def _of_tunnels(reader: Reader) -> Iterator[Connection]:
    for interface in reader.router.interfaces.values():
        if interface.protection is not None or _lacks_protection(reader, interface):
            yield _of_tunnel(reader, interface)
    used = {interface.protection for interface in reader.router.interfaces.values()}
    for name, policy in reader.router.profiles.items():
        # `| section crypto` shows the profile without the tunnel that uses it
        if name not in used and not reader.router.whole:
            ends = Ends((), ())
            child = child_policy(reader, policy, name, None, ends, None)
            yield Connection(
                name, (), (), ike_policy(reader, policy, ends), (child,), running=_running(reader), source=policy.source
            )


def _lacks_protection(reader: Reader, interface: Interface) -> bool:
    """A tunnel in the clear on a router that has an IPsec profile which no tunnel uses, and no crypto map for its peer."""
    router, peer = reader.router, interface.tunnel_destination
    used = {known.protection for known in router.interfaces.values()}
    mapped = {address for entries in router.maps.values() for entry in entries for address in entry.peers}
    return router.whole and peer is not None and peer not in mapped and bool(set(router.profiles) - used)


def _of_tunnel(reader: Reader, interface: Interface) -> Connection:
    router = reader.router
    profile_name = interface.protection or next(iter(router.profiles), "")
    policy = router.profiles.get(profile_name)
    problems: list[Problem] = []
    place = interface.protection_source or interface.source
    if interface.protection is None:
        problems.append((f"{interface.name} has no tunnel protection", interface.source))
    if policy is None:
        if router.whole:
            problems.append((f"IPsec profile {profile_name} is not defined", place))
        policy = IpsecPolicy(profile_name, place)
    multipoint = "multipoint" in interface.tunnel_mode or interface.name.lower().startswith("virtual-template")
    destination = interface.tunnel_destination
    if destination is None and not multipoint:
        problems.append((f"{interface.name} has no tunnel destination", interface.source))
    if interface.tunnel_source is None:
        problems.append((f"{interface.name} has no tunnel source", interface.source))
    if interface.shutdown:
        problems.append((f"{interface.name} is shut down", interface.source))
    local = _tunnel_local(reader, interface)
    remote = (_host(destination),) if destination is not None and destination != "dynamic" else ("%any",)
    ends = Ends(local, remote)
    start = StartAction.NONE if multipoint or policy.responder_only else StartAction.START
    child = child_policy(reader, policy, interface.name, _tunnel_selectors(interface, ends), ends, start)
    return Connection(
        name=interface.name,
        local_addresses=local,
        remote_addresses=remote,
        ike=ike_policy(reader, policy, ends),
        children=(replace(child, selector_source=interface.mode_source or interface.source),),
        interface=interface.name,
        applied=True,
        vrf=interface.tunnel_vrf,
        running=_running(reader),
        problems=(*problems, *_profile_problems(reader, policy), *_isakmp_off(reader)),
        address_source=interface.destination_source or interface.address_source,
        source=interface.source,
    )


def _tunnel_local(reader: Reader, interface: Interface) -> tuple[str, ...]:
    source = interface.tunnel_source
    if source is None:
        return ()
    try:
        return (str(ip_address(source)),)
    except ValueError:
        named = reader.router.interfaces.get("".join(source.lower().split()))
        wanted = 6 if "ipv6" in interface.tunnel_mode else 4
        addresses = named.addresses if named is not None else []
        return tuple(address for address in addresses if ip_address(address).version == wanted)[:1]


def _tunnel_selectors(interface: Interface, ends: Ends) -> tuple[SelectorPair, ...]:
    mode = interface.tunnel_mode
    if mode.startswith("ipsec") or (interface.name.lower().startswith("virtual-template") and not mode.startswith("gre mul")):
        return _anything(6 if "ipv6" in mode else 4)
    return (SelectorPair(_endpoint(ends.local), _endpoint(ends.remote)),)


def _endpoint(addresses: tuple[str, ...]) -> TrafficSelector:
    """GRE of one address; a name, a pool of peers or an unknown address is `dynamic`."""
    try:
        return TrafficSelector(ip_network(addresses[0]) if addresses else None, _GRE)
    except ValueError:
        return TrafficSelector(None, _GRE)


def _anything(version: int) -> tuple[SelectorPair, ...]:
    everything = TrafficSelector(ip_network("::/0" if version == 6 else "0.0.0.0/0"))
    return (SelectorPair(everything, everything),)


def _host(peer: str) -> str:
    try:
        return str(ip_address(peer))
    except ValueError:
        return peer.lower()

"""Protected tunnel interfaces, each as one connection: VTI, GRE, multipoint GRE of a DMVPN, virtual templates.

- A tunnel with `tunnel mode ipsec` protects everything, or what the list of `tunnel protection ipsec policy` permits; any
  other tunnel protects GRE between its endpoints ("IPsec Virtual Tunnel Interface"; "Configure Multi-SA Virtual Tunnel
  Interface").
- The IPsec profile `default` exists without being configured and takes the IKEv2 profile `default` where there is one
  ("IKEv2 Smart Defaults").
- The front VRF is the one of `tunnel vrf` (Interface Command Reference).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network

from ipsecbot.model.connection import Connection, StartAction
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.parse.ios.config.child import child_policy
from ipsecbot.parse.ios.config.defaults import DEFAULT
from ipsecbot.parse.ios.config.drafts import Interface, IpsecPolicy, Router
from ipsecbot.parse.ios.config.ike import Ends, ike_policy
from ipsecbot.parse.ios.config.problems import scope_problems, tunnel_problems
from ipsecbot.parse.ios.config.reader import Reader

_GRE = 47


def running(reader: Reader) -> bool | None:
    return True if reader.output.kind is OutputKind.RUNNING_CONFIG else None


def of_tunnels(reader: Reader) -> Iterator[Connection]:
    router = reader.router
    used = {interface.protection for interface in router.interfaces.values()}
    idle = set(router.profiles) - used
    mapped = {address for entries in router.maps.values() for entry in entries.values() for address in entry.peers}
    for interface in router.interfaces.values():
        peer = interface.tunnel_destination
        # a tunnel in the clear beside an IPsec profile that no tunnel uses, and no crypto map for its peer
        lacks = router.whole and peer is not None and peer not in mapped and bool(idle)
        if interface.protection is not None or lacks:
            yield _of_tunnel(reader, interface)
    stray = {name for name, _ in router.stray_protections}
    for name, policy in router.profiles.items():
        # `| section crypto` shows the profile without the tunnel that uses it
        policy = _with_default_ikev2(router, policy)
        is_printed_default = name == DEFAULT and policy.ikev2_profile is None and policy.isakmp_profile is None
        if name not in used and not router.whole and not is_printed_default:
            ends = Ends((), ())
            yield Connection(
                name=name,
                local_addresses=(),
                remote_addresses=(),
                ike=ike_policy(reader, policy, ends),
                children=(child_policy(reader, policy, name, None, ends, None),),
                applied=True if name in stray else None,
                running=running(reader),
                source=policy.source,
            )


def _policy_of(router: Router, interface: Interface) -> IpsecPolicy:
    """The IPsec profile of a tunnel, with the IKE profile that `tunnel protection` itself may name."""
    name = interface.protection or next(iter(router.profiles), "")
    known = router.profiles.get(name)
    policy = known if known is not None else IpsecPolicy(name, interface.protection_source or interface.source)
    if interface.isakmp_profile is not None or interface.ikev2_profile is not None:
        policy = replace(policy, isakmp_profile=interface.isakmp_profile, ikev2_profile=interface.ikev2_profile)
    return _with_default_ikev2(router, policy)


def _with_default_ikev2(router: Router, policy: IpsecPolicy) -> IpsecPolicy:
    named = policy.ikev2_profile is not None or policy.isakmp_profile is not None
    if policy.name != DEFAULT or named or DEFAULT not in router.ikev2_profiles:
        return policy
    return replace(policy, ikev2_profile=DEFAULT)


def _of_tunnel(reader: Reader, interface: Interface) -> Connection:
    router = reader.router
    policy = _policy_of(router, interface)
    multipoint = "multipoint" in interface.tunnel_mode or interface.is_template
    destination = interface.tunnel_destination
    remote: tuple[str, ...] = (host(destination),) if destination is not None and destination != "dynamic" else ("%any",)
    if destination is None and interface.tunnel_source is None and not multipoint and not router.whole:
        remote = ()  # the block adds to a tunnel that is not shown
    ends = Ends(_tunnel_local(router, interface), remote, interface.tunnel_vrf, True)
    start = StartAction.NONE if multipoint or policy.responder_only else StartAction.START
    selectors = _tunnel_selectors(router, interface, ends)
    child = child_policy(reader, policy, interface.name, selectors, ends, start, interface.protection_acl)
    place = interface.protection_acl_source or interface.mode_source or interface.source
    return Connection(
        name=interface.name,
        local_addresses=ends.local,
        remote_addresses=remote,
        ike=ike_policy(reader, policy, ends),
        children=(replace(child, selector_source=place),),
        interface=interface.name,
        applied=True,
        vrf=interface.tunnel_vrf,
        running=running(reader),
        problems=(
            *tunnel_problems(router, interface, policy, multipoint=multipoint),
            *scope_problems(router, policy, ends),
        ),
        address_source=interface.destination_source or interface.address_source,
        source=interface.source,
    )


def _tunnel_local(router: Router, interface: Interface) -> tuple[str, ...]:
    source = interface.tunnel_source
    if source is None:
        return ()
    try:
        return (str(ip_address(source)),)
    except ValueError:
        named = router.interface(source)
        wanted = 6 if "ipv6" in interface.tunnel_mode else 4
        addresses = named.addresses if named is not None else []
        return tuple(address for address in addresses if ip_address(address).version == wanted)[:1]


def _tunnel_selectors(router: Router, interface: Interface, ends: Ends) -> tuple[SelectorPair, ...] | None:
    mode = interface.tunnel_mode
    if interface.protection_acl is not None:
        acl = router.acls.get(interface.protection_acl)
        if acl is None:
            return () if router.whole else None
        return None if acl.unread and not acl.pairs else tuple(acl.pairs)
    if mode.startswith("auto"):
        return None  # the initiator says whether it is GRE or everything
    if mode.startswith("ipsec"):
        return anything(6 if "ipv6" in mode else 4)
    return (SelectorPair(_endpoint(ends.local), _endpoint(ends.remote)),)


def _endpoint(addresses: tuple[str, ...]) -> TrafficSelector:
    """GRE of one address; a name, a pool of peers or an unknown address is `dynamic`."""
    try:
        return TrafficSelector(ip_network(addresses[0]) if addresses else None, _GRE)
    except ValueError:
        return TrafficSelector(None, _GRE)


def anything(version: int) -> tuple[SelectorPair, ...]:
    everything = TrafficSelector(ip_network("::/0" if version == 6 else "0.0.0.0/0"))
    return (SelectorPair(everything, everything),)


def host(peer: str) -> str:
    try:
        return str(ip_address(peer))
    except ValueError:
        return peer.lower()

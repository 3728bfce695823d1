"""Which traffic a router protects: crypto maps with their ACLs, tunnel interfaces with their profiles, as flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from ipsecbot.lab.ios.config import ANY, AclEntry, CryptoMapEntry, Interface, IpsecProfile, RouterConfig, TransformSet

DEFAULT_SET = TransformSet("default", ("esp-aes", "esp-sha-hmac"), transport=True)
GRE = 47
MOST_HOPS = 4


@dataclass(frozen=True, slots=True)
class Proxy:
    """One side of a proxy identity."""

    network: IPv4Network
    protocol: int = 0

    def covers(self, other: Proxy) -> bool:
        return other.network.subnet_of(self.network) and self.protocol in {0, other.protocol}


@dataclass(frozen=True, slots=True)
class Flow:
    """One pair of proxies towards one peer. `tag` and `label` are the crypto map as IOS prints it (`CMAP`, `CMAP, 10`).

    `peer` None: any (dynamic map). `tunnel` is the tunnel interface of a VTI or of a protected GRE tunnel.
    """

    interface: str
    tag: str
    label: str
    local_address: str
    peer: str | None
    local: Proxy
    remote: Proxy
    transform_sets: tuple[TransformSet, ...]
    pfs: int | None
    version: int
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    lifetime: int = 3600
    tunnel: str | None = None
    permits: bool = True

    @property
    def wants_transport(self) -> bool:
        """Transport mode is offered only for traffic between the two endpoints themselves."""
        sets = self.transform_sets
        ends = self.peer is not None and self.local.network == IPv4Network(self.local_address) and self.remote_is_peer
        return bool(sets) and sets[0].transport and ends

    @property
    def remote_is_peer(self) -> bool:
        return self.peer is not None and self.remote.network == IPv4Network(self.peer)

    def narrowed(self, local: Proxy, remote: Proxy, peer: str) -> Flow:
        return replace(self, local=local, remote=remote, peer=peer)


def _sets(config: RouterConfig, names: tuple[str, ...]) -> tuple[TransformSet, ...]:
    known = [config.transform_set(name) or (DEFAULT_SET if name == "default" else None) for name in names]
    return tuple(found for found in known if found)


def _entry_flows(config: RouterConfig, applied: Interface, entry: CryptoMapEntry, acl: tuple[AclEntry, ...]) -> Iterator[Flow]:
    source = next((name for tag, name in config.map_sources if tag == entry.name), None)
    lent = config.interface(source) if source else None
    address = (lent or applied).address or applied.address
    for line in acl:
        for peer in entry.peers or (None,):
            yield Flow(
                interface=applied.name,
                tag=entry.name,
                label=f"{entry.name}, {entry.sequence}",
                local_address=str(address.ip) if address else "0.0.0.0",
                peer=peer,
                local=Proxy(line.source, line.protocol),
                remote=Proxy(line.destination, line.protocol),
                transform_sets=_sets(config, entry.transform_sets),
                pfs=entry.pfs,
                version=2 if entry.ikev2_profile else 1,
                isakmp_profile=entry.isakmp_profile,
                ikev2_profile=entry.ikev2_profile,
                lifetime=entry.lifetime or 3600,
                permits=line.permits,
            )


def _map_flows(config: RouterConfig, applied: Interface) -> Iterator[Flow]:
    for entry in config.crypto_maps:
        if entry.name != applied.crypto_map:
            continue
        if entry.dynamic:
            for template in (known for known in config.dynamic_maps if known.name == entry.dynamic):
                acl = config.acl(template.acl) or (AclEntry(True, 0, ANY, ANY, "permit ip any any"),)
                named = replace(template, name=entry.name, sequence=entry.sequence, peers=())
                yield from _entry_flows(config, applied, named, acl)
        elif entry.peers and entry.transform_sets:
            yield from _entry_flows(config, applied, entry, config.acl(entry.acl) or ())


def source_address(config: RouterConfig, tunnel: Interface) -> str | None:
    """The address of `tunnel source`, given as an address or as an interface."""
    source = tunnel.tunnel_source
    if source is None:
        return None
    if source[0].isdigit():
        return source
    known = config.interface(source)
    return str(known.address.ip) if known and known.address else None


def _tunnel_flow(config: RouterConfig, tunnel: Interface, profile: IpsecProfile) -> Flow | None:
    local = source_address(config, tunnel)
    if local is None or tunnel.tunnel_destination is None:
        return None
    peer = str(tunnel.tunnel_destination)
    route_based = tunnel.tunnel_mode.startswith("ipsec")
    ours = Proxy(ANY) if route_based else Proxy(IPv4Network(local), GRE)
    theirs = Proxy(ANY) if route_based else Proxy(IPv4Network(peer), GRE)
    return Flow(
        interface=tunnel.name,
        tag=f"{tunnel.name}-head-0",
        label=f"{tunnel.name}-head-0",
        local_address=local,
        peer=peer,
        local=ours,
        remote=theirs,
        transform_sets=_sets(config, profile.transform_sets) or (DEFAULT_SET,),
        pfs=profile.pfs,
        version=2 if profile.ikev2_profile else 1,
        isakmp_profile=profile.isakmp_profile,
        ikev2_profile=profile.ikev2_profile,
        lifetime=profile.lifetime or 3600,
        tunnel=tunnel.name,
    )


def flows_of(config: RouterConfig) -> tuple[Flow, ...]:
    """Every flow in lookup order: crypto maps by sequence, then tunnels. `deny` lines come along with permits=False."""
    found: list[Flow] = []
    for interface in config.interfaces:
        if interface.crypto_map and not interface.shutdown:
            found += _map_flows(config, interface)
    for interface in config.interfaces:
        profile = config.ipsec_profile(interface.protection) if interface.protection else None
        flow = _tunnel_flow(config, interface, profile) if profile and not interface.shutdown else None
        if flow:
            found.append(flow)
    return tuple(found)


def exit_interface(config: RouterConfig, destination: str) -> str | None:
    """The interface or next hop that routing chooses: longest match over connected networks and static routes."""
    address = IPv4Address(destination)
    best: tuple[int, str] | None = None
    for interface in config.interfaces:
        if interface.address and not interface.shutdown and address in interface.address.network:
            length = interface.address.network.prefixlen
            best = max(best or (-1, ""), (length, interface.name))
    for route in config.routes:
        if address in route.network and (best is None or route.network.prefixlen > best[0]):
            best = (route.network.prefixlen, route.next_hop)
    return best[1] if best else None


def leaving(config: RouterConfig, destination: str) -> Interface | None:
    """The interface behind the route, next hops resolved; None where there is no route or its next hop is not connected."""
    towards = exit_interface(config, destination)
    for _ in range(MOST_HOPS):
        if towards is None or not towards[0].isdigit():
            break
        towards = exit_interface(config, towards)
    return config.interface(towards) if towards and not towards[0].isdigit() else None


@dataclass(frozen=True, slots=True)
class Header:
    """What the crypto map sees of a packet: its addresses and protocol (0: any that a ping may have)."""

    source: str
    destination: str
    protocol: int = 1


def outermost(config: RouterConfig, source: str, destination: str) -> Header:
    """The header with which a packet meets a crypto map: a GRE tunnel without protection of its own wraps it first."""
    tunnel = leaving(config, destination)
    if tunnel is None or tunnel.protection or tunnel.tunnel_destination is None:
        return Header(source, destination)
    return Header(source_address(config, tunnel) or source, str(tunnel.tunnel_destination), GRE)


def flow_for(config: RouterConfig, source: str, destination: str, protocol: int = 1) -> Flow | None:
    """The flow that takes a packet, or None when it leaves in clear (or has no route at all)."""
    if exit_interface(config, destination) is None:
        return None
    towards = leaving(config, destination)
    exempt: set[str] = set()  # entries whose `deny` line came first: the packet goes on to the next entry
    for flow in flows_of(config):
        if flow.tunnel:
            if towards and flow.tunnel == towards.name:
                return flow
            continue
        if towards and flow.interface != towards.name:
            continue
        inside = IPv4Address(source) in flow.local.network and IPv4Address(destination) in flow.remote.network
        if not inside or flow.local.protocol not in {0, protocol} or flow.label in exempt:
            continue
        if flow.permits:
            return flow
        exempt.add(flow.label)
    return None

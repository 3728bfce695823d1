"""The parts of a configuration put together: one crypto map entry or protected tunnel becomes one Connection.

How IOS behaves, where the configuration does not say it:
- IKEv1 answers and offers all ISAKMP policies of the router, in priority order, whatever the connection.
- A crypto map entry or IPsec profile without `set ikev2-profile` starts IKEv1; with it, IKEv2 only.
- IKEv2 takes the policies that match the local address, and the default one when none is configured.
- `mode transport` is used for traffic between the two endpoints only; for all other traffic the tunnel mode is used
  (Command Reference, `mode`).
- Tunnels: tunnels.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.model.connection import Connection, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.parse.ios.config.child import child_policy
from ipsecbot.parse.ios.config.drafts import Interface, IpsecPolicy
from ipsecbot.parse.ios.config.ike import Ends, ike_policy
from ipsecbot.parse.ios.config.problems import map_problems, scope_problems
from ipsecbot.parse.ios.config.reader import Reader
from ipsecbot.parse.ios.config.tunnels import anything, host, of_tunnels, running


def connections(reader: Reader) -> tuple[Connection, ...]:
    """Every connection, in the order of the text: maps first, then tunnels."""
    return (*_of_maps(reader), *of_tunnels(reader))


# crypto maps


def _of_maps(reader: Reader) -> Iterator[Connection]:
    applied: dict[str, list[Interface]] = {}
    for interface in reader.router.interfaces.values():
        if interface.crypto_map is not None:
            applied.setdefault(interface.crypto_map, []).append(interface)
    for name, entries in reader.router.maps.items():
        interfaces = applied.get(name, [])
        for _, entry in sorted(entries.items()):
            if entry.dynamic is None:
                yield _of_entry(reader, entry, interfaces, None)
                continue
            templates = reader.router.dynamic_maps.get(entry.dynamic, {})
            for _, template in sorted(templates.items()):
                yield _of_entry(reader, template, interfaces, entry)
            if not templates and reader.router.whole:
                problem = (f"dynamic map {entry.dynamic} is not defined", entry.source)
                yield replace(_of_entry(reader, entry, interfaces, entry), problems=(problem,))


def _of_entry(reader: Reader, policy: IpsecPolicy, interfaces: list[Interface], dynamic: IpsecPolicy | None) -> Connection:
    entry = dynamic or policy
    name = entry.name if dynamic is None or dynamic is policy else f"{entry.name} ({policy.name})"
    applied, stray = _applied(reader, entry.map_name or "", interfaces)
    local, address_source = _map_addresses(reader, entry.map_name or "", interfaces)
    remote = tuple(host(peer) for peer in policy.peers) or (("%any",) if dynamic is not None else ())
    first = interfaces[0] if interfaces else None
    ends = Ends(local, remote, first.vrf if first is not None else None, first is not None)
    selectors = _map_selectors(reader, policy, dynamic is not None)
    child = child_policy(reader, policy, name, selectors, ends, StartAction.NONE if dynamic is not None else StartAction.TRAP)
    return Connection(
        name=name,
        local_addresses=local,
        remote_addresses=remote,
        ike=ike_policy(reader, policy, ends),
        children=(child,),
        interface=first.name if first is not None else None,
        applied=applied,
        vrf=first.vrf if first is not None else None,
        running=running(reader),
        problems=(
            *map_problems(reader.router, policy, entry, dynamic=dynamic is not None, interfaces=interfaces, stray=stray),
            *scope_problems(reader.router, policy, ends),
        ),
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
        interface = reader.router.interface(other)
        interfaces = [interface] if interface is not None else []
    found = tuple(address for interface in interfaces for address in interface.addresses[:1])
    return found, interfaces[0].address_source if interfaces else None


def _map_selectors(reader: Reader, policy: IpsecPolicy, dynamic: bool) -> tuple[SelectorPair, ...] | None:
    if policy.acl is None:
        # a dynamic map without a list takes what the peer proposes
        if dynamic:
            return anything(4)
        shown = not policy.is_excerpt and bool(reader.router.whole or policy.peers or policy.sets)
        return () if shown else None
    acl = reader.router.acls.get(policy.acl)
    if acl is None:
        return () if reader.router.whole else None
    return None if acl.unread and not acl.pairs else tuple(acl.pairs)

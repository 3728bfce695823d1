"""Tunnels of one end that are meant for the same packets: one of them never gets any.

Sources: Cisco IOS Security Command Reference, `crypto map (global IPSec)`: entries are searched from the lowest sequence number
on, the first whose access list permits the packet takes it. swanctl.conf(5), `priority`: by default it is calculated from the
size of the traffic selectors, so only equal ones leave it open which policy the kernel takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from ipsecbot.diagnose.hygiene.remark import Remark, remark
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.tunnel import Endpoint

_ENTRY = re.compile(r"crypto map (\S+) (\d+)\b")
_MOST_AROUND = 8  # enclosing networks that are looked at for each line


@dataclass(frozen=True, slots=True)
class _Meant:
    """One line of what a tunnel protects; `order`: its place in the search."""

    connection: Connection
    child: ChildPolicy
    pair: SelectorPair
    local: IPv4Network | IPv6Network
    remote: IPv4Network | IPv6Network
    order: int = 0

    @property
    def name(self) -> str:
        one, other = self.connection.name, self.child.name
        return other if one == other else f"{one}/{other}"


def shadowed(end: Endpoint) -> Iterator[Remark]:
    """Entries of a crypto map behind one that takes all their packets; children with the same selectors."""
    if end.device.platform is Platform.CISCO_IOS:
        yield from _behind_others(end)
    else:
        yield from _alike(end)


def _meant(connection: Connection, order: int = 0) -> Iterator[_Meant]:
    for child in connection.children:
        for pair in child.selectors or ():
            if pair.local.network is not None and pair.remote.network is not None:
                yield _Meant(connection, child, pair, pair.local.network, pair.remote.network, order)


def _behind_others(end: Endpoint) -> Iterator[Remark]:
    maps: dict[tuple[str, int], list[_Meant]] = {}
    for connection in end.connections or ():
        entry = _ENTRY.match(connection.source.text.strip()) if connection.source is not None else None
        for one in _meant(connection, int(entry[2])) if entry is not None else ():
            assert entry is not None  # there are only such
            maps.setdefault((entry[1], one.remote.version), []).append(one)
    for lines in maps.values():
        lines.sort(key=lambda one: (one.remote.network_address, one.remote.prefixlen, one.order))
        around: list[_Meant] = []
        for one in lines:
            # networks are nested or apart, so in this order those around one are what is left on the stack
            while around and not _within(one.remote, around[-1].remote):
                around.pop()
            first = next((other for other in reversed(around[-_MOST_AROUND:]) if _takes(other, one)), None)
            if first is not None:
                yield from _told(one, first, f"{first.pair} of {first.name} comes first and takes every packet of it")
            around.append(one)


def _takes(first: _Meant, later: _Meant) -> bool:
    """Whether an earlier line is met by every packet that meets the later one."""
    return (
        first.order < later.order
        and _within(later.local, first.local)
        and _covers(first.pair.local, later.pair.local)
        and _covers(first.pair.remote, later.pair.remote)
    )


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _covers(wide: TrafficSelector, narrow: TrafficSelector) -> bool:
    return wide.protocol in (0, narrow.protocol) and wide.first_port <= narrow.first_port <= narrow.last_port <= wide.last_port


def _alike(end: Endpoint) -> Iterator[Remark]:
    """Only what installs policies by itself: an interface or a route may lead to children that are alike."""
    known: dict[SelectorPair, _Meant] = {}
    for connection in end.connections or ():
        for one in _meant(connection):
            options = one.child.options
            everything = not one.local.prefixlen and not one.remote.prefixlen
            if everything or (options is not None and not options.installs_policies):
                continue
            first = known.setdefault(one.pair, one)
            if first.child is not one.child:
                yield from _told(one, first, f"{first.name} has the same selectors, {first.pair}")


def _told(one: _Meant, first: _Meant, what: str) -> Iterator[Remark]:
    yield from remark(
        "tunnel-shadowed",
        one.name,
        what,
        "packets go into one of two tunnels; put the more specific entry first, or give each networks of its own",
        one.pair.local.source or one.child.selector_source or one.child.source,
        first.pair.local.source or first.child.selector_source or first.child.source,
    )

"""What is around the tunnel on one end: routes, translation, filters, forwarding, pings: it decides about packets, not IKE."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Route:
    """One row of a routing table. `connected`: the network is on an interface of this end."""

    network: Network
    source: Source
    via: str | None = None
    interface: str | None = None
    connected: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Packets from one network to another, with what was counted of them (None: not printed)."""

    origin: Network
    destination: Network
    source: Source
    count: int | None = None
    protocol: str | None = None  # `esp`, `udp`, … or its number, as printed; None: not told
    port: int | None = None  # of the destination, where it was told


@dataclass(frozen=True, slots=True)
class Translation:
    """One line that decides about source translation, in the order of looking; `exempt`: these packets are left as they are."""

    flow: Flow
    exempt: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """One ping with its result. `size` in bytes as printed; `intact`: sent with the don't-fragment bit; `origin`: the address
    it was sent from, where that was chosen."""

    destination: str
    sent: int
    received: int
    source: Source
    size: int | None = None
    intact: bool = False
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class FilterRule:
    """One entry of a packet filter. `pairs`: from where (`local`) to where (`remote`); None: it could not be read."""

    permit: bool
    pairs: tuple[SelectorPair, ...] | None
    source: Source


@dataclass(frozen=True, slots=True)
class Filter:
    """A list of rules on an interface, the first that fits decides, and nothing else passes. `rules` None: the list was not
    shown. `source`: where it is applied; `addresses`: of that interface."""

    name: str
    interface: str
    inbound: bool
    rules: tuple[FilterRule, ...] | None
    source: Source
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the forwarding table answered when it was asked for one address. `network` None: it has no way there."""

    address: str
    network: Network | None
    source: Source
    via: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All of it. `routes` None: no table was seen; `()` or more: the table as far as it was printed, `no_default` the line that
    says that it has no default route.

    `translations`: the rules in order; `translated`: flows seen in the translation table. `dropped`: flows that a filter was
    seen to drop. `unforwarded`: lines that say this end does not forward; `martians`: flows it drops by reverse path.
    `idle_timers`: lines that configure a teardown after inactivity. `incomplete`: lines by which the device itself calls its
    configuration incomplete. `too_big`: lines that say a packet was larger than the path takes. `port_unreachable`: ICMP says
    that nothing listens for IKE at an address; `daemon_down`: no daemon answers on this end; `not_loaded`: the daemon does not
    know a connection it was asked for.
    """

    routes: tuple[Route, ...] | None = None
    no_default: Source | None = None
    translations: tuple[Translation, ...] = ()
    translated: tuple[Flow, ...] = ()
    dropped: tuple[Flow, ...] = ()
    unforwarded: tuple[Source, ...] = ()
    martians: tuple[Flow, ...] = ()
    pings: tuple[Ping, ...] = ()
    idle_timers: tuple[Source, ...] = ()
    incomplete: tuple[Source, ...] = ()
    too_big: tuple[Source, ...] = ()
    port_unreachable: tuple[Source, ...] = ()
    daemon_down: tuple[Source, ...] = ()
    not_loaded: tuple[Source, ...] = ()
    configured_routes: tuple[Route, ...] | None = None  # static and connected ones, as a whole configuration has them
    learns_routes: Source | None = None  # the line by which there may be more: a routing protocol, an address by DHCP or PPP
    filters: tuple[Filter, ...] = ()
    lookups: tuple[Lookup, ...] = ()

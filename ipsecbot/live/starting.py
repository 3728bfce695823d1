"""What would start the negotiation from one end: a ping between protected networks, or the daemon's own command."""

from __future__ import annotations

from ipaddress import ip_address

from ipsecbot.collect.trigger import Initiate, Ping
from ipsecbot.inventory.entries import TunnelEnd
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.sa import SaState
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import OutputKind, Snapshot
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.addresses import ANY
from ipsecbot.negotiate.pairing import candidates

SAME_SUBNET = 24
USABLE = (SaState.ESTABLISHED, SaState.REKEYING)


def connections_of(tunnel: Tunnel, side: Side) -> tuple[Connection, ...]:
    """The connections of one end that belong to this tunnel, best first."""
    end = tunnel.end(side)
    if end is None:
        return ()
    paired = tuple(pairing.left if side is Side.LEFT else pairing.right for pairing in tunnel.pairings or ())
    own, peer = tunnel.left_address, tunnel.right_address
    return paired or candidates(end, *((own, peer) if side is Side.LEFT else (peer, own)))


def is_up(tunnel: Tunnel, side: Side) -> bool:
    """Whether this end has a usable CHILD_SA with the other: a second one must not be started beside it."""
    end = tunnel.end(side)
    peer = tunnel.right_address if side is Side.LEFT else tunnel.left_address
    return any(sa.state in USABLE and sa.remote in (None, peer) for sa in (end.child_sas if end else None) or ())


def starter(tunnel: Tunnel, side: Side, told: TunnelEnd | None, snapshot: Snapshot) -> Ping | Initiate | None:
    """What starts the negotiation at this end; None when nothing here can (no connection, no address to ping from)."""
    end = tunnel.end(side)
    if end is None or snapshot.failure:
        return None
    # a ping reaches charon only where a trap policy waits for it; its own command always does
    if told is not None and told.ping is not None and end.device.platform is Platform.CISCO_IOS:
        # traffic brings up no dynamic map: its peer is not known
        only_answers = [connection.remote_addresses == (ANY,) for connection in connections_of(tunnel, side)]
        return None if only_answers and all(only_answers) else Ping(told.ping.source, told.ping.destination)
    starts: list[Ping | Initiate | None] = [
        _initiate(connection, snapshot) if end.device.platform is Platform.STRONGSWAN else _ping(connection, tunnel, side)
        for connection in connections_of(tunnel, side)
        if end.device.platform is Platform.STRONGSWAN or connection.remote_addresses != (ANY,)
    ]
    return next((start for start in starts if start is not None), None)


def _initiate(connection: Connection, snapshot: Snapshot) -> Initiate | None:
    if not connection.children or all(address.startswith("%") for address in connection.remote_addresses):
        return None
    stroke_files = {output.name for output in snapshot.of_kind(OutputKind.IPSEC_CONF)}
    stroke = connection.source is not None and connection.source.output in stroke_files
    return Initiate(connection.name if stroke else connection.children[0].name, stroke=stroke)


def _ping(connection: Connection, tunnel: Tunnel, side: Side) -> Ping | None:
    end, peer = tunnel.end(side), tunnel.end(side.other)
    if end is None:
        return None
    for child in connection.children:
        for pair in child.selectors or ():
            source, destination = _own_address(pair, end), _far_address(pair, peer)
            if source and destination:
                return Ping(source, destination)
    return _across(tunnel, end, peer) if peer is not None else None


def _across(tunnel: Tunnel, end: Endpoint, peer: Endpoint) -> Ping | None:
    """For a tunnel interface, which protects whatever is routed into it: the two addresses of one subnet, one at each end."""
    outside = {tunnel.left_address, tunnel.right_address}
    pairs = [
        (_common_bits(mine, yours), mine, yours)
        for mine in end.addresses
        for yours in peer.addresses
        if mine != yours and not {mine, yours} & outside
    ]
    bits, source, destination = max(pairs, default=(0, "", ""))
    return Ping(source, destination) if bits >= SAME_SUBNET else None


def _common_bits(mine: str, yours: str) -> int:
    first, second = ip_address(mine), ip_address(yours)
    if first.version != second.version:
        return 0
    return first.max_prefixlen - (int(first) ^ int(second)).bit_length()


def _own_address(pair: SelectorPair, end: Endpoint) -> str | None:
    return next((address for address in end.addresses if _holds(pair.local, address)), None)


def _far_address(pair: SelectorPair, peer: Endpoint | None) -> str | None:
    """An address the peer owns behind the tunnel; failing that, the first one of the network it protects."""
    own = next((address for address in (peer.addresses if peer else ()) if _holds(pair.remote, address)), None)
    network = pair.remote.network
    if own or network is None or network.prefixlen == 0:
        return own
    return str(network.network_address if network.num_addresses == 1 else network.network_address + 1)


def _holds(selector: TrafficSelector, address: str) -> bool:
    network = selector.network
    if network is None or network.prefixlen == 0 or selector.protocol not in (0, 1):
        return False
    parsed = ip_address(address)
    return parsed.version == network.version and parsed in network

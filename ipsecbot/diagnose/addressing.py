"""Under which addresses an end may show up at the other."""

from __future__ import annotations

from ipsecbot.model.evidence import Side
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.addresses import is_address, is_private
from ipsecbot.negotiate.pairing import elsewhere


def addresses_of(tunnel: Tunnel, side: Side) -> frozenset[str]:
    """Every address under which this end may show up at the other."""
    end = tunnel.end(side)
    own = set(end.addresses) if end is not None else set()
    given = tunnel.left_address if side is Side.LEFT else tunnel.right_address
    if given:
        own.add(given)
    for pair in tunnel.pairings or ():
        other = pair.right if side is Side.LEFT else pair.left
        own |= {address for address in other.remote_addresses if "/" not in address and not address.startswith("%")}
    return frozenset(own) - addresses_elsewhere(tunnel, side)


def addresses_elsewhere(tunnel: Tunnel, side: Side) -> frozenset[str]:
    """This end's addresses that belong to its other tunnels (a second uplink), however often they talk to the same peer."""
    end, addresses = tunnel.end(side), (tunnel.left_address, tunnel.right_address)
    own, peer = addresses if side is Side.LEFT else addresses[::-1]
    return elsewhere(end, own, peer) if end is not None else frozenset()


def _outside(tunnel: Tunnel, side: Side) -> frozenset[str]:
    """The addresses this end itself speaks IKE from."""
    end = tunnel.end(side)
    given = tunnel.left_address if side is Side.LEFT else tunnel.right_address
    configured = {address for c in (end.connections or () if end is not None else ()) for address in c.local_addresses}
    return frozenset(address for address in (configured or {given or ""}) if is_address(address))


def is_translated(tunnel: Tunnel, side: Side) -> bool:
    """Whether this end speaks from a private address to a peer that has a public one: the peer sees another address."""
    mine, theirs = _outside(tunnel, side), _outside(tunnel, side.other)
    return any(is_private(address) for address in mine) and not any(is_private(address) for address in theirs)

"""Plans for a connection that is incomplete in itself: one for each thing that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.whom import address_of, meant, name_of
from ipsecbot.model.evidence import Finding
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.surroundings import Route
from ipsecbot.model.tunnel import Endpoint, Tunnel


def incomplete(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """What the other end has tells what is missing: its selectors mirrored, its address; what is there already is reused."""
    for side in SIDES:
        end = tunnel.end(side)
        connection = meant(tunnel, side, finding) if end is not None else None
        if end is None or connection is None:
            continue
        theirs = meant(tunnel, side.other, finding) if tunnel.end(side.other) is not None else None
        pairs = tuple(
            mirrored(pair) for child in (theirs.children if theirs is not None else ()) for pair in child.selectors or ()
        )
        address = address_of(tunnel, side.other)
        for problem, source in connection.problems:
            edit = Edit(
                What.INCOMPLETE,
                near=source,
                problem=problem,
                selectors=pairs,
                proposal=_known_set(end),
                address=address,
                own_address=address_of(tunnel, side),
                interface=interface_towards(end, address),
            )
            yield Plan(side, edit, f"{name_of(tunnel, side)}: {problem}", connection, next(iter(connection.children), None))


def _known_set(end: Endpoint) -> Proposal | None:
    """A transform set that other connections of this end use already."""
    every = (one for connection in end.connections or () for child in connection.children for one in child.proposals)
    return next((one for one in every if one.name is not None), None)


def interface_towards(end: Endpoint, peer: str | None) -> str | None:
    """The interface by which an end's own configuration leads to the peer, its next hop looked up once more."""
    routes = end.around.configured_routes or ()
    hop: str | None = peer
    for _ in range(3):
        route = _best(routes, hop)
        if route is None or route.interface is not None:
            return route.interface if route is not None else None
        hop = route.via
    return None


def interface_with(end: Endpoint, address: str | None) -> str | None:
    """The interface that has an address of this end."""
    route = _best(tuple(one for one in end.around.configured_routes or () if one.connected), address)
    return route.interface if route is not None else None


def _best(routes: tuple[Route, ...], address: str | None) -> Route | None:
    try:
        wanted = ip_address(address or "")
    except ValueError:
        return None
    fitting = [route for route in routes if route.network.version == wanted.version and wanted in route.network]
    return max(fitting, key=lambda route: route.network.prefixlen, default=None)

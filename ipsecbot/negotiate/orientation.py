"""Two ends cannot both be the left one: a file that both share has to be read from the other side at one of them.

ipsec.conf names its ends left and right, and the same file may lie on both hosts (strongSwan and libreswan: ipsec.conf(5));
which end is the host itself shows from its addresses, and in pasted text those are seldom there.
"""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Endpoint


def oriented(left: Endpoint, right: Endpoint) -> tuple[Endpoint, Endpoint]:
    """The two ends, with the connections of one of them turned where both claim to be the same end of the same pair.

    The end whose log speaks to the address that its connections call their own is the one to turn; else the right one.
    """
    shared = _points(left) & _points(right)
    if not shared:
        return left, right
    wrong = Side.LEFT if _talks_to_itself(left, shared) and not _talks_to_itself(right, shared) else Side.RIGHT
    return (_turned(left, shared), right) if wrong is Side.LEFT else (left, _turned(right, shared))


Point = tuple[tuple[str, ...], tuple[str, ...]]


def _points(end: Endpoint) -> frozenset[Point]:
    """From where to where this end's connections go, as far as both are written."""
    return frozenset(
        (c.local_addresses, c.remote_addresses)
        for c in end.connections or ()
        if c.local_addresses
        and c.remote_addresses
        and not any(a.startswith("%") for a in (*c.local_addresses, *c.remote_addresses))
    )


def _talks_to_itself(end: Endpoint, shared: frozenset[Point]) -> bool:
    own = {address for local, _ in shared for address in local}
    remotes = {event.remote for event in end.events or ()} | {sa.remote for sa in end.ike_sas or ()}
    return bool(own & {remote for remote in remotes if remote})


def _turned(end: Endpoint, shared: frozenset[Point]) -> Endpoint:
    connections = tuple(_flipped(c) if (c.local_addresses, c.remote_addresses) in shared else c for c in end.connections or ())
    own = {address for _, remote in shared for address in remote}
    addresses = tuple(a for a in end.addresses if a not in {x for local, _ in shared for x in local})
    return replace(end, connections=connections, addresses=(*addresses, *sorted(own - set(addresses))))


def _flipped(connection: Connection) -> Connection:
    ike = connection.ike
    first = ike.remote_ids[0] if ike.remote_ids else None
    turned = replace(
        ike,
        local_id=first,
        remote_ids=(ike.local_id,) if ike.local_id is not None else (),
        local_auth=ike.remote_auth,
        remote_auth=ike.local_auth,
        local_id_source=first.source if first is not None else None,
    )
    return replace(
        connection,
        local_addresses=connection.remote_addresses,
        remote_addresses=connection.local_addresses,
        ike=turned,
        children=tuple(_child(child) for child in connection.children),
    )


def _child(child: ChildPolicy) -> ChildPolicy:
    return replace(child, selectors=None if child.selectors is None else tuple(mirrored(pair) for pair in child.selectors))

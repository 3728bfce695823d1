"""Plans for what lies around a negotiation: addresses, connections that are missing, daemons, filters, traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.plans_incomplete import interface_towards, interface_with
from ipsecbot.diagnose.remedy.whom import address_of, meant, name_of, with_child
from ipsecbot.model.connection import ChildPolicy, Connection, StartAction
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.addresses import match_length

Planner = Callable[[Tunnel, Finding], Iterator[Plan]]


def peer_address(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The other end's address in place of the wrong one, with a key for it; or, where this end merely speaks from another of
    its own addresses than the peer expects, that one."""
    for side in SIDES:
        end, address = tunnel.end(side), address_of(tunnel, side.other)
        connection = meant(tunnel, side, finding) if end is not None else None
        if end is None or connection is None:
            continue
        expected = finding.accepted if finding.accepted in end.addresses else None
        if expected is not None and expected not in connection.local_addresses:
            where = interface_with(end, expected)
            edit = Edit(What.LOCAL_ADDRESS, near=connection.source, address=expected, interface=where)
            why = f"{name_of(tunnel, side.other)} expects {expected}, which is this end's too"
            yield Plan(side, edit, why, connection, becomes=replace(connection, local_addresses=(expected,)))
        elif address is not None and address not in connection.remote_addresses:
            lacks = end.keys is not None and not any(_is_for(key, address) for key in end.keys)
            near = connection.address_source or connection.source
            edit = Edit(What.PEER_ADDRESS, near=near, address=address, needs_key=lacks and bool(end.keys))
            why = f"{address} is the address of {name_of(tunnel, side.other)}"
            yield Plan(side, edit, why, connection, becomes=replace(connection, remote_addresses=(address,)))


def _is_for(key: SharedKey, address: str) -> bool:
    return not key.owners or any(match_length(owner, address) is not None for owner in key.owners)


def new_connection(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        address, own = address_of(tunnel, side.other), address_of(tunnel, side)
        end = tunnel.end(side)
        if end is not None and address is not None:
            other = tunnel.end(side.other)
            theirs = meant(tunnel, side.other, finding) if other is not None else None
            version = next(iter(theirs.ike.versions), None) if theirs is not None else None
            placed = [one.source for one in end.connections or () if one.applied and "%any" not in one.remote_addresses]
            near = next((source for source in reversed(placed) if source is not None), None)
            where = interface_towards(end, address)
            edit = Edit(What.NEW_CONNECTION, near=near, address=address, own_address=own, version=version, interface=where)
            why = f"{name_of(tunnel, side)} has nothing for {name_of(tunnel, side.other)} ({address})"
            taken = {connection.name for connection in end.connections or ()}
            becomes = _mirrored(theirs, own, address) if theirs is not None else None
            if becomes is not None and becomes.name in taken:
                becomes = replace(becomes, name=f"{becomes.name}-{name_of(tunnel, side.other)}")
            yield Plan(side, edit, why, meant(tunnel, side, finding), becomes=becomes)


def _mirrored(theirs: Connection, own: str | None, address: str) -> Connection:
    """What one end has, as the other has to have it."""
    ike = theirs.ike
    children = tuple(
        replace(child, selectors=tuple(mirrored(pair) for pair in child.selectors or ())) for child in theirs.children
    )
    return replace(
        theirs,
        local_addresses=(own,) if own else (),
        remote_addresses=(address,),
        children=children,
        ike=replace(
            ike,
            local_id=next((name for name in ike.remote_ids if "*" not in name.value), None),
            remote_ids=(ike.local_id,) if ike.local_id is not None else (),
            local_auth=ike.remote_auth,
            remote_auth=ike.local_auth,
        ),
    )


def daemon(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        yield Plan(side, Edit(What.DAEMON), "nothing speaks IKE there", meant(tunnel, side, finding))


def reload(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        connection = meant(tunnel, side, finding)
        yield Plan(side, Edit(What.RELOAD), "the daemon does not run what the file says", connection)


def permit(*ports: int) -> Planner:
    def plan(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
        for side in SIDES:
            end, own = tunnel.end(side), address_of(tunnel, side)
            known = (one for one in (end.around.filters if end is not None else ()) if one.inbound and own in one.addresses)
            edit = Edit(
                What.PERMIT,
                address=address_of(tunnel, side.other),
                own_address=own,
                ports=ports,
                packet_filter=next(known, None),
            )
            why = f"if a filter on or before {name_of(tunnel, side)} drops what {name_of(tunnel, side.other)} sends"
            yield Plan(side, edit, why)

    return plan


def traffic(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        connection = meant(tunnel, side, finding)
        child = next(iter(connection.children), None) if connection is not None else None
        if connection is None or child is None:
            continue
        waits = child.start_action is StartAction.TRAP
        near = None if waits else child.source
        edit = Edit(What.TRAFFIC, near=near, selectors=child.selectors or (), own_address=_inside(tunnel, side, child))
        why = "the policy waits for such a packet" if waits else "the tunnel comes up when matching traffic asks for it"
        becomes = with_child(connection, child, replace(child, start_action=StartAction.TRAP))
        yield Plan(side, edit, why, connection, child, becomes=becomes)


def _inside(tunnel: Tunnel, side: Side, child: ChildPolicy) -> str | None:
    """An address of this end's own that the child protects."""
    end = tunnel.end(side)
    networks = [pair.local.network for pair in child.selectors or () if pair.local.network is not None]
    own = (address for address in (end.addresses if end is not None else ()))
    return next((address for address in own for network in networks if ip_address(address) in network), None)

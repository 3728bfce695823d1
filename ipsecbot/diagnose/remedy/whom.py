"""Which end, connection and replay a remedy is for."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.negotiation import Aspect, Negotiation
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.pairing import candidates


def failing_replay(tunnel: Tunnel, *aspects: Aspect) -> Negotiation | None:
    """The first replay that stumbles over one of these aspects; else the first of all."""
    replays = [replay for pair in tunnel.pairings or () for replay in (pair.left_initiates, pair.right_initiates)]
    hit = [replay for replay in replays if any(found.aspect in aspects for found in replay.mismatches)]
    return next(iter(hit or replays), None)


def meant(tunnel: Tunnel, side: Side, finding: Finding) -> Connection | None:
    """The connection of this end that the finding is about: the one whose lines prove it, the paired one, the one that fits
    the addresses; any where nothing tells."""
    end = tunnel.end(side)
    every = end.connections or () if end is not None else ()
    quoted = (c for c in every if {c.source, c.address_source} & set(finding.evidence) - {None})
    paired = (pair.left if side is Side.LEFT else pair.right for pair in tunnel.pairings or ())
    own, peer = address_of(tunnel, side), address_of(tunnel, side.other)
    fitting = candidates(end, own, peer) if end is not None else ()
    return next(chain(quoted, paired, fitting, every), None)


def connection_of(replay: Negotiation, side: Side) -> Connection:
    return replay.left if side is Side.LEFT else replay.right


def child_of(replay: Negotiation, side: Side) -> ChildPolicy | None:
    return replay.left_child if side is Side.LEFT else replay.right_child


def name_of(tunnel: Tunnel, side: Side) -> str:
    end = tunnel.end(side)
    if end is not None:
        return end.device.name
    return (tunnel.left_address if side is Side.LEFT else tunnel.right_address) or "the peer"


def is_router(tunnel: Tunnel, side: Side) -> bool:
    end = tunnel.end(side)
    return end is not None and end.device.platform is Platform.CISCO_IOS


def address_of(tunnel: Tunnel, side: Side) -> str | None:
    end = tunnel.end(side)
    given = tunnel.left_address if side is Side.LEFT else tunnel.right_address
    return given or (end.addresses[0] if end is not None and end.addresses else None)


def with_child(connection: Connection, child: ChildPolicy, becomes: ChildPolicy) -> Connection:
    return replace(connection, children=tuple(becomes if each == child else each for each in connection.children))

"""From a tunnel to the facts: which negotiations still count, which SAs and events are this tunnel's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from ipsecbot.diagnose.addressing import addresses_elsewhere, addresses_of
from ipsecbot.diagnose.attempts import Attempt, Seen, concerns, latest, of_tunnel
from ipsecbot.diagnose.facts import SIDES, Facts, State
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind, Ladder, LogEvent
from ipsecbot.model.sa import ChildSa, IkeSa
from ipsecbot.model.tunnel import Endpoint, Pairing, Tunnel
from ipsecbot.negotiate.addresses import is_address

SaT = TypeVar("SaT", IkeSa, ChildSa)
_NAT_PORT = 4500
_NAMING = (EventKind.STARTED, EventKind.CONNECTION_SELECTED)


def establish(tunnel: Tunnel) -> Facts:
    """The facts of one tunnel: which negotiations still count, and what each end says exists."""
    attempts: list[Attempt] = []
    seen: list[Seen] = []
    for side in SIDES:
        peers = addresses_of(tunnel, side.other)
        mine = of_tunnel(tunnel, side, peers, addresses_elsewhere(tunnel, side))
        # without a peer to look for, each remote address is a peer of its own: one's success says nothing of another
        groups = [mine] if peers else _by_remote(mine)
        chosen = {id(attempt) for group in groups for attempt in latest(group)}
        counting = tuple(attempt for attempt in mine if id(attempt) in chosen)
        attempts += counting
        seen += [Seen(event, side, event.role or a.exchange.role, a.exchange) for a in counting for event in a.exchange.events]
        seen += _loose(tunnel, side, counting)
    meant = replace(tunnel, pairings=_named(tunnel, seen))
    return Facts(meant, tuple(attempts), tuple(seen), _state(tunnel, Side.LEFT), _state(tunnel, Side.RIGHT))


def _named(tunnel: Tunnel, seen: list[Seen]) -> tuple[Pairing, ...] | None:
    """The pairings of the connections that the logs name; all of them where none names one."""
    found = tunnel.pairings
    for side in SIDES:
        told = {one.event.detail for one in seen if one.side is side and one.event.kind in _NAMING and one.event.detail}
        names = told | {name.partition("/")[0] for name in told}  # pluto adds which of several selectors it means
        named = tuple(p for p in found or () if (p.left if side is Side.LEFT else p.right).name in names)
        found = named or found
    return found


def _by_remote(attempts: tuple[Attempt, ...]) -> list[tuple[Attempt, ...]]:
    found: dict[str | None, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.exchange.remote, []).append(attempt)
    return [tuple(mine) for mine in found.values()]


def _loose(tunnel: Tunnel, side: Side, counting: tuple[Attempt, ...]) -> list[Seen]:
    """Events outside any negotiation, unless they are older than the first attempt that counts."""
    peers = addresses_of(tunnel, side.other)
    end = tunnel.end(side)
    if end is None:
        return []
    elsewhere = addresses_elsewhere(tunnel, side)
    mine = [e for e in tunnel.ladder.loose if e.source.device == end.device.name and e.local not in elsewhere]
    remotes = {event.remote for event in mine} | {e.remote for e in tunnel.ladder.of_device(end.device.name)}
    starts = [attempt.exchange.started_at for attempt in counting if attempt.exchange.started_at is not None]
    is_comparable = len({start.tzinfo is None for start in starts}) == 1  # several texts may tell several kinds of time
    since = min(starts) if is_comparable else None
    return [
        Seen(event, side, event.role)
        for event in mine
        if concerns(event.remote, peers, remotes) and (_holds_on(event, end) or not _is_older(event.at, since))
    ]


def _holds_on(event: LogEvent, end: Endpoint) -> bool:
    """A configuration that was refused stays refused until it is loaded again; what runs is known better where it was read."""
    return event.kind is EventKind.CONFIG_REFUSED and end.connections is None


def narrowed(tunnel: Tunnel) -> Tunnel:
    """The tunnel with only its own negotiations on the ladder; all of them where none can be told to be its own."""
    ladder = tunnel.ladder
    own, loose = set(), set()
    for side in SIDES:
        peers = addresses_of(tunnel, side.other)
        own |= {id(attempt.exchange) for attempt in of_tunnel(tunnel, side, peers)}
        loose |= {id(seen.event) for seen in _loose(tunnel, side, ())}
    exchanges = tuple(exchange for exchange in ladder.exchanges if id(exchange) in own) or ladder.exchanges
    events = tuple(event for event in ladder.loose if id(event) in loose) or ladder.loose
    return replace(tunnel, ladder=Ladder(exchanges, events))


def _is_older(at: object, since: object) -> bool:
    if not isinstance(at, datetime) or not isinstance(since, datetime) or (at.tzinfo is None) != (since.tzinfo is None):
        return False
    return at < since


def _state(tunnel: Tunnel, side: Side) -> State:
    end = tunnel.end(side)
    if end is None:
        return State(None, None)
    peers, elsewhere = addresses_of(tunnel, side.other), addresses_elsewhere(tunnel, side)
    ike = end.ike_sas and tuple(sa for sa in end.ike_sas if sa.local not in elsewhere)
    children = end.child_sas and tuple(sa for sa in end.child_sas if sa.local not in elsewhere)
    if not _may_roam(end):
        return State(_of(ike, peers), _of(children, peers))
    ike_remotes, child_remotes = {sa.remote for sa in ike or ()}, {sa.remote for sa in children or ()}
    return State(
        ike and tuple(sa for sa in ike if concerns(sa.remote, peers, ike_remotes)),
        children and tuple(sa for sa in children if concerns(sa.remote, peers, child_remotes)),
    )


def _of(sas: tuple[SaT, ...] | None, peers: frozenset[str]) -> tuple[SaT, ...] | None:
    return sas and tuple(sa for sa in sas if sa.remote is None or not peers or sa.remote in peers)


def _may_roam(end: Endpoint) -> bool:
    """Whether the peer may show up under an address that nobody wrote down: it is configured by name, network or as any, or
    sits behind a NAT."""
    remotes = [address for connection in end.connections or () for address in connection.remote_addresses]
    natted = any(sa.nat_detected or _NAT_PORT in (sa.local_port, sa.remote_port) for sa in end.ike_sas or ())
    return natted or not remotes or not all(is_address(remote) for remote in remotes)

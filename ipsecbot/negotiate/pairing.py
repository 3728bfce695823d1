"""Which connection of one end belongs to which of the other."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, Negotiation
from ipsecbot.model.selectors import SelectorPair, mirrored
from ipsecbot.model.tunnel import Endpoint, Pairing
from ipsecbot.negotiate.addresses import closest, hides_behind, is_address, matches, named
from ipsecbot.negotiate.replay import replay

_NAME_ONLY = -1


def candidates(end: Endpoint, own_address: str | None, peer_address: str | None) -> tuple[Connection, ...]:
    """The connections of one end that could be meant for a peer, closest address match first.

    An empty tuple from an end whose connections are known means: nothing is configured for this peer. A peer given by
    host name stays a candidate, behind those that match. `peer_address` None: every connection.
    """
    others = elsewhere(end, own_address, peer_address)
    found = [
        (fit, connection)
        for connection in end.connections or ()
        if (fit := _fit(connection, end, own_address, peer_address)) is not None
        and not (connection.local_addresses and others.issuperset(connection.local_addresses))
    ]
    return tuple(connection for _, connection in sorted(found, key=lambda item: item[0], reverse=True))


def _fit(connection: Connection, end: Endpoint, own: str | None, peer: str | None) -> tuple[bool, int, int] | None:
    """How well a connection fits two addresses: in force, bits of the peer's address named, bits of the own one."""
    remote = _NAME_ONLY if peer is None or not connection.remote_addresses else closest(connection.remote_addresses, peer)
    if remote is None and named(connection.remote_addresses):
        remote = _NAME_ONLY
    local: int | None = 0
    if connection.local_addresses:
        addresses = ((own,) if own else ()) + end.addresses
        fits = [closest(connection.local_addresses, address) for address in addresses]
        local = max((fit for fit in fits if fit is not None), default=None)
        if local is None and (not addresses or named(connection.local_addresses)):
            local = _NAME_ONLY
    if remote is None or local is None:
        return None
    return connection.applied is not False and connection.running is not False, remote, local


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Smaller is better."""

    not_in_force: int
    distance: int
    other_version: int
    identities: int
    selectors: int
    mismatches: int


def pair(
    left: Endpoint, right: Endpoint, left_address: str | None = None, right_address: str | None = None
) -> tuple[Pairing, ...]:
    """Pairings, best first, each with the replay in both directions; empty when either end has nothing for the other.

    Of several connections each is kept with its best partner only: what another pairing explains better is no fault. One that
    is not in force (not loaded, not applied) counts only where no other would be used.
    """
    ranked: list[tuple[Rank, Pairing]] = []
    for mine in _candidates(left, left_address, right, right_address):
        for yours in _candidates(right, right_address, left, left_address):
            pairing = pairing_of(mine, yours, left, right, left_address, right_address)
            ranked.append((rank_of(pairing, left_address, right_address), pairing))
    ranked.sort(key=lambda item: item[0])
    ranked = [item for item in ranked if item[0].not_in_force == 0] or ranked
    best_left: dict[int, Rank] = {}
    best_right: dict[int, Rank] = {}
    for rank, pairing in ranked:
        best_left.setdefault(id(pairing.left), rank)
        best_right.setdefault(id(pairing.right), rank)
    best = ((rank, best_left[id(pairing.left)], best_right[id(pairing.right)], pairing) for rank, pairing in ranked)
    return tuple(
        pairing for rank, mine, yours, pairing in best if rank in (mine, yours) and rank.distance <= min(mine, yours).distance
    )


def elsewhere(end: Endpoint, own: str | None, peer: str | None) -> frozenset[str]:
    """The addresses from which this end speaks to others, or beside this tunnel: those that its further connections start
    from, where one starts from `own` to `peer`. Nothing that happens there is about this tunnel."""
    if own is None or peer is None:
        return frozenset()
    every = end.connections or ()
    meant = {a for c in every if own in c.local_addresses and matches(c.remote_addresses, peer) for a in c.local_addresses}
    return frozenset(a for c in every for a in c.local_addresses if is_address(a)) - meant if meant else frozenset()


def _candidates(end: Endpoint, own: str | None, peer: Endpoint, peer_address: str | None) -> tuple[Connection, ...]:
    """By the addresses the inventory tells; failing that, by any address the peer owns, or may hide behind."""
    addresses = ((peer_address,) if peer_address else ()) + peer.addresses
    mine, theirs = elsewhere(end, own, peer_address), elsewhere(peer, peer_address, own)
    for address in addresses:
        found = candidates(end, own, address) if address not in theirs else ()
        found = tuple(c for c in found if not c.local_addresses or not mine.issuperset(c.local_addresses))
        if found:
            return found
    return tuple(c for c in end.connections or () if _hides(c, peer, peer_address)) if addresses else candidates(end, own, None)


def _hides(connection: Connection, peer: Endpoint, peer_address: str | None) -> bool:
    """A peer behind a NAT owns none of the addresses it shows up as; what both ends protect tells that it is meant."""
    speaks_from = {a for c in peer.connections or () for a in c.local_addresses} or {peer_address or ""}
    if not any(hides_behind(connection.remote_addresses, address) for address in speaks_from):
        return False
    theirs = {mirrored(pair) for c in peer.connections or () for pair in _selectors(c)}
    return not theirs.isdisjoint(_selectors(connection))


def _selectors(connection: Connection) -> tuple[SelectorPair, ...]:
    """The pairs that tell one tunnel from another: not those of a tunnel interface, which protects anything."""
    pairs = (pair for child in connection.children for pair in child.selectors or ())
    return tuple(pair for pair in pairs if pair.local.network is not None and pair.local.network.prefixlen)


def pairing_of(
    mine: Connection, yours: Connection, left: Endpoint, right: Endpoint, left_address: str | None, right_address: str | None
) -> Pairing:
    """Two connections with the replay of both directions."""

    def started_by(side: Side) -> Negotiation:
        return replay(
            mine,
            yours,
            side,
            left_end=left,
            right_end=right,
            left_address=left_address,
            right_address=right_address,
        )

    return Pairing(mine, yours, started_by(Side.LEFT), started_by(Side.RIGHT))


def rank_of(pairing: Pairing, left_address: str | None, right_address: str | None) -> Rank:
    """How well two connections fit: in force, closest by address, then by what they agree in."""
    both = (pairing.left_initiates, pairing.right_initiates)
    closeness = _closeness(pairing.left, right_address) + _closeness(pairing.right, left_address)
    idle = [end for end in (pairing.left, pairing.right) if end.applied is False or end.running is False]
    return Rank(
        not_in_force=len(idle),
        distance=-closeness,
        other_version=_count(both, Aspect.VERSION),
        identities=_count(both, Aspect.IDENTITY),
        selectors=_count(both, Aspect.SELECTORS),
        mismatches=sum(len(negotiation.blocking) for negotiation in both),
    )


def _closeness(connection: Connection, peer_address: str | None) -> int:
    found = closest(connection.remote_addresses, peer_address) if peer_address else None
    return _NAME_ONLY if found is None else found


def _count(negotiations: tuple[Negotiation, ...], aspect: Aspect) -> int:
    return sum(mismatch.aspect is aspect for negotiation in negotiations for mismatch in negotiation.mismatches)

"""All connections of one side with all of the other that they belong to, in time that grows with their number alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ipsecbot.model.comparison import Bond, Match, Placed
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.addresses import is_address
from ipsecbot.negotiate.cards import Card, Index, bonds, card
from ipsecbot.negotiate.narrowing import Narrowing
from ipsecbot.negotiate.pairing import Rank, pairing_of, rank_of

_TELLING = (Bond.IDENTITIES, Bond.SELECTORS)
_MOST_ADDRESSES = 4  # of an end that has many, enough to look up its keys by


@dataclass(frozen=True, slots=True)
class Matched:
    """Every match, in the order of the left configurations, and the connections that belong to none."""

    matches: tuple[Match, ...]
    unpaired: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """Two cards that may belong together. `rank`: smaller is nearer, and equal ranks cannot be told apart by what they say."""

    left: Card
    right: Card
    bonds: tuple[Bond, ...]
    tunnel: Tunnel
    rank: Rank

    @property
    def order(self) -> tuple[Rank, int, bool]:
        return self.rank, -len(set(self.bonds) & set(_TELLING)), Bond.NAME not in self.bonds


def match(lefts: Sequence[Endpoint], rights: Sequence[Endpoint]) -> Matched:
    """Pair the connections of two ends, or of two sets of ends.

    First those whose addresses meet; of what is left over, those whose identities or selectors mirror each other, for there an
    address is wrong; then a single one with a single one. Each is taken once where it can be: only an entry beside another one
    to the same peer shares its partner. What fits equally well is a rival of the match.
    """
    cards = {side: _cards(side, ends) for side, ends in ((Side.LEFT, lefts), (Side.RIGHT, rights))}
    narrow = {id(end): Narrowing(end) for end in (*lefts, *rights)}
    found = _chosen(_edges(cards[Side.LEFT], cards[Side.RIGHT], narrow, told_only=False))
    rest = {side: _without(cards[side], found, side) for side in Side}
    found += _chosen(_edges(rest[Side.LEFT], rest[Side.RIGHT], narrow, told_only=True))
    rest = {side: _without(cards[side], found, side) for side in Side}
    if all(len(one) == 1 for one in cards.values()) and not found:
        left, right = cards[Side.LEFT][0], cards[Side.RIGHT][0]
        found = [(_edge(left, right, (Bond.NOTHING_ELSE,), narrow), ())]
        rest = {side: [] for side in Side}
    position = {id(one): number for number, one in enumerate(cards[Side.LEFT])}
    found.sort(key=lambda item: position[id(item[0].left)])
    unpaired = tuple(one.placed for one in chain(rest[Side.LEFT], rest[Side.RIGHT]))
    return Matched(tuple(_match(edge, rivals) for edge, rivals in found), unpaired)


def _cards(side: Side, ends: Iterable[Endpoint]) -> list[Card]:
    return [card(Placed(side, end, connection)) for end in ends for connection in end.connections or ()]


def _without(cards: list[Card], found: Iterable[tuple[_Edge, tuple[Placed, ...]]], side: Side) -> list[Card]:
    used = {id(edge.left if side is Side.LEFT else edge.right) for edge, _ in found}
    return [one for one in cards if id(one) not in used]


def _edges(lefts: list[Card], rights: list[Card], narrow: dict[int, Narrowing], *, told_only: bool) -> list[_Edge]:
    """Of the candidates the closest by address of each card, replayed."""
    by_left, by_right = Index.of(lefts), Index.of(rights)
    pairs: dict[tuple[int, int], tuple[Card, Card]] = {}
    for one in lefts:
        near = chain(by_right.told(one), by_right.one_sided(one)) if told_only else by_right.linked(one)
        pairs.update({(id(one), id(other)): (one, other) for other in near})
    for other in rights:
        near = chain(by_left.told(other), by_left.one_sided(other)) if told_only else by_left.linked(other)
        pairs.update({(id(one), id(other)): (one, other) for one in near})
    bound = [(left, right, bonds(left, right)) for left, right in pairs.values()]
    wanted = _TELLING if told_only else (Bond.ADDRESSES,)
    bound = [item for item in bound if any(bond in wanted for bond in item[2])]
    closest: dict[int, tuple[int, int]] = {}
    for left, right, _ in bound:
        for one in (left, right):
            closest[id(one)] = min(closest.get(id(one), (9, 0)), _distance(left, right))
    return [
        _edge(left, right, why, narrow)
        for left, right, why in bound
        if _distance(left, right) <= min(closest[id(left)], closest[id(right)])
    ]


def _distance(left: Card, right: Card) -> tuple[int, int]:
    """Smaller is nearer: how many of the two are not in force, then how closely they name each other's address."""
    idle = sum(one.placed.connection.applied is False or one.placed.connection.running is False for one in (left, right))
    return idle, -((left.takes(right.own) or 0) + (right.takes(left.own) or 0))


def _edge(left: Card, right: Card, why: tuple[Bond, ...], narrow: dict[int, Narrowing]) -> _Edge:
    here, there = _meeting(left, right), _meeting(right, left)
    mine, yours = left.placed.connection, right.placed.connection
    left_end = narrow[id(left.placed.end)].narrowed(mine, here, yours, _known_by(there, right))
    right_end = narrow[id(right.placed.end)].narrowed(yours, there, mine, _known_by(here, left))
    pairing = pairing_of(mine, yours, left_end, right_end, here, there)
    name = f"{left_end.device.name} {mine.name} - {right_end.device.name} {yours.name}"
    tunnel = Tunnel(name, left_end, right_end, here, there, pairings=(pairing,))
    return _Edge(left, right, why, tunnel, rank_of(pairing, here, there))


def _known_by(told: str | None, one: Card) -> tuple[str, ...]:
    return (*((told,) if told is not None else ()), *one.own[:_MOST_ADDRESSES])


def _meeting(one: Card, other: Card) -> str | None:
    """The address at which the other end finds this one: the one it names, where this end has it or its own is not known."""
    for peer in other.peers:
        if peer in one.own:
            return peer
    if one.own:
        alike = one.own if len(one.own) == 1 else _of_family(one.own, one.peers or other.own)
        return alike[0] if len(alike) == 1 else None
    return other.peers[0] if len(other.peers) == 1 and is_address(other.peers[0]) else None


def _of_family(own: Sequence[str], far: Sequence[str]) -> list[str]:
    """Those of an end's addresses from which a packet can go to one of the far ones: IPv4 to IPv4, IPv6 to IPv6."""
    families = {":" in address for address in far}
    return [address for address in own if (":" in address) in families]


def _chosen(edges: list[_Edge]) -> list[tuple[_Edge, tuple[Placed, ...]]]:
    """Each card once, best edges first; then those left over, beside what their partner has already, where that makes sense."""
    edges.sort(key=lambda edge: edge.order)
    of_card: dict[int, list[_Edge]] = {}
    for edge in edges:
        of_card.setdefault(id(edge.left), []).append(edge)
        of_card.setdefault(id(edge.right), []).append(edge)
    partners: dict[int, Card] = {}  # of each card that has one, the first
    taken: list[_Edge] = []
    for edge in edges:
        if id(edge.left) not in partners and id(edge.right) not in partners:
            partners |= {id(edge.left): edge.right, id(edge.right): edge.left}
            taken.append(edge)
    for edge in edges:
        if (id(edge.left) in partners) is not (id(edge.right) in partners) and _shares(edge, partners):
            partners.setdefault(id(edge.left), edge.right)
            partners.setdefault(id(edge.right), edge.left)
            taken.append(edge)
    return [(edge, _rivals(edge, of_card)) for edge in taken]


def _shares(edge: _Edge, partners: dict[int, Card]) -> bool:
    """Whether a connection may have a partner that belongs to another already: a further entry for the same peer, not one of
    another IKE version or one that waits for anybody."""
    further, shared = (edge.left, edge.right) if id(edge.right) in partners else (edge.right, edge.left)
    if set(further.peers).isdisjoint(partners[id(shared)].peers):
        return False
    replays = [replay for pair in edge.tunnel.pairings or () for replay in (pair.left_initiates, pair.right_initiates)]
    return bool(edge.left.peers and edge.right.peers) and not any(
        found.aspect is Aspect.VERSION for replay in replays for found in replay.mismatches
    )


def _rivals(edge: _Edge, of_card: dict[int, list[_Edge]]) -> tuple[Placed, ...]:
    """Who else would do just as well, by everything but the order in the file."""
    found: dict[int, Placed] = {}
    for one, side in ((edge.left, Side.RIGHT), (edge.right, Side.LEFT)):
        for other in of_card[id(one)]:
            if other is not edge and other.order == edge.order:
                rival = other.right if side is Side.RIGHT else other.left
                found[id(rival)] = rival.placed
    return tuple(found.values())


def _match(edge: _Edge, rivals: tuple[Placed, ...]) -> Match:
    return Match(edge.left.placed, edge.right.placed, edge.tunnel, edge.bonds, rivals)

"""By what a connection can be found among thousands: its addresses, identities, selectors and name, each in an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ipsecbot.model.comparison import Bond, Placed
from ipsecbot.model.selectors import SelectorPair, mirrored
from ipsecbot.negotiate.addresses import ANY, closest, is_address
from ipsecbot.negotiate.identity import sent_identity

_MOST = 8  # of what is alike in an index; of more, something else has to tell which is meant


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One connection. `own`, `peers`: the addresses it speaks from and names exactly (empty: not known, or none);
    `patterns`: the other ways in which it names its peer; `pairs`: what it protects, as far as that tells tunnels apart."""

    placed: Placed
    own: tuple[str, ...]
    peers: tuple[str, ...]
    patterns: tuple[str, ...]
    pairs: frozenset[SelectorPair]
    sent: str | None
    expected: tuple[str, ...]
    name: str

    @property
    def is_open(self) -> bool:
        """Whether it takes peers whose address it does not write out."""
        return bool(self.patterns)

    def takes(self, addresses: tuple[str, ...]) -> int | None:
        """How closely it names one of the addresses (bits); None when it names others."""
        if not addresses:
            return 0
        every = self.peers + self.patterns
        return max((bits for address in addresses if (bits := closest(every, address)) is not None), default=None)


def card(placed: Placed) -> Card:
    connection = placed.connection
    own = tuple(a for a in connection.local_addresses if is_address(a)) or placed.end.addresses
    peers = tuple(a for a in connection.remote_addresses if is_address(a))
    patterns = tuple(a for a in connection.remote_addresses if not is_address(a)) or (() if peers else (ANY,))
    sent = sent_identity(connection, own[0] if len(own) == 1 else None)
    return Card(
        placed,
        own,
        peers,
        patterns,
        frozenset(pair for child in connection.children for pair in child.selectors or () if tells_apart(pair)),
        sent.value.lower() if sent is not None else None,
        tuple(one.value.lower() for one in connection.ike.remote_ids if "*" not in one.value and one.value != ANY),
        connection.name.lower(),
    )


def tells_apart(pair: SelectorPair) -> bool:
    """Not what a tunnel interface protects (anything), nor an end's own address, whatever that is."""
    return all(side.network is not None and side.network.prefixlen for side in (pair.local, pair.remote))


@dataclass(slots=True)
class Index:
    """The cards of one side. Buckets keep the order of the configurations."""

    by_link: dict[tuple[str, str], list[Card]] = field(default_factory=dict)
    by_own: dict[str, list[Card]] = field(default_factory=dict)
    open_by_own: dict[str, list[Card]] = field(default_factory=dict)
    open_anywhere: list[Card] = field(default_factory=list)
    by_pair: dict[SelectorPair, list[Card]] = field(default_factory=dict)
    by_identity: dict[tuple[str, str], list[Card]] = field(default_factory=dict)
    by_name: dict[str, list[Card]] = field(default_factory=dict)

    @staticmethod
    def of(cards: Iterable[Card]) -> Index:
        index = Index()
        for one in cards:
            for own in one.own:
                index.by_own.setdefault(own, []).append(one)
                for peer in one.peers:
                    index.by_link.setdefault((own, peer), []).append(one)
                if one.is_open:
                    index.open_by_own.setdefault(own, []).append(one)
            if not one.own:
                index.open_anywhere.append(one)
            for pair in one.pairs:
                index.by_pair.setdefault(pair, []).append(one)
            for expected in one.expected if one.sent is not None else ():
                index.by_identity.setdefault((one.sent or "", expected), []).append(one)
            index.by_name.setdefault(one.name, []).append(one)
        return index

    def linked(self, other: Card) -> Iterator[Card]:
        """Whose addresses meet those of a card of the other side, whichever of the two names which."""
        for peer in other.peers:
            for own in other.own:
                yield from self._few(self.by_link.get((peer, own), ()), other)
            if not other.own:
                yield from self._few(self.by_own.get(peer, ()), other)
            yield from self._few(self.open_by_own.get(peer, ()), other)
        if other.own and other.is_open:
            yield from self.told(other)
        yield from self._few(self.open_anywhere, other)

    def told(self, other: Card) -> Iterator[Card]:
        """What selectors or identities say is the other end of a card."""
        for pair in other.pairs:
            yield from _small(self.by_pair.get(mirrored(pair), ()))
        for expected in other.expected if other.sent is not None else ():
            yield from _small(self.by_identity.get((expected, other.sent or ""), ()))

    def one_sided(self, other: Card) -> Iterator[Card]:
        """Those that a card's peer address belongs to, whatever they name themselves."""
        for peer in other.peers:
            yield from _small(self.by_own.get(peer, ()))

    def _few(self, bucket: Iterable[Card], other: Card) -> Iterator[Card]:
        found = list(bucket) if isinstance(bucket, tuple) else bucket
        assert isinstance(found, list)
        if len(found) <= _MOST:
            yield from found
        else:
            yield from self.told(other)
            yield from _small(self.by_name.get(other.name, ()))


def _small(bucket: Iterable[Card]) -> Iterator[Card]:
    found = tuple(bucket)
    return iter(found if len(found) <= _MOST else ())


def bonds(left: Card, right: Card) -> tuple[Bond, ...]:
    """What speaks for it that two cards are the two ends of one tunnel."""
    found = [Bond.ADDRESSES] if _meet(left, right) else []
    if _knows(left, right) and _knows(right, left):
        found.append(Bond.IDENTITIES)
    if not left.pairs.isdisjoint(mirrored(pair) for pair in right.pairs):
        found.append(Bond.SELECTORS)
    if left.name == right.name:
        found.append(Bond.NAME)
    return tuple(found)


def _meet(left: Card, right: Card) -> bool:
    """Whether each names the other's address, one of them at least in full."""
    there, back = left.takes(right.own), right.takes(left.own)
    named = any(peer in right.own for peer in left.peers) or any(peer in left.own for peer in right.peers)
    return there is not None and back is not None and named


def _knows(one: Card, other: Card) -> bool:
    return other.sent is not None and other.sent in one.expected

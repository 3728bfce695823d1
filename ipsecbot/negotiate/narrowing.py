"""Of an end with thousands of tunnels, what decides about one of them: so that each is decided without a look at the others."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import Connection
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.surroundings import Surroundings
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.addresses import is_address, named
from ipsecbot.negotiate.responder_rules import KeyRule, rules_of

_FEW = 16  # so many are looked through for every tunnel
_FEW_LINES = 256


class Narrowing:
    """One end's keys by their owners and its addresses, gone through once.

    `narrowed` gives an Endpoint with one connection, from which replay and the rules conclude what they would conclude from
    the whole; only what is configured is left in it, no state and no log.
    """

    def __init__(self, end: Endpoint) -> None:
        self._end = end
        self._addresses = frozenset(end.addresses)
        self._by_owner: dict[str, list[int]] = {}
        self._for_many: list[int] = []
        by_address = rules_of(end.device.platform).keys is KeyRule.ADDRESS
        for number, key in enumerate(end.keys or ()):
            owners = (*key.owners, *(key.resolved or ()))
            plain = [_text(owner) for owner in owners if _is_exact(owner)]
            stands_for_any = by_address and key.resolved is None and bool(named(key.owners))
            if len(plain) < len(owners) or not plain or stands_for_any:
                self._for_many.append(number)
            for owner in plain:
                self._by_owner.setdefault(owner, []).append(number)
        wanted = replace(end, connections=(), ike_sas=None, child_sas=None, events=None, pings=())
        self._small = replace(wanted, gaps=(), watched=(), around=_few(end.around))

    def narrowed(
        self, mine: Connection, own_address: str | None, peer: Connection, peer_addresses: tuple[str, ...]
    ) -> Endpoint:
        """The end as far as `mine` towards `peer` is concerned."""
        return replace(
            self._small,
            connections=(mine,),
            addresses=self._own(mine, own_address, peer),
            keys=self._keys(mine, own_address, peer, peer_addresses),
        )

    def _own(self, mine: Connection, own_address: str | None, peer: Connection) -> tuple[str, ...]:
        if len(self._addresses) <= _FEW:
            return self._end.addresses
        named = (own_address, *mine.local_addresses, *peer.remote_addresses)
        return tuple(dict.fromkeys(address for address in named if address in self._addresses)) or self._end.addresses[:_FEW]

    def _keys(
        self, mine: Connection, own_address: str | None, peer: Connection, peer_addresses: tuple[str, ...]
    ) -> tuple[SharedKey, ...] | None:
        """Every key that is for the peer or for many; of those that only this end owns the first of each, for they all fit
        equally badly."""
        keys = self._end.keys
        if keys is None or len(keys) <= _FEW:
            return keys
        theirs = [*peer_addresses, *mine.remote_addresses, *peer.local_addresses, *(one.value for one in mine.ike.remote_ids)]
        theirs += [peer.ike.local_id.value] if peer.ike.local_id is not None else []
        own = [*mine.local_addresses, *((own_address,) if own_address else ())]
        own += [mine.ike.local_id.value] if mine.ike.local_id is not None else []
        found = {number for text in theirs for number in self._by_owner.get(_text(text), ())}
        found |= {number for text in own for number in self._by_owner.get(_text(text), ())[:1]}
        found.update(self._for_many)
        return tuple(keys[number] for number in sorted(found)) or keys[:1]


def _text(owner: str) -> str:
    return owner.removeprefix("@").lower()


def _is_exact(owner: str) -> bool:
    """Whether an owner is matched letter by letter: no network, no pattern, no distinguished name."""
    return is_address(owner) or not any(sign in owner for sign in "/*%=")


def _few(around: Surroundings) -> Surroundings:
    """The configured part of what is around: rules of translation and routes, unless there are so many that going through them
    for each tunnel would take longer than everything else."""
    lines = len(around.routes or ()) + len(around.translations)
    if lines > _FEW_LINES:
        return Surroundings()
    return Surroundings(routes=around.routes, no_default=around.no_default, translations=around.translations)

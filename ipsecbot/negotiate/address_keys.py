"""Which pre-shared key an end finds that looks them up by the peer's address.

Sources: Cisco IOS `crypto isakmp key … address … [mask]` and "IKEv1 keyring selection" (longest match of the peer's address; a
responder does not know the profile yet and looks into the other keyrings too); RFC 2409 section 5.4: with pre-shared keys in
main mode "the key can only be identified by the IP address of the peers", so that one written for a name is found only where
the name stands for the address (`ip host`, a name server), or in aggressive mode, which sends the identity first; `crypto
keyring … vrf` and `local-address` limit where a keyring counts (Security Command Reference).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.identity import IkeIdentity, SharedKey
from ipsecbot.negotiate.addresses import hides_behind, is_address, match_length, named
from ipsecbot.negotiate.identity import sent_identity, text_match
from ipsecbot.negotiate.party import Party


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The keys an end would use; `known` is False when its keys were not read, so that `()` does not mean "has none"."""

    keys: tuple[SharedKey, ...]
    known: bool = True

    @property
    def best(self) -> SharedKey | None:
        return self.keys[0] if self.keys else None


def by_address(keys: tuple[SharedKey, ...], party: Party, other: Party, *, version: int, initiates: bool) -> KeyUse:
    """The key that fits best; not known where one might fit whose name, or own address, stands for nobody knows what."""
    tells_name = version == 2 or is_aggressive(party if initiates else other)
    identity = sent_identity(other.connection, other.address) if tells_name else None
    address = _seen(party)
    in_place = tuple(key for key in keys if version == 2 or _is_of_vrf(key, party))
    usable = [key for key in in_place if _counts_here(key, party)]
    for ring in _rings(usable, party, version=version, initiates=initiates):
        scored = [(score, key) for key in ring if (score := _score(key, party, address, identity)) is not None]
        if scored:
            return KeyUse((max(scored, key=lambda pair: pair[0])[1],))
    doubtful = [key for key in in_place if _counts_here(key, party) is None and key not in usable]
    if not tells_name:
        doubtful += [key for key in usable if key.resolved is None and named(key.owners)]
    may_fit = any(True for ring in _rings(doubtful, party, version=version, initiates=initiates) for _ in ring)
    return KeyUse((), known=not may_fit and (party.peer_address is not None or not keys))


def is_aggressive(initiator: Party) -> bool:
    return initiator.connection.ike.initiates_mode is ExchangeMode.AGGRESSIVE


def _rings(keys: Iterable[SharedKey], party: Party, *, version: int, initiates: bool) -> list[list[SharedKey]]:
    """The keyrings in the order in which they are looked through; a front VRF has no default one."""
    every, keyring = list(keys), party.connection.ike.keyring
    rings = [[key for key in every if key.keyring == keyring]]
    if version == 1 and not initiates:
        rings += [[key for key in every if key.keyring is None], every]
    elif version == 1 and keyring is None and _has_front_vrf(party):
        rings.append(every)
    return rings


def _has_front_vrf(party: Party) -> bool:
    return party.connection.interface is not None and party.connection.vrf is not None


def _is_of_vrf(key: SharedKey, party: Party) -> bool:
    """Where it is not known on which interface the connection is, its front VRF is not known either."""
    return party.connection.interface is None or key.vrf == party.connection.vrf


def _counts_here(key: SharedKey, party: Party) -> bool | None:
    if not key.local_addresses or party.address in key.local_addresses:
        return True
    known = party.address is not None and all(is_address(place) for place in key.local_addresses)
    return False if known else None


def _seen(party: Party) -> str | None:
    """The peer's address as it arrives: of one that a NAT hides only what the connection names is known."""
    remotes = party.connection.remote_addresses
    if party.peer_address is None or not hides_behind(remotes, party.peer_address):
        return party.peer_address
    return next(address for address in remotes if is_address(address))


def _score(key: SharedKey, party: Party, address: str | None, identity: IkeIdentity | None) -> int | None:
    if not key.owners:
        return 0
    owners = (*key.owners, *(key.resolved or ()))
    lengths = [match_length(owner, address) for owner in owners] if address else []
    lengths += [text_match(identity, owner) for owner in owners] if identity else []
    # a peer that the connection itself calls by that name has the address that the name stands for
    lengths += [match_length(owner, name) for owner in key.owners for name in named(party.connection.remote_addresses)]
    return max((length for length in lengths if length is not None), default=None)

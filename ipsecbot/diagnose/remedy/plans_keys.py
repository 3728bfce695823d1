"""Plans for keys. No value is ever known here: replay takes the other end's fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.whom import address_of, connection_of, failing_replay, meant, name_of
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import IkeIdentity, SharedKey
from ipsecbot.model.negotiation import Aspect, Negotiation
from ipsecbot.model.tunnel import Tunnel


def shared_key(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The same key again on one end. The value is never known here: replay takes the other end's fingerprint."""
    replay = failing_replay(tunnel, Aspect.KEY, Aspect.KEY_MISSING)
    for side in SIDES:
        end, other = tunnel.end(side), tunnel.end(side.other)
        if end is None:
            continue
        connection = connection_of(replay, side) if replay is not None else meant(tunnel, side, finding)
        peer = address_of(tunnel, side.other)
        identity = _peer_identity(tunnel, side, connection, replay)
        names = tuple(str(item) for item in (identity, peer) if item is not None)
        used = _key_in_use(replay, side, end.keys or (), names, finding)
        theirs = _key_in_use(replay, side.other, other.keys or (), (), finding) if other is not None else None
        if theirs is not None and theirs.direction is not None and (used is None or used.direction is None):
            continue  # one key cannot be two: the end that has one for each direction has to change
        mine = tuple(key for key in end.keys or () if key is not used and not (used is None and set(key.owners) & set(names)))
        owners = names if used is None else used.owners
        keys = (*mine, _as_own(theirs, owners, connection)) if theirs is not None else None
        edit = Edit(What.KEY, near=used.source if used is not None else None, identity=identity, address=peer, key=used)
        why = f"both ends need the same pre-shared key for each other ({name_of(tunnel, side.other)} as the model)"
        yield Plan(side, edit, why, connection, keys=keys, becomes=connection)


def _peer_identity(tunnel: Tunnel, side: Side, connection: Connection | None, replay: Negotiation | None) -> IkeIdentity | None:
    """Whom this end has to have a key for: who its log says it looked for, who its connection names, or who comes."""
    name = name_of(tunnel, side)
    asked = [e for x in tunnel.ladder.of_device(name) for e in x.events if e.kind is EventKind.KEY_MISSING and e.identity]
    expected = next(iter(connection.ike.remote_ids), None) if connection is not None else None
    if asked and (expected is None or "*" in expected.value):
        return asked[-1].identity
    if expected is not None and "*" not in expected.value:
        return expected
    return connection_of(replay, side.other).ike.local_id if replay is not None else None


def _key_in_use(
    replay: Negotiation | None, side: Side, keys: tuple[SharedKey, ...], names: tuple[str, ...], finding: Finding
) -> SharedKey | None:
    """The entry that replay says this end took; failing that, one that names the peer. None where one is missing."""
    found = [m for m in replay.mismatches if m.aspect in (Aspect.KEY, Aspect.KEY_MISSING)] if replay is not None else []
    places = [m.initiator if replay is not None and replay.initiator is side else m.responder for m in found]
    used = next((key for key in keys for place in places if place is not None and key.source == place), None)
    if used is not None or (finding.cause == "psk-missing" and names):
        return used
    return next((key for key in keys if not names or set(key.owners) & set(names)), None)


def _as_own(theirs: SharedKey, owners: tuple[str, ...], connection: Connection | None) -> SharedKey:
    """The other end's key as this end would hold it: where its connection looks for one."""
    vrf = connection.vrf if connection is not None else None
    ring = _ring(connection)
    return replace(theirs, owners=owners, direction=None, keyring=ring, vrf=vrf, resolved=None, local_addresses=())


def _ring(connection: Connection | None) -> str | None:
    return connection.ike.keyring if connection is not None else None

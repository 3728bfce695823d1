"""Which pre-shared key an end would use for the other, and whether both ends hold the same one.

Only fingerprints are compared, and no word about a key but where it stands reaches a mismatch.
Sources: strongSwan 5.9.8 (credential manager: the match of the peer's identity counts before the own one; IKEv1 falls back
to the addresses); of Cisco IOS: address_keys.py.
"""

from __future__ import annotations

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, SharedKey
from ipsecbot.model.negotiation import Aspect, Mismatch
from ipsecbot.negotiate.address_keys import KeyUse, by_address, is_aggressive
from ipsecbot.negotiate.identity import address_identity, text_match
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.presented import Presented, configured_identity
from ipsecbot.negotiate.responder_rules import KeyRule

_ANYBODY = IkeIdentity(IdType.ANY, "%any")


def keys_of(party: Party, other: Party, named: Presented, *, version: int, initiates: bool, local: bool) -> KeyUse:
    """The keys `party` uses towards `other`, best first. `local`: to prove itself (IOS IKEv2 may hold one key per direction),
    else to check the other's proof."""
    if party.end.keys is None:
        return KeyUse((), known=False)
    direction = "local" if local else "remote"
    keys = tuple(key for key in party.end.keys if key.kind == "psk" and key.direction in (None, direction))
    if party.rules.keys is KeyRule.IDENTITY:
        found = _by_identity(keys, party, other, named, version=version, initiates=initiates, local=local)
        if not found and keys and None in (named.initiator, named.responder):
            return KeyUse((), known=False)  # one of them may belong to the name that is not known
        return KeyUse(found if party.rules.tries_every_key and version == 2 and not local else found[:1])
    if version == 2 and party.connection.ike.keyring is None:
        # a profile that was read (it has an identity to match) and names no keyring has no key at all
        return KeyUse((), known=bool(party.connection.ike.remote_ids or party.connection.ike.certificate_maps))
    return by_address(keys, party, other, version=version, initiates=initiates)


def _by_identity(
    keys: tuple[SharedKey, ...],
    party: Party,
    other: Party,
    named: Presented,
    *,
    version: int,
    initiates: bool,
    local: bool,
) -> tuple[SharedKey, ...]:
    """charon's look-up: the better match of the peer's identity counts before that of the own one."""
    initiator = party if initiates else other
    pairs = [_identities(party, other, initiator, named, version=version, local=local)]
    if version == 1:
        if not initiates and not is_aggressive(initiator) and configured_identity(party) is None:
            pairs.clear()
        pairs.append((address_identity(party.address), address_identity(party.peer_address) or _ANYBODY))
    for own, peer in pairs:
        # of two that fit alike, the one loaded last stands first
        scored = [(score, key) for key in reversed(keys) if (score := _identity_score(key, own, peer)) is not None]
        if scored:
            return tuple(key for _, key in sorted(scored, key=lambda pair: pair[0], reverse=True))
    return ()


def _identities(
    party: Party, other: Party, initiator: Party, named: Presented, *, version: int, local: bool
) -> tuple[IkeIdentity | None, IkeIdentity]:
    """(own, peer's) as far as they are known at that moment: a responder that checks knows only the name it was asked for,
    an initiator that proves itself only the name it asks for."""
    me, actual = named.of(party, initiator), named.of(other, initiator) or _ANYBODY
    if version == 1:
        expected = party.connection.ike.remote_ids
        configured = expected[0] if len(expected) == 1 else _ANYBODY
        return me, actual if is_aggressive(initiator) else configured
    if party is initiator:
        return me, (named.asked or _ANYBODY) if local else actual
    return me if local else named.asked or _ANYBODY, actual


def _identity_score(key: SharedKey, me: IkeIdentity | None, peer: IkeIdentity) -> tuple[int, int] | None:
    owners = key.owners or ("%any",)
    own = max((match for owner in owners if me and (match := text_match(me, owner)) is not None), default=-1)
    other = max((match for owner in owners if (match := text_match(peer, owner)) is not None), default=-1)
    return None if own < 0 and other < 0 else (other, own)


def check_keys(initiator: Party, responder: Party, named: Presented, version: int) -> Checked:
    """Missing and differing keys, where pre-shared keys are used at all; both directions where they can differ."""
    stands_alone = version == 1 and initiator.rules.keys is KeyRule.IDENTITY  # one method for both ends: the initiator's
    if stands_alone and not (_by_shared_key(initiator, local=True) and _by_shared_key(initiator, local=False)):
        return Checked()
    found = Checked()
    for prover, verifier in ((initiator, responder), (responder, initiator))[: version if stands_alone else 2]:
        asked = verifier.takes_any_method or _by_shared_key(verifier, local=False) or stands_alone
        if not _by_shared_key(prover, local=True) and not stands_alone:
            continue
        for_prover = keys_of(prover, verifier, named, version=version, initiates=prover is initiator, local=True)
        for_verifier = keys_of(verifier, prover, named, version=version, initiates=verifier is initiator, local=False)
        checked = _compare(initiator, responder, (prover, for_prover), (verifier, for_verifier), version)
        if not asked:  # the other end wants another proof: only what this one cannot even make counts
            checked = Checked(tuple(one for one in checked.mismatches if one.at_fault is prover.side))
        found = Checked(
            tuple(dict.fromkeys(found.mismatches + checked.mismatches)), tuple(dict.fromkeys(found.unknown + checked.unknown))
        )
    return found


def _by_shared_key(party: Party, *, local: bool) -> bool:
    return bool(party.auth_methods(local=local) & {AuthMethod.PSK, AuthMethod.XAUTH_PSK})


def _step(initiator: Party, prover: Party, *, makes: bool) -> int:
    return (1 if makes else 2) + (0 if prover is initiator else 2)


def _compare(
    initiator: Party, responder: Party, proof: tuple[Party, KeyUse], check: tuple[Party, KeyUse], version: int
) -> Checked:
    """Compare the keys of two ends, written down in the order initiator, responder whoever proves itself."""
    mine, yours = (proof, check) if proof[0] is initiator else (check, proof)
    unknown = tuple(_not_known(party) for party, use in (mine, yours) if not use.known)
    missing = tuple(
        Mismatch(
            Aspect.KEY_MISSING,
            None,
            _words(initiator, mine[1]),
            _words(responder, yours[1]),
            initiator=_source(initiator, mine[1]),
            responder=_source(responder, yours[1]),
            at_fault=party.side,
            offered_by=initiator.side,
            step=_step(initiator, proof[0], makes=party is proof[0]) if version == 2 else 0,
        )
        for party, use in ((mine, yours) if version == 2 else (yours, mine))  # IKEv1: MM4 needs the responder's first
        if use.known and not use.keys
    )
    if missing or unknown or mine[1].best is None or yours[1].best is None or proof[1].best is None:
        return Checked(missing, unknown)
    shown, accepted = proof[1].best.secret.fingerprint, [key.secret.fingerprint for key in check[1].keys]
    if shown is not None and shown in accepted:
        return Checked()
    if shown is None or None in accepted:
        return Checked((), ("the pre-shared keys cannot be compared: at least one of them is not readable",))
    differs = Mismatch(
        Aspect.KEY,
        None,
        _words(initiator, mine[1]),
        f"another key: {_words(responder, yours[1])}",
        initiator=mine[1].best.source,
        responder=yours[1].best.source,
        offered_by=initiator.side,
        refused_by=check[0].side if proof[0] is not initiator else None,
        step=_step(initiator, proof[0], makes=False),
    )
    return Checked((differs,))


def _not_known(party: Party) -> str:
    if party.end.keys and party.rules.keys is KeyRule.IDENTITY:
        return f"which pre-shared key {party.name} takes depends on an identity that is not known"
    return f"the pre-shared keys of {party.name} are not known"


def _words(party: Party, use: KeyUse) -> str:
    if not use.known:
        return f"keys of {party.name} not read"
    return (
        f"{party.name}'s key for {party.peer_address or 'its peer'}" if use.keys else f"{party.name} has no key for this peer"
    )


def _source(party: Party, use: KeyUse) -> Source | None:
    ike = party.connection.ike
    return use.best.source if use.best else ike.auth_source or ike.source

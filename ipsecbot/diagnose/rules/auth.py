"""Authentication: methods, pre-shared keys, identities, profiles, users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, rule
from ipsecbot.diagnose.rules.connection import is_in_main_mode, is_mode_or_auth, mode_is_refused
from ipsecbot.diagnose.testimony import change_of, ends, furthest, parties, replayed, reported, where_to_change
from ipsecbot.diagnose.wording import both_values
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import Direction, EventKind
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.addresses import matches, named

_WITH_PSK = frozenset({AuthMethod.PSK, AuthMethod.XAUTH_PSK})


_OF_TWO = 0.62  # the log says "mode or method"


def _may_use_psk(facts: Facts) -> bool:
    return not facts.auth_methods or bool(facts.auth_methods & _WITH_PSK)


@rule("auth-method-mismatch", Need.LOG, Need.BOTH_CONFIGS)
def auth_method_mismatch(facts: Facts) -> Iterator[Testimony]:
    """Pre-shared key against certificates, or EAP and XAUTH against neither.

    Seen: an end refuses the method of the other, or (IKEv1) every transform because of its authentication attribute; both
    configurations name different methods.
    Mended: on either end, by the method of the other.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} does not accept how {peer} authenticates: use one authentication method on both."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        prover = found.offered_by or replay.initiator
        asks, answers = facts.name(prover), facts.name(prover.other)
        offered, accepted = both_values(facts, found, prover, field="isakmp")
        return f"{asks} authenticates by {offered}, {answers} wants {accepted}{where_to_change(found)}."

    yield from reported(facts, "auth-method-mismatch", say, EventKind.AUTH_METHOD_REFUSED)
    if not facts.events(EventKind.KEY_MISSING):
        yield from reported(
            facts,
            "auth-method-mismatch",
            say,
            EventKind.TRANSFORM_REFUSED,
            where=lambda seen: seen.event.attribute == "auth" and furthest(facts, seen, Protocol.IKE) == "auth",
        )
    for clue in reported(
        facts,
        "auth-method-mismatch",
        say,
        EventKind.PEER_REFUSED,
        where=lambda seen: is_mode_or_auth(seen) and mode_is_refused(facts, seen) is False,
    ):
        yield replace(clue, attribute=None)
    main = reported(facts, "auth-method-mismatch", say, EventKind.PEER_REFUSED, where=lambda seen: is_in_main_mode(facts, seen))
    yield from (replace(clue, strength=Strength.STRONG, weight=_OF_TWO, attribute=None) for clue in main)
    aspects = (Aspect.AUTH_METHOD, Aspect.IKE_PROPOSAL)  # in IKEv1 the method is an attribute of the proposal
    yield from replayed(facts, "auth-method-mismatch", differ, *aspects, only=_is_about_method)


def _is_about_method(found: Mismatch) -> bool:
    return found.aspect is Aspect.AUTH_METHOD or found.attribute == "auth"


@rule("psk-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def psk_mismatch(facts: Facts) -> Iterator[Testimony]:
    """Both ends have a key for each other and the keys differ.

    Seen: IKEv2: the verifying end computes another AUTH value and answers AUTHENTICATION_FAILED. IKEv1 main mode: MM5
    cannot be decrypted at the responder, because the key goes into the encryption; aggressive mode: the hash of AM2 or AM3
    is wrong. The fingerprints of both keys differ.
    Mended: on either end, by entering the same key again on both.
    """
    if not _may_use_psk(facts):
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} and {peer} hold different pre-shared keys: {me} could not verify {peer}; enter the same key on both."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        return f"The pre-shared keys of {asks} and {answers} differ{where_to_change(found)}: enter the same key on both."

    known_psk = bool(facts.auth_methods)
    if not facts.events(EventKind.CERTIFICATE_REFUSED, EventKind.KEY_MISSING):
        strength = Strength.PROOF if known_psk else Strength.STRONG
        kinds = (EventKind.AUTHENTICATION_FAILED, EventKind.UNDECRYPTABLE)
        for clue in reported(
            facts, "psk-mismatch", say, *kinds, strength=strength, where=lambda seen: _is_about_keys(facts, seen)
        ):
            yield replace(clue, attribute=None, offered=None, accepted=None)
    for found in replayed(facts, "psk-mismatch", differ, Aspect.KEY):
        # fingerprints tell the reader nothing, and differ from run to run
        yield replace(found, offered=None, accepted=None, attribute=None) if isinstance(found, Clue) else found


def _is_about_keys(facts: Facts, seen: Seen) -> bool:
    """IKEv2 encrypts with the Diffie-Hellman secret alone: only in IKEv1 does garbage point at the key."""
    if seen.event.kind is EventKind.AUTHENTICATION_FAILED:
        return not _failed_otherwise(facts, seen)
    version = seen.event.ike_version or (seen.exchange.ike_version if seen.exchange is not None else None)
    return version in (1, None)


_OTHER_REASONS = (
    EventKind.PROFILE_NOT_MATCHED,
    EventKind.PEER_REFUSED,
    EventKind.IDENTITY_REFUSED,
    EventKind.KEY_MISSING,
    EventKind.CREDENTIAL_MISSING,
    EventKind.CERTIFICATE_REFUSED,
    EventKind.AUTH_METHOD_REFUSED,
    EventKind.USER_AUTH_FAILED,
)


def _failed_otherwise(facts: Facts, seen: Seen) -> bool:
    """The log names another reason, or this end only repeats what the other told it; or there is no key to be wrong."""
    if _lacks_key(facts, seen.side):
        return True
    near = [other.event for other in facts.seen if other.exchange is seen.exchange and other.side is seen.side]
    named = seen.exchange is not None and any(event.kind in _OTHER_REASONS for event in near)
    return named or _was_told(facts, seen)


def _was_told(facts: Facts, seen: Seen) -> bool:
    """This end was told AUTHENTICATION_FAILED in the same negotiation: the other one knows why."""
    told = facts.events(EventKind.NOTIFY_RECEIVED, side=seen.side)
    return seen.exchange is not None and any(
        other.exchange is seen.exchange and other.event.notify == "AUTHENTICATION_FAILED" for other in told
    )


@rule("psk-missing", Need.LOG, Need.BOTH_CONFIGS)
def psk_missing(facts: Facts) -> Iterator[Testimony]:
    """One end has no key for this peer.

    Seen: that end logs that it found no shared key (for the address on IOS, for the pair of identities on strongSwan), or
    none of its keys is meant for the peer's address or identity.
    Mended: on that end, by a key for the peer's address or identity, in the keyring and VRF that the connection uses.
    """
    if not _may_use_psk(facts):
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} has no pre-shared key for {peer}: add one there for the address or identity of {peer}."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        lacking = facts.name(found.at_fault) if found.at_fault is not None else "One end"
        return f"{lacking} has no pre-shared key for its peer: add one there{where_to_change(found)}."

    kinds = (EventKind.KEY_MISSING, EventKind.AUTHENTICATION_FAILED)
    for clue in reported(
        facts,
        "psk-missing",
        say,
        *kinds,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: _is_for_want_of_a_key(facts, seen),
    ):
        yield replace(clue, attribute=None, offered=None, accepted=None)
    for item in replayed(facts, "psk-missing", differ, Aspect.KEY_MISSING):
        had = any(_had_key(facts, found.at_fault) for _, found in facts.mismatches(Aspect.KEY_MISSING))
        weak = had and isinstance(item, Clue) and item.strength is not Strength.HINT
        yield replace(item, strength=Strength.HINT, weight=0.45) if weak and isinstance(item, Clue) else item


def _is_for_want_of_a_key(facts: Facts, seen: Seen) -> bool:
    """It says so; or it failed to verify the peer, has no key that fits, and names no other reason."""
    if facts.names_peer(seen.side) is False or _was_told(facts, seen):
        return False
    return seen.event.kind is EventKind.KEY_MISSING or _lacks_key(facts, seen.side)


def _lacks_key(facts: Facts, side: Side) -> bool:
    """Whether no key of this end is meant for the peer: by replay, or because each names other addresses."""
    if facts.replays:
        missing = [found.at_fault for _, found in facts.mismatches(Aspect.KEY_MISSING)]
        return side in missing and not facts.mismatches(Aspect.KEY)
    end, peers = facts.end(side), facts.peers_of(side)
    keys = end.keys if end is not None else None
    if not keys or not peers or not _is_router(end):
        return False
    owners = [key.owners for key in keys]
    return all(patterns and not any(matches(patterns, peer) for peer in peers) and not named(patterns) for patterns in owners)


# An end that sends one of these has used a key to make it
_NEEDS_KEY = ("MM5", "MM6", "AM2", "AM3", "IKE_AUTH request")


def _had_key(facts: Facts, side: Side | None) -> bool:
    """Whether this end, which our reading of its configuration finds without a key, demonstrably used one."""
    if side is None:
        return False
    sent = [
        message.name
        for attempt in facts.attempts
        if attempt.side is side
        for message in attempt.exchange.messages
        if message.direction is Direction.SENT
    ]
    return bool(facts.events(EventKind.KEY_FOUND, side=side)) or any(name in _NEEDS_KEY for name in sent)


def _is_router(end: Endpoint | None) -> bool:
    return end is not None and end.device.platform is Platform.CISCO_IOS


@rule("id-mismatch", Need.LOG, Need.BOTH_CONFIGS)
def id_mismatch(facts: Facts) -> Iterator[Testimony]:
    """The identity one end sends is not the one the other expects.

    Seen: an end logs that the identity it received does not match, or that no connection fits the identities although one
    fits the addresses; both configurations name different identities.
    Mended: on either end: what one sends (`id`, `self-identity`) or what the other expects (`remote id`, `match identity`).
    """
    differing = facts.mismatches(Aspect.IDENTITY)

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        got = f" {seen.event.identity}" if seen.event.identity is not None else ""
        return f"{me} does not expect the identity{got} that {peer} sends: make what one sends equal what the other expects."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        sender = facts.name(found.offered_by or replay.initiator)
        judge = facts.name((found.offered_by or replay.initiator).other)
        return f"{sender} sends the identity {found.offered}, {judge} expects {found.accepted}{where_to_change(found)}."

    kinds = [EventKind.IDENTITY_REFUSED, EventKind.PEER_REFUSED]
    if differing:
        kinds.append(EventKind.PROFILE_NOT_MATCHED)
    if not facts.mismatches(Aspect.AUTH_METHOD) or differing:
        for clue in reported(facts, "id-mismatch", say, *kinds, where=lambda seen: not is_mode_or_auth(seen)):
            yield _with_identities(facts, clue)
    yield from replayed(facts, "id-mismatch", differ, Aspect.IDENTITY)


def _with_identities(facts: Facts, clue: Clue) -> Clue:
    for seen in facts.events(EventKind.IDENTITY_REFUSED, EventKind.PEER_REFUSED, EventKind.PROFILE_NOT_MATCHED):
        if seen.event.source in clue.evidence and seen.event.identity is not None and clue.offered is None:
            return replace(clue, offered=str(seen.event.identity))
    return clue


@rule("profile-not-matched", Need.RESPONDER_LOG)
def profile_not_matched(facts: Facts) -> Iterator[Testimony]:
    """IOS: the peer matches no ISAKMP or IKEv2 profile.

    Seen: the responder logs that no profile matches the identity, certificate or VRF of the peer, and its configuration does
    not tell that it is the identity (then it is id-mismatch).
    Mended: on that end: `match identity remote`, `match certificate` or `match fvrf` of the profile.
    """
    if facts.mismatches(Aspect.IDENTITY):
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"No IKE profile of {me} matches {seen.event.identity or peer}: correct its match statements."

    yield from reported(
        facts,
        "profile-not-matched",
        say,
        EventKind.PROFILE_NOT_MATCHED,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: facts.names_peer(seen.side) is not False,
    )


@rule("xauth-or-eap-failed", Need.LOG)
def xauth_or_eap_failed(facts: Facts) -> Iterator[Testimony]:
    """User authentication failed after the peers had proved who they are.

    Seen: XAUTH or EAP ends in failure in the log of either end.
    Mended: by the user's name and password, or the AAA server the responder asks.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} reports that user authentication (XAUTH or EAP) with {peer} failed: check user name, password and AAA."

    yield from reported(facts, "xauth-or-eap-failed", say, EventKind.USER_AUTH_FAILED)

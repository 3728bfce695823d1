"""Large IKE messages, which carry certificates, are lost where small ones pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Attempt
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import change_of, witness_of
from ipsecbot.model.evidence import Change, Source
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.sa import Role

_LARGE = ("MM5", "MM6", "IKE_AUTH request", "IKE_AUTH response")
_BY_CERTIFICATE = frozenset({AuthMethod.PUBKEY, AuthMethod.XAUTH_PUBKEY, AuthMethod.HYBRID, AuthMethod.EAP})
_PIECE = re.compile(r"(\d{1,9})\s*(?:/|of)\s*(\d{1,9})")
_OFF_AT_ONE_END = 0.65
_PERHAPS = 0.45
_TOO_LONG = "message too long"  # errno(3): EMSGSIZE
_BY_LENGTH = 0.65


def is_large(facts: Facts, attempt: Attempt) -> bool:
    """Whether this negotiation's authentication carries certificates and was not cut by IKE itself (RFC 7383)."""
    payloads = {payload for message in attempt.exchange.messages if message.name in _LARGE for payload in message.payloads}
    carries = "CERT" in payloads or (bool(facts.auth_methods) and facts.auth_methods <= _BY_CERTIFICATE)
    return carries and not any(event.kind is EventKind.FRAGMENT for event in attempt.exchange.events)


@rule("ike-fragmentation", Need.INITIATOR_LOG, Need.RESPONDER_LOG)
def ike_fragmentation(facts: Facts) -> Iterator[Testimony]:
    """Large IKE messages are lost as IP fragments.

    Seen: the small messages pass, the one with the certificate is repeated and never arrives, and one end has IKE
    fragmentation switched off; or an end receives some pieces of a message and never the rest.
    Mended: on both ends by IKE fragmentation (`crypto ikev2 fragmentation`, `fragmentation = yes`), or on the path by letting
    fragments through.
    """
    yield from _pieces_missing(facts)
    yield from _too_long(facts)
    off = [
        (side, connection)
        for side in SIDES
        for connection in facts.connections(side) or ()
        if connection.ike.fragmentation is False
    ]
    for attempt in facts.attempts:
        stopped = attempt.is_unanswered and attempt.names and attempt.names[-1] in _LARGE
        if not stopped or attempt.ike_established or not is_large(facts, attempt):
            continue
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        sent = (source for message in attempt.exchange.messages[-1:] for source in message.sources)
        change = change_of(off[0][0]) if len(off) == 1 else Change.EITHER
        yield Clue(
            Strength.STRONG if off else Strength.HINT,
            Witness.INITIATOR if attempt.exchange.role is Role.INITIATOR else Witness.RESPONDER,
            lines(*sent, *(connection.ike.source for _, connection in off[:1])),
            f"{me} gets no answer from {peer} to the message with its certificate: switch IKE fragmentation on at both ends.",
            change=change,
            weight=_OFF_AT_ONE_END if off else _PERHAPS,
        )


def _pieces_missing(facts: Facts) -> Iterator[Clue]:
    """A message of which some pieces came, and not all."""
    for attempt in facts.attempts:
        if attempt.ike_established or attempt.is_refused:
            continue
        came: dict[int, set[int]] = {}
        sources: list[Source] = []
        for event in attempt.exchange.events:
            found = _PIECE.search(event.detail or "") if event.kind is EventKind.FRAGMENT else None
            if found is not None:
                came.setdefault(int(found[2]), set()).add(int(found[1]))
                sources.append(event.source)
        lacking = [total for total, parts in came.items() if len(parts) < total]
        if lacking and attempt.names and attempt.names[-1] not in _LARGE:
            seen = next(s for s in facts.seen if s.exchange is attempt.exchange)
            headline = (
                f"{facts.name(attempt.side)} receives only {len(came[lacking[0]])} of {lacking[0]} pieces of a message from "
                f"{facts.name(attempt.side.other)}: let fragments through, or make them smaller."
            )
            yield Clue(Strength.STRONG, witness_of(seen), lines(*sources[-3:]), headline, change=Change.PATH)


def _too_long(facts: Facts) -> Iterator[Clue]:
    """The path, or the host itself, refuses an IKE message for its length."""
    for side in SIDES:
        refused = [
            seen
            for seen in facts.events(EventKind.FAILED, EventKind.NETWORK_UNREACHABLE, side=side)
            if (seen.event.detail or "").lower().startswith(_TOO_LONG)
        ]
        if refused:
            me = facts.name(side)
            headline = f"IKE messages of {me} are too long for the path: switch IKE fragmentation on, or lower the MTU of {me}."
            evidence = lines(*(seen.event.source for seen in refused[-2:]))
            yield Clue(Strength.STRONG, witness_of(refused[-1]), evidence, headline, change=change_of(side), weight=_BY_LENGTH)

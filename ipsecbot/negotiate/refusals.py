"""What the wire shows of a mismatch: which end refuses, and with which notify.

Sources: RFC 7296 section 3.10.1 and RFC 2408 section 3.14.1 for the names; live pairs of strongSwan 5.9.8 for the end that says
them; Cisco IOS `debug crypto isakmp` (every refused quick mode is answered with PROPOSAL_NOT_CHOSEN, its word for 14).
"""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, Mismatch, Refusal
from ipsecbot.negotiate.party import Party


@dataclass(frozen=True, slots=True)
class _Row:
    """The notify of one aspect: as the responder sends it, and as the initiator does where it is the one that refuses."""

    aspect: Aspect
    responder: str | None
    initiator: str | None = None


_NONE, _AUTH, _KEY = "NO_PROPOSAL_CHOSEN", "AUTHENTICATION_FAILED", "INVALID_KEY_INFORMATION"
_V2 = (
    _Row(Aspect.ADDRESS, _NONE),
    _Row(Aspect.VERSION, _NONE),
    _Row(Aspect.IKE_PROPOSAL, _NONE),
    _Row(Aspect.IDENTITY, _AUTH, _AUTH),
    _Row(Aspect.KEY_MISSING, _AUTH, _AUTH),
    _Row(Aspect.AUTH_METHOD, _AUTH, _AUTH),
    _Row(Aspect.KEY, _AUTH, _AUTH),
    _Row(Aspect.CHILDLESS, "INVALID_SYNTAX"),
    _Row(Aspect.SELECTORS, "TS_UNACCEPTABLE"),
    _Row(Aspect.ENCAPSULATION, "TS_UNACCEPTABLE"),
    _Row(Aspect.CHILD_PROPOSAL, _NONE),
    _Row(Aspect.PFS, _NONE),
)
# MM5 under a wrong key is garbage; IDir that is not the one expected is answered with a DELETE
_MAIN = (
    _Row(Aspect.ADDRESS, _NONE),
    _Row(Aspect.VERSION, _NONE),
    _Row(Aspect.IKE_PROPOSAL, _NONE),
    _Row(Aspect.KEY_MISSING, _KEY, _KEY),
    _Row(Aspect.KEY, "PAYLOAD_MALFORMED"),
    _Row(Aspect.EXCHANGE_MODE, _AUTH),
    _Row(Aspect.AUTH_METHOD, _AUTH),
    _Row(Aspect.IDENTITY, _AUTH),
    _Row(Aspect.SELECTORS, "INVALID_ID_INFORMATION"),
    _Row(Aspect.ENCAPSULATION, "INVALID_ID_INFORMATION"),
    _Row(Aspect.CHILD_PROPOSAL, _NONE),
    _Row(Aspect.PFS, _NONE),
)
_AGGRESSIVE = (_Row(Aspect.KEY, None, _AUTH), _Row(Aspect.IDENTITY, _AUTH, "INVALID_ID_INFORMATION"), *_MAIN)


def ike_refusal(
    initiator: Party, responder: Party, mismatches: tuple[Mismatch, ...], version: int | None, *, chosen: bool
) -> Refusal | None:
    """The refusal of the first mismatch before there is a CHILD_SA; None when none stops it. `chosen`: a proposal was."""
    first = next((mismatch for mismatch in mismatches if not mismatch.late), None)
    if first is None:
        return None
    aggressive = initiator.connection.ike.initiates_mode is ExchangeMode.AGGRESSIVE
    rows = _V2 if version != 1 else _AGGRESSIVE if aggressive else _MAIN
    refuser = _refuser(initiator, responder, first, aggressive and version == 1)
    if first.aspect is Aspect.IKE_PROPOSAL and chosen:
        return Refusal(responder.side, "INVALID_PAYLOAD_TYPE")  # the key exchange of another group
    if first.step == 1 or (first.aspect is Aspect.AUTH_METHOD and version == 1 and refuser is initiator.side):
        return Refusal(refuser, None)  # nothing is sent at all
    row = next((row for row in rows if row.aspect is first.aspect), None)
    notify = None if row is None else row.initiator if refuser is initiator.side else row.responder
    return Refusal(refuser, notify)


def _refuser(initiator: Party, responder: Party, first: Mismatch, aggressive: bool) -> Side:
    """Who finds out: the end that checks what the other says of itself; of a wrong key in aggressive mode, the initiator,
    which sees the first proof."""
    if first.refused_by is not None:
        return first.refused_by
    if first.aspect is Aspect.KEY_MISSING and first.at_fault is not None:
        return first.at_fault
    if first.aspect in (Aspect.IDENTITY, Aspect.AUTH_METHOD, Aspect.ADDRESS) and first.offered_by is not None:
        return first.offered_by if first.aspect is Aspect.ADDRESS else first.offered_by.other
    if first.aspect is Aspect.KEY and aggressive:
        return initiator.side
    return responder.side


def child_refusal(responder: Party, mismatches: tuple[Mismatch, ...], version: int) -> Refusal | None:
    """The refusal of one child."""
    first = next((mismatch for mismatch in mismatches if not mismatch.late), None)
    if first is None:
        return None
    if version == 1 and first.refused_by not in (None, responder.side):
        return Refusal(first.refused_by or responder.side, None)
    rows = _MAIN if version == 1 else _V2
    notify = next((row.responder for row in rows if row.aspect is first.aspect), None)
    quiet = version == 1 and responder.rules.names_no_selectors
    return Refusal(responder.side, _NONE if quiet else notify)

"""What became of an exchange, and of the child inside the first exchange of IKEv2."""

from __future__ import annotations

from ipsecbot.ladder.slots import Slot
from ipsecbot.ladder.vocabulary import (
    CHILD_ERRORS,
    CHILD_KINDS,
    DELETES,
    ERROR_NOTIFIES,
    IKEV1_ERRORS,
    NOTIFIES,
    REFUSALS,
    UNREACHABLE,
)
from ipsecbot.model.exchange import Direction, EventKind, ExchangeKind, LogEvent, Message, Outcome
from ipsecbot.model.proposal import Protocol

_CHILD_PROTOCOLS = (Protocol.ESP, Protocol.AH)


def outcome_of(slot: Slot) -> Outcome:
    """Established beats everything, then a refusal, then silence, then an end without a reason."""
    if slot.kind is ExchangeKind.INFORMATIONAL:
        return Outcome.REFUSED if any(_is_error(event, slot) for event in slot.events) else Outcome.INCOMPLETE
    piggybacked = slot.kind is ExchangeKind.IKEV2 and not slot.child
    about_child = [event for event in slot.events if _is_about_child(event, slot)] if piggybacked else []
    if slot.established or ("QM3" in slot.names and not any(_refuses(event, slot) for event in slot.events)):
        return Outcome.ESTABLISHED
    if any(event.kind is EventKind.ESTABLISHED or _refuses(event, slot) for event in about_child):
        return Outcome.ESTABLISHED  # a child is only spoken about once both ends are authenticated
    if (
        any(_refuses(event, slot) for event in slot.events)
        or any(map(_carries_error, slot.messages))
        or _every_offer_failed(slot)
    ):
        return Outcome.REFUSED
    if _is_unanswered(slot):
        return Outcome.NO_ANSWER
    if any(event.kind in DELETES or event.kind is EventKind.DELETED for event in slot.events):
        return Outcome.ABORTED
    return Outcome.INCOMPLETE


def child_outcome(slot: Slot, ike: Outcome) -> Outcome | None:
    """The CHILD_SA that rides on IKE_AUTH; None where the exchange carries none or never came to it."""
    if slot.kind is not ExchangeKind.IKEV2 or slot.child or ike is not Outcome.ESTABLISHED:
        return None
    about_child = [event for event in slot.events if _is_about_child(event, slot)]
    if any(event.kind is EventKind.ESTABLISHED for event in about_child):
        return Outcome.ESTABLISHED
    return Outcome.REFUSED if any(_refuses(event, slot) for event in about_child) else Outcome.INCOMPLETE


def _is_about_child(event: LogEvent, slot: Slot) -> bool:
    """In IKE_AUTH, NO_PROPOSAL_CHOSEN speaks of the child: the IKE proposal was chosen in IKE_SA_INIT."""
    if event.protocol in _CHILD_PROTOCOLS or event.kind in CHILD_KINDS or event.notify in CHILD_ERRORS:
        return True
    if event.kind is EventKind.ADDRESS_REFUSED:
        return True
    in_auth = any(name.startswith("IKE_AUTH") for name in slot.names)
    return in_auth and event.notify == "NO_PROPOSAL_CHOSEN"


def _refuses(event: LogEvent, slot: Slot) -> bool:
    return event.kind in REFUSALS or _is_error(event, slot)


def _is_error(event: LogEvent, slot: Slot) -> bool:
    errors = ERROR_NOTIFIES if slot.kind is ExchangeKind.IKEV2 else ERROR_NOTIFIES | IKEV1_ERRORS
    return event.kind in NOTIFIES and event.notify in errors


def _carries_error(message: Message) -> bool:
    return any(payload.startswith("N(") and payload[2:-1] in ERROR_NOTIFIES for payload in message.payloads)


def _every_offer_failed(slot: Slot) -> bool:
    """A child whose offers were looked at one by one: IOS prints no last word when none fitted."""
    looked = [event.kind for event in slot.events if event.kind in _LOOKED_AT]
    return slot.child and bool(looked) and looked[-1] is EventKind.TRANSFORM_REFUSED


_LOOKED_AT = (EventKind.TRANSFORM_REFUSED, EventKind.TRANSFORM_ACCEPTED, EventKind.PROPOSAL_SELECTED)


def _is_unanswered(slot: Slot) -> bool:
    """Our last message was repeated, given up or bounced, and nothing came back."""
    if any(event.kind is EventKind.GAVE_UP or event.kind in UNREACHABLE for event in slot.events):
        return True
    spoken = [message for message in slot.messages if message.name != "INFORMATIONAL"]
    return bool(spoken) and spoken[-1].direction is Direction.SENT and spoken[-1].times > 1

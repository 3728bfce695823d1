"""Which message an event is about, for texts that show the decision but not the message: rows of version, event, message."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.ladder.slots import Slot
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import ExchangeKind, LogEvent
from ipsecbot.model.proposal import Protocol

_CHILD_PROTOCOLS = (Protocol.ESP, Protocol.AH)


@dataclass(frozen=True, slots=True)
class Row:
    """These events of phase 1 (or the first exchange of IKEv2) are decided when `main`, `aggressive` or `ikev2` is read."""

    kinds: tuple[K, ...]
    main: str
    aggressive: str
    ikev2: str


ROWS = (
    Row((K.PROPOSAL_REFUSED, K.TRANSFORM_REFUSED, K.NO_CONNECTION, K.KE_REFUSED), "MM1", "AM1", "IKE_SA_INIT request"),
    Row((K.MODE_REFUSED,), "AM1", "AM1", "IKE_SA_INIT request"),
    Row((K.PROPOSAL_SELECTED,), "MM2", "AM2", "IKE_SA_INIT response"),
    Row(
        (
            K.UNDECRYPTABLE,
            K.IDENTITY_REFUSED,
            K.PEER_REFUSED,
            K.PROFILE_NOT_MATCHED,
            K.AUTH_METHOD_REFUSED,
            K.AUTHENTICATION_FAILED,
            K.CERTIFICATE_REFUSED,
            K.CREDENTIAL_MISSING,
        ),
        "MM5",
        "AM1",
        "IKE_AUTH request",
    ),
    Row((K.ESTABLISHED,), "MM6", "AM3", "IKE_AUTH response"),
)


def implied(slot: Slot, version: int) -> str | None:
    """The message that the last telling event of an exchange without messages is about; None when none tells."""
    return next((name for event in reversed(slot.events) if (name := _name(event, slot, version)) is not None), None)


def _name(event: LogEvent, slot: Slot, version: int) -> str | None:
    if event.kind is K.CONFIG_INCOMPLETE:
        return None
    about_child = slot.child or event.protocol in _CHILD_PROTOCOLS
    if about_child or event.notify == "TS_UNACCEPTABLE" or event.kind is K.SELECTORS_REFUSED:
        done = event.kind is K.ESTABLISHED
        if version == 1:
            return "QM3" if done else "QM1"
        exchange = "CREATE_CHILD_SA" if slot.child else "IKE_AUTH"
        return f"{exchange} {'response' if done or event.kind is K.NOTIFY_RECEIVED else 'request'}"
    if event.notify == "AUTHENTICATION_FAILED" and version == 2:
        return "IKE_AUTH response"
    if event.kind is K.NOTIFY_RECEIVED and event.notify == "NO_PROPOSAL_CHOSEN":
        return "IKE_SA_INIT response" if version == 2 else "MM1"  # in a CHILD_SA's negotiation it would name ESP
    row = next((row for row in ROWS if event.kind in row.kinds), None)
    if row is None:
        return None
    if version == 2:
        return row.ikev2
    return row.aggressive if slot.kind is ExchangeKind.AGGRESSIVE else row.main

"""What an IKE message is called: MM1…MM6, AM1…AM3, QM1…QM3 (RFC 2409 section 5), `IKE_SA_INIT request` (RFC 7296)."""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.sa import Role

UNNAMED = "message"  # came or went, and the text does not say what it was
NOTE = "INFORMATIONAL"
INITIATOR_FIRST = ("MM1", "AM1", "IKE_SA_INIT request")
_PREFIX = {ExchangeType.MAIN: "MM", ExchangeType.AGGRESSIVE: "AM", ExchangeType.QUICK: "QM"}
_LENGTH = {"MM": 6, "AM": 3, "QM": 3}
# the pair of messages in which a payload of main mode travels
_MAIN_PAYLOADS = (("SA", 1), ("KE", 3), ("ID", 5), ("HASH", 5), ("AUTH", 5), ("SIG", 5))


def name_of(event: LogEvent, role: Role | None, seen: tuple[str, ...]) -> str:
    """The name of a message that was sent or received. `role`: this device's in the exchange; `seen`: the names before it."""
    if event.name is not None:
        return event.name
    if event.exchange is None:
        return UNNAMED
    prefix = _PREFIX.get(event.exchange)
    if prefix is not None:
        return f"{prefix}{_number(event, prefix, from_initiator(event, role), seen)}"
    if event.exchange is ExchangeType.INFORMATIONAL_V1:
        return NOTE
    asks = event.is_request if event.is_request is not None else from_initiator(event, role)
    return f"{event.exchange} {'response' if asks is False else 'request'}"


def from_initiator(event: LogEvent, role: Role | None) -> bool | None:
    """Whether the exchange's initiator sent this message. IKEv1 has no requests, but charon calls the initiator's so."""
    if event.is_request is not None:
        return event.is_request
    role = role or event.role
    return None if role is None else (event.kind is EventKind.SENT) is (role is Role.INITIATOR)


def _number(event: LogEvent, prefix: str, initiator: bool | None, seen: tuple[str, ...]) -> int:
    words = {payload.split("(")[0] for payload in event.payloads}
    if prefix == "MM" and words:
        first = next((number for payload, number in _MAIN_PAYLOADS if payload in words), None)
        if first is not None:
            return first if initiator is not False else first + 1
    if initiator is False:
        return 2 if prefix != "MM" else _following(prefix, seen, odd=False)
    if prefix != "MM" and words:
        return 1 if "SA" in words else 3
    return _following(prefix, seen, odd=None if initiator is None else True)


def _following(prefix: str, seen: tuple[str, ...], *, odd: bool | None) -> int:
    """The next number of the sender, where the payloads do not tell: one that cannot be read is the next one expected."""
    numbers = [int(name[2:]) for name in seen if name.startswith(prefix) and name[2:].isdigit()]
    following = max(numbers, default=0) + 1
    if odd is not None and (following % 2 == 1) is not odd:
        following = max((number for number in numbers if (number % 2 == 1) is odd), default=following + 1)
    return min(following, _LENGTH[prefix])


def is_first(event: LogEvent, role: Role | None) -> bool:
    """Whether this message opens a negotiation of an IKE SA. One that could not be read never does."""
    if event.exchange not in _OPENING:
        return False
    if event.name is None and event.exchange is not ExchangeType.IKE_SA_INIT and "SA" not in event.payloads:
        return False
    return name_of(event, role or event.role, ()) in INITIATOR_FIRST


_OPENING = (ExchangeType.MAIN, ExchangeType.AGGRESSIVE, ExchangeType.IKE_SA_INIT)

"""Which events belong to one attempt at an IKE SA: by the vendor's number, else by the peer, always by order.

Numbers come late (IOS) or change their form on the way (charon's `<1>` becomes `<conn|1>`), logs begin in the middle, and
several attempts follow each other under one number (charon's keyingtries) or under several (a responder that asked for
another group forgets the first attempt).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from ipsecbot.ladder.naming import is_first
from ipsecbot.ladder.vocabulary import IKEV2_ONLY, LOOSE_KINDS, RETRY_NOTIFIES, WIRE
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

_REACH = 1000  # attempts back to which an event that names none may belong
_CHILD_EXCHANGES = (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA)


@dataclass(slots=True)
class Association:
    """One attempt at an IKE SA and everything that happened under it, as one device saw it."""

    number: str | None = None
    context: str | None = None
    local: str | None = None
    remote: str | None = None
    role: Role | None = None
    version: int | None = None
    events: list[LogEvent] = field(default_factory=list)
    messages: int = 0
    latest: LogEvent | None = None
    answered: bool = False
    retrying: bool = False
    over: bool = False

    def take(self, event: LogEvent) -> None:
        """Add an event and learn from it."""
        self.events.append(event)
        if event.context is not None:
            self.number = number_of(event.context)
            if self.context is None or len(event.context) > len(self.context):
                self.context = event.context
        self.local, self.remote = self.local or event.local, self.remote or event.remote
        self.role = self.role or _role(event)
        self.version = self.version or event.ike_version or _version(event)
        if event.kind in WIRE:
            self.messages += 1
            self.latest = event
            self.answered = self.answered or (self.messages > 1 and event.kind is not self.events[0].kind)
            if not _asks_again(event):
                self.retrying = False
        if _asks_again(event):
            self.retrying = True
        if event.kind in (EventKind.GAVE_UP, EventKind.DELETED) and event.protocol in (None, Protocol.IKE):
            self.over = True


def number_of(context: str) -> str:
    """What stays the same in a context: `<5>` and `<branch|5>` are number 5."""
    return context.strip("<>").rpartition("|")[2]


def _role(event: LogEvent) -> Role | None:
    if event.exchange in _CHILD_EXCHANGES:
        return None
    if event.role is None and event.kind in WIRE and event.is_request is not None and event.exchange is not None:
        if event.exchange in (ExchangeType.INFORMATIONAL, ExchangeType.INFORMATIONAL_V1, ExchangeType.TRANSACTION):
            return None
        asked = event.is_request is (event.kind is EventKind.SENT)
        return Role.INITIATOR if asked else Role.RESPONDER
    return event.role


_V2 = (ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH, ExchangeType.CREATE_CHILD_SA, ExchangeType.INFORMATIONAL)


def _version(event: LogEvent) -> int | None:
    if event.exchange is None:
        return 2 if event.notify in IKEV2_ONLY else None
    return 2 if event.exchange in _V2 else 1


def _asks_again(event: LogEvent) -> bool:
    """INVALID_KE_PAYLOAD and COOKIE: the initiator tries once more, in the same negotiation."""
    if event.ike_version == 1 or _version(event) == 1:
        return False
    words = {payload[2:-1] for payload in event.payloads if payload.startswith("N(")}
    return event.kind is EventKind.KE_REFUSED or event.notify in RETRY_NOTIFIES or bool(words & RETRY_NOTIFIES)


def associate(events: Iterable[LogEvent]) -> tuple[list[Association], list[LogEvent]]:
    """The attempts of one device, oldest first, and the events that belong to none."""
    gathering = _Gathering()
    for event in events:
        gathering.place(event)
    return gathering.associations, gathering.loose


@dataclass(slots=True)
class _Gathering:
    associations: list[Association] = field(default_factory=list)
    loose: list[LogEvent] = field(default_factory=list)
    _numbered: dict[str, Association] = field(default_factory=dict)
    _unnumbered: dict[int, Association] = field(default_factory=dict)
    _restarted: int = 0  # how many attempts a restart of the daemon has ended

    def place(self, event: LogEvent) -> None:
        if event.kind is EventKind.DAEMON_STARTED:
            self._numbered.clear()
            for association in self.associations[self._restarted :]:
                association.over = True
            self._restarted = len(self.associations)
        number = number_of(event.context) if event.context is not None else None
        if event.kind in LOOSE_KINDS and number not in self._numbered:
            self.loose.append(event)
            return
        known = self._find(event, number)
        if known is None or _begins_anew(event, known):
            known = self._resumed(event)
        association = known or self._new()
        association.take(event)
        if association.number is not None:
            self._unnumbered.pop(id(association), None)
        if number is not None:
            self._numbered[number] = association

    def _new(self) -> Association:
        association = Association()
        self.associations.append(association)
        self._unnumbered[id(association)] = association
        return association

    def _find(self, event: LogEvent, number: str | None) -> Association | None:
        if number is not None and number in self._numbered:
            return self._numbered[number]
        newest = reversed(self.associations) if number is None else reversed(self._unnumbered.values())
        for association in islice(newest, _REACH):
            if _could_be(event, association, number):
                return association
        return None

    def _resumed(self, event: LogEvent) -> Association | None:
        """The attempt that a responder sent back with INVALID_KE_PAYLOAD or COOKIE, when its peer comes again."""
        for association in islice(reversed(self.associations), _REACH):
            if association.remote == event.remote and event.remote is not None:
                again = association.retrying and association.role is not Role.INITIATOR
                return association if again and event.kind is EventKind.RECEIVED else None
        return None


def _could_be(event: LogEvent, association: Association, number: str | None) -> bool:
    """Whether an event whose number says nothing may belong to an attempt."""
    if number is not None and association.number is not None:
        return False
    if number is not None and association.over:
        return False
    if event.remote is not None and association.remote is not None and event.remote != association.remote:
        return False
    if event.ike_version is not None and association.version is not None and event.ike_version != association.version:
        return False
    role = _role(event) if event.kind in WIRE or event.kind is EventKind.STARTED else None
    return role is None or association.role is None or role is association.role


def _begins_anew(event: LogEvent, association: Association) -> bool:
    """Whether the event opens another attempt instead of going on with this one."""
    if association.retrying or event.exchange in _CHILD_EXCHANGES or event.protocol in (Protocol.ESP, Protocol.AH):
        return False
    if event.kind is EventKind.STARTED:
        announces = association.latest is not None and association.latest.kind is EventKind.RECEIVED
        if announces and event.role is not Role.INITIATOR and association.latest is not None:
            return association.over or not is_first(association.latest, Role.RESPONDER)
        return association.over or association.messages > 0
    if event.kind in WIRE and is_first(event, association.role):
        return association.over or association.answered or association.messages > 1
    return False

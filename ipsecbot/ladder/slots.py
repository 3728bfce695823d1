"""One attempt at an IKE SA cut into its exchanges: phase 1 or IKE_SA_INIT with IKE_AUTH, each child, the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ipsecbot.ladder.associations import Association
from ipsecbot.ladder.naming import NOTE, UNNAMED, name_of
from ipsecbot.ladder.vocabulary import CHILD_KINDS, DELETES, LIFE_KINDS, NOTIFIES, WIRE
from ipsecbot.model.exchange import Direction, EventKind, ExchangeKind, ExchangeType, LogEvent, Message
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

_CHILD_PROTOCOLS = (Protocol.ESP, Protocol.AH)
_WISHES = (EventKind.CONFIGURED, EventKind.SELECTORS_CONFIGURED)
_INFORMATIONAL = (ExchangeType.INFORMATIONAL, ExchangeType.INFORMATIONAL_V1)
_SPOKEN = WIRE | {EventKind.RETRANSMITTED, EventKind.REPEATED}
_KINDS = {
    ExchangeType.MAIN: ExchangeKind.MAIN,
    ExchangeType.AGGRESSIVE: ExchangeKind.AGGRESSIVE,
    ExchangeType.QUICK: ExchangeKind.QUICK,
}
_EXCHANGES = {kind: exchange for exchange, kind in _KINDS.items()}
_LAST = ("MM6", "AM3")
_NEAR = 64  # messages, or exchanges of one SA, back to which a repeated message is looked for: liveness checks go on for days


@dataclass(slots=True)
class Slot:
    """One exchange in the making. `child`: a quick mode or CREATE_CHILD_SA; `key` its message id and who started it."""

    kind: ExchangeKind
    child: bool = False
    key: tuple[int | None, bool | None] | None = None
    role: Role | None = None
    events: list[LogEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    ids: list[int | None] = field(default_factory=list)
    established: bool = False
    unreadable_end: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(message.name for message in self.messages)

    def put(self, event: LogEvent, role: Role | None) -> None:
        """Write a message down; the same once more is a retransmission."""
        name = self._name(event, role)
        direction = Direction.SENT if event.kind is EventKind.SENT else Direction.RECEIVED
        fresh = Message(name, direction, event.at, event.payloads, (event.source,))
        for index in self._recent():
            known = self.messages[index]
            same_id = self.ids[index] == event.message_id or (name == NOTE and known.payloads == event.payloads)
            if (known.name, known.direction) == (name, direction) and same_id:
                if name.startswith("IKE_SA_INIT") and any(later.direction is not direction for later in self.messages[index:]):
                    break  # another try after INVALID_KE_PAYLOAD or COOKIE
                self._repeat(index, event, is_fragment=_is_fragment(event))
                return
        self.messages.append(fresh)
        self.ids.append(event.message_id)

    def _recent(self) -> range:
        """The indices of the last messages, the newest first."""
        return range(len(self.messages) - 1, max(len(self.messages) - 1 - _NEAR, -1), -1)

    def _name(self, event: LogEvent, role: Role | None) -> str:
        if not self.messages and event.exchange is None and event.name is None:
            event = replace(event, exchange=_EXCHANGES.get(self.kind))
        names = tuple(message.name for message in self.messages[-_NEAR:])
        name = name_of(event, self.role or role, names)
        return NOTE if self.unreadable_end and name in _LAST and not event.payloads else name

    def doubt(self, event: LogEvent, role: Role | None) -> None:
        """The last message that came could not be read, so it is the next one expected. Where that would end phase 1 it is
        not: whoever sends that message has verified the peer with the same keys first; what came is a notify."""
        index = next((index for index in self._recent() if self.messages[index].direction is Direction.RECEIVED), None)
        if index is None or self.messages[index].payloads:
            return
        name = self.messages[index].name
        if name == UNNAMED and self.kind in _EXCHANGES:
            unread = replace(event, kind=EventKind.RECEIVED, exchange=_EXCHANGES[self.kind], name=None, is_request=None)
            name = name_of(unread, self.role or role, self.names)
        if name in _LAST:
            name, self.unreadable_end = NOTE, True
        self.messages[index] = replace(self.messages[index], name=name)
        self._merge(index)

    def _merge(self, index: int) -> None:
        """A message that got its name late may be one that is known already."""
        mine = self.messages[index]
        for other in range(index):
            known = self.messages[other]
            if (known.name, known.direction, known.payloads) == (mine.name, mine.direction, ()):
                times, sources = known.times + mine.times, known.sources + mine.sources
                self.messages[other] = replace(known, times=times, sources=sources)
                del self.messages[index], self.ids[index]
                return

    def repeat(self, event: LogEvent, direction: Direction) -> bool:
        """Count a retransmission of the message it names, else of the last one in that direction."""
        fits: tuple[Callable[[int], bool], ...] = (
            lambda index: event.name is not None and self.messages[index].name == event.name,
            lambda index: event.message_id is not None and self.ids[index] == event.message_id,
            lambda _: event.name is None,
        )
        for fit in fits:
            for index in self._recent():
                if self.messages[index].direction is direction and fit(index):
                    self._repeat(index, event)
                    return True
        return False

    def _repeat(self, index: int, event: LogEvent, *, is_fragment: bool = False) -> None:
        known = self.messages[index]
        times = known.times if is_fragment else known.times + 1
        sources = known.sources if len(known.sources) < _NEAR else (known.sources[0], *known.sources[2:])
        self.messages[index] = replace(known, times=times, sources=(*sources, event.source))


def _is_fragment(event: LogEvent) -> bool:
    return bool(event.payloads) and all(payload.startswith(("EF", "SKF")) for payload in event.payloads)


def cut(association: Association) -> list[Slot]:
    """The exchanges of one attempt, in the order in which they began."""
    cutter = _Cutter(association)
    for event in association.events:
        cutter.place(event)
    return cutter.slots


class _Cutter:
    def __init__(self, association: Association) -> None:
        self._association = association
        self.slots: list[Slot] = []
        self._current: Slot | None = None
        self._first: Slot | None = None  # the exchange that makes the IKE SA
        self._children: list[Slot] = []
        self._keyed: dict[tuple[int | None, bool | None], Slot] = {}

    def place(self, event: LogEvent) -> None:
        """Put one event where it belongs and let it change what it changes."""
        slot = self._slot(event)
        slot.events.append(event)
        if event.kind in WIRE:
            slot.put(event, self._association.role)
            if slot.child:
                slot.role = slot.role or _child_role(slot)
        elif event.kind is EventKind.RETRANSMITTED:
            self._repeat(slot, event, Direction.SENT)
        elif event.kind is EventKind.REPEATED:
            self._repeat(slot, event, Direction.RECEIVED)
        elif event.kind is EventKind.UNDECRYPTABLE:
            slot.doubt(event, self._association.role)
        is_of_child = event.protocol in _CHILD_PROTOCOLS
        if event.kind is EventKind.ESTABLISHED and slot.child is is_of_child:
            slot.established = True
        if event.kind is EventKind.REKEYED and slot.child and is_of_child:
            slot.established = True  # whoever renewed it: where two renewals met, one is turned down (RFC 7296 section 2.25)
        if slot.child and self._first is not None:
            self._first.established = True  # no child without an IKE SA
        if slot.kind is not ExchangeKind.INFORMATIONAL:
            self._current = slot

    def _repeat(self, slot: Slot, event: LogEvent, direction: Direction) -> None:
        """Retransmissions name their message badly: the newest exchange that has one in that direction is meant."""
        for candidate in (slot, *reversed(self.slots[-_NEAR:])):
            if candidate.repeat(event, direction):
                return

    def _open(self, kind: ExchangeKind, *, child: bool = False, key: tuple[int | None, bool | None] | None = None) -> Slot:
        slot = Slot(kind, child, key)
        self.slots.append(slot)
        if child:
            self._children.append(slot)
            self._keyed[slot.key or (None, None)] = slot
        elif kind is not ExchangeKind.INFORMATIONAL:
            self._first = self._first or slot
        return slot

    def _slot(self, event: LogEvent) -> Slot:
        exchange = event.exchange
        if exchange in _INFORMATIONAL and event.kind in _SPOKEN:
            return self._informational(event)
        if exchange in (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA):
            return self._child(event)
        if event.kind in CHILD_KINDS or event.protocol in _CHILD_PROTOCOLS or event.kind is EventKind.CONFIG_INCOMPLETE:
            return self._about_child(event)
        if exchange in (ExchangeType.MAIN, ExchangeType.AGGRESSIVE, ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH):
            return self._first_of(event)
        if event.kind in LIFE_KINDS or event.kind in DELETES | {EventKind.DELETED}:
            return self._ended(event)
        if event.kind in NOTIFIES and self._current is not None and self._current.established:
            return self._first or self._current
        return self._current or self._first_of(event)

    def _first_of(self, event: LogEvent) -> Slot:
        slot = self._first
        if slot is None:
            version = self._association.version
            kind = _KINDS.get(event.exchange) if event.exchange else None
            unknown = ExchangeKind.IKEV2 if version == 2 else ExchangeKind.MAIN
            slot = self._open(kind or (unknown if event.exchange not in _INFORMATIONAL else ExchangeKind.INFORMATIONAL))
        elif event.exchange is ExchangeType.AGGRESSIVE and not slot.messages:
            slot.kind = ExchangeKind.AGGRESSIVE
        return slot

    def _informational(self, event: LogEvent) -> Slot:
        """A notify ends what is being negotiated; with nothing open it is an exchange of its own. IKEv2 refuses a child in
        the answer to its own request."""
        open_one = self._current if self._association.version != 2 else self._first
        if open_one is not None and not open_one.established:
            return open_one
        last = self.slots[-1] if self.slots else None
        if last is not None and last.kind is ExchangeKind.INFORMATIONAL:
            return last
        return self._open(ExchangeKind.INFORMATIONAL)

    def _child(self, event: LogEvent) -> Slot:
        """Children are told apart by message id; in IKEv2 both ends count for themselves (RFC 7296 section 2.2)."""
        kind = ExchangeKind.QUICK if event.exchange is ExchangeType.QUICK else ExchangeKind.IKEV2
        latest = self._children[-1] if self._children else None
        key = (event.message_id, _started_here(event) if kind is ExchangeKind.IKEV2 else None)
        if event.message_id is not None:
            known = self._keyed.get(key) or self._same_child(event)
            if known is not None:
                self._keyed[key] = known
                return known
            if latest is not None and latest.key is None and not latest.messages:
                latest.key = key
                self._keyed[key] = latest
                return latest
            if event.kind not in WIRE and event.kind is not EventKind.STARTED and latest is not None:
                return latest
            return self._open(kind, child=True, key=key)
        if event.kind is EventKind.STARTED or latest is None:
            return self._open(kind, child=True)
        opens = event.kind in WIRE and name_of(event, None, latest.names) in ("QM1", "CREATE_CHILD_SA request")
        return self._open(kind, child=True) if opens and latest.messages else latest

    def _same_child(self, event: LogEvent) -> Slot | None:
        """The child of this message id, where one of the two (a sentence about it, or its first message) does not tell who
        asks."""
        if _started_here(event) is None:
            ways = (True, False)
            return next((self._keyed[event.message_id, way] for way in ways if (event.message_id, way) in self._keyed), None)
        announced = self._keyed.get((event.message_id, None))
        return announced if announced is not None and not announced.messages else None

    def _about_child(self, event: LogEvent) -> Slot:
        if event.kind in (*DELETES, EventKind.DELETED):
            return self._ended(event)
        children = self._children
        if self._association.version != 2:
            if event.kind in _WISHES and not children:
                return self._current or self._first_of(event)  # a packet asks for a child before there is an IKE SA
            starts = event.kind is EventKind.STARTED
            return children[-1] if children and not starts else self._open(ExchangeKind.QUICK, child=True)
        first = self._first_of(event)
        if event.kind is EventKind.STARTED and first.established:
            return self._open(ExchangeKind.IKEV2, child=True)
        return children[-1] if children and self._current is children[-1] else first

    def _ended(self, event: LogEvent) -> Slot:
        if self._current is not None and not self._current.established:
            return self._current
        return self._first or self._current or self._open(ExchangeKind.INFORMATIONAL)


def _started_here(event: LogEvent) -> bool | None:
    if event.kind not in WIRE or event.is_request is None:
        return None
    return event.is_request is (event.kind is EventKind.SENT)


def _child_role(slot: Slot) -> Role | None:
    """Who started a child is told by its first message, whoever started the IKE SA."""
    first = slot.messages[0]
    asked = first.name in ("QM1", "QM3") or first.name.endswith("request")
    return Role.INITIATOR if asked is (first.direction is Direction.SENT) else Role.RESPONDER

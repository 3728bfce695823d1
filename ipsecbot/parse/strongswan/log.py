"""charon's log → LogEvents: lines in, what happened out.

The sentences stand in phrases_*.py. What this module adds is what a single line does not say: the addresses of a message (they
stand on the line of the packet), the message an event belongs to, and the traffic selectors that are listed line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter

from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.sa import Role
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.collector import uncollected
from ipsecbot.parse.draft import Draft, freeze, source_at
from ipsecbot.parse.phrase import COMES_AGAIN, Phrase, PhraseBook
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.shaped_gaps import ShapedGaps
from ipsecbot.parse.strongswan.log_fields import SAID, Addresses, Said, addresses_of, event_of, remember, said_by
from ipsecbot.parse.strongswan.log_lines import LogLine, read_lines
from ipsecbot.parse.strongswan.log_threads import Thread
from ipsecbot.parse.strongswan.notifies import is_error, is_fragment, notifies_in
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HARMLESS, HOST, UNFRAMED
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors

BOOK = PhraseBook((*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *HARMLESS))
OUTSIDE = PhraseBook(UNFRAMED)

_LISTED = "proposing traffic selectors for "
_LISTING = re.compile(rf"{_LISTED}(us|other):")
# Members that are asked for on every line: looking one up in its class costs as much as the question.
_SENT, _RECEIVED, _RETRANSMITTED = EventKind.SENT, EventKind.RECEIVED, EventKind.RETRANSMITTED
_STARTED, _REPEATED, _FRAGMENT = EventKind.STARTED, EventKind.REPEATED, EventKind.FRAGMENT
_NOTIFIED = EventKind.NOTIFY_RECEIVED
_MESSAGES = (_SENT, _RECEIVED, _RETRANSMITTED)
# What happens to the host, not to a message, although a thread that handled one may print it.
_LOOSE = (EventKind.LINK, EventKind.DAEMON_STARTED, EventKind.DAEMON_STOPPED, EventKind.CONFIG_REFUSED)
_OUTGOING = (_SENT, _RETRANSMITTED)
_TRANSPORT = "USE_TRANSPORT_MODE"
# Several sentences of charon say the same of one message, the most exact one first; one event is enough.
_ONCE = (EventKind.UNDECRYPTABLE, EventKind.GAVE_UP, EventKind.CERTIFICATE_REFUSED)


@uncollected
def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """Everything that charon's lines in `output` say happened, in the order of the lines.

    `context` is the number of the IKE_SA (`<conn|3>` → `3`), None where the log does not print it. Lines of charon that no
    sentence of the tables fits are gaps, one per shape of line; lines that are not charon's are nobody's business here.
    """
    reader = _Reader(output, device)
    outside: list[tuple[Phrase, re.Match[str], LogLine]] = []
    for line in read_lines(output.text, output.at.year if output.at else None):
        if line.framed:
            reader.read(line)
        elif found := OUTSIDE.find(line.text):
            outside.append((*found, line))
    for phrase, match, line in outside:
        reader.add(phrase, match, line, reader.thread_of(line))
    return Parsed(freeze(sorted(reader.events, key=attrgetter("source.first_line"))), reader.gaps.all())


class _Reader:
    """One log while it is read."""

    def __init__(self, output: RawOutput, device: str) -> None:
        self.device, self.name = device, output.name
        self.events: list[Draft] = []
        self.gaps = ShapedGaps(device, output.name)
        self.threads: dict[str, Thread] = {}
        self.addresses: dict[str, tuple[str | None, str | None]] = {}
        self.last_kind: dict[str | None, EventKind] = {}
        self.requests: dict[tuple[str | None, int | None], tuple[ExchangeType | None, int | None]] = {}

    def read(self, line: LogLine) -> None:
        thread, message = self.thread_of(line), line.message
        if (thread.listing is not None or _LISTED in message) and self._listing(line, thread):
            return
        said = SAID.get(message)
        if said is not None:
            if said.phrase.kind is not None:
                event = said.again(line, source_at(self.device, self.name, line.number, line.number, line.text))
                self._add(event, said.match, line, thread)
            return
        found = BOOK.find(message) or OUTSIDE.find(message)  # journald frames what swanctl prints, too
        if found is None:
            self.gaps.add(line.number, message, line.text)
        else:
            self.add(*found, line, thread)

    def add(self, phrase: Phrase, match: re.Match[str], line: LogLine, thread: Thread) -> None:
        """The event of one line, if it is of consequence."""
        if phrase.kind is None:
            if line.framed and COMES_AGAIN[phrase.sentence]:
                remember(line.message, Said(phrase, match, (), ()))
            return
        if phrase.kind is _SENT and match.lastgroup != "payloads" and self._leaves(match, line, thread):
            return
        event, unknown = event_of(phrase, match, line, source_at(self.device, self.name, line.number, line.number, line.text))
        for word in unknown:
            self.gaps.add(line.number, f"word {word}", line.text, f"unknown word {word}")
        if line.framed and COMES_AGAIN[phrase.sentence] and not unknown and (said := said_by(event, phrase, match)) is not None:
            remember(line.message, said)
        self._add(event, match, line, thread)

    def _add(self, event: Draft, match: re.Match[str], line: LogLine, thread: Thread) -> None:
        kind = event.kind
        if thread.alias is not None:
            event.context = thread.alias
        if kind in _MESSAGES:
            self._message(event, match, thread)
            return
        if kind in _ONCE:
            if kind in thread.kinds:
                return
            thread.kinds.add(kind)
        if kind is _NOTIFIED and self._known_notify(event, thread):
            return
        if kind is _STARTED and event.role is Role.INITIATOR:
            thread = self.threads[line.thread] = self._started(match["unique"], line)
            event.context = thread.alias or event.context
        if kind is _REPEATED:
            self._repeated(event, thread)
            return
        self._append(event if kind in _LOOSE else self._placed(event, thread))

    def thread_of(self, line: LogLine) -> Thread:
        """What is known of this line's thread; nothing, when it has turned to another IKE_SA."""
        unique = line.unique
        thread = self.threads.get(line.thread)
        if thread is None or (unique is not None and thread.unique not in (None, unique)):
            thread = self.threads[line.thread] = Thread(unique)
        elif unique is not None:
            thread.unique = unique
        return thread

    def _started(self, unique: str, line: LogLine) -> Thread:
        """A thread at the start of an SA of its own; where SAs are numbered, its lines may still name another."""
        return Thread(line.unique, alias=unique if line.unique not in (None, unique) else None)

    def _repeated(self, event: Draft, thread: Thread) -> None:
        """The packet before was the peer's old message; what is sent next is our old answer."""
        index, thread.pending = thread.pending, None
        if index is not None and self.events[index].kind is _RECEIVED:
            event.at_addresses_of(self.events[index])
            self.events[index] = event
        else:
            self._append(self._placed(event, thread))
        thread.repeating = True

    def _message(self, event: Draft, match: re.Match[str], thread: Thread) -> None:
        """A packet line and a payload line are two halves of one message, the packet last when sent, first when received."""
        if event.kind in _OUTGOING:
            thread.kinds.discard(EventKind.GAVE_UP)
        if match.lastgroup == "payloads":
            self._payload_line(event, thread)
        elif event.kind is _RETRANSMITTED:
            event.exchange, event.ike_version = self.requests.get((event.context, event.message_id), (None, None))
            thread.pending = self._append(self._placed(event, thread))
        else:
            self._packet_line(event, thread)

    def _payload_line(self, event: Draft, thread: Thread) -> None:
        if is_fragment(event.payloads):
            event.kind, event.detail = _FRAGMENT, event.payloads[0]
            self._fragment(event, thread)
            return
        thread.exchange, thread.version, thread.repeating = event.exchange, event.ike_version, False
        if event.is_request and event.kind is _SENT:
            self.requests[event.context, event.message_id] = event.exchange, event.ike_version
        received = event.kind is _RECEIVED
        before = self.events[thread.pending] if received and thread.pending is not None else None
        if before is not None and before.kind is _RECEIVED and thread.pending is not None:
            event.at_addresses_of(before)
            self.events[thread.pending], index = event, thread.pending
            thread.pending = None
        else:
            # a request may be the first of another SA: its addresses follow with its packet
            index = self._append(event if event.is_request and not received else self._placed(event, thread))
            thread.pending = None if received else index
        thread.notifies = {}
        self._inside(event, thread)

    def _fragment(self, event: Draft, thread: Thread) -> None:
        """One fragment: what came in the packet before it is no message of its own."""
        index = thread.pending
        if index is not None and self.events[index].kind is _RECEIVED:
            event.at_addresses_of(self.events[index])
            self.events[index], thread.pending = event, None
            self.last_kind[event.context] = event.kind
        else:
            self._append(self._placed(event, thread))

    def _packet_line(self, event: Draft, thread: Thread) -> None:
        thread.local, thread.remote = event.local, event.remote
        if event.context is not None:
            self.addresses[event.context] = event.local, event.remote
        if event.kind is _SENT and thread.repeating:
            event.kind, event.is_request = _RETRANSMITTED, False
            self._append(event)
            thread.repeating = False
        elif event.kind is _RECEIVED:
            # charon's threads take one message after the other: a new packet ends what was said of the last
            thread.kinds, thread.notifies, thread.exchange, thread.version = set(), {}, None, None
            thread.alias, thread.repeating = None, False
            thread.pending = self._append(event)
        elif not self._is_fragment_packet(event):
            self._append(event)

    def _leaves(self, match: re.Match[str], line: LogLine, thread: Thread) -> bool:
        """The packet of the message that was generated before is no event: the message gets its addresses."""
        if thread.pending is None or self.events[thread.pending].kind not in _OUTGOING:
            return False
        thread.kinds.discard(EventKind.GAVE_UP)
        packet = addresses_of(match)
        context = line.unique if thread.alias is None else thread.alias
        thread.local, thread.remote = packet.local, packet.remote
        if context is not None:
            self.addresses[context] = packet.local, packet.remote
        self._addressed(thread.pending, packet)
        thread.pending = None
        return True

    def _addressed(self, index: int, packet: Addresses) -> None:
        """Give a message, and the events that its payloads are, the addresses of its packet."""
        line = self.events[index].source.first_line
        for place in range(index, len(self.events)):
            if self.events[place].source.first_line != line:
                return
            self.events[place].at_addresses_of(packet)

    def _is_fragment_packet(self, event: Draft) -> bool:
        """Whether the last event of this negotiation was a fragment: its packet is no message of its own."""
        return self.last_kind.get(event.context) is _FRAGMENT

    def _inside(self, event: Draft, thread: Thread) -> None:
        """Events that the payloads of a message are by themselves."""
        telling = _telling(event.payloads)
        if not telling:
            return
        received = event.kind is _RECEIVED
        for notify in telling:
            told = event.copy()
            told.payloads, told.detail = (), None
            self.events.append(told)
            if notify == _TRANSPORT:
                told.kind, told.detail = EventKind.ENCAPSULATION_OFFERED, "transport"
                continue
            told.kind, told.notify = _NOTIFIED if received else EventKind.NOTIFY_SENT, notify
            if received:
                thread.notifies[notify] = len(self.events) - 1

    def _known_notify(self, event: Draft, thread: Thread) -> bool:
        """Whether the payloads of the same message told of this notify before; what this line adds is kept."""
        index = thread.notifies.get(event.notify or "")
        if index is None:
            return False
        known = self.events[index]
        known.protocol, known.source = event.protocol or known.protocol, event.source
        return True

    def _placed(self, event: Draft, thread: Thread) -> Draft:
        """`event` with the addresses and the exchange of the message it was said of."""
        local, remote = self.addresses.get(event.context or "", (None, None))
        event.local = event.local or thread.local or local
        event.remote = event.remote or thread.remote or remote
        event.ike_version = event.ike_version or thread.version
        event.exchange = event.exchange or thread.exchange
        return event

    def _append(self, event: Draft) -> int:
        self.events.append(event)
        self.last_kind[event.context] = event.kind
        return len(self.events) - 1

    def _listing(self, line: LogLine, thread: Thread) -> bool:
        """`proposing traffic selectors for us:` and the lines below it, one selector each, as one event."""
        if match := _LISTING.fullmatch(line.message.strip()):
            if match[1] == "us":
                thread.listed = {}
            thread.listing = match[1]
            return True
        found, unknown = read_selectors(line.message) if thread.listing else ((), ("",))
        if not found or unknown or thread.listing is None or len(line.message.split()) != 1:
            thread.listing = None
            return False
        thread.listed.setdefault(thread.listing, []).extend(found)
        both = pairs(tuple(thread.listed.get("us", ())), tuple(thread.listed.get("other", ())))
        if both:
            source = source_at(self.device, self.name, line.number, line.number, line.text)
            event = Draft(EventKind.SELECTORS_CONFIGURED, source, line.at, line.unique, selectors=both)
            self._append(self._placed(event, thread))
        return True


@lru_cache(maxsize=1024)
def _telling(payloads: tuple[str, ...]) -> tuple[str, ...]:
    """The notifies among the payloads that are events by themselves."""
    return tuple(notify for notify in notifies_in(payloads) if notify == _TRANSPORT or is_error(notify))


def all_sentences() -> Iterable[str]:
    """Every sentence of every table, for the tests that ask whether each can be read."""
    return (
        phrase.sentence for phrase in (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *HARMLESS, *UNFRAMED)
    )

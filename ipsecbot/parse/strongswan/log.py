"""charon's log → LogEvents: lines in, what happened out.

The sentences stand in phrases_*.py. What this module adds is what a single line does not say: the addresses of a message (they
stand on the line of the packet), the message an event belongs to, and the traffic selectors that are listed line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.phrase import Phrase, PhraseBook
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.shaped_gaps import ShapedGaps
from ipsecbot.parse.strongswan.log_fields import event_of
from ipsecbot.parse.strongswan.log_lines import LogLine, read_lines
from ipsecbot.parse.strongswan.notifies import is_error, is_fragment, notifies_in
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HARMLESS, HOST, UNFRAMED
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors

BOOK = PhraseBook((*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *HARMLESS))
OUTSIDE = PhraseBook(UNFRAMED)

_LISTING = re.compile(r"proposing traffic selectors for (us|other):")
_MESSAGES = (EventKind.SENT, EventKind.RECEIVED, EventKind.RETRANSMITTED)
# What happens to the host, not to a message, although a thread that handled one may print it.
_LOOSE = (EventKind.LINK, EventKind.DAEMON_STARTED, EventKind.DAEMON_STOPPED, EventKind.CONFIG_REFUSED)
_OUTGOING = (EventKind.SENT, EventKind.RETRANSMITTED)
_TRANSPORT = "USE_TRANSPORT_MODE"
# Several sentences of charon say the same of one message, the most exact one first; one event is enough.
_ONCE = (EventKind.UNDECRYPTABLE, EventKind.GAVE_UP, EventKind.CERTIFICATE_REFUSED)


@dataclass(slots=True)
class _Thread:
    """What is known of the message that one thread of charon is at."""

    unique: str | None = None
    alias: str | None = None  # the new SA's number, while the lines still print that of the SA it replaces
    local: str | None = None
    remote: str | None = None
    exchange: ExchangeType | None = None
    version: int | None = None
    pending: int | None = None  # index of the event whose packet line is still to come (sent) or to be read (received)
    kinds: set[EventKind] = field(default_factory=set)
    notifies: dict[str, int] = field(default_factory=dict)
    repeating: bool = False  # the next packet sent is an old answer once more
    listing: str | None = None
    listed: dict[str, list[TrafficSelector]] = field(default_factory=dict)


def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """Everything that charon's lines in `output` say happened, in the order of the lines.

    `context` is the number of the IKE_SA (`<conn|3>` → `3`), None where the log does not print it. Lines of charon that no
    sentence of the tables fits are gaps, one per shape of line; lines that are not charon's are nobody's business here.
    """
    reader = _Reader(output, device)
    framed = set()
    for line in read_lines(output.text, output.at.year if output.at else None):
        framed.add(line.number)
        reader.read(line)
    for number, text in enumerate(output.text.split("\n"), 1):
        if number not in framed and (found := OUTSIDE.find(text)):
            reader.add(*found, LogLine(number, text.strip(), text.strip()))
    events = sorted(reader.events, key=lambda event: event.source.first_line)
    return Parsed(tuple(events), reader.gaps.all())


class _Reader:
    """One log while it is read."""

    def __init__(self, output: RawOutput, device: str) -> None:
        self.device, self.name = device, output.name
        self.events: list[LogEvent] = []
        self.gaps = ShapedGaps(device, output.name)
        self.threads: dict[str, _Thread] = {}
        self.addresses: dict[str, tuple[str | None, str | None]] = {}
        self.last_kind: dict[str | None, EventKind] = {}
        self.requests: dict[tuple[str | None, int | None], tuple[ExchangeType | None, int | None]] = {}

    def read(self, line: LogLine) -> None:
        if self._listing(line, self._thread(line)):
            return
        found = BOOK.find(line.message) or OUTSIDE.find(line.message)  # journald frames what swanctl prints, too
        if found is None:
            self.gaps.add(line.number, line.message, line.text)
        else:
            self.add(*found, line)

    def add(self, phrase: Phrase, match: re.Match[str], line: LogLine) -> None:
        """The event of one line, if it is of consequence."""
        if phrase.kind is None:
            return
        thread = self._thread(line)
        event = self._event(phrase, match, line)
        if thread.alias is not None:
            event = replace(event, context=thread.alias)
        if event.kind in _MESSAGES:
            self._message(event, match, thread)
            return
        if event.kind in _ONCE and event.kind in thread.kinds:
            return
        if event.kind is EventKind.NOTIFY_RECEIVED and self._known_notify(event, thread):
            return
        if event.kind is EventKind.STARTED and event.role is Role.INITIATOR:
            thread = self.threads[line.thread] = self._started(match["unique"], line)
            event = replace(event, context=thread.alias or event.context)
        if event.kind is EventKind.REPEATED:
            self._repeated(event, thread)
            return
        thread.kinds.add(event.kind)
        self._append(event if event.kind in _LOOSE else self._placed(event, thread))

    def _thread(self, line: LogLine) -> _Thread:
        """What is known of this line's thread; nothing, when it has turned to another IKE_SA."""
        thread = self.threads.get(line.thread)
        if thread is None:
            thread = self.threads[line.thread] = _Thread(line.unique)
        if line.unique is not None and thread.unique not in (None, line.unique):
            thread = self.threads[line.thread] = _Thread(line.unique)
        thread.unique = line.unique or thread.unique
        return thread

    def _event(self, phrase: Phrase, match: re.Match[str], line: LogLine) -> LogEvent:
        event, unknown = event_of(phrase, match, line, Source(self.device, self.name, line.number, line.number, line.text))
        for word in unknown:
            self.gaps.add(line.number, f"word {word}", line.text, f"unknown word {word}")
        return event

    def _started(self, unique: str, line: LogLine) -> _Thread:
        """A thread at the start of an SA of its own; where SAs are numbered, its lines may still name another."""
        return _Thread(line.unique, alias=unique if line.unique not in (None, unique) else None)

    def _repeated(self, event: LogEvent, thread: _Thread) -> None:
        """The packet before was the peer's old message; what is sent next is our old answer."""
        index, thread.pending = thread.pending, None
        if index is not None and self.events[index].kind is EventKind.RECEIVED:
            self.events[index] = _at_addresses(event, self.events[index])
        else:
            self._append(self._placed(event, thread))
        thread.repeating = True

    def _message(self, event: LogEvent, match: re.Match[str], thread: _Thread) -> None:
        """A packet line and a payload line are two halves of one message, the packet last when sent, first when received."""
        if event.kind in _OUTGOING:
            thread.kinds.discard(EventKind.GAVE_UP)
        if "payloads" in match.groupdict():
            self._payload_line(event, thread)
        elif event.kind is EventKind.RETRANSMITTED:
            exchange, version = self.requests.get((event.context, event.message_id), (None, None))
            event = replace(event, exchange=exchange, ike_version=version)
            thread.pending = self._append(self._placed(event, thread))
        else:
            self._packet_line(event, thread)

    def _payload_line(self, event: LogEvent, thread: _Thread) -> None:
        if is_fragment(event.payloads):
            self._fragment(replace(event, kind=EventKind.FRAGMENT, detail=event.payloads[0]), thread)
            return
        thread.exchange, thread.version, thread.repeating = event.exchange, event.ike_version, False
        if event.is_request and event.kind is EventKind.SENT:
            self.requests[event.context, event.message_id] = event.exchange, event.ike_version
        received = event.kind is EventKind.RECEIVED
        before = self.events[thread.pending] if received and thread.pending is not None else None
        if before is not None and before.kind is EventKind.RECEIVED and thread.pending is not None:
            event = _at_addresses(event, before)
            self.events[thread.pending], index = event, thread.pending
            thread.pending = None
        else:
            # a request may be the first of another SA: its addresses follow with its packet
            index = self._append(event if event.is_request and not received else self._placed(event, thread))
            thread.pending = None if received else index
        thread.notifies = {}
        self._inside(self.events[index], thread)

    def _fragment(self, event: LogEvent, thread: _Thread) -> None:
        """One fragment: what came in the packet before it is no message of its own."""
        index = thread.pending
        if index is not None and self.events[index].kind is EventKind.RECEIVED:
            self.events[index], thread.pending = _at_addresses(event, self.events[index]), None
            self.last_kind[event.context] = event.kind
        else:
            self._append(self._placed(event, thread))

    def _packet_line(self, event: LogEvent, thread: _Thread) -> None:
        thread.local, thread.remote = event.local, event.remote
        if event.context is not None:
            self.addresses[event.context] = event.local, event.remote
        if event.kind is EventKind.SENT and thread.pending is not None and self.events[thread.pending].kind in _OUTGOING:
            self._addressed(thread.pending, event)
            thread.pending = None
            return
        if event.kind is EventKind.SENT and thread.repeating:
            self._append(replace(event, kind=EventKind.RETRANSMITTED, is_request=False))
            thread.repeating = False
        elif event.kind is EventKind.RECEIVED:
            # charon's threads take one message after the other: a new packet ends what was said of the last
            thread.kinds, thread.notifies, thread.exchange, thread.version = set(), {}, None, None
            thread.alias, thread.repeating = None, False
            thread.pending = self._append(event)
        elif not self._is_fragment_packet(event):
            self._append(event)

    def _addressed(self, index: int, packet: LogEvent) -> None:
        """Give a message, and the events that its payloads are, the addresses of its packet."""
        line = self.events[index].source.first_line
        for place in range(index, len(self.events)):
            if self.events[place].source.first_line == line:
                self.events[place] = _at_addresses(self.events[place], packet)

    def _is_fragment_packet(self, event: LogEvent) -> bool:
        """Whether the last event of this negotiation was a fragment: its packet is no message of its own."""
        return self.last_kind.get(event.context) is EventKind.FRAGMENT

    def _inside(self, event: LogEvent, thread: _Thread) -> None:
        """Events that the payloads of a message are by themselves."""
        received = event.kind is EventKind.RECEIVED
        notifies = notifies_in(event.payloads)
        if not any(is_error(notify) or notify == _TRANSPORT for notify in notifies):
            return
        bare = replace(event, payloads=(), detail=None)
        for notify in notifies:
            if is_error(notify):
                kind = EventKind.NOTIFY_RECEIVED if received else EventKind.NOTIFY_SENT
                self.events.append(replace(bare, kind=kind, notify=notify))
                if received:
                    thread.notifies[notify] = len(self.events) - 1
            elif notify == _TRANSPORT:
                offered = replace(bare, kind=EventKind.ENCAPSULATION_OFFERED, detail="transport")
                self.events.append(offered)

    def _known_notify(self, event: LogEvent, thread: _Thread) -> bool:
        """Whether the payloads of the same message told of this notify before; what this line adds is kept."""
        index = thread.notifies.get(event.notify or "")
        if index is None:
            return False
        known = self.events[index]
        source = replace(known.source, first_line=event.source.first_line, last_line=event.source.last_line)
        source = replace(source, text=event.source.text)
        self.events[index] = replace(known, protocol=event.protocol or known.protocol, source=source)
        return True

    def _placed(self, event: LogEvent, thread: _Thread) -> LogEvent:
        """`event` with the addresses and the exchange of the message it was said of."""
        local, remote = self.addresses.get(event.context or "", (None, None))
        version = event.ike_version or thread.version
        return replace(
            event,
            local=event.local or thread.local or local,
            remote=event.remote or thread.remote or remote,
            ike_version=version,
            exchange=event.exchange or thread.exchange,
        )

    def _append(self, event: LogEvent) -> int:
        self.events.append(event)
        self.last_kind[event.context] = event.kind
        return len(self.events) - 1

    def _listing(self, line: LogLine, thread: _Thread) -> bool:
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
            source = Source(self.device, self.name, line.number, line.number, line.text)
            event = LogEvent(EventKind.SELECTORS_CONFIGURED, source, line.at, line.unique, selectors=both)
            self._append(self._placed(event, thread))
        return True


def _at_addresses(event: LogEvent, of: LogEvent) -> LogEvent:
    return replace(event, local=of.local, remote=of.remote, local_port=of.local_port, remote_port=of.remote_port)


def all_sentences() -> Iterable[str]:
    """Every sentence of every table, for the tests that ask whether each can be read."""
    return (
        phrase.sentence for phrase in (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST, *HARMLESS, *UNFRAMED)
    )

"""pluto's log and whack's answers → LogEvents: lines in, what happened out.

The sentences stand in phrases_*.py, the states and their messages in states.py. A state that is reached tells which messages
came and went; a sentence that decides something tells the rest. What both do not say (addresses, the IKE SA of a child) is
kept in a ledger of pluto's state objects.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.libreswan.fields import Extras, event_of, extras_of, has_child_spis, read_ends, read_peer
from ipsecbot.parse.libreswan.ledger import Sa
from ipsecbot.parse.libreswan.lines import LogLine, read_lines
from ipsecbot.parse.libreswan.phrases_choice import CONNECTIONS, CREDENTIALS, IDENTITIES, PROPOSALS, SELECTORS
from ipsecbot.parse.libreswan.phrases_host import CONFIGURATION, HARMLESS, KERNEL, RUN, UNFRAMED
from ipsecbot.parse.libreswan.phrases_wire import BOUNCES, LIFE, MESSAGES, NOTIFIES, STARTS
from ipsecbot.parse.libreswan.placing import OF_IKE, end_state, first_message, opens_child, placed, received_first
from ipsecbot.parse.libreswan.states import STATES, State, Step, message_of, state_name
from ipsecbot.parse.libreswan.story import Story
from ipsecbot.parse.phrase import Phrase, PhraseBook
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.shaped_gaps import ShapedGaps

BOOK = PhraseBook(
    (
        *(*STARTS, *MESSAGES, *BOUNCES, *NOTIFIES, *LIFE),
        *(*CONNECTIONS, *PROPOSALS, *SELECTORS, *IDENTITIES, *CREDENTIALS),
        *(*CONFIGURATION, *KERNEL, *RUN, *HARMLESS),
    )
)
OUTSIDE = PhraseBook(UNFRAMED)

_STATUS = re.compile(r"\s{2,}|.*\.\.\..*;|.*; (?:un)?(?:routed|oriented|erouted)|.*type=(?:ESP|AH), add_time=")
_BARE_NOTIFY = re.compile(r"(?:v[12]N_)?([A-Z][A-Z_]{6,40})$")
_SPACES = re.compile(r"\s{2,}")
_ONCE = (EventKind.UNDECRYPTABLE, EventKind.CERTIFICATE_REFUSED, EventKind.CREDENTIAL_MISSING, EventKind.PEER_SILENT)
_LIVE = ("ESTABLISHED_IKE_SA", "PARENT_I3", "PARENT_R2", "IPSEC_I", "IPSEC_R", "MAIN_I4", "MAIN_R3", "ESTABLISHED_CHILD_SA")
_SHOWS_STATE = (None, EventKind.GAVE_UP, EventKind.RETRANSMITTED, EventKind.REPEATED)


def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """Everything that pluto's lines in `output` say happened, in the order of the lines. Never raises on odd input.

    `context` is the number of the IKE SA, children included. Lines of pluto that no sentence of the tables fits are gaps, one
    per shape of line; lines that are not pluto's, and its debug lines (`| …`), are nobody's business here.
    """
    reader = _Reader(output, device)
    framed = set()
    for line in read_lines(output.text, output.at.year if output.at else None):
        framed.add(line.number)
        reader.read(line)
    for number, text in enumerate(output.text.split("\n"), 1):
        if number not in framed and len(text) < 1000 and (found := OUTSIDE.find(text)):
            reader.add(*found, LogLine(number, text.strip(), text.strip()))
    return Parsed(reader.finish(), reader.gaps.all())


class _Reader(Story):
    """One log while it is read."""

    def __init__(self, output: RawOutput, device: str) -> None:
        super().__init__(device, output.name)
        self.gaps = ShapedGaps(device, output.name, "pluto")
        self.refused: set[str | None] = set()  # whose packet was refused last, so that a notify is the answer to it

    def read(self, line: LogLine) -> None:
        if line.serial is None and _STATUS.match(line.message):
            return
        line, found = _found(line)
        if found is not None:
            self.add(*found, line)
        elif line.state is not None and line.serial is not None and (match := _BARE_NOTIFY.match(line.message)):
            self._result(match[1], line)
        elif line.state is not None and line.serial is not None:
            self.reach(self._sa(line, None, Extras()), line.state, line, Extras())
        elif line.firm:
            self.gaps.add(line.number, line.message, line.text)

    def add(self, phrase: Phrase, match: re.Match[str], line: LogLine) -> None:
        """What one line says."""
        source = self.source(line)
        extras = extras_of(line.message, phrase.protocol or Protocol.IKE, source)
        for word in extras.unknown:
            self.gaps.add(line.number, f"word {word}", line.text, f"unknown algorithm {word}")
        sa = self._sa(line, phrase, extras) if line.serial is not None else None
        if sa is not None:
            sa.lines.append(line.number)
            self._learn(sa, phrase, match, line, extras)
        if phrase.kind is EventKind.DAEMON_STARTED:
            self.ledger.restart()
        if phrase.kind is not None:
            self._event(phrase, match, line, sa, extras)

    def _sa(self, line: LogLine, phrase: Phrase | None, extras: Extras) -> Sa:
        """The state object a line is about; a number seen for the first time is an IKE SA or a child of one."""
        assert line.serial is not None
        sa = self.ledger.get(line.serial)
        child = opens_child(phrase, line, extras, self.ledger.latest(line.name, line.remote))
        begins = phrase is not None and phrase.kind is EventKind.STARTED and not child
        if sa is not None and begins and (sa.steps or sa.ended) and _starts_anew(sa, phrase):
            sa = None
        if sa is None:
            sa = (
                self.ledger.open_child(line.serial, line.name, extras.parent, line.remote)
                if child
                else self.ledger.open_ike(line.serial, line.name, line.remote)
            )
        if extras.child is not None and extras.child != sa.serial and self.ledger.get(extras.child) is None:
            self.ledger.open_child(extras.child, line.name, sa.root.serial, line.remote)
        return sa

    def _learn(self, sa: Sa, phrase: Phrase, match: re.Match[str], line: LogLine, extras: Extras) -> None:
        """What the line tells of its SA, and the messages that follow from it."""
        sa.role, sa.version = sa.role or phrase.role, sa.version or phrase.version
        sa.message_id = sa.message_id if extras.message_id is None else extras.message_id
        groups = match.groupdict()
        sa.root.remote = sa.root.remote or read_peer(groups.get("remote") or line.remote)[0]
        sa.root.local = sa.root.local or read_peer(groups.get("local"))[0]
        state = line.state
        if phrase.kind in _SHOWS_STATE and "state" in groups:
            state = state_name(match["state"]) or state
        if phrase.state is not None:
            state = phrase.state if phrase.state in STATES else end_state(sa, phrase.state) or phrase.state
        if state is not None:
            self.reach(sa, state, line, extras)
        if has_child_spis(line.message) or state == "child-established":
            self.child_up(sa, line, extras)

    def _event(self, phrase: Phrase, match: re.Match[str], line: LogLine, sa: Sa | None, extras: Extras) -> None:
        event, unknown = event_of(phrase, match, line, self.source(line))
        for word in unknown:
            self.gaps.add(line.number, f"word {word}", line.text, f"unknown algorithm {word}")
        if event.kind in (EventKind.SELECTORS_OFFERED, EventKind.SELECTORS_SELECTED, EventKind.SELECTORS_REFUSED):
            event = replace(event, selectors=extras.selectors)
        if event.kind is EventKind.SELECTORS_REFUSED and "..." in line.message:
            local, remote, pairs = read_ends(line.message, event.source)
            event = replace(event, local=local, remote=event.remote or remote, selectors=pairs)
        for step in received_first(event, sa):
            self._message_once(step, event, sa, line)
        if sa is None:
            self.refused.discard(_of_packet(line))
            if event.kind is EventKind.NO_CONNECTION:
                self.refused.add(_of_packet(line))
            self.events.append(replace(event, context=_of_packet(line)))
        else:
            self._of_sa(event, sa, line)

    def _message_once(self, step: Step, event: LogEvent, sa: Sa | None, line: LogLine) -> None:
        """The message that a decision is about, where no state told of it."""
        if sa is not None:
            first = step.exchange in (ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH)
            self.steps(sa.root if first else sa, State((step,), sa.role, 2), line)
        elif event.kind is not EventKind.NOTIFY_SENT or step.kind is EventKind.SENT or _of_packet(line) not in self.refused:
            message = LogEvent(
                kind=step.kind,
                source=event.source,
                at=event.at,
                context=_of_packet(line),
                local=event.local,
                remote=event.remote,
                local_port=event.local_port,
                remote_port=event.remote_port,
                role=event.role,
                ike_version=event.ike_version,
                exchange=step.exchange,
                is_request=step.is_request,
                name=step.name,
            )
            self.events.append(message)

    def _of_sa(self, event: LogEvent, sa: Sa, line: LogLine) -> None:
        """An event of a known SA: once only where pluto says the same twice, and with what was said before it."""
        kind = event.kind
        if kind in OF_IKE or (kind is EventKind.NOTIFY_RECEIVED and event.notify == "AUTHENTICATION_FAILED"):
            sa = sa.root
            event = replace(event, protocol=None)
        if kind is EventKind.PROPOSAL_SELECTED and event.proposals:
            said = (kind, event.proposals[0].keywords)
            if said in sa.said:
                return
            sa.said.add(said)
        if kind in _ONCE and any(said[0] is kind for said in sa.said):
            return
        if kind is EventKind.NOTIFY_RECEIVED and self._just_told(event, sa):
            return
        if kind is EventKind.GAVE_UP and line.state in _LIVE:
            event = replace(event, kind=EventKind.PEER_SILENT)
        for step in first_message(event, sa):
            self.steps(sa, State((step,), sa.role, sa.version or 1), line)
        if kind is EventKind.STARTED:
            sa.started, sa.exchange = True, event.exchange or sa.exchange
            event = replace(event, detail=sa.name)
        if kind in (EventKind.RETRANSMITTED, EventKind.REPEATED) and (sent := message_of(line.state or "")) is not None:
            name = sent.name if kind is EventKind.RETRANSMITTED else None
            event = replace(event, exchange=sent.exchange, name=name, is_request=sent.is_request)
        if kind is EventKind.TRANSFORM_REFUSED:
            sa.offers += event.proposals
        if kind is EventKind.PROPOSAL_REFUSED:
            self._offered(event, sa)
            event = replace(event, proposals=())
        if kind is EventKind.KE_REFUSED or event.notify == "COOKIE":
            sa.steps = {step for step in sa.steps if step.exchange is not ExchangeType.IKE_SA_INIT}
        sa.said.add((kind, event.notify))
        sa.ended = sa.ended or kind in (EventKind.DELETED, EventKind.GAVE_UP)
        self.append(placed(event, sa), sa)

    def _just_told(self, event: LogEvent, sa: Sa) -> bool:
        last = self.events[sa.events[-1]] if sa.events else None
        return last is not None and (last.kind, last.notify) == (event.kind, event.notify)

    def _offered(self, event: LogEvent, sa: Sa) -> None:
        """What was refused, as one list: the transforms before it, or the proposals that the sentence names."""
        offers = event.proposals or tuple(sa.offers)
        sa.offers = []
        if offers:
            offered = replace(event, kind=EventKind.OFFERED, proposals=offers, protocol=offers[0].protocol, attribute=None)
            self.append(placed(offered, sa), sa)

    def _result(self, notify: str, line: LogLine) -> None:
        """`STATE_MAIN_I3: INVALID_ID_INFORMATION`: how whack ends. In the initiator's states of IKEv2 the peer said so,
        elsewhere this end did, and the line before says why."""
        sa = self._sa(line, None, Extras())
        if line.state is not None:
            self.reach(sa, line.state, line, Extras())
        told = line.state in ("PARENT_I1", "PARENT_I2") and not any(kind is EventKind.NOTIFY_RECEIVED for kind, *_ in sa.said)
        kind = EventKind.NOTIFY_RECEIVED if told and not sa.refused else EventKind.FAILED
        exchange = STATES[line.state].exchange if line.state in STATES else None
        event = LogEvent(kind, self.source(line), line.at, exchange=exchange, notify=notify if told else None, detail=notify)
        for step in received_first(event, sa):
            self._message_once(step, event, sa, line)
        self._of_sa(event, sa, line)


def _found(line: LogLine) -> tuple[LogLine, tuple[Phrase, re.Match[str]] | None]:
    """The row of a line; where a page wrapped it, of the line with the rest of it."""
    message = _SPACES.sub(" ", line.message).strip()
    if line.more is not None and message.count("{") > message.count("}"):
        message, line = f"{message} {line.more}", line._replace(more=None)
    line = line._replace(message=message)
    found = BOOK.find(message)
    if found is None and line.more is not None:
        for joined in (f"{message} {line.more}", f"{message}{line.more}"):
            found = BOOK.find(joined)
            if found is not None:
                return line._replace(message=joined), found
    return line, found


def _of_packet(line: LogLine) -> str | None:
    """What keeps the refused packets of one peer apart from its other negotiations: they get no number."""
    return line.remote if line.name is None else None


def _starts_anew(sa: Sa, phrase: Phrase | None) -> bool:
    """Whether a beginning under a known number is another negotiation: pluto was started again, or a second excerpt follows."""
    return phrase is not None and (sa.started or sa.ended or (sa.version or phrase.version) != phrase.version)

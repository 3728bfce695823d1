"""IKEv1 on IOS: `debug crypto isakmp` as a state machine over the table in isakmp_rows.py.

IOS prints no message names; its state machine tells them: a packet received with `(R) MM_KEY_EXCH` is MM5, the next one sent
in the same state MM6. `Old State = IKE_R_MM1  New State = IKE_R_MM2` confirms, and speaks alone in excerpts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.sa import Role
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.ios.log.ipsec import IpsecSteps
from ipsecbot.parse.ios.log.isakmp_names import WIRE_NAMES, Named
from ipsecbot.parse.ios.log.isakmp_rows import IKEV1_ROWS, IPSEC
from ipsecbot.parse.ios.log.isakmp_words import ROLE_STATE, ROLES, transition, way
from ipsecbot.parse.ios.log.journal import Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row, Table
from ipsecbot.parse.ios.log.steps import message_id
from ipsecbot.parse.ios.log.talks import Talk, Talks

_MAIN, _AGGRESSIVE = ExchangeType.MAIN, ExchangeType.AGGRESSIVE
_QUICK, _INFO = ExchangeType.QUICK, ExchangeType.INFORMATIONAL_V1
# Members asked for on every other line: to look one up in its class costs more than the question.
_SENT, _RECEIVED, _STARTED, _ESTABLISHED = EventKind.SENT, EventKind.RECEIVED, EventKind.STARTED, EventKind.ESTABLISHED
_INITIATOR, _RESPONDER = Role.INITIATOR, Role.RESPONDER

_Step = Callable[[Record, Row, re.Match[str]], None]
_UNNAMED, _TRANSACTION = Named(None, None), Named(ExchangeType.TRANSACTION, None)
_EXCHANGE_OF = {"MM": _MAIN, "AM": _AGGRESSIVE, "QM": _QUICK}
_INPUTS = {"IKE_MM_EXCH": _MAIN, "IKE_AM_EXCH": _AGGRESSIVE, "IKE_SA_REQ_MM": _MAIN, "IKE_SA_REQ_AM": _AGGRESSIVE}

# The vendor's reason for the end of an SA, when it is more than an end.
_DEATHS: tuple[tuple[re.Pattern[str], EventKind], ...] = (
    (re.compile(r"death by retransmission", re.IGNORECASE), EventKind.GAVE_UP),
    (re.compile(r"not alive|dpd|dead peer|keepalive|peers_alive|errcounter exceeded", re.IGNORECASE), EventKind.PEER_SILENT),
    (re.compile(r"idle", re.IGNORECASE), EventKind.IDLE),
    (re.compile(r"badgroup|group authoriz", re.IGNORECASE), EventKind.PEER_REFUSED),
    (re.compile(r"xauth|user auth", re.IGNORECASE), EventKind.USER_AUTH_FAILED),
)


class Isakmp(IpsecSteps):
    """Reads ISAKMP and IPSEC records."""

    _ike = Table(IKEV1_ROWS)
    _ipsec = Table(IPSEC)

    def __init__(self, journal: Journal, talks: Talks) -> None:
        super().__init__(journal, talks)
        self._found_ike = self._ike.found
        rows = (*self._ike.rows, *self._ipsec.rows)
        self._steps: dict[str, _Step] = {row.step: getattr(self, f"on_{row.step}") for row in rows if row.step is not None}

    def read(self, record: Record) -> bool:
        """Writes an ISAKMP record's events down; False when nobody knows the message."""
        found = self._found_ike[record.body]
        if found is None:
            return not record.body
        row, match = found
        if row.step is not None:
            self._steps[row.step](record, row, match)
        elif row.kind is not None:
            self.plain(record, row, match)
        return True

    def read_ipsec(self, record: Record) -> bool:
        """Writes an IPSEC record's events down; False when nobody knows the message."""
        found = self._ipsec.found[record.body]
        if found is None:
            return False
        row, match = found
        if row.step is not None:
            self._steps[row.step](record, row, match)
        elif row.kind is not None:
            self.plain(record, row, match)
        return True

    # the wire

    def on_received(self, record: Record, row: Row, match: re.Match[str]) -> None:
        letter, role, state, port = way(match)
        remote = clean_address(match["remote"])
        talk = self.talks.begin(remote, role) if letter == "N" else self.talks.of(record.context, remote, role)
        self._ports(talk, match, remote, role, port)
        if letter == "N":
            self.add(talk, _STARTED, record)
        named = WIRE_NAMES.get(("received", letter, state)) or (_TRANSACTION if state.startswith("CONF_") else _UNNAMED)
        if talk.repeating:
            talk.repeating = False
        talk.last_received = self.add(talk, _RECEIVED, record, exchange=named.exchange, name=named.name)
        talk.fresh.add("received")
        talk.received_state = state
        talk.refused_because = None

    def on_sending(self, record: Record, row: Row, match: re.Match[str]) -> None:
        letter, role, state, port = way(match)
        remote = clean_address(match["remote"])
        talk = self.talks.of(record.context, remote, role)
        self._ports(talk, match, remote, role, port)
        talk.announced = True
        self._goes_out(talk, record, letter, state)

    def on_goes_out(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """`Sending an IKE IPv4 Packet` follows each `sending packet to`; alone, it stands for the line that a page lost."""
        talk = self.talks.of(record.context)
        if not talk.announced and (talk.remote is not None or talk.outgoing is not None):
            self._goes_out(talk, record, "", "")
        talk.announced = False

    def _goes_out(self, talk: Talk, record: Record, letter: str, state: str) -> None:
        previous = self.journal.get(talk.last_sent) if talk.last_sent is not None else None
        if talk.repeating:
            talk.repeating = False
            known = Named(previous.exchange, previous.name) if previous else self._sent_name(talk, letter, state)[0]
            self.add(talk, EventKind.RETRANSMITTED, record, exchange=known.exchange, name=known.name)
            return
        named, message_id = self._sent_name(talk, letter, state)
        notify = talk.outgoing_notify
        talk.outgoing_notify = None
        handle = self.add(talk, _SENT, record, exchange=named.exchange, name=named.name, message_id=message_id)
        if notify is not None:
            self.journal.amend(handle, payloads=("HASH", f"N({notify})") if state == "QM_IDLE" else (f"N({notify})",))
        if named.exchange is not _INFO:
            talk.last_sent = handle
            talk.sent_anything = True
            talk.fresh.add("sent")

    def _sent_name(self, talk: Talk, letter: str, state: str) -> tuple[Named, int | None]:
        """The name of a packet that goes out, and its message id."""
        if state.startswith("CONF_"):
            return _TRANSACTION, None
        if state.startswith("QM") or talk.outgoing is not None:
            outgoing, talk.outgoing = talk.outgoing, None
            if outgoing is not None and outgoing[0] != "INFO":
                return Named(_QUICK, outgoing[0]), outgoing[1]
            if talk.phase1 is _AGGRESSIVE and talk.state == "IKE_I_AM1":
                return Named(_AGGRESSIVE, "AM3"), None
            return Named(_INFO, None), outgoing[1] if outgoing is not None else None
        if talk.state == "IKE_R_MM5" and (letter, state) == ("R", "MM_KEY_EXCH"):
            return Named(_MAIN, "MM6"), None
        if talk.state == "IKE_I_AM1" and (letter, state) == ("I", "AG_INIT_EXCH") and "received" in talk.fresh:
            return Named(_AGGRESSIVE, "AM3"), None
        return WIRE_NAMES.get(("sent", letter, state), _UNNAMED), None

    def _ports(self, talk: Talk, match: re.Match[str], remote: str | None, role: Role | None, port: int | None) -> None:
        talk.remote = remote
        talk.remote_port = port if port is not None else talk.remote_port
        local_port = match["local_port"]
        talk.local_port = int(local_port) if local_port else talk.local_port
        talk.role = role or talk.role

    def on_duplicate(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if talk.last_received is None:
            self.add(talk, EventKind.REPEATED, record)
            return
        guess = self.journal.get(talk.last_received)
        name = talk.received_name or (guess.name if guess is not None else None)
        exchange = talk.received_exchange or (guess.exchange if guess is not None else None)
        self.journal.amend(talk.last_received, EventKind.REPEATED, name=name, exchange=exchange)
        talk.fresh.discard("received")

    def on_retransmitting(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.talks.of(record.context).repeating = True

    # the state machine

    def on_state_cut(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.journal.gap(record, "the new state is missing")

    def on_node(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The message id of a quick mode whose first lines are not in the text."""
        number = message_id(match["number"])
        talk = self.talks.of(record.context)
        if talk.quick_id is None:
            talk.quick_id = number

    def on_input(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        exchange = _INPUTS.get(match["input"])
        if exchange is not None:
            talk.phase1 = exchange
        received = self.journal.get(talk.last_received) if talk.last_received is not None else None
        if exchange is _AGGRESSIVE and received is not None and received.name is None and "received" in talk.fresh:
            self._name(talk, "received", "AM1" if talk.role is _RESPONDER else "AM2")
        if match["input"] == "IKE_INFO_NOTIFY":
            self.informational(talk)

    def on_state(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        new, changed, told = transition(match["old"], match["new"])
        if not new.startswith("IKE_QM"):
            talk.state = new
        if not changed:
            return
        if told is not None:
            self._confirm(talk, record, *told)
        if new == "IKE_P1_COMPLETE":
            self.add(talk, _ESTABLISHED, record, protocol=self.IKE, exchange=talk.phase1)
        elif new == "IKE_QM_PHASE2_COMPLETE":
            talk.child_up = self.add(
                talk,
                _ESTABLISHED,
                record,
                protocol=self.ESP,
                exchange=_QUICK,
                spis=talk.spis,
                damaged_spis=talk.damaged_spis,
                message_id=talk.quick_id,
                selectors=talk.offered_pair,
            )
            talk.spis = talk.damaged_spis = ()
        elif new == "IKE_DEST_SA":
            talk.over = True

    def _confirm(self, talk: Talk, record: Record, direction: str, name: str) -> None:
        """A transition names the message before it; alone, in an excerpt, it stands for the message."""
        if name == "MM1" and direction == "sent":
            # the machine moves before the first packet is printed
            talk.role = _INITIATOR
            talk.phase1 = _MAIN
            return
        if direction in talk.fresh:
            self._name(talk, direction, name)
            talk.fresh.discard(direction)
        elif not talk.fresh and not self._is_told(talk, direction, name) and (name[:2] != "QM" or not talk.sent_anything):
            kind = _SENT if direction == "sent" else _RECEIVED
            talk.role = talk.role or (_INITIATOR if "_I_" in record.body else _RESPONDER if "_R_" in record.body else None)
            handle = self.add(talk, kind, record, name=name, exchange=_EXCHANGE_OF[name[:2]])
            if direction == "received":
                talk.last_received = handle
            else:
                talk.last_sent = handle

    def _is_told(self, talk: Talk, direction: str, name: str) -> bool:
        """Whether the last packet of that direction is known to be this message already."""
        handle = talk.last_sent if direction == "sent" else talk.last_received
        event = self.journal.get(handle) if handle is not None else None
        return event is not None and event.name == name

    def _name(self, talk: Talk, direction: str, name: str) -> None:
        handle = talk.last_sent if direction == "sent" else talk.last_received
        if handle is None:
            return
        exchange = _EXCHANGE_OF[name[:2]]
        event = self.journal.get(handle)
        if event is not None:
            event.name, event.exchange = name, exchange
            if exchange is _QUICK and event.message_id is None:
                event.message_id = talk.quick_id
        if direction == "received":
            talk.received_name, talk.received_exchange = name, exchange

    def on_unknown_input(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        exchange = _INPUTS.get(match["input"])
        if exchange is None:
            self.informational(talk)
        elif talk.phase1 is not None and exchange is not talk.phase1:
            self.add(talk, EventKind.MODE_REFUSED, record, exchange=exchange, detail=match["old"])
        else:
            self.add(talk, EventKind.FAILED, record, exchange=exchange, detail=match[0])

    def on_bare_notify(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The peer refused before keys existed: IOS drops such a notify unread, so its name is never printed."""
        talk = self.talks.of(record.context)
        self.informational(talk)
        self.add(talk, EventKind.NOTIFY_RECEIVED, record, exchange=_INFO, detail=record.body)

    # beginnings and ends

    def on_peer_created(self, record: Record, row: Row, match: re.Match[str]) -> None:
        remote = clean_address(match["remote"])
        current = self.talks.current
        same = current is not None and current.remote == remote and not current.over and current.number is None
        if current is None or not same or current.sent_anything:
            self.talks.begin(remote, None)

    def on_peer_pair(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.current
        if talk is not None and talk.remote == clean_address(match["remote"]):
            self.learn_local(talk, clean_address(match["local"]))

    def on_handle(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if talk.number is None:
            talk.handle = f"sa-{match['handle'].upper()}"
            for event in talk.events:
                self.journal.amend(event, context=talk.handle)

    def on_begin(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if talk.sent_anything or talk.over:
            talk = self.talks.begin(talk.remote, _INITIATOR)
        talk.role = _INITIATOR
        talk.phase1 = _MAIN if match["mode"].lower() == "main" else _AGGRESSIVE
        self.add(talk, _STARTED, record, exchange=talk.phase1)

    def on_deleting(self, record: Record, row: Row, match: re.Match[str]) -> None:
        remote = clean_address(match["remote"])
        talk = self.talks.of(record.context, remote)
        reason = match["detail"]
        if talk.last_deletion == reason:  # IOS prints it once for each queue
            return
        talk.last_deletion = reason
        letter = ROLE_STATE.search(record.body)
        talk.role = talk.role or (ROLES.get(letter["role"]) if letter is not None else None)
        for pattern, kind in _DEATHS:
            if pattern.search(reason):
                self.add(talk, kind, record, detail=reason, exchange=talk.phase1)
        self.add(talk, EventKind.DELETED, record, protocol=self.IKE, detail=reason)
        talk.over = True

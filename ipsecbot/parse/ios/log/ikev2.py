"""IKEv2 on IOS: `debug crypto ikev2`, the event trace, and ASA's IKEv2-PROTO lines.

A packet is a block: addresses, SPIs and message id, exchange and direction, payloads. What was encrypted is printed just
before it, as `Building packet for encryption`.
"""

from __future__ import annotations

import re

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.ios.log.addresses import clean_address, read_identity, split_port
from ipsecbot.parse.ios.log.ikev2_rows import IKEV2_ROWS
from ipsecbot.parse.ios.log.ikev2_sessions import Session, Sessions
from ipsecbot.parse.ios.log.notifies import IKEV2_ERRORS, ikev2_notify
from ipsecbot.parse.ios.log.offers import read_transform_list
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row, Table

_PACKET = re.compile(
    r"(?P<way>Sending|Received) Packet \[(?:To|From) (?P<peer>.+?)/(?:To|From) (?P<own>.+?)(?:/VRF[^\]]*)?\]\s*"
    r"(?:Initiator SPI\s*: (?P<ispi>[0-9A-Fa-f]+) - Responder SPI\s*: (?P<rspi>[0-9A-Fa-f]+))?\s*"
    r"(?:Message id\s*: (?P<id>\d+))?\s*"
    r"(?:IKEv2 (?P<exchange>[A-Z_]+) Exchange (?P<kind>REQUEST|RESPONSE))?\s*(?:Payload contents:\s*(?P<payloads>.*))?"
)
_TRACE = re.compile(
    r"Remote: (?P<peer>\S+?)/(?P<peer_port>\d+) Local: (?P<own>\S+?)/(?P<own_port>\d+)\s+(?:\((?P<role>[IR])\) )?(?P<body>.*)"
)
_TRACE_CONTEXT = re.compile(r"SA ID:(?P<sa>\d+) SESSION ID:(?P<session>\d+)")
_PAYLOAD = re.compile(r"(?P<notify>NOTIFY\((?P<name>[^)]*)\))|(?P<word>[A-Z][A-Za-z0-9]*(?:_[A-Z]+)*)")
_NO_POLICY = re.compile(r"Failed to find a matching policy")
_POLICY = re.compile(
    r"(?:(?P<esp>ESP|AH):\s*)?Proposal (?P<number>\d+):\s*(?P<words>.*?)(?=(?:(?:ESP|AH):\s*)?Proposal \d+:|$)"
)
_PAYLOAD_NAMES = {"N": "No", "VID": "V", "DELETE": "D", "CFG": "CP", "ENCR": "SK"}


class Ikev2(Sessions):
    """Reads IKEv2 records."""

    _table = Table(IKEV2_ROWS)
    _heading: tuple[bool, str, str] | None = None  # sent or not, own address, peer's address

    def read(self, record: Record) -> bool:
        """Writes the record's events down; False when nobody knows the message."""
        self.journal.saw_ike = True
        if record.tag.startswith("SA ID"):
            return self._read_trace(record)
        session = self._session(record)
        body = record.body.lstrip(":% ")
        if not body:
            return True
        return self._apply(session, record, body)

    def _apply(self, session: Session, record: Record, body: str) -> bool:
        found = self._table.found[body]
        if found is None:
            return False
        row, match = found
        if row.step is not None:
            getattr(self, f"on_{row.step}")(session, record, row, match)
        elif row.kind is not None:
            detail = (match.groupdict().get("detail") or row.detail or body).strip()
            self.add(
                session, row.kind, record, detail=detail, notify=row.notify, protocol=row.protocol, attribute=row.attribute
            )
        return True

    # packets

    def on_packet(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        packet = _PACKET.match(record.body.lstrip(":% "))
        if packet is None:
            self.journal.gap(record, "a packet whose addresses cannot be read")
            return
        sent = packet["way"] == "Sending"
        told = session
        session = self._packet_session(told, record, packet["ispi"], packet["rspi"])
        session.built, session.built_source = told.built, told.built_source
        session.remote, session.remote_port = split_port(packet["peer"])
        session.local, session.local_port = split_port(packet["own"])
        payloads = read_payloads(packet["payloads"] or "")
        if sent and session.built and payloads in ((), ("SK",)):
            payloads = session.built
        message_id = int(packet["id"]) if packet["id"] else None
        self._wire(session, record, sent, packet["exchange"], packet["kind"], message_id, payloads, packet["rspi"])
        session.built, session.built_source = (), None

    def _wire(
        self,
        session: Session,
        record: Record,
        sent: bool,
        exchange: str | None,
        kind: str | None,
        message_id: int | None,
        payloads: tuple[str, ...],
        rspi: str | None = None,
    ) -> None:
        request = kind == "REQUEST" if kind else None
        session.exchange = _exchange(exchange)
        if session.exchange in (ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH) and request is not None:
            session.role = Role.INITIATOR if sent is request else Role.RESPONDER
        if session.exchange is ExchangeType.CREATE_CHILD_SA and request is not None:
            session.child_role = Role.INITIATOR if sent is request else Role.RESPONDER
        if session.exchange is ExchangeType.IKE_SA_INIT and request and session.last is None:
            self.add(session, EventKind.STARTED, record)
        key = (exchange or "", kind or "", message_id, sent)
        again = (session.last == key and message_id is not None) or session.repeating
        session.repeating, session.last = False, key
        what = _WIRE_KINDS[sent, again]
        name = f"{exchange} {kind.lower()}" if exchange and kind else None
        self.add(session, what, record, message_id=message_id, is_request=request, name=name, payloads=payloads)
        if not again:
            self._contents(session, record, sent, request, message_id, payloads)

    def _contents(
        self,
        session: Session,
        record: Record,
        sent: bool,
        request: bool | None,
        message_id: int | None,
        payloads: tuple[str, ...],
    ) -> None:
        """What the payloads of a message mean by themselves: refusals, and the mode of the CHILD_SA asked for."""
        for payload in payloads:
            name = payload[2:-1] if payload.startswith("N(") else None
            if name in IKEV2_ERRORS:
                source = (
                    session.built_source if sent and session.built_source is not None else self.journal.source(record, name)
                )
                kind = EventKind.NOTIFY_SENT if sent else EventKind.NOTIFY_RECEIVED
                self.add(session, kind, record, source, notify=name, message_id=message_id)
        if request and "TSi" in payloads:
            mode = "transport" if "N(USE_TRANSPORT_MODE)" in payloads else "tunnel"
            self.add(session, EventKind.ENCAPSULATION_OFFERED, record, protocol=Protocol.ESP, detail=mode)

    def on_heading(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._heading = (match["way"] == "Tx", match["own"], match["peer"])

    def on_spis(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._packet_session(session, record, match["ispi"], match["rspi"])

    def on_header(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        """A header without a heading is one that goes out: only what comes in is announced by Rx in 15.1."""
        heading, self._heading = self._heading, None
        if heading is not None:
            session.local, session.local_port = split_port(heading[1])
            session.remote, session.remote_port = split_port(heading[2])
        number = re.search(r"Message id: (?P<id>(?:0x)?[0-9A-Fa-f]+)", match["flags"])
        kind = "RESPONSE" if "RESPONSE" in match["flags"] else "REQUEST"
        sent = heading is None or heading[0]
        self._wire(session, record, sent, match["exchange"], kind, int(number["id"], 0) if number is not None else None, ())

    def on_building(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        session.built = read_payloads(match["payloads"] or "")
        errors = [payload[2:-1] for payload in session.built if payload[2:-1] in IKEV2_ERRORS]
        session.built_source = self.journal.source(record, errors[0]) if errors else None

    def on_retransmitting(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        session.repeating = True

    def on_repeated(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.REPEATED, record)

    def _read_trace(self, record: Record) -> bool:
        """`show monitor event-trace crypto ikev2`: one line for each step, addresses on every line."""
        context, match = _TRACE_CONTEXT.match(record.tag), _TRACE.match(record.body)
        if context is None or match is None:
            return False
        session = self._contextual(f"{context['session']}:{context['sa']}", context["sa"])
        self.current = session
        session.remote, session.remote_port = clean_address(match["peer"]), int(match["peer_port"])
        session.local, session.local_port = clean_address(match["own"]), int(match["own_port"])
        return self._apply(session, record, match["body"])

    def on_trace(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        sent = match[0].startswith("Sending")
        self._wire(session, record, sent, match["exchange"], match["way"], None, ())

    def on_trace_payload(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        last = self.journal.get(session.events[-1]) if session.events else None
        if last is not None and last.exchange is ExchangeType.INFORMATIONAL:
            payload = _PAYLOAD_NAMES.get(match["payload"], match["payload"].capitalize()[:1])
            self.journal.amend(session.events[-1], payloads=(*last.payloads, payload))

    # proposals

    def on_received_policies(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._policies(EventKind.OFFERED, session, record, match["policies"])

    def on_expected_policies(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._policies(EventKind.CONFIGURED, session, record, match["policies"])

    def _policies(self, kind: EventKind, session: Session, record: Record, text: str) -> None:
        proposals: list[Proposal] = []
        for policy in _POLICY.finditer(text):
            protocol = Protocol(policy["esp"]) if policy["esp"] else Protocol.IKE
            proposal, unknown = read_transform_list(policy["words"], protocol, int(policy["number"]))
            if unknown:
                self.journal.gap(record, f"unknown algorithm in a policy: {', '.join(unknown)}")
            proposals.append(proposal)
        if proposals:
            self.add(session, kind, record, protocol=proposals[0].protocol, proposals=tuple(proposals))
        refused = _NO_POLICY.search(text)
        if refused is not None and proposals:  # some releases print the verdict and the policies on one line
            self.add(session, EventKind.PROPOSAL_REFUSED, record, protocol=proposals[0].protocol, detail=refused[0])

    def on_own_proposal(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        """What this end puts on the wire. The list has no key lengths, so it is kept as text, not as a proposal."""
        words = re.search(r"Num\. transforms: \d+\s*(?P<words>.*)", record.body)
        if words is None:
            return
        protocol = Protocol(match[0][:3].strip())
        proposal, unknown = read_transform_list(words["words"], protocol, 1)
        text = " ".join(words["words"].split())
        kind = EventKind.OFFERED if session.role is not Role.RESPONDER else EventKind.PROPOSAL_SELECTED
        self.add(session, kind, record, protocol=protocol, proposals=() if unknown else (proposal,), detail=text)

    def on_no_policy(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        recent = [event for handle in reversed(session.events[-4:]) if (event := self.journal.get(handle)) is not None]
        last = next((event for event in recent if event.proposals), None)
        in_child = session.exchange in (ExchangeType.CREATE_CHILD_SA, ExchangeType.IKE_AUTH)
        protocol = last.protocol if last is not None else Protocol.ESP if in_child else Protocol.IKE
        self.add(session, EventKind.PROPOSAL_REFUSED, record, protocol=protocol, detail=match[0])

    def on_processing(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        """Where the packets themselves are not printed, this tells which exchange the following lines are about."""
        session.exchange = session.exchange or _exchange(match["exchange"])

    def on_ke_refused(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.KE_REFUSED, record, detail=match["detail"], offered=match["offered"], attribute="dh")

    def on_child_invalid(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.PROPOSAL_REFUSED, record, protocol=Protocol.ESP, detail=match[0])

    def on_no_item(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        """Follows whatever was not found; by itself it does not say what."""
        self.add(session, EventKind.FAILED, record, detail=match[0])

    # identities, life

    def on_identity_sent(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        session.role = session.role or (Role.INITIATOR if match["which"] == "i" else Role.RESPONDER)
        self._identity(EventKind.IDENTITY_SENT, session, record, match)

    def on_identity_received(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._identity(EventKind.IDENTITY_RECEIVED, session, record, match)

    def _identity(self, kind: EventKind, session: Session, record: Record, match: re.Match[str]) -> None:
        identity = read_identity(match["id_type"], match["identity"], source=self.journal.source(record))
        if identity is None:
            self.journal.gap(record, f"unknown type of identity: {match['id_type']}")
        else:
            self.add(session, kind, record, identity=identity)

    def on_up(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.ESTABLISHED, record, protocol=Protocol.IKE, detail=f"{match['own']} … {match['peer']}")

    def on_child_up(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.ESTABLISHED, record, protocol=Protocol.ESP)

    def on_delete_sent(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._delete(EventKind.DELETE_SENT, session, record, match)

    def on_delete_received(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self._delete(EventKind.DELETE_RECEIVED, session, record, match)

    def _delete(self, kind: EventKind, session: Session, record: Record, match: re.Match[str]) -> None:
        spis = tuple(spi.lower() for spi in re.findall(r"0x([0-9A-Fa-f]+)", match["spis"]))
        protocol = Protocol.IKE if match["what"].lower() == "ikev2" else Protocol.ESP
        self.add(session, kind, record, protocol=protocol, spis=spis, exchange=ExchangeType.INFORMATIONAL)

    def on_deleting(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(session, EventKind.DELETED, record, protocol=Protocol.IKE, detail=match["detail"].strip())
        session.over = True

    def on_deleted(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        if not session.over:
            self.add(session, EventKind.DELETED, record, protocol=Protocol.IKE, detail=match[0])
        session.over = True

    def on_failed(self, session: Session, record: Record, row: Row, match: re.Match[str]) -> None:
        """Printed by several layers: once for each exchange is enough."""
        assert row.detail is not None
        if row.detail not in session.failed or row.detail == "CREATE_CHILD_SA":
            session.failed.add(row.detail)
            self.add(session, EventKind.FAILED, record, exchange=ExchangeType(row.detail), detail=match[0])


_WIRE_KINDS = {
    (True, False): EventKind.SENT,
    (True, True): EventKind.RETRANSMITTED,
    (False, False): EventKind.RECEIVED,
    (False, True): EventKind.REPEATED,
}


def _exchange(name: str | None) -> ExchangeType | None:
    try:
        return ExchangeType(name) if name else None
    except ValueError:
        return None


def read_payloads(text: str) -> tuple[str, ...]:
    """`SA KE N VID NOTIFY(INITIAL_CONTACT)` in the words of RFC 7296: SA, KE, No, V, N(INITIAL_CONTACT)."""
    names: list[str] = []
    for match in _PAYLOAD.finditer(text):
        if match["notify"]:
            names.append(f"N({ikev2_notify(match['name'])})")
        else:
            names.append(_PAYLOAD_NAMES.get(match["word"], match["word"]))
    return tuple(names)

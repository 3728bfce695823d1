"""ASA's IKEv1 debug and its syslog → events: one state for each negotiation with a peer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Unpack

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.asa.rows import ABORTS, CLASSES, IKEV1, IKEV2, NOTIFIES, NUMBERED, REASONS
from ipsecbot.parse.ios.log.addresses import clean_address, read_pair, split_port
from ipsecbot.parse.ios.log.journal import Fields, Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.networks import read_network

_GROUP = re.compile(
    r"^(?:Group\s*=\s*(?P<group>[^,]*),\s*)?(?:Username\s*=\s*[^,]*,\s*)?IP\s*=\s*(?P<remote>[^,\s]+?),?\s+(?P<text>\S.*)$"
)
_LOCAL_REMOTE = re.compile(r"^Local:(?P<local>\S+)\s+Remote:(?P<remote>\S+)\s+Username:(?P<user>\S*)\s+(?P<text>.*)$")
_NUMBER = re.compile(r"-(\d{6})$")
_PAYLOADS = {
    "SA": "SA", "KE": "KE", "NONCE": "No", "ID": "ID", "HASH": "HASH", "SIG": "SIG", "CERT": "CERT", "CERT_REQ": "CERTREQ",
    "NOTIFY": "N", "DELETE": "D", "VENDOR": "V", "NAT-D": "NAT-D", "NAT-OA": "NAT-OA", "ATTR": "ATTR",
}  # fmt: skip
_PAYLOAD = re.compile(r"\+ ([A-Z][A-Z_ -]*?) \(\d+\)")
_WAITING = re.compile(r"(MM|AM)_WAIT_MSG(\d)")
_OF_PHASE1 = {"SA", "KE", "ID", "HASH", "SIG"}
_HISTORY_PSK = "EV_PROB_AUTH_FAIL"
_ROLES = {"initiator": Role.INITIATOR, "responder": Role.RESPONDER}
_MAIN, _AGGRESSIVE, _QUICK = ExchangeType.MAIN, ExchangeType.AGGRESSIVE, ExchangeType.QUICK


@dataclass(slots=True)
class _Negotiation:
    """One IKE SA with one peer as far as it went."""

    remote: str | None
    number: int
    version: int = 1
    role: Role | None = None
    local: str | None = None
    phase1: ExchangeType | None = None
    sent: int = 0
    received: int = 0
    up: bool = False
    over: bool = False
    child: int | None = None
    child_role: Role | None = None
    child_up: bool = False
    ended: bool = False
    accepted: bool = False  # it has found a proposal of the peer acceptable
    proxies: dict[str, TrafficSelector] = field(default_factory=dict)

    @property
    def context(self) -> str:
        return f"{self.remote or 'asa'}#{self.number}"


class Asa:
    """Reads `[IKEv1…]` and `%ASA-…` records (also FTD and PIX)."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._latest: dict[str | None, _Negotiation] = {}
        self._current: _Negotiation | None = None
        self._count = 0

    def read(self, record: Record) -> bool:
        """Writes the record's events down. False for an unknown message about IKE; others are nobody's."""
        number = _NUMBER.search(record.tag)
        if match := _LOCAL_REMOTE.match(record.body):
            local, _ = split_port(match["local"])
            remote, _ = split_port(match["remote"])
            return self._first(IKEV2, record, match["text"], self._of(remote, 2, local))
        if number is not None and number[1] in NUMBERED:
            return self._first(NUMBERED[number[1]], record, record.body, None)
        if match := _GROUP.match(record.body):
            return self._first(IKEV1, record, match["text"], self._of(clean_address(match["remote"]), 1, None))
        if record.tag.startswith("[") or (number is not None and number[1][:3] in ("713", "715")):
            return self._first(IKEV1, record, record.body, self._current or self._of(None, 1, None))
        return True

    def _of(self, remote: str | None, version: int, local: str | None) -> _Negotiation:
        found = self._latest.get(remote)
        if found is None or found.version != version:
            found = self._begin(remote, version)
        found.local = found.local or local
        self._current = found
        return found

    def _begin(self, remote: str | None, version: int) -> _Negotiation:
        self._count += 1
        fresh = self._latest[remote] = _Negotiation(remote, self._count, version)
        self._current = fresh
        return fresh

    def _first(self, rows: tuple[Row, ...], record: Record, text: str, talk: _Negotiation | None) -> bool:
        for row in rows:
            match = row.regex.match(text)
            if match is None:
                continue
            if row.step is not None and talk is not None:
                getattr(self, f"on_{row.step}")(record, row, match, talk)
            elif row.kind is not None:
                self._plain(record, row, match, talk)
            return True
        return False

    def _plain(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation | None) -> None:
        assert row.kind is not None
        groups = match.groupdict()
        said: Fields = {"attribute": row.attribute, "protocol": row.protocol, "notify": row.notify}
        said["detail"] = groups.get("detail") or record.body
        if groups.get("spi"):
            said["spis"] = (groups["spi"].lower().zfill(8),)
        if talk is None:
            said["remote"], said["local"] = clean_address(groups.get("remote")), clean_address(groups.get("local"))
            self.journal.add(row.kind, record, **said)
        else:
            self._add(talk, row.kind, record, **said)

    def _add(self, talk: _Negotiation, kind: EventKind, record: Record, **fields: Unpack[Fields]) -> None:
        known: Fields = {
            "context": talk.context,
            "remote": talk.remote,
            "local": talk.local,
            "role": talk.role,
            "ike_version": talk.version,
        }
        if fields.get("protocol") is Protocol.ESP and talk.child is not None and talk.version == 1:
            known["exchange"], known["message_id"] = _QUICK, talk.child
        merged: Fields = {**known, **fields}
        self.journal.add(kind, record, **merged)

    # ---- messages

    def on_message(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        words = _PAYLOAD.findall(match["payloads"].split("total length")[0] + " ")
        payloads = tuple(_PAYLOADS[word] for word in words if word in _PAYLOADS)
        number = int(match["msgid"], 16)
        sent = match["way"] != "RECEIVED"
        kind = {"SENDING": EventKind.SENT, "RECEIVED": EventKind.RECEIVED}.get(match["way"], EventKind.RETRANSMITTED)
        if number == 0:
            talk = self._phase1(talk, payloads, sent=sent)
            notice = not _OF_PHASE1 & set(payloads)
            exchange = ExchangeType.INFORMATIONAL_V1 if notice else talk.phase1 or _MAIN
            self._add(talk, kind, record, exchange=exchange, payloads=payloads)
            return
        exchange = _exchange_of(payloads, number == talk.child)
        if exchange is _QUICK and talk.child != number:
            talk.child, talk.child_up = number, False
            talk.child_role = Role.INITIATOR if sent else Role.RESPONDER
        role = talk.child_role if exchange is _QUICK else talk.role
        name = f"QM{_quick_number(payloads, sent=sent, role=role)}" if exchange is _QUICK else None
        self._add(talk, kind, record, exchange=exchange, payloads=payloads, message_id=number, role=role, name=name)

    def _phase1(self, talk: _Negotiation, payloads: tuple[str, ...], *, sent: bool) -> _Negotiation:
        """The negotiation that a phase 1 message belongs to: one with an SA payload may begin another."""
        opens = "SA" in payloads and (talk.over or talk.up or (talk.sent if sent else talk.received) > 0)
        if opens or (talk.ended and "SA" in payloads):
            talk = self._begin(talk.remote, 1)
        if talk.role is None:
            answers = talk.accepted and "SA" in payloads  # its own text begins behind MM1, which it has found acceptable
            talk.role = Role.INITIATOR if sent and not answers else Role.RESPONDER
        if "SA" in payloads:
            talk.phase1 = _AGGRESSIVE if "KE" in payloads else _MAIN
        if _OF_PHASE1 & set(payloads):
            talk.sent, talk.received = talk.sent + sent, talk.received + (not sent)
        return talk

    def on_accepted(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.accepted = True

    def on_no_group(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        """In main mode the group is sought at MM3, by the peer's address, for its key; in aggressive mode at AM1, by name."""
        kind = EventKind.NO_CONNECTION if talk.phase1 is _AGGRESSIVE else EventKind.KEY_MISSING
        self._add(talk, kind, record, protocol=Protocol.IKE, detail=match[0])

    def on_initiates(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        if talk.sent or talk.received or talk.up or talk.ended:
            talk = self._begin(talk.remote, 1)
        talk.role = Role.INITIATOR
        self._add(talk, EventKind.STARTED, record)

    def on_initiates_child(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.child, talk.child_role, talk.child_up = None, Role.INITIATOR, False
        self._add(talk, EventKind.STARTED, record, exchange=_QUICK, protocol=Protocol.ESP, role=Role.INITIATOR)

    def on_child(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.child, talk.child_up = int(match["msgid"], 16), False
        talk.child_role = _ROLES[match["role"].lower()]
        self._add(talk, EventKind.STARTED, record, protocol=Protocol.ESP, role=talk.child_role)

    def on_retransmitted(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        self._add(talk, EventKind.RETRANSMITTED, record, exchange=talk.phase1)

    # ---- what becomes of it

    def on_phase1_up(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        if talk.up or talk.ended or talk.over:
            talk = self._begin(talk.remote, 1)
        talk.up = True
        self._add(talk, EventKind.ESTABLISHED, record, protocol=Protocol.IKE)

    def on_phase2_up(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        """Two lines say it, the first of them with the SPIs."""
        if talk.child_up:
            talk.child_up = False
            return
        groups = match.groupdict()
        spis = tuple(groups[key].lower().zfill(8) for key in ("spi_in", "spi_out") if groups.get(key))
        talk.child_up = bool(spis)
        role = _ROLES[groups["role"].lower()] if groups.get("role") else talk.child_role
        self._add(talk, EventKind.ESTABLISHED, record, protocol=Protocol.ESP, spis=spis, role=role)

    def on_nat(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        text = " ".join(match[0].split()).lower()
        remote, local = "remote end is not" not in text, "this end is not" not in text
        if remote or local:
            where = "both" if remote and local else "remote" if remote else "local"
            self._add(talk, EventKind.NAT_DETECTED, record, detail=where)

    def on_mismatch(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        what = match["what"].lower()
        attribute = next((attribute for word, attribute in CLASSES if word in what), None)
        protocol = Protocol.IKE if match["phase"] == "1" else Protocol.ESP
        kind = EventKind.ENCAPSULATION_REFUSED if attribute == "mode" else EventKind.TRANSFORM_REFUSED
        self._add(
            talk, kind, record, protocol=protocol, attribute=None if attribute == "mode" else attribute,
            offered=match["offered"].strip(), accepted=match["accepted"].strip(),
        )  # fmt: skip

    def on_history(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        """The states that ended in an error, newest first: `MM_WAIT_MSG6` is an initiator that waits for MM6."""
        talk.role = talk.role or _ROLES[match["role"].lower()]
        waiting = _WAITING.search(match["history"])
        if _HISTORY_PSK in match["history"]:
            self._add(talk, EventKind.UNDECRYPTABLE, record, exchange=talk.phase1 or _MAIN)
        elif waiting is not None and "EV_TIMEOUT" in match["history"]:
            exchange = _MAIN if waiting[1] == "MM" else _AGGRESSIVE
            if not talk.sent and not talk.received:
                name = f"{waiting[1]}{max(int(waiting[2]) - 1, 1)}"
                self._add(talk, EventKind.SENT, record, exchange=exchange, name=name)
            self._add(talk, EventKind.GAVE_UP, record, exchange=exchange)
        talk.over = True

    def on_proxy(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        network = read_network(f"{match['address']}/{match['mask']}" if match["mask"] else match["address"])
        if network is None:
            return
        port = int(match["port"]) % 65536
        ports = (port, port) if port else (0, 65535)
        source = self.journal.source(record)
        talk.proxies[match["end"]] = TrafficSelector(network, int(match["protocol_number"]) % 256, *ports, source)
        if {"local", "remote"} <= talk.proxies.keys():
            pair = SelectorPair(talk.proxies.pop("local"), talk.proxies.pop("remote"))
            self._add(talk, EventKind.SELECTORS_OFFERED, record, protocol=Protocol.ESP, selectors=(pair,))

    def on_selectors_refused(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        pair = read_pair(match["local_proxy"], match["remote_proxy"], self.journal.source(record))
        self._add(talk, EventKind.SELECTORS_REFUSED, record, protocol=Protocol.ESP, selectors=pair, detail=record.body)

    def on_child_failed(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.child = int(match["msgid"], 16)
        self._add(talk, EventKind.FAILED, record, protocol=Protocol.ESP, detail=record.body)

    def on_notified(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        name = NOTIFIES.get(int(match["number"])) or match["words"].strip().upper().replace(" ", "_")
        self._add(talk, EventKind.NOTIFY_RECEIVED, record, notify=name, detail=record.body)

    def on_notified_in_clear(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        self._add(talk, EventKind.NOTIFY_RECEIVED, record, notify=match["notify"], detail=record.body)

    def on_ended(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        """Syslog says the end of a session twice, in 713259 and 113019; once is enough."""
        again, talk.ended = talk.ended, True
        reason = match["reason"].strip()
        for one in REASONS:
            if one.regex.match(reason) and one.kind is not None:
                if not (again and one.kind in (EventKind.DELETED, EventKind.SELECTORS_REFUSED)):
                    self._add(talk, one.kind, record, protocol=one.protocol, detail=reason)
                return

    # ---- IKEv2 in syslog

    def on_v2_initiates(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        if talk.sent or talk.received or talk.up or talk.ended:
            talk = self._again(talk)
        talk.role, talk.sent = Role.INITIATOR, 1
        self._add(talk, EventKind.STARTED, record)

    def on_v2_responds(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        if talk.sent or talk.received or talk.up or talk.ended:
            talk = self._again(talk)
        talk.role, talk.received = Role.RESPONDER, 1
        self._add(talk, EventKind.RECEIVED, record, exchange=ExchangeType.IKE_SA_INIT, is_request=True)

    def _again(self, talk: _Negotiation) -> _Negotiation:
        fresh = self._begin(talk.remote, talk.version)
        fresh.local = talk.local
        return fresh

    def on_v2_up(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.up = True
        self._add(talk, EventKind.ESTABLISHED, record, protocol=Protocol.IKE)

    def on_v2_aborted(self, record: Record, row: Row, match: re.Match[str], talk: _Negotiation) -> None:
        talk.ended = True
        reason = match["reason"].strip()
        for one in ABORTS:
            if one.regex.match(reason) and one.kind is not None:
                self._add(
                    talk, one.kind, record, protocol=one.protocol, notify=one.notify, attribute=one.attribute, detail=reason
                )
                return


def _exchange_of(payloads: tuple[str, ...], known_child: bool) -> ExchangeType:
    """The exchange of an encrypted message after phase 1 (its message id is not 0)."""
    words = set(payloads)
    if words & {"SA", "No"} or (known_child and not words & {"D", "ATTR"}):
        return _QUICK
    return ExchangeType.TRANSACTION if "ATTR" in words else ExchangeType.INFORMATIONAL_V1


def _quick_number(payloads: tuple[str, ...], *, sent: bool, role: Role | None) -> int:
    if "SA" not in payloads:
        return 3
    return 1 if sent is (role is Role.INITIATOR) else 2

"""IKEv1 payloads, identities and keys, and the names that they give to the messages they came in."""

from __future__ import annotations

import re

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.parse.ios.log.addresses import clean_address, read_identity
from ipsecbot.parse.ios.log.isakmp_offers import OfferSteps
from ipsecbot.parse.ios.log.notifies import ikev1_notify
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.ios.log.steps import message_id
from ipsecbot.parse.ios.log.talks import Talk

_QUICK, _INFO = ExchangeType.QUICK, ExchangeType.INFORMATIONAL_V1
_PAYLOAD_NAMES = {"NONCE": "No", "CERT_REQ": "CERTREQ"}
_PROTOCOLS: dict[str | None, Protocol] = {"1": Protocol.IKE, "2": Protocol.AH, "3": Protocol.ESP}
_ID_TYPE = re.compile(r"type\s*: (?P<type>\d+)")
_ID_VALUE = re.compile(
    r"(?P<word>address|FQDN name|USER FQDN|Dist\. name|Distinguished name|DN|group id|key id)\s*: "
    r"(?P<value>.+?)(?=\s+(?:next-payload|protocol|port|length)\s*:|$)",
    re.IGNORECASE,
)


class PayloadSteps(OfferSteps):
    """Steps for what is inside a message."""

    def on_payload(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        name, number = match["payload"].upper(), message_id(match["number"])
        if name in ("KE", "NONCE"):
            talk.keyed = True
        if name == "ID":
            talk.identity_sent = False
        handle = talk.last_received
        event = self.journal.get(handle) if handle is not None else None
        if handle is None or event is None:
            return
        shown = _PAYLOAD_NAMES.get(name, name)
        if shown not in event.payloads or name == "ID":
            event.payloads = (*event.payloads, shown)
        if number is not None and event.message_id is None and event.name is None:
            event.message_id = number
        if name == "SA" and (number is not None or (talk.received_state == "QM_IDLE" and "received" in talk.fresh)):
            self._quick_begins(talk, handle, number)

    def _quick_begins(self, talk: Talk, handle: int, number: int | None) -> None:
        """An SA payload opens a quick mode or answers this end's; a page may have lost the number that tells which."""
        if number is None:
            sent = self.journal.get(talk.last_sent) if talk.last_sent is not None else None
            talk.own_unnumbered = talk.own_unnumbered and sent is not None and sent.name == "QM1"
        talk.quick_id = number
        talk.child_up = None
        own = talk.is_own_quick
        talk.offered_pair = ()
        talk.refused_because = None
        self.journal.amend(handle, name="QM2" if own else "QM1", exchange=_QUICK, message_id=number)
        talk.outgoing = ("QM3", number) if own else None
        talk.fresh.discard("received")

    def on_begin_quick(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        number = message_id(match.groupdict().get("number"))
        if number is not None:
            talk.own_quick.add(number)
        talk.own_unnumbered = number is None
        talk.quick_id, talk.child_up = number, None
        talk.outgoing = ("QM1", number)
        talk.refused_because = None
        self.add(talk, EventKind.STARTED, record, exchange=_QUICK, message_id=number)

    def on_quick_answer(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        talk.outgoing = ("QM2", talk.quick_id)

    def on_quick_done(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if talk.last_received is not None and "received" in talk.fresh:
            number = message_id(match["number"])
            self.journal.amend(talk.last_received, name="QM3", exchange=_QUICK, message_id=number)
            talk.fresh.discard("received")

    def on_installed(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        spi = match.groupdict().get("spi")
        if spi is not None:
            talk.spis = (*talk.spis, spi.lower())

    def on_new_node(self, record: Record, row: Row, match: re.Match[str]) -> None:
        number = message_id(match["number"])
        talk = self.talks.current
        if talk is None or number is None or (talk.outgoing is not None and talk.outgoing[0] != "INFO"):
            return
        if "received" not in talk.fresh:
            talk.outgoing = ("INFO", number)

    # notifies and deletes

    def on_notified(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        groups = match.groupdict()
        number = message_id(groups.get("number"))
        notify = ikev1_notify(groups["notify"] or "")
        received = self.journal.get(talk.last_received) if talk.last_received is not None else None
        if received is not None and talk.last_received is not None:
            self.journal.amend(talk.last_received, payloads=(*received.payloads, f"N({notify})"))
        if number is not None and number != talk.quick_id:
            self.informational(talk, number)
        protocol = _PROTOCOLS.get(groups.get("for"))
        exchange = _INFO if number is not None else talk.phase1
        self.add(
            talk, EventKind.NOTIFY_RECEIVED, record, notify=notify, protocol=protocol, message_id=number, exchange=exchange
        )

    def on_notifying(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        number = message_id(match["number"])
        notify = ikev1_notify(match["notify"])
        talk.outgoing = ("INFO", number)
        talk.outgoing_notify = notify
        protocol = _PROTOCOLS.get(match["for"])
        self.add(talk, EventKind.NOTIFY_SENT, record, notify=notify, protocol=protocol, message_id=number, exchange=_INFO)

    def on_deleted_by_peer(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        groups = match.groupdict()
        number = message_id(groups.get("number"))
        received = self.journal.get(talk.last_received) if talk.last_received is not None else None
        if received is not None and talk.last_received is not None:
            self.journal.amend(talk.last_received, payloads=(*received.payloads, "D"))
        self.informational(talk, number)
        self.add(talk, EventKind.DELETE_RECEIVED, record, message_id=number, exchange=_INFO, detail=groups.get("detail"))

    # identities and keys

    def on_own_identity(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.talks.of(record.context).identity_sent = True

    def on_identity(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The block in one record; newer releases print the value in a record of its own."""
        talk = self.talks.of(record.context)
        kind = _ID_TYPE.search(match["block"])
        talk.id_number = kind["type"] if kind is not None else None
        value = _ID_VALUE.search(match["block"])
        if value is not None:
            self._identity(talk, record, value["word"], value["value"])

    def on_identity_part(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        groups = match.groupdict()
        if groups.get("id_type"):
            talk.id_number = groups["id_type"]
        value = _ID_VALUE.search(record.body)
        if value is not None:
            self._identity(talk, record, value["word"], value["value"])

    def _identity(self, talk: Talk, record: Record, word: str, value: str) -> None:
        source: Source = self.journal.source(record, value.strip())
        identity = read_identity(word, value, talk.id_number, source)
        kind = EventKind.IDENTITY_SENT if talk.identity_sent else EventKind.IDENTITY_RECEIVED
        if identity is not None:
            self.add(talk, kind, record, source, identity=identity)
        talk.id_number = None

    def on_key_found(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        talk.missing_key = None
        self.add(talk, EventKind.KEY_FOUND, record, detail=clean_address(match["remote"]))

    def on_local_key(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """A key by another rule was found after all: the miss before it was one step of the search."""
        talk = self.talks.of(record.context)
        if talk.missing_key is not None:
            self.journal.drop(talk.missing_key)
            talk.missing_key = None

    def on_key_missing(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        remote = clean_address(match.groupdict().get("remote"))
        talk.remote = talk.remote or remote
        talk.missing_key = self.add(talk, EventKind.KEY_MISSING, record, detail=record.body)

    def on_authentication_status(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if "not" in match["detail"].lower() or "fail" in match["detail"].lower():
            self.add(talk, EventKind.AUTHENTICATION_FAILED, record, detail=record.body)

    def on_authenticated(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        talk.remote = talk.remote or clean_address(match["remote"])
        self.add(talk, EventKind.AUTHENTICATED, record)

    def on_undecryptable(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.add(self.talks.of(record.context), EventKind.UNDECRYPTABLE, record, exchange=None, detail=record.body)

    # address translation

    def on_his_hash(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """Printed once for each NAT-D payload that fits none: twice means that the peer is behind NAT."""
        talk = self.talks.of(record.context)
        talk.nat_hashes += 1
        if talk.nat_hashes == 2:
            self.add(talk, EventKind.NAT_DETECTED, record, detail="remote")

    def on_no_nat(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.talks.of(record.context).nat_hashes = 0

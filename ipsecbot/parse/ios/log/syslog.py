"""Syslog of IOS about IPsec, the records that are ASA's, and what the PKI debug says about a peer's certificate."""

from __future__ import annotations

import re

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.parse.asa.ike import Asa
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.ios.log.journal import Fields, Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.ios.log.steps import Steps
from ipsecbot.parse.ios.log.syslog_rows import FAIL_REASONS, OURS, PKI, SYSLOG
from ipsecbot.parse.ios.log.talks import Talk, Talks

_MNEMONIC = re.compile(r"%?(?P<facility>[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)??)-[0-7]-(?P<name>[A-Z0-9_]+)$")
# `%IOSXE-3-PLATFORM: R0/0: cpp_cp: QFP:0.0 Thread:004 TS:…: %IPSEC-3-REPLAY_ERROR: …`
_WRAPPED = re.compile(r"(?P<tag>%[A-Z][A-Z0-9_]*-[0-7]-[A-Z0-9_]+):\s*")
_MODES = {"main": ExchangeType.MAIN, "aggressive": ExchangeType.AGGRESSIVE, "quick": ExchangeType.QUICK}


class Syslog(Steps):
    """Reads %FACILITY records, ASA's [IKEv1] records and CRYPTO_PKI records."""

    def __init__(self, journal: Journal, talks: Talks) -> None:
        super().__init__(journal, talks)
        self.asa = Asa(journal)

    def read(self, record: Record) -> bool:
        """Writes the record's events down. False for an unknown message of our facilities; others are nobody's."""
        if record.tag == "CRYPTO_PKI":
            body = re.sub(r"^\(\w+\)\s*", "", record.body)
            self._first(PKI, record, body)
            return True
        if record.tag.startswith("["):
            return self.asa.read(record)
        match = _MNEMONIC.match(record.tag)
        if match is None:
            return True
        facility, name = match["facility"].split("-")[0], match["name"]
        if facility in ("ASA", "FTD", "PIX"):
            return self.asa.read(record)
        wrapped = _WRAPPED.search(record.body) if facility == "IOSXE" else None
        if wrapped is not None:  # the forwarding processor's own message, in the platform's envelope
            return self.read(record._replace(tag=wrapped["tag"], body=record.body[wrapped.end() :]))
        rows = SYSLOG.get(f"{facility}-{name}")
        if rows is None:
            return facility not in OURS
        return self._first(rows, record, record.body)

    def _first(self, rows: tuple[Row, ...], record: Record, body: str) -> bool:
        for row in rows:
            match = row.regex.match(body)
            if match is not None:
                if row.step is not None:
                    getattr(self, f"on_{row.step}")(record, row, match)
                elif row.kind is not None:
                    self._event(row.kind, record, row, match)
                return True
        return False

    def _event(self, kind: EventKind, record: Record, row: Row, match: re.Match[str], **fields: str) -> Talk | None:
        groups = match.groupdict()
        remote = clean_address(groups.get("remote"))
        known = self.talks.with_peer(remote) if remote is not None else None
        said: Fields = {
            "attribute": row.attribute,
            "protocol": row.protocol,
            "notify": row.notify,
            "detail": fields.get("detail") or groups.get("detail") or record.body,
            "local": clean_address(groups.get("local")),
            "remote": remote,
        }
        if known is not None and not known.over:
            said["local"] = said["local"] or known.local
            self.add(known, kind, record, **said)
            return known
        self.journal.add(kind, record, **said)
        return None

    def on_informational_failed(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The echo of `Notify has no hash`; alone in a log it is the only sign that the peer refused something."""
        if not self.journal.saw_ike:
            self._event(EventKind.NOTIFY_RECEIVED, record, row, match)

    def on_mode_failed(self, record: Record, row: Row, match: re.Match[str]) -> None:
        exchange = _MODES.get(match["mode"].lower())
        remote = clean_address(match["remote"])
        self.journal.add(EventKind.FAILED, record, remote=remote, exchange=exchange, ike_version=1, detail=record.body)

    def on_invalid_spi(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self.journal.add(
            EventKind.INVALID_SPI,
            record,
            local=clean_address(match["local"]),
            remote=clean_address(match["remote"]),
            protocol=self.ESP,
            spis=(match["spi"].lower(),),
            detail=record.body,
        )

    def on_unprotected(self, record: Record, row: Row, match: re.Match[str]) -> None:
        words = dict(re.findall(r"(dest_addr|src_addr)\s*=\s*([0-9A-Fa-f.:]+)", record.body))
        self.journal.add(
            EventKind.UNPROTECTED,
            record,
            local=clean_address(words.get("dest_addr")),
            remote=clean_address(words.get("src_addr")),
            detail=record.body,
        )

    def on_session_up(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._session(EventKind.ESTABLISHED, record, match)

    def on_session_down(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._session(EventKind.DELETED, record, match)

    def _session(self, kind: EventKind, record: Record, match: re.Match[str]) -> None:
        port = int(match["port"]) if match["port"] else None
        remote = clean_address(match["remote"])
        self.journal.add(kind, record, remote=remote, remote_port=port, protocol=self.ESP, detail=record.body)

    def on_setup_failed(self, record: Record, row: Row, match: re.Match[str]) -> None:
        for reason in FAIL_REASONS:
            if reason.regex.match(match["reason"]) and reason.kind is not None:
                self._event(reason.kind, record, reason, match, detail=match["reason"].strip())
                return

    def on_link(self, record: Record, row: Row, match: re.Match[str]) -> None:
        state = "up" if match["state"].startswith("up") else "down"
        self.journal.add(EventKind.LINK, record, detail=state, context=match["name"].strip())

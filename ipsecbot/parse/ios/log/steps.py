"""What every IKEv1 step needs: the journal, the negotiations, and how a plain row becomes an event."""

from __future__ import annotations

import re
from typing import Unpack

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.parse.draft import Draft
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.ios.log.journal import Fields, Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.ios.log.talks import Talk, Talks

# What an informational message never holds.
_OF_A_NEGOTIATION = {"SA", "KE", "ID"}


class Steps:
    """Base of the readers that keep a state for each negotiation."""

    IKE, ESP = Protocol.IKE, Protocol.ESP

    def __init__(self, journal: Journal, talks: Talks) -> None:
        self.journal = journal
        self.talks = talks

    def add(self, talk: Talk, kind: EventKind, record: Record, source: Source | None = None, **fields: Unpack[Fields]) -> int:
        """An event of one negotiation: what the line says, on top of what is known of the negotiation."""
        if record.tag[:6] == "ISAKMP":
            talk.ike_version = 1
        journal = self.journal
        draft = Draft(
            kind,
            source or record.source(journal.device, journal.name),
            record.at,
            talk.number or talk.handle,
            talk.local,
            talk.remote,
            talk.local_port,
            talk.remote_port,
            talk.role,
            talk.ike_version,
        )
        for name, value in fields.items():
            setattr(draft, name, value)
        handle = journal.keep(draft)
        talk.events.append(handle)
        return handle

    def learn_local(self, talk: Talk, local: str | None) -> None:
        """IOS prints its own address late: what was written before gets it too."""
        if local is None or talk.local is not None:
            return
        talk.local = local
        for handle in talk.events:
            event = self.journal.get(handle)
            if event is not None and event.local is None:
                self.journal.amend(handle, local=local)

    def plain(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """A row that needs no state."""
        assert row.kind is not None
        groups = match.groupdict()
        talk = self.talks.of(record.context)
        fields: Fields = {"attribute": row.attribute, "protocol": row.protocol, "notify": row.notify}
        fields["detail"] = (groups.get("detail") or row.detail or record.body).strip()
        if groups.get("remote"):
            fields["remote"] = clean_address(groups["remote"])
        if groups.get("local"):
            fields["local"] = clean_address(groups["local"])
        self.add(talk, row.kind, record, **fields)

    def informational(self, talk: Talk, message_id: int | None = None) -> None:
        """What was received last turns out to be an informational message."""
        received = self.journal.get(talk.last_received) if talk.last_received is not None else None
        if received is None or talk.last_received is None or _OF_A_NEGOTIATION & set(received.payloads):
            return
        if "received" in talk.fresh:
            exchange = ExchangeType.INFORMATIONAL_V1
            self.journal.amend(talk.last_received, exchange=exchange, name=None, message_id=message_id)
            talk.fresh.discard("received")


def message_id(text: str | None) -> int | None:
    """A message id as an unsigned number; IOS prints it signed. 0 (phase 1) and nothing are None."""
    if not text or not text.lstrip("-").isdigit():
        return None
    return (int(text) & 0xFFFFFFFF) or None

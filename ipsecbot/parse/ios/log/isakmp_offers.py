"""IKEv1 proposals: `Checking ISAKMP transform 1 against priority 10 policy`, its attributes, and what became of it."""

from __future__ import annotations

import re

from ipsecbot.model.exchange import EventKind
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.ios.log.offers import Transform, esp_transform, vpi
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.ios.log.steps import Steps
from ipsecbot.parse.ios.log.talks import Talk


class OfferSteps(Steps):
    """Steps for the walk over the transforms of an SA payload."""

    def on_check(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        talk.transform = Transform(Protocol.IKE, int(match["number"]), int(match["against"]))

    def on_check_child(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if int(match["number"]) == 1:
            talk.offers = {}
        talk.transform = Transform(Protocol.ESP, int(match["number"]))

    def on_child_transform(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        number = talk.transform.number if talk.transform is not None else int(match["number"])
        if match["family"].upper() != "IPCOMP":
            talk.transform = esp_transform(number, match["family"], match["value"])

    def _transform(self, record: Record) -> Transform:
        talk = self.talks.of(record.context)
        if talk.transform is None:  # an excerpt that starts among the attributes
            talk.transform = Transform(Protocol.IKE, 1)
        return talk.transform

    def on_word(self, record: Record, row: Row, match: re.Match[str]) -> None:
        assert row.detail is not None
        value = match["value"].strip()
        if row.detail in ("cipher", "hash"):
            value = value.replace(".", "")
        self._transform(record).words[row.detail] = value

    def on_life_type(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._transform(record).words["unit"] = match["value"].lower()

    def on_life(self, record: Record, row: Row, match: re.Match[str]) -> None:
        transform = self._transform(record)
        groups = match.groupdict()
        amount = vpi(groups["bytes"]) if groups.get("bytes") else int(groups["value"] or 0)
        transform.words[transform.words.get("unit", "seconds")] = str(amount)

    def on_encapsulation(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """`1 (Tunnel)`, `2 (Transport)`, `3 (Tunnel-UDP)`, `4 (Transport-UDP)`, and the drafts' 61443 and 61444."""
        talk = self.talks.of(record.context)
        word = match["value"].lower()
        mode = "transport" if word.startswith("trans") or word in {"2", "4", "61444"} else "tunnel"
        self._transform(record).words["mode"] = mode
        kind = EventKind.ENCAPSULATION_SELECTED if talk.is_own_quick else EventKind.ENCAPSULATION_OFFERED
        self.add(talk, kind, record, protocol=self.ESP, detail=mode, message_id=talk.quick_id)

    def on_transform_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        transform = talk.transform
        source = self.journal.source(record)
        proposals = (transform.proposal(source),) if transform is not None and transform.words else ()
        self._note_unknown(record, transform)
        against = transform.against if transform is not None else None
        self.add(
            talk,
            EventKind.TRANSFORM_REFUSED,
            record,
            protocol=transform.protocol if transform is not None else self.IKE,
            attribute=row.attribute,
            offered=transform.shown(row.attribute) if transform is not None else None,
            proposals=proposals,
            detail=f"policy {against}" if against is not None else record.body,
        )
        if transform is None:  # the excerpt starts here; `atts are not acceptable` repeats this refusal
            transform = talk.transform = Transform(Protocol.IKE, 1)
        transform.reason = row.attribute or "unknown"
        for proposal in proposals:
            talk.offers.setdefault(transform.number, proposal)

    def on_not_acceptable(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        if talk.transform is None or talk.transform.reason is None:
            self.on_transform_refused(record, row, match)
        talk.transform = None

    def on_acceptable(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        transform, talk.transform = talk.transform, None
        if transform is None:
            return
        proposal = transform.proposal(self.journal.source(record))
        self._note_unknown(record, transform)
        if transform.protocol is not Protocol.IKE:
            self._child_offer(talk, record, proposal)
            return
        talk.keyed = True
        talk.offers.setdefault(transform.number, proposal)
        self._offered(talk, record)
        against = f"policy {transform.against}" if transform.against is not None else None
        for kind in (EventKind.TRANSFORM_ACCEPTED, EventKind.PROPOSAL_SELECTED):
            self.add(talk, kind, record, protocol=self.IKE, proposals=(proposal,), detail=against)

    def _child_offer(self, talk: Talk, record: Record, proposal: Proposal) -> None:
        """In phase 2 `atts are acceptable` only means well formed: the IPsec policy decides later."""
        kind = EventKind.PROPOSAL_SELECTED if talk.is_own_quick else EventKind.OFFERED
        self.add(talk, kind, record, protocol=proposal.protocol, proposals=(proposal,), message_id=talk.quick_id)
        talk.child_offer = proposal

    def _offered(self, talk: Talk, record: Record) -> None:
        """The peer's whole list, once it is known. What an initiator checks is an answer, not an offer."""
        if talk.offers and talk.role is not Role.INITIATOR:
            offers = tuple(proposal for _, proposal in sorted(talk.offers.items()))
            self.add(talk, EventKind.OFFERED, record, offers[0].source, protocol=self.IKE, proposals=offers)
        talk.offers = {}

    def on_no_offers(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context)
        self._offered(talk, record)
        self.add(talk, EventKind.PROPOSAL_REFUSED, record, protocol=self.IKE, exchange=talk.phase1, detail=record.body)

    def on_policy_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self.talks.of(record.context, clean_address(match["remote"]))
        self.learn_local(talk, clean_address(match["local"]))
        talk.remote = clean_address(match["remote"]) or talk.remote
        self._offered(talk, record)
        self.add(talk, EventKind.PROPOSAL_REFUSED, record, protocol=self.IKE, exchange=talk.phase1, detail=record.body)

    def _note_unknown(self, record: Record, transform: Transform | None) -> None:
        if transform is not None and transform.unknown:
            self.journal.gap(record, f"unknown algorithm in an offer: {', '.join(transform.unknown)}")
            transform.unknown.clear()

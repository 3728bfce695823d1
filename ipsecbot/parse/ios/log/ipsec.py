"""`debug crypto ipsec`: what the policy side of IOS says about phase 2."""

from __future__ import annotations

import re

from ipsecbot.model.exchange import EventKind
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.parse.ios.log.addresses import clean_address, read_pair, split_port
from ipsecbot.parse.ios.log.isakmp_payloads import PayloadSteps
from ipsecbot.parse.ios.log.offers import read_transform_set
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.ios.log.talks import Talk
from ipsecbot.parse.ios.spis import is_damaged_spi

# Both generations: `local= …, local_proxy= …` and before 12.2 `src= …, src_proxy= …`.
_BLOCK = re.compile(
    r"\b(?P<key>local_proxy|remote_proxy|src_proxy|dest_proxy|local|remote|src|dest|transform|sa_dest|sa_spi)\s*=\s*"
    r"(?P<value>.*?)(?=,|\(type=|\s+(?:local|remote|src|dest|protocol|lifedur|spi|sa_\w+)\w*\s*=|$)"
)
_MODE = re.compile(r"\((?P<mode>Tunnel|Transport)[\w-]*\)", re.IGNORECASE)
_SPIS_OF_A_CHILD = 2  # one each way
# `IPSec policy invalidated proposal with error N`: 32 stands behind "proxy identities not supported", 256 behind "transform
# proposal not supported" wherever both debugs are on (IOS 12.4 to IOS XE 17); the latter is what the general refusal says.
_INVALID_FOR = {"32": EventKind.SELECTORS_REFUSED}
_ALIASES = {"src": "local", "dest": "remote", "src_proxy": "local_proxy", "dest_proxy": "remote_proxy"}


def read_block(text: str) -> dict[str, str]:
    """The `key= value` pairs of a block, by the newer names."""
    return {_ALIASES.get(match["key"], match["key"]): match["value"].strip() for match in _BLOCK.finditer(text)}


class IpsecSteps(PayloadSteps):
    """Steps for the IPSEC(…) records."""

    def _talk(self, block: dict[str, str]) -> tuple[Talk, tuple[SelectorPair, ...]]:
        local, local_port = split_port(block["local"]) if "local" in block else (None, None)
        remote, remote_port = split_port(block["remote"]) if "remote" in block else (None, None)
        known = self.talks.with_peer(remote) if remote is not None else self.talks.current
        talk = known if known is not None and not known.over else self.talks.begin(remote, None)
        self.learn_local(talk, local)
        talk.remote = talk.remote or remote
        talk.local_port = talk.local_port or local_port
        talk.remote_port = talk.remote_port or remote_port
        return talk, read_pair(block.get("local_proxy"), block.get("remote_proxy"))

    def on_sa_request(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """IPsec asks IKE for an SA: this end's own wishes, before any message. It opens a new negotiation of phase 2."""
        block = read_block(match["block"])
        talk, pair = self._talk(block)
        proposal, unknown = read_transform_set(block.get("transform", ""))
        if unknown:
            self.journal.gap(record, f"unknown transform: {', '.join(unknown)}")
        if proposal is not None:
            self.add(talk, EventKind.CONFIGURED, record, protocol=proposal.protocol, proposals=(proposal,))
        if pair:
            self.add(talk, EventKind.SELECTORS_CONFIGURED, record, selectors=pair)

    def on_proposal_request(self, record: Record, row: Row, match: re.Match[str]) -> None:
        block = read_block(match["block"])
        if not block:
            return
        talk, pair = self._talk(block)
        talk.offered_pair = pair
        own = talk.is_own_quick
        mode = _MODE.search(match["block"])
        if pair:
            kind = EventKind.SELECTORS_SELECTED if own else EventKind.SELECTORS_OFFERED
            self.add(talk, kind, record, selectors=pair, message_id=talk.quick_id)
        if mode is not None and not own and talk.child_offer is None:
            self.add(talk, EventKind.ENCAPSULATION_OFFERED, record, protocol=self.ESP, detail=mode["mode"].lower())

    def _refuse(self, kind: EventKind, record: Record, row: Row, offered: str | None = None) -> Talk:
        talk = self.talks.current or self.talks.begin(None, None)
        talk.refused_because = kind.value
        self.add(
            talk,
            kind,
            record,
            protocol=self.ESP,
            attribute=row.attribute,
            selectors=talk.offered_pair if kind is EventKind.SELECTORS_REFUSED else (),
            message_id=talk.quick_id,
            offered=offered,
            detail=record.body,
        )
        return talk

    def on_set_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """No transform set fits. Which part of it differs is never printed: the braces hold the offer."""
        words = (match.groupdict().get("offered") or "").strip()
        talk = self._refuse(EventKind.TRANSFORM_REFUSED, record, row, words or None)
        proposal, _ = read_transform_set(words)
        chosen = talk.child_offer or proposal
        if chosen is not None:
            self.journal.amend(talk.events[-1], proposals=(chosen,), protocol=chosen.protocol)

    def on_mode_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._refuse(EventKind.ENCAPSULATION_REFUSED, record, row)

    def on_child_dh(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self._refuse(EventKind.TRANSFORM_REFUSED, record, row)
        self.journal.amend(talk.events[-1], attribute="dh")

    def on_selectors_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._refuse(EventKind.SELECTORS_REFUSED, record, row)

    def on_no_map(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """Phase 1 works, but no crypto map is applied where the packets come in."""
        talk = self._refuse(EventKind.CONFIG_INCOMPLETE, record, row)
        self.journal.amend(talk.events[-1], local=clean_address(match["local"]))

    def on_no_peer(self, record: Record, row: Row, match: re.Match[str]) -> None:
        talk = self._refuse(EventKind.NO_CONNECTION, record, row)
        self.journal.amend(talk.events[-1], remote=clean_address(match["remote"]))

    def on_child_invalidated(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The number tells why where `debug crypto ipsec`, which says it in words, was not on."""
        talk = self.talks.of(record.context)
        why = _INVALID_FOR.get(match["detail"] or "")
        if why is not None and talk.refused_because is None:
            self._refuse(why, record, row)
        else:
            self._child_refusal(record, row, match)

    def on_child_refused(self, record: Record, row: Row, match: re.Match[str]) -> None:
        self._child_refusal(record, row, match)

    def _child_refusal(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """The general refusal. Not repeated as one of the proposal when the line before told another reason."""
        talk = self.talks.of(record.context)
        groups = match.groupdict()
        self.learn_local(talk, clean_address(groups.get("local")))
        talk.remote = clean_address(groups.get("remote")) or talk.remote
        talk.outgoing = None
        in_child = talk.quick_id is not None or talk.child_offer is not None or row.step == "child_invalidated"
        in_child = in_child or "phase 2" in record.body
        if talk.refused_because in (None, EventKind.TRANSFORM_REFUSED.value):
            protocol = self.ESP if in_child else self.IKE
            self.add(talk, EventKind.PROPOSAL_REFUSED, record, protocol=protocol, message_id=talk.quick_id, detail=record.body)

    def on_sa_created(self, record: Record, row: Row, match: re.Match[str]) -> None:
        """Counts as established only where no IKE debug tells it better; then it adds the SPIs, which come before or after."""
        block = read_block(match["block"])
        spis = _spis(block)
        damaged = spis if is_damaged_spi(match["block"]) else ()
        if not self.journal.saw_ike:
            talk, pair = self._talk(block)
            self.add(talk, EventKind.ESTABLISHED, record, protocol=self.ESP, spis=spis, damaged_spis=damaged, selectors=pair)
            return
        talk = self.talks.current or self.talks.begin(None, None)
        up = self.journal.get(talk.child_up) if talk.child_up is not None else None
        if set(spis) & {*talk.spis, *(up.spis if up is not None else ())}:
            return
        if talk.child_up is not None and up is not None and len(up.spis) < _SPIS_OF_A_CHILD:
            self.journal.amend(talk.child_up, spis=(*up.spis, *spis), damaged_spis=(*up.damaged_spis, *damaged))
        else:
            talk.spis, talk.damaged_spis = (*talk.spis, *spis), (*talk.damaged_spis, *damaged)

    def on_sa_deleted(self, record: Record, row: Row, match: re.Match[str]) -> None:
        block = read_block(match["block"])
        talk = self.talks.current or self.talks.begin(clean_address(block.get("sa_dest")), None)
        self.add(talk, EventKind.DELETED, record, protocol=self.ESP, spis=_spis(block), detail=record.body[:80])


def _spis(block: dict[str, str]) -> tuple[str, ...]:
    match = re.match(r"0x([0-9A-Fa-f]+)", block.get("sa_spi", ""))
    return (match[1].lower(),) if match is not None else ()

"""What the varying parts of one sentence say: from the groups of a phrase to the fields of an event."""

from __future__ import annotations

import re
from datetime import datetime

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.parse.phrase import Phrase
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.log_lines import LogLine
from ipsecbot.parse.strongswan.notifies import EXCHANGES, notify_name, read_payloads
from ipsecbot.parse.strongswan.selectors import read_pair
from ipsecbot.parse.strongswan.validity import validity_attribute
from ipsecbot.spellings import read_charon_proposals

_EXCHANGES = {name: (exchange, version) for name, exchange, version in EXCHANGES}
# charon's names of transform types in "no acceptable … found"
_HEX = re.compile(r"[0-9a-f]{1,8}")
_TRANSFORMS: tuple[tuple[str, str], ...] = (
    ("ENCRYPTION_ALGORITHM", "encryption"),
    ("INTEGRITY_ALGORITHM", "integrity"),
    ("PSEUDO_RANDOM_FUNCTION", "prf"),
    ("DIFFIE_HELLMAN_GROUP", "dh"),
    ("KEY_EXCHANGE_METHOD", "dh"),
    ("EXTENDED_SEQUENCE_NUMBERS", "esn"),
)


def event_of(phrase: Phrase, match: re.Match[str], line: LogLine, source: Source) -> tuple[LogEvent, tuple[str, ...]]:
    """The event of one line, and the words in it that are not known (algorithms, selectors). `phrase` has a kind."""
    assert phrase.kind is not None
    found = {name: text for name, text in match.groupdict().items() if text is not None}
    exchange, version = _EXCHANGES.get(found.get("exchange", ""), (None, None))
    proposals, unknown_names = read_charon_proposals(found["proposals"]) if "proposals" in found else ((), ())
    selectors, unknown_words = read_pair(found["selectors"], source) if "selectors" in found else ((), ())
    protocol = phrase.protocol or (proposals[0].protocol if proposals else None)
    event = LogEvent(
        kind=phrase.kind,
        source=source,
        at=line.at,
        context=line.unique,
        local=_address(found.get("local")),
        remote=_address(found.get("remote")),
        local_port=_number(found.get("local_port")),
        remote_port=_number(found.get("remote_port")),
        role=phrase.role,
        ike_version=phrase.version or version,
        exchange=phrase.exchange or exchange,
        message_id=_number(found.get("message_id")),
        is_request=found["direction"] == "request" if "direction" in found else None,
        payloads=read_payloads(found["payloads"]) if "payloads" in found else (),
        notify=notify_name(found["notify"]) if "notify" in found else phrase.notify,
        protocol=Protocol(found["protocol"]) if "protocol" in found else protocol,
        proposals=proposals,
        selectors=selectors,
        identity=read_identity(found["identity"], source) if "identity" in found else None,
        attribute=dict(_TRANSFORMS).get(found.get("transform", "")) or _attribute(phrase, found, line.at),
        offered=found.get("offered", phrase.offered),
        accepted=found.get("accepted"),
        spis=tuple(found[key].zfill(8) for key in ("spi_in", "spi_out") if _HEX.fullmatch(found.get(key, ""))),
        detail=found.get("detail", "").strip(" :,") or phrase.detail,
    )
    return event, (*unknown_names, *unknown_words)


def _attribute(phrase: Phrase, found: dict[str, str], at: datetime | None) -> str | None:
    return validity_attribute(found.get("detail", ""), at) if phrase.attribute == "validity" else phrase.attribute


def _address(text: str | None) -> str | None:
    return None if text is None or text.startswith("%any") else canonical_address(text)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 12 else None

"""What the varying parts of one sentence say: from the groups of a phrase to the fields of an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.parse.draft import Draft
from ipsecbot.parse.networks import PLAIN_ADDRESS
from ipsecbot.parse.phrase import Phrase
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.log_lines import LogLine
from ipsecbot.parse.strongswan.notifies import EXCHANGES, notify_name, read_payloads
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors
from ipsecbot.parse.strongswan.validity import validity_attribute
from ipsecbot.spellings import read_charon_proposals

_EXCHANGES = {name: (exchange, version) for name, exchange, version in EXCHANGES}
_HEX = re.compile(r"[0-9a-f]{1,8}")
# charon's names of transform types in "no acceptable … found"
_TRANSFORMS: dict[str, str] = {
    "ENCRYPTION_ALGORITHM": "encryption",
    "INTEGRITY_ALGORITHM": "integrity",
    "PSEUDO_RANDOM_FUNCTION": "prf",
    "DIFFIE_HELLMAN_GROUP": "dh",
    "KEY_EXCHANGE_METHOD": "dh",
    "EXTENDED_SEQUENCE_NUMBERS": "esn",
}


def event_of(phrase: Phrase, match: re.Match[str], line: LogLine, source: Source) -> tuple[Draft, tuple[str, ...]]:
    """The event of one line, and the words in it that are not known (algorithms, selectors). `phrase` has a kind."""
    assert phrase.kind is not None
    event = Draft(phrase.kind, source, line.at, line.unique)
    event.role, event.ike_version, event.exchange = phrase.role, phrase.version, phrase.exchange
    event.protocol, event.notify = phrase.protocol, phrase.notify
    event.attribute, event.offered, event.detail = phrase.attribute, phrase.offered, phrase.detail
    unknown: tuple[str, ...] = ()
    for take, text in zip(_takes_of(match.re), match.groups(), strict=True):
        if text is not None and take is not None and (words := take(event, text)):
            unknown += words
    if phrase.attribute == "validity":
        event.attribute = validity_attribute(match["detail"] or "", line.at)
    return event, unknown


@cache  # as many as there are sentences
def _takes_of(pattern: re.Pattern[str]) -> tuple[_Take | None, ...]:
    """For each group of a sentence what reads it."""
    names = {number: name for name, number in pattern.groupindex.items()}
    return tuple(_TAKES.get(names[number]) for number in range(1, pattern.groups + 1))


# What each varying part of a sentence says of the event; the answer, if any, is the words that are not known.
_Take = Callable[[Draft, str], tuple[str, ...] | None]


def _local(event: Draft, text: str) -> None:
    event.local = _address(text)


def _remote(event: Draft, text: str) -> None:
    event.remote = _address(text)


def _local_port(event: Draft, text: str) -> None:
    event.local_port = _number(text)


def _remote_port(event: Draft, text: str) -> None:
    event.remote_port = _number(text)


def _exchange(event: Draft, text: str) -> None:
    exchange, version = _EXCHANGES.get(text, (None, None))
    event.exchange, event.ike_version = event.exchange or exchange, event.ike_version or version


def _direction(event: Draft, text: str) -> None:
    event.is_request = text == "request"


def _message_id(event: Draft, text: str) -> None:
    event.message_id = _number(text)


def _payloads(event: Draft, text: str) -> None:
    event.payloads = _read_payloads(text)


def _notify(event: Draft, text: str) -> None:
    event.notify = notify_name(text)


def _protocol(event: Draft, text: str) -> None:
    event.protocol = Protocol(text)


def _proposals(event: Draft, text: str) -> tuple[str, ...]:
    event.proposals, unknown = _read_proposals(text)
    if event.protocol is None and event.proposals:
        event.protocol = event.proposals[0].protocol
    return unknown


def _selectors(event: Draft, text: str) -> tuple[str, ...]:
    left, _, right = text.partition("===")
    local, bad_local = _read_selectors(left)
    remote, bad_remote = _read_selectors(right)
    event.selectors = pairs(_said_in(event.source, local), _said_in(event.source, remote))
    return bad_local + bad_remote


def _said_in(source: Source, selectors: tuple[TrafficSelector, ...]) -> tuple[TrafficSelector, ...]:
    return tuple(TrafficSelector(one.network, one.protocol, one.first_port, one.last_port, source) for one in selectors)


def _identity(event: Draft, text: str) -> None:
    known = _read_identity(text)
    event.identity = IkeIdentity(known.type, known.value, event.source)


def _transform(event: Draft, text: str) -> None:
    event.attribute = _TRANSFORMS.get(text) or event.attribute


def _offered(event: Draft, text: str) -> None:
    event.offered = text


def _accepted(event: Draft, text: str) -> None:
    event.accepted = text


def _spi(event: Draft, text: str) -> None:
    if _HEX.fullmatch(text):
        event.spis += (text.zfill(8),)


def _detail(event: Draft, text: str) -> None:
    event.detail = text.strip(" :,") or event.detail


_TAKES: dict[str, _Take] = {
    "local": _local,
    "remote": _remote,
    "local_port": _local_port,
    "remote_port": _remote_port,
    "exchange": _exchange,
    "direction": _direction,
    "message_id": _message_id,
    "payloads": _payloads,
    "notify": _notify,
    "protocol": _protocol,
    "proposals": _proposals,
    "selectors": _selectors,
    "identity": _identity,
    "transform": _transform,
    "offered": _offered,
    "accepted": _accepted,
    "spi_in": _spi,
    "spi_out": _spi,
    "detail": _detail,
}
# The same few lists, proposals and names stand on every other line of a log.
_read_payloads = lru_cache(1024)(read_payloads)
_read_proposals = lru_cache(1024)(read_charon_proposals)
_read_identity = lru_cache(1024)(read_identity)
_read_selectors = lru_cache(1024)(read_selectors)


@lru_cache(4096)
def _address(text: str) -> str | None:
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    return None if text.startswith("%any") else canonical_address(text)


@lru_cache(1024)
def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None

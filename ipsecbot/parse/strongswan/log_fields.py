"""What the varying parts of one sentence say: from the groups of a phrase to the fields of an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.parse.draft import Draft
from ipsecbot.parse.networks import PLAIN_ADDRESS
from ipsecbot.parse.phrase import Phrase
from ipsecbot.parse.remembered import Remembered
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.log_lines import LogLine
from ipsecbot.parse.strongswan.notifies import EXCHANGES, notify_name, read_payloads
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors
from ipsecbot.parse.strongswan.validity import validity_attribute
from ipsecbot.spellings import read_charon_proposals

_EXCHANGES = {name: (exchange, version) for name, exchange, version in EXCHANGES}
_HEX = re.compile(r"[0-9a-f]{1,8}")
_ANY = "0.0.0.0"  # noqa: S104  # not an address but every peer
_IPV4 = IdType.IPV4
# charon's names of transform types in "no acceptable … found"
_TRANSFORMS: dict[str, str] = {
    "ENCRYPTION_ALGORITHM": "encryption",
    "INTEGRITY_ALGORITHM": "integrity",
    "PSEUDO_RANDOM_FUNCTION": "prf",
    "DIFFIE_HELLMAN_GROUP": "dh",
    "KEY_EXCHANGE_METHOD": "dh",
    "EXTENDED_SEQUENCE_NUMBERS": "esn",
}

_Take = Callable[[Draft, str], tuple[str, ...] | None]


def event_of(phrase: Phrase, match: re.Match[str], line: LogLine, source: Source) -> tuple[Draft, tuple[str, ...]]:
    """The event of one line, and the words in it that are not known (algorithms, selectors). `phrase` has a kind."""
    assert phrase.kind is not None
    event = Draft(phrase.kind, source, line.at, line.unique)
    event.role, event.ike_version, event.exchange = phrase.role, phrase.version, phrase.exchange
    event.protocol, event.notify = phrase.protocol, phrase.notify
    event.attribute, event.offered, event.detail = phrase.attribute, phrase.offered, phrase.detail
    unknown: tuple[str, ...] = ()
    texts = match.groups()
    plain, others = _PARTS.get(phrase.sentence) or _parts_of(phrase)
    for place, field, value_of in plain:
        if (text := texts[place]) is not None:
            setattr(event, field, value_of(text))
    for place, take in others:
        if (text := texts[place]) is not None and (words := take(event, text)):
            unknown += words
    if phrase.attribute == "validity":
        event.attribute = validity_attribute(match["detail"] or "", line.at)
    return event, unknown


class Addresses(NamedTuple):
    """Of a packet."""

    local: str | None
    remote: str | None
    local_port: int | None
    remote_port: int | None


def addresses_of(match: re.Match[str]) -> Addresses:
    """Of a line about a packet; None for what it does not say."""
    named = match.groupdict()
    local, remote, local_port, remote_port = map(named.get, Addresses._fields)
    return Addresses(
        _ADDRESSES[local] if local else None,
        _ADDRESSES[remote] if remote else None,
        _NUMBERS[local_port] if local_port else None,
        _NUMBERS[remote_port] if remote_port else None,
    )


class Said(NamedTuple):
    """What a message said, for when it comes again: `values` are those of a Draft's fields behind the context, `takes` what
    has to be read again because it quotes its line."""

    phrase: Phrase
    match: re.Match[str]
    values: tuple[Any, ...]
    takes: tuple[tuple[_Take, str], ...]

    def again(self, line: LogLine, source: Source) -> Draft:
        assert self.phrase.kind is not None
        event = Draft(self.phrase.kind, source, line.at, line.unique, *self.values)
        for take, text in self.takes:
            take(event, text)
        return event


def said_by(event: Draft, phrase: Phrase, match: re.Match[str]) -> Said | None:
    """What to keep of a message whose event was just made; None where it may mean something else in another line."""
    if phrase.attribute == "validity":
        return None
    takes = tuple((take, match[place + 1]) for place, take in _parts_of(phrase)[1] if take in _QUOTING and match[place + 1])
    return Said(phrase, match, event.said(), takes)


SAID: dict[str, Said] = {}  # by the message of a framed line
_MOST_SAID = 512


def remember(message: str, said: Said) -> None:
    """Keeps what a message said."""
    if len(SAID) >= _MOST_SAID:
        SAID.clear()
    SAID[message] = said


_Plain = tuple[int, str, Callable[[str], object]]
_Parts = tuple[tuple[_Plain, ...], tuple[tuple[int, _Take], ...]]
_PARTS: dict[str, _Parts] = {}  # by sentence, each looked at once


def _parts_of(phrase: Phrase) -> _Parts:
    """Which groups of a sentence are fields as they stand, and which are read otherwise."""
    names = tuple(enumerate(phrase.names()))
    plain = tuple((place, *_FIELDS[name]) for place, name in names if name in _FIELDS)
    parts = _PARTS[phrase.sentence] = plain, tuple((place, _TAKES[name]) for place, name in names if name in _TAKES)
    return parts


# The same few addresses, lists, proposals and names stand on every other line of a log.
_read_proposals = lru_cache(1024)(read_charon_proposals)
_read_identity = lru_cache(1024)(read_identity)
_read_selectors = lru_cache(1024)(read_selectors)


def _address(text: str) -> str | None:
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    return None if text.startswith("%any") else canonical_address(text)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


def _exchange(event: Draft, text: str) -> None:
    exchange, version = _EXCHANGES.get(text, (None, None))
    event.exchange, event.ike_version = event.exchange or exchange, event.ike_version or version


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
    if PLAIN_ADDRESS.fullmatch(text) and text != _ANY:
        event.identity = IkeIdentity(_IPV4, text, event.source)
    else:
        known = _read_identity(text)
        event.identity = IkeIdentity(known.type, known.value, event.source)


def _transform(event: Draft, text: str) -> None:
    event.attribute = _TRANSFORMS.get(text) or event.attribute


def _spi(event: Draft, text: str) -> None:
    if _HEX.fullmatch(text):
        event.spis += (text.zfill(8),)


def _detail(event: Draft, text: str) -> None:
    event.detail = text.strip(" :,") or event.detail


_ADDRESSES, _NUMBERS = Remembered(_address), Remembered(_number)
_PAYLOADS = Remembered(read_payloads, 1024)
_QUOTING = (_selectors, _identity)
# What varies in a sentence: the field of the event that it is, and how its text is read.
_FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "local": ("local", _ADDRESSES.__getitem__),
    "remote": ("remote", _ADDRESSES.__getitem__),
    "local_port": ("local_port", _NUMBERS.__getitem__),
    "remote_port": ("remote_port", _NUMBERS.__getitem__),
    "direction": ("is_request", "request".__eq__),
    "message_id": ("message_id", _NUMBERS.__getitem__),
    "payloads": ("payloads", _PAYLOADS.__getitem__),
    "notify": ("notify", notify_name),
    "protocol": ("protocol", Protocol),
    "offered": ("offered", str),
    "accepted": ("accepted", str),
}
# What says more than one field, or depends on what the row says; the answer, if any, is the words that are not known.
_TAKES: dict[str, _Take] = {
    "exchange": _exchange,
    "proposals": _proposals,
    "selectors": _selectors,
    "identity": _identity,
    "transform": _transform,
    "spi_in": _spi,
    "spi_out": _spi,
    "detail": _detail,
}

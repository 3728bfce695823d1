"""What was decided in an exchange: the proposal with its lifetimes, mode, selectors, identities and SPIs.

Only what the device's own text says of this very exchange; nothing is filled in from a configuration or from the other end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, Exchange, ExchangeKind, LogEvent, Outcome
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import SelectorPair

_CHOSEN = (EventKind.PROPOSAL_SELECTED, EventKind.TRANSFORM_ACCEPTED)
_WISHED = (EventKind.OFFERED, EventKind.CONFIGURED)
_SELECTED = (EventKind.SELECTORS_SELECTED,)
_PROPOSED = (EventKind.SELECTORS_OFFERED, EventKind.SELECTORS_CONFIGURED)
_MODES = (EventKind.ENCAPSULATION_OFFERED, EventKind.ENCAPSULATION_SELECTED)
_PAIR = 2
_CHILDREN = (Protocol.ESP, Protocol.AH)
# What the kinds of exchange can decide at all; IPsec's wishes are logged before phase 1 begins and are decided in phase 2.
_PROTOCOLS: dict[ExchangeKind, tuple[Protocol, ...]] = {
    ExchangeKind.MAIN: (Protocol.IKE,),
    ExchangeKind.AGGRESSIVE: (Protocol.IKE,),
    ExchangeKind.QUICK: _CHILDREN,
    ExchangeKind.IKEV2: (Protocol.IKE, *_CHILDREN),
}
_PHASE1 = (ExchangeKind.MAIN, ExchangeKind.AGGRESSIVE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One proposal in force. Algorithms are canonical keywords, lifetimes seconds and bytes, None where the text has none;
    `against`: the policy it met, as the device calls it."""

    protocol: str
    keywords: str
    encryption: str | None
    key_bits: int | None
    integrity: str | None
    dh: str | None
    auth: str | None
    lifetime: int | None
    lifetime_bytes: int | None
    number: int | None
    against: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Spi:
    """One SPI as lower-case hex; `direction` None where the text does not tell. `damaged`: the text has lost a part of it."""

    spi: str
    direction: str | None
    damaged: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Empty tuples and None are what the text does not say."""

    proposals: tuple[Chosen, ...] = ()
    mode: str | None = None
    local_selectors: tuple[str, ...] = ()
    remote_selectors: tuple[str, ...] = ()
    local_identity: str | None = None
    remote_identity: str | None = None
    spis: tuple[Spi, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == Decided()


def decided(exchange: Exchange) -> Decided:
    """What the events of one exchange settled. A proposal that was only offered counts when the exchange was established and
    the text names no other."""
    pair = _selectors(exchange)
    ups = [event for event in exchange.events if event.kind is EventKind.ESTABLISHED and event.spis]
    return Decided(
        proposals=tuple(_proposals(exchange)),
        mode=_mode(exchange),
        local_selectors=tuple(dict.fromkeys(str(one.local) for one in pair)),
        remote_selectors=tuple(dict.fromkeys(str(one.remote) for one in pair)),
        local_identity=_identity(exchange, EventKind.IDENTITY_SENT),
        remote_identity=_identity(exchange, EventKind.IDENTITY_RECEIVED),
        spis=tuple(_spis(ups[-1])) if ups else (),
    )


def _proposals(exchange: Exchange) -> Iterator[Chosen]:
    for protocol in _PROTOCOLS.get(exchange.kind, ()):
        event = _last(exchange, _CHOSEN, protocol)
        if event is None and _is_up(exchange, protocol):
            event = _last(exchange, _WISHED, protocol)
        if event is not None:
            yield chosen(event.proposals[-1], event.source, event.detail if event.kind in _CHOSEN else None)


def _is_up(exchange: Exchange, protocol: Protocol) -> bool:
    if exchange.kind is ExchangeKind.IKEV2 and protocol is not Protocol.IKE:
        return exchange.child is Outcome.ESTABLISHED or exchange.outcome is Outcome.ESTABLISHED
    return exchange.outcome is Outcome.ESTABLISHED


def _last(exchange: Exchange, kinds: tuple[EventKind, ...], protocol: Protocol) -> LogEvent | None:
    """The last event of the first of `kinds` that there is."""
    mine = [event for event in exchange.events if event.proposals and event.proposals[-1].protocol is protocol]
    return next((event for kind in kinds for event in reversed(mine) if event.kind is kind), None)


def chosen(proposal: Proposal, source: Source | None = None, against: str | None = None) -> Chosen:
    """One proposal in plain words."""
    cipher = next(iter(proposal.of(TransformType.ENCR)), None)
    return Chosen(
        protocol=proposal.protocol.value,
        keywords=proposal.keywords,
        encryption=cipher.keyword if cipher is not None else None,
        key_bits=cipher.key_bits if cipher is not None else None,
        integrity=_keyword(proposal, TransformType.INTEG),
        dh=_keyword(proposal, TransformType.KE),
        auth=proposal.auth.value if proposal.auth is not None else None,
        lifetime=int(proposal.lifetime.total_seconds()) if proposal.lifetime is not None else None,
        lifetime_bytes=proposal.lifetime_bytes,
        number=proposal.number,
        against=against,
        line=source.first_line if source is not None else None,
    )


def _keyword(proposal: Proposal, kind: TransformType) -> str | None:
    return next((algorithm.keyword for algorithm in proposal.of(kind)), None)


def _mode(exchange: Exchange) -> str | None:
    if exchange.outcome is not Outcome.ESTABLISHED or exchange.kind in _PHASE1:
        return None
    return next((event.detail for event in reversed(exchange.events) if event.kind in _MODES and event.detail), None)


def _selectors(exchange: Exchange) -> tuple[SelectorPair, ...]:
    if exchange.kind in _PHASE1:
        return ()
    kinds = (*_SELECTED, *_PROPOSED) if exchange.outcome is Outcome.ESTABLISHED else _SELECTED
    known = (event for kind in kinds for event in reversed(exchange.events) if event.kind is kind and event.selectors)
    return next((event.selectors for event in known), ())


def _identity(exchange: Exchange, kind: EventKind) -> str | None:
    found: IkeIdentity | None = next((e.identity for e in reversed(exchange.events) if e.kind is kind and e.identity), None)
    return str(found) if found is not None else None


def _spis(event: LogEvent) -> Iterator[Spi]:
    """Inbound comes first wherever a pair is printed."""
    directions = ("in", "out") if len(event.spis) == _PAIR else (None,) * len(event.spis)
    for spi, direction in zip(event.spis, directions, strict=True):
        yield Spi(spi, direction, spi in event.damaged_spis)


def in_words(one: Decided) -> tuple[str, ...]:
    """The same as short lines for people."""
    lines = [proposal_in_words(proposal, one.mode) for proposal in one.proposals]
    if one.local_selectors or one.remote_selectors:
        lines.append(f"{', '.join(one.local_selectors)} === {', '.join(one.remote_selectors)}")
    if one.local_identity or one.remote_identity:
        lines.append(f"identities: {one.local_identity or '?'} (own), {one.remote_identity or '?'} (peer)")
    if one.spis:
        lines.append("SPIs: " + ", ".join(spi_in_words(spi) for spi in one.spis))
    return tuple(lines)


def proposal_in_words(one: Chosen, mode: str | None = None) -> str:
    """`ESP aes128-sha1, tunnel, 3600 s / 4608000 kB`."""
    words = [f"{one.protocol} {one.keywords}"]
    words += [word for word in (one.auth, mode if one.protocol != Protocol.IKE.value else None) if word]
    lifetimes = [f"{one.lifetime} s"] if one.lifetime is not None else []
    lifetimes += [f"{one.lifetime_bytes // 1024} kB"] if one.lifetime_bytes is not None else []
    return ", ".join((*words, *((" / ".join(lifetimes),) if lifetimes else ()), *((one.against,) if one.against else ())))


def spi_in_words(one: Spi) -> str:
    """`0x221a91 out (damaged in the text)`."""
    return f"0x{one.spi}{f' {one.direction}' if one.direction else ''}{' (damaged in the text)' if one.damaged else ''}"

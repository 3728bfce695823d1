"""Which proposal was chosen, and why: the responder's walk over each SA payload, offer by offer.

What a log shows is shown as it was logged; where no log shows the walk, it is replayed on the two configurations and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind, Exchange, ExchangeKind, LogEvent, Outcome
from ipsecbot.model.negotiation import Attempt, Choice, Mismatch
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.proposals import choose_child, choose_ike
from ipsecbot.negotiate.responder_rules import rules_of
from ipsecbot.report.decided import decided, proposal_in_words

MOST_TABLES = 4
MOST_ROWS = 40
_WALKED = (EventKind.TRANSFORM_REFUSED, EventKind.TRANSFORM_ACCEPTED)


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One offer against one policy of the responder. `accepted`: this is the one that was chosen."""

    offered: str
    against: str
    result: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """One SA payload as `device` walked it."""

    title: str
    device: str
    rows: tuple[ChoiceRow, ...]


def choices(tunnel: Tunnel) -> tuple[ChoiceTable, ...]:
    """The latest walk per protocol that the logs show; else the replay of the best pairing."""
    observed: dict[Protocol, ChoiceTable] = {}
    for exchange in sorted(tunnel.ladder.exchanges, key=lambda one: one.role is Role.RESPONDER):
        for table in _observed(exchange, tunnel):
            observed[table[0]] = table[1]
    if observed:
        return tuple(observed.values())[:MOST_TABLES]
    return tuple(_replayed(tunnel))


def _observed(exchange: Exchange, tunnel: Tunnel) -> Iterator[tuple[Protocol, ChoiceTable]]:
    for protocol in Protocol:
        mine = [event for event in exchange.events if event.protocol is protocol]
        rows = _walked(mine) or _computed(mine, exchange, _end(tunnel, exchange.device))
        if not any(row.accepted for row in rows):
            rows += _settled(exchange, protocol)
        if rows:
            kind = "IKE" if protocol is Protocol.IKE else protocol.value
            yield protocol, ChoiceTable(f"{kind} proposals as {exchange.device} checked them", exchange.device, tuple(rows))


def _end(tunnel: Tunnel, device: str) -> Endpoint | None:
    side = tunnel.side_of(device)
    return tunnel.end(side) if side is not None else None


def _settled(exchange: Exchange, protocol: Protocol) -> list[ChoiceRow]:
    """In IKEv1's phase 2 no line says what was accepted: that it came up says it."""
    if exchange.kind is not ExchangeKind.QUICK or exchange.outcome is not Outcome.ESTABLISHED:
        return []
    settled = decided(exchange)
    return [
        ChoiceRow(proposal_in_words(one, settled.mode), "", "accepted: the SA came up", True)
        for one in settled.proposals
        if one.protocol == protocol.value
    ]


def _walked(events: list[LogEvent]) -> list[ChoiceRow]:
    rows: dict[ChoiceRow, None] = {}
    for event in events:
        if event.kind in _WALKED and event.proposals:
            accepted = event.kind is EventKind.TRANSFORM_ACCEPTED
            result = "accepted" if accepted else _refusal(event)
            proposal = event.proposals[0]
            lifetime = f", {int(proposal.lifetime.total_seconds())} s" if proposal.lifetime is not None else ""
            rows[ChoiceRow(_words(proposal) + lifetime, event.detail or "", result, accepted)] = None
    return list(rows)[:MOST_ROWS]


def _refusal(event: LogEvent) -> str:
    what = event.attribute or "not supported"
    return f"refused: {what}" + (f" ({event.offered})" if event.offered else "")


def _computed(events: list[LogEvent], exchange: Exchange, end: Endpoint | None) -> list[ChoiceRow]:
    """charon logs both lists and the result, not the walk between them: that is replayed."""
    offered = _last(events, EventKind.OFFERED)
    configured = _last(events, EventKind.CONFIGURED)
    if not offered or not configured:
        return []
    rules = rules_of(end.device.platform if end else None)
    choose = choose_ike if offered[0].protocol is Protocol.IKE else choose_child
    return _attempts(choose(offered, configured, version=exchange.ike_version, rules=rules))


def _last(events: list[LogEvent], kind: EventKind) -> tuple[Proposal, ...]:
    return next((event.proposals for event in reversed(events) if event.kind is kind and event.proposals), ())


def _replayed(tunnel: Tunnel) -> Iterator[ChoiceTable]:
    if not tunnel.pairings:
        return
    negotiation = tunnel.pairings[0].left_initiates
    responder = tunnel.end(Side.RIGHT)
    if responder is None:
        return
    for name, choice in (("IKE", negotiation.ike), ("ESP", negotiation.child)):
        rows = _attempts(choice) if choice else []
        if rows:
            device = responder.device.name
            yield ChoiceTable(f"{name} proposals as {device} would check them (replayed)", device, tuple(rows))


def _attempts(choice: Choice) -> list[ChoiceRow]:
    return [_attempt(attempt) for attempt in choice.attempts][:MOST_ROWS]


def _attempt(attempt: Attempt) -> ChoiceRow:
    reasons = ", ".join(reason_in_words(mismatch) for mismatch in attempt.mismatches if not mismatch.late)
    return ChoiceRow(
        _words(attempt.offered), _words(attempt.configured), f"refused: {reasons}" if reasons else "accepted", not reasons
    )


def reason_in_words(mismatch: Mismatch) -> str:
    """`dh (modp2048 against modp1536)`."""
    return f"{mismatch.attribute or mismatch.aspect} ({mismatch.offered} against {mismatch.accepted})"


def _words(proposal: Proposal) -> str:
    number = f"#{proposal.number} " if proposal.number is not None else ""
    auth = f" ({proposal.auth})" if proposal.auth else ""
    return f"{number}{proposal.keywords}{auth}"

"""A tiny notation for the events of one device, and for the ladder that comes out.

[1] --> IKE_SA_INIT request 0 { SA, KE, No }      sent
[1] <-- IKE_SA_INIT response 0 { SA, KE, No }     received
[1] * established protocol=IKE                    any other event
12:00:03 …                                        a time before any of them
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import Direction, EventKind, Exchange, ExchangeType, Ladder, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

LOCAL, REMOTE = "192.0.2.1", "198.51.100.2"
_LINE = re.compile(r"(?:(\d\d:\d\d:\d\d)\s+)?(?:\[([^\]]*)\]\s+)?(-->|<--|\*)\s+(.*)")
_MESSAGE = re.compile(r"(\w+)(?: (request|response))?(?: (-?\d+))?(?: \{ (.*) \})?$")
_TYPES: dict[str, Any] = {"protocol": Protocol, "role": Role, "exchange": ExchangeType, "message_id": int, "ike_version": int}


def told(
    text: str, *, device: str = "west", remote: str | None = REMOTE, role: Role | None = None, output: str = "log", **every: Any
) -> tuple[LogEvent, ...]:
    """The events of one output of one device, one a line."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    fields = {"local": LOCAL, "remote": remote, "role": role, **every}
    return tuple(_event(line, number, device, output, fields) for number, line in enumerate(lines, 1))


def _event(line: str, number: int, device: str, output: str, fields: dict[str, Any]) -> LogEvent:
    match = _LINE.match(line)
    assert match, line
    clock, context, sign, rest = match.groups()
    at = datetime.fromisoformat(f"2026-11-21T{clock}") if clock else None
    common = dict(fields, at=at, context=context or None)
    source = Source(device, output, number, number, line)
    if sign == "*":
        kind, *words = rest.split()
        more = dict(word.split("=", 1) for word in words)
        return LogEvent(EventKind(kind), source, **(common | {key: _TYPES.get(key, str)(value) for key, value in more.items()}))
    message = _MESSAGE.match(rest)
    assert message, rest
    name, asks, ident, payloads = message.groups()
    exchange = ExchangeType(name) if name in ExchangeType.__members__ else None
    return LogEvent(
        EventKind.SENT if sign == "-->" else EventKind.RECEIVED,
        source,
        **common,
        exchange=exchange or _exchange_of(name),
        name=None if exchange else name,
        is_request=None if asks is None else asks == "request",
        message_id=int(ident) if ident else None,
        payloads=tuple(payloads.split(", ")) if payloads else (),
    )


def _exchange_of(name: str) -> ExchangeType:
    return {"MM": ExchangeType.MAIN, "AM": ExchangeType.AGGRESSIVE, "QM": ExchangeType.QUICK}[name[:2]]


def as_text(ladder: Ladder) -> str:
    """Every exchange with its messages, a line each."""
    return "\n".join(line for exchange in ladder.exchanges for line in _lines(exchange))


def _lines(exchange: Exchange) -> list[str]:
    child = f", child {exchange.child}" if exchange.child else ""
    head = f"{exchange.device} {exchange.kind} {exchange.role or 'unknown'}: {exchange.outcome} at {exchange.reached}{child}"
    rows = []
    for message in exchange.messages:
        arrow = "-->" if message.direction is Direction.SENT else "<--"
        payloads = f" {{ {', '.join(message.payloads)} }}" if message.payloads else ""
        rows.append(f"{arrow} {message.name}{payloads}{f' x{message.times}' if message.times > 1 else ''}")
    return [head, *rows]


def lines(text: str) -> str:
    """Expected text without the indentation of the test."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())

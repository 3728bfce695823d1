"""The ladder as rows: what both ends saw of each exchange, side by side.

Messages that both devices logged become one arrow; a message that only its sender logged is marked as not seen by the
other end (when that end's log covers the exchange at all), which is where a path fault shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from ipsecbot.ladder.naming import UNNAMED
from ipsecbot.ladder.vocabulary import DENIALS, WIRE
from ipsecbot.model.exchange import (
    Direction,
    EventKind,
    Exchange,
    ExchangeKind,
    ExchangeType,
    Ladder,
    LogEvent,
    Message,
    Outcome,
)
from ipsecbot.model.sa import Role

MOST_ATTEMPTS = 3
WIDTH = 46

# Events worth a line of their own under the messages: each is a decision, not a step.
DECISIONS = DENIALS | {
    EventKind.PROPOSAL_SELECTED,
    EventKind.GAVE_UP,
    EventKind.PORT_UNREACHABLE,
    EventKind.NETWORK_UNREACHABLE,
    EventKind.ESTABLISHED,
    EventKind.DELETED,
}


_PROGRESS = (EventKind.PROPOSAL_SELECTED, EventKind.ESTABLISHED)


class Arrow(StrEnum):
    RIGHTWARD = "→"
    LEFTWARD = "←"


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One row of the drawing: a message (`arrow` set), or a heading or decision (`arrow` None).

    `lost`: sent, and the other end's log, which covers this exchange, does not have it. `stopped`: the row at which a
    failed exchange ends.
    """

    text: str
    at: str = ""
    arrow: Arrow | None = None
    heading: bool = False
    lost: bool = False
    stopped: bool = False

    @property
    def note(self) -> bool:
        return self.arrow is None and not self.heading

    def as_text(self) -> str:
        """The row as one line of fixed-width text."""
        if self.heading:
            return self.text
        if self.arrow is None:
            return f"  {'✗' if self.stopped else '·'} {self.text}"
        tail = "  ✗ lost" if self.lost else "  ✗" if self.stopped else ""
        shaft = f"--> {self.text}" if self.arrow is Arrow.RIGHTWARD else f"<-- {self.text}"
        return f"  {self.at:<12} {shaft:<{WIDTH}}{tail}".rstrip()


_Sighting = tuple[Arrow, Message]


@dataclass(frozen=True, slots=True)
class _View:
    """One exchange, or the two views of it."""

    left: Exchange | None
    right: Exchange | None

    @property
    def either(self) -> Exchange:
        exchange = self.left or self.right
        if exchange is None:
            raise ValueError("a view without an exchange")
        return exchange

    @property
    def decisive(self) -> Exchange:
        """The view that knows more of how it ended: the end that refused, else either."""
        known = [exchange for exchange in (self.left, self.right) if exchange is not None]
        return next((exchange for exchange in known if exchange.outcome is Outcome.REFUSED), self.either)


def draw(ladder: Ladder, left: str, right: str) -> tuple[DrawnRow, ...]:
    """Rows for the latest attempts between two devices, oldest first; `right` may be a peer that wrote no log."""
    views = _pair(_negotiations(ladder, left), _negotiations(ladder, right))
    shown = views[-MOST_ATTEMPTS:]
    rows: list[DrawnRow] = []
    if len(views) > len(shown):
        rows.append(DrawnRow(f"… {len(views) - len(shown)} earlier negotiations not drawn", heading=True))
    for view in shown:
        rows += _rows(view, left, right)
    return tuple(rows)


def _negotiations(ladder: Ladder, device: str) -> tuple[Exchange, ...]:
    """What a device negotiated; liveness messages and deletes are drawn only where there is nothing else."""
    every = ladder.of_device(device)
    worth = tuple(exchange for exchange in every if exchange.kind is not ExchangeKind.INFORMATIONAL)
    worth = tuple(exchange for exchange in worth if exchange.messages) or worth
    return worth if any(exchange.kind is not ExchangeKind.INFORMATIONAL for exchange in ladder.exchanges) else every


def _pair(left: tuple[Exchange, ...], right: tuple[Exchange, ...]) -> list[_View]:
    """Match views of the same exchange from the newest backwards: same kind and version, opposite roles, oldest first."""
    unmatched = list(right)
    views: list[_View] = []
    for exchange in reversed(left):
        partner = next((other for other in reversed(unmatched) if _same(exchange, other)), None)
        if partner is not None:
            unmatched.remove(partner)
        views.append(_View(exchange, partner))
    views.reverse()
    alone = [_View(None, exchange) for exchange in unmatched]
    starts = [view.either.started_at for view in views + alone]
    if all(start is not None for start in starts) and len({start.tzinfo is None for start in starts if start}) == 1:
        return sorted(views + alone, key=lambda view: view.either.started_at or datetime.min)
    return alone + views


def _same(left: Exchange, right: Exchange) -> bool:
    if (left.kind, left.ike_version, _is_child(left)) != (right.kind, right.ike_version, _is_child(right)):
        return False
    ours, theirs = _message_ids(left), _message_ids(right)
    if _is_child(left) and ours and theirs and not ours & theirs:
        return False
    return left.role is None or right.role is None or left.role is not right.role


def _is_child(exchange: Exchange) -> bool:
    return any(message.name.startswith(("QM", "CREATE_CHILD_SA")) for message in exchange.messages)


def _message_ids(exchange: Exchange) -> frozenset[int]:
    """IOS prints the message ids of quick modes as signed numbers, charon as unsigned ones."""
    ids = (event.message_id for event in exchange.events if event.kind in WIRE and event.exchange in _CHILD_EXCHANGES)
    return frozenset(number % 2**32 for number in ids if number is not None)


_CHILD_EXCHANGES = (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA)


def _rows(view: _View, left: str, right: str) -> Iterator[DrawnRow]:
    yield DrawnRow(_heading(view, left, right), heading=True)
    messages = list(_messages(view))
    failed = view.either.outcome is not Outcome.ESTABLISHED
    decisions = [*_decisions(view.left), *_decisions(view.right)]
    refusals = [number for number, event in enumerate(decisions) if event.kind not in _PROGRESS]
    for number, row in enumerate(messages, 1):
        last = failed and not refusals and number == len(messages)
        yield DrawnRow(row.text, row.at, row.arrow, lost=row.lost, stopped=last)
    for number, event in enumerate(decisions):
        last = failed and number == max(refusals, default=None)
        yield DrawnRow(f"{event.source.device}: {event.source.text.strip()[:160]}", stopped=last)


def _heading(view: _View, left: str, right: str) -> str:
    exchange = view.either
    starts = left if exchange.role is (Role.INITIATOR if view.left else Role.RESPONDER) else right
    who = f", {starts} initiates" if exchange.role is not None else ""
    exchange = view.decisive
    reached = f" at {exchange.reached}" if exchange.reached and exchange.outcome is not Outcome.ESTABLISHED else ""
    name = "" if exchange.kind == "ikev2" else f" {exchange.kind} mode"
    return f"IKEv{exchange.ike_version}{name}{who}: {exchange.outcome}{reached}"


def _messages(view: _View) -> Iterator[DrawnRow]:
    left = [(_flow(message, from_left=True), message) for message in (view.left.messages if view.left else ())]
    right = [(_flow(message, from_left=False), message) for message in (view.right.messages if view.right else ())]
    both = view.left is not None and view.right is not None
    matcher = SequenceMatcher(None, [(m.name, flow) for flow, m in left], [(m.name, flow) for flow, m in right], autojunk=False)
    for tag, first, last, other_first, other_last in matcher.get_opcodes():
        if tag == "equal":
            yield from (_row(flow, message) for flow, message in left[first:last])
            continue
        yield from _differing(left[first:last], right[other_first:other_last], both=both)


def _differing(left: list[_Sighting], right: list[_Sighting], *, both: bool) -> Iterator[DrawnRow]:
    """Messages that the two logs do not name alike. One that its receiver could not name is the one its sender names."""
    for mine, theirs in ((left, right), (right, left)):
        unnamed = [flow for flow, message in theirs if message.name == UNNAMED and message.direction is Direction.RECEIVED]
        known = [flow for flow, message in mine if message.name != UNNAMED and message.direction is Direction.SENT]
        matched = [flow for flow in known if flow in unnamed]
        for flow, message in mine:
            if message.name == UNNAMED and any(other == flow and m.name != UNNAMED for other, m in theirs):
                continue
            seen = flow in matched and message.direction is Direction.SENT
            yield _row(flow, message, lost=both and message.direction is Direction.SENT and not seen)


def _flow(message: Message, *, from_left: bool) -> Arrow:
    return Arrow.RIGHTWARD if (message.direction is Direction.SENT) is from_left else Arrow.LEFTWARD


def _row(flow: Arrow, message: Message, *, lost: bool = False) -> DrawnRow:
    payloads = f" {{ {', '.join(message.payloads)} }}" if message.payloads else ""
    times = f" ×{message.times}" if message.times > 1 else ""
    at = message.at.strftime("%H:%M:%S.%f")[:12] if message.at else ""
    return DrawnRow(f"{message.name}{payloads}{times}", at, flow, lost=lost)


def _decisions(exchange: Exchange | None) -> list[LogEvent]:
    if exchange is None:
        return []
    seen: dict[tuple[EventKind, str], LogEvent] = {}
    for event in exchange.events:
        if event.kind in DECISIONS:
            seen.setdefault((event.kind, event.source.text), event)
    return list(seen.values())[-6:]

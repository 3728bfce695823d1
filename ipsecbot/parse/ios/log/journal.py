"""What the readers write down: events in order, and what was not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypedDict, Unpack

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.draft import Draft, freeze
from ipsecbot.parse.ios.log.record import Record


class Fields(TypedDict, total=False):
    """The optional fields of LogEvent."""

    context: str | None
    local: str | None
    remote: str | None
    local_port: int | None
    remote_port: int | None
    role: Role | None
    ike_version: int | None
    exchange: ExchangeType | None
    message_id: int | None
    is_request: bool | None
    name: str | None
    payloads: tuple[str, ...]
    notify: str | None
    protocol: Protocol | None
    proposals: tuple[Proposal, ...]
    selectors: tuple[SelectorPair, ...]
    identity: IkeIdentity | None
    attribute: str | None
    offered: str | None
    accepted: str | None
    spis: tuple[str, ...]
    damaged_spis: tuple[str, ...]
    detail: str | None


# A log of a million odd lines must not become a million gaps.
_MOST_SHAPES = 200
_VARIABLE = re.compile(r"0x[0-9A-Fa-f]+|\b[0-9A-F]{8,}\b|\d+")


class Journal:
    """Events of one output. An event may be amended while its story goes on; `finish` gives the final tuple.

    `saw_ike`: whether an IKE debug was among the records; then it tells better than the IPsec debug what was established.
    """

    def __init__(self, output: RawOutput, device: str) -> None:
        self.output = output
        self.device = device
        self.name = output.name
        self.saw_ike = False
        self._events: list[Draft | None] = []
        self._gaps: dict[str, tuple[Gap, int]] = {}
        self._more_gaps = 0

    def source(self, record: Record, needle: str | None = None) -> Source:
        if needle is None:
            return record.source(self.device, self.name)
        return record.source_of(needle, self.device, self.name)

    def add(self, kind: EventKind, record: Record, source: Source | None = None, **fields: Unpack[Fields]) -> int:
        """Writes an event down; the answer is its handle for `amend`, `drop` and `get`."""
        return self.keep(Draft(kind, source or self.source(record), record.at, **fields))

    def keep(self, draft: Draft) -> int:
        """Writes an event down that is made already; the answer is its handle."""
        self._events.append(draft)
        return len(self._events) - 1

    def amend(self, handle: int, kind: EventKind | None = None, **fields: Unpack[Fields]) -> None:
        event = self._events[handle]
        if event is None:
            return
        if kind is not None:
            event.kind = kind
        for name, value in fields.items():
            setattr(event, name, value)

    def drop(self, handle: int) -> None:
        self._events[handle] = None

    def get(self, handle: int) -> Draft | None:
        return self._events[handle]

    def gap(self, record: Record, why: str) -> None:
        """One gap for each shape of line; numbers and addresses do not make a new shape."""
        number, text = record.number, record.text
        shape = _VARIABLE.sub("#", f"{why} {record.tag} {record.body}")[:200]
        known = self._gaps.get(shape)
        if known is not None:
            self._gaps[shape] = (known[0], known[1] + 1)
        elif len(self._gaps) < _MOST_SHAPES:
            self._gaps[shape] = (Gap(self.device, self.output.name, why, number, text.strip()), 1)
        else:
            self._more_gaps += 1

    def finish(self) -> tuple[tuple[LogEvent, ...], tuple[Gap, ...]]:
        gaps = [
            gap if times == 1 else replace(gap, why=f"{gap.why} ({times} lines like this)")
            for gap, times in self._gaps.values()
        ]
        if self._more_gaps:
            why = f"{self._more_gaps} more lines were not understood, of other shapes than the {_MOST_SHAPES} listed"
            gaps.append(Gap(self.device, self.output.name, why))
        events = freeze(event for event in self._events if event is not None)
        self._events.clear()
        return events, tuple(gaps)

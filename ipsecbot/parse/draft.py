"""An event while its story goes on: what LogEvent says, but still to be changed.

Frozen dataclasses with 27 fields are slow to make (2.6 µs) and slower to copy with one field changed (6.5 µs), and a log
reader learns the addresses, the name and the context of a message only from later lines. So readers write drafts, and
freeze each once: `__class__` may be assigned where both classes have the same slots (Python Language Reference,
"__slots__"), and nothing is copied. tests/parse/test_draft.py holds the fields of both to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, cast
from typing import Protocol as Shape

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.selectors import SelectorPair


class Addressed(Shape):
    """What knows between which addresses a packet went."""

    @property
    def local(self) -> str | None: ...
    @property
    def remote(self) -> str | None: ...
    @property
    def local_port(self) -> int | None: ...
    @property
    def remote_port(self) -> int | None: ...


@dataclass(slots=True)
class Draft:
    """A LogEvent that may still change; the fields are LogEvent's, in its order."""

    kind: EventKind
    source: Source
    at: datetime | None = None
    context: str | None = None
    local: str | None = None
    remote: str | None = None
    local_port: int | None = None
    remote_port: int | None = None
    role: Role | None = None
    ike_version: int | None = None
    exchange: ExchangeType | None = None
    message_id: int | None = None
    is_request: bool | None = None
    name: str | None = None
    payloads: tuple[str, ...] = ()
    notify: str | None = None
    protocol: Protocol | None = None
    proposals: tuple[Proposal, ...] = ()
    selectors: tuple[SelectorPair, ...] = ()
    identity: IkeIdentity | None = None
    attribute: str | None = None
    offered: str | None = None
    accepted: str | None = None
    spis: tuple[str, ...] = ()
    detail: str | None = None
    damaged_spis: tuple[str, ...] = ()

    def copy(self) -> Draft:
        """Another draft that says the same."""
        return Draft(*_VALUES(self))

    def said(self) -> tuple[Any, ...]:
        """The values of all fields behind the context, in order."""
        return _SAID(self)

    def at_addresses_of(self, packet: Addressed) -> None:
        """Between the addresses of that packet."""
        self.local, self.remote = packet.local, packet.remote
        self.local_port, self.remote_port = packet.local_port, packet.remote_port


_VALUES = attrgetter(*(one.name for one in fields(Draft)))
_SAID: Callable[[Draft], tuple[Any, ...]] = attrgetter(*(one.name for one in fields(Draft)[4:]))


def freeze(drafts: Iterable[Draft]) -> tuple[LogEvent, ...]:
    """The events, for good: these very objects, which from now on are LogEvents and can no longer be changed."""
    events = tuple(drafts)
    for event in events:
        event.__class__ = LogEvent  # type: ignore[assignment]  # the same slots
    return cast(tuple[LogEvent, ...], events)


@dataclass(slots=True)
class _SourceDraft:
    device: str
    output: str
    first_line: int
    last_line: int
    text: str


def source_at(device: str, output: str, first_line: int, last_line: int, text: str) -> Source:
    """A Source, made in a quarter of the time."""
    made = _SourceDraft(device, output, first_line, last_line, text)
    made.__class__ = Source  # type: ignore[assignment]  # the same slots
    return made  # type: ignore[return-value]  # it is one now

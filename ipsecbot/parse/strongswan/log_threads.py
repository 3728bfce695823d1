"""What is known of the message that a thread of charon is at, while its lines pass by."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.selectors import TrafficSelector


@dataclass(slots=True)
class Thread:
    """What is known of the message that one thread of charon is at."""

    unique: str | None = None
    alias: str | None = None  # the new SA's number, while the lines still print that of the SA it replaces
    local: str | None = None
    remote: str | None = None
    exchange: ExchangeType | None = None
    version: int | None = None
    pending: int | None = None  # index of the event whose packet line is still to come (sent) or to be read (received)
    kinds: set[EventKind] = field(default_factory=set)
    notifies: dict[str, int] = field(default_factory=dict)
    repeating: bool = False  # the next packet sent is an old answer once more
    listing: str | None = None
    listed: dict[str, list[TrafficSelector]] = field(default_factory=dict)

"""What a router says about itself that decides whether a debug may run: debugging, load, logging, who is logged in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ipsecbot.model.evidence import Source


@dataclass(frozen=True, slots=True)
class DebugFlag:
    """One kind of debugging that is on. `text` as printed (`Crypto ISAKMP debugging is on`), `subsystem` its heading."""

    text: str
    subsystem: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DebugCondition:
    """One condition that limits debugging. `kind` as printed (`IKE peer IP address`), `value` an address, interface, …"""

    kind: str | None
    value: str
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DebugState:
    """Everything that is on. Nothing on: both tuples are empty (and there were no gaps: an unknown line may be a debug).

    `crypto_condition`: whether conditional crypto debugging is turned on; None when the output does not speak of it.
    """

    flags: tuple[DebugFlag, ...]
    conditions: tuple[DebugCondition, ...] = ()
    crypto_condition: bool | None = None

    @property
    def quiet(self) -> bool:
        return not self.flags and not self.conditions and not self.crypto_condition


@dataclass(frozen=True, slots=True)
class CpuLoad:
    """Load in percent; `interrupt` is the part of the five seconds spent in interrupts."""

    five_seconds: int
    one_minute: int
    five_minutes: int
    interrupt: int | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LoggingState:
    """Where messages go. A level is the word printed (`debugging`, `informational`, …), `disabled` when that way is shut,
    None when nothing was printed about it.

    `buffer_bytes`: size of the log buffer. `rate_limited`: messages dropped by `logging rate-limit` so far; `rate_limit`: the
    limit itself where the release prints it. `first_log_line`: the line (from 1) at which the buffer's messages begin.
    """

    enabled: bool | None
    console_level: str | None
    monitor_level: str | None
    buffer_level: str | None
    buffer_bytes: int | None = None
    dropped: int | None = None
    rate_limited: int | None = None
    rate_limit: str | None = None
    first_log_line: int | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class VtyLine:
    """One terminal line in use. `kind` is con, aux, tty, vty or lpt; `index` as printed (`0`, `0/0/1`). `current`: the session
    that asked. `idle` None: not understood."""

    number: int
    kind: str
    index: str
    current: bool
    user: str | None = None
    idle: timedelta | None = None
    location: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RouterVersion:
    """`release` as printed (`15.7(3)M8`, `17.3.4a`); `xe_release` of IOS-XE; `image` the feature set in brackets."""

    release: str
    xe_release: str | None = None
    image: str | None = None
    software: str | None = None
    hostname: str | None = None
    uptime: timedelta | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class InterfaceAddress:
    """One interface. `address` None: unassigned. `up`: line status and protocol are both up."""

    interface: str
    address: str | None
    status: str
    up: bool
    source: Source | None = field(default=None, compare=False, repr=False)

"""What a debug needs from the outside, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from ipsecbot.model.router import CpuLoad, DebugState, LoggingState, VtyLine
from ipsecbot.model.snapshot import Gap, RawOutput

T_co = TypeVar("T_co", covariant=True)


class Reply(Protocol):
    """The answer to one command, without secrets. `refusal` None: the device did it."""

    @property
    def command(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def refusal(self) -> str | None: ...


class Line(Protocol):
    """One login on a router. Every method may raise the leaves of errors.DeviceError."""

    @property
    def device(self) -> str: ...

    def ask(self, name: str, **values: str | int) -> Reply:
        """One command of the table of commands, by its name there."""

    def monitor(self, limit: timedelta, stop: Callable[[], bool]) -> Iterator[str]:
        """`terminal monitor`, then what the router writes: whole lines without secrets, '' when nothing came for a moment."""

    def close(self) -> None: ...


class Reading(Protocol[T_co]):
    """What a reader of parse/ returns."""

    @property
    def value(self) -> T_co: ...

    @property
    def gaps(self) -> tuple[Gap, ...]: ...


@dataclass(frozen=True, slots=True)
class Readers:
    """parse.ios.state: read_debugging, read_cpu, read_logging, read_users."""

    debugging: Callable[[RawOutput, str], Reading[DebugState]]
    cpu: Callable[[RawOutput, str], Reading[CpuLoad | None]]
    logging: Callable[[RawOutput, str], Reading[LoggingState | None]]
    users: Callable[[RawOutput, str], Reading[tuple[VtyLine, ...]]]


class StoppedBy(StrEnum):
    """Why the watching ended. SETTLED: the text had told its story."""

    SETTLED = "settled"
    TIME = "time"
    SESSION_LOST = "session-lost"


@dataclass(frozen=True, slots=True)
class TimedDebug:
    """What a debug brought.

    `armed`: the commands that were sent to switch something on. `proved_off`: the device itself says that nothing of ours is
    on any more; `disarmed_proof` is what it said (None: it could not be asked). `notes` are sentences for the report.
    """

    outputs: tuple[RawOutput, ...]
    armed: tuple[str, ...]
    disarmed_proof: RawOutput | None
    proved_off: bool
    stopped_by: StoppedBy
    notes: tuple[str, ...] = ()

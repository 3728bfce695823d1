"""Where a fact was read, what was concluded from it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of one output of one device; lines count from 1, `text` is the first of them as it stood."""

    device: str
    output: str
    first_line: int
    last_line: int
    text: str = field(default="", compare=False)


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class Change(StrEnum):
    """Which side has to change something (`change` in the JSON)."""

    LEFT = "left"
    RIGHT = "right"
    EITHER = "either"
    BOTH = "both"
    PATH = "path"


class Phase(StrEnum):
    NONE = "none"
    REACHABILITY = "reachability"
    IKE = "ike"
    CHILD = "child"
    DATA = "data"
    LIFECYCLE = "lifecycle"
    PLATFORM = "platform"


class Verdict(StrEnum):
    """What the engine makes of one rule."""

    FOUND = "found"
    CLEARED = "cleared"
    UNKNOWN = "unknown"


class Verification(StrEnum):
    SIMULATED = "simulated"
    NOT_VERIFIED = "not-verified"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Lines to type on one device, in its own syntax, and why. Nothing here is ever applied by the program. `shared_with`: the
    other connections of that device that use the same policy or transform set, and so change with it."""

    device: str
    platform: str
    lines: tuple[str, ...]
    why: str
    verified: Verification = Verification.NOT_VERIFIED
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause with its proof. `confidence` is between 0 and 1. `only_from`: the tunnel is one-way: it comes up when this
    side starts it, and the cause stops it when the other does."""

    cause: str
    verdict: Verdict
    confidence: float
    headline: str
    evidence: tuple[Source, ...]
    attribute: str | None = None
    change: Change | None = None
    offered: str | None = None
    accepted: str | None = None
    remedies: tuple[Remedy, ...] = ()
    only_from: Side | None = None

    def __bool__(self) -> bool:
        raise TypeError("a Finding is not a truth value: look at its verdict")


@dataclass(frozen=True, slots=True)
class Missing:
    """What to collect next, on which device, and what it would settle."""

    device: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A choice in a configuration that stops nothing by itself and deserves a second look; `topic` is short and stable,
    `reference` the document and section that says so."""

    device: str
    topic: str
    headline: str
    why: str
    evidence: tuple[Source, ...]
    reference: str = ""


class Conclusion(StrEnum):
    HEALTHY = "healthy"
    FAULT = "fault"
    UNDETERMINED = "undetermined"

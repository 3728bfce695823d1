"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from ipsecbot.model.connection import Connection
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.snapshot import Gap

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T_co]):
    """What was understood, and each line that was not."""

    value: T_co
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class EndConfig:
    """What one end's configuration says. `addresses`: the addresses this end owns, as configured."""

    connections: tuple[Connection, ...]
    keys: tuple[SharedKey, ...]
    addresses: tuple[str, ...] = ()

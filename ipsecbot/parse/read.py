"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.supplies import AddressPool, Authority
from ipsecbot.model.surroundings import Surroundings

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T_co]):
    """What was understood, and each line that was not.

    `answered` is False when the device refused the command (or nothing here reads it): an empty `value` then means
    "not known", not "known to be none".
    """

    value: T_co
    gaps: tuple[Gap, ...] = ()
    answered: bool = True


@dataclass(frozen=True, slots=True)
class EndConfig:
    """What one end's configuration says. `keys` None: nothing that would hold them was read; `()`: it was, and holds none.
    `addresses`: the addresses this end owns, as configured. `ike_disabled`: the line that switches IKE off altogether."""

    connections: tuple[Connection, ...]
    keys: tuple[SharedKey, ...] | None
    addresses: tuple[str, ...] = ()
    ike_disabled: Source | None = None
    around: Surroundings | None = field(default=None, compare=False)
    pools: tuple[AddressPool, ...] = ()
    authorities: tuple[Authority, ...] = ()

"""Who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Platform(StrEnum):
    CISCO_IOS = "cisco_ios"
    STRONGSWAN = "strongswan"
    LIBRESWAN = "libreswan"  # pluto, also Openswan's: read from text, never asked over SSH


@dataclass(frozen=True, slots=True)
class Device:
    """One router or host. `address` is where its management SSH listens; None for pasted text."""

    name: str
    platform: Platform | None
    address: str | None = None
    port: int = 22
    groups: tuple[str, ...] = ()

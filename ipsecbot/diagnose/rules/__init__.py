"""One function per way to recognise one cause, one module per family. A new cause is a function here, and a test."""

from __future__ import annotations

from types import ModuleType

from ipsecbot.diagnose.registry import Rule
from ipsecbot.diagnose.rules import (
    address,
    around,
    auth,
    certificate,
    child,
    configured_path,
    connection,
    data,
    defects,
    encapsulation,
    filtered,
    forward_secrecy,
    fragments,
    given_up,
    health,
    idle,
    lifecycle,
    path,
    platform,
    proposal,
    unrouted,
)

FAMILIES: tuple[ModuleType, ...] = (
    health,
    platform,
    path,
    address,
    idle,
    connection,
    proposal,
    auth,
    certificate,
    child,
    forward_secrecy,
    encapsulation,
    given_up,
    data,
    around,
    filtered,
    configured_path,
    unrouted,
    fragments,
    lifecycle,
    defects,
)


def every_rule() -> tuple[Rule, ...]:
    """All rules, in the order of IKE's way from configuration to data."""
    return tuple(value for family in FAMILIES for value in vars(family).values() if isinstance(value, Rule))

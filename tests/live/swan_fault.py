"""What a live fault is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ipsecbot.lab.strongswan.hostconfig import HostConfig
from ipsecbot.lab.strongswan.path import PathFault


class Trigger(StrEnum):
    """What is done to the pair before it is diagnosed."""

    NONE = "none"
    INITIATE = "initiate"
    INITIATE_AND_REKEY = "initiate-and-rekey"


@dataclass(frozen=True)
class Fault:
    """`change` None: several answers are right. `attribute` None: there is none to name."""

    name: str
    left: HostConfig
    right: HostConfig
    cause: str
    attribute: str | None = None
    change: str | None = None
    initiator: str = "left"
    child: str = "net"
    trigger: Trigger = Trigger.INITIATE
    path: PathFault = field(default_factory=PathFault)

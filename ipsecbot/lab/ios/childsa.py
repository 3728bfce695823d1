"""One pair of IPsec SAs as a router keeps it, and the counters of its flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow, Proxy


@dataclass(slots=True)
class ChildSa:
    """`spi_in` is what this router chose. `conn` numbers the inbound SA, conn + 1 the outbound one."""

    flow: Flow
    peer: str
    spi_in: int
    spi_out: int
    transform: TransformSet
    transport: bool
    udp: bool
    initiator: bool
    version: int
    pfs: int | None
    conn: int
    created: datetime
    lifetime: int
    ike: int


@dataclass(slots=True)
class FlowState:
    """What `show crypto ipsec sa` prints of one pair of proxies. `send_errors`: packets dropped for want of an SA."""

    flow: Flow
    encaps: int = 0
    decaps: int = 0
    send_errors: int = 0
    recv_errors: int = 0
    sas: list[ChildSa] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, Proxy, Proxy]:
        return self.flow.interface, self.flow.local, self.flow.remote


@dataclass(frozen=True, slots=True)
class Esp:
    """One protected packet on the path: what it carries is simulated, not encrypted. `probe` names the ping it belongs to."""

    spi: int
    source: str
    destination: str
    probe: int
    reply: bool

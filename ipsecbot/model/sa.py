"""What one end says exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair


class Role(StrEnum):
    INITIATOR = "initiator"
    RESPONDER = "responder"


class SaState(StrEnum):
    """NEGOTIATING: created, not usable yet. ESTABLISHED: usable. REKEYING counts as usable. DELETED: still listed, gone.
    ABSENT: a flow or session is listed that has no SA at all."""

    NEGOTIATING = "negotiating"
    ESTABLISHED = "established"
    REKEYING = "rekeying"
    DELETED = "deleted"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class IkeSa:
    """One IKE SA. `vendor_state` is the state word as printed (`QM_IDLE`, `ESTABLISHED`)."""

    version: int | None
    state: SaState
    vendor_state: str
    local: str | None = None
    remote: str | None = None
    local_port: int | None = None
    remote_port: int | None = None
    role: Role | None = None
    connection: str | None = None
    identifier: str | None = None
    local_spi: str | None = None
    remote_spi: str | None = None
    local_id: str | None = None
    remote_id: str | None = None
    proposal: Proposal | None = None
    age: timedelta | None = None
    expires_in: timedelta | None = None
    nat_detected: bool | None = None
    vrf: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Counters:
    """Packet and byte counters of one CHILD_SA or flow, from this end. None: not printed."""

    packets_in: int | None = None
    packets_out: int | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    send_errors: int | None = None
    receive_errors: int | None = None
    verify_failed: int | None = None
    replay_failed: int | None = None
    invalid_spi: int | None = None
    invalid_identity: int | None = None


@dataclass(frozen=True, slots=True)
class ChildSa:
    """One CHILD_SA, or one configured flow without any (`state` ABSENT, SPIs None). SPIs are lower-case hex without 0x."""

    state: SaState
    protocol: Protocol | None = None
    selectors: tuple[SelectorPair, ...] = ()
    local: str | None = None
    remote: str | None = None
    spi_in: str | None = None
    spi_out: str | None = None
    mode: EncapsulationMode | None = None
    udp_encapsulated: bool | None = None
    proposal: Proposal | None = None
    pfs_group: str | None = None
    counters: Counters = Counters()
    expires_in: timedelta | None = None
    age: timedelta | None = None
    path_mtu: int | None = None
    interface: str | None = None
    connection: str | None = None
    vendor_state: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    name: str | None = None  # of the ChildPolicy it was made from, where the vendor names those
    damaged_spis: tuple[str, ...] = ()  # those of which the text has lost a part

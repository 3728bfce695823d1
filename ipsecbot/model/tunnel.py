"""All that is known of one end, and of both."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.connection import Connection
from ipsecbot.model.daemon import DaemonSetting
from ipsecbot.model.device import Device
from ipsecbot.model.evidence import Caution, Conclusion, Finding, Missing, Phase, Side, Source
from ipsecbot.model.exchange import Ladder, LogEvent
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.model.sa import ChildSa, IkeSa
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """All that is known of one end. `None` is "not known", `()` is "known to be none".

    `addresses`: every address this end is known to own (inventory, interfaces, configuration). `failure` is set when the
    device could not be asked. `ike_running`: whether an IKE daemon was seen alive (False: seen to be down or disabled).
    `pings`: (destination, sent, received) of every ping seen. `watched`: the names of the outputs that were said while the
    tunnel was watched: what they tell is newer than every configuration read. `around`: what decides about packets beside it.
    """

    device: Device
    addresses: tuple[str, ...] = ()
    connections: tuple[Connection, ...] | None = None
    keys: tuple[SharedKey, ...] | None = None
    ike_sas: tuple[IkeSa, ...] | None = None
    child_sas: tuple[ChildSa, ...] | None = None
    events: tuple[LogEvent, ...] | None = None
    ike_running: bool | None = None
    ike_running_source: Source | None = None
    pings: tuple[tuple[str, int, int, Source], ...] = ()
    gaps: tuple[Gap, ...] = ()
    failure: str | None = None
    failure_kind: str | None = None
    watched: tuple[str, ...] = ()
    around: Surroundings = field(default_factory=Surroundings)
    settings: tuple[DaemonSetting, ...] = ()  # of the IKE daemon itself


@dataclass(frozen=True, slots=True)
class Pairing:
    """One connection of the left end with the one of the right end it belongs to, and the replay in both directions."""

    left: Connection
    right: Connection
    left_initiates: Negotiation
    right_initiates: Negotiation


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Both ends of one tunnel as far as they could be seen. A third-party peer that cannot be asked is `right=None`;
    `right_address` is then what the left end calls it. `observed`: the tunnel was watched while it was triggered."""

    name: str
    left: Endpoint
    right: Endpoint | None
    left_address: str | None = None
    right_address: str | None = None
    ladder: Ladder = field(default_factory=Ladder)
    pairings: tuple[Pairing, ...] | None = None
    triggered: bool = False

    def end(self, side: Side) -> Endpoint | None:
        return self.left if side is Side.LEFT else self.right

    def side_of(self, device: str) -> Side | None:
        if device == self.left.device.name:
            return Side.LEFT
        return Side.RIGHT if self.right is not None and device == self.right.device.name else None


@dataclass(frozen=True, slots=True)
class Related:
    """The configuration lines of `device` that decide `message`; `commands` show them where they were not read."""

    device: str
    message: str
    lines: tuple[Source, ...]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer. `findings` are ranked, best first; `cause` is None when undetermined. What the JSON says is built
    from this alone (report/json.py)."""

    tunnel: Tunnel
    conclusion: Conclusion
    cause: str | None
    attribute: str | None
    phase: Phase | None
    confidence: float
    headline: str
    findings: tuple[Finding, ...] = ()
    missing: tuple[Missing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()  # what was done on the way: debug armed and proved off, triggers, warnings
    related: tuple[Related, ...] = ()
    cautions: tuple[Caution, ...] = ()  # what works and is better changed
    bystanders: tuple[Endpoint, ...] = ()  # devices in the text that are no end of this tunnel

"""Two ends' configurations set against each other, tunnel by tunnel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Caution, Finding, Side
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.tunnel import Endpoint, Pairing, Tunnel


class Agreement(StrEnum):
    """What the two configurations of one tunnel come to, the gravest first. FAULTY: they agree, and one of them cannot work
    whatever the other says. LATE: it comes up and fails at the first rekey. UNDECIDED: nothing differs, but something could
    not be compared."""

    MISMATCHED = "mismatched"
    FAULTY = "faulty"
    ONE_WAY = "one-way"
    LATE = "fails-at-rekey"
    UNDECIDED = "undecided"
    AGREES = "agrees"


class Bond(StrEnum):
    """Why two connections are taken for the two ends of one tunnel."""

    ADDRESSES = "addresses"
    IDENTITIES = "identities"
    SELECTORS = "selectors"
    NAME = "name"
    NOTHING_ELSE = "nothing else is left"


@dataclass(frozen=True, slots=True)
class Placed:
    """One connection of one device of one side."""

    side: Side
    end: Endpoint
    connection: Connection


@dataclass(frozen=True, slots=True)
class Match:
    """Two connections that belong together. `tunnel` holds these two alone, and as `pairings` their replay in both directions.
    `rivals`: connections that would fit one of the two just as well."""

    left: Placed
    right: Placed
    tunnel: Tunnel
    bonds: tuple[Bond, ...]
    rivals: tuple[Placed, ...] = ()

    @property
    def pairing(self) -> Pairing:
        assert self.tunnel.pairings  # a match is made of one
        return self.tunnel.pairings[0]

    def replay(self, initiator: Side) -> Negotiation:
        return self.pairing.left_initiates if initiator is Side.LEFT else self.pairing.right_initiates


@dataclass(frozen=True, slots=True)
class ComparedTunnel:
    """`starts`: the sides that can start a negotiation at all (one that waits for any peer cannot); `comes_up_from`: those of
    them from which the CHILD_SA comes up. `unknown`: what could not be compared, in words."""

    match: Match
    agreement: Agreement
    starts: tuple[Side, ...]
    comes_up_from: tuple[Side, ...]
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it, the tunnels with the gravest disagreement first. `left_name`, `right_name`: as they were asked for."""

    left_name: str
    right_name: str
    left: tuple[Endpoint, ...]
    right: tuple[Endpoint, ...]
    tunnels: tuple[ComparedTunnel, ...]
    unpaired: tuple[Placed, ...] = ()
    cautions: tuple[Caution, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()

    def count(self, agreement: Agreement) -> int:
        return sum(one.agreement is agreement for one in self.tunnels)

    def unpaired_of(self, side: Side) -> tuple[Placed, ...]:
        return tuple(one for one in self.unpaired if one.side is side)

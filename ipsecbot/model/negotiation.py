"""What IKE would decide on two configurations, with the reasons (computed in negotiate/)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.selectors import SelectorPair


class Aspect(StrEnum):
    """What was compared; one aspect leads to one cause of faults.yaml."""

    ADDRESS = "address"
    VERSION = "version"
    EXCHANGE_MODE = "exchange-mode"
    IKE_PROPOSAL = "ike-proposal"
    AUTH_METHOD = "auth-method"
    IDENTITY = "identity"
    KEY = "key"
    KEY_MISSING = "key-missing"
    CHILD_PROPOSAL = "child-proposal"
    PFS = "pfs"
    SELECTORS = "selectors"
    ENCAPSULATION = "encapsulation"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why something was refused, in the words of both ends. `attribute`: encryption, integrity, prf, dh, auth,
    lifetime, esn, protocol, … `at_fault`: the only end that can be wrong (a missing key), None when either could change.
    `late`: bites only at the first rekey (IKEv2 PFS). `offered_by`: the side that `offered` belongs to, where it is known:
    mostly the initiator, but an identity or key can also be the responder's."""

    aspect: Aspect
    attribute: str | None
    offered: str
    accepted: str
    initiator: Source | None = None
    responder: Source | None = None
    at_fault: Side | None = None
    late: bool = False
    offered_by: Side | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One offered proposal against one configured one; no mismatches means it matched."""

    offered: Proposal
    configured: Proposal
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The responder's walk over one SA payload. `nearest` is the attempt with the fewest mismatches when none matched."""

    selected: Proposal | None
    attempts: tuple[Attempt, ...]
    nearest: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The replay of one attempt: `initiator` says which side starts. `mismatches` come in the order in which IKE would
    stumble over them: the first one is where it stops; a `late` one does not stop it. `unknown` lists what could not be
    decided, in words, because a configuration does not say. `selectors`: what is agreed, as the initiator writes it."""

    initiator: Side
    left: Connection
    right: Connection
    ike_version: int | None
    ike: Choice | None
    child: Choice | None
    left_child: ChildPolicy | None
    right_child: ChildPolicy | None
    selectors: tuple[SelectorPair, ...]
    mismatches: tuple[Mismatch, ...]
    unknown: tuple[str, ...] = ()

    @property
    def blocking(self) -> tuple[Mismatch, ...]:
        return tuple(mismatch for mismatch in self.mismatches if not mismatch.late)

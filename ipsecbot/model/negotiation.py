"""What IKE would decide on two configurations, with the reasons (computed in negotiate/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity
from ipsecbot.model.proposal import Algorithm, Proposal
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
    CHILDLESS = "childless"  # whether an IKE_SA may, or has to, come up without a CHILD_SA (RFC 6023)


CHILD_ASPECTS = frozenset((Aspect.CHILD_PROPOSAL, Aspect.PFS, Aspect.SELECTORS, Aspect.ENCAPSULATION))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why something was refused, in the words of both ends. `attribute`: encryption, integrity, prf, dh, auth,
    lifetime, esn, protocol, … `at_fault`: the only end that can be wrong (a missing key), None when either could change.
    `late`: bites only at the first rekey (IKEv2 PFS). `offered_by`: the side that `offered` belongs to, where it is known:
    mostly the initiator, but an identity or key can also be the responder's. `refused_by`: the end that says no, where it is
    another than the one to which `offered` was sent. `step`: of the proofs, when it shows: 1 the initiator makes its own, 2
    the responder looks at it, 3 the responder makes its own, 4 the initiator looks at that."""

    aspect: Aspect
    attribute: str | None
    offered: str
    accepted: str
    initiator: Source | None = None
    responder: Source | None = None
    at_fault: Side | None = None
    late: bool = False
    offered_by: Side | None = None
    refused_by: Side | None = field(default=None, compare=False)
    step: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One offered proposal against one configured one; no mismatches means it matched."""

    offered: Proposal
    configured: Proposal
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The responder's walk over one SA payload. `nearest` is the attempt with the fewest mismatches when none matched.
    `asked_group` (IKEv2): the key exchange method that the responder asks for with INVALID_KE_PAYLOAD, because the initiator
    guessed another one; it comes back with that, so that it is no refusal (RFC 7296 section 1.2)."""

    selected: Proposal | None
    attempts: tuple[Attempt, ...]
    nearest: Attempt | None = None
    asked_group: Algorithm | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """How one end proves itself to the other. `methods`: what it would use, `accepted`: what the other end takes (one each
    mostly; empty: not known). `sent`: the identity it sends, None when not known; `expected`: what the other end expects of
    it, empty when it takes any. In IKEv1 both directions use one method."""

    prover: Side
    methods: tuple[AuthMethod, ...]
    accepted: tuple[AuthMethod, ...]
    sent: IkeIdentity | None
    expected: tuple[IkeIdentity, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the wire shows of the first thing that stops it: which side refuses, and the notify it sends (the name of RFC 7296
    section 3.10.1 or RFC 2408 section 3.14.1); None where it says nothing and the other end waits in vain."""

    by: Side
    notify: str | None


@dataclass(frozen=True, slots=True)
class Rekeying:
    """When each end would replace an SA, counted from its birth; None: not known, zero: never. `first`: the side that does,
    None when neither does, when it is not known, or when both would at the same time (`together`)."""

    left: timedelta | None
    right: timedelta | None
    first: Side | None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What keeps the IKE_SA going. `encapsulated`: ESP goes in UDP 4500 even without a NAT on the path, because an end makes
    believe in one (the sides that do are `encapsulates`); None: a setting is not known. `traverses`: whether both ends know
    how to get through a NAT. `probes`: the sides that look after a silent peer."""

    encapsulated: bool | None
    traverses: bool | None
    encapsulates: tuple[Side, ...] = ()
    probes: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildNegotiation:
    """One child of the initiator against the child of the responder it belongs to (None: there is none). `mode`: what is
    agreed. `rekey_choice` (IKEv2): what a CREATE_CHILD_SA chooses, which has a key exchange: at every rekey, and for all
    children of an IKE_SA but the first. The fields that `Negotiation` has too mean the same here, for this child alone."""

    left_child: ChildPolicy | None
    right_child: ChildPolicy | None
    choice: Choice | None
    selectors: tuple[SelectorPair, ...]
    mode: EncapsulationMode | None
    mismatches: tuple[Mismatch, ...]
    unknown: tuple[str, ...] = ()
    refusal: Refusal | None = None
    rekeying: Rekeying | None = None
    rekey_choice: Choice | None = None

    @property
    def blocking(self) -> tuple[Mismatch, ...]:
        return tuple(mismatch for mismatch in self.mismatches if not mismatch.late)


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The replay of one attempt: `initiator` says which side starts. `mismatches` come in the order in which IKE would
    stumble over them: the first one is where it stops; a `late` one does not stop it. `unknown` lists what could not be
    decided, in words, because a configuration does not say. `selectors`: what is agreed, as the initiator writes it.

    `children`: every child of the initiator, in its order; `child`, `left_child`, `right_child`, `selectors` and the child
    part of `mismatches` are those of the one that fails first (else the first). `proofs`: the initiator's, then the
    responder's; empty when the version already differs. `cannot_start`, in words: why this end never sends a first message
    (it knows no address of its peer); then the rest tells what would come of it. `refusal`: of the IKE_SA."""

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
    children: tuple[ChildNegotiation, ...] = ()
    proofs: tuple[Proof, ...] = ()
    refusal: Refusal | None = None
    rekeying: Rekeying | None = None
    cannot_start: str | None = None
    upkeep: Upkeep | None = None

    @property
    def ike_blocking(self) -> tuple[Mismatch, ...]:
        """What stops the IKE_SA itself; without any, it comes up even where a child is refused."""
        return tuple(mismatch for mismatch in self.blocking if mismatch.aspect not in CHILD_ASPECTS)

    @property
    def blocking(self) -> tuple[Mismatch, ...]:
        return tuple(mismatch for mismatch in self.mismatches if not mismatch.late)

"""The finer wishes of a configuration: rounds of authentication, limits of an SA, and options that change a negotiation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity


class Uniqueness(StrEnum):
    """What becomes of an older IKE_SA of the same two identities: `never`: not even looked for, not even on INITIAL_CONTACT."""

    NEVER = "never"
    NO = "no"
    REPLACE = "replace"
    KEEP = "keep"


class Fragmentation(StrEnum):
    """IKE fragmentation (RFC 7383): `accept`: not announced; `force` (IKEv1 only): from the first message on."""

    NO = "no"
    ACCEPT = "accept"
    YES = "yes"
    FORCE = "force"


class Childless(StrEnum):
    """Whether an IKE_SA may come up without a CHILD_SA (RFC 6023)."""

    ALLOW = "allow"
    NEVER = "never"
    FORCE = "force"
    PREFER = "prefer"


class CertificateSending(StrEnum):
    IF_ASKED = "if-asked"
    ALWAYS = "always"
    NEVER = "never"


class Revocation(StrEnum):
    """How much must be known about a certificate's revocation; `relaxed`: only a revoked one is refused."""

    STRICT = "strict"
    IF_URI = "if-uri"
    RELAXED = "relaxed"


@dataclass(frozen=True, slots=True)
class AuthRound:
    """One round of authentication of one end (RFC 4739), in the order they are done.

    `method` None: any (or not known). `eap_type`: `mschapv2`, `tls`, … or None for whatever the other end starts; `xauth`: the
    back end. `constraints`: what is asked of the keys and signatures, as written (`rsa-2048-sha256`). `certificates`: those of
    this round (or of the other end, pinned); `authorities`: CA certificates that must have signed; `authority`: the subject of
    one. `loose`: the other end may present another identity if its certificate holds this one.
    """

    method: AuthMethod | None
    identity: IkeIdentity | None = None
    name: str | None = field(default=None, compare=False)
    eap_type: str | None = None
    xauth: str | None = None
    constraints: str | None = None
    eap_identity: IkeIdentity | None = None
    aaa_identity: IkeIdentity | None = None
    xauth_identity: IkeIdentity | None = None
    groups: tuple[IkeIdentity, ...] = ()
    certificates: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    authority: IkeIdentity | None = None
    policies: tuple[str, ...] = ()
    revocation: Revocation = Revocation.RELAXED
    loose: bool = False
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IkeTimes:
    """When an IKE_SA is renewed: by rekeying (IKEv2) or by authenticating again; zero: not at all. `over`: how long after
    either it is deleted; `spread`: up to how much earlier either starts, by chance. `dpd_timeout` counts in IKEv1 only."""

    rekey: timedelta
    reauthentication: timedelta
    over: timedelta
    spread: timedelta
    dpd_timeout: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class IkeOptions:
    """What else an end wishes of an IKE_SA. `tries` 0: for ever. `pulls` (IKEv1): asks for its virtual IP instead of having it
    pushed. `ppk_identity`/`ppk_required`: RFC 8784. `answers_aggressive_psk`: False where the daemon refuses aggressive mode
    with a pre-shared key, whatever its connections want."""

    local_port: int = 500
    remote_port: int = 500
    mobike: bool = True
    pulls: bool = True
    fragmentation: Fragmentation = Fragmentation.YES
    childless: Childless = Childless.ALLOW
    unique: Uniqueness = Uniqueness.NO
    asks_certificates: bool = True
    sends_certificates: CertificateSending = CertificateSending.IF_ASKED
    tries: int = 1
    dscp: int = 0
    ppk_identity: IkeIdentity | None = None
    ppk_required: bool = False
    answers_aggressive_psk: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """How long one CHILD_SA lasts by one measure (seconds, bytes or packets): rekeyed at `rekey`, less up to `spread` by
    chance, gone at `expiry`; 0: never by this measure."""

    rekey: int = 0
    expiry: int = 0
    spread: int = 0


class SaAction(StrEnum):
    """What follows when a CHILD_SA is lost (dead peer) or closed by the other end."""

    NONE = "none"
    TRAP = "trap"
    START = "start"
    TRAP_AND_START = "trap|start"


@dataclass(frozen=True, slots=True)
class ChildOptions:
    """What else an end wishes of a CHILD_SA. `compression`: IPComp. `short_sha256`: HMAC-SHA-256 is cut to 96 bit as old
    kernels did, so packets of the other end fail. `padding` -1: up to the MTU.
    `replay_window` None: the daemon's default."""

    compression: bool = False
    on_dead_peer: SaAction = SaAction.NONE
    on_close: SaAction = SaAction.NONE
    inactivity: timedelta = timedelta(0)
    short_sha256: bool = False
    label: str | None = None
    padding: int = 0
    replay_window: int | None = None
    installs_policies: bool = True
    request_id: int = 0

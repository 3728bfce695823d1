"""IKEv1 messages between emulated routers: what RFC 2408/2409 would encrypt is carried in clear, together with the key it
was (simulated to be) made with, so that a receiver with another key can be made to see garbage."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Proxy


@dataclass(frozen=True, slots=True)
class P1Transform:
    """One ISAKMP transform; `lifetime` in seconds, `bits` 0 where the cipher has no variable key length."""

    number: int
    encryption: str
    bits: int
    hash: str
    group: int
    authentication: str
    lifetime: int


@dataclass(frozen=True, slots=True)
class Identity:
    """`kind` as in `using id type …` (ID_IPV4_ADDR, ID_FQDN)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """`cookie` names the SA pair; the responder's cookie is never needed apart."""

    cookie: int


@dataclass(frozen=True, slots=True)
class Offer(Message):
    """MM1, or AM1 when `identity` is there."""

    transforms: tuple[P1Transform, ...]
    natt: bool
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """MM2: the transform that was chosen."""

    chosen: P1Transform
    natt: bool


@dataclass(frozen=True, slots=True)
class KeyExchange(Message):
    """MM3 and MM4. `seen`: (source, destination) as the sender knows them, hashed in NAT-D; None without NAT-T."""

    seen: tuple[str, str] | None
    from_initiator: bool


@dataclass(frozen=True, slots=True)
class Auth(Message):
    """MM5, MM6 and AM3. `secret` is what the sender derived its keys from."""

    secret: str
    identity: Identity | None
    from_initiator: bool
    initial_contact: bool = False


@dataclass(frozen=True, slots=True)
class AggressiveAnswer(Message):
    """AM2."""

    chosen: P1Transform
    identity: Identity
    secret: str
    seen: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Refusal(Message):
    """An unencrypted informational message (NO-PROPOSAL-CHOSEN to an MM1)."""

    notify: str = "PROPOSAL_NOT_CHOSEN"


@dataclass(frozen=True, slots=True)
class QuickOffer(Message):
    """QM1. `proposals` are transform sets in order; proxies as the sender sees them; `group` is the PFS group."""

    mid: int
    proposals: tuple[TransformSet, ...]
    transport: bool
    udp: bool
    group: int | None
    lifetime: int
    local: Proxy
    remote: Proxy
    spi: int


@dataclass(frozen=True, slots=True)
class QuickAnswer(Message):
    """QM2."""

    mid: int
    chosen: TransformSet
    spi: int
    lifetime: int


@dataclass(frozen=True, slots=True)
class QuickDone(Message):
    """QM3."""

    mid: int


@dataclass(frozen=True, slots=True)
class QuickRefusal(Message):
    """An encrypted NOTIFY PROPOSAL_NOT_CHOSEN about one quick mode."""

    mid: int
    about: int


@dataclass(frozen=True, slots=True)
class Delete(Message):
    """An encrypted DELETE: of the ISAKMP SA when `spi` is None, else of one IPsec SA."""

    mid: int
    spi: int | None

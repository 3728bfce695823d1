"""IKEv2 messages between emulated routers (RFC 7296): what would be encrypted is carried in clear."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.lab.ios.config import Ikev2Proposal, TransformSet
from ipsecbot.lab.ios.flows import Proxy


@dataclass(frozen=True, slots=True)
class Id:
    """`kind` as IOS prints it: IPv4 address, FQDN, RFC822 address, Key-id."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """`spi_i` names the SA; every message carries it."""

    spi_i: int


@dataclass(frozen=True, slots=True)
class InitRequest(Message):
    """`seen`: (source, destination) as the sender knows them, hashed in the NAT detection notifies."""

    proposals: tuple[Ikev2Proposal, ...]
    group: int
    seen: tuple[str, str]


@dataclass(frozen=True, slots=True)
class InitResponse(Message):
    spi_r: int
    chosen: Ikev2Proposal
    seen: tuple[str, str]


@dataclass(frozen=True, slots=True)
class InvalidKe(Message):
    """The responder wants another group."""

    spi_r: int
    group: int


@dataclass(frozen=True, slots=True)
class InitRefused(Message):
    spi_r: int
    notify: str


@dataclass(frozen=True, slots=True)
class ChildOffer:
    """The CHILD_SA part of an IKE_AUTH request; proxies as the sender sees them."""

    proposals: tuple[TransformSet, ...]
    transport: bool
    local: Proxy
    remote: Proxy
    spi: int


@dataclass(frozen=True, slots=True)
class AuthRequest(Message):
    """`secret` is what the AUTH payload was made with."""

    identity: Id
    method: str
    secret: str
    child: ChildOffer


@dataclass(frozen=True, slots=True)
class AuthResponse(Message):
    """`notify` says why there is no CHILD_SA; else `chosen`, `spi` and `transport` describe it."""

    identity: Id
    method: str
    secret: str
    chosen: TransformSet | None = None
    spi: int = 0
    transport: bool = False
    notify: str | None = None


@dataclass(frozen=True, slots=True)
class AuthRefused(Message):
    notify: str = "AUTHENTICATION_FAILED"


@dataclass(frozen=True, slots=True)
class DeleteRequest(Message):
    number: int


@dataclass(frozen=True, slots=True)
class DeleteResponse(Message):
    number: int

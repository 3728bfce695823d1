"""Proposals and the algorithms in them, in the words of RFC 7296 section 3.3."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod


class Protocol(StrEnum):
    IKE = "IKE"
    ESP = "ESP"
    AH = "AH"


class TransformType(StrEnum):
    """Transform types of RFC 7296 section 3.3.2."""

    ENCR = "encryption"
    PRF = "prf"
    INTEG = "integrity"
    KE = "dh"
    ESN = "esn"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm. `keyword` is its canonical name (strongSwan's proposal keyword, key length included:
    `aes256`, `sha256`, `prfsha256`, `modp2048`); the spellings of everybody else are in spellings.py."""

    type: TransformType
    keyword: str
    key_bits: int | None = field(default=None, compare=False)
    aead: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal: every algorithm that would do, per transform type, in order of preference.

    IKEv1 adds the authentication method and the lifetime to the transform (RFC 2409 appendix A); IKEv2 leaves
    both None. `number` is the policy priority or position. An ESP proposal carries a KE algorithm when PFS is wanted.
    """

    protocol: Protocol
    algorithms: tuple[Algorithm, ...]
    number: int | None = None
    auth: AuthMethod | None = None
    lifetime: timedelta | None = None
    name: str | None = field(default=None, compare=False)
    source: Source | None = field(default=None, compare=False)
    lifetime_bytes: int | None = field(default=None, compare=False)  # IKEv1 only, as the lifetime
    beside: Proposal | None = None  # AH to be agreed on together with ESP (a bundle of IKEv1, RFC 2408 section 4.2)

    def of(self, transform: TransformType) -> tuple[Algorithm, ...]:
        return tuple(algorithm for algorithm in self.algorithms if algorithm.type is transform)

    @property
    def keywords(self) -> str:
        """strongSwan's notation, in the order encryption, integrity, PRF, group: `aes128-sha256-prfsha256-modp2048`."""
        order = (TransformType.ENCR, TransformType.INTEG, TransformType.PRF, TransformType.KE, TransformType.ESN)
        words = [algorithm.keyword for kind in order for algorithm in self.of(kind) if algorithm.keyword != "noesn"]
        return "-".join(words) + (f" with {self.beside.protocol} {self.beside.keywords}" if self.beside is not None else "")

    @property
    def protocols(self) -> str:
        """`ESP`, `AH`, or `ESP with AH`."""
        return str(self.protocol) + (f" with {self.beside.protocol}" if self.beside is not None else "")

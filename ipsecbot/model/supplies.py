"""What an end hands out or relies on beside its connections: pools of virtual addresses and certificate authorities."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from ipsecbot.model.evidence import Source


@dataclass(frozen=True, slots=True)
class AddressPool:
    """Virtual addresses for peers. `first`: the first of them (None: not understood, nothing can be had from it); `size`: how
    many can be handed out. `attributes`: what goes with an address (`dns`, `subnet`, …) as written. `problems`: why the daemon
    refuses it."""

    name: str
    first: IPv4Address | IPv6Address | None
    size: int
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problems: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA whose certificate is loaded for more than trust: where its revocation lists and responders are. `certificate`: the
    file or the handle on a token; None: none is named, and the daemon refuses it."""

    name: str
    certificate: str | None
    crl_uris: tuple[str, ...] = ()
    ocsp_uris: tuple[str, ...] = ()
    certificate_base: str | None = None
    problems: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)

"""Traffic selectors (RFC 7296 section 2.9; proxy identities in IKEv1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from ipsecbot.model.evidence import Source


@dataclass(frozen=True, slots=True)
class TrafficSelector:
    """One network with protocol (0: any) and port range (0–65535: any). `network` None stands for `dynamic`:
    the end's own address, whatever it is. `word`: which of the selectors of its list it is part of: a range is several
    networks, and IKEv1 offers one selector only."""

    network: IPv4Network | IPv6Network | None
    protocol: int = 0
    first_port: int = 0
    last_port: int = 65535
    source: Source | None = field(default=None, compare=False, repr=False)
    word: int = field(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        text = "dynamic" if self.network is None else str(self.network)
        if self.protocol or (self.first_port, self.last_port) != (0, 65535):
            ports = ""
            if (self.first_port, self.last_port) != (0, 65535):
                ports = f"/{self.first_port}" if self.first_port == self.last_port else f"/{self.first_port}-{self.last_port}"
            text += f"[{self.protocol}{ports}]"
        return text


@dataclass(frozen=True, slots=True)
class SelectorPair:
    """What one end protects (`local`) and what it expects behind the other (`remote`)."""

    local: TrafficSelector
    remote: TrafficSelector

    def __str__(self) -> str:
        return f"{self.local} === {self.remote}"


def mirrored(pair: SelectorPair) -> SelectorPair:
    """The same pair as the other end has to write it."""
    return SelectorPair(local=pair.remote, remote=pair.local)

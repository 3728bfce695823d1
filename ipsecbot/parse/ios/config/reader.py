"""What the readers of the parts share: sources, gaps, and how a command finds its reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IdType, IkeIdentity, Secret
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import AccessList, Router

_TOKEN = re.compile(r"<secret:([0-9a-f]{12})>$")


class Reader:
    """One output, one router (which several outputs may tell of), and the gaps so far."""

    def __init__(self, output: RawOutput, device: str, router: Router | None = None) -> None:
        self.output = output
        self.device = device
        self.router = router if router is not None else Router()
        self.gaps: list[Gap] = []
        self.pending_entries: list[tuple[AccessList, Line, bool, list[str]]] = []

    def source(self, line: Line, *, whole: bool = False) -> Source:
        return line.source(self.output, self.device, whole=whole)

    def gap(self, line: Line, why: str) -> None:
        self.gaps.append(Gap(self.device, self.output.name, why, line.number, line.text))

    def gap_at(self, source: Source, why: str) -> None:
        self.gaps.append(Gap(self.device, source.output, why, source.first_line, source.text.strip()))


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its pattern, and the function that reads it; None for one that is known and does not matter here."""

    pattern: re.Pattern[str]
    read: Callable[[Reader, Line, re.Match[str]], None] | None


def command(pattern: str, read: Callable[[Reader, Line, re.Match[str]], None] | None = None) -> Command:
    return Command(re.compile(pattern, re.IGNORECASE), read)


def apply(reader: Reader, line: Line, commands: tuple[Command, ...]) -> bool:
    """Reads a line by the first command that fits; False when none does."""
    for candidate in commands:
        match = candidate.pattern.match(line.text)
        if match is not None:
            if candidate.read is not None:
                candidate.read(reader, line, match)
            return True
    return False


def read_secret(word: str) -> Secret:
    """The fingerprint in `<secret:0123456789ab>`; anything else, also a plain secret, cannot be compared."""
    match = _TOKEN.match(word)
    return Secret(match[1] if match is not None else None)


def read_owner(address: str, mask: str | None) -> str | None:
    """For whom a key is meant: `198.51.100.7`, `198.51.100.0/24`; `0.0.0.0` alone means everybody. None when unreadable."""
    try:
        if mask is None and "/" not in address:
            host = ip_address(address)
            return f"{host}/0" if int(host) == 0 else str(host)
        network = ip_network(f"{address}/{mask}" if mask is not None else address, strict=False)
    except ValueError:
        return None
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def read_address_pattern(address: str, mask: str | None) -> IkeIdentity | None:
    """`match identity … address 198.51.100.0 255.255.255.0`: a network is a pattern, 0.0.0.0/0 is anybody."""
    owner = read_owner(address, mask)
    if owner is None:
        return None
    kind = IdType.IPV6 if ":" in owner else IdType.IPV4
    return IkeIdentity(kind, owner)

"""`show ip cef ADDRESS` → which way the router sends packets to one address.

Source: Cisco IOS IP Switching Command Reference, `show ip cef` (15.x and XE: `nexthop`, `attached to`, `receive for`, `no
route`; 12.x: `via …`), which, other than `show ip route ADDRESS`, knows the default route.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.model.surroundings import Lookup, Network
from ipsecbot.parse.networks import read_network

_ASKED = re.compile(r"(?:^|[#>]\s*)sh\w*\s+ip(?:v6)?\s+cef\s+(?P<address>[\dA-Fa-f.:]+)\s*$")
_PREFIX = re.compile(r"(?P<network>[\dA-Fa-f.:]+/\d{1,3})(?:,.*)?$")
_WAYS = (
    re.compile(r"\s+nexthop (?P<via>\S+) (?P<interface>\S+)"),
    re.compile(r"\s+via (?P<via>[\dA-Fa-f.:]+), (?P<interface>[A-Z]\S*?),"),
    re.compile(r"\s+(?P<via>)(?:attached to|receive for|receive)\s*(?P<interface>\S*)"),
)
_NO_WAY = re.compile(r"\s+(?:no route|drop|null|unresolved)\b")


def read_lookups(outputs: Iterable[RawOutput], device: str) -> tuple[Lookup, ...]:
    """Every question with its answer, live or pasted with its prompt."""
    found = (one for output in outputs if output.kind is OutputKind.SURROUNDINGS for one in _of(output, device))
    return tuple(found)


def _of(output: RawOutput, device: str) -> Iterator[Lookup]:
    asked = _ASKED.search(output.name)
    address = asked["address"] if asked is not None else None
    network: Network | None = None
    for number, line in enumerate(output.text.splitlines(), 1):
        question = _ASKED.search(line)
        if question is not None:
            address, network = question["address"], None
            continue
        if address is None:
            continue
        prefix = _PREFIX.match(line.rstrip())
        if prefix is not None:
            network = read_network(prefix["network"])
            continue
        way = next((match for pattern in _WAYS if (match := pattern.match(line))), None)
        if network is not None and (way is not None or _NO_WAY.match(line)):
            source = Source(device, output.name, number, number, line.strip())
            if way is not None:
                yield Lookup(address, network, source, way["via"] or None, way["interface"] or None)
            else:
                yield Lookup(address, None, source)
            address = None

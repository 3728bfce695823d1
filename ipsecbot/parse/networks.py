"""Networks as configurations and logs write them."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network, summarize_address_range

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# An IPv4 address that is its own canonical text: there is nothing to be made of it.
PLAIN_ADDRESS = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")


def read_network(text: str) -> IPv4Network | IPv6Network | None:
    """`10.0.0.0/24`, `10.0.0.0/255.255.255.0`, `192.0.2.1`; host bits are forgiven. None for anything else."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def read_range(first: str, last: str) -> IPv4Network | IPv6Network | None:
    """The network from `first` to `last`; None where the addresses make no single network."""
    try:
        low, high = ip_address(first), ip_address(last)
        if isinstance(low, IPv4Address) and isinstance(high, IPv4Address):
            networks: list[IPv4Network | IPv6Network] = [*summarize_address_range(low, high)]
        elif isinstance(low, IPv6Address) and isinstance(high, IPv6Address):
            networks = [*summarize_address_range(low, high)]
        else:
            return None
    except ValueError:
        return None
    return networks[0] if len(networks) == 1 else None

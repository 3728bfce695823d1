"""Which address belongs to which configured pattern: an address, a network, a host name or `%any`."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

ANY = "%any"


def is_address(text: str | None) -> bool:
    """Whether the text is one IPv4 or IPv6 address (and so a network of one)."""
    return text is not None and "/" not in text and _is_network(text)


def match_length(pattern: str, address: str) -> int | None:
    """How closely a pattern names an address: the number of leading bits, 0 for `%any`, None when it does not.

    A host name matches only itself: no name is ever looked up.
    """
    if pattern == ANY:
        return 0
    try:
        network, wanted = ip_network(pattern, strict=False), ip_address(address)
    except ValueError:
        return 128 if pattern.lower() == address.lower() else None
    return network.prefixlen if wanted.version == network.version and wanted in network else None


def matches(patterns: tuple[str, ...], address: str) -> bool:
    """Whether any pattern names the address."""
    return any(match_length(pattern, address) is not None for pattern in patterns)


def closest(patterns: tuple[str, ...], address: str) -> int | None:
    """The best `match_length` of several patterns, None when none matches."""
    return max((length for pattern in patterns if (length := match_length(pattern, address)) is not None), default=None)


def named(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Those patterns that are host names, which cannot be compared with addresses."""
    return tuple(pattern for pattern in patterns if pattern != ANY and not _is_network(pattern))


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True

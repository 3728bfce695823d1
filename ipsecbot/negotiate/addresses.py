"""Which address belongs to which configured pattern: an address, a network, a host name or `%any`."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

ANY = "%any"
_REMEMBERED = 65536  # texts; an end with thousands of tunnels names as many

# RFC 1918 and RFC 6598: what never crosses the Internet untranslated. (ipaddress.is_private would add documentation ranges.)
_TRANSLATED = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))


def is_address(text: str | None) -> bool:
    """Whether the text is one IPv4 or IPv6 address (and so a network of one)."""
    return text is not None and "/" not in text and _is_network(text)


def match_length(pattern: str, address: str) -> int | None:
    """How closely a pattern names an address: the number of leading bits, 0 for `%any`, None when it does not.

    A host name matches only itself: no name is ever looked up.
    """
    if pattern == ANY:
        return 0
    network, wanted, span = _network(pattern), _address(address), _range(pattern)
    if span is not None and wanted is not None:
        first, last = span
        inside = wanted.version == first.version and int(first) <= int(wanted) <= int(last)
        return wanted.max_prefixlen - (int(last) - int(first)).bit_length() if inside else None
    if network is None or wanted is None:
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
    return tuple(pattern for pattern in patterns if pattern != ANY and not (_is_network(pattern) or _range(pattern)))


def _is_network(text: str) -> bool:
    return _network(text) is not None


@lru_cache(maxsize=_REMEMBERED)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    """The network a text means. Comparing thousands of tunnels asks about the same few texts again and again."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=_REMEMBERED)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=_REMEMBERED)
def _range(text: str) -> tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address] | None:
    """`192.0.2.10-192.0.2.20`: the first and the last address of a range, both of it."""
    first, last = (_address(part.strip()) for part in text.partition("-")[::2])
    return (first, last) if first is not None and last is not None and first.version == last.version else None


def is_private(address: str) -> bool:
    """Whether an address is only seen by others after translation."""
    parsed = ip_address(address)
    return any(parsed in network for network in _TRANSLATED if network.version == parsed.version)


def hides_behind(patterns: tuple[str, ...], address: str) -> bool:
    """Whether an end at `address` could show up as one of `patterns`: it is private, and they name public addresses only."""
    if not is_address(address) or not is_private(address):
        return False
    addresses = [pattern for pattern in patterns if is_address(pattern)]
    return bool(addresses) and not any(is_private(pattern) for pattern in addresses)

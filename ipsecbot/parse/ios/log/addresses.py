"""Addresses, proxies and identities as debugs print them."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.networks import PLAIN_ADDRESS


@lru_cache(maxsize=4096)  # a debug names the same few peers on every other line
def clean_address(text: str | None) -> str | None:
    """Canonical text of an address. Spaces that a page put into it go; a masked one (`86.183.x.y`) stays as it stands."""
    if text is None:
        return None
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    bare = "".join(text.split()).strip("[](),.!'\"")
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare or None


def split_port(text: str) -> tuple[str | None, int | None]:
    """`192.0.2.33:500` or `2001:db8::2:500`: address and port. A port of 0 is none; without a port the text is the address."""
    bare = "".join(text.split()).strip(",")
    address, colon, port = bare.rpartition(":")
    if colon and port.isdigit() and (":" not in address or _is_address(address)) and _is_address(address, loose=True):
        return clean_address(address), int(port) or None
    return clean_address(bare), None


def _is_address(text: str, *, loose: bool = False) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return loose and "." in text
    return True


_PROXY = re.compile(r"(?P<address>[0-9A-Fa-f:.]+)/(?P<mask>[\d.]+)/(?P<protocol>\d+)/(?P<port>\d+)")
_ANY_PROTOCOL = 256  # IOS writes 256 where RFC 2407 writes 0


def read_proxy(text: str, source: Source | None = None) -> TrafficSelector | None:
    """`10.9.0.0/255.255.0.0/256/0` or `::/0/256/0` (address, mask, protocol, port); None when it is neither."""
    match = _PROXY.match("".join(text.split()))
    if match is None:
        return None
    network = _network(match["address"], match["mask"])
    if network is None:
        return None
    protocol, port = int(match["protocol"]), int(match["port"])
    first, last = (port, port) if port else (0, 65535)
    return TrafficSelector(network, 0 if protocol == _ANY_PROTOCOL else protocol, first, last, source)


def _network(address: str, mask: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(f"{address}/{mask}", strict=False)
    except ValueError:
        return None


def read_pair(local: str | None, remote: str | None, source: Source | None = None) -> tuple[SelectorPair, ...]:
    """The pair of two proxies, or nothing when one of them cannot be read."""
    left = read_proxy(local, source) if local else None
    right = read_proxy(remote, source) if remote else None
    return (SelectorPair(left, right),) if left is not None and right is not None else ()


# The word in an ID payload block, or after `of type`, and the type it stands for.
_ID_WORDS: dict[str, IdType] = {
    "address": IdType.IPV4,
    "ipv4 address": IdType.IPV4,
    "ipv6 address": IdType.IPV6,
    "fqdn": IdType.FQDN,
    "fqdn name": IdType.FQDN,
    "user fqdn": IdType.EMAIL,
    "user_fqdn": IdType.EMAIL,
    "rfc822 address": IdType.EMAIL,
    "email": IdType.EMAIL,
    "e-mail": IdType.EMAIL,
    "dn": IdType.DN,
    "dist. name": IdType.DN,
    "distinguished name": IdType.DN,
    "der asn1 dn": IdType.DN,
    "group id": IdType.KEY_ID,
    "key id": IdType.KEY_ID,
    "key-id": IdType.KEY_ID,
    "key_id": IdType.KEY_ID,
}
# Identification types of RFC 2407 section 4.6.2.1.
_ID_NUMBERS: dict[str, IdType] = {
    "1": IdType.IPV4,
    "2": IdType.FQDN,
    "3": IdType.EMAIL,
    "5": IdType.IPV6,
    "9": IdType.DN,
    "11": IdType.KEY_ID,
}


def read_identity(word: str | None, value: str, number: str | None = None, source: Source | None = None) -> IkeIdentity | None:
    """An identity of a type's word (`FQDN name`, `IPv4 address`) or number; None when neither is known."""
    bare = value.strip()
    kind = _ID_NUMBERS.get(number or "") or _ID_WORDS.get(" ".join((word or "").lower().split()))
    if kind is None or not bare:
        return None
    if kind in (IdType.IPV4, IdType.IPV6):
        text = clean_address(bare) or bare
        return IkeIdentity(IdType.IPV6 if ":" in text else IdType.IPV4, text, source)
    return IkeIdentity(kind, bare.lower() if kind is IdType.FQDN else bare, source)

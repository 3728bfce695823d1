"""Traffic selectors as strongSwan writes them: in its files, its logs and its listings.

`10.1.0.0/16`, `10.1.0.9`, `10.1.0.0-10.1.0.9`, `dynamic`, `0.0.0.0/0[tcp/80]`, `[udp/1000-2000]`, `%dynamic[gre]`; in logs also
`10.1.0.1..10.1.0.9`, `192.0.2.90/32|/0[udp/l2f]` (the part after `|` is the address it was derived from) and, of
versions before 5.0.1, `10.1.0.0/16 ` with a trailing blank. Sources: swanctl.conf(5) `local_ts`, ipsec.conf(5) `leftsubnet`,
output of strongSwan 5.9.8.
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network, summarize_address_range

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.strongswan.services import PROTOCOLS, SERVICES

_SELECTOR = re.compile(r"([^\[\]|\s]*)(?:\|[^\[\]\s]*)?(?:\[([^\]]*)\])?")
_ICMP = re.compile(r"(\d{1,3})(?:\((\d{1,3})\))?")
_ICMP_PROTOCOLS = (1, 58)


def read_selectors(text: str, source: Source | None = None) -> tuple[tuple[TrafficSelector, ...], tuple[str, ...]]:
    """Every selector in a list separated by commas or blanks, and the words that are none.

    A range that is no network becomes the networks that make it up.
    """
    found: list[TrafficSelector] = []
    unknown: list[str] = []
    for word in text.replace(",", " ").split():
        selectors = _read(word, source)
        if selectors:
            found += selectors
        else:
            unknown.append(word)
    return tuple(found), tuple(unknown)


def pairs(local: tuple[TrafficSelector, ...], remote: tuple[TrafficSelector, ...]) -> tuple[SelectorPair, ...]:
    """Every local selector with every remote one: what a CHILD_SA with these lists covers."""
    return tuple(SelectorPair(mine, theirs) for mine in local for theirs in remote)


def written_pairs(
    local: tuple[tuple[TrafficSelector, ...], ...], remote: tuple[tuple[TrafficSelector, ...], ...]
) -> tuple[SelectorPair, ...]:
    """Every local one with every remote one, of lists whose items are the networks of one written selector each.

    IKEv1 offers the first of each list only ("only the first selector is interpreted", swanctl.conf(5)), but charon answers
    to an offer of any of them (live 5.9.8), so that all of them are kept, by number.
    """
    mine = tuple(replace(network, word=number) for number, one in enumerate(local) for network in one)
    theirs = tuple(replace(network, word=number) for number, one in enumerate(remote) for network in one)
    return pairs(mine, theirs)


def read_pair(text: str, source: Source | None = None) -> tuple[tuple[SelectorPair, ...], tuple[str, ...]]:
    """`10.1.0.0/16 === 10.2.0.0/16[tcp]` as charon prints it, and the words that are no selectors."""
    left, _, right = text.partition("===")
    local, bad_local = read_selectors(left, source)
    remote, bad_remote = read_selectors(right, source)
    return pairs(local, remote), bad_local + bad_remote


def _protocol_ports(text: str) -> tuple[int, int, int] | None:
    """`tcp/http`, `icmp/8`, `17/1000-2000` as protocol, first and last port; None where it is none."""
    protocol_word, _, port_word = text.strip().lower().partition("/")
    protocol = dict(PROTOCOLS).get(protocol_word, 0 if not protocol_word else _number(protocol_word, 255))
    ports = _icmp_types(port_word) if protocol in _ICMP_PROTOCOLS else _ports(port_word)
    return None if protocol is None or ports is None else (protocol, *ports)


def _icmp_types(word: str) -> tuple[int, int] | None:
    """Of ICMP charon prints the type, with the code in brackets where it is not 0; the port is 256 times one plus the other."""
    ends = [_ICMP.fullmatch(end) for end in word.split("-")]
    if word in ("", "%any") or not all(ends) or len(ends) > 2:
        return (0, 65535) if word in ("", "%any") else None
    ports = [int(end[1]) * 256 + int(end[2] or 0) for end in ends if end]
    return (ports[0], ports[-1]) if max(ports) <= 65535 else None


def _read(word: str, source: Source | None) -> list[TrafficSelector]:
    match = _SELECTOR.fullmatch(word)
    narrowed = _protocol_ports(match[2] or "") if match else None
    if match is None or narrowed is None or not (match[1] or match[2]):
        return []
    return [TrafficSelector(network, *narrowed, source=source) for network in _networks(match[1])]


def _networks(text: str) -> list[IPv4Network | IPv6Network | None]:
    if text.lower() in ("dynamic", "%dynamic", ""):
        return [None]
    first, _, last = text.partition("..") if ".." in text else text.partition("-")
    try:
        if not last:
            return [ip_network(text, strict=False)]
        return list(read_range(ip_address(first), ip_address(last)))
    except (ValueError, TypeError):
        return []


def read_range(first: object, last: object) -> list[IPv4Network | IPv6Network]:
    """The networks that make up a range; none of different families. Raises ValueError for one that runs down."""
    if isinstance(first, IPv4Address) and isinstance(last, IPv4Address):
        return list(summarize_address_range(first, last))
    if isinstance(first, IPv6Address) and isinstance(last, IPv6Address):
        return list(summarize_address_range(first, last))
    return []


def _ports(word: str) -> tuple[int, int] | None:
    if word in ("", "%any"):
        return 0, 65535
    if word in ("opaque", "%opaque"):
        return 65535, 0  # RFC 7296 section 3.13.1: OPAQUE is start 65535, end 0
    first_word, dash, last_word = word.partition("-")
    if word in dict(SERVICES):
        first_word, dash = word, ""
    first = dict(SERVICES).get(first_word, _number(first_word, 65535))
    last = dict(SERVICES).get(last_word, _number(last_word, 65535)) if dash else first
    return (first, last) if first is not None and last is not None else None


def _number(word: str, limit: int) -> int | None:
    return int(word) if word.isdecimal() and int(word[:6]) <= limit and len(word) < 6 else None

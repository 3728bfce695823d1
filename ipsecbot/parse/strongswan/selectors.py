"""Traffic selectors as strongSwan writes them: in its files, its logs and its listings.

`10.1.0.0/16`, `10.1.0.9`, `10.1.0.0-10.1.0.9`, `dynamic`, `0.0.0.0/0[tcp/80]`, `[udp/1000-2000]`, `%dynamic[gre]`; in logs also
`10.1.0.1..10.1.0.9`, `192.0.2.90/32|/0[udp/l2f]` (the part after `|` is the address it was derived from) and, of
versions before 5.0.1, `10.1.0.0/16 ` with a trailing blank. Sources: swanctl.conf(5) `local_ts`, ipsec.conf(5) `leftsubnet`,
output of strongSwan 5.9.8.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network, summarize_address_range

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair, TrafficSelector

# getprotobyname(3) and IANA "Protocol Numbers"
_PROTOCOLS: tuple[tuple[str, int], ...] = (
    ("%any", 0),
    ("any", 0),
    ("ip", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ipencap", 4),
    ("ipip", 4),
    ("tcp", 6),
    ("egp", 8),
    ("udp", 17),
    ("ipv6", 41),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ipv6-icmp", 58),
    ("icmpv6", 58),
    ("icmp6", 58),
    ("ospf", 89),
    ("ospfigp", 89),
    ("pim", 103),
    ("ipcomp", 108),
    ("vrrp", 112),
    ("l2tp", 115),
    ("sctp", 132),
    ("udplite", 136),
)
# getservbyname(3): services seen in IPsec policies
_SERVICES: tuple[tuple[str, int], ...] = (
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("http", 80),
    ("www", 80),
    ("kerberos", 88),
    ("ntp", 123),
    ("imap2", 143),
    ("snmp", 161),
    ("snmp-trap", 162),
    ("bgp", 179),
    ("ldap", 389),
    ("https", 443),
    ("microsoft-ds", 445),
    ("isakmp", 500),
    ("syslog", 514),
    ("l2tp", 1701),
    ("l2f", 1701),
    ("radius", 1812),
    ("mysql", 3306),
    ("ms-wbt-server", 3389),
    ("ipsec-nat-t", 4500),
    ("postgresql", 5432),
    ("http-alt", 8080),
)
_SELECTOR = re.compile(r"([^\[\]|\s]*)(?:\|[^\[\]\s]*)?(?:\[([^\]]*)\])?")
_ICMP = re.compile(r"(\d+)\((\d+)\)")


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


def read_selector(word: str, source: Source | None = None, *, ranges: bool = True) -> tuple[TrafficSelector, ...]:
    """One selector as the networks that make it up; empty where it is none. ipsec.conf knows no `ranges`."""
    return tuple(_read(word, source)) if ranges or "-" not in word.partition("[")[0] else ()


def pairs(local: tuple[TrafficSelector, ...], remote: tuple[TrafficSelector, ...]) -> tuple[SelectorPair, ...]:
    """Every local selector with every remote one: what a CHILD_SA with these lists covers."""
    return tuple(SelectorPair(mine, theirs) for mine in local for theirs in remote)


def read_pair(text: str, source: Source | None = None) -> tuple[tuple[SelectorPair, ...], tuple[str, ...]]:
    """`10.1.0.0/16 === 10.2.0.0/16[tcp]` as charon prints it, and the words that are no selectors."""
    left, _, right = text.partition("===")
    local, bad_local = read_selectors(left, source)
    remote, bad_remote = read_selectors(right, source)
    return pairs(local, remote), bad_local + bad_remote


def read_port_protocol(text: str) -> tuple[int, int, int] | None:
    """`tcp/80`, `17/%any`, `gre` (ipsec.conf `leftprotoport`) as protocol, first and last port; None where it is none."""
    protocol_word, _, port_word = text.strip().lower().partition("/")
    protocol = dict(_PROTOCOLS).get(protocol_word, 0 if not protocol_word else _number(protocol_word, 255))
    ports = _ports(port_word)
    return None if protocol is None or ports is None else (protocol, *ports)


def _read(word: str, source: Source | None) -> list[TrafficSelector]:
    match = _SELECTOR.fullmatch(word)
    narrowed = read_port_protocol(match[2] or "") if match else None
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
        return list(_range(ip_address(first), ip_address(last)))
    except (ValueError, TypeError):
        return []


def _range(first: IPv4Address | IPv6Address, last: IPv4Address | IPv6Address) -> list[IPv4Network | IPv6Network]:
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
    if match := _ICMP.fullmatch(word):
        port = int(match[1]) * 256 + int(match[2])
        return (port, port) if port <= 65535 else None
    first_word, dash, last_word = word.partition("-")
    if word in dict(_SERVICES):
        first_word, dash = word, ""
    first = dict(_SERVICES).get(first_word, _number(first_word, 65535))
    last = dict(_SERVICES).get(last_word, _number(last_word, 65535)) if dash else first
    return (first, last) if first is not None and last is not None else None


def _number(word: str, limit: int) -> int | None:
    return int(word) if word.isdecimal() and int(word[:6]) <= limit and len(word) < 6 else None

"""Traffic selectors of configuration files, read exactly as charon reads them.

A prefix length is whatever digits it begins with and at most the whole address (`/255.255.255.0` is 255, so one host); numbers
may be hexadecimal or octal. Source: swanctl.conf(5) `local_ts`, ipsec.conf(5) `leftsubnet` and `leftprotoport`, tried against
charon 5.9.8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.parse.strongswan.identity import read_host
from ipsecbot.parse.strongswan.quantities import c_number
from ipsecbot.parse.strongswan.selectors import read_range
from ipsecbot.parse.strongswan.services import PROTOCOLS, SERVICES

_DIGITS = re.compile(r"[ \t]*([+-]?\d*)", re.ASCII)
ProtocolPorts = tuple[int, int, int]
ANY: ProtocolPorts = (0, 0, 65535)
_NAMES = ("any", "ip", "")  # our own words for 0 in PROTOCOLS, which getprotobyname(3) does not know


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file writes the words: `any`, `opaque`, `dynamic`, and whether it knows ranges of addresses."""

    any_protocol: str
    any_port: str
    opaque: str
    dynamic: str
    ranges: bool


SWANCTL = Dialect("any", "any", "opaque", "dynamic", ranges=True)
IPSEC_CONF = Dialect("%any", "%any", "%opaque", "%dynamic", ranges=False)


def read_config_selector(
    text: str, dialect: Dialect, source: Source | None = None, default: ProtocolPorts = ANY
) -> tuple[TrafficSelector, ...]:
    """One selector as the networks that make it up; empty where charon takes it for none."""
    address, bracket, rest = text.partition("[")
    narrowed: ProtocolPorts | None = default
    if bracket:
        inside, closing, _ = rest.rpartition("]")
        narrowed = read_protocol_ports(inside, dialect, default[1:]) if closing else None
    if narrowed is None:
        return ()
    return tuple(TrafficSelector(network, *narrowed, source=source) for network in _networks(address, dialect))


def is_misread(text: str) -> bool:
    """Whether what stands behind the `/` of an address is not what charon makes of it, which says nothing about it."""
    host, slash, length = text.partition("[")[0].partition("/")
    address = _host(host)
    if not slash or address is None:
        return False
    return not length.isdecimal() or int(length[:4]) > address.max_prefixlen


def read_protocol_ports(
    text: str, dialect: Dialect = IPSEC_CONF, default: tuple[int, int] = (0, 65535)
) -> ProtocolPorts | None:
    """`tcp/80`, `17/%any`, `gre` as protocol, first and last port; None where charon refuses it."""
    protocol_word, _, port_word = text.partition("/")
    protocol = 0 if protocol_word == dialect.any_protocol else _protocol(protocol_word)
    ports = _ports(port_word, dialect) if port_word else default
    return None if protocol is None or ports is None else (protocol, *ports)


def _protocol(word: str) -> int | None:
    known = dict(PROTOCOLS).get(word.lower()) if word.lower() not in ("any", "%any") else None
    if known is not None and (word.islower() or word.isupper() or any(letter.isdigit() for letter in word)):
        return known
    value, rest = c_number(word)
    return value if not rest and value <= 255 else None


def _ports(word: str, dialect: Dialect) -> tuple[int, int] | None:
    if word == dialect.any_port:
        return 0, 65535
    if word == dialect.opaque:
        return 65535, 0  # RFC 7296 section 3.13.1
    if word in dict(SERVICES):
        return dict(SERVICES)[word], dict(SERVICES)[word]
    first, rest = c_number(word)
    last = first
    if rest.startswith("-"):
        last, rest = c_number(rest[1:])
    return (first, last) if not rest and max(first, last) <= 65535 else None


def _networks(text: str, dialect: Dialect) -> list[IPv4Network | IPv6Network | None]:
    if text == dialect.dynamic:
        return [None]
    first, dash, last = text.partition("-")
    if dash and dialect.ranges:
        ends = _host(first.rstrip(" ")), _host(last.lstrip(" "))
        return list(read_range(*ends)) if None not in ends else []
    host, slash, length = text.partition("/")
    address = _host(host)
    if address is None:
        return []
    bits = read_prefix(length, address.max_prefixlen) if slash else address.max_prefixlen
    return [ip_network(f"{address}/{bits}", strict=False)]


def _host(text: str) -> IPv4Address | IPv6Address | None:
    known = read_host(text)
    return ip_address(known) if known is not None else None


def read_prefix(text: str, most: int) -> int:
    """The length of a prefix, as atoi reads it, and never more than `most`."""
    digits = _DIGITS.match(text)
    number = int(digits[1]) if digits and digits[1].lstrip("+-") else 0
    return most if number > most else max(0, number)

"""Access lists and interfaces: what is protected, and where a map is applied.

Source: Cisco IOS Security Command Reference, `access-list (IP extended)`, `ip access-list extended`, `object-group`; IANA
protocol and port numbers for the words IOS prints.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import AccessList
from ipsecbot.parse.ios.config.reader import Command, Reader, command

Network = IPv4Network | IPv6Network

_PROTOCOLS = {
    "ip": 0, "ipv6": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "eigrp": 88,
    "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "sctp": 132,
}  # fmt: skip
_PORTS = {
    "bgp": 179, "bootpc": 68, "bootps": 67, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "dnsix": 195, "domain": 53,
    "echo": 7, "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "ident": 113, "irc": 194,
    "isakmp": 500, "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "mobile-ip": 434, "msrpc": 135, "nameserver": 42,
    "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139, "nntp": 119, "non500-isakmp": 4500, "ntp": 123,
    "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "rip": 520, "smtp": 25, "snmp": 161, "snmptrap": 162, "sunrpc": 111,
    "syslog": 514, "tacacs": 49, "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "who": 513, "whois": 43,
    "www": 80, "xdmcp": 177, "onep-plain": 15001, "onep-tls": 15002, "ssh": 22, "https": 443,
}  # fmt: skip
_ANY_PORT = (0, 65535)


class _Unreadable(ValueError):
    """An entry that cannot be read; the message says why."""


def _numbered(reader: Reader, line: Line, match: re.Match[str]) -> None:
    _entry(reader, line, match["name"], match["rest"])


def _named(reader: Reader, line: Line, match: re.Match[str]) -> None:
    name = match["name"]
    reader.router.acls.setdefault(name, AccessList(name, reader.source(line, whole=True)))
    for child in line.children:
        _entry(reader, child, name, re.sub(r"^(?:sequence\s+)?\d+\s+", "", child.text))


def _entry(reader: Reader, line: Line, name: str, rest: str) -> None:
    """One line of a list. Only `permit` protects; `deny` and remarks say what is not."""
    acl = reader.router.acls.setdefault(name, AccessList(name, reader.source(line)))
    words = rest.split()
    if not words or words[0].lower() != "permit":
        return
    if len(words) < 3:
        return  # a standard list: never a crypto ACL
    reader.pending_entries.append((acl, line, words[1:]))


def settle_entries(reader: Reader) -> None:
    """Turns the permits into selectors, once all object groups are known. An unreadable one is a gap if a map uses its list."""
    used = {
        policy.acl
        for policies in (*reader.router.maps.values(), *reader.router.dynamic_maps.values())
        for policy in policies
        if policy.acl is not None
    }
    for acl, line, words in reader.pending_entries:
        if acl.name not in used:
            continue
        try:
            acl.pairs.extend(_pairs(reader, words, reader.source(line)))
        except _Unreadable as reason:
            reader.gap(line, f"an access list entry that cannot be read: {reason}")


def _pairs(reader: Reader, words: list[str], source: Source) -> list[SelectorPair]:
    protocols = _protocol(reader, words)
    rest = words[2:] if words[0].lower() == "object-group" else words[1:]
    sources, rest = _networks(reader, rest)
    first_ports, rest = _ports(rest)
    destinations, rest = _networks(reader, rest)
    last_ports, rest = _ports(rest)
    return [
        SelectorPair(
            TrafficSelector(left, protocol, *first_ports, source=source),
            TrafficSelector(right, protocol, *last_ports, source=source),
        )
        for protocol in protocols
        for left in sources
        for right in destinations
    ]


def _protocol(reader: Reader, words: list[str]) -> list[int]:
    word = words[0].lower()
    if word in _PROTOCOLS:
        return [_PROTOCOLS[word]]
    if word.isdigit() and int(word) < 256:
        return [int(word)]
    raise _Unreadable(f"protocol {' '.join(words[:2])}")


def _networks(reader: Reader, words: list[str]) -> tuple[list[Network], list[str]]:
    """`any`, `host A`, `A wildcard`, `P/len` or an object group; the answer is the networks and the words behind them."""
    if not words:
        raise _Unreadable("an address is missing")
    word = words[0].lower()
    if word in ("any", "any4"):
        return [ip_network("0.0.0.0/0")], words[1:]
    if word == "any6":
        return [ip_network("::/0")], words[1:]
    try:
        if word == "host" and len(words) > 1:
            return [ip_network(words[1])], words[2:]
        if word == "object-group" and len(words) > 1:
            group = reader.network_groups.get(words[1])
            if group is None:
                raise _Unreadable(f"object group {words[1]} is not defined")
            return group, words[2:]
        if "/" in word:
            return [ip_network(words[0], strict=False)], words[1:]
        if len(words) > 1:
            return [_wildcard(words[0], words[1])], words[2:]
    except _Unreadable:
        raise
    except ValueError as reason:
        raise _Unreadable(str(reason)) from reason
    raise _Unreadable(f"address {words[0]}")


def _wildcard(address: str, wildcard: str) -> Network:
    """A wildcard has its ones at the end; one with holes is no network."""
    bits = int(ip_address(wildcard))
    if bits & (bits + 1):
        raise _Unreadable(f"wildcard {wildcard} is no network")
    return ip_network(f"{address}/{32 - bits.bit_length()}", strict=False)


def _ports(words: list[str]) -> tuple[tuple[int, int], list[str]]:
    if not words or words[0].lower() not in ("eq", "range", "gt", "lt", "neq"):
        return _ANY_PORT, words
    operator = words[0].lower()
    if operator == "range" and len(words) > 2:
        return (_port(words[1]), _port(words[2])), words[3:]
    if operator == "neq" or len(words) < 2:
        raise _Unreadable(f"ports {' '.join(words[:2])}")
    port = _port(words[1])
    ranges = {"eq": (port, port), "gt": (port + 1, 65535), "lt": (0, port - 1)}
    return ranges[operator], words[2:]


def _port(word: str) -> int:
    number = int(word) if word.isdigit() else _PORTS.get(word.lower())
    if number is None or number > 65535:
        raise _Unreadable(f"port {word}")
    return number


def _network_group(reader: Reader, line: Line, match: re.Match[str]) -> None:
    members = reader.network_groups.setdefault(match["name"], [])
    for child in line.children:
        words = child.words
        try:
            if words[0] == "host":
                members.append(ip_network(words[1]))
            elif words[0] == "group-object":
                members.extend(reader.network_groups.get(words[1], []))
            elif words[0] == "any":
                members.append(ip_network("0.0.0.0/0"))
            elif words[0] not in ("description", "no"):
                members.append(ip_network("/".join(words[:2]) if len(words) > 1 else words[0], strict=False))
        except (ValueError, IndexError):
            reader.gap(child, "unknown member of an object group")


ACL: tuple[Command, ...] = (
    command(r"access-list (?P<name>\d+) (?P<rest>.+)", _numbered),
    command(r"ip access-list extended (?P<name>\S+)", _named),
    command(r"ip access-list (?:standard|resequence|log-update|logging|role-based)"),
    command(r"ipv6 access-list (?P<name>\S+)", _named),
    command(r"object-group network (?P<name>\S+)", _network_group),
)

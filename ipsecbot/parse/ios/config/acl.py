"""Access lists and object groups: what is protected.

Source: Cisco IOS Security Command Reference, `access-list (IP extended)`, `ip access-list extended`, `ipv6 access-list`,
`object-group network`, `object-group service`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network, summarize_address_range
from itertools import takewhile
from typing import TypeVar

from ipsecbot.model.evidence import Source
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.surroundings import FilterRule
from ipsecbot.negotiate.selectors import overlap_of_pairs
from ipsecbot.parse.ios.config.acl_words import PORTS, PROTOCOLS
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import AccessList
from ipsecbot.parse.ios.config.reader import Command, Reader, command

Network = IPv4Network | IPv6Network

Ports = tuple[int, int]
_ANY_PORT: Ports = (0, 65535)
_MOST_PAIRS = 4096
_MOST_DENIED = 256  # each is held against every later permit
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+$")


class Unreadable(ValueError):
    """An entry that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Service:
    """A protocol with its ports on either side."""

    protocol: int
    origin: Ports = _ANY_PORT
    target: Ports = _ANY_PORT


def _numbered(reader: Reader, line: Line, match: re.Match[str]) -> None:
    _entry(reader, line, match["name"], match["rest"])


def _named(reader: Reader, line: Line, match: re.Match[str]) -> None:
    name = match["name"]
    reader.router.acls.setdefault(name, AccessList(name, reader.source(line, whole=True)))
    for child in line.children:
        _entry(reader, child, name, re.sub(r"^(?:sequence\s+)?\d+\s+", "", child.text))


def _entry(reader: Reader, line: Line, name: str, rest: str) -> None:
    """One line of a list; what it means is settled when all object groups are known."""
    acl = reader.router.acls.setdefault(name, AccessList(name, reader.source(line)))
    words = rest.split()
    if len(words) > 1 and words[0].lower() in ("permit", "deny"):
        reader.pending_entries.append((acl, line, words[0].lower() == "permit", words[1:]))


def settle_entries(reader: Reader) -> None:
    """Turns entries into selectors. In a crypto list only `permit` protects; an unreadable entry of it is a gap.

    "Using the deny keyword prevents traffic from being protected by crypto IPSec in the context of that particular crypto map
    entry" (`match address (IPSec)`), and the first entry that matches decides: what an earlier `deny` takes from a later
    permit is kept beside it.
    """
    router = reader.router
    every = (policy for maps in (router.maps, router.dynamic_maps) for entries in maps.values() for policy in entries.values())
    crypto = {policy.acl for policy in every} | {interface.protection_acl for interface in router.interfaces.values()}
    others = {group.name for interface in router.interfaces.values() for group in interface.access_groups}
    others |= {rule.acl for rule in router.nat_rules if rule.acl is not None}
    others |= {name for clauses in router.route_maps.values() for clause in clauses.values() for name in clause.lists}
    for acl, line, permit, words in reader.pending_entries:
        decides = acl.name in crypto and not _is_standard(words)  # a standard list is never a crypto list
        if not decides and acl.name not in others:
            continue
        source = reader.source(line)
        pairs: list[SelectorPair] | None = None
        try:
            pairs = _standard(words, source) if _is_standard(words) else _pairs(reader, words, source)
        except Unreadable as reason:
            if decides:  # a filter has many entries that say nothing of a tunnel
                reader.gap(line, f"an access list entry that cannot be read: {reason}")
        if decides and permit:
            acl.pairs += [pair for pair in pairs or () if not _is_taken(acl, pair)]
            acl.unread += pairs is None
        elif decides:
            acl.denied += pairs or []
            if len(acl.denied) > _MOST_DENIED:
                reader.gap(line, f"more than {_MOST_DENIED} denied pairs: what they take out of the list is not worked out")
                del acl.denied[_MOST_DENIED:]
        if acl.name in others:
            acl.rules.append(FilterRule(permit, tuple(pairs) if pairs is not None else None, source))


def _is_taken(acl: AccessList, pair: SelectorPair) -> bool:
    """Whether an earlier `deny` leaves nothing of a permitted pair; what one leaves out of it is noted."""
    for denied in acl.denied:
        both = overlap_of_pairs(pair, denied)
        if both == pair:
            return True
        if both is not None:
            acl.excluded.append(both)
    return False


def _is_standard(words: list[str]) -> bool:
    """`any`, `host A`, `A`, `A wildcard`: sources only."""
    return words[0].lower() in ("any", "host") or _ADDRESS.match(words[0]) is not None


def _standard(words: list[str], source: Source) -> list[SelectorPair]:
    try:
        if words[0].lower() == "any":
            origin: Network = ip_network("0.0.0.0/0")
        elif words[0].lower() == "host":
            origin = ip_network(words[1])
        else:
            origin = _wildcard(words[0], words[1]) if len(words) > 1 and _ADDRESS.match(words[1]) else ip_network(words[0])
    except (ValueError, IndexError) as reason:
        raise Unreadable(str(reason)) from reason
    return [SelectorPair(TrafficSelector(origin, source=source), TrafficSelector(ip_network("0.0.0.0/0"), source=source))]


def _pairs(reader: Reader, words: list[str], source: Source) -> list[SelectorPair]:
    """Every combination that an entry stands for: of services, of networks, and of ports (`eq 80 443`)."""
    services, rest = _services(reader, words)
    sources, rest = _networks(reader, rest)
    first_ports, rest = _ports(rest)
    destinations, rest = _networks(reader, rest)
    last_ports, _ = _ports(rest)
    count = len(services) * len(sources) * len(first_ports) * len(destinations) * len(last_ports)
    if count > _MOST_PAIRS:
        raise Unreadable(f"its object groups stand for {count} pairs of networks")
    return [
        SelectorPair(
            TrafficSelector(left, service.protocol, *origin, source=source),
            TrafficSelector(right, service.protocol, *target, source=source),
        )
        for service in services
        for left in sources
        for right in destinations
        for origin in ([service.origin] if service.origin != _ANY_PORT else first_ports)
        for target in ([service.target] if service.target != _ANY_PORT else last_ports)
    ]


def _services(reader: Reader, words: list[str]) -> tuple[list[Service], list[str]]:
    """`tcp`, `47` or `object-group NAME` at the start of an entry, and the words behind it."""
    word = words[0].lower()
    if word == "object-group" and len(words) > 1:
        found = _members(words[1], reader.router.service_groups, reader.router.service_nests)
        return [Service(*member) for member in found], words[2:]
    return [Service(_protocol(words[0]))], words[1:]


def _protocol(word: str) -> int:
    if word.lower() in PROTOCOLS:
        return PROTOCOLS[word.lower()]
    if word.isdigit() and int(word) < 256:
        return int(word)
    raise Unreadable(f"protocol {word}")


def _networks(reader: Reader, words: list[str]) -> tuple[list[Network], list[str]]:
    """`any`, `host A`, `A wildcard`, `P/len` or an object group; the answer is the networks and the words behind them."""
    if not words:
        raise Unreadable("an address is missing")
    word = words[0].lower()
    if word in ("any", "any4"):
        return [ip_network("0.0.0.0/0")], words[1:]
    if word == "any6":
        return [ip_network("::/0")], words[1:]
    try:
        if word == "host" and len(words) > 1:
            return [ip_network(words[1])], words[2:]
        if word == "object-group" and len(words) > 1:
            return _members(words[1], reader.router.network_groups, reader.router.network_nests), words[2:]
        if "/" in word:
            return [ip_network(words[0], strict=False)], words[1:]
        if len(words) > 1:
            return [_wildcard(words[0], words[1])], words[2:]
    except Unreadable:
        raise
    except ValueError as reason:
        raise Unreadable(str(reason)) from reason
    raise Unreadable(f"address {words[0]}")


def _wildcard(address: str, wildcard: str) -> Network:
    """A wildcard has its ones at the end; one with holes is no network."""
    bits = int(ip_address(wildcard))
    if bits & (bits + 1):
        raise Unreadable(f"wildcard {wildcard} is no network")
    return ip_network(f"{address}/{32 - bits.bit_length()}", strict=False)


def _ports(words: list[str]) -> tuple[list[Ports], list[str]]:
    """`eq 80`, `eq 80 443`, `range 1 9`, `gt 1023`, or nothing; the answer is the ranges and the words behind them."""
    operator = words[0].lower() if words else ""
    if operator not in ("eq", "range", "gt", "lt", "neq"):
        return [_ANY_PORT], words
    if operator == "range" and len(words) > 2:
        return [(_port(words[1]), _port(words[2]))], words[3:]
    if operator == "neq" or len(words) < 2:
        raise Unreadable(f"ports {' '.join(words[:2])}")
    port = _port(words[1])
    if operator == "eq":
        more = list(takewhile(_is_port, words[2:]))
        return [(port, port), *((other, other) for other in map(_port, more))], words[2 + len(more) :]
    return [(port + 1, 65535) if operator == "gt" else (0, port - 1)], words[2:]


def _is_port(word: str) -> bool:
    return word.isdigit() or word.lower() in PORTS


def _port(word: str) -> int:
    number = int(word) if word.isdigit() else PORTS.get(word.lower())
    if number is None or number > 65535:
        raise Unreadable(f"port {word}")
    return number


Member = TypeVar("Member")


def _members(name: str, groups: dict[str, list[Member]], nests: dict[str, list[str]]) -> list[Member]:
    """What an object group holds, with the groups in it, each looked at once: a group may name itself by mistake."""
    if name not in groups:
        raise Unreadable(f"object group {name} is not defined")
    found: list[Member] = []
    seen: dict[str, None] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen[one] = None
            found += groups.get(one, [])
            waiting += reversed(nests.get(one, []))
    return found


def _network_group(reader: Reader, line: Line, match: re.Match[str]) -> None:
    members = reader.router.network_groups.setdefault(match["name"], [])
    for child in line.children:
        words = child.words
        try:
            if words[0] == "host" and len(words) > 1:
                members.append(ip_network(words[1]))
            elif words[0] == "range" and len(words) > 2:
                members += summarize_address_range(ip_address(words[1]), ip_address(words[2]))
            elif words[0] == "group-object" and len(words) > 1:
                reader.router.network_nests.setdefault(match["name"], []).append(words[1])
            elif words[0] == "any":
                members.append(ip_network("0.0.0.0/0"))
            elif words[0] not in ("description", "no"):
                members.append(ip_network("/".join(word.strip("/") for word in words[:2]), strict=False))
        except (ValueError, TypeError):
            reader.gap(child, "unknown member of an object group")


def _service_group(reader: Reader, line: Line, match: re.Match[str]) -> None:
    """`tcp eq 443`, `tcp source gt 1023 eq 22`, `udp range 1 9`, `tcp-udp eq 53`, `icmp echo`, `esp`."""
    members = reader.router.service_groups.setdefault(match["name"], [])
    for child in line.children:
        words = child.words
        if words[0] == "group-object" and len(words) > 1:
            reader.router.service_nests.setdefault(match["name"], []).append(words[1])
        elif words[0] not in ("description", "no"):
            try:
                protocols = [6, 17] if words[0] == "tcp-udp" else [_protocol(words[0])]
                with_ports = protocols[0] in (6, 17)
                origins, rest = _ports(words[2:]) if words[1:2] == ["source"] else ([_ANY_PORT], words[1:])
                targets, _ = _ports([*(["eq"] if with_ports and rest and _is_port(rest[0]) else []), *rest])
                members += [(protocol, o, t) for protocol in protocols for o in origins for t in targets]
            except Unreadable:
                reader.gap(child, "unknown member of an object group")


ACL: tuple[Command, ...] = (
    command(r"access-list (?P<name>\d+) (?P<rest>.+)", _numbered),
    command(r"ip access-list (?:extended|standard) (?P<name>\S+)", _named),
    command(r"ip access-list (?:resequence|log-update|logging|role-based)"),
    command(r"ipv6 access-list (?P<name>\S+)", _named),
    command(r"object-group network (?P<name>\S+)", _network_group),
    command(r"object-group service (?P<name>\S+)", _service_group),
)

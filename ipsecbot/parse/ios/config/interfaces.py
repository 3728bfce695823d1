"""Interfaces: their addresses, the crypto map applied to them, and tunnels with their protection.

Source: Cisco IOS Interface Command Reference (`tunnel mode`, `tunnel vrf`), Security Command Reference (`crypto map
(interface)`, `tunnel protection ipsec profile … [shared] [isakmp-profile …]`), "Configure Multi-SA Virtual Tunnel Interface"
(`tunnel protection ipsec policy {ipv4|ipv6} …`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

from ipsecbot.parse.ios.config.abbreviations import INTERFACE, in_full
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import AccessGroup, Interface, interface_key
from ipsecbot.parse.ios.config.reader import Command, Reader, command

_RANGE = re.compile(
    r"int\w*\s+range\s+(?P<kind>[A-Za-z-]+)\s*(?P<place>(?:\d+/)*)(?P<first>\d{1,4})\s*-\s*(?P<last>\d{1,4})\s*$"
)
_MOST = 256  # interfaces of one range


def _interface(reader: Reader, line: Line, match: re.Match[str]) -> None:
    names = [match["name"]]
    several = _RANGE.match(line.text)
    if several is not None:  # typed, never printed: each of them gets the lines
        first, last = int(several["first"]), min(int(several["last"]), int(several["first"]) + _MOST)
        names = [f"{several['kind']}{several['place']}{number}" for number in range(first, last + 1)]
    for name in names:
        _settings(reader, line, name)


def _settings(reader: Reader, line: Line, name: str) -> None:
    made = Interface(name, reader.source(line, whole=True))
    interface = reader.router.interfaces.setdefault(interface_key(name), made)
    for child in line.children:
        if not _interface_line(reader, child, interface):
            full = in_full(child.text, INTERFACE)
            if full is not None and full != child.text:
                _interface_line(reader, replace(child, text=full), interface)


def _interface_line(reader: Reader, line: Line, interface: Interface) -> bool:
    for pattern, read in _LINES:
        found = pattern.match(line.text)
        if found is not None:
            read(reader, line, interface, found)
            return True
    return False


def _address(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    if match["word"].lower() in ("negotiated", "dhcp", "unnumbered", "pool"):
        interface.dynamic_address = True
        return
    try:
        address = str(ip_interface(match["word"].split("/")[0]).ip)
    except ValueError:
        if match["family"] != "ipv6":  # `ipv6 address autoconfig`, a general prefix name
            reader.gap(line, "an interface address that cannot be read")
        return
    network = _NETWORK.match(line.text)
    if network is not None:
        _network_of(reader, line, interface, network)
    primary = match["family"] == "ip" and line.words[-1].lower() != "secondary"
    # IOS prints secondary addresses before the primary one, which IKE speaks from
    interface.addresses.insert(0 if primary else len(interface.addresses), address)
    if primary or interface.address_source is None:
        interface.address_source = reader.source(line)


def _network_of(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    try:
        network = ip_network(f"{match['word']}/{match['mask']}" if match["mask"] else match["word"], strict=False)
    except ValueError:
        return
    interface.networks.append((network, reader.source(line)))


def _access_group(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.access_groups.append(AccessGroup(match["word"], match["way"].lower() == "in", reader.source(line)))


def _map(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.crypto_map, interface.map_source = match["word"], reader.source(line)


def _vrf(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.vrf = match["word"]


def _tunnel_vrf(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.tunnel_vrf = match["word"]


def _nothing(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    """What an abbreviation must not be sought in."""


def _shutdown(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.shutdown = True


def _tunnel_source(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.tunnel_source = match["word"].strip()
    interface.address_source = reader.source(line)


def _tunnel_destination(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    word = match["word"].strip()
    interface.destination_source = reader.source(line)
    try:
        interface.tunnel_destination = str(ip_address(word))
    except ValueError:
        interface.tunnel_destination = word


def _tunnel_mode(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.tunnel_mode, interface.mode_source = match["word"].strip().lower(), reader.source(line)


def _protection(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.protection, interface.protection_source = match["word"], reader.source(line)
    named = dict(re.findall(r"\b(isakmp-profile|ikev2-profile)\s+(\S+)", match["rest"]))
    interface.isakmp_profile = named.get("isakmp-profile")
    interface.ikev2_profile = named.get("ikev2-profile")


def _protection_acl(reader: Reader, line: Line, interface: Interface, match: re.Match[str]) -> None:
    interface.protection_acl, interface.protection_acl_source = match["word"], reader.source(line)


_NETWORK = re.compile(r"ip(?:v6)? address\s+(?P<word>[\dA-Fa-f.:/]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?", re.IGNORECASE)
_LINES = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"(?P<family>ip|ipv6) address\s+(?P<word>\S+)", _address),
        (r"(?:ipv6 )?crypto map\s+(?P<word>\S+)", _map),
        (r"(?:ip )?vrf forwarding\s+(?P<word>\S+)", _vrf),
        (r"ip access-group\s+(?P<word>\S+)\s+(?P<way>in|out)\b", _access_group),
        (r"ipv6 traffic-filter\s+(?P<word>\S+)\s+(?P<way>in|out)\b", _access_group),
        (r"shutdown\s*$", _shutdown),
        (r"no\s|description\s", _nothing),
        (r"tunnel source\s+(?P<word>.+)", _tunnel_source),
        (r"tunnel destination\s+(?P<word>.+)", _tunnel_destination),
        (r"tunnel mode\s+(?P<word>.+)", _tunnel_mode),
        (r"tunnel vrf\s+(?P<word>\S+)", _tunnel_vrf),
        (r"tunnel protection ipsec policy\s+(?:ipv4|ipv6)\s+(?P<word>\S+)", _protection_acl),
        (r"tunnel protection ipsec profile\s+(?P<word>\S+)(?P<rest>.*)", _protection),
    )
)


def _hostname(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.hostname = match["word"]


def _domain(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.domain = match["word"]


def _version(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.release = (int(match["major"]), int(match["minor"] or 0))


SYSTEM: tuple[Command, ...] = (
    command(r"int(?:erface|er?f?)?\s+(?P<name>\S+(?:\s\d\S*)?)", _interface),
    command(r"hostname (?P<word>\S+)", _hostname),
    command(r"ip domain[ -]name (?P<word>\S+)", _domain),
    command(r"version (?P<major>\d+)(?:\.(?P<minor>\d+))?", _version),
)

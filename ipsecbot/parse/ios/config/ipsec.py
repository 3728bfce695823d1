"""IPsec parts: transform sets, IPsec profiles, crypto maps and dynamic maps.

Source: Cisco IOS Security Command Reference: `crypto ipsec transform-set`, `crypto map`, `crypto dynamic-map`, `crypto ipsec
profile`, `set pfs` (without a group: group 1, and group 2 will do), `set security-association lifetime`, `mode`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.parse.ios.config.abbreviations import PROFILE_OR_MAP, understood
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import IpsecPolicy, TransformSet
from ipsecbot.parse.ios.config.reader import Command, Reader, command
from ipsecbot.parse.ios.log.offers import read_transform_set

_SECONDS_OF_DAY = 86400


def _set(reader: Reader, line: Line, match: re.Match[str]) -> None:
    proposal, unknown = read_transform_set(match["words"])
    if unknown or proposal is None:
        reader.gap(line, f"unknown transform: {' '.join(unknown) or match['words']}")
    source = reader.source(line)
    name = match["name"]
    if proposal is not None:
        proposal = replace(proposal, name=name, source=source)
    drafted = TransformSet(name, proposal, source)
    reader.router.sets[name] = drafted
    for child in line.children:
        words = child.words
        if words[0] == "mode" and len(words) > 1:
            transport = words[1].startswith("trans")
            drafted.mode = EncapsulationMode.TRANSPORT if transport else EncapsulationMode.TUNNEL
            drafted.mode_source = reader.source(child)
        elif words[0] not in ("no", "exit"):
            reader.gap(child, "unknown command in a transform set")


def _profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    policy = IpsecPolicy(match["name"], reader.source(line, whole=True))
    reader.router.profiles[policy.name] = policy
    _policy_lines(reader, line, policy)


def _map_entry(reader: Reader, line: Line, match: re.Match[str]) -> None:
    kind = match["kind"].split()
    if kind and kind[0] != "ipsec-isakmp":
        reader.gap(line, f"a crypto map entry of another kind: {match['kind']}")
        return
    policy = _entry_of(reader, line, match, reader.router.maps)
    if "dynamic" in kind[:-1]:
        policy.dynamic = kind[kind.index("dynamic") + 1]
    _policy_lines(reader, line, policy)


def _dynamic_map(reader: Reader, line: Line, match: re.Match[str]) -> None:
    _policy_lines(reader, line, _entry_of(reader, line, match, reader.router.dynamic_maps))


def _entry_of(reader: Reader, line: Line, match: re.Match[str], maps: dict[str, dict[int, IpsecPolicy]]) -> IpsecPolicy:
    """The entry of a map by its number: the one that was told of before, or a new one."""
    name, sequence = match["name"], int(match["sequence"])
    entries = maps.setdefault(name, {})
    if sequence not in entries:
        source = reader.source(line, whole=True)
        entries[sequence] = IpsecPolicy(f"{name} {sequence}", source, map_name=name, sequence=sequence)
    return entries[sequence]


_IGNORED = re.compile(
    r"(?:description|reverse-route|qos pre-classify|set reverse-route|set nat|set ip access-group|set identity|set mixed-mode|"
    r"set security-association (?:idle-time|level|replay|dummy|ecn|dfbit)|set security-policy|set dscp|no\s|exit|"
    r"set session-key|set group|set inbound|set outbound)",
    re.IGNORECASE,
)
_LIFETIME = re.compile(
    r"set security-association lifetime\s+"
    r"(?:days\s+(?P<d>\d+)|seconds\s+(?P<s>\d+)|kilobytes\s+(?:(?P<k>\d+)|(?P<off>disable)))",
    re.IGNORECASE,
)


def _policy_lines(reader: Reader, line: Line, policy: IpsecPolicy) -> None:
    for child in line.children:
        words = child.words
        if words[:2] == ["crypto", "map"] and len(words) >= 3:
            # `| section crypto` shows the interface's line without the interface
            reader.router.stray_maps.setdefault(words[2], reader.source(child))
        elif words[:2] == ["tunnel", "protection"] and len(words) >= 5:
            reader.router.stray_protections.append((words[4], reader.source(child)))
        elif not understood(child, lambda one: _policy_line(reader, one, policy), PROFILE_OR_MAP):
            reader.gap(child, "unknown command in a crypto map or IPsec profile")


def _policy_line(reader: Reader, line: Line, policy: IpsecPolicy) -> bool:
    words = line.words
    source = reader.source(line)
    lifetime = _LIFETIME.match(line.text)
    if words[:2] == ["set", "peer"] and len(words) > 2:
        peer = words[3] if words[2] == "ipv6" and len(words) > 3 else words[2]
        if peer not in policy.peers:
            policy.peers.append(peer)
        policy.peer_source = policy.peer_source or source
    elif words[:2] == ["set", "transform-set"] and len(words) > 2:
        policy.sets, policy.set_source = words[2:], source
    elif words[:2] == ["match", "address"] and len(words) > 2:
        policy.acl, policy.acl_source = words[-1], source
    elif words[:2] == ["set", "pfs"]:
        policy.pfs, policy.pfs_source = words[2].lower() if len(words) > 2 else "group1", source
        policy.pfs_is_named = len(words) > 2
    elif lifetime is not None:
        if lifetime["d"] or lifetime["s"]:
            policy.seconds = int(lifetime["d"]) * _SECONDS_OF_DAY if lifetime["d"] else int(lifetime["s"])
        elif lifetime["k"]:
            policy.kilobytes = int(lifetime["k"])
        else:
            policy.volume_disabled = True
    elif words[:2] == ["set", "isakmp-profile"] and len(words) > 2:
        policy.isakmp_profile = words[2]
    elif words[:2] == ["set", "ikev2-profile"] and len(words) > 2:
        policy.ikev2_profile = words[2]
    elif words[0] == "responder-only":
        policy.responder_only = True
    else:
        return _IGNORED.match(line.text) is not None
    return True


def _profile_of_map(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.profile_of_map[match["name"]] = match["profile"]


def _local_address(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.local_address_of_map[match["name"]] = match["interface"]


def _stray_map(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.stray_maps.setdefault(match["name"], reader.source(line))


def _global_lifetime(reader: Reader, line: Line, match: re.Match[str]) -> None:
    if match["unit"] == "seconds":
        reader.router.seconds = int(match["value"])
    elif match["unit"] == "kilobytes":
        reader.router.kilobytes = int(match["value"])


def _no_default_sets(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_sets = True


def _no_default_profile(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.no_default_profile = True


def _nat_off(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.nat_disabled = reader.source(line)


IPSEC: tuple[Command, ...] = (
    command(r"crypto ipsec transform-set (?P<name>\S+)\s+(?P<words>.+)", _set),
    command(r"crypto ipsec profile (?P<name>\S+)", _profile),
    command(r"crypto ipsec security-association lifetime (?P<unit>seconds|kilobytes) (?P<value>\d+)", _global_lifetime),
    command(r"crypto ipsec nat-transparency udp-encaps"),
    command(r"no crypto ipsec nat-transparency udp-encaps", _nat_off),
    command(r"no crypto ipsec (?:transform-set default|default transform-set)", _no_default_sets),
    command(r"no crypto ipsec profile default", _no_default_profile),
    command(
        r"(?:no )?crypto ipsec (?:df-bit|fragmentation|security-association|optional|client|nat-transparency|server|"
        r"default transform-set|ipv4-deny|control-plane|esp|transform-set default\s*$)"
    ),
    command(r"crypto map (?:ipv6 )?(?P<name>\S+) (?P<sequence>\d+)\s*(?P<kind>.*)", _map_entry),
    command(r"crypto map (?:ipv6 )?(?P<name>\S+) local-address (?P<interface>\S+(?:\s\d\S*)?)", _local_address),
    command(r"crypto map (?:ipv6 )?(?P<name>\S+) isakmp-profile (?P<profile>\S+)", _profile_of_map),
    command(r"crypto map (?:ipv6 )?\S+ (?:client|isakmp|gdoi|redundancy)"),
    command(r"crypto map (?!ipv6\s*$)(?P<name>\S+)\s*$", _stray_map),
    command(r"no crypto (?:dynamic-)?map\s"),
    command(r"crypto dynamic-map (?P<name>\S+) (?P<sequence>\d+)", _dynamic_map),
    command(
        r"(?:no )?crypto (?:pki|ca|key|engine|logging|gdoi|gkm|call|mib|provisioning|identity|xauth|wui|vpn|tls|ssl|"
        r"isakmp diagnose|ctcp|skip)"
    ),
)

"""Pre-shared keys of IKEv1: `crypto isakmp key`, `crypto keyring`, and the host names that keys are written for.

Source: Cisco IOS Security Command Reference, `crypto isakmp key`, `crypto keyring` (`vrf fvrf-name`: the front VRF that it is
referenced to), `local-address` ("limits the scope of an ISAKMP keyring configuration to a local termination address or
interface"; with its VRF behind it where it has one: "VRF-Aware IPsec", restrictions); Configuring IKE for IPsec VPNs, `ip host`
("Maps the peer's host name to its IP address(es) […] might be unnecessary if the hostname or address is already mapped in a
DNS server").
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address

from ipsecbot.model.identity import SharedKey
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Router
from ipsecbot.parse.ios.config.reader import Command, Reader, command, read_owner, read_secret

_PEER = (
    r"(?:add(?:ress)?\s+(?:ipv6\s+)?(?P<address>[\dA-Fa-f.:/]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?|"
    r"host(?:name)?\s+(?P<hostname>\S+))"
)
_KEYRING_KEY = re.compile(rf"pre-shared-key\s+{_PEER}\s+key\s+(?:[067]\s+)?(?P<key>\S+)", re.IGNORECASE)
_KEYRING_PLACE = re.compile(r"local-address\s+(?P<place>\S+)", re.IGNORECASE)
_KEYRING_KNOWN = re.compile(r"(?:rsa-pubkey|description|no\s|exit)", re.IGNORECASE)


def _key(reader: Reader, line: Line, match: re.Match[str]) -> None:
    _shared_key(reader, line, match, None, None)


def _shared_key(reader: Reader, line: Line, match: re.Match[str], keyring: str | None, vrf: str | None) -> None:
    groups = match.groupdict()
    if groups.get("hostname"):
        owner: str | None = groups["hostname"].lower()
    else:
        owner = read_owner(groups["address"] or "", groups.get("mask"))
    if owner is None:
        reader.gap(line, "a key whose peer cannot be read")
        return
    secret = read_secret(groups["key"] or "")
    source = reader.source(line)
    reader.router.keys.append(SharedKey(secret, (owner,), keyring, vrf, source=source))


def _keyring(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.keyrings.add(match["name"])
    for child in line.children:
        key, place = _KEYRING_KEY.match(child.text), _KEYRING_PLACE.match(child.text)
        if key is not None:
            _shared_key(reader, child, key, match["name"], match["vrf"])
        elif place is not None:
            reader.router.keyring_places.setdefault(match["name"], []).append(place["place"])
        elif not _KEYRING_KNOWN.match(child.text):
            reader.gap(child, "unknown command in a keyring")


def _host(reader: Reader, line: Line, match: re.Match[str]) -> None:
    """`ip host [vrf V] NAME [port] A B …`"""
    found = reader.router.hosts.setdefault(match["name"].lower(), [])
    for word in match["rest"].split():
        try:
            found.append(str(ip_address(word)))
        except ValueError:
            continue  # a port


def _no_lookup(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.looks_up_names = False


def settle_keys(router: Router) -> None:
    """Tells every key what the names it is written for stand for, and where its keyring counts."""
    settled: list[SharedKey] = []
    for key in router.keys:
        places = router.keyring_places.get(key.keyring or "", [])
        local = tuple(address for place in places for address in addresses_of(router, place))
        settled.append(replace(key, resolved=_resolved(router, key), local_addresses=local))
    router.keys = settled


def addresses_of(router: Router, place: str) -> tuple[str, ...]:
    """The addresses of an interface, or the address itself; the word as it stands where they are not known."""
    interface = router.interface(place)
    return tuple(interface.addresses) if interface is not None and interface.addresses else (place,)


def _resolved(router: Router, key: SharedKey) -> tuple[str, ...] | None:
    names = [owner for owner in key.owners if is_name(owner)]
    if key.resolved is not None or not names:
        return key.resolved or ()
    if any(name in router.hosts for name in names):
        return tuple(address for name in names for address in router.hosts.get(name, ()))
    return () if router.whole and not router.looks_up_names else None


def is_name(owner: str) -> bool:
    """Whether it is no address and no network."""
    return ":" not in owner and "/" not in owner and not owner.replace(".", "").isdigit()


KEYS: tuple[Command, ...] = (
    command(rf"crypto isakmp key\s+(?:[067]\s+)?(?P<key>\S+)\s+{_PEER}(?P<rest>.*)$", _key),
    command(r"crypto keyring (?P<name>\S+)(?:\s+vrf\s+(?P<vrf>\S+))?", _keyring),
)
NAMES: tuple[Command, ...] = (
    command(r"ip host (?:vrf \S+ )?(?P<name>[A-Za-z]\S*)\s+(?P<rest>.+)", _host),
    command(r"no ip domain[ -]lookup\s*$", _no_lookup),
)

"""Configurations of one hub and any number of sites, as two sets that ought to fit; every tenth site has a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path

HUB = "192.0.2.1"
EVERY = 10


class Fault(StrEnum):
    """What is wrong at a site, and which cause of the catalogue says so."""

    NONE = "healthy"
    GROUP = "ike-proposal-mismatch"
    HASH = "esp-proposal-mismatch"
    KEY = "psk-mismatch"
    NETWORK = "traffic-selector-mismatch"
    FORWARD_SECRECY = "pfs-mismatch"


_FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `secret`: of the hub for it; a site with a wrong key has another one."""

    number: int
    fault: Fault

    @property
    def name(self) -> str:
        return f"site{self.number:05}"

    @property
    def address(self) -> str:
        return str(IPv4Address("198.18.0.0") + self.number + 1)

    @property
    def network(self) -> str:
        return str(IPv4Address("10.16.0.0") + 256 * self.number)

    @property
    def secret(self) -> str:
        return f"k{self.number * 7919:x}Zq9w{self.number}"


def sites(count: int) -> tuple[Site, ...]:
    """The first `count` sites; the faults take turns."""
    return tuple(Site(n, _FAULTS[n // EVERY % len(_FAULTS)] if n % EVERY == EVERY - 1 else Fault.NONE) for n in range(count))


def ios_hub(every: tuple[Site, ...]) -> str:
    """One router with a crypto map entry, a key and an access list for each site."""
    keys = "\n".join(f"crypto isakmp key {one.secret} address {one.address}" for one in every)
    entries = "\n".join(_ios_entry(one, one.address, "SITES", 10 + one.number) for one in every)
    lists = "\n".join(
        f"ip access-list extended {one.name}\n permit ip 10.0.0.0 0.15.255.255 {one.network} 0.0.0.255" for one in every
    )
    return _ios("hub", _ios_policy("14"), keys, entries, "SITES", HUB, lists)


def _ios(name: str, policy: str, keys: str, entries: str, crypto_map: str, address: str, lists: str) -> str:
    return f"""hostname {name}
!
{policy}
{keys}
!
crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec transform-set OTHER esp-aes 256 esp-sha512-hmac
 mode tunnel
!
{entries}
!
interface GigabitEthernet0/0
 ip address {address} 255.255.255.0
 crypto map {crypto_map}
!
{lists}
!
end
"""


def _ios_policy(group: str) -> str:
    return f"crypto isakmp policy 10\n encr aes 256\n hash sha256\n authentication pre-share\n group {group}\n lifetime 28800"


def _ios_entry(one: Site, peer: str, crypto_map: str, number: int, transform: str = "STRONG", group: str = "14") -> str:
    return (
        f"crypto map {crypto_map} {number} ipsec-isakmp\n set peer {peer}\n set transform-set {transform}\n"
        f" set pfs group{group}\n match address {one.name}"
    )


def ios_site(one: Site) -> str:
    """The router of one site."""
    remote = "10.0.0.0 0.7.255.255" if one.fault is Fault.NETWORK else "10.0.0.0 0.15.255.255"
    transform = "OTHER" if one.fault is Fault.HASH else "STRONG"
    group = "19" if one.fault is Fault.FORWARD_SECRECY else "14"
    return _ios(
        one.name,
        _ios_policy("5" if one.fault is Fault.GROUP else "14"),
        f"crypto isakmp key {_own_secret(one)} address {HUB}",
        _ios_entry(one, HUB, "WAN", 10, transform, group),
        "WAN",
        one.address,
        f"ip access-list extended {one.name}\n permit ip {one.network} 0.0.0.255 {remote}",
    )


def _own_secret(one: Site) -> str:
    return f"{one.secret}x" if one.fault is Fault.KEY else one.secret


def swan_site(one: Site) -> str:
    """The host of one site."""
    remote = "10.128.0.0/12" if one.fault is Fault.NETWORK else "10.0.0.0/12"
    integrity = "sha512" if one.fault is Fault.HASH else "sha256"
    group = "ecp256" if one.fault is Fault.FORWARD_SECRECY else "modp2048"
    return f"""connections {{
  hub {{
    version = 1
    local_addrs = {one.address}
    remote_addrs = {HUB}
    proposals = aes256-sha256-{"modp1536" if one.fault is Fault.GROUP else "modp2048"}
    rekey_time = 4h
    local {{
      auth = psk
    }}
    remote {{
      auth = psk
    }}
    children {{
      lan {{
        local_ts = {one.network}/24
        remote_ts = {remote}
        esp_proposals = aes256-{integrity}-{group}
        start_action = trap
      }}
    }}
  }}
}}
secrets {{
  ike-hub {{
    id = {HUB}
    secret = "{_own_secret(one)}"
  }}
}}
"""


def write_ios(every: tuple[Site, ...], folder: Path) -> tuple[Path, Path]:
    """The hub's file and the folder with a file for each site's router."""
    return _write(folder, ios_hub(every), ((f"{one.name}.cfg", ios_site(one)) for one in every))


def write_swan(every: tuple[Site, ...], folder: Path) -> tuple[Path, Path]:
    """The hub's file and the folder with a folder for each site's host."""
    return _write(folder, ios_hub(every), ((f"{one.name}/swanctl.conf", swan_site(one)) for one in every))


def _write(folder: Path, hub: str, files: Iterator[tuple[str, str]]) -> tuple[Path, Path]:
    left, right = folder / "hub.cfg", folder / "sites"
    left.write_text(hub)
    for name, text in files:
        path = right / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return left, right

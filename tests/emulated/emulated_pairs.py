"""Healthy pairs of running-configs: the tunnels that the emulated faults are differences from.

Left is hq (198.51.100.10, protects 10.10.0.0/16), right is branch (203.0.113.20, protects 10.20.5.0/24), unless a pair says
otherwise. Keys, names and addresses are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

LEFT, RIGHT = "hq", "branch"
KEY = "Muehlrad-77-Lauch"
OTHER_KEY = "Muehlrad-78-Lauch"


@dataclass(frozen=True)
class Pair:
    """Two running-configs that agree."""

    name: str
    left: str
    right: str
    version: int


def _config(hostname: str, release: str, crypto: str, outside: str, inside: str, tail: str) -> str:
    """A running-config: `outside` and `inside` are interface blocks, `tail` holds access lists."""
    return f"""version {release}
service timestamps debug datetime msec
service timestamps log datetime msec
service password-encryption
hostname {hostname}
logging buffered 512000 debugging
no logging console
no ip domain lookup
ip domain name corp.example
username netops secret 5 $1$inv3$3ntedHashOfNothing0
{crypto.strip()}
{outside.strip()}
{inside.strip()}
ip route 0.0.0.0 0.0.0.0 {outside.split("ip address ")[1].split()[0].rpartition(".")[0]}.1
{tail.strip()}
line vty 0 4
 login local
 transport input ssh
"""


ISAKMP = """crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
 lifetime 28800
"""

SETS = """crypto ipsec transform-set TS-AES esp-aes 256 esp-sha256-hmac
 mode tunnel
"""


def _map(name: str, peer: str, acl: str, extra: str = "") -> str:
    return f"""crypto map {name} 10 ipsec-isakmp
 set peer {peer}
 set transform-set TS-AES
{extra} match address {acl}
"""


def _outside(address: str, extra: str) -> str:
    return f"interface GigabitEthernet0/0\n description internet\n ip address {address} 255.255.255.0\n{extra}"


def _inside(address: str, mask: str) -> str:
    return f"interface GigabitEthernet0/1\n description inside\n ip address {address} {mask}\n"


ACL_LEFT = "ip access-list extended TO-BRANCH\n permit ip 10.10.0.0 0.0.255.255 10.20.5.0 0.0.0.255\n"
ACL_RIGHT = "ip access-list extended TO-HQ\n permit ip 10.20.5.0 0.0.0.255 10.10.0.0 0.0.255.255\n"
INSIDE_LEFT = _inside("10.10.1.1", "255.255.0.0")
INSIDE_RIGHT = _inside("10.20.5.1", "255.255.255.0")


def _crypto_map_v1() -> Pair:
    left = ISAKMP + f"crypto isakmp key {KEY} address 203.0.113.20\n" + SETS + _map("WAN", "203.0.113.20", "TO-BRANCH")
    right = ISAKMP + f"crypto isakmp key {KEY} address 198.51.100.10\n" + SETS + _map("VPN", "198.51.100.10", "TO-HQ")
    return Pair(
        "crypto-map-v1",
        _config(LEFT, "15.7", left, _outside("198.51.100.10", " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "15.7", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        1,
    )


def _several_policies() -> Pair:
    """Three policies and two transform sets on each end, a key for any address on the right, XE on both."""
    policies = """crypto isakmp policy 10
 encr aes 256
 hash sha512
 authentication pre-share
 group 19
crypto isakmp policy 20
 encr aes 192
 hash sha256
 authentication pre-share
 group 14
crypto isakmp policy 30
 encr 3des
 authentication pre-share
 group 5
"""
    sets = """crypto ipsec transform-set FIRST esp-gcm 256
 mode tunnel
crypto ipsec transform-set SECOND esp-aes esp-sha-hmac
 mode tunnel
"""
    left = policies + f"crypto isakmp key {KEY} address 203.0.113.20\n" + sets
    left += _map("WAN", "203.0.113.20", "TO-BRANCH").replace("TS-AES", "FIRST SECOND")
    right = policies + f"crypto isakmp key {KEY} address 0.0.0.0\n" + sets
    right += _map("VPN", "198.51.100.10", "TO-HQ").replace("TS-AES", "SECOND FIRST")
    return Pair(
        "several-policies-v1",
        _config(LEFT, "16.9", left, _outside("198.51.100.10", " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "16.9", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        1,
    )


def _tunnel(address: str, source: str, destination: str, mode: str, profile: str) -> str:
    line = f" tunnel mode {mode}\n" if mode else ""
    return f"""interface Tunnel7
 ip address {address} 255.255.255.252
 tunnel source {source}
{line} tunnel destination {destination}
 tunnel protection ipsec profile {profile}
"""


def _vti_v1() -> Pair:
    """Route based, with PFS."""
    profile = "crypto ipsec profile P-VTI\n set transform-set TS-AES\n set pfs group14\n"
    left = ISAKMP + f"crypto isakmp key {KEY} address 203.0.113.20\n" + SETS + profile
    right = ISAKMP + f"crypto isakmp key {KEY} address 198.51.100.10\n" + SETS + profile
    return Pair(
        "vti-v1",
        _config(
            LEFT,
            "16.9",
            left,
            _outside("198.51.100.10", ""),
            INSIDE_LEFT + _tunnel("172.16.7.1", "GigabitEthernet0/0", "203.0.113.20", "ipsec ipv4", "P-VTI"),
            "ip route 10.20.5.0 255.255.255.0 Tunnel7\n",
        ),
        _config(
            RIGHT,
            "15.7",
            right,
            _outside("203.0.113.20", ""),
            INSIDE_RIGHT + _tunnel("172.16.7.2", "203.0.113.20", "198.51.100.10", "ipsec ipv4", "P-VTI"),
            "ip route 10.10.0.0 255.255.0.0 Tunnel7\n",
        ),
        1,
    )


def _gre_v1() -> Pair:
    """GRE between the two endpoints, protected in transport mode."""
    sets = SETS.replace("mode tunnel", "mode transport")
    profile = "crypto ipsec profile P-GRE\n set transform-set TS-AES\n"
    left = ISAKMP + f"crypto isakmp key {KEY} address 203.0.113.20\n" + sets + profile
    right = ISAKMP + f"crypto isakmp key {KEY} address 198.51.100.10\n" + sets + profile
    return Pair(
        "gre-v1",
        _config(
            LEFT,
            "15.7",
            left,
            _outside("198.51.100.10", ""),
            INSIDE_LEFT + _tunnel("172.16.7.1", "GigabitEthernet0/0", "203.0.113.20", "", "P-GRE"),
            "ip route 10.20.5.0 255.255.255.0 Tunnel7\n",
        ),
        _config(
            RIGHT,
            "15.7",
            right,
            _outside("203.0.113.20", ""),
            INSIDE_RIGHT + _tunnel("172.16.7.2", "GigabitEthernet0/0", "198.51.100.10", "", "P-GRE"),
            "ip route 10.10.0.0 255.255.0.0 Tunnel7\n",
        ),
        1,
    )


def _keyring_v1() -> Pair:
    """ISAKMP profiles with keyrings; the right end knows the left one by its address."""

    def crypto(peer: str, acl: str, tag: str) -> str:
        return f"""crypto keyring KR-SITES
 pre-shared-key address {peer} key {KEY}
{ISAKMP}crypto isakmp profile PF-SITE
 keyring KR-SITES
 match identity address {peer} 255.255.255.255
{SETS}{_map(tag, peer, acl, " set isakmp-profile PF-SITE" + chr(10))}"""

    return Pair(
        "keyring-v1",
        _config(
            LEFT,
            "15.7",
            crypto("203.0.113.20", "TO-BRANCH", "WAN"),
            _outside("198.51.100.10", " crypto map WAN\n"),
            INSIDE_LEFT,
            ACL_LEFT,
        ),
        _config(
            RIGHT,
            "16.9",
            crypto("198.51.100.10", "TO-HQ", "VPN"),
            _outside("203.0.113.20", " crypto map VPN\n"),
            INSIDE_RIGHT,
            ACL_RIGHT,
        ),
        1,
    )


def _aggressive_v1() -> Pair:
    """The left end begins in aggressive mode and gives a name; the right end has a key for the name."""
    left = (
        ISAKMP
        + f"""crypto isakmp peer address 203.0.113.20
 set aggressive-mode client-endpoint fqdn hq.corp.example
 set aggressive-mode password {KEY}
{SETS}{_map("WAN", "203.0.113.20", "TO-BRANCH")}"""
    )
    right = ISAKMP + f"crypto isakmp key {KEY} hostname hq.corp.example\n" + SETS + _map("VPN", "198.51.100.10", "TO-HQ")
    return Pair(
        "aggressive-v1",
        _config(LEFT, "15.7", left, _outside("198.51.100.10", " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "15.7", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        1,
    )


NATTED = ("192.168.178.2", "198.51.100.77")
"""The left router behind a translator: its own address, and what the world sees."""


def _behind_nat_v1() -> Pair:
    left = ISAKMP + f"crypto isakmp key {KEY} address 203.0.113.20\n" + SETS + _map("WAN", "203.0.113.20", "TO-BRANCH")
    right = ISAKMP + f"crypto isakmp key {KEY} address {NATTED[1]}\n" + SETS + _map("VPN", NATTED[1], "TO-HQ")
    return Pair(
        "behind-nat-v1",
        _config(LEFT, "15.7", left, _outside(NATTED[0], " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "15.7", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        1,
    )


def _ikev2(peer_name: str, peer: str, identity: str, own: str = "") -> str:
    """`identity`: what follows `match identity remote`; `own`: an `identity local` line."""
    return f"""crypto ikev2 proposal PROP
 encryption aes-cbc-256
 integrity sha256
 group 19
crypto ikev2 policy POL
 proposal PROP
crypto ikev2 keyring KR
 peer {peer_name}
  address {peer}
  pre-shared-key {KEY}
 !
crypto ikev2 profile IKE2
 match identity remote {identity}
{own} authentication remote pre-share
 authentication local pre-share
 keyring local KR
"""


def _crypto_map_v2() -> Pair:
    profile = " set ikev2-profile IKE2\n"
    left = _ikev2("BRANCH", "203.0.113.20", "address 203.0.113.20 255.255.255.255")
    right = _ikev2("HQ", "198.51.100.10", "address 198.51.100.10 255.255.255.255")
    left += SETS + _map("WAN", "203.0.113.20", "TO-BRANCH", profile)
    right += SETS + _map("VPN", "198.51.100.10", "TO-HQ", profile)
    return Pair(
        "crypto-map-v2",
        _config(LEFT, "16.9", left, _outside("198.51.100.10", " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "16.9", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        2,
    )


def _vti_v2() -> Pair:
    """Route based, names as identities, several algorithms, one end IOS 15 and one XE 17."""
    profile = "crypto ipsec profile P-VTI\n set transform-set TS-AES\n set ikev2-profile IKE2\n"
    left = _ikev2("BRANCH", "203.0.113.20", "fqdn branch.corp.example", " identity local fqdn hq.corp.example\n")
    right = _ikev2("HQ", "198.51.100.10", "fqdn hq.corp.example", " identity local fqdn branch.corp.example\n")
    several = (
        " encryption aes-cbc-256\n integrity sha256\n group 19",
        " encryption aes-cbc-256 aes-cbc-128\n integrity sha512 sha256\n group 19 14",
    )
    left = left.replace(*several)
    return Pair(
        "vti-v2",
        _config(
            LEFT,
            "15.7",
            left + SETS + profile,
            _outside("198.51.100.10", ""),
            INSIDE_LEFT + _tunnel("172.16.7.1", "GigabitEthernet0/0", "203.0.113.20", "ipsec ipv4", "P-VTI"),
            "ip route 10.20.5.0 255.255.255.0 Tunnel7\n",
        ),
        _config(
            RIGHT,
            "17.9",
            right + SETS + profile,
            _outside("203.0.113.20", ""),
            INSIDE_RIGHT + _tunnel("172.16.7.2", "GigabitEthernet0/0", "198.51.100.10", "ipsec ipv4", "P-VTI"),
            "ip route 10.10.0.0 255.255.0.0 Tunnel7\n",
        ),
        2,
    )


def _behind_nat_v2() -> Pair:
    profile = " set ikev2-profile IKE2\n"
    left = _ikev2("BRANCH", "203.0.113.20", "address 203.0.113.20 255.255.255.255", " identity local fqdn hq.corp.example\n")
    right = _ikev2("HQ", NATTED[1], "fqdn hq.corp.example")
    left += SETS + _map("WAN", "203.0.113.20", "TO-BRANCH", profile)
    right += SETS + _map("VPN", NATTED[1], "TO-HQ", profile)
    return Pair(
        "behind-nat-v2",
        _config(LEFT, "16.9", left, _outside(NATTED[0], " crypto map WAN\n"), INSIDE_LEFT, ACL_LEFT),
        _config(RIGHT, "16.9", right, _outside("203.0.113.20", " crypto map VPN\n"), INSIDE_RIGHT, ACL_RIGHT),
        2,
    )


MAP_V1 = _crypto_map_v1()
SEVERAL_V1 = _several_policies()
VTI_V1 = _vti_v1()
GRE_V1 = _gre_v1()
KEYRING_V1 = _keyring_v1()
AGGRESSIVE_V1 = _aggressive_v1()
NAT_V1 = _behind_nat_v1()
MAP_V2 = _crypto_map_v2()
VTI_V2 = _vti_v2()
NAT_V2 = _behind_nat_v2()
PAIRS = (MAP_V1, SEVERAL_V1, VTI_V1, GRE_V1, KEYRING_V1, AGGRESSIVE_V1, NAT_V1, MAP_V2, VTI_V2, NAT_V2)

"""IOS configurations of hubs with many tunnels: half of them crypto map entries, half tunnel interfaces with IKEv2."""

from __future__ import annotations

_HEAD = """\
version 16.9
hostname hub
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy POL
 match fvrf any
 proposal P
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
interface GigabitEthernet1
 ip address 203.0.113.1 255.255.255.0
 ip nat outside
 crypto map CM
interface GigabitEthernet2
 ip address 10.0.0.1 255.255.0.0
 ip nat inside
ip nat inside source list NAT interface GigabitEthernet1 overload
"""


def hub(tunnels: int) -> str:
    """About ten lines a tunnel: 500 of them make 5,000 lines."""
    parts = [_HEAD]
    for number in range(tunnels):
        far, inside = (
            f"198.{18 + number // 60000}.{number // 250 % 240}.{number % 250 + 1}",
            f"10.{number // 250 + 1}.{number % 250}.0",
        )
        parts.append(_mapped(number, far, inside) if number % 2 else _routed(number, far, inside))
    return "".join(parts)


def _mapped(number: int, far: str, inside: str) -> str:
    return (
        f"crypto isakmp key <secret:{number:012x}> address {far}\n"
        f"crypto map CM {number + 1} ipsec-isakmp\n description site {number}\n set peer {far}\n set transform-set T\n"
        f" set pfs group14\n match address SITE-{number}\n"
        f"ip access-list extended SITE-{number}\n permit ip 10.0.0.0 0.0.255.255 {inside} 0.0.0.255\n!\n"
    )


def _routed(number: int, far: str, inside: str) -> str:
    return (
        f"crypto ikev2 keyring K{number}\n peer S\n  address {far}\n  pre-shared-key <secret:{number:012x}>\n"
        f"crypto ikev2 profile V{number}\n match identity remote address {far} 255.255.255.255\n"
        f" authentication local pre-share\n authentication remote pre-share\n keyring local K{number}\n"
        f"crypto ipsec profile I{number}\n set transform-set T\n set ikev2-profile V{number}\n"
        f"interface Tunnel{number}\n ip unnumbered GigabitEthernet2\n tunnel source GigabitEthernet1\n"
        f" tunnel mode ipsec ipv4\n tunnel destination {far}\n tunnel protection ipsec profile I{number}\n"
        f"ip route {inside} 255.255.255.0 Tunnel{number}\n"
    )

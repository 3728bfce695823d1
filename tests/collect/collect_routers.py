"""Two emulated routers with one tunnel, and the targets that log in to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ipsecbot.lab.ios.lab import Access, IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target

PSK = "Schluessel-ohne-Schloss-42"


def config(name: str, own: str, peer: str, inside: str, far: str, key: str = PSK) -> str:
    return f"""hostname {name}
logging console warnings
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {key} address {peer}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map CM 10 ipsec-isakmp
 set peer {peer}
 set transform-set TS
 match address VPN
interface GigabitEthernet0/0
 ip address {own} 255.255.255.0
 crypto map CM
interface GigabitEthernet0/1
 ip address {inside}.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 {peer}
ip access-list extended VPN
 permit ip {inside}.0 0.0.0.255 {far}.0 0.0.0.255
end
"""


@contextmanager
def pair(key: str = PSK, misbehaviour: Misbehaviour | None = None) -> Iterator[IosLab]:
    """r1 (192.0.2.1, misbehaving if asked) and r2 (192.0.2.2), whose key is `key`; ends when every session has ended."""
    texts = {
        "r1": config("r1", "192.0.2.1", "192.0.2.2", "10.1.0", "10.2.0"),
        "r2": config("r2", "192.0.2.2", "192.0.2.1", "10.2.0", "10.1.0", key),
    }
    with IosLab(texts, misbehaviour={"r1": misbehaviour} if misbehaviour else None) as lab:
        yield lab
        until = time.monotonic() + 5
        while any(lab.users(name) for name in lab.names) and time.monotonic() < until:
            time.sleep(0.01)


def target(access: Access, folder: Path, *, platform: Platform = Platform.CISCO_IOS, seconds: float = 5) -> Target:
    return Target(
        Device(access.name, platform, access.address, access.port),
        Login(access.username, access.password, access.enable),
        HostKeyPolicy.ACCEPT_NEW,
        str(folder / "known_hosts"),
        timeout=timedelta(seconds=seconds),
    )


def with_login(known: Target, **changes: str | None) -> Target:
    return replace(known, login=replace(known.login, **changes))

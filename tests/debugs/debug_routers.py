"""Two emulated routers whose tunnel cannot come up, lines on them, and the readers a debug takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.line import Line, open_line
from ipsecbot.debugs.line import Readers
from ipsecbot.lab.ios.lab import Access, IosLab
from ipsecbot.lab.ios.misbehaviour import WELL_BEHAVED, Misbehaviour
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target
from ipsecbot.parse.ios.state import read_cpu, read_debugging, read_logging, read_users

PSK = "Nachtigall-7-Trapse"
READERS = Readers(read_debugging, read_cpu, read_logging, read_users)
F = KeyedFingerprinter(b"k" * 32)


def clock() -> datetime:
    return datetime.now(UTC)


def config(name: str, own: str, peer: str, inside: str, far: str, group: int, logging: str) -> str:
    return f"""hostname {name}
{logging}
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group {group}
crypto isakmp key {PSK} address {peer}
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
line vty 0 4
 login local
end
"""


@contextmanager
def broken_pair(
    misbehaviour: Misbehaviour = WELL_BEHAVED, logging: str = "logging console warnings", groups: tuple[int, int] = (14, 5)
) -> Iterator[IosLab]:
    """r1 (192.0.2.1) and r2 (192.0.2.2) with different groups; ends when every session has ended."""
    texts = {
        "r1": config("r1", "192.0.2.1", "192.0.2.2", "10.1.0", "10.2.0", groups[0], logging),
        "r2": config("r2", "192.0.2.2", "192.0.2.1", "10.2.0", "10.1.0", groups[1], "logging console warnings"),
    }
    with IosLab(texts, misbehaviour={"r1": misbehaviour}) as lab:
        yield lab
        until = time.monotonic() + 5
        while any(lab.users(name) for name in lab.names) and time.monotonic() < until:
            time.sleep(0.01)


def target(access: Access, folder: Path) -> Target:
    return Target(
        Device(access.name, Platform.CISCO_IOS, access.address, access.port),
        Login(access.username, access.password, access.enable),
        HostKeyPolicy.ACCEPT_NEW,
        str(folder / "known_hosts"),
        timeout=timedelta(seconds=5),
    )


@contextmanager
def line_on(access: Access, folder: Path) -> Iterator[Line]:
    line = open_line(target(access, folder), F)
    try:
        yield line
    finally:
        line.close()

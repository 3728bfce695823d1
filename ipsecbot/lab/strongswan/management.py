"""The wire over which a host is administered: a veth pair between the caller's namespace and the host's.

The /30 networks come from 198.18.0.0/15 (RFC 2544, for test beds). The interface's name carries the number of its network,
so the kernel's refusal of a second interface of one name is what keeps laboratories that run at once apart.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ipsecbot.errors import LabError
from ipsecbot.lab.strongswan.namespace import Namespace

_RANGE = IPv4Network("198.18.0.0/15")
_COUNT = _RANGE.num_addresses // 4


@dataclass(frozen=True, slots=True)
class ManagementLink:
    """One wire: `interface` in the caller's namespace, `host_address` where the host's sshd listens."""

    interface: str
    caller_address: str
    host_address: str

    def remove(self) -> None:
        """Take the wire away, if it is still there."""
        subprocess.run(["ip", "link", "delete", self.interface], capture_output=True, check=False)


def attach(namespace: Namespace) -> ManagementLink:
    """Lay a wire into a host, with the next free /30."""
    start = os.getpid() * 11 % _COUNT
    for step in range(_COUNT):
        number = (start + step) % _COUNT
        interface = f"ibl-{number}"
        if _add(interface, namespace):
            return _address(interface, number, namespace)
    raise LabError("all management networks of 198.18.0.0/15 are in use")


def _add(interface: str, namespace: Namespace) -> bool:
    done = _ip("link", "add", interface, "type", "veth", "peer", "name", "mgmt", "netns", str(namespace.pid))
    if done.returncode != 0 and "File exists" not in done.stderr:
        raise LabError(f"ip link add {interface}: {done.stderr.strip()}")
    return done.returncode == 0


def _address(interface: str, number: int, namespace: Namespace) -> ManagementLink:
    base = int(_RANGE.network_address) + 4 * number
    caller, host = str(IPv4Address(base + 1)), str(IPv4Address(base + 2))
    link = ManagementLink(interface, caller, host)
    for command in (
        ["ip", "addr", "add", f"{caller}/30", "dev", interface],
        ["ip", "link", "set", interface, "up"],
        namespace.command(("ip", "addr", "add", f"{host}/30", "dev", "mgmt")),
        namespace.command(("ip", "link", "set", "mgmt", "up")),
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            link.remove()
            raise LabError(f"{' '.join(command)}: {done.stderr.strip()}")
    return link


def _ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)

"""What a strongSwan host says of itself besides IKE: its addresses and whether something listens on UDP 500."""

from __future__ import annotations

import ipaddress
import re

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput

_ADDRESS = re.compile(r"^\d+:\s+\S+\s+inet6?\s+([0-9a-fA-F.:]+)")
_IKE_PORT = re.compile(r"[:.]500\s")


def read_addresses(output: RawOutput) -> tuple[str, ...]:
    """Every address of `ip -o addr`, loopback and link-local ones left out."""
    found = (_ADDRESS.match(line) for line in output.text.splitlines())
    addresses = [ipaddress.ip_address(match[1]) for match in found if match]
    return tuple(str(address) for address in addresses if not (address.is_loopback or address.is_link_local))


def read_listening(output: RawOutput, device: str) -> tuple[bool, Source] | None:
    """Whether `ss -lun` (or `netstat -lun`) shows a listener on UDP 500; None when the output is no such table.

    An empty table is an answer: nothing listens on any UDP port.
    """
    if not output.name.split(maxsplit=1)[0].endswith(("ss", "netstat", "sudo")):
        return None
    lines = output.text.splitlines()
    for number, line in enumerate(lines, 1):
        if _IKE_PORT.search(line):
            return True, Source(device, output.name, number, number, line)
    return False, Source(device, output.name, 1, max(1, len(lines)), "(no listener on UDP port 500)")

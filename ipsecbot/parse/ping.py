"""Pings, as IOS and Linux print them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput

# IOS: "Sending 5, 100-byte ICMP Echos to 10.2.0.2, …" then "Success rate is 0 percent (0/5)"
# Linux: "PING 10.2.0.2 (10.2.0.2) …" then "3 packets transmitted, 0 received, …"
_TARGETS = (re.compile(r"ICMP Echos to ([^\s,]+),"), re.compile(r"^PING (\S+)[ (]"))
_IOS_RATE = re.compile(r"Success rate is \d+ percent \((\d+)/(\d+)\)")
_LINUX_RATE = re.compile(r"(\d+) packets transmitted, (\d+) (?:packets )?received")


def read_pings(output: RawOutput, device: str) -> Iterator[tuple[str, int, int, Source]]:
    """(destination, sent, received, source) of every ping whose result stands in the text."""
    target: str | None = None
    for number, line in enumerate(output.text.splitlines(), 1):
        for pattern in _TARGETS:
            if found := pattern.search(line):
                target = found[1]
        ios, linux = _IOS_RATE.search(line), _LINUX_RATE.search(line)
        if target is None or not (ios or linux):
            continue
        source = Source(device, output.name, number, number, line)
        if ios:
            yield target, int(ios[2]), int(ios[1]), source
        elif linux:
            yield target, int(linux[1]), int(linux[2]), source
        target = None

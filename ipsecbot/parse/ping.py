"""Pings, as IOS and Linux print them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput

# IOS: "Sending 5, 100-byte ICMP Echos to 10.2.0.2, …", "!!!!!", "Success rate is 0 percent (0/5)"; excerpts often keep the
# typed command and the marks alone: "R1#ping 10.2.0.2 source Vlan10", "....."
# Linux: "PING 10.2.0.2 (10.2.0.2) …" then "3 packets transmitted, 0 received, …"
_TARGETS = (
    re.compile(r"ICMP Echos to ([^\s,]+),"),
    re.compile(r"^PING (\S+)[ (]"),
    re.compile(r"^\s*\S{1,64}[>#]\s*(?:do\s+)?ping\s+(?:vrf\s+\S+\s+)?(?:ip(?:v6)?\s+)?([0-9A-Fa-f][0-9A-Fa-f.:]+)(?:\s|$)"),
)
_IOS_RATE = re.compile(r"Success rate is \d+ percent \((\d{1,9})/(\d{1,9})\)")
_LINUX_RATE = re.compile(r"(\d{1,9}) packets transmitted, (\d{1,9}) (?:packets )?received")
_MARKS = re.compile(r"^\s*([!.U]{2,})\s*$")


def read_pings(output: RawOutput, device: str) -> Iterator[tuple[str, int, int, Source]]:
    """(destination, sent, received, source) of every ping whose result stands in the text.

    Marks count only where no rate follows them.
    """
    target: str | None = None
    marks: tuple[str, int, int, Source] | None = None
    for number, line in enumerate(output.text.splitlines(), 1):
        source = Source(device, output.name, number, number, line)
        for pattern in _TARGETS:
            if found := pattern.search(line):
                if marks is not None:
                    yield marks
                target, marks = found[1], None
        ios, linux = _IOS_RATE.search(line), _LINUX_RATE.search(line)
        if target is not None and (ios or linux):
            sent, received = (int(ios[2]), int(ios[1])) if ios else (int(linux[1]), int(linux[2])) if linux else (0, 0)
            yield target, sent, received, source
            target = marks = None
        elif target is not None and (seen := _MARKS.match(line)):
            marks = (target, len(seen[1]), seen[1].count("!"), source)
    if marks is not None:
        yield marks

"""`show crypto ipsec sa | include peer|caps|settings`: flows of which only the peer and the counters are left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Source
from ipsecbot.model.sa import ChildSa, Counters, SaState
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.sa_words import canonical

_PEER = re.compile(r"\s*current_peer:?\s+(?P<peer>[0-9A-Fa-f.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+)(?::\d+|\s+port\s+\d+)?\s*$")
_DECAPS, _ENCAPS = re.compile(r"#pkts decaps:?\s+(\d+)"), re.compile(r"#pkts encaps:?\s+(\d+)")
_ERRORS = re.compile(r"#send errors:?\s+(\d+)(?:,\s*#recv errors:?\s+(\d+))?")
# what IOS prints of an SA, and of nothing else
_OF_AN_SA = re.compile(r"\s*(?:in use settings\s*=|Status:\s+ACTIVE|conn id: \d|spi: 0x0*[1-9a-fA-F]|transform: esp)")
_MODES = (("{Transport", EncapsulationMode.TRANSPORT), ("{Tunnel", EncapsulationMode.TUNNEL))


def flows_by_peer(output: RawOutput, device: str) -> tuple[ChildSa, ...]:
    """One ChildSa per `current_peer` that shows packets or a line of an SA; its idents are not shown, so it has no selectors.

    A flow that shows neither may have SAs or not, and is left out.
    """
    lines = output.text.split("\n")
    starts = [number for number, line in enumerate(lines) if _PEER.match(line)]
    return tuple(_flows(output, device, lines, starts))


def _flows(output: RawOutput, device: str, lines: list[str], starts: list[int]) -> Iterator[ChildSa]:
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        block = lines[start:end]
        text = "\n".join(block)
        counters = Counters(
            packets_in=_number(_DECAPS, text),
            packets_out=_number(_ENCAPS, text),
            send_errors=_number(_ERRORS, text),
        )
        has_sa = any(_OF_AN_SA.match(line) for line in block)
        found = _PEER.match(lines[start])
        if found is None or not (has_sa or counters.packets_in or counters.packets_out):
            continue
        yield ChildSa(
            state=SaState.ESTABLISHED,
            remote=canonical(found["peer"]) or None,
            mode=next((mode for word, mode in _MODES if word in text), None),
            counters=counters,
            source=Source(device, output.name, start + 1, end, lines[start].strip()),
        )


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None

"""`show crypto session brief` → one session a line, its state in letters.

Source: the legend that the command prints (`A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating`, `K - No IKE`)
and answers of IOS 15 and IOS-XE.
"""

from __future__ import annotations

import re

from ipsecbot.model.evidence import Source
from ipsecbot.model.sa import ChildSa, IkeSa, SaState
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.ike_sas import SessionView
from ipsecbot.parse.ios.sa_words import canonical, duration
from ipsecbot.parse.read import Parsed

HEADING = re.compile(r"^[^\S\n]*Peer[^\S\n]+I/F[^\S\n]+Username\b", re.MULTILINE)
_ROW = re.compile(
    r"\s*(?P<peer>[0-9A-Fa-f]+[.:][0-9A-Fa-f.:]+)\s+(?P<interface>[A-Z][A-Za-z]+[\d/.]+)(?P<names>(?:\s+\S+){0,3}?)"
    r"(?:\s+(?P<uptime>\d[\d:dwhy]+))?\s+(?P<state>[UDS][AINSK]{0,3})\s*$"
)
_HEAD = re.compile(r"\s*(?:Status: A|K - No IKE|[if]vrf =|Peer\s+I/F)")
# Letters → the IKE SA, the flow, and the words that the long form has for the same
_STATES: tuple[tuple[str, SaState, SaState, str], ...] = (
    ("UK", SaState.ABSENT, SaState.ESTABLISHED, "UP-NO-IKE"),
    ("UAK", SaState.ABSENT, SaState.ESTABLISHED, "UP-NO-IKE"),
    ("UA", SaState.ESTABLISHED, SaState.ESTABLISHED, "UP-ACTIVE"),
    ("UI", SaState.ESTABLISHED, SaState.ABSENT, "UP-IDLE"),
    ("US", SaState.ESTABLISHED, SaState.ESTABLISHED, "UP-STANDBY"),
    ("DN", SaState.NEGOTIATING, SaState.ABSENT, "DOWN-NEGOTIATING"),
    ("D", SaState.ABSENT, SaState.ABSENT, "DOWN"),
)


def read_brief(output: RawOutput, device: str) -> Parsed[SessionView]:
    """Every session as an IKE SA and a flow without selectors or counters. A line in an unknown form is a gap."""
    ike: list[IkeSa] = []
    children: list[ChildSa] = []
    gaps: list[Gap] = []
    begun = False
    for number, line in enumerate(output.text.split("\n"), 1):
        begun = begun or _HEAD.match(line) is not None
        if not begun or not line.strip() or _HEAD.match(line):
            continue
        row = _ROW.match(line[:300])
        state = next((one for one in _STATES if row is not None and one[0] == row["state"]), None)
        if row is None or state is None:
            gaps.append(Gap(device, output.name, "a session in an unknown form", number, line.strip()[:300]))
            continue
        source = Source(device, output.name, number, number, line.strip()[:300])
        _, of_ike, of_child, words = state
        peer = canonical(row["peer"])
        ike.append(IkeSa(None, of_ike, words, remote=peer, age=duration(row["uptime"] or ""), source=source))
        children.append(ChildSa(of_child, remote=peer, interface=row["interface"], vendor_state=words, source=source))
    return Parsed(SessionView(tuple(ike), tuple(children)), tuple(gaps), bool(ike) or not gaps)

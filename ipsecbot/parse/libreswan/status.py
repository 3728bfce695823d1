"""`ipsec auto --status`, `ipsec whack --status`, `ipsec trafficstatus` → what is loaded and what exists.

Source: outputs of Openswan 2.6 to Libreswan 5.3, with or without the number `000` or `006` in front.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, Counters, IkeSa, SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.libreswan.fields import read_ends
from ipsecbot.parse.libreswan.states import STATES, state_name
from ipsecbot.parse.read import Parsed

_NAME = r'"(?P<name>[^"\s]{1,128})"(?:\[\d+\])*'
_ADDRESS = r"[0-9A-Fa-f:.]+"
_CONNECTION = re.compile(rf"^\s*(?:000 )?{_NAME}: (?P<ends>\S.*?\.\.\..*?); (?P<routing>[a-z][a-z -]*);")
_SA = re.compile(
    rf"^\s*(?:000 )?#(?P<serial>\d{{1,9}}): {_NAME}(?: (?P<remote>{_ADDRESS}?))?:(?P<port>\d{{1,5}}) "
    r"(?P<state>[^;]{1,200});(?P<rest>.*)$"
)
_ESP = re.compile(
    rf"^\s*(?:000 )?#(?P<serial>\d{{1,9}}): {_NAME}(?: {_ADDRESS})? (?P<protocol>esp|ah)\.(?P<out>[0-9A-Za-z]{{1,16}})"
    rf"@(?P<remote>{_ADDRESS}) (?:esp|ah)\.(?P<in>[0-9A-Za-z]{{1,16}})@(?P<local>{_ADDRESS})"
)
_TRAFFIC = re.compile(r"(?:ESP|AH)in=(?P<in>\d+)(?P<in_unit>[KMG]?)i?B (?:ESP|AH)out=(?P<out>\d+)(?P<out_unit>[KMG]?)i?B")
_ADDED = re.compile(
    r'^\s*(?:006 )?#(?P<serial>\d{1,9}): "(?P<name>[^"\s]{1,128})".*?type=(?P<protocol>ESP|AH), add_time=\d+, '
    r"inBytes=(?P<in>\d+), outBytes=(?P<out>\d+)"
)
_COUNT = re.compile(r"Total IPsec connections: loaded (\d{1,9})")
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Loaded:
    """One connection that pluto has loaded. `routing` as printed (`unrouted`, `erouted`, `routed-tunnel`)."""

    name: str
    local: str | None
    remote: str | None
    selectors: tuple[SelectorPair, ...]
    routing: str
    source: Source


@dataclass(frozen=True, slots=True)
class Status:
    connections: tuple[Loaded, ...] = ()
    ike_sas: tuple[IkeSa, ...] = ()
    child_sas: tuple[ChildSa, ...] = ()
    complete: bool = False  # the listing counts as many connections as it names: none and no SA is missing


def read_status(output: RawOutput, device: str) -> Parsed[Status]:
    """What the listing says is loaded and exists. `answered` is False when no line of it is a connection or an SA."""
    loaded: dict[str, Loaded] = {}
    ike: dict[str, IkeSa] = {}
    children: dict[str, ChildSa] = {}
    for number, line in enumerate(output.text.split("\n"), 1):
        line = line.rstrip("\r")[:_LONGEST]
        source = Source(device, output.name, number, number, line.strip())
        if match := _CONNECTION.match(line):
            local, remote, pairs = read_ends(match["ends"], source)
            loaded.setdefault(match["name"], Loaded(match["name"], local, remote, pairs, match["routing"], source))
        elif match := _SA.match(line):
            _put_sa(match, source, ike, children)
        elif match := _ESP.match(line):
            _put_esp(match, line, source, children)
        elif match := _ADDED.match(line):
            known = children.get(match["serial"], ChildSa(SaState.ESTABLISHED, connection=match["name"], source=source))
            counted = Counters(bytes_in=int(match["in"]), bytes_out=int(match["out"]))
            children[match["serial"]] = replace(known, protocol=Protocol(match["protocol"]), counters=counted)
    placed = tuple(_placed(child, loaded) for child in children.values())
    total = _COUNT.search(output.text)
    complete = total is not None and int(total[1]) == len(loaded)
    found = Status(tuple(loaded.values()), tuple(_ike_placed(sa, loaded) for sa in ike.values()), placed, complete)
    return Parsed(found, answered=bool(loaded or ike or children))


def _put_sa(match: re.Match[str], source: Source, ike: dict[str, IkeSa], children: dict[str, ChildSa]) -> None:
    words = match["state"]
    state = state_name(words.split(" ", 1)[0])
    row = STATES.get(state or "")
    established = re.search(r"\bestablished\b", words, re.IGNORECASE) is not None or (row is not None and row.established)
    standing = SaState.ESTABLISHED if established else SaState.NEGOTIATING
    is_child = (row is not None and row.child) or re.search(r"\b(?:IPsec|Child) SA\b", words) is not None
    is_child = is_child or re.search(r"; (?:ISAKMP|IKE) SA #\d|\bisakmp#\d", match["rest"]) is not None
    if is_child:
        children[match["serial"]] = ChildSa(
            standing, remote=match["remote"], connection=match["name"], vendor_state=words.strip(), source=source
        )
        return
    version = (
        row.version if row is not None else 1 if "ISAKMP" in words else 2 if "IKE SA" in words or "IKE_" in words else None
    )
    ike[match["serial"]] = IkeSa(
        version,
        standing,
        (state or words.strip()) if row is not None else words.strip(),
        remote=match["remote"],
        remote_port=int(match["port"]) % 65536,
        role=row.role if row is not None else None,
        connection=match["name"],
        identifier=match["serial"],
        source=source,
    )


def _version(words: str) -> int | None:
    if "ISAKMP" in words:
        return 1
    return 2 if "IKE SA" in words or "IKE_" in words else None


def _put_esp(match: re.Match[str], line: str, source: Source, children: dict[str, ChildSa]) -> None:
    known = children.get(match["serial"], ChildSa(SaState.ESTABLISHED, source=source))
    counters = known.counters
    if traffic := _TRAFFIC.search(line):
        into = int(traffic["in"]) * _UNITS[traffic["in_unit"]]
        counters = Counters(bytes_in=into, bytes_out=int(traffic["out"]) * _UNITS[traffic["out_unit"]])
    children[match["serial"]] = replace(
        known,
        protocol=Protocol(match["protocol"].upper()),
        local=match["local"],
        remote=match["remote"],
        spi_in=_spi(match["in"]),
        spi_out=_spi(match["out"]),
        counters=counters,
    )


def _spi(text: str) -> str | None:
    return text.lower().zfill(8) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else None


def _placed(child: ChildSa, loaded: dict[str, Loaded]) -> ChildSa:
    known = loaded.get(child.connection or "")
    if known is None:
        return child
    return replace(
        child,
        selectors=child.selectors or known.selectors,
        local=child.local or known.local,
        remote=child.remote or known.remote,
    )


def _ike_placed(sa: IkeSa, loaded: dict[str, Loaded]) -> IkeSa:
    known = loaded.get(sa.connection or "")
    return sa if known is None else replace(sa, local=sa.local or known.local, remote=sa.remote or known.remote)

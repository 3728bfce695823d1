"""`show crypto ipsec sa [detail] [peer|interface|vrf|map …]` → CHILD_SAs and flows without any."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Protocol, TransformType
from ipsecbot.model.sa import ChildSa, Counters, SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.peer_excerpts import flows_by_peer
from ipsecbot.parse.ios.sa_words import (
    IPSEC_STATES,
    canonical,
    duration,
    gap_at,
    ident_selector,
    state_of,
    transform_proposal,
)
from ipsecbot.parse.ios.spis import is_damaged_spi
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.textfsm import Row, run_template
from ipsecbot.spellings import by_ios

_COUNTS = {
    name: re.compile(rf"#{words}:?\s+(\d+)")
    for name, words in (
        ("packets_in", "pkts decaps"),
        ("packets_out", "pkts encaps"),
        ("send_errors", "send errors"),
        ("receive_errors", "recv errors"),
        ("replay_failed", r"pkts replay failed(?: \(re?cv\))?"),
        ("verify_failed", "pkts verify failed"),
    )
}
# IOS prints these headings for every flow, also for one without SAs
_SECTION = re.compile(r"(?:in|out)bound\s+(?:esp|ah|pcp)\s+sas:")
_MODES = (("Tunnel", EncapsulationMode.TUNNEL), ("Transport", EncapsulationMode.TRANSPORT))
_PROTOCOLS = (("esp", Protocol.ESP), ("ah", Protocol.AH))  # `pcp` is compression inside them, no SA of its own


def read_ipsec_sas(output: RawOutput, device: str) -> Parsed[tuple[ChildSa, ...]]:
    """One ChildSa per pair of inbound and outbound SA, and one with `state` ABSENT per flow without SAs.

    IOS counts packets per flow, not per SA: while a flow has several pairs (rekeying, ESP with AH), the counters stand with the
    pair whose outbound SPI is the current one, and the others have none. `source` starts at the flow's ident line.
    Where the lines of the SAs are cut off (`| include caps`), the current outbound SPI tells whether there are some; where that
    is not shown either, packets make it likely, and a flow without is a gap.
    """
    parsed = run_template(Platform.CISCO_IOS.value, "show crypto ipsec sa", output, device)
    children: list[ChildSa] = []
    gaps: list[Gap] = []
    is_excerpt = bool(parsed.value) and _SECTION.search(output.text) is None
    for flow, sas in _flows(parsed.value):
        found, more = _excerpt(flow) if is_excerpt and not flow["CURRENT_OUTBOUND_SPI"] else _children(flow, sas)
        children += found
        gaps += more
    if not parsed.value:
        children += flows_by_peer(output, device)
    if not parsed.value and not children and (counted := _headless(output, device)) is not None:
        children.append(counted)
    return Parsed(tuple(children), parsed.gaps + tuple(gaps), parsed.answered)


def _flows(rows: tuple[Row, ...]) -> list[tuple[Row, list[Row]]]:
    flows: list[tuple[Row, list[Row]]] = []
    for row in rows:
        if row["ENTRY"] == "local" or not flows:
            flows.append((row, []))
        if row["ENTRY"] == "spi":
            flows[-1][1].append(row)
    return flows


def _children(flow: Row, sas: list[Row]) -> tuple[list[ChildSa], list[Gap]]:
    gaps: list[Gap] = []
    selectors = _selectors(flow, gaps)
    bare = ChildSa(
        state=SaState.ABSENT,
        selectors=selectors,
        local=canonical(flow["LOCAL_ENDPOINT"] or flow["LOCAL_ADDRESS"]) or None,
        remote=canonical(flow["REMOTE_ENDPOINT"] or flow["PEER"]) or None,
        pfs_group=_pfs_group(flow, gaps),
        path_mtu=flow.number("PATH_MTU"),
        interface=flow["INTERFACE"] or None,
        connection=flow["CRYPTO_MAP"] or None,
        source=flow.source,
    )
    children: list[ChildSa] = []
    for word, protocol in _PROTOCOLS:
        inbound, outbound = (
            [sa for sa in sas if (sa["DIRECTION"], sa["PROTOCOL"]) == (way, word)] for way in ("inbound", "outbound")
        )
        children += [_child(bare, flow, protocol, one, other, gaps) for one, other in zip_longest(inbound, outbound)]
    counted = replace(bare, counters=_counters(flow))
    current = flow["CURRENT_OUTBOUND_SPI"].lower().lstrip("0")
    if not children:
        # IOS names an outbound SPI only while there is an SA: its own lines were cut off
        return [replace(counted, state=SaState.ESTABLISHED, spi_out=current.zfill(8)) if current else counted], gaps
    holder = next((index for index, child in enumerate(children) if current and _same_spi(child.spi_out, current)), 0)
    children[holder] = replace(children[holder], counters=counted.counters)
    return children, gaps


def _excerpt(flow: Row) -> tuple[list[ChildSa], list[Gap]]:
    """A flow of which the lines about SAs were filtered out."""
    (child,), gaps = _children(flow, [])
    if child.counters.packets_in or child.counters.packets_out:
        return [replace(child, state=SaState.ESTABLISHED)], gaps
    return [], [*gaps, gap_at(flow.source, "whether this flow has SAs is not shown")]


def _headless(output: RawOutput, device: str) -> ChildSa | None:
    """`| include pkts`: the counters alone, of one flow whose idents are not shown."""
    counts = {name: [int(match[1]) for match in pattern.finditer(output.text)] for name, pattern in _COUNTS.items()}
    if any(len(found) > 1 for found in counts.values()) or not (counts["packets_in"] or counts["packets_out"]):
        return None  # several flows, of which none can be told from the others; or nothing that was counted
    numbers = {name: found[0] for name, found in counts.items() if found}
    if not (numbers.get("packets_in") or numbers.get("packets_out")):
        return None
    lines = output.text.split("\n")
    printed = [number for number, line in enumerate(lines, 1) if "#pkts" in line]
    source = Source(device, output.name, printed[0], printed[-1], lines[printed[0] - 1])
    return ChildSa(state=SaState.ESTABLISHED, counters=Counters(**numbers), source=source)


def _same_spi(spi: str | None, current: str) -> bool:
    return spi is not None and spi.lstrip("0") == current


def _child(bare: ChildSa, flow: Row, protocol: Protocol, inbound: Row | None, outbound: Row | None, gaps: list[Gap]) -> ChildSa:
    sa = outbound or inbound
    assert sa is not None  # zip_longest gives at least one
    settings = sa["SA_SETTINGS"]
    group = flow["DH_GROUP"] if flow["DH_GROUP"] not in ("", "none") else None
    proposal, unknown = transform_proposal(sa["TRANSFORM"], protocol, group=group, esn="esn" in settings.split())
    gaps += [gap_at(sa.source, f"unknown transform {word!r}", sa.lines.get("TRANSFORM")) for word in unknown if word != group]
    state = state_of(IPSEC_STATES, sa["SA_STATUS"])
    if state is None:
        gaps.append(gap_at(sa.source, f"unknown status {sa['SA_STATUS']!r}", sa.lines.get("SA_STATUS")))
    dataplane = f"({sa['SA_STATUS_DATAPLANE']})" if sa["SA_STATUS_DATAPLANE"] else ""
    return replace(
        bare,
        state=state or SaState.NEGOTIATING,
        protocol=protocol,
        spi_in=_spi(inbound),
        spi_out=_spi(outbound),
        damaged_spis=tuple(spi for sa in (inbound, outbound) if (spi := _spi(sa)) and sa and is_damaged_spi(sa.source.text)),
        mode=next((mode for word, mode in _MODES if word == sa["SA_MODE"]), None),
        udp_encapsulated="UDP-Encaps" in settings if sa["SA_MODE"] else None,
        proposal=proposal if sa["TRANSFORM"] else None,
        expires_in=_expiry(sa),
        vendor_state=f"{sa['SA_STATUS']}{dataplane}" or None,
        source=_span(flow, inbound, outbound),
    )


def _spi(sa: Row | None) -> str | None:
    return sa["SPI"].lower() or None if sa else None


def _span(flow: Row, *sas: Row | None) -> Source:
    last = max(row.source.last_line for row in (flow, *sas) if row is not None)
    return replace(flow.source, last_line=last)


def _expiry(sa: Row) -> timedelta | None:
    seconds = sa.number("REMAINING_SECONDS")
    return timedelta(seconds=seconds) if seconds is not None else duration(sa["REMAINING_TIME"])


def _pfs_group(flow: Row, gaps: list[Gap]) -> str | None:
    """The keyword of the group (`modp2048`); None when the SA was made without PFS or nothing is printed."""
    word = flow["DH_GROUP"]
    if word in ("", "none"):
        return None
    algorithm = by_ios("esp", TransformType.KE, word)
    if algorithm is None:
        gaps.append(gap_at(flow.source, f"unknown group {word!r}", flow.lines.get("DH_GROUP")))
    return algorithm.keyword if algorithm else None


def _selectors(flow: Row, gaps: list[Gap]) -> tuple[SelectorPair, ...]:
    if not flow["LOCAL_IDENT"] or not flow["REMOTE_IDENT"]:
        gaps.append(gap_at(flow.source, "a flow without both idents"))
        return ()
    local = ident_selector(flow["LOCAL_IDENT"], flow["LOCAL_PROTOCOL"], flow["LOCAL_PORT"], flow.source)
    remote = ident_selector(flow["REMOTE_IDENT"], flow["REMOTE_PROTOCOL"], flow["REMOTE_PORT"], flow.source)
    if local is None or remote is None:
        gaps.append(gap_at(flow.source, "an ident that is no network"))
        return ()
    return (SelectorPair(local, remote),)


def _counters(flow: Row) -> Counters:
    """The plain form has two error counters; the detail form has many, which are summed up per direction.

    `packets_out` is `encaps` (what was put into ESP or AH), `packets_in` is `decaps` (what was taken out of it).
    """
    return Counters(
        packets_in=flow.number("PKTS_DECAPS"),
        packets_out=flow.number("PKTS_ENCAPS"),
        send_errors=_sum(flow, "SEND_ERRORS", "NO_SA_SEND", "ENCAPS_FAILED_SEND", "REPLAY_ROLLOVER_SEND", "INTERNAL_ERR_SEND"),
        receive_errors=_sum(
            flow,
            "RECV_ERRORS",
            "INVALID_SA_RECV",
            "DECAPS_FAILED_RECV",
            "INVALID_PROT_RECV",
            "VERIFY_FAILED",
            "INVALID_IDENTITY_RECV",
            "INVALID_LEN_RECV",
            "REPLAY_ROLLOVER_RECV",
            "REPLAY_FAILED_RECV",
            "INTERNAL_ERR_RECV",
        ),
        verify_failed=flow.number("VERIFY_FAILED"),
        replay_failed=flow.number("REPLAY_FAILED_RECV"),
        invalid_spi=flow.number("INVALID_SA_RECV"),
        invalid_identity=flow.number("INVALID_IDENTITY_RECV"),
    )


def _sum(flow: Row, *columns: str) -> int | None:
    printed = [count for count in (flow.number(column) for column in columns) if count is not None]
    return sum(printed) if printed else None

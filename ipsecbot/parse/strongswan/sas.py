"""`swanctl --list-sas` and `ipsec statusall` → IkeSa and ChildSa.

Source: output of strongSwan 5.9.8 in every state of the laboratory; what older versions print stands in the templates.
"""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.sa import ChildSa, Counters, IkeSa, Role, SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.strongswan.selectors import read_pair
from ipsecbot.parse.textfsm import Row, run_template
from ipsecbot.spellings import read_charon_proposals

LIST_SAS, STATUSALL = "swanctl --list-sas", "ipsec statusall"
# charon's state words; ROUTED is a policy that waits for traffic and has no SA
_STATES: tuple[tuple[str, SaState], ...] = (
    ("CREATED", SaState.NEGOTIATING),
    ("CONNECTING", SaState.NEGOTIATING),
    ("INSTALLING", SaState.NEGOTIATING),
    ("RETRYING", SaState.NEGOTIATING),
    ("PASSIVE", SaState.ESTABLISHED),
    ("ESTABLISHED", SaState.ESTABLISHED),
    ("INSTALLED", SaState.ESTABLISHED),
    ("UPDATING", SaState.ESTABLISHED),
    ("REKEYING", SaState.REKEYING),
    ("REKEYED", SaState.DELETED),
    ("DELETING", SaState.DELETED),
    ("DELETED", SaState.DELETED),
    ("DESTROYING", SaState.DELETED),
    ("ROUTED", SaState.ABSENT),
)
_MODES: tuple[tuple[str, EncapsulationMode], ...] = (
    ("TUNNEL", EncapsulationMode.TUNNEL),
    ("BEET", EncapsulationMode.TUNNEL),
    ("IPTFS", EncapsulationMode.TUNNEL),
    ("TRANSPORT", EncapsulationMode.TRANSPORT),
    ("TRANSPORT_PROXY", EncapsulationMode.TRANSPORT),
)
_KEY_SIZE = re.compile(r"-(\d+)(?=/|$)")
_SPAN = re.compile(r"(\d+) (second|minute|hour|day)s?")
_IS_STATUSALL = re.compile(r"^[^\S\n]*Security Associations \(", re.MULTILINE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

Sas = tuple[tuple[IkeSa, ...], tuple[ChildSa, ...]]


def read_sas(output: RawOutput, device: str) -> Parsed[Sas]:
    """Every IKE_SA and CHILD_SA listed, in the order printed. No SAs give `((), ())`; a policy that only waits for traffic
    is a ChildSa with state ABSENT. Lines that are not understood are gaps; nothing is raised."""
    statusall = output.kind is OutputKind.STATUSALL or _IS_STATUSALL.search(output.text)
    parsed = run_template("strongswan", STATUSALL if statusall else LIST_SAS, output, device)
    gaps, ike_sas, child_sas = list(parsed.gaps), [], []
    parent: IkeSa | None = None
    for row in parsed.value:
        if statusall and not (row["UNIQUE_ID"] or row["CHILD_ID"]):
            continue
        if _is_ike(row):
            parent = _ike_sa(row, gaps)
            ike_sas.append(parent)
        else:
            routed = row["STATE"] == "ROUTED"
            child_sas.append(_child_sa(row, None if routed else parent, gaps))
    return Parsed((tuple(ike_sas), tuple(child_sas)), tuple(gaps), answered=parsed.answered)


def _is_ike(row: Row) -> bool:
    return bool(row["UNIQUE_ID"]) and not row["MODE"]


def _ike_sa(row: Row, gaps: list[Gap]) -> IkeSa:
    version = row["IKE"] if "IKE" in row.cells else row["VERSION"]
    role = Role.INITIATOR if row["WE_INITIATED"] else Role.RESPONDER if row["WE_RESPONDED"] else None
    spis = row["INITIATOR_SPI"] or None, row["RESPONDER_SPI"] or None
    local_spi, remote_spi = spis if role is Role.INITIATOR else spis[::-1] if role is Role.RESPONDER else (None, None)
    return IkeSa(
        version=int(version) if version else None,
        state=_state(row),
        vendor_state=row["STATE"],
        local=_host(row["LOCAL"]),
        remote=_host(row["REMOTE"]),
        local_port=_port(row, "LOCAL_PORT"),
        remote_port=_port(row, "REMOTE_PORT"),
        role=role,
        connection=row["NAME"],
        identifier=row["UNIQUE_ID"],
        local_spi=local_spi,
        remote_spi=remote_spi,
        local_id=row["LOCAL_ID"] or None,
        remote_id=row["REMOTE_ID"] or None,
        proposal=_proposal(row, Protocol.IKE, gaps),
        age=_span(row["AGE"]),
        expires_in=_span(row["EXPIRES_IN"]) or _span(row["REAUTH_IN"]) or _span(row["REKEY_IN"]),
        source=row.source,
    )


def _child_sa(row: Row, parent: IkeSa | None, gaps: list[Gap]) -> ChildSa:
    protocol = Protocol(row["PROTOCOL"]) if row["PROTOCOL"] else None
    proposal = _proposal(row, protocol or Protocol.ESP, gaps)
    groups = proposal.of(TransformType.KE) if proposal else ()
    mode = row["MODE"].strip("()")
    return ChildSa(
        state=_state(row),
        protocol=protocol,
        selectors=_selectors(row, gaps),
        local=parent.local if parent else None,
        remote=parent.remote if parent else None,
        spi_in=row["SPI_IN"].zfill(8) if row["SPI_IN"] else None,
        spi_out=row["SPI_OUT"].zfill(8) if row["SPI_OUT"] else None,
        mode=dict(_MODES).get(mode),
        udp_encapsulated=bool(row["ENCAP"]) if row["SPI_IN"] else None,
        proposal=proposal,
        pfs_group=groups[0].keyword if groups else None,
        counters=Counters(
            packets_in=_packets(row, "IN"),
            packets_out=_packets(row, "OUT"),
            bytes_in=row.number("BYTES_IN"),
            bytes_out=row.number("BYTES_OUT"),
        ),
        expires_in=_span(row["EXPIRES_IN"]) or _span(row["REKEY_IN"]),
        age=_span(row["AGE"]) if row["SPI_IN"] else None,
        connection=parent.connection if parent else None,
        vendor_state=row["STATE"],
        source=row.source,
        name=row["NAME"],
    )


def _state(row: Row) -> SaState:
    # a state that a later version invents is no SA in use
    return dict(_STATES).get(row["STATE"], SaState.NEGOTIATING)


def _packets(row: Row, way: str) -> int | None:
    """statusall leaves the packets out while no byte has passed."""
    number = row.number(f"PACKETS_{way}")
    return 0 if number is None and row.number(f"BYTES_{way}") == 0 else number


def _selectors(row: Row, gaps: list[Gap]) -> tuple[SelectorPair, ...]:
    text = row["TS"] if "TS" in row.cells else f"{row['LOCAL_TS']} === {row['REMOTE_TS']}"
    selectors, unknown = read_pair(text, row.source)
    gaps += [_gap(row, f"not a traffic selector: {word}") for word in unknown]
    return selectors


def _proposal(row: Row, protocol: Protocol, gaps: list[Gap]) -> Proposal | None:
    if not row["PROPOSAL"]:
        return None
    names = _KEY_SIZE.sub(r"_\1", row["PROPOSAL"]).removesuffix("/PPK")
    names = f"{names.removesuffix('/ESN')}/EXT_SEQ" if names.endswith("/ESN") else names
    found, unknown = read_charon_proposals(f"{protocol}:{names}")
    gaps += [_gap(row, f"unknown algorithm {word}") for word in unknown]
    return found[0] if found else None


def _gap(row: Row, why: str) -> Gap:
    return Gap(row.source.device, row.source.output, why, row.source.first_line, row.source.text)


def _host(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None if text in ("", "%any", "%any6") else text


def _port(row: Row, column: str) -> int | None:
    return row.number(column) if column in row.cells else None


def _span(text: str) -> timedelta | None:
    """`3600` seconds of swanctl, `54 minutes` of statusall."""
    if text.lstrip("-").isdecimal():
        return timedelta(seconds=min(max(int(text[:12]), 0), 10**9))
    parts = _SPAN.findall(text)
    return timedelta(seconds=sum(int(count[:9]) * _SECONDS[unit] for count, unit in parts)) if parts else None

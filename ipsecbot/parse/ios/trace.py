"""What a router remembers without any debug: the IPsec event trace, `show crypto ikev2 diagnose error`, `show dmvpn`.

Source: captures of IOS-XE 16 and 17; Cisco IOS Master Command List, `show monitor event-trace crypto`, `show dmvpn` (states
`IKE`, `IPSEC`, `NHRP`, `UP`: how far a tunnel to one NBMA address has come). The trace of IKEv2 is read with the debugs
(ios/log).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Unpack

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import COUNTED, EventKind, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, IkeSa, SaState
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.ios.log.journal import Fields, Journal
from ipsecbot.parse.ios.log.record import Record
from ipsecbot.parse.ios.log.records import read_records
from ipsecbot.parse.ios.log.rows import Row
from ipsecbot.parse.networks import read_network
from ipsecbot.parse.read import Parsed

TRACE = re.compile(r"IPSEC-EVENT:(?P<what>[A-Z0-9-]+):\s*(?:SESSION ID:\d+,\s*)?(?P<text>.*)$")
_SA = re.compile(r"sa_dest\s*=\s*(?P<dest>\S+?),.*?sa_proto\s*=\s*(?P<proto>\d+),\s*sa_spi\s*=\s*0x(?P<spi>[0-9A-Fa-f]{1,8})")
_ENDS = re.compile(
    r"loc:\s*(?P<local>[^,\s]+),\s*rem:\s*(?P<remote>[^,\s]+)"
    r"(?:,\s*l_proxy:\s*(?P<l_proxy>[^,\s]+),\s*r_proxy:\s*(?P<r_proxy>[^,\s]+))?"
)
_REQUEST, _CLOSED = "KEY_ENG_REQUEST_SAS", "KEY_MGR_SESSION_CLOSED"
_DONE = {"IPSEC-CREATE-SA": EventKind.ESTABLISHED, "IPSEC-DELETE-SA": EventKind.DELETED}
_PROTOCOLS = {"50": Protocol.ESP, "51": Protocol.AH}


class IpsecTrace:
    """Reads the records of the IPsec event trace: two SAs, two lines each, make one event."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._spis: list[tuple[str, str]] = []
        self._protocol = Protocol.ESP
        self._told: set[tuple[object, ...]] = set()

    def read(self, record: Record) -> bool:
        """Writes the record's event down, if it is one. False when the record is not of this trace."""
        match = TRACE.match(record.body)
        if match is None:
            return False
        ends = _ENDS.search(match["text"])
        sa = _SA.search(match["text"])
        if match["what"] in _DONE and sa is not None:
            self._spis.append((sa["dest"], sa["spi"].lower().zfill(8)))
            self._protocol = _PROTOCOLS.get(sa["proto"], Protocol.ESP)
        elif match["what"] in _DONE and ends is not None:
            self._done(_DONE[match["what"]], record, ends)
        elif ends is not None and _REQUEST in match["text"]:
            self._add(EventKind.STARTED, record, ends, protocol=Protocol.ESP)
        elif ends is not None and _CLOSED in match["text"]:
            self._add(EventKind.DELETED, record, ends, protocol=Protocol.ESP, detail="session closed")
        return True

    def _done(self, kind: EventKind, record: Record, ends: re.Match[str]) -> None:
        """The second line of an SA; the event waits for both directions, inbound (to this router) first."""
        pairs = dict(reversed(self._spis))
        local, remote = clean_address(ends["local"]), clean_address(ends["remote"])
        mine, theirs = pairs.get(local or ""), pairs.get(remote or "")
        if mine is None or theirs is None:
            return
        self._spis = []
        if (kind, mine, theirs) not in self._told:
            self._told.add((kind, mine, theirs))
            self._add(kind, record, ends, protocol=self._protocol, spis=(mine, theirs))

    def _add(self, kind: EventKind, record: Record, ends: re.Match[str], **fields: Unpack[Fields]) -> None:
        known: Fields = {"local": clean_address(ends["local"]), "remote": clean_address(ends["remote"])}
        known["selectors"] = _proxies(ends, self.journal.source(record))
        known["protocol"] = Protocol.ESP
        merged: Fields = {**known, **fields}
        self.journal.add(kind, record, **merged)


def _proxies(ends: re.Match[str], source: Source) -> tuple[SelectorPair, ...]:
    """`0.0.0.0/0/256`: address, port or protocol, and mask are not told apart; only the address is sure."""
    if ends["l_proxy"] is None:
        return ()
    addresses = [ends[key].split("/")[0] for key in ("l_proxy", "r_proxy")]
    sides = [read_network(f"{one}/0" if one == "0.0.0.0" else one) for one in addresses]  # noqa: S104  # a word of the trace
    if sides[0] is None or sides[1] is None:
        return ()
    return (SelectorPair(TrafficSelector(sides[0], source=source), TrafficSelector(sides[1], source=source)),)


def read_events(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """The events of `show monitor event-trace crypto ipsec …`. Never raises on odd input."""
    journal = Journal(output, device)
    trace = IpsecTrace(journal)
    for record in read_records(output):
        trace.read(record)
    return Parsed(*journal.finish())


# What `show crypto ikev2 diagnose error` counts, where the text alone tells a cause.
ERRORS: tuple[Row, ...] = (
    Row(r"Failed to find a matching policy|No proposal chosen", EventKind.PROPOSAL_REFUSED, protocol=Protocol.IKE),
    Row(r".*[Nn]o (?:IPSEC )?policy found for received TS|TS unacceptable", EventKind.SELECTORS_REFUSED, protocol=Protocol.ESP),
    Row(r".*(?:Failed to authenticate|authentication (?:data )?fail|Auth exchange failed)", EventKind.AUTHENTICATION_FAILED),
    Row(r"Maximum number of retransmissions reached", EventKind.GAVE_UP),
    Row(r".*wrong DH group", EventKind.KE_REFUSED, attribute="dh"),
    Row(r".*invalid IKE SPI", EventKind.INVALID_SPI, protocol=Protocol.IKE),
    Row(r".*(?:expired)", EventKind.CERTIFICATE_REFUSED, attribute="expired"),
)
_ERROR = re.compile(r"^\s*Error\((?P<count>\d+)\):\s*(?P<text>\S.*?)\s*$")
_TABLE = re.compile(r"Exit Path Table - status: (?P<status>\w+)")


def read_diagnose_errors(output: RawOutput, device: str) -> Parsed[tuple[LogEvent, ...]]:
    """One event for each counted error that tells a cause (`detail`: the text and how often); any other is a gap with its line.

    The table has no times and no peers. `answered` is False when the table is not there.
    """
    events: list[LogEvent] = []
    gaps: list[Gap] = []
    for number, line in enumerate(output.text.split("\n"), 1):
        match = _ERROR.match(line[:500])
        if match is None:
            continue
        source = Source(device, output.name, number, number, line.strip())
        row = next((row for row in ERRORS if row.regex.match(match["text"])), None)
        if row is None or row.kind is None:
            gaps.append(Gap(device, output.name, "an error that tells no cause", number, line.strip()))
            continue
        detail = f"{match['text']} (counter {match['count']})"
        known = LogEvent(row.kind, source, ike_version=2, protocol=row.protocol, attribute=row.attribute, detail=detail)
        events.append(replace(known, context=COUNTED))
    return Parsed(tuple(events), tuple(gaps), answered=_TABLE.search(output.text) is not None)


@dataclass(frozen=True, slots=True)
class NhrpPeer:
    """One tunnel address behind one NBMA address. `state` as printed (IKE, IPSEC, NHRP, UP), `since` the age or `never`,
    `attributes` as printed (`S` static, `D` dynamic, `I` incomplete, `N` behind NAT, `X` no socket)."""

    interface: str | None
    nbma: str | None
    address: str
    state: str
    since: str
    attributes: str
    source: Source


_INTERFACE = re.compile(r"^\s*Interface:\s*(?P<name>[^\s,]+)")
_ROW = re.compile(
    r"^\s*(?:(?P<entries>\d+)\s+(?P<nbma>UNKNOWN|[0-9A-Fa-f.:]+)\s+)?(?P<address>[0-9A-Fa-f]+[.:][0-9A-Fa-f.:]+)\s+"
    r"(?P<state>IKE|IPSEC|NHRP|UP|Tunnel|INTF|Sock)\s+(?P<since>\S+)\s+(?P<attributes>[A-Z0-9]+)\s*$",
    re.IGNORECASE,
)


def read_dmvpn(output: RawOutput, device: str) -> Parsed[tuple[NhrpPeer, ...]]:
    """Every NHRP peer of `show dmvpn`. `answered` is False when no interface is listed."""
    peers: list[NhrpPeer] = []
    interface: str | None = None
    nbma: str | None = None
    for number, line in enumerate(output.text.split("\n"), 1):
        if match := _INTERFACE.match(line[:300]):
            interface, nbma = match["name"], None
        elif match := _ROW.match(line.rstrip("\r")[:300]):
            if match["nbma"] is not None:
                nbma = None if match["nbma"].upper() == "UNKNOWN" else clean_address(match["nbma"])
            source = Source(device, output.name, number, number, line.strip())
            address = clean_address(match["address"]) or match["address"]
            peers.append(
                NhrpPeer(interface, nbma, address, match["state"].upper(), match["since"], match["attributes"], source)
            )
    return Parsed(tuple(peers), answered=interface is not None)


def sas_of(peers: tuple[NhrpPeer, ...]) -> tuple[tuple[IkeSa, ...], tuple[ChildSa, ...]]:
    """What the DMVPN states say of SAs: at IKE there is none yet, at IPSEC the IKE SA is up and its child is not. `NHRP` and
    `UP` say that IPsec does not stand in the way, not that there is any."""
    ike: list[IkeSa] = []
    children: list[ChildSa] = []
    for peer in peers:
        if peer.state == "IKE":
            ike.append(IkeSa(None, SaState.NEGOTIATING, "DMVPN IKE", remote=peer.nbma, source=peer.source))
        elif peer.state == "IPSEC":
            ike.append(IkeSa(None, SaState.ESTABLISHED, "DMVPN IPSEC", remote=peer.nbma, source=peer.source))
            child = ChildSa(SaState.NEGOTIATING, remote=peer.nbma, interface=peer.interface, source=peer.source)
            children.append(replace(child, vendor_state="DMVPN IPSEC"))
    return tuple(ike), tuple(children)

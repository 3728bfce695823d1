"""What each end says exists: IKE SAs, CHILD_SAs with their counters, and pings, end by end in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ipsecbot.model.evidence import Source
from ipsecbot.model.sa import ChildSa, Counters, IkeSa
from ipsecbot.model.tunnel import Diagnosis, Endpoint
from ipsecbot.report.decided import Spi, spi_in_words


def ends_of(diagnosis: Diagnosis) -> tuple[Endpoint, ...]:
    """Both ends of the tunnel as far as they are known."""
    return tuple(end for end in (diagnosis.tunnel.left, diagnosis.tunnel.right) if end is not None)


def state(diagnosis: Diagnosis) -> list[dict[str, Any]]:
    """`state` of the JSON. `ike_sas` and `child_sas` are null where no table of them was read, `[]` where it was empty."""
    return [_end(end) for end in ends_of(diagnosis) if end.ike_sas is not None or end.child_sas is not None or end.pings]


def _end(end: Endpoint) -> dict[str, Any]:
    return {
        "device": end.device.name,
        "ike_sas": None if end.ike_sas is None else [_ike(sa) for sa in end.ike_sas],
        "child_sas": None if end.child_sas is None else [_child(sa) for sa in end.child_sas],
        "pings": [{"to": to, "sent": sent, "received": received, **_place(source)} for to, sent, received, source in end.pings],
    }


def _ike(sa: IkeSa) -> dict[str, Any]:
    return {
        "state": sa.state.value,
        "vendor_state": sa.vendor_state,
        "ike_version": sa.version,
        "local": sa.local,
        "remote": sa.remote,
        "role": sa.role.value if sa.role else None,
        "proposal": sa.proposal.keywords if sa.proposal else None,
        **_place(sa.source),
    }


def _child(sa: ChildSa) -> dict[str, Any]:
    return {
        "state": sa.state.value,
        "protocol": sa.protocol.value if sa.protocol else None,
        "mode": sa.mode.value if sa.mode else None,
        "proposal": sa.proposal.keywords if sa.proposal else None,
        "local": sa.local,
        "remote": sa.remote,
        "local_selectors": [str(pair.local) for pair in sa.selectors],
        "remote_selectors": [str(pair.remote) for pair in sa.selectors],
        "spis": [asdict(spi) for spi in spis(sa)],
        "counters": {name: value for name, value in asdict(sa.counters).items() if value is not None},
        "expires_in": int(sa.expires_in.total_seconds()) if sa.expires_in is not None else None,
        "interface": sa.interface,
        **_place(sa.source),
    }


def spis(sa: ChildSa) -> tuple[Spi, ...]:
    """The SPIs of one CHILD_SA, inbound first."""
    known = ((sa.spi_in, "in"), (sa.spi_out, "out"))
    return tuple(Spi(spi, direction, spi in sa.damaged_spis) for spi, direction in known if spi)


def _place(source: Source | None) -> dict[str, Any]:
    return {"source": source.output, "line": source.first_line} if source is not None else {}


def in_words(diagnosis: Diagnosis) -> Iterator[str]:
    """One line per SA and ping, for people."""
    for end in ends_of(diagnosis):
        for ike in end.ike_sas or ():
            yield f"{end.device.name}: IKE SA {ike.local or '?'} === {ike.remote or '?'}: {ike.vendor_state}"
        for child in end.child_sas or ():
            yield f"{end.device.name}: {_child_in_words(child)}"
        for to, sent, received, _ in end.pings:
            yield f"{end.device.name}: ping {to}: {received} of {sent} answered"


def _child_in_words(sa: ChildSa) -> str:
    what = [f"{sa.protocol or 'CHILD_SA'} {sa.state}", *(str(pair) for pair in sa.selectors)]
    if sa.proposal is not None:
        what.append(sa.proposal.keywords)
    what += [spi_in_words(spi) for spi in spis(sa)]
    return ", ".join((*what, *_counted(sa.counters)))


def _counted(counters: Counters) -> Iterator[str]:
    if counters.packets_in is not None or counters.packets_out is not None:
        yield f"packets {counters.packets_in} in, {counters.packets_out} out"
    failed = {name: value for name, value in asdict(counters).items() if value and not name.startswith(("packets", "bytes"))}
    yield from (f"{value} {name.replace('_', ' ')}" for name, value in failed.items())

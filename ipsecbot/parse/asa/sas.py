"""`show crypto ikev1 sa [detail]` (`show crypto isakmp sa`) of ASA → IKE SAs.

Source: Cisco ASA Series Command Reference, `show crypto ikev1 sa`: a numbered block for each peer with Type, Role, Rekey and
State (`MM_ACTIVE`, `AM_ACTIVE` up; `MM_WAIT_MSG2` … how far it got), in the detail form Encrypt, Hash, Auth and Lifetime.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.evidence import Source
from ipsecbot.model.sa import IkeSa, Role, SaState
from ipsecbot.model.snapshot import RawOutput
from ipsecbot.parse.ios.log.addresses import clean_address
from ipsecbot.parse.read import Parsed

_PEER = re.compile(r"^\s*(?P<number>\d{1,6})\s+IKE Peer:\s*(?P<remote>\S+)")
_FIELD = re.compile(r"\b(?P<key>Type|Role|Rekey|State|Lifetime Remaining)\s*:\s*(?P<value>[^\s:]+)")
_NONE = re.compile(r"There are no (?:IKEv1|isakmp) [Ss][Aa]s", re.IGNORECASE)
_ROLES = {"initiator": Role.INITIATOR, "responder": Role.RESPONDER}
_UP = ("MM_ACTIVE", "AM_ACTIVE", "MM_ACTIVE_REKEY", "AM_ACTIVE_REKEY")
_GONE = ("MM_FREE", "AM_FREE", "MM_DONE", "MM_DELETE")


def is_asa(text: str) -> bool:
    """Whether this is ASA's form of the listing and not the table of a router."""
    return _NONE.search(text) is not None or re.search(r"^[ \t]*\d{1,6}\s+IKE Peer:", text, re.MULTILINE) is not None


def read_ikev1_sas(output: RawOutput, device: str) -> Parsed[tuple[IkeSa, ...]]:
    """Every IKEv1 SA, in order. `answered` is False when the text neither lists one nor says that there are none."""
    found: list[IkeSa] = []
    for number, line in enumerate(output.text.split("\n"), 1):
        source = Source(device, output.name, number, number, line.strip())
        if match := _PEER.match(line):
            remote = clean_address(match["remote"])
            found.append(IkeSa(1, SaState.NEGOTIATING, "", remote=remote, identifier=match["number"], source=source))
        elif found:
            for field in _FIELD.finditer(line):
                found[-1] = _with(found[-1], field["key"], field["value"], number)
    return Parsed(tuple(found), answered=bool(found) or is_asa(output.text))


def _with(sa: IkeSa, key: str, value: str, line: int) -> IkeSa:
    source = None if sa.source is None else replace(sa.source, last_line=line)
    if key == "Role":
        return replace(sa, role=_ROLES.get(value.lower()), source=source)
    if key == "State":
        state = SaState.ESTABLISHED if value in _UP else SaState.DELETED if value in _GONE else SaState.NEGOTIATING
        return replace(sa, vendor_state=value, state=state, source=source)
    if key == "Rekey" and value.lower() == "yes":
        return replace(sa, state=SaState.REKEYING, source=source)
    if key == "Lifetime Remaining" and value.isdigit() and len(value) < 10:
        return replace(sa, expires_in=timedelta(seconds=int(value)), source=source)
    return sa

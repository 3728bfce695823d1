"""`show crypto session [detail|brief]` → both phases of each peer."""

from __future__ import annotations

from ipsecbot.model.device import Platform
from ipsecbot.model.sa import ChildSa, Counters, IkeSa, SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.ike_sas import SessionView
from ipsecbot.parse.ios.sa_words import canonical, duration, flow_selector, gap_at
from ipsecbot.parse.ios.session_brief import HEADING, read_brief
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.textfsm import Row, run_template

_NONE = ("", "none", "(none)")


def read_sessions(output: RawOutput, device: str) -> Parsed[SessionView]:
    """Every IKE SA and every flow of every session.

    A session without any IKE SA (`DOWN`, `UP-NO-IKE`) gives an IkeSa with `state` ABSENT and the session's status as
    `vendor_state`. `Inactive` is NEGOTIATING in a session that is down and DELETED (lingering) in one that is up. `IKE SA`
    without a version is IKEv1: IOS prints versions since it knows IKEv2. A flow with `Active SAs: 0` is ABSENT; SPIs and
    transforms are not printed here. `drop` counts as error of its direction.
    """
    if HEADING.search(output.text):
        return read_brief(output, device)
    parsed = run_template(Platform.CISCO_IOS.value, "show crypto session detail", output, device)
    sas: list[IkeSa] = []
    children: list[ChildSa] = []
    gaps: list[Gap] = []
    rows = parsed.value
    for index, row in enumerate(rows):
        if row["ENTRY"] == "Peer":
            following = rows[index + 1]["ENTRY"] if index + 1 < len(rows) else "Peer"
            sas += [] if following == "IKE" else [_absent(row)]
        elif row["ENTRY"] == "IKE":
            sas.append(_ike_sa(row, gaps))
        else:
            children.append(_flow(row, sas[-1] if sas else None, gaps))
    # a table in a layout that is not known here does not say that nothing exists
    answered = parsed.answered and (bool(rows) or not parsed.gaps)
    return Parsed(SessionView(tuple(sas), tuple(children)), parsed.gaps + tuple(gaps), answered)


def _absent(row: Row) -> IkeSa:
    return IkeSa(
        version=None,
        state=SaState.ABSENT,
        vendor_state=row["SESSION_STATUS"],
        remote=canonical(row["PEER"]) or None,
        remote_port=row.number("PEER_PORT"),
        connection=_optional(row["PROFILE"]),
        remote_id=_optional(row["PHASE1_ID"]),
        vrf=_optional(row["FVRF"]),
        source=row.source,
    )


def _ike_sa(row: Row, gaps: list[Gap]) -> IkeSa:
    word, down = row["IKE_STATE"], row["SESSION_STATUS"].startswith("DOWN")
    if word == "Active":
        state = SaState.ESTABLISHED
    else:
        state = SaState.NEGOTIATING if down or word != "Inactive" else SaState.DELETED
        gaps += [] if word == "Inactive" else [gap_at(row.source, f"unknown state {word!r}")]
    return IkeSa(
        version=row.number("IKE_VERSION") or 1,
        state=state,
        vendor_state=word,
        local=canonical(row["LOCAL"]),
        remote=canonical(row["REMOTE"]),
        local_port=row.number("LOCAL_PORT"),
        remote_port=row.number("REMOTE_PORT"),
        connection=_optional(row["PROFILE"]),
        identifier=row["CONN_ID"] or None,
        remote_id=_optional(row["PHASE1_ID"]),
        expires_in=duration(row["IKE_LIFETIME"]) if word == "Active" else None,
        nat_detected="N" in row["CAPABILITIES"].replace("(none)", "") if row["CAPABILITIES"] and word == "Active" else None,
        vrf=_optional(row["FVRF"]),
        source=row.source,
    )


def _flow(row: Row, ike: IkeSa | None, gaps: list[Gap]) -> ChildSa:
    protocol = row["FLOW_PROTOCOL"]
    local = flow_selector(row["FLOW_LOCAL"], protocol, row["FLOW_LOCAL_PORT"], row.source)
    remote = flow_selector(row["FLOW_REMOTE"], protocol, row["FLOW_REMOTE_PORT"], row.source)
    if local is None or remote is None:
        gaps.append(gap_at(row.source, "a flow whose networks or protocol are not understood"))
    alive = bool(row.number("ACTIVE_SAS"))
    return ChildSa(
        state=SaState.ESTABLISHED if alive else SaState.ABSENT,
        selectors=(SelectorPair(local, remote),) if local is not None and remote is not None else (),
        local=ike.local if ike else None,
        remote=canonical(row["PEER"]) or None,
        counters=Counters(
            packets_in=row.number("PKTS_DECRYPTED"),
            packets_out=row.number("PKTS_ENCRYPTED"),
            send_errors=row.number("DROPS_OUT"),
            receive_errors=row.number("DROPS_IN"),
        ),
        expires_in=duration(row["LIFE_SECONDS_OUT"]) if alive else None,
        interface=row["INTERFACE"] or None,
        vendor_state=row["SESSION_STATUS"] or None,
        source=row.source,
    )


def _optional(text: str) -> str | None:
    return None if text in _NONE else text

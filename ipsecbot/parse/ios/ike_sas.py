"""`show crypto isakmp sa [detail]` and `show crypto ikev2 sa|session [detailed]` → IKE SAs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.device import Platform
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.model.sa import ChildSa, IkeSa, Role, SaState
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.ios.sa_words import (
    IKEV2_STATES,
    ISAKMP_STATES,
    canonical,
    duration,
    esp_proposal,
    gap_at,
    ikev2_proposal,
    range_selectors,
    selector_pairs,
    state_of,
)
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.textfsm import Row, run_template
from ipsecbot.spellings import by_ios, prf_of

IOS = Platform.CISCO_IOS.value
_DETAIL = re.compile(
    r"^[ \t]*(C-id\s+Local|\d+\s+[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+\s+[0-9A-Fa-f]*[.:])|Engine-id:Conn-id", re.MULTILINE
)
# the `Auth` column of `show crypto isakmp sa detail` (its own legend); `X` under Cap. adds user authentication to a key
_AUTH: tuple[tuple[str, AuthMethod], ...] = (
    ("psk", AuthMethod.PSK),
    ("rsig", AuthMethod.PUBKEY),
    ("ecsg", AuthMethod.PUBKEY),
    ("ecdsa", AuthMethod.PUBKEY),
    ("renc", AuthMethod.RSA_ENCR),
)


@dataclass(frozen=True, slots=True)
class SessionView:
    """Both phases of each peer, as `show crypto session` or `show crypto ikev2 session` puts them together."""

    ike_sas: tuple[IkeSa, ...]
    child_sas: tuple[ChildSa, ...]


def read_isakmp_sas(output: RawOutput, device: str, own_addresses: tuple[str, ...] = ()) -> Parsed[tuple[IkeSa, ...]]:
    """IKEv1 SAs from the plain or the detail form, told apart by their content.

    The plain form prints `dst` (the responder) and `src` (the initiator) but not which of them is this router: with
    `own_addresses` local, remote and role follow; without, src is taken for local and the role stays None.
    The detail form tells local from remote but prints no state word: an SA with its algorithms agreed and a crypto engine
    connection counts as ESTABLISHED, one without as NEGOTIATING (its `vendor_state` is the Status column). `aes` there comes
    without its key length, so the encryption is left out of `proposal`.
    """
    if _DETAIL.search(output.text):
        parsed = run_template(IOS, "show crypto isakmp sa detail", output, device)
        found = [_detail_sa(row) for row in parsed.value]
    else:
        parsed = run_template(IOS, "show crypto isakmp sa", output, device)
        own = {canonical(address) for address in own_addresses}
        found = [_plain_sa(row, own) for row in parsed.value]
    gaps = tuple(gap for _, more in found for gap in more)
    return Parsed(tuple(sa for sa, _ in found), parsed.gaps + gaps, parsed.answered)


def _plain_sa(row: Row, own: set[str]) -> tuple[IkeSa, list[Gap]]:
    initiator, responder = canonical(row["SRC"]), canonical(row["DST"])
    role = None
    if (initiator in own) != (responder in own):
        role = Role.INITIATOR if initiator in own else Role.RESPONDER
    local, remote = (responder, initiator) if role is Role.RESPONDER else (initiator, responder)
    state = state_of(ISAKMP_STATES, row["STATE"])
    gaps = [] if state else [gap_at(row.source, f"unknown state {row['STATE']!r}")]
    sa = IkeSa(
        version=1,
        state=SaState.DELETED if row["DELETED"] else state or SaState.NEGOTIATING,
        vendor_state=row["STATE"],
        local=local,
        remote=remote,
        role=role,
        identifier=row["CONN_ID"],
        vrf=row["FVRF"] or None,
        source=row.source,
    )
    return sa, gaps


def _detail_sa(row: Row) -> tuple[IkeSa, list[Gap]]:
    proposal, unknown = _detail_proposal(row)
    agreed = bool(row["AUTH"]) and row["ENGINE_CONN_ID"].isdecimal()
    state = SaState.ESTABLISHED if agreed else SaState.NEGOTIATING
    sa = IkeSa(
        version=1,
        state=SaState.DELETED if row["DELETED"] else state,
        vendor_state=row["STATUS"],
        local=canonical(row["LOCAL"]),
        remote=canonical(row["REMOTE"]),
        identifier=row["CONN_ID"],
        proposal=proposal,
        expires_in=duration(row["LIFETIME"]) if agreed else None,
        nat_detected="N" in row["CAPABILITIES"] if row["AUTH"] else None,
        source=row.source,
    )
    return sa, [gap_at(row.source, f"unknown algorithm {word!r}") for word in unknown]


def _detail_proposal(row: Row) -> tuple[Proposal | None, list[str]]:
    if not row["AUTH"]:
        return None, []
    unknown: list[str] = []
    algorithms: list[Algorithm] = []
    wanted = ((TransformType.ENCR, row["ENCR"]), (TransformType.INTEG, row["HASH"]), (TransformType.KE, row["DH"]))
    for kind, word in wanted:
        if word in ("", "aes"):
            continue
        algorithm = by_ios("isakmp", kind, word)
        if algorithm is None:
            unknown.append(word)
            continue
        algorithms.append(algorithm)
        prf = prf_of(algorithm) if kind is TransformType.INTEG else None
        algorithms += [prf] if prf else []
    auth = next((method for word, method in _AUTH if word == row["AUTH"]), None)
    if auth is None:
        unknown.append(row["AUTH"])
    elif "X" in row["CAPABILITIES"]:
        auth = AuthMethod.XAUTH_PSK if auth is AuthMethod.PSK else AuthMethod.XAUTH_PUBKEY
    return Proposal(Protocol.IKE, tuple(algorithms), auth=auth), unknown


def read_ikev2_sas(output: RawOutput, device: str) -> Parsed[tuple[IkeSa, ...]]:
    """IKEv2 SAs from `show crypto ikev2 sa|session`, with or without `detailed`. `vrf` is the front-door VRF."""
    view = read_ikev2_sessions(output, device)
    return Parsed(view.value.ike_sas, view.gaps, view.answered)


def read_ikev2_sessions(output: RawOutput, device: str) -> Parsed[SessionView]:
    """The same with the CHILD_SAs that some forms print (no counters there)."""
    parsed = run_template(IOS, "show crypto ikev2 sa detailed", output, device)
    sas: list[IkeSa] = []
    children: list[ChildSa] = []
    gaps: list[Gap] = []
    for row in parsed.value:
        if row["ENTRY"] == "Child":
            child, more = _ikev2_child(row, sas[-1] if sas else None)
            children.append(child)
        else:
            sa, more = _ikev2_sa(row)
            sas.append(sa)
        gaps += more
    return Parsed(SessionView(tuple(sas), tuple(children)), parsed.gaps + tuple(gaps), parsed.answered)


def _ikev2_sa(row: Row) -> tuple[IkeSa, list[Gap]]:
    state = state_of(IKEV2_STATES, row["STATUS"])
    gaps = [] if state else [gap_at(row.source, f"unknown state {row['STATUS']!r}")]
    proposal = None
    if row["ENCR"]:
        agreed, unknown = ikev2_proposal(row["ENCR"], row["KEYSIZE"], row["PRF"], row["HASH"], row["DH_GROUP"])
        proposal = agreed if agreed.algorithms else None
        gaps += [gap_at(row.source, f"unknown algorithm {word!r}", row.lines.get("ENCR")) for word in unknown]
    age, life = row.number("ACTIVE_TIME"), row.number("LIFETIME")
    sa = IkeSa(
        version=2,
        state=state or SaState.NEGOTIATING,
        vendor_state=row["STATUS"],
        local=canonical(row["LOCAL"]) or None,
        remote=canonical(row["REMOTE"]) or None,
        local_port=row.number("LOCAL_PORT"),
        remote_port=row.number("REMOTE_PORT"),
        role=_role(row),
        identifier=row["TUNNEL_ID"],
        local_spi=row["LOCAL_SPI"].lower() or None,
        remote_spi=row["REMOTE_SPI"].lower() or None,
        local_id=row["LOCAL_ID"] or None,
        remote_id=row["REMOTE_ID"] or None,
        proposal=proposal,
        age=None if age is None else timedelta(seconds=age),
        expires_in=None if age is None or life is None else timedelta(seconds=life - age),
        nat_detected=row["NAT_T"].startswith("detected") if row["NAT_T"] else None,
        vrf=row["FVRF"] if row["FVRF"] not in ("", "none", "(none)") else None,
        source=row.source,
    )
    return sa, gaps


def _role(row: Row) -> Role | None:
    word = row["ROLE"] or {"Yes": "INITIATOR", "No": "RESPONDER"}.get(row["INITIATOR"], "")
    return Role(word.lower()) if word else None


def _ikev2_child(row: Row, ike: IkeSa | None) -> tuple[ChildSa, list[Gap]]:
    pairs: list[SelectorPair] = []
    gaps: list[Gap] = []
    for local_words, remote_words in zip(row.many("LOCAL_SELECTORS"), row.many("REMOTE_SELECTORS"), strict=False):
        local, remote = range_selectors(local_words, row.source), range_selectors(remote_words, row.source)
        pairs += selector_pairs(local, remote)
        gaps += [
            gap_at(row.source, f"selector {words!r} is not made of a few networks", row.lines.get("LOCAL_SELECTORS"))
            for words, read in ((local_words, local), (remote_words, remote))
            if read is None
        ]
    esp = bool(row["ESP_SPI_IN"].strip("0"))
    spi_in, spi_out = (row["ESP_SPI_IN"], row["ESP_SPI_OUT"]) if esp else (row["AH_SPI_IN"], row["AH_SPI_OUT"])
    alive = bool(spi_in.strip("0"))
    proposal, unknown = esp_proposal(row["ESP_ENCR"], row["ESP_KEYSIZE"], row["ESP_HMAC"])
    gaps += [gap_at(row.source, f"unknown algorithm {word!r}", row.lines.get("ESP_ENCR")) for word in unknown]
    child = ChildSa(
        state=SaState.ESTABLISHED if alive else SaState.ABSENT,
        protocol=(Protocol.ESP if esp else Protocol.AH) if alive else None,
        selectors=tuple(pairs),
        local=ike.local if ike else None,
        remote=ike.remote if ike else None,
        spi_in=spi_in.lower() if alive else None,
        spi_out=spi_out.lower() if alive else None,
        mode=EncapsulationMode(row["CHILD_MODE"]) if row["CHILD_MODE"] else None,
        proposal=proposal,
        source=row.source,
    )
    return child, gaps

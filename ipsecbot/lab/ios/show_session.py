"""`show crypto session [detail]` and `show crypto ikev2 …`."""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.lab.ios.childsa import FlowState
from ipsecbot.lab.ios.config import Ikev2Proposal
from ipsecbot.lab.ios.flows import Proxy
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1
from ipsecbot.lab.ios.ikev2_choice import METHODS, cipher_name, group_name, hash_name
from ipsecbot.lab.ios.ikev2_sa import Ike2Sa
from ipsecbot.lab.ios.ikev2config import DEFAULT_POLICY, default_proposal
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.show_isakmp import capabilities, clock_text, remaining

CODES = """
Code: C - IKE Configuration mode, D - Dead Peer Detection     
K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     
X - IKE Extended Authentication, F - IKE Fragmentation
R - IKE Auto Reconnect, U - IKE Dynamic Route Update
"""  # noqa: W291 - the blanks are IOS's own


def _proxy(side: Proxy) -> str:
    if side.network.prefixlen == 32:
        return f"host {side.network.network_address}"
    return f"{side.network.network_address}/{side.network.netmask}"


def _ikes(machine: Machine, peer: str) -> tuple[list[Phase1], list[Ike2Sa]]:
    old = [sa for sa in machine.isakmp.sas if sa.peer == peer]
    new = [sa for sa in machine.ikev2.sas if sa.peer == peer]
    return old, new


def _status(machine: Machine, peer: str, states: list[FlowState]) -> str:
    old, new = _ikes(machine, peer)
    ike_up = any(sa.state == QM_IDLE for sa in old) or any(sa.stage == "up" for sa in new)
    if any(state.sas for state in states):
        return "UP-ACTIVE" if ike_up else "UP-NO-IKE"
    if ike_up:
        return "UP-IDLE"
    negotiating = any(not sa.deleted for sa in old) or any(sa.stage in {"init", "auth"} for sa in new)
    return "DOWN-NEGOTIATING" if negotiating else "DOWN"


def _ike_rows(machine: Machine, peer: str, *, detail: bool) -> str:
    old, new = _ikes(machine, peer)
    rows = ""
    for sa in old:
        active = "Active" if sa.state == QM_IDLE else "Inactive"
        rows += f"  Session ID: 0  \n  IKEv1 SA: local {sa.local}/{sa.local_port} remote {peer}/{sa.peer_port} {active} \n"
        if detail:
            caps = capabilities(sa) if sa.state == QM_IDLE else "(none)"
            life = clock_text(remaining(machine, sa)) if sa.state == QM_IDLE else "0"
            rows += f"          Capabilities:{caps} connid:{sa.conn} lifetime:{life}\n"
    for known in new:
        active = "Active" if known.stage == "up" else "Inactive"
        rows += (
            f"  Session ID: {known.session}  \n"
            f"  IKEv2 SA: local {known.local}/{known.local_port} remote {peer}/{known.peer_port} {active} \n"
        )
        if detail:
            left = known.lifetime - age(machine, known) if known.established else 0
            caps = "N" if known.nat else "(none)"
            rows += f"          Capabilities:{caps} connid:{known.number} lifetime:{clock_text(left) if left else '0'}\n"
    return rows


def _flow_rows(machine: Machine, state: FlowState, *, detail: bool) -> str:
    flow = state.flow
    protocol = "ip" if not flow.local.protocol else str(flow.local.protocol)
    sa = state.sas[0] if state.sas else None
    left = max(0, sa.lifetime - (machine.router.world.now - sa.created) // timedelta(seconds=1)) if sa else 0
    life = f"4607999/{left}" if sa else "0/0"
    rows = (
        f"  IPSEC FLOW: permit {protocol} {_proxy(flow.local)} {_proxy(flow.remote)} \n"
        f"        Active SAs: {2 * len(state.sas)}, origin: crypto map\n"
    )
    if detail:
        rows += (
            f"        Inbound:  #pkts dec'ed {state.decaps} drop {state.recv_errors} life (KB/Sec) {life}\n"
            f"        Outbound: #pkts enc'ed {state.encaps} drop {state.send_errors} life (KB/Sec) {life}\n"
        )
    return rows


def session(machine: Machine, *, detail: bool = False) -> str:
    groups: dict[tuple[str, str], list[FlowState]] = {}
    for state in machine.ipsec.table():
        peer = state.sas[0].peer if state.sas else state.flow.peer
        if peer:
            groups.setdefault((state.flow.interface, peer), []).append(state)
    text = "Crypto session current status\n" + (CODES if detail else "")
    for (interface, peer), states in groups.items():
        text += f"\nInterface: {interface}\n" + _block(machine, peer, states, detail=detail)
    return text + "\n"


def _block(machine: Machine, peer: str, states: list[FlowState], *, detail: bool) -> str:
    status = _status(machine, peer, states)
    old, new = _ikes(machine, peer)
    ports = [sa.peer_port for sa in old] + [sa.peer_port for sa in new] or [500]
    profile = states[0].flow.isakmp_profile or states[0].flow.ikev2_profile
    begun = [sa.established for sa in old if sa.established] + [sa.established for sa in new if sa.established]
    head = ""
    if status.startswith("UP") and profile:
        head += f"Profile: {profile}\n"
    if detail and status.startswith("UP") and begun:
        head += f"Uptime: {clock_text((machine.router.world.now - begun[0]) // timedelta(seconds=1))}\n"
    fixed = f"{head}Session status: {status:<14}\n"
    if not detail:
        fixed += f"Peer: {peer} port {ports[0]} \n"
    else:
        ids = [sa.peer_identity.value for sa in old if sa.peer_identity and sa.state == QM_IDLE]
        ids += [sa.peer_id.value for sa in new if sa.peer_id and sa.stage == "up"]
        fixed += (
            f"Peer: {peer} port {ports[0]} fvrf: (none) ivrf: (none)\n"
            f"      {f'Phase1_id: {ids[0]}' if ids else 'Desc: (none)'}\n"
            f"      {'Desc: (none)' if ids else 'Phase1_id: (none)'}\n"
        )
    return (
        fixed + _ike_rows(machine, peer, detail=detail) + "".join(_flow_rows(machine, state, detail=detail) for state in states)
    )


def session_detail(machine: Machine) -> str:
    return session(machine, detail=True)


def age(machine: Machine, sa: Ike2Sa) -> int:
    return (machine.router.world.now - sa.established) // timedelta(seconds=1) if sa.established else 0


def _words(chosen: Ikev2Proposal | None) -> str:
    """`Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:19`; before an agreement everything is unknown."""
    if chosen is None:
        return "Encr: Unknown - 0, PRF: Unknown - 0, Hash: None, DH Grp:0"
    name, _, bits = chosen.encryptions[0].rpartition("-")
    cipher = name.upper() if bits.isdigit() else cipher_name(chosen.encryptions[0], length=False)
    size = f", keysize: {bits}" if bits.isdigit() else ""
    digest = hash_name(chosen.integrities[0], integrity=True) if chosen.integrities else "None"
    prf = hash_name(chosen.prfs[0], integrity=False)
    return f"Encr: {cipher}{size}, PRF: {prf}, Hash: {digest}, DH Grp:{chosen.groups[0]}"


STATES = {"init": "IN-NEG", "auth": "IN-NEG", "up": "READY", "deleting": "DELETE"}


def _ikev2_row(machine: Machine, sa: Ike2Sa, *, detail: bool) -> str:
    local, remote = f"{sa.local}/{sa.local_port}", f"{sa.peer}/{sa.peer_port}"
    ours, theirs = (sa.spi_i, sa.spi_r) if sa.initiator else (sa.spi_r, sa.spi_i)
    sign = METHODS.get(sa.profile.local_auth or "", "PSK") if sa.profile and sa.stage == "up" else "Unknown - 0"
    verify = METHODS.get(next(iter(sa.profile.remote_auths), ""), "PSK") if sa.profile and sa.stage == "up" else "Unknown - 0"
    text = (
        "Tunnel-id Local                 Remote                fvrf/ivrf            Status \n"
        f"{sa.number:<9} {local:<21} {remote:<21} none/none            {STATES[sa.stage]:<6} \n"
        f"      {_words(sa.chosen)}, Auth sign: {sign}, Auth verify: {verify}\n"
        f"      Life/Active Time: {sa.lifetime}/{age(machine, sa)} sec\n"
    )
    if not detail:
        return text + "\n"
    ours_id, theirs_id = (2, 0) if sa.initiator else (0, 2)
    return text + (
        f"      CE id: 0, Session-id: {sa.session}\n"
        f"      Local spi: {ours:016X}       Remote spi: {theirs:016X}\n"
        f"      Status Description: {'Negotiation done' if sa.stage == 'up' else 'Initiator waiting for AUTH response'}\n"
        f"      Local id: {sa.own_id.value if sa.own_id else sa.local}\n"
        f"      Remote id: {sa.peer_id.value if sa.peer_id else ''}\n"
        f"      Local req msg id:  {ours_id}              Remote req msg id:  {theirs_id}         \n"
        f"      Local next msg id: {ours_id}              Remote next msg id: {theirs_id}         \n"
        f"      Local req queued:  {ours_id}              Remote req queued:  {theirs_id}         \n"
        "      Local window:      5              Remote window:      5         \n"
        "      DPD configured for 0 seconds, retry 0\n"
        "      Fragmentation not  configured.\n"
        "      Dynamic Route Update: disabled\n"
        "      Extended Authentication not configured.\n"
        f"      NAT-T is {_nat(sa)}\n"
        "      Cisco Trust Security SGT is disabled\n"
        f"      Initiator of SA : {'Yes' if sa.initiator else 'No'}\n\n"
    )


def _nat(sa: Ike2Sa) -> str:
    return {"local": "detected inside", "remote": "detected  outside"}.get(sa.nat, "not detected  ")


def ikev2_sa(machine: Machine, *, detail: bool = False) -> str:
    """Without SAs classic IOS and XE print the two headings with nothing between."""
    rows = "".join(_ikev2_row(machine, sa, detail=detail) for sa in machine.ikev2.sas)
    return f" IPv4 Crypto IKEv2  SA \n\n{rows} IPv6 Crypto IKEv2  SA \n\n" if rows else ""


def ikev2_sa_detail(machine: Machine) -> str:
    return ikev2_sa(machine, detail=True)


def ikev2_proposal(machine: Machine) -> str:
    rows = []
    for known in (*machine.router.config.ikev2_proposals, default_proposal(xe=machine.router.config.is_xe)):
        ciphers = " ".join(cipher_name(word, length=True) for word in known.encryptions)
        digests = " ".join(hash_name(word, integrity=True) for word in known.integrities) or "none"
        prfs = " ".join(hash_name(word, integrity=False) for word in known.prfs)
        groups = " ".join(group_name(group) for group in known.groups)
        rows.append(
            f" IKEv2 proposal: {known.name} \n     Encryption : {ciphers}\n     Integrity  : {digests}\n"
            f"     PRF        : {prfs}\n     DH Group   : {groups}\n"
        )
    return "".join(rows)


def ikev2_policy(machine: Machine) -> str:
    return "".join(
        f" IKEv2 policy : {known.name}\n      Match fvrf : {'any' if known.name == 'default' else 'global'}\n"
        f"      Match address local : {known.local_address or 'any'}\n"
        + "".join(f"      Proposal    : {name}\n" for name in known.proposals)
        + "\n"
        for known in (*machine.router.config.ikev2_policies, DEFAULT_POLICY)
    )

"""`show crypto ipsec …` and `show crypto map`. Formats: public captures of IOS 15 and XE."""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.lab.ios.childsa import ChildSa, FlowState
from ipsecbot.lab.ios.config import CryptoMapEntry, TransformSet
from ipsecbot.lab.ios.debugtext_ipsec import KILOBYTES
from ipsecbot.lab.ios.flows import Flow, flows_of
from ipsecbot.lab.ios.machine import Machine

DETAIL = """    #pkts no sa (send) {no_sa}, #pkts invalid sa (rcv) 0
    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0
    #pkts invalid prot (recv) 0, #pkts verify failed: 0
    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0
    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0
    ##pkts replay failed (rcv): 0
    #pkts tagged (send): 0, #pkts untagged (rcv): 0
    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0
    #pkts internal err (send): 0, #pkts internal err (recv) 0
"""


def shown_transform(transform: TransformSet) -> str:
    """`esp-aes 256` is printed as `esp-256-aes`, as `show crypto map` and `show crypto ipsec sa` do."""
    cipher, bits = transform.cipher
    words = []
    for word in transform.words:
        if word == "esp-aes":
            words.append("esp-aes" if bits == 128 else f"esp-{bits}-aes")
        elif not (word.isdigit() and cipher == "esp-aes"):
            words.append(word)
    return " ".join(words)


def _sa(machine: Machine, sa: ChildSa, *, inbound: bool) -> str:
    spi = sa.spi_in if inbound else sa.spi_out
    conn = sa.conn if inbound else sa.conn + 1
    left = max(0, sa.lifetime - (machine.router.world.now - sa.created) // timedelta(seconds=1))
    mode = ("Transport" if sa.transport else "Tunnel") + (" UDP-Encaps" if sa.udp else "")
    engine = "CSR" if machine.router.config.is_xe else "SW"
    flags = "FFFFFFFF80000048" if machine.router.config.is_xe else "80000040"
    return (
        f"      spi: 0x{spi:X}({spi})\n"
        f"        transform: {shown_transform(sa.transform)} ,\n"
        f"        in use settings ={{{mode}, }}\n"
        f"        conn id: {conn}, flow_id: {engine}:{conn % 1000}, sibling_flags {flags}, crypto map: {sa.flow.tag}\n"
        f"        sa timing: remaining key lifetime (k/sec): ({KILOBYTES - 1}/{left})\n"
        "        IV size: 16 bytes\n"
        "        replay detection support: Y\n"
        "        Status: ACTIVE(ACTIVE)\n"
    )


def _flow(machine: Machine, state: FlowState, *, detail: bool) -> str:
    flow = state.flow
    sa = state.sas[0] if state.sas else None
    port = 4500 if sa and sa.udp else 500
    current = sa.spi_out if sa else 0
    peer = sa.peer if sa else flow.peer or "0.0.0.0"
    if detail:
        errors = DETAIL.format(no_sa=state.send_errors)
    else:
        errors = f"    #send errors {state.send_errors}, #recv errors {state.recv_errors}\n"
    pfs = f"Y, DH group: group{sa.pfs}" if sa and sa.pfs else "N, DH group: none"

    def side(proxy_side: str) -> str:
        proxy = flow.local if proxy_side == "local" else flow.remote
        return f"({proxy.network.network_address}/{proxy.network.netmask}/{proxy.protocol}/0)"

    inbound = _sa(machine, sa, inbound=True) if sa else ""
    outbound = _sa(machine, sa, inbound=False) if sa else ""
    return (
        "\n   protected vrf: (none)\n"
        f"   local  ident (addr/mask/prot/port): {side('local')}\n"
        f"   remote ident (addr/mask/prot/port): {side('remote')}\n"
        f"   current_peer {peer} port {port}\n"
        "     PERMIT, flags={origin_is_acl,}\n"
        f"    #pkts encaps: {state.encaps}, #pkts encrypt: {state.encaps}, #pkts digest: {state.encaps}\n"
        f"    #pkts decaps: {state.decaps}, #pkts decrypt: {state.decaps}, #pkts verify: {state.decaps}\n"
        "    #pkts compressed: 0, #pkts decompressed: 0\n"
        "    #pkts not compressed: 0, #pkts compr. failed: 0\n"
        "    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
        f"{errors}\n"
        f"     local crypto endpt.: {flow.local_address}, remote crypto endpt.: {peer}\n"
        f"     plaintext mtu {1438 if sa else 1500}, path mtu 1500, ip mtu 1500, ip mtu idb {_outside(machine, flow)}\n"
        f"     current outbound spi: 0x{current:X}({current})\n"
        f"     PFS (Y/N): {pfs}\n\n"
        f"     inbound esp sas:\n{inbound}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
        f"     outbound esp sas:\n{outbound}\n     outbound ah sas:\n\n     outbound pcp sas:\n"
    )


def _outside(machine: Machine, flow: Flow) -> str:
    found = (
        known.name
        for known in machine.router.config.interfaces
        if known.address and str(known.address.ip) == flow.local_address
    )
    return next(found, flow.interface)


def sa(machine: Machine, *, detail: bool = False, peer: str | None = None) -> str:
    text = ""
    interface = ""
    for state in machine.ipsec.table():
        if peer not in {None, state.flow.peer}:
            continue
        if state.flow.interface != interface:
            interface = state.flow.interface
            text += f"\ninterface: {interface}\n    Crypto map tag: {state.flow.tag}, local addr {state.flow.local_address}\n"
        text += _flow(machine, state, detail=detail)
    return text


def sa_detail(machine: Machine) -> str:
    return sa(machine, detail=True)


def transform_set(machine: Machine) -> str:
    """The configured sets, and IOS 15's `default` one."""
    sets = (TransformSet("default", ("esp-aes", "esp-sha-hmac"), transport=True), *machine.router.config.transform_sets)
    rows = []
    for known in sets:
        mode = "Transport" if known.transport else "Tunnel"
        rows.append(f"Transform set {known.name}: {{ {shown_transform(known)}  }} \n   will negotiate = {{ {mode},  }}, \n\n")
    return "".join(rows)


def _sets(flow_sets: tuple[TransformSet, ...]) -> str:
    rows = "".join(f"\t\t{known.name}:  {{ {shown_transform(known)}  }} , \n" for known in flow_sets)
    return f"\tTransform sets={{ \n{rows}\t}}\n"


def _entry(machine: Machine, entry: CryptoMapEntry, family: str) -> str:
    config = machine.router.config
    acl = config.acl(entry.acl)
    missing = not entry.dynamic and (not entry.peers or entry.acl is None)
    lines = [f'Crypto Map {family}"{entry.name}" {entry.sequence} ipsec-isakmp\n']
    if missing:
        lines.append("\tWARNING: This crypto map is in an incomplete state!\n\t\t(missing peer or access-list definitions)\n")
    if entry.dynamic:
        lines.append(f"\tDynamic map template tag: {entry.dynamic}\n")
    lines += [f"\tPeer = {peer}\n" for peer in entry.peers]
    if entry.isakmp_profile:
        lines.append(f"\tISAKMP Profile: {entry.isakmp_profile}\n")
    if entry.ikev2_profile:
        lines.append(f"\tIKEv2 Profile: {entry.ikev2_profile}\n")
    if entry.acl:
        lines.append(f"\tExtended IP access list {entry.acl}\n")
        lines += [f"\t    access-list {entry.acl} {known.text}\n" for known in acl or ()]
    if entry.peers:
        lines.append(f"\tCurrent peer: {entry.peers[0]}\n")
    lines.append(f"\tSecurity association lifetime: 4608000 kilobytes/{entry.lifetime or 3600} seconds\n")
    if config.is_xe:
        lines.append("\tDualstack (Y/N): N\n\n")
    lines.append("\tResponder-Only (Y/N): N\n")
    lines.append(f"\tPFS (Y/N): Y\n\tDH group:  group{entry.pfs}\n" if entry.pfs else "\tPFS (Y/N): N\n")
    if config.is_xe:
        lines.append("\tMixed-mode : Disabled\n")
    known_sets = tuple(found for found in (config.transform_set(name) for name in entry.transform_sets) if found)
    lines.append(_sets(known_sets))
    return "".join(lines)


def _users(name: str, interfaces: list[str]) -> str:
    return f"\tInterfaces using crypto map {name}:\n" + "".join(f"\t\t{known}\n" for known in interfaces) + "\n"


def crypto_map(machine: Machine) -> str:
    """Configured maps, and the head entries that tunnel protection makes."""
    config = machine.router.config
    family = "IPv4 " if config.is_xe else ""
    text = []
    names = list(dict.fromkeys(entry.name for entry in config.crypto_maps))
    for name in names:
        entries = [entry for entry in config.crypto_maps if entry.name == name]
        applied = [known.name for known in config.interfaces if known.crypto_map == name]
        text += [_entry(machine, entry, family) for entry in entries[:-1]]
        text.append(_entry(machine, entries[-1], family) + _users(name, applied))
    for flow in flows_of(config):
        if flow.tunnel:
            text.append(_tunnel(flow, family, xe=config.is_xe))
    return "\n".join(text) if text else "No crypto maps found.\n"


def _tunnel(flow: Flow, family: str, *, xe: bool) -> str:
    profile = f"\tIKEv2 Profile: {flow.ikev2_profile}\n" if flow.ikev2_profile else ""
    pfs = f"\tPFS (Y/N): Y\n\tDH group:  group{flow.pfs}\n" if flow.pfs else "\tPFS (Y/N): N\n"
    acl = "permit ip any any" if not flow.local.protocol else f"permit gre host {flow.local_address} host {flow.peer}"
    return (
        f'Crypto Map {family}"{flow.tag}" 65537 ipsec-isakmp\n'
        "\tMap is a PROFILE INSTANCE.\n"
        f"\tPeer = {flow.peer}\n{profile}"
        "\tExtended IP access list \n"
        f"\t    access-list  {acl}\n"
        f"\tCurrent peer: {flow.peer}\n"
        f"\tSecurity association lifetime: 4608000 kilobytes/{flow.lifetime} seconds\n"
        "\tResponder-Only (Y/N): N\n"
        f"{pfs}" + ("\tMixed-mode : Disabled\n" if xe else "") + _sets(flow.transform_sets) + _users(flow.tag, [flow.interface])
    )

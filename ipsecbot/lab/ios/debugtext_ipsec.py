"""The lines of `debug crypto ipsec`, as IOS 15 and IOS XE 16 print them.

Order and wording follow Cisco's main mode debug guide (TechNote 113594), the guide for IKEv2 (115934) and public captures of
XE routers; `{transform}` of a request ends in two blanks before `(Tunnel)` on classic IOS.
"""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.lab.ios.childsa import ChildSa
from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow, Proxy

KILOBYTES = 4608000


def proxy(side: Proxy, any_protocol: int = 256) -> str:
    return f"{side.network.network_address}/{side.network.netmask}/{side.protocol or any_protocol}/0"


def mode(*, transport: bool, udp: bool = False) -> str:
    return ("Transport" if transport else "Tunnel") + ("-UDP" if udp else "")


def request(flow: Flow) -> str:
    """The key engine asks for SAs: the packet that triggered them matched this flow. One line per router, several per text."""
    chosen = flow.transform_sets[0]
    return (
        "IPSEC(sa_request): ,\n"
        f"  (key eng. msg.) OUTBOUND local= {flow.local_address}:500, remote= {flow.peer}:500,\n"
        f"    local_proxy= {proxy(flow.local)},\n"
        f"    remote_proxy= {proxy(flow.remote)},\n"
        f"    protocol= ESP, transform= {chosen.text}  ({mode(transport=flow.wants_transport)}), \n"
        f"    lifedur= {flow.lifetime}s and {KILOBYTES}kb, \n"
        f"    spi= 0x0(0), conn_id= 0, keysize= {chosen.cipher[1]}, flags= 0x0"
    )


def validate(local: str, peer: str, ours: Proxy, theirs: Proxy, bits: int, *, transport: bool, udp: bool) -> Iterator[str]:
    """The responder looks at the peer's proposal."""
    yield "IPSEC(validate_proposal_request): proposal part #1"
    yield (
        "IPSEC(validate_proposal_request): proposal part #1,\n"
        f"  (key eng. msg.) INBOUND local= {local}:0, remote= {peer}:0,\n"
        f"    local_proxy= {proxy(ours)},\n"
        f"    remote_proxy= {proxy(theirs)},\n"
        f"    protocol= ESP, transform= NONE  ({mode(transport=transport, udp=udp)}), \n"
        "    lifedur= 0s and 0kb, \n"
        f"    spi= 0x0(0), conn_id= 0, keysize= {bits}, flags= 0x0"
    )


def proxy_match(ours: Proxy, theirs: Proxy) -> str:
    return (
        "Crypto mapdb : proxy_match\n"
        f"\tsrc addr     : {ours.network.network_address}\n"
        f"\tdst addr     : {theirs.network.network_address}\n"
        f"\tprotocol     : {ours.protocol}\n"
        "\tsrc port     : 0\n"
        "\tdst port     : 0"
    )


NO_MAP = "map_db_find_best did not find matching map"
PROFILE_DIFFERS = "map_db_check_isakmp_profile profile did not match"
NO_PROXIES = "IPSEC(ipsec_process_proposal): proxy identities not supported"
QUEUE = "IPSEC(key_engine): got a queue event with 1 KMI message(s)"
ENABLE = "IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP"


def no_transform(offered: TransformSet) -> str:
    return f"IPSEC(ipsec_process_proposal): transform proposal not supported for identity: \n    {{{offered.text} }}"


def no_map_here(local: str) -> str:
    return f"IPSEC(validate_transform_proposal): no IPSEC cryptomap exists for local address {local}"


def peer_unknown(peer: str) -> str:
    return f"IPSEC(ipsec_process_proposal): peer address {peer} not found"


def pfs_differs(flags: int) -> str:
    return f"IPSEC(ipsec_process_proposal): invalid transform proposal flags -- 0x{flags:X}"


def accepted(label: str) -> str:
    return f"(ipsec_process_proposal)Map Accepted: {label}"


def invalid_spi(spi: int, source: str, destination: str) -> str:
    return (
        "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for "
        f"destaddr={destination}, prot=50, spi=0x{spi:X}({spi}), srcaddr={source}"
    )


def created(sa: ChildSa, *, first: str) -> Iterator[str]:
    """Both SAs of a pair as they enter the database: the inbound one first."""
    flow = sa.flow
    yield f"IPSEC(crypto_ipsec_create_ipsec_sas): Map found {flow.label}"
    yield f"IPSEC(crypto_ipsec_sa_find_ident_head): reconnecting with the same proxies and peer {first}"
    for destination, spi, conn in ((flow.local_address, sa.spi_in, sa.conn), (sa.peer, sa.spi_out, sa.conn + 1)):
        yield (
            "IPSEC(create_sa): sa created,\n"
            f"  (sa) sa_dest= {destination}, sa_proto= 50, \n"
            f"    sa_spi= 0x{spi:X}({spi}), \n"
            f"    sa_trans= {sa.transform.text} , sa_conn_id= {conn}\n"
            f"    sa_lifetime(k/sec)= ({KILOBYTES}/{sa.lifetime}),\n"
            f"  (identity) local= {flow.local_address}:0, remote= {sa.peer}:0,\n"
            f"    local_proxy= {proxy(flow.local)},\n"
            f"    remote_proxy= {proxy(flow.remote)}"
        )

"""What a router remembers without a debug: IPsec event trace, IKEv2 error table, DMVPN states."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ipsecbot.model.exchange import EventKind
from ipsecbot.model.sa import SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events as read_log
from ipsecbot.parse.ios.trace import read_diagnose_errors, read_dmvpn, read_events, sas_of

CAPTURES = Path(__file__).parents[2] / "../shared/captures/cisco_ios"

TRACE = """\
*Apr  4 00:10:52.791: IPSEC-EVENT:IPSEC-SEND-KMI:  SESSION ID:0, KMI Sent: IPSEC key engine->Crypto IKMP:KEY_ENG_REQUEST_SAS, \
loc: 192.0.2.1, rem: 198.51.100.2, l_proxy: 0.0.0.0/0/256, r_proxy: 0.0.0.0/0/256
*Apr  4 00:10:52.811: IPSEC-EVENT:IPSEC-CREATE-SA:  SESSION ID:0, sa create : (sa) sa_dest= 192.0.2.1, sa_proto= 50, \
sa_spi= 0xC5C89701(3318257409), sa_trans= esp-aes esp-sha-hmac , sa_conn_id= 2023, sa_lifetime(k/sec)= (4608000/3600)
*Apr  4 00:10:52.811: IPSEC-EVENT:IPSEC-CREATE-SA:  SESSION ID:0, sa create : (sa),  loc: 192.0.2.1, rem: 198.51.100.2, \
l_proxy: 0.0.0.0/0/256, r_proxy: 0.0.0.0/0/256
*Apr  4 00:10:52.811: IPSEC-EVENT:IPSEC-CREATE-SA:  SESSION ID:0, sa create : (sa) sa_dest= 198.51.100.2, sa_proto= 50, \
sa_spi= 0xFE24CD02(4263824642), sa_trans= esp-aes esp-sha-hmac , sa_conn_id= 2024, sa_lifetime(k/sec)= (4608000/3600)
*Apr  4 00:10:52.811: IPSEC-EVENT:IPSEC-CREATE-SA:  SESSION ID:0, sa create : (sa),  loc: 192.0.2.1, rem: 198.51.100.2, \
l_proxy: 0.0.0.0/0/256, r_proxy: 0.0.0.0/0/256
*Apr  4 00:10:53.235: IPSEC-EVENT:IPSEC-RECV-KMI:  SESSION ID:0, KMI Received: Crypto IKMP->IPSEC key engine:\
KEY_MGR_SESSION_CLOSED, loc: 192.0.2.1, rem: 198.51.100.2, port loc/rem: 500/500
"""
ERRORS = """\
Exit Path Table - status: enable, current entry 3, deleted 0, max allow 50

Error(4): Failed to find a matching policy
-Traceback= 1#9de6b87c :AAAACA784000+129007E0

Error(2): Maximum number of retransmissions reached

Error(8): A supplied parameter is incorrect
"""
DMVPN = """\
Interface: Tunnel10, IPv4 NHRP Details
Type:Spoke, NHRP Peers:3,

 # Ent  Peer NBMA Addr Peer Tunnel Add State  UpDn Tm Attrb
 ----- --------------- --------------- ----- -------- -----
     1 198.51.100.1         172.30.0.1   IKE     3w5d     S
     2 198.51.100.2         172.30.0.2    UP    6d12h     S
                           172.30.0.25    UP    6d12h     S
     1 UNKNOWN              172.30.0.9  NHRP    never    IX
     1 198.51.100.3         172.30.0.3 IPSEC 00:00:07     D
"""


def test_two_sas_make_one_event() -> None:
    """Both directions with their SPIs, inbound first; a request starts it, a closed session ends it."""
    parsed = read_events(RawOutput(OutputKind.LOG, "trace", TRACE), "r1")
    assert [(event.kind, event.remote) for event in parsed.value] == [
        (EventKind.STARTED, "198.51.100.2"),
        (EventKind.ESTABLISHED, "198.51.100.2"),
        (EventKind.DELETED, "198.51.100.2"),
    ]
    assert parsed.value[1].spis == ("c5c89701", "fe24cd02")
    assert [str(pair) for pair in parsed.value[1].selectors] == ["0.0.0.0/0 === 0.0.0.0/0"]


def test_the_log_reader_takes_the_trace_along() -> None:
    """An engineer pastes both in one text."""
    kinds = [event.kind for event in read_log(RawOutput(OutputKind.LOG, "log", TRACE), "r1").value]
    assert EventKind.ESTABLISHED in kinds


def test_counted_errors_that_tell_a_cause_are_events() -> None:
    """The others are gaps with their line."""
    parsed = read_diagnose_errors(RawOutput(OutputKind.LOG, "show crypto ikev2 diagnose error", ERRORS), "r1")
    assert [event.kind for event in parsed.value] == [EventKind.PROPOSAL_REFUSED, EventKind.GAVE_UP]
    assert parsed.value[0].detail == "Failed to find a matching policy (counter 4)"
    assert [gap.line for gap in parsed.gaps] == [8]
    assert not read_diagnose_errors(RawOutput(OutputKind.LOG, "d", "% Invalid input\n"), "r1").answered


def test_dmvpn_states_say_how_far_a_tunnel_came() -> None:
    """A row without its NBMA address belongs to the one above; at IKE there is no SA yet, at IPSEC no child."""
    peers = read_dmvpn(RawOutput(OutputKind.LOG, "show dmvpn", DMVPN), "r1").value
    assert [(peer.nbma, peer.address, peer.state, peer.since) for peer in peers] == [
        ("198.51.100.1", "172.30.0.1", "IKE", "3w5d"),
        ("198.51.100.2", "172.30.0.2", "UP", "6d12h"),
        ("198.51.100.2", "172.30.0.25", "UP", "6d12h"),
        (None, "172.30.0.9", "NHRP", "never"),
        ("198.51.100.3", "172.30.0.3", "IPSEC", "00:00:07"),
    ]
    ike, children = sas_of(peers)
    assert [(sa.remote, sa.state) for sa in ike] == [
        ("198.51.100.1", SaState.NEGOTIATING),
        ("198.51.100.3", SaState.ESTABLISHED),
    ]
    assert [(child.remote, child.interface) for child in children] == [("198.51.100.3", "Tunnel10")]


def test_cut_and_shuffled_lines_never_raise() -> None:
    """Any part of the three answers."""
    chance = random.Random(11)
    for _ in range(150):
        lines = (TRACE + ERRORS + DMVPN).split("\n")
        chance.shuffle(lines)
        output = RawOutput(
            OutputKind.LOG, "x", "\n".join(line[chance.randrange(9) : chance.randrange(9, 250)] for line in lines)
        )
        read_events(output, "r1")
        read_diagnose_errors(output, "r1")
        sas_of(read_dmvpn(output, "r1").value)


def test_the_captures_are_read() -> None:
    """Genie's published captures."""
    if not CAPTURES.is_dir():
        pytest.skip("the shared captures are not here: real router answers are left out")

    def capture(name: str) -> RawOutput:
        return RawOutput(OutputKind.LOG, name, (CAPTURES / name / "01.txt").read_text())

    assert len(read_events(capture("show_monitor_event-trace_crypto_ipsec"), "r").value) >= 6
    assert len(read_dmvpn(capture("show_dmvpn"), "r").value) == 6
    assert read_diagnose_errors(capture("show_crypto_ikev2_diagnose_error"), "r").answered

"""IKEv1 debugs from which a page, a search or a conversion took lines and numbers."""

from __future__ import annotations

import pytest

from ipsecbot.model.exchange import EventKind, LogEvent
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events
from ipsecbot.parse.ios.sas import read_ipsec_sas
from ipsecbot.parse.ios.spis import is_damaged_spi

AT = "*Mar  3 10:11:12.{:03d}: "


def events(*lines: str) -> tuple[LogEvent, ...]:
    text = "\n".join(AT.format(number) + line for number, line in enumerate(lines))
    return read_events(RawOutput(OutputKind.LOG, "debug", text), "r1").value


def wire(found: tuple[LogEvent, ...]) -> list[tuple[str, str | None]]:
    return [(event.kind.value, event.name) for event in found if event.kind in (EventKind.SENT, EventKind.RECEIVED)]


ASKING = (
    "ISAKMP:(1044):beginning Quick Mode exchange, M-ID of",
    "ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (I) QM_IDLE",
    "ISAKMP:(1044):Sending an IKE IPv4 Packet.",
    "ISAKMP:(1044):Node , Input = IKE_MESG_INTERNAL, IKE_INIT_QM",
    "ISAKMP:(1044):Old State = IKE_QM_READY  New State = IKE_QM_I_QM1",
)
ANSWERED = (
    "ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (I) QM_IDLE",
    "ISAKMP:(1044): processing HASH payload. message ID =",
    "ISAKMP:(1044): processing SA payload. message ID =",
    "ISAKMP:(1044):Checking IPSec proposal 1",
    "ISAKMP: transform 1, ESP_AES",
    "ISAKMP:      SA life duration (VPI) of  0x0 0x46 0x50 0x0",
    "ISAKMP:      authenticator is HMAC-SHA256",
    "ISAKMP:      key length is 256",
    "ISAKMP:(1044):atts are acceptable.",
)
DONE = (
    'ISAKMP:(1044):deleting node  error FALSE reason "No Error"',
    "ISAKMP:(1044):Node , Input = IKE_MESG_FROM_PEER, IKE_QM_EXCH",
    "ISAKMP:(1044):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE",
)


def test_a_quick_mode_without_message_ids_is_named_by_who_began_it() -> None:
    """The numbers are gone; what answers this end's QM1 is QM2, and what it chose is an answer, not an offer."""
    found = events(
        *ASKING, *ANSWERED, "ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (I) QM_IDLE", *DONE
    )
    assert wire(found) == [("sent", "QM1"), ("received", "QM2"), ("sent", "QM3")]
    assert [event.kind for event in found if event.proposals] == [EventKind.PROPOSAL_SELECTED]


def test_what_comes_in_without_a_number_and_unasked_is_an_offer() -> None:
    """Nothing was asked here: the SA payload opens a quick mode of the peer's."""
    found = events(*(line.replace("(I)", "(R)") for line in ANSWERED))
    assert wire(found) == [("received", "QM1")]
    assert [event.kind for event in found if event.proposals] == [EventKind.OFFERED]


def test_a_packet_is_told_by_the_line_that_follows_it() -> None:
    """`sending packet to` is lost, `Sending an IKE IPv4 Packet` is not: QM3 went out, once."""
    found = events(*ASKING, *ANSWERED, "ISAKMP:(1044):Sending an IKE IPv4 Packet.", *DONE)
    assert wire(found) == [("sent", "QM1"), ("received", "QM2"), ("sent", "QM3")]


def test_an_excerpt_that_names_a_message_twice_has_it_once() -> None:
    """The transition behind a packet that its payloads named already confirms it, also where this end sent nothing yet."""
    found = events(
        "ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (R) QM_IDLE",
        "ISAKMP:(1044): processing SA payload. message ID = 71203",
        "ISAKMP:(1044):Node 71203, Input = IKE_MESG_FROM_PEER, IKE_QM_EXCH",
        "ISAKMP:(1044):Old State = IKE_QM_READY  New State = IKE_QM_SPI_STARVE",
        "ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (R) QM_IDLE",
        'ISAKMP:(1044):deleting node 71203 error FALSE reason "QM done (await)"',
        "ISAKMP:(1044):Old State = IKE_QM_R_QM2  New State = IKE_QM_PHASE2_COMPLETE",
    )
    assert wire(found) == [("received", "QM1"), ("received", "QM3")]


def test_a_cut_transition_is_a_gap_that_says_so() -> None:
    """The old state stands there, the new one does not."""
    text = AT.format(1) + "ISAKMP:(1044): Old State = IKE_R_MM3  New State ="
    gaps = read_events(RawOutput(OutputKind.LOG, "debug", text), "r1").gaps
    assert [gap.why for gap in gaps] == ["the new state is missing"]


@pytest.mark.parametrize("before", [True, False])
def test_spis_stand_with_the_child_whether_printed_before_or_after(before: bool) -> None:
    """`create_sa` comes before the transition at a responder and after it at an initiator; a damaged SPI is marked."""
    created = (
        "IPSEC(create_sa): sa created, (sa) sa_dest= 192.0.2.1, sa_proto= 50, sa_spi= 0x1A2B3C4D(439041101), sa_conn_id= 5",
        "IPSEC(create_sa): sa created, (sa) sa_dest= 198.51.100.9, sa_proto= 50, sa_spi= 0x77AB), sa_conn_id= 6",
    )
    story = (*created, *DONE) if before else (*DONE, *created)
    up = [event for event in events(*ASKING, *ANSWERED, *story) if event.kind is EventKind.ESTABLISHED]
    assert [(event.spis, event.damaged_spis) for event in up] == [(("1a2b3c4d", "77ab"), ("77ab",))]


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("spi: 0x1A2B3C4D(439041101)", False),
        ("spi: 0x1A2B3C4D", False),
        ("spi: 0x1A2B3C4D()", False),
        ("sa_spi= 0x77AB),", True),
        ("spi: 0x77AB(439041101)", True),
        ("spi: [Not Available]", False),
    ],
)
def test_an_spi_is_damaged_when_its_two_forms_do_not_agree(text: str, damaged: bool) -> None:
    """The same number stands there twice, or once; half of one and half of the other is neither."""
    assert is_damaged_spi(text) is damaged


def test_a_table_with_damaged_spis_and_wrapped_map_names_is_read() -> None:
    """The damaged SPI is marked at both places where the table prints it; the name of the map goes on in the next line."""
    table = """\
interface: Tunnel7
    Crypto map tag: Tunnel7-head-0, local addr 192.0.2.1
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   current_peer 198.51.100.9 port 500
    #pkts encaps: 31, #pkts encrypt: 31, #pkts digest: 31
    #pkts decaps: 29, #pkts decrypt: 29, #pkts verify: 29
     current outbound spi: 0x77AB)
     inbound esp sas:
      spi: 0x1A2B3C4D()
        transform: esp-aes esp-sha-hmac ,
        in use settings ={Tunnel, }
        conn id: 5, flow_id: SW:5, sibling_flags , crypto map:
Tunnel7-head-0
        Status: ACTIVE
     outbound esp sas:
      spi: 0x77AB)
        transform: esp-aes esp-sha-hmac ,
        in use settings ={Tunnel, }
        conn id: 6, flow_id: SW:6, sibling_flags 80000040, crypto map: Tunnel7-head-0
        Status: ACTIVE
"""
    parsed = read_ipsec_sas(RawOutput(OutputKind.IPSEC_SA, "show crypto ipsec sa", table), "r1")
    (child,) = parsed.value
    assert (child.spi_in, child.spi_out, child.damaged_spis) == ("1a2b3c4d", "77ab", ("77ab",))
    assert (child.counters.packets_in, child.counters.packets_out) == (29, 31)
    assert parsed.gaps == ()

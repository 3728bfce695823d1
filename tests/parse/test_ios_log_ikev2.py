"""IKEv2 debugs of IOS and ASA: packets, hidden contents, policies, profiles. All texts are our own."""

from __future__ import annotations

import pytest

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events
from ipsecbot.parse.read import Parsed

S = "Oct  9 11:00:00.100: IKEv2:(SESSION ID = 4,SA ID = 2):"


def packet(
    way: str, exchange: str, kind: str, number: int, payloads: str, *, spi: str = "AA00AA00AA00AA01", tag: str = S
) -> str:
    ends = "To 198.51.100.9:500/From 203.0.113.1:500" if way == "Sending" else "From 198.51.100.9:500/To 203.0.113.1:500"
    answer = "0" * 16 if (exchange, kind) == ("IKE_SA_INIT", "REQUEST") else "BB00BB00BB00BB01"
    return (
        f"{tag}{way} Packet [{ends}/VRF i0:f0] \n"
        f"Initiator SPI : {spi} - Responder SPI : {answer} Message id: {number}\n"
        f"IKEv2 {exchange} Exchange {kind} \nPayload contents: \n {payloads} \n\n"
    )


def read(text: str) -> Parsed[tuple[LogEvent, ...]]:
    return read_events(RawOutput(OutputKind.DEBUG, "debug", text), "r9")


def of(parsed: Parsed[tuple[LogEvent, ...]], *kinds: K) -> list[LogEvent]:
    return [event for event in parsed.value if event.kind in kinds]


def wire(parsed: Parsed[tuple[LogEvent, ...]]) -> list[str]:
    marks = {K.SENT: ">", K.RECEIVED: "<", K.RETRANSMITTED: ">>", K.REPEATED: "<<"}
    return [f"{marks[event.kind]}{event.name}" for event in parsed.value if event.kind in marks]


def test_packets_carry_names_addresses_and_rfc_payloads() -> None:
    """N is a nonce, VID a vendor id, NOTIFY(x) is N(x); who asks first is the initiator."""
    text = packet("Sending", "IKE_SA_INIT", "REQUEST", 0, "SA KE N VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(Unknown - 16430)")
    parsed = read(text + packet("Received", "IKE_SA_INIT", "RESPONSE", 0, "SA KE N"))
    sent, received = of(parsed, K.SENT, K.RECEIVED)
    assert sent.payloads == ("SA", "KE", "No", "V", "N(NAT_DETECTION_SOURCE_IP)", "N(16430)")
    assert (sent.name, received.name) == ("IKE_SA_INIT request", "IKE_SA_INIT response")
    assert (sent.local, sent.remote, sent.remote_port, sent.role) == ("203.0.113.1", "198.51.100.9", 500, Role.INITIATOR)
    assert {event.context for event in parsed.value} == {"4:2"}
    assert parsed.gaps == ()


def test_what_was_encrypted_is_known_from_the_line_before() -> None:
    """`Building packet for encryption` has the payloads that the sent packet hides as ENCR."""
    text = f"{S}Building packet for encryption.  \nPayload contents: \n VID IDr AUTH NOTIFY(TS_UNACCEPTABLE) \n\n"
    parsed = read(text + packet("Sending", "IKE_AUTH", "RESPONSE", 1, "ENCR"))
    assert of(parsed, K.SENT)[0].payloads == ("V", "IDr", "AUTH", "N(TS_UNACCEPTABLE)")
    (notify,) = of(parsed, K.NOTIFY_SENT)
    assert notify.notify == "TS_UNACCEPTABLE"
    assert "NOTIFY(TS_UNACCEPTABLE)" in notify.source.text


def test_the_same_request_again_is_a_retransmission_but_a_new_try_is_not() -> None:
    """The same message id again repeats; after INVALID_KE_PAYLOAD it is another message."""
    first = packet("Sending", "IKE_SA_INIT", "REQUEST", 0, "SA KE N")
    refused = packet("Received", "IKE_SA_INIT", "RESPONSE", 0, "NOTIFY(INVALID_KE_PAYLOAD)")
    assert wire(read(first + first)) == [">IKE_SA_INIT request", ">>IKE_SA_INIT request"]
    parsed = read(first + refused + first)
    assert wire(parsed) == [">IKE_SA_INIT request", "<IKE_SA_INIT response", ">IKE_SA_INIT request"]
    assert [event.notify for event in of(parsed, K.NOTIFY_RECEIVED)] == ["INVALID_KE_PAYLOAD"]


def test_two_negotiations_at_once_keep_apart() -> None:
    """A first packet has no session number yet: the number that follows is its own."""
    bare = "Oct  9 11:00:00.100: IKEv2:"
    other = "Oct  9 11:00:00.101: IKEv2:(SESSION ID = 5,SA ID = 3):"
    text = (
        packet("Received", "IKE_SA_INIT", "REQUEST", 0, "SA KE N", tag=bare)
        + f"{S}Verify SA init message\n"
        + packet("Received", "IKE_SA_INIT", "REQUEST", 0, "SA KE N", spi="CC00CC00CC00CC01", tag=bare)
        + f"{S}Processing IKE_SA_INIT message\n{other}Verify SA init message\n"
    )
    assert [event.context for event in of(read(text), K.RECEIVED)] == ["4:2", "5:3"]


def test_received_and_expected_policies_are_proposals() -> None:
    """PRF and integrity are told apart by their order; ESP lists have no PRF."""
    parsed = read(
        f"{S}Received Policies: \nProposal 1: AES-CBC-256 SHA512 SHA384 SHA512 SHA384 DH_GROUP_384_ECP/Group 20\n"
        f"Proposal 2: AES-GCM-256 SHA256 DH_GROUP_2048_MODP/Group 14\n\n"
        f"{S}Failed to find a matching policy\n"
        f"{S}Expected Policies: \nESP: Proposal 1:  3DES SHA96 DH_GROUP_1024_MODP/Group 2 Don't use ESN\n\n"
    )
    offered, refused, configured = parsed.value
    assert [proposal.keywords for proposal in offered.proposals] == [
        "aes256-sha512-sha384-prfsha512-prfsha384-ecp384",
        "aes256gcm16-prfsha256-modp2048",
    ]
    assert (refused.kind, refused.protocol) == (K.PROPOSAL_REFUSED, Protocol.IKE)
    assert (configured.kind, configured.protocol, configured.proposals[0].keywords) == (
        K.CONFIGURED,
        Protocol.ESP,
        "3des-sha1-modp1024",
    )


PHRASES = [
    (f"{S}Verification of peer's authentication data FAILED", K.AUTHENTICATION_FAILED),
    (f"{S}Verification of peer's authenctication data PASSED", K.AUTHENTICATED),
    ("IKEv2-ERROR:(SESSION ID = 4,SA ID = 2):: Failed to authenticate the IKE SA", K.AUTHENTICATION_FAILED),
    ("IKEv2-ERROR:(SESSION ID = 4,SA ID = 2):: Received no proposal chosen notify", K.NOTIFY_RECEIVED),
    ("IKEv2-ERROR:(SESSION ID = 4,SA ID = 2):: Auth exchange failed", K.FAILED),
    ("IKEv2-ERROR:(SESSION ID = 4,SA ID = 2):: There was no IPSEC policy found for received TS", K.SELECTORS_REFUSED),
    ("IKEv2:% IKEv2 profile not found", K.PROFILE_NOT_MATCHED),
    ("IKEv2:%Profile could not be found by peer certificate.", K.PROFILE_NOT_MATCHED),
    ("IKEv2:found matching IKEv2 profile 'EDGE'", K.CONNECTION_SELECTED),
    ("IKEv2:% Matched peer block 'EDGE'", K.KEY_FOUND),
    (f"{S}Sending invalid ke notification, peer sent group 19, local policy prefers group 20", K.KE_REFUSED),
    (f"{S}Session with IKE ID PAIR (198.51.100.9, 203.0.113.1) is UP", K.ESTABLISHED),
    ("IKEv2:(SA ID = 2):[IPsec -> IKEv2] Creation of IPsec SA into IPsec database PASSED", K.ESTABLISHED),
    (f"{S}Sending DELETE INFO message for IPsec SA [SPI: 0x0A0B0C0D]", K.DELETE_SENT),
    ("IKEv2-PLAT-1: Peer ID check failed", K.IDENTITY_REFUSED),
    ("IKEv2-PROTO-1: (16): Failed to find a matching policy", K.PROPOSAL_REFUSED),
    (f"{S}NAT INSIDE found", K.NAT_DETECTED),
    (f"{S}Maximum number of retransmissions reached", K.GAVE_UP),
]


@pytest.mark.parametrize(("line", "kind"), PHRASES)
def test_phrases(line: str, kind: K) -> None:
    """One line, one event."""
    parsed = read(line)
    assert [event.kind for event in parsed.value] == [kind]
    assert parsed.value[0].ike_version == 2
    assert parsed.gaps == ()


def test_transport_mode_is_offered_by_its_notify() -> None:
    """A request with traffic selectors asks for tunnel mode unless it says USE_TRANSPORT_MODE."""
    for payloads, mode in (("IDi AUTH SA TSi TSr", "tunnel"), ("IDi AUTH SA TSi TSr NOTIFY(USE_TRANSPORT_MODE)", "transport")):
        parsed = read(packet("Received", "IKE_AUTH", "REQUEST", 1, payloads))
        assert [event.detail for event in of(parsed, K.ENCAPSULATION_OFFERED)] == [mode]


def test_the_event_trace_is_read() -> None:
    """`show monitor event-trace crypto ikev2` tells the same story, one line for each step."""
    head = "*Apr  4 00:17:00.424: SA ID:1 SESSION ID:2 Remote: 198.51.100.9/500 Local: 203.0.113.1/500 "
    parsed = read(
        f"{head} (I) Sending IKEv2 IKE_SA_INIT Exchange REQUEST\n{head} (I) Received IKEv2 IKE_SA_INIT Exchange RESPONSE\n"
        f"{head} Session with IKE ID PAIR(198.51.100.9 , 203.0.113.1) is UP\n"
    )
    assert wire(parsed) == [">IKE_SA_INIT request", "<IKE_SA_INIT response"]
    assert {event.exchange for event in of(parsed, K.SENT)} == {ExchangeType.IKE_SA_INIT}
    assert parsed.gaps == ()


def test_ipv6_addresses_keep_their_port() -> None:
    """The last colon of `FC00::1:500` is the port's."""
    text = packet("Sending", "IKE_SA_INIT", "REQUEST", 0, "SA KE N").replace("198.51.100.9:500", "FC00:1::9:500")
    (event,) = of(read(text), K.SENT)
    assert (event.remote, event.remote_port) == ("fc00:1::9", 500)


def test_headers_in_records_of_their_own_are_messages() -> None:
    """15.1 and ASA print direction, SPIs and header one after the other, and no direction for what goes out."""
    stamp = "*Nov 11 19:30:34.811: IKEv2:"
    parsed = read(
        f"{stamp}(SA ID = 1):Next payload: SA, version: 2.0 Exchange type: IKE_SA_INIT, flags: INITIATOR "
        "Message id: 0, length: 344\n"
        f"{stamp}Rx [L 203.0.113.1:500/R 198.51.100.9:500/VRF i0:f0] m_id: 0x0\n"
        f"{stamp}HDR[i:F074D8BBD5A59F0B - r: F94020DD8CB4B9C4]\n{stamp}Next payload: SA, version: 2.0\n"
        f"{stamp}Exchange type: IKE_SA_INIT, flags: RESPONDER MSG-RESPONSE\n"
    )
    assert wire(parsed) == [">IKE_SA_INIT request", "<IKE_SA_INIT response"]
    assert {event.context for event in parsed.value} == {"1"}
    assert of(parsed, K.RECEIVED)[0].remote == "198.51.100.9"
    assert parsed.gaps == ()

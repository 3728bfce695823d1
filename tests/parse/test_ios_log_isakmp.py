"""IKEv1 debugs of IOS: messages are named, offers are weighed, refusals keep their reason. All texts are our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events
from ipsecbot.parse.read import Parsed

RESPONDER = """\
*Jun  3 07:15:00.101: ISAKMP (0): received packet from 198.51.100.9 dport 500 sport 500 Global (N) NEW SA
*Jun  3 07:15:00.101: ISAKMP: Created a peer struct for 198.51.100.9, peer port 500
*Jun  3 07:15:00.101: ISAKMP:(0):insert sa successfully sa = 6600AA11
*Jun  3 07:15:00.105: ISAKMP:(0):Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH
*Jun  3 07:15:00.105: ISAKMP:(0):Old State = IKE_READY  New State = IKE_R_MM1

*Jun  3 07:15:00.105: ISAKMP:(0): processing SA payload. message ID = 0
*Jun  3 07:15:00.105: ISAKMP:(0):found peer pre-shared key matching 198.51.100.9
*Jun  3 07:15:00.105: ISAKMP:(0):Checking ISAKMP transform 1 against priority 5 policy
*Jun  3 07:15:00.105: ISAKMP:      encryption AES-CBC
*Jun  3 07:15:00.105: ISAKMP:      keylength of 256
*Jun  3 07:15:00.105: ISAKMP:      hash SHA256
*Jun  3 07:15:00.105: ISAKMP:      default group 14
*Jun  3 07:15:00.105: ISAKMP:      auth pre-share
*Jun  3 07:15:00.105: ISAKMP:      life type in seconds
*Jun  3 07:15:00.105: ISAKMP:      life duration (VPI) of  0x0 0x1 0x51 0x80
"""

ACCEPTED = """\
*Jun  3 07:15:00.109: ISAKMP:(0):atts are acceptable. Next payload is 0
*Jun  3 07:15:00.109: ISAKMP:(0): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) MM_SA_SETUP
*Jun  3 07:15:00.109: ISAKMP:(0):Old State = IKE_R_MM1  New State = IKE_R_MM2

*Jun  3 07:15:00.151: ISAKMP (0): received packet from 198.51.100.9 dport 500 sport 500 Global (R) MM_SA_SETUP
*Jun  3 07:15:00.151: ISAKMP:(0):Old State = IKE_R_MM2  New State = IKE_R_MM3

*Jun  3 07:15:00.151: ISAKMP:(0): processing KE payload. message ID = 0
*Jun  3 07:15:00.161: ISAKMP:(0): processing NONCE payload. message ID = 0
*Jun  3 07:15:00.161: ISAKMP:(1044): vendor ID is DPD
*Jun  3 07:15:00.161: ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH
*Jun  3 07:15:00.161: ISAKMP:(1044):Old State = IKE_R_MM3  New State = IKE_R_MM4

*Jun  3 07:15:00.201: ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (R) MM_KEY_EXCH
*Jun  3 07:15:00.201: ISAKMP:(1044):Old State = IKE_R_MM4  New State = IKE_R_MM5

"""

KEYED = """\
*Jun  3 07:15:00.201: ISAKMP:(1044): processing ID payload. message ID = 0
*Jun  3 07:15:00.201: ISAKMP (1044): ID payload
\tnext-payload : 8
\ttype         : 2
\tFQDN name    : Lab-9.example.net
\tprotocol     : 17
\tport         : 500
\tlength       : 23
*Jun  3 07:15:00.201: ISAKMP:(1044): processing HASH payload. message ID = 0
*Jun  3 07:15:00.201: ISAKMP:(1044):SA has been authenticated with 198.51.100.9
*Jun  3 07:15:00.201: ISAKMP: Trying to insert a peer 203.0.113.1/198.51.100.9/500/,  and inserted successfully 6600AA11.
*Jun  3 07:15:00.205: ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH
*Jun  3 07:15:00.205: ISAKMP:(1044):Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE

*Jun  3 07:15:00.301: ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (R) QM_IDLE
*Jun  3 07:15:00.301: ISAKMP: set new node -5 to QM_IDLE
*Jun  3 07:15:00.301: ISAKMP:(1044): processing HASH payload. message ID = -5
*Jun  3 07:15:00.301: ISAKMP:(1044): processing SA payload. message ID = -5
*Jun  3 07:15:00.301: ISAKMP:(1044):Checking IPSec proposal 1
*Jun  3 07:15:00.301: ISAKMP: transform 1, ESP_AES
*Jun  3 07:15:00.301: ISAKMP:   attributes in transform:
*Jun  3 07:15:00.301: ISAKMP:      encaps is 2 (Transport)
*Jun  3 07:15:00.301: ISAKMP:      authenticator is HMAC-SHA512
*Jun  3 07:15:00.301: ISAKMP:      key length is 192
*Jun  3 07:15:00.301: ISAKMP:      group is 5
*Jun  3 07:15:00.301: ISAKMP:(1044):atts are acceptable.
"""


def read(text: str, at: datetime | None = None) -> Parsed[tuple[LogEvent, ...]]:
    return read_events(RawOutput(OutputKind.DEBUG, "debug", text, at), "r9")


def of(parsed: Parsed[tuple[LogEvent, ...]], *kinds: K) -> list[LogEvent]:
    return [event for event in parsed.value if event.kind in kinds]


def wire(parsed: Parsed[tuple[LogEvent, ...]]) -> list[str]:
    marks = {K.SENT: ">", K.RECEIVED: "<", K.RETRANSMITTED: ">>", K.REPEATED: "<<"}
    return [
        f"{marks[event.kind]}{event.name or (event.exchange.value if event.exchange else '?')}"
        for event in parsed.value
        if event.kind in marks
    ]


def test_a_responder_s_main_and_quick_mode_are_named_by_the_state_machine() -> None:
    """Six messages of main mode and the first of quick mode get their names, all under one context."""
    parsed = read(RESPONDER + ACCEPTED + KEYED)
    assert wire(parsed) == ["<MM1", ">MM2", "<MM3", ">MM4", "<MM5", ">MM6", "<QM1"]
    assert {event.context for event in parsed.value} == {"1044"}
    assert {event.role for event in parsed.value} == {Role.RESPONDER}
    assert {event.remote for event in parsed.value} == {"198.51.100.9"}
    assert {event.local for event in parsed.value} == {"203.0.113.1"}
    assert parsed.gaps == ()


def test_payloads_and_message_ids_follow_the_message_they_came_in() -> None:
    """Payload lines belong to the packet received last; a signed message id is printed unsigned."""
    parsed = read(RESPONDER + ACCEPTED + KEYED)
    received = {event.name: event for event in of(parsed, K.RECEIVED)}
    assert received["MM3"].payloads == ("KE", "No")
    assert received["MM5"].payloads == ("ID", "HASH")
    assert received["QM1"].message_id == 2**32 - 5
    assert received["QM1"].exchange is ExchangeType.QUICK


def test_offers_become_proposals() -> None:
    """Attribute lines make IKE and ESP proposals with PRF, lifetime and PFS group."""
    parsed = read(RESPONDER + ACCEPTED + KEYED)
    ike, esp = of(parsed, K.OFFERED)
    assert ike.proposals[0].keywords == "aes256-sha256-prfsha256-modp2048"
    assert ike.proposals[0].lifetime is not None
    assert ike.proposals[0].lifetime.total_seconds() == 86400
    assert (esp.protocol, esp.proposals[0].keywords) == (Protocol.ESP, "aes192-sha512-modp1536")
    assert [event.detail for event in of(parsed, K.ENCAPSULATION_OFFERED)] == ["transport"]
    assert [event.detail for event in of(parsed, K.TRANSFORM_ACCEPTED)] == ["policy 5"]


def test_an_identity_block_is_read() -> None:
    """The ID payload of MM5 is the peer's identity, in lower case, with the line that holds it."""
    (event,) = of(read(RESPONDER + ACCEPTED + KEYED), K.IDENTITY_RECEIVED)
    assert str(event.identity) == "lab-9.example.net"
    assert event.source.text.strip() == "FQDN name    : Lab-9.example.net"


REASONS = [
    ("Encryption algorithm offered does not match policy!", "encryption", "AES-CBC 256"),
    ("Proposed key length does not match policy", "encryption", "AES-CBC 256"),
    ("Hash algorithm offered does not match policy!", "integrity", "SHA256"),
    ("Diffie-Hellman group offered does not match policy!", "dh", "group 14"),
    ("Authentication method offered does not match policy!", "auth", "pre-share"),
    ("Preshared authentication offered but does not match policy!", "auth", "pre-share"),
    ("Xauth authentication by pre-shared key offered but does not match policy!", "auth", "pre-share"),
]


@pytest.mark.parametrize(("line", "attribute", "offered"), REASONS)
def test_a_refused_transform_names_what_differs(line: str, attribute: str, offered: str) -> None:
    """Each wording of IOS leads to the attribute, the offered value and the policy it was checked against."""
    tail = f"ISAKMP:(0):{line}\nISAKMP:(0):atts are not acceptable. Next payload is 0\nISAKMP:(0):no offers accepted!\n"
    parsed = read(RESPONDER + tail)
    (event,) = of(parsed, K.TRANSFORM_REFUSED)
    assert (event.attribute, event.offered, event.detail) == (attribute, offered, "policy 5")
    assert event.proposals[0].keywords == "aes256-sha256-prfsha256-modp2048"
    assert line in event.source.text
    assert len(of(parsed, K.PROPOSAL_REFUSED)) == 1
    assert len(of(parsed, K.OFFERED)[0].proposals) == 1


def test_a_refusal_before_any_number_has_the_sa_s_handle_as_context() -> None:
    """Negotiations that never got a number are told apart by the pointer that IOS prints."""
    parsed = read(RESPONDER + "ISAKMP:(0):no offers accepted!\n")
    assert {event.context for event in parsed.value} == {"sa-6600AA11"}


def test_a_wrong_key_shows_as_garbage() -> None:
    """`reserved not zero` and the syslog line are UNDECRYPTABLE, in the negotiation they belong to."""
    tail = (
        "*Jun  3 07:15:00.203: ISAKMP: reserved not zero on ID payload!\n"
        "*Jun  3 07:15:00.203: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 198.51.100.9 failed its "
        "sanity check or is malformed\n"
        "*Jun  3 07:15:01.203: ISAKMP:(1044): retransmitting phase 1 MM_KEY_EXCH...\n"
        "*Jun  3 07:15:01.203: ISAKMP (1044): incrementing error counter on sa, attempt 1 of 5: retransmit phase 1\n"
        "*Jun  3 07:15:01.203: ISAKMP:(1044): retransmitting phase 1 MM_KEY_EXCH\n"
        "*Jun  3 07:15:01.203: ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH\n"
        '*Jun  3 07:15:51.203: ISAKMP:(1044):deleting SA reason "Death by retransmission P1" state (R) MM_KEY_EXCH '
        "(peer 198.51.100.9)\n"
        '*Jun  3 07:15:51.203: ISAKMP:(1044):deleting SA reason "Death by retransmission P1" state (R) MM_KEY_EXCH '
        "(peer 198.51.100.9)\n"
    )
    parsed = read(RESPONDER + ACCEPTED + tail)
    assert [event.context for event in of(parsed, K.UNDECRYPTABLE)] == ["1044", "1044"]
    assert wire(parsed)[-2:] == ["<MM5", ">>MM4"]
    assert len(of(parsed, K.GAVE_UP)) == len(of(parsed, K.DELETED)) == 1


INITIATOR = """\
Apr  1 2024 10:00:00.000 UTC: IPSEC(sa_request): ,
  (key eng. msg.) OUTBOUND local= 203.0.113.1:500, remote= 198.51.100.9:500,
    local_proxy= 10.7.0.0/255.255.255.0/256/0,
    remote_proxy= 10.8.0.0/255.255.0.0/6/443,
    protocol= ESP, transform= esp-gcm 256  (Tunnel),
    lifedur= 3600s and 4608000kb,
    spi= 0x0(0), conn_id= 0, keysize= 256, flags= 0x0
Apr  1 2024 10:00:00.000 UTC: ISAKMP: (0):Created a peer struct for 198.51.100.9, peer port 500
Apr  1 2024 10:00:00.001 UTC: ISAKMP: (0):Can not start Aggressive mode, trying Main mode.
Apr  1 2024 10:00:00.001 UTC: ISAKMP: (0):Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM
Apr  1 2024 10:00:00.001 UTC: ISAKMP: (0):Old State = IKE_READY  New State = IKE_I_MM1

Apr  1 2024 10:00:00.001 UTC: ISAKMP: (0):beginning Main Mode exchange
Apr  1 2024 10:00:00.001 UTC: ISAKMP-PAK: (0):sending packet to 198.51.100.9 my_port 500 peer_port 500 (I) MM_NO_STATE
"""


def test_an_initiator_s_wishes_come_before_its_first_message() -> None:
    """IPSEC(sa_request) gives this end's transform, selectors and address; zone and year come from the stamp."""
    parsed = read(INITIATOR)
    configured, selectors = of(parsed, K.CONFIGURED, K.SELECTORS_CONFIGURED)
    assert configured.proposals[0].keywords == "aes256gcm16"
    assert str(selectors.selectors[0]) == "10.7.0.0/24 === 10.8.0.0/16[6/443]"
    assert wire(parsed) == [">MM1"]
    assert {event.local for event in parsed.value} == {"203.0.113.1"}
    assert configured.at == datetime(2024, 4, 1, 10, tzinfo=UTC)


def test_an_unauthenticated_notify_is_no_second_message() -> None:
    """A refusal without a hash is dropped by IOS unread: the packet is informational, its reason unknown."""
    tail = (
        "ISAKMP-PAK: (0):received packet from 198.51.100.9 dport 500 sport 500 Global (I) MM_NO_STATE\n"
        "ISAKMP-ERROR: (0):Notify has no hash. Rejected.\n"
        "ISAKMP-ERROR: (0):Unknown Input IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY:  state = IKE_I_MM1\n"
    )
    parsed = read(INITIATOR + tail)
    assert wire(parsed) == [">MM1", "<INFORMATIONAL_V1"]
    (event,) = of(parsed, K.NOTIFY_RECEIVED)
    assert event.notify is None


def test_a_duplicate_keeps_the_name_of_the_first() -> None:
    """What IOS calls a duplicate is the peer's last message again."""
    tail = (
        "ISAKMP (1044): received packet from 198.51.100.9 dport 500 sport 500 Global (R) MM_KEY_EXCH\n"
        "ISAKMP:(1044): phase 1 packet is a duplicate of a previous packet.\n"
    )
    assert wire(read(RESPONDER + ACCEPTED + KEYED.split("*Jun  3 07:15:00.301")[0] + tail))[-1] == "<<MM5"


def test_a_missing_key_stops_the_initiator() -> None:
    """`No pre-shared key with` is KEY_MISSING; a later hit by another rule takes it back."""
    missing = "ISAKMP-ERROR: (0):No pre-shared key with 198.51.100.9!\n"
    assert len(of(read(INITIATOR + missing), K.KEY_MISSING)) == 1
    found = "ISAKMP: no pre-shared key based on hostname x.example.net!\nISAKMP:(0): local preshared key found\n"
    assert of(read(INITIATOR + found), K.KEY_MISSING) == []


CHILD_REFUSALS = [
    ("IPSEC(ipsec_process_proposal): proxy identities not supported", K.SELECTORS_REFUSED, None),
    ("map_db_find_best did not find matching map", K.SELECTORS_REFUSED, None),
    (
        "IPSEC(ipsec_process_proposal): transform proposal not supported for identity:\n    {esp-aes 192 esp-sha512-hmac }",
        K.TRANSFORM_REFUSED,
        "esp-aes 192 esp-sha512-hmac",
    ),
    ("IPSEC(validate_proposal): invalid local address 203.0.113.1", K.CONFIG_INCOMPLETE, None),
    ("IPSEC(validate_proposal): peer address 198.51.100.9 not found", K.NO_CONNECTION, None),
    ("IPSEC(validate_transform_proposal): no IPSEC cryptomap exists for local address 203.0.113.1", K.CONFIG_INCOMPLETE, None),
]


@pytest.mark.parametrize(("line", "kind", "offered"), CHILD_REFUSALS)
def test_phase_2_refusals_keep_their_reason(line: str, kind: K, offered: str | None) -> None:
    """The specific reason is an event; the general refusal after it is not told as a second one of another kind."""
    tail = (
        f"*Jun  3 07:15:00.303: {line}\n"
        "*Jun  3 07:15:00.303: ISAKMP:(1044): IPSec policy invalidated proposal with error 32\n"
        "*Jun  3 07:15:00.303: ISAKMP:(1044): phase 2 SA policy not acceptable! (local 203.0.113.1 remote 198.51.100.9)\n"
        "*Jun  3 07:15:00.303: ISAKMP: set new node 77 to QM_IDLE\n"
        "*Jun  3 07:15:00.303: ISAKMP:(1044):Sending NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n"
        "\tspi 1234, message ID = 77\n"
        "*Jun  3 07:15:00.303: ISAKMP:(1044): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) QM_IDLE\n"
    )
    parsed = read(RESPONDER + ACCEPTED + KEYED + tail)
    event = of(parsed, kind)[0]
    assert (event.offered, event.context) == (offered, "1044")
    assert bool(of(parsed, K.PROPOSAL_REFUSED)) is (kind is K.TRANSFORM_REFUSED)
    (notify,) = of(parsed, K.NOTIFY_SENT)
    assert (notify.notify, notify.protocol, notify.message_id) == ("NO_PROPOSAL_CHOSEN", Protocol.ESP, 77)
    assert wire(parsed)[-1] == ">INFORMATIONAL_V1"
    assert parsed.gaps == ()


CONTEXTS = [
    ("ISAKMP (0:2):", "2"),
    ("ISAKMP:(0:2:SW:1):", "2"),
    ("ISAKMP (0:134217730):", "2"),
    ("ISAKMP:(1011):", "1011"),
    ("ISAKMP: (1011):", "1011"),
    ("ISAKMP-ERROR: (1011):", "1011"),
    ("ISAKMP (0:2064):", "2064"),
    ("ISAKMP:(0:0:N/A:0):", None),
    ("ISAKMP:", None),
]


@pytest.mark.parametrize(("tag", "context"), CONTEXTS)
def test_every_form_of_connection_number_is_read(tag: str, context: str | None) -> None:
    """Software engine numbers, plain ones and none."""
    (event,) = read(f"{tag} reserved not zero on HASH payload!").value
    assert event.context == context


def test_aggressive_mode_is_told_by_its_input() -> None:
    """NEW SA alone does not say which mode; the state machine's input does."""
    text = (
        "ISAKMP (0): received packet from 198.51.100.9 dport 500 sport 500 Global (N) NEW SA\n"
        "ISAKMP:(0): processing SA payload. message ID = 0\n"
        "ISAKMP:(0): processing KE payload. message ID = 0\n"
        "ISAKMP:(1050): sending packet to 198.51.100.9 my_port 500 peer_port 500 (R) AG_INIT_EXCH\n"
        "ISAKMP:(1050):Input = IKE_MESG_FROM_PEER, IKE_AM_EXCH\n"
        "ISAKMP:(1050):Old State = IKE_READY  New State = IKE_R_AM2\n"
        "ISAKMP (1050): received packet from 198.51.100.9 dport 500 sport 500 Global (R) AG_INIT_EXCH\n"
    )
    assert wire(read(text)) == ["<AM1", ">AM2", "<AM3"]


def test_states_alone_tell_the_messages_of_an_excerpt() -> None:
    """Where somebody kept only the state lines, these stand for the messages."""
    text = "\n".join(
        f"ISAKMP:(1002):Old State = {old}  New State = {new}"
        for old, new in (
            ("IKE_I_MM2", "IKE_I_MM3"),
            ("IKE_I_MM3", "IKE_I_MM4"),
            ("IKE_I_MM4", "IKE_I_MM5"),
        )
    )
    assert wire(read(text)) == [">MM3", "<MM4", ">MM5"]


def test_releases_before_12_3_print_no_ports_and_other_words() -> None:
    """`src=`/`dest=` blocks and packets without ports belong to one negotiation like the newer ones."""
    text = (
        "00:27:07: IPSEC(sa_request): ,\n(key eng. msg.) src= 203.0.113.1, dest= 198.51.100.9,\n"
        "src_proxy= 10.7.0.0/255.255.255.0/0/0 (type=4),\ndest_proxy= 10.8.0.0/255.255.0.0/0/0 (type=4),\n"
        "protocol= ESP, transform= esp-des esp-md5-hmac ,\nlifedur= 3600s and 4608000kb\n"
        "00:27:07: ISAKMP (0:2): beginning Main Mode exchange\n"
        "00:27:07: ISAKMP (0:2): sending packet to 198.51.100.9 (I) MM_NO_STATE\n"
        "00:27:08: ISAKMP (0:2): no offers accepted!\n00:27:08: ISAKMP (0:2): SA not acceptable!\n"
    )
    parsed = read(text)
    assert {(event.context, event.remote) for event in parsed.value} == {("2", "198.51.100.9")}
    assert str(of(parsed, K.SELECTORS_CONFIGURED)[0].selectors[0]) == "10.7.0.0/24 === 10.8.0.0/16"
    assert {event.protocol for event in of(parsed, K.PROPOSAL_REFUSED)} == {Protocol.IKE}
    assert wire(parsed) == [">MM1"]
    assert parsed.gaps == ()

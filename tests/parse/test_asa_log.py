"""ASA's IKEv1 debug and its syslog become events; asserted as ladders, on texts written for this test."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ipsecbot.ladder.climb import climb
from ipsecbot.model.exchange import EventKind, Exchange, LogEvent, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role, SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.asa.log import read_events
from ipsecbot.parse.asa.sas import is_asa, read_ikev1_sas

CASES = Path(__file__).parents[2] / "../shared/cases"
K = EventKind
PEER = "Group = 203.0.113.2, IP = 203.0.113.2,"

DEBUG = f"""\
Sep 18 11:02:31 [IKEv1 DEBUG]Pitcher: received a key acquire message, spi 0x0
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE Initiator: New Phase 1, Intf inside, IKE Peer 203.0.113.2  local Proxy Address \
10.1.0.0, remote Proxy Address 10.2.0.0,  Crypto map (OUTMAP)
Sep 18 11:02:31 [IKEv1 DEBUG]IP = 203.0.113.2, constructing ISAKMP SA payload
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + SA (1) + VENDOR (13) + \
NONE (0) total length : 172
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + SA (1) + VENDOR (13) + \
NONE (0) total length : 132
Sep 18 11:02:31 [IKEv1 DEBUG]IP = 203.0.113.2, Oakley proposal is acceptable
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + KE (4) + NONCE (10) + \
NAT-D (20) + NAT-D (20) + NONE (0) total length : 304
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + KE (4) + NONCE (10) + \
NONE (0) total length : 304
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, Connection landed on tunnel_group 203.0.113.2
Sep 18 11:02:31 [IKEv1]{PEER} IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + ID (5) + HASH (8) + NONE (0) total \
length : 96
Sep 18 11:02:31 [IKEv1]{PEER} Automatic NAT Detection Status:     Remote end is NOT behind a NAT device     This   end IS \
behind a NAT device
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + ID (5) + HASH (8) + NONE \
(0) total length : 96
Sep 18 11:02:31 [IKEv1]{PEER} PHASE 1 COMPLETED
Sep 18 11:02:31 [IKEv1 DECODE]{PEER} IKE Initiator starting QM: msg id = 4c07a1b2
Sep 18 11:02:31 [IKEv1]{PEER} IKE_DECODE SENDING Message (msgid=4c07a1b2) with payloads : HDR + HASH (8) + SA (1) + NONCE (10) \
+ ID (5) + ID (5) + NOTIFY (11) + NONE (0) total length : 200
Sep 18 11:02:31 [IKEv1]IP = 203.0.113.2, IKE_DECODE RECEIVED Message (msgid=4c07a1b2) with payloads : HDR + HASH (8) + SA (1) \
+ NONCE (10) + ID (5) + ID (5) + NONE (0) total length : 172
Sep 18 11:02:31 [IKEv1]{PEER} IKE_DECODE SENDING Message (msgid=4c07a1b2) with payloads : HDR + HASH (8) + NONE (0) total \
length : 76
Sep 18 11:02:31 [IKEv1]{PEER} Security negotiation complete for LAN-to-LAN Group (203.0.113.2)  Initiator, Inbound SPI = \
0x08b7f1e2, Outbound SPI = 0xfd2d0013
Sep 18 11:02:31 [IKEv1]{PEER} PHASE 2 COMPLETED (msgid=4c07a1b2)
"""


def _events(text: str) -> tuple[LogEvent, ...]:
    parsed = read_events(RawOutput(OutputKind.LOG, "asa.log", text), "asa")
    assert parsed.gaps == (), parsed.gaps
    return parsed.value


def _ladder(text: str) -> tuple[Exchange, ...]:
    return climb(_events(text)).exchanges


def _only(text: str, kind: EventKind) -> LogEvent:
    (event,) = (event for event in _events(text) if event.kind is kind)
    return event


def test_a_debug_shows_main_and_quick_mode_message_by_message() -> None:
    """The payload lists of IKE_DECODE name all nine messages; the SPIs come once, although two lines say it is up."""
    main, quick = _ladder(DEBUG)
    assert [message.name for message in main.messages] == ["MM1", "MM2", "MM3", "MM4", "MM5", "MM6"]
    assert [message.name for message in quick.messages] == ["QM1", "QM2", "QM3"]
    assert (main.role, main.remote, main.outcome, quick.outcome) == (
        Role.INITIATOR,
        "203.0.113.2",
        Outcome.ESTABLISHED,
        Outcome.ESTABLISHED,
    )
    up = [event for event in _events(DEBUG) if event.kind is K.ESTABLISHED and event.protocol is Protocol.ESP]
    assert [event.spis for event in up] == [("08b7f1e2", "fd2d0013")]
    assert _only(DEBUG, K.NAT_DETECTED).detail == "local"


def test_the_attribute_that_differs_is_named() -> None:
    """`Mismatched attribute types for class …` with what came and what is configured."""
    text = """\
Sep 18 11:05:31 [IKEv1]IP = 198.51.100.9, IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + SA (1) + NONE (0) total \
length : 132
Sep 18 11:05:31 [IKEv1]Phase 1 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group 5  Cfg'd: Group 2
Sep 18 11:05:31 [IKEv1 DEBUG]IP = 198.51.100.9, All SA proposals found unacceptable
Sep 18 11:05:31 [IKEv1]IP = 198.51.100.9, IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + NOTIFY (11) + NONE (0) \
total length : 96
"""
    refused = _only(text, K.TRANSFORM_REFUSED)
    assert (refused.attribute, refused.offered, refused.accepted) == ("dh", "Group 5", "Group 2")
    (exchange,) = _ladder(text)
    assert (exchange.role, exchange.outcome, exchange.reached) == (Role.RESPONDER, Outcome.REFUSED, "MM1")


def test_the_error_history_tells_what_was_waited_for() -> None:
    """`MM_WAIT_MSG2 … EV_TIMEOUT`: the first message was never answered."""
    text = """\
Jun 02 2021 08:00:01: %ASA-5-713041: IP = 203.0.113.2, IKE Initiator: New Phase 1, Intf inside, IKE Peer 203.0.113.2
Jun 02 2021 08:00:33: %ASA-7-715065: IP = 203.0.113.2, IKE MM Initiator FSM error history (struct &0x7f)  <state>, <event>:  \
MM_DONE, EV_ERROR-->MM_WAIT_MSG2, EV_RETRY-->MM_WAIT_MSG2, EV_TIMEOUT-->MM_WAIT_MSG2, NullEvent-->MM_SND_MSG1, EV_SND_MSG
"""
    (exchange,) = _ladder(text)
    assert (exchange.role, exchange.outcome, exchange.reached) == (Role.INITIATOR, Outcome.NO_ANSWER, "MM1")


def test_a_wrong_key_shows_in_the_history() -> None:
    """EV_PROB_AUTH_FAIL is ASA's word for what could not be decrypted."""
    text = (
        f"[IKEv1 DEBUG]: {PEER} IKE MM Responder FSM error history (struct &0x7f)  <state>, <event>:  MM_DONE, EV_ERROR-->"
        "MM_WAIT_MSG5, EV_PROB_AUTH_FAIL-->MM_WAIT_MSG5, EV_TIMEOUT\n"
    )
    assert _only(text, K.UNDECRYPTABLE).role is Role.RESPONDER


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("All IPSec SA proposals found unacceptable!", K.PROPOSAL_REFUSED, {"protocol": Protocol.ESP}),
        (
            "Received non-routine Notify message: No proposal chosen (14)",
            K.NOTIFY_RECEIVED,
            {"notify": "NO_PROPOSAL_CHOSEN"},
        ),
        (
            "Received non-routine Notify message: Invalid ID info (18)",
            K.NOTIFY_RECEIVED,
            {"notify": "INVALID_ID_INFORMATION"},
        ),
        ("ERROR, had problems decrypting packet, probably due to mismatched pre-shared key.  Aborting", K.UNDECRYPTABLE, {}),
        ("Received encrypted Oakley Main Mode packet with invalid payloads, MessID = 0", K.UNDECRYPTABLE, {}),
        ("Can't find a valid tunnel group, aborting...!", K.KEY_MISSING, {}),
        ("Session is being torn down. Reason: crypto map policy not found", K.SELECTORS_REFUSED, {"protocol": Protocol.ESP}),
        ("Session is being torn down. Reason: Lost Service", K.PEER_SILENT, {}),
        ("Session is being torn down. Reason: Idle Timeout", K.IDLE, {}),
        ("Session is being torn down. Reason: Peer Terminate", K.DELETE_RECEIVED, {}),
        ("Session is being torn down. Reason: Administrator Reset", K.DELETED, {}),
        ("QM FSM error (P2 struct &0xcc19ed48, mess id 0xfc16eec2)!", K.FAILED, {"protocol": Protocol.ESP}),
        ("IKE lost contact with remote peer, deleting connection (keepalive type: DPD)", K.PEER_SILENT, {}),
    ],
)
def test_a_sentence_decides(text: str, kind: EventKind, fields: dict[str, object]) -> None:
    """In debug and in syslog alike."""
    for frame in (f"Sep 18 11:02:31 [IKEv1]: {PEER} ", f"Jun 02 2021 08:00:01: %ASA-3-713902: {PEER} "):
        event = _only(frame + text, kind)
        assert {name: getattr(event, name) for name in fields} == fields
        assert (event.remote, event.source.first_line) == ("203.0.113.2", 1)


def test_refused_proxies_are_read_from_this_ends_side() -> None:
    """Remote proxy is the peer's network."""
    text = (
        f"Jun 02 2021 09:34:00: %ASA-3-713061: {PEER} Rejecting IPSec tunnel: no matching crypto map entry for remote proxy "
        "10.7.0.0/255.255.255.0/0/0 local proxy 10.1.0.0/255.255.255.0/0/0 on interface outside"
    )
    assert [str(pair) for pair in _only(text, K.SELECTORS_REFUSED).selectors] == ["10.1.0.0/24 === 10.7.0.0/24"]


LOCAL_REMOTE = "Local:192.0.2.1:500 Remote:198.51.100.7:500 Username:Unknown IKEv2"


@pytest.mark.parametrize(
    ("reason", "kind", "protocol"),
    [
        ("Failed to find a matching policy", K.PROPOSAL_REFUSED, Protocol.IKE),
        ("There was no IPSEC policy found for received TS", K.SELECTORS_REFUSED, Protocol.ESP),
        ("Failed to authenticate the IKE SA", K.AUTHENTICATION_FAILED, None),
        ("Maximum number of retransmissions reached", K.GAVE_UP, None),
        ("Create child exchange failed", K.FAILED, Protocol.ESP),
        ("Failed to receive the AUTH msg before the timer expired", K.FAILED, None),
    ],
)
def test_ikev2_in_syslog(reason: str, kind: EventKind, protocol: Protocol | None) -> None:
    """750002 and 750003: who asked whom, and why it ended."""
    text = (
        f"Jun 02 2021 09:00:00: %ASA-5-750002: {LOCAL_REMOTE} Received a IKE_INIT_SA request\n"
        f"Jun 02 2021 09:00:00: %ASA-4-750003: {LOCAL_REMOTE} Negotiation aborted due to ERROR: {reason}\n"
    )
    event = _only(text, kind)
    assert (event.local, event.remote, event.role, event.ike_version, event.protocol) == (
        "192.0.2.1",
        "198.51.100.7",
        Role.RESPONDER,
        2,
        protocol,
    )


def test_other_syslog_is_nobodys_and_an_unknown_ike_line_is_a_gap() -> None:
    """A firewall writes a thousand lines about connections for each about IKE."""
    text = "Jun 02 2021 09:32:00: %ASA-6-302013: Built inbound TCP connection 5 for outside:192.0.2.4/5\n"
    assert _events(text) == ()
    odd = read_events(RawOutput(OutputKind.LOG, "l", f"%ASA-3-713999: {PEER} Zorkmid overflow\n"), "asa")
    assert [gap.line for gap in odd.gaps] == [1]


SAS = """\
IKEv1 SAs:

   Active SA: 2
    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)
Total IKE SA: 2

1   IKE Peer: 203.0.113.2
    Type    : L2L             Role    : initiator
    Rekey   : no              State   : MM_ACTIVE
    Encrypt : aes-256         Hash    : SHA
    Lifetime: 86400
    Lifetime Remaining: 71234
2   IKE Peer: 198.51.100.9
    Type    : user            Role    : responder
    Rekey   : no              State   : MM_WAIT_MSG3
"""


def test_the_ikev1_listing() -> None:
    """State words, role and what is left of the lifetime; none is an answer too."""
    parsed = read_ikev1_sas(RawOutput(OutputKind.ISAKMP_SA, "show crypto ikev1 sa", SAS), "asa")
    assert [(sa.remote, sa.role, sa.vendor_state, sa.state) for sa in parsed.value] == [
        ("203.0.113.2", Role.INITIATOR, "MM_ACTIVE", SaState.ESTABLISHED),
        ("198.51.100.9", Role.RESPONDER, "MM_WAIT_MSG3", SaState.NEGOTIATING),
    ]
    assert parsed.value[0].expires_in is not None
    assert parsed.value[0].expires_in.total_seconds() == 71234
    none = read_ikev1_sas(RawOutput(OutputKind.ISAKMP_SA, "s", "There are no IKEv1 SAs\n"), "asa")
    assert (none.value, none.answered) == ((), True)
    assert not is_asa("dst src state conn-id status\n")


def test_cut_and_shuffled_lines_never_raise() -> None:
    """Whatever is left of a log is read."""
    chance = random.Random(5)
    for _ in range(150):
        lines = (DEBUG + SAS).split("\n")
        chance.shuffle(lines)
        text = "\n".join(line[chance.randrange(20) : chance.randrange(20, 200)] for line in lines)
        climb(read_events(RawOutput(OutputKind.LOG, "l", text), "asa").value)
        read_ikev1_sas(RawOutput(OutputKind.ISAKMP_SA, "s", text), "asa")


def test_the_public_cases_are_understood() -> None:
    """The refusal of the crypto map in two real texts."""
    paths = [CASES / "ios-015/device/syslog.txt", CASES / "ios-016/device/debug.txt"]
    if not all(path.is_file() for path in paths):
        pytest.skip("the shared cases are not here: real ASA texts are left out")
    for path in paths:
        kinds = [event.kind for event in _events(path.read_text(errors="replace"))]
        assert K.SELECTORS_REFUSED in kinds, path

"""pluto's log and whack's answers become events; asserted as ladders and decisions, on texts written for this test."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from ipsecbot.ladder.climb import climb
from ipsecbot.model.exchange import EventKind, Exchange, LogEvent, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.libreswan.log import BOOK, read_events
from ipsecbot.parse.libreswan.states import STATES, state_name, up_to

CASES = Path(__file__).parents[2] / "../shared/cases"
K = EventKind


def _events(text: str) -> tuple[LogEvent, ...]:
    parsed = read_events(RawOutput(OutputKind.LOG, "pluto.log", text), "gw")
    assert parsed.gaps == (), parsed.gaps
    return parsed.value


def _ladder(text: str) -> tuple[Exchange, ...]:
    return climb(_events(text)).exchanges


def _names(exchange: Exchange) -> str:
    return " ".join(f"{message.name}×{message.times}" if message.times > 1 else message.name for message in exchange.messages)


def _only(text: str, kind: EventKind) -> LogEvent:
    found = [event for event in _events(text) if event.kind is kind]
    assert len(found) == 1, found
    return found[0]


MAIN_OK = """\
002 "office" #1: initiating Main Mode
104 "office" #1: STATE_MAIN_I1: initiate
003 "office" #1: received Vendor ID payload [Dead Peer Detection]
002 "office" #1: transition from state STATE_MAIN_I1 to state STATE_MAIN_I2
106 "office" #1: STATE_MAIN_I2: sent MI2, expecting MR2
003 "office" #1: NAT-Traversal: Result using RFC 3947 (NAT-Traversal): i am NATed
108 "office" #1: STATE_MAIN_I3: sent MI3, expecting MR3
002 "office" #1: Main mode peer ID is ID_IPV4_ADDR: '198.51.100.7'
004 "office" #1: STATE_MAIN_I4: ISAKMP SA established {auth=OAKLEY_PRESHARED_KEY cipher=aes_256 prf=oakley_sha group=modp1536}
002 "office" #2: initiating Quick Mode PSK+ENCRYPT+TUNNEL+PFS {using isakmp#1 msgid:7b2f91aa proposal=AES(12)_128-SHA1(2)_160 \
pfsgroup=OAKLEY_GROUP_MODP1536}
117 "office" #2: STATE_QUICK_I1: initiate
004 "office" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode {ESP=>0x9f8e7d6c <0x1a2b3c4d \
xfrm=AES_128-HMAC_SHA1 NATOA=none NATD=none DPD=none}
"""


def test_whack_shows_a_whole_main_and_quick_mode() -> None:
    """The states alone name all nine messages, and the braces what was agreed on."""
    main, quick = _ladder(MAIN_OK)
    assert (_names(main), main.outcome) == ("MM1 MM2 MM3 MM4 MM5 MM6", Outcome.ESTABLISHED)
    assert (_names(quick), quick.outcome) == ("QM1 QM2 QM3", Outcome.ESTABLISHED)
    chosen = [event for event in _events(MAIN_OK) if event.kind is K.PROPOSAL_SELECTED]
    assert [proposal.keywords for event in chosen for proposal in event.proposals] == [
        "aes256-sha1-prfsha1-modp1536",
        "aes128-sha1",
    ]
    up = [event for event in _events(MAIN_OK) if event.kind is K.ESTABLISHED]
    assert [(event.protocol, event.spis) for event in up] == [(Protocol.IKE, ()), (Protocol.ESP, ("1a2b3c4d", "9f8e7d6c"))]
    assert {event.context for event in _events(MAIN_OK)} == {"1"}
    assert _only(MAIN_OK, K.NAT_DETECTED).detail == "local"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("initiating IKEv1 Main Mode connection", "MM1 MM2 MM3 MM4 MM5"),
        ("initiating Main Mode to replace #3", "MM1 MM2 MM3 MM4 MM5"),
    ],
)
def test_newer_wordings_tell_the_same_ladder(sentence: str, expected: str) -> None:
    """Libreswan 4 and 5 name the messages in the sentence instead of the state."""
    text = f'"a" #4: {sentence}\n"a" #4: sent Main Mode request\n"a" #4: sent Main Mode I2\n"a" #4: sent Main Mode I3\n'
    (main,) = _ladder(text)
    assert _names(main) == expected


def test_silence_is_counted_and_given_up() -> None:
    """Retransmissions repeat the message of the state they are printed in."""
    text = """\
Jun  3 10:00:01 gw pluto[812]: "remote" #1: initiating Main Mode
Jun  3 10:00:11 gw pluto[812]: "remote" #1: STATE_MAIN_I1: retransmission; will wait 20s for response
Jun  3 10:00:31 gw pluto[812]: "remote" #1: STATE_MAIN_I1: retransmission; will wait 40s for response
Jun  3 10:01:11 gw pluto[812]: "remote" #1: max number of retransmissions (2) reached STATE_MAIN_I1.  No response (or no \
acceptable response) to our first IKE message
Jun  3 10:01:11 gw pluto[812]: "remote" #1: starting keying attempt 2 of an unlimited number
"""
    (main,) = _ladder(text)
    assert (_names(main), main.outcome, main.reached) == ("MM1×3", Outcome.NO_ANSWER, "MM1")


def test_the_timeout_of_libreswan_5_says_at_which_message() -> None:
    """`IKE_AUTH_I: 60 second timeout`: the initiator waited for the answer to its IKE_AUTH."""
    text = """\
"z" #20: initiating IKEv2 connection to 203.0.113.99 using UDP
"z" #20: sent IKE_SA_INIT request to 203.0.113.99:UDP/500
"z" #20: processed IKE_SA_INIT response from 203.0.113.99:UDP/500 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 ke=DH19}, \
initiating IKE_AUTH
"z" #20: sent IKE_AUTH request to 203.0.113.99:UDP/4500 with shared-key-mac and FQDN '@me'; Child SA #21 {ESP <0xd1c2b3a4} \
[10.0.0.0/24===10.9.0.0/24]
"z" #20: IKE_AUTH_I: 60 second timeout exceeded after 7 retransmits.  Possible authentication failure: no acceptable response \
to our first encrypted message
"""
    (exchange,) = _ladder(text)
    assert (exchange.remote, exchange.outcome, exchange.reached) == ("203.0.113.99", Outcome.NO_ANSWER, "IKE_AUTH request")


def test_a_refused_packet_is_a_negotiation_of_its_own() -> None:
    """pluto gives no number to a packet it has no connection for; the next attempt of that peer is another negotiation."""
    text = """\
Jun  3 10:00:01 gw pluto[812]: packet from 198.51.100.7:500: received Vendor ID payload [Dead Peer Detection]
Jun  3 10:00:01 gw pluto[812]: packet from 198.51.100.7:500: initial Main Mode message received on 192.0.2.1:500 but no \
connection has been authorized with policy=PSK
Jun  3 10:00:02 gw pluto[812]: packet from 198.51.100.7:500: sending notification NO_PROPOSAL_CHOSEN to 198.51.100.7:500
Jun  3 10:01:01 gw pluto[812]: "office" #4: responding to Main Mode from unknown peer 198.51.100.7
Jun  3 10:01:01 gw pluto[812]: "office" #4: STATE_MAIN_R1: sent MR1, expecting MI2
"""
    refused, next_one = _ladder(text)
    assert (_names(refused), refused.outcome, refused.local) == ("MM1", Outcome.REFUSED, "192.0.2.1")
    assert (_names(next_one), next_one.outcome) == ("MM1 MM2", Outcome.INCOMPLETE)


def test_refused_transforms_are_gathered_into_one_offer() -> None:
    """What was offered stands before the refusal, so that the nearest miss can be told."""
    text = """\
pluto[812]: "office" #4: responding to Main Mode
pluto[812]: "office" #4: Oakley Transform [OAKLEY_AES_CBC (256), OAKLEY_SHA1, OAKLEY_GROUP_MODP1024] refused due to strict flag
pluto[812]: "office" #4: Oakley Transform [3DES_CBC (192), HMAC_MD5, MODP1024] refused
pluto[812]: "office" #4: no acceptable Oakley Transform
pluto[812]: "office" #4: sending notification NO_PROPOSAL_CHOSEN to 198.51.100.7:500
"""
    offered = _only(text, K.OFFERED)
    assert [one.keywords for one in offered.proposals] == ["aes256-sha1-prfsha1-modp1024", "3des-md5-prfmd5-modp1024"]
    (main,) = _ladder(text)
    assert (_names(main), main.outcome, main.remote) == ("MM1", Outcome.REFUSED, "198.51.100.7")


def test_an_ikev2_responder_names_every_remote_proposal() -> None:
    """`no local proposal matches remote proposals`: the offers and the refusal in one line."""
    text = (
        '"corp"[2] 203.0.113.52 #2: no local proposal matches remote proposals '
        "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP1024 2:IKE:ENCR=AES_GCM_16_256;PRF=HMAC_SHA2_512,"
        'HMAC_SHA2_256;KE=DH19,MODP2048\n"corp"[2] 203.0.113.52 #2: responding to IKE_SA_INIT message (ID 0) from '
        "203.0.113.52:500 with unencrypted notification NO_PROPOSAL_CHOSEN\n"
    )
    assert [one.keywords for one in _only(text, K.OFFERED).proposals] == [
        "aes128-sha1-prfsha1-modp1024",
        "aes256gcm16-prfsha512-prfsha256-ecp256-modp2048",
    ]
    (exchange,) = _ladder(text)
    assert (_names(exchange), exchange.outcome) == ("IKE_SA_INIT request IKE_SA_INIT response", Outcome.REFUSED)


def test_instances_of_one_roadwarrior_connection_are_kept_apart() -> None:
    """`"rw"[1]` and `"rw"[2]` share a name and nothing else."""
    text = """\
"rw"[1] 203.0.113.50 #1: sent IKE_SA_INIT response to 203.0.113.50:UDP/500 {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 \
prf=HMAC_SHA2_256 ke=MODP2048}
"rw"[2] 203.0.113.60 #2: sent IKE_SA_INIT response to 203.0.113.60:UDP/500 {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 \
prf=HMAC_SHA2_256 ke=MODP2048}
"rw"[1] 203.0.113.50 #1: authentication failed: computed hash does not match hash received from peer ID_FQDN '@a'
"""
    first, second = _ladder(text)
    assert (first.remote, first.outcome) == ("203.0.113.50", Outcome.REFUSED)
    assert (second.remote, second.outcome) == ("203.0.113.60", Outcome.INCOMPLETE)


def test_children_negotiated_at_once_are_told_apart_by_their_message_ids() -> None:
    """One subnet comes up, the other is given up, under one IKE SA."""
    text = """\
004 "q" #4: STATE_MAIN_I4: ISAKMP SA established {auth=OAKLEY_PRESHARED_KEY cipher=aes_128 prf=oakley_sha group=modp1024}
002 "q/0x1" #5: initiating Quick Mode PSK+ENCRYPT+TUNNEL+PFS+UP {using isakmp#4 msgid:0a0b0c0d proposal=defaults}
002 "q/0x2" #6: initiating Quick Mode PSK+ENCRYPT+TUNNEL+PFS+UP {using isakmp#4 msgid:11223344 proposal=defaults}
117 "q/0x1" #5: STATE_QUICK_I1: initiate
004 "q/0x2" #6: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode {ESP=>0x01020304 <0x05060708 xfrm=AES_128-HMAC_SHA1}
031 "q/0x1" #5: max number of retransmissions (2) reached STATE_QUICK_I1.  No acceptable response to our first Quick \
Mode message
"""
    _, first, second = _ladder(text)
    assert (_names(first), first.outcome) == ("QM1", Outcome.NO_ANSWER)
    assert (_names(second), second.outcome) == ("QM1 QM2 QM3", Outcome.ESTABLISHED)


def test_the_child_of_old_ikev2_takes_a_number_before_its_ike_sa_is_up() -> None:
    """Libreswan 3 prints the parent's states under the child's number."""
    text = """\
002 "old" #10: initiating v2 parent SA
133 "old" #10: STATE_PARENT_I1: sent v2I1, expected v2R1
134 "old" #11: STATE_PARENT_I2: sent v2I2, expected v2R2 {auth=IKEv2 cipher=aes_256 integ=sha1_96 prf=oakley_sha group=modp1024}
002 "old" #11: negotiated tunnel [10.0.0.0,10.0.0.255:0-65535 0] -> [10.1.0.0,10.1.0.255:0-65535 0]
004 "old" #11: STATE_PARENT_I3: PARENT SA established tunnel mode {ESP=>0xaabbccd1 <0x11223341 xfrm=AES_256-HMAC_SHA1}
"""
    (exchange,) = _ladder(text)
    assert (exchange.outcome, exchange.child, exchange.reached) == (
        Outcome.ESTABLISHED,
        Outcome.ESTABLISHED,
        "IKE_AUTH response",
    )
    assert [str(pair) for pair in _only(text, K.SELECTORS_SELECTED).selectors] == ["10.0.0.0/24 === 10.1.0.0/24"]


# Each sentence in the place where pluto prints it, and what it decides.
DECISIONS: tuple[tuple[str, EventKind, dict[str, object]], ...] = (
    (
        "probable authentication failure (mismatch of preshared secrets?): malformed payload in packet",
        K.UNDECRYPTABLE,
        {},
    ),
    ("next payload type of ISAKMP Identification Payload has an unknown value: 71", K.UNDECRYPTABLE, {}),
    (
        "we require IKEv1 peer to have ID '198.51.100.7', but peer declares '10.9.9.9'",
        K.IDENTITY_REFUSED,
        {"offered": "10.9.9.9", "accepted": "198.51.100.7"},
    ),
    (
        "X509: authentication failed; peer certificate subjectAltName extension does not match FQDN 'b.example'",
        K.IDENTITY_REFUSED,
        {"accepted": "b.example"},
    ),
    (
        "Can't authenticate: no preshared key found for `@a' and `%any'.  Attribute OAKLEY_AUTHENTICATION_METHOD",
        K.KEY_MISSING,
        {},
    ),
    ("authentication failed: no PSK found for '@a'", K.KEY_MISSING, {}),
    ("no RSA public key known for '@b'", K.CERTIFICATE_REFUSED, {"attribute": "untrusted"}),
    ("Signature check (on @b) failed (wrong key?); tried *AwEAAc", K.AUTHENTICATION_FAILED, {"detail": "pubkey"}),
    ("unable to locate my private key for RSA Signature", K.CREDENTIAL_MISSING, {}),
    (
        "NSS: ERROR: IPsec certificate CN=b invalid: SEC_ERROR_EXPIRED_CERTIFICATE: Peer's Certificate has expired.",
        K.CERTIFICATE_REFUSED,
        {"attribute": "expired"},
    ),
    (
        "NSS: ERROR: IPsec certificate CN=b invalid: SEC_ERROR_REVOKED_CERTIFICATE: Peer's Certificate has been revoked.",
        K.CERTIFICATE_REFUSED,
        {"attribute": "revoked"},
    ),
    (
        "NSS: ERROR: IPsec certificate CN=b invalid: SEC_ERROR_UNKNOWN_ISSUER: Peer's Certificate issuer is not recognized.",
        K.CERTIFICATE_REFUSED,
        {"attribute": "untrusted"},
    ),
    (
        "authentication failed: peer attempted NULL authentication but we want RSASIG",
        K.AUTH_METHOD_REFUSED,
        {"offered": "NULL", "accepted": "RSASIG"},
    ),
    (
        "policy does not allow OAKLEY_PRESHARED_KEY authentication.  Attribute OAKLEY_AUTHENTICATION_METHOD",
        K.TRANSFORM_REFUSED,
        {"attribute": "auth"},
    ),
    ("OAKLEY_GROUP 19 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION", K.TRANSFORM_REFUSED, {"attribute": "dh"}),
    (
        "policy dictates Transport Mode, but peer requested Tunnel Mode",
        K.ENCAPSULATION_REFUSED,
        {"offered": "tunnel", "protocol": Protocol.ESP},
    ),
    ("no acceptable Proposal in IPsec SA", K.PROPOSAL_REFUSED, {"protocol": Protocol.ESP}),
    (
        "we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION",
        K.PROPOSAL_REFUSED,
        {"protocol": Protocol.ESP, "attribute": "dh"},
    ),
    ("DPD: No response from peer - declaring peer dead", K.PEER_SILENT, {}),
    ("liveness action - clearing connection kind CK_PERMANENT", K.PEER_SILENT, {}),
    ("received Delete SA payload: deleting ISAKMP State #1", K.DELETE_RECEIVED, {"protocol": Protocol.IKE}),
    ("received Delete SA(0x9f8e7d6c) payload: deleting IPSEC State #2", K.DELETE_RECEIVED, {"protocol": Protocol.ESP}),
    ("XAUTH: User eve: Authentication Failed: Incorrect Username or Password", K.USER_AUTH_FAILED, {}),
    (
        "ignoring informational payload, type INVALID_ID_INFORMATION msgid=00000000",
        K.NOTIFY_RECEIVED,
        {"notify": "INVALID_ID_INFORMATION"},
    ),
    (
        "ignoring secured informational payload NO_PROPOSAL_CHOSEN, msgid=0badcafe, length=12",
        K.NOTIFY_RECEIVED,
        {"notify": "NO_PROPOSAL_CHOSEN"},
    ),
    (
        "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED",
        K.NOTIFY_RECEIVED,
        {"notify": "AUTHENTICATION_FAILED"},
    ),
    (
        "received unauthenticated INVALID_KE_PAYLOAD response to Key Exchange Method (DH) MODP1536; "
        "resending with suggested DH19",
        K.KE_REFUSED,
        {"offered": "MODP1536", "detail": "DH19"},
    ),
)


@pytest.mark.parametrize(("sentence", "kind", "fields"), DECISIONS)
def test_a_sentence_decides(sentence: str, kind: EventKind, fields: dict[str, object]) -> None:
    """Every decision keeps its line, and what it names."""
    event = _only(f'Jun  3 10:00:01 gw pluto[812]: "office" #1: {sentence}\n', kind)
    assert {name: getattr(event, name) for name in fields} == fields
    assert event.source.first_line == 1
    assert sentence in event.source.text


def test_the_selectors_of_a_refused_quick_mode_are_read() -> None:
    """`no connection is known for A===gw...peer===B`: local first."""
    text = (
        '"office" #7: cannot respond to IPsec SA request because no connection is known for '
        "10.1.0.0/24===192.0.2.1<192.0.2.1>[+S=C]...198.51.100.7<198.51.100.7>[+S=C]===10.2.0.0/24\n"
    )
    event = _only(text, K.SELECTORS_REFUSED)
    assert ([str(pair) for pair in event.selectors], event.local, event.remote) == (
        ["10.1.0.0/24 === 10.2.0.0/24"],
        "192.0.2.1",
        "198.51.100.7",
    )


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (
            "ERROR: asynchronous network error report on eth0 (sport=500) for message to 203.0.113.9 port 500, complainant "
            "203.0.113.9: Connection refused [errno 111, origin ICMP type 3 code 3 (not authenticated)]",
            K.PORT_UNREACHABLE,
        ),
        (
            '"v2" #7: ERROR: asynchronous network error report on eth0 (192.0.2.1:500) for message to 203.0.113.9 port 500, '
            "complainant 192.0.2.1: No route to host [errno 113, origin ICMP type 3 code 1 (not authenticated)]",
            K.NETWORK_UNREACHABLE,
        ),
        ('021 no connection named "nope"', K.CONFIG_REFUSED),
        ('"a": failed to add connection: global ikev1-policy=reject does not allow IKEv1 connections', K.CONFIG_REFUSED),
        ('whack: Pluto is not running (no "/run/pluto/pluto.ctl")', K.DAEMON_STOPPED),
    ],
)
def test_answers_without_a_negotiation(line: str, kind: EventKind) -> None:
    """ICMP errors and whack's complaints carry no number, and are heard."""
    assert [event.kind for event in _events(line) if event.kind is kind] == [kind]


def test_another_programs_quotes_are_nobodys_business() -> None:
    """A JSON text, a charon log or prose makes neither events nor gaps."""
    text = (
        '{"version": 1, "conn": "x"}\nThe word "tunnel": we say it often.\n'
        '2024-01-02T03:04:05 05[IKE] <x|1> initiating Main Mode IKE_SA x[1] to 192.0.2.9\n  "y" #3 is a rank\n'
    )
    assert _events(text) == ()


def test_an_unknown_line_of_pluto_is_a_gap() -> None:
    """Never lost, and never guessed."""
    parsed = read_events(RawOutput(OutputKind.LOG, "l", 'pluto[1]: "a" #1: frobnicating the Zorkmid at 17\n'), "gw")
    assert parsed.value == ()
    assert [gap.line for gap in parsed.gaps] == [1]


def test_a_wrapped_line_and_typographic_quotes_are_understood() -> None:
    """Forum pages wrap long lines and turn quotation marks."""
    text = (
        "004 “office” #1: STATE_MAIN_I4: ISAKMP SA established {auth=OAKLEY_PRESHARED_KEY\ncipher=aes_256 prf=oakley_sha "
        "group=modp1536}\n002 &quot;office&quot; #1: received Delete SA payload: deleting ISAKMP State #1\n"
    )
    kinds = [event.kind for event in _events(text)]
    assert K.PROPOSAL_SELECTED in kinds
    assert K.DELETE_RECEIVED in kinds


def test_every_state_is_reached_from_a_first_message() -> None:
    """The table has no loop and no dead end, and all names lead into it."""
    for name in STATES:
        way = up_to(name)
        assert way[-1][0] == name
        assert way[0][1].after is None
        assert state_name(f"STATE_{name}") == name
    assert (state_name("STATE_V2_PARENT_I1"), state_name("IKE_SA_INIT_I"), state_name("STATE_FOO_R9")) == (
        "PARENT_I1",
        "PARENT_I1",
        None,
    )


def test_every_sentence_of_the_tables_can_be_compiled() -> None:
    """A row that is no sentence would only fail in the field."""
    assert len(BOOK.phrases) > 200
    for row in BOOK.phrases:
        row.match("x")
        assert row.state is None or row.state in STATES or row.state.endswith("established")


def _mangled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(lines))
        action = chance.randrange(5)
        if action == 0:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        elif action == 1:
            lines[at] = lines[at][chance.randrange(len(lines[at]) + 1) :]
        elif action == 2:
            lines.insert(chance.randrange(len(lines)), lines[at])
        elif action == 3:
            chance.shuffle(lines)
        elif at + 1 < len(lines):
            lines[at] += lines.pop(at + 1)
    return "\n".join(lines)


def test_cut_joined_shuffled_and_repeated_lines_never_raise() -> None:
    """Whatever is left of a log is read, and climbs into a ladder."""
    chance = random.Random(7)
    everything = MAIN_OK + "\n".join(f'pluto[1]: "c" #{n}: {row[0]}' for n, row in enumerate(DECISIONS, 20))
    for _ in range(100):
        text = _mangled(everything, chance)
        climb(read_events(RawOutput(OutputKind.LOG, "l", text), "gw").value)


@pytest.mark.parametrize(
    "line",
    [
        '"a" #1: the peer proposed: ' + "1.1.1.1/1===" * 80_000,
        '"' * 1_000_000,
        '"a" #1: {' + "ab=c " * 200_000,
        "packet from " * 80_000,
        "&quot;" * 150_000,
        "pluto[1]: " * 100_000,
    ],
)
def test_one_line_of_a_megabyte_takes_no_time(line: str) -> None:
    """No regular expression of the reader is quadratic."""
    start = time.monotonic()
    read_events(RawOutput(OutputKind.LOG, "l", line), "gw")
    assert time.monotonic() - start < 5


def test_the_public_cases_leave_no_line_of_pluto_unread() -> None:
    """Console texts of libreswan among the cases; read where they are, never copied."""
    if not CASES.is_dir():
        pytest.skip("the shared cases are not here: real console texts of libreswan are left out")
    read = 0
    for path in sorted(CASES.glob("*/*/log.txt")):
        text = path.read_text(errors="replace")
        if "IKE_SA_INIT_I" in text or '" #1: ' in text:
            parsed = read_events(RawOutput(OutputKind.LOG, "log", text), "gw")
            assert parsed.gaps == (), path
            read += bool(parsed.value)
    assert read >= 15

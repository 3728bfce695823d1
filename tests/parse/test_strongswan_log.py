"""charon's log → events: frames, sentences, and what several lines say together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ipsecbot.model.exchange import EventKind as E
from ipsecbot.model.exchange import ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.clock import read_time
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.shaped_gaps import LIMIT
from ipsecbot.parse.strongswan.log import all_sentences, read_events


def read(text: str, at: datetime | None = None) -> Parsed[tuple[LogEvent, ...]]:
    return read_events(RawOutput(OutputKind.LOG, "charon.log", text, at), "gw")


def events(text: str) -> tuple[LogEvent, ...]:
    parsed = read(text)
    assert parsed.gaps == ()
    return parsed.value


def event(message: str) -> LogEvent:
    """The one event of one sentence."""
    (found,) = events(f"07[IKE] <hq|3> {message}")
    return found


FRAMES = [
    "2024-06-06T18:26:36 05[IKE] <hq|3> {}",
    "2024-06-06T18:26:36.123 05[IKE1] <hq|3> {}",
    "2024-06-06 18:26:36 05[IKE] <hq|3> {}",
    "Thu, 2024-06-06, 18:26:36 05[IKE] <hq|3> {}",
    "Jun  6 18:26:36 05[IKE] <hq|3> {}",
    "Jun  6 18:26:36 gw charon: 05[IKE] <hq|3> {}",
    "Jun  6 18:26:36 gw charon[2428]: 05[IKE] <hq|3> {}",
    "Jun  6 18:26:36 gw ipsec[711]: 05[IKE] <hq|3> {}",
    "Jun  6 18:26:36 gw charon-systemd[2428]: <hq|3> {}",
    "Jun  6 18:26:36 gw charon-systemd[2428]: [IKE] <hq|3> {}",
    '<30>1 2024-06-06T18:26:36+00:00 fw charon 12345 - [meta sequenceId="1"] 05[IKE] <hq|3> {}',
    "Jun  6 18:26:36 fw charon 88005 05[IKE] <hq|3> {}",
    "   05[IKE] <hq|3> {}",
    "[IKE] <hq|3> {}",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_every_frame_gives_the_same_event(frame: str) -> None:
    """filelog, syslog, journald, charon-systemd and swanctl write one sentence in many frames."""
    (found,) = events(frame.format("initiating Main Mode IKE_SA hq[3] to 192.0.2.2"))
    assert (found.kind, found.role, found.ike_version, found.remote) == (E.STARTED, Role.INITIATOR, 1, "192.0.2.2")
    assert (found.context, found.exchange, found.detail) == ("3", ExchangeType.MAIN, "hq")


def test_lines_of_other_programs_are_nobodys_business_here() -> None:
    """sshd, the kernel and prose are neither events nor gaps."""
    text = "Jun  6 18:26:36 gw sshd[9]: Accepted publickey for root\nHello, our tunnel is down.\n[INFO] 05 things\n\x00\x01"
    assert read(text) == Parsed(())


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("2024-06-06T18:26:36Z", None, datetime(2024, 6, 6, 18, 26, 36, tzinfo=UTC)),
        ("2024-06-06T18:26:36.5+02:00 ", None, datetime(2024, 6, 6, 18, 26, 36, 500000, tzinfo=timezone(timedelta(hours=2)))),
        ("Jun  6 18:26:36 gw charon: ", 2023, datetime(2023, 6, 6, 18, 26, 36)),
        ("Feb 29 18:26:36 ", None, datetime(2000, 2, 29, 18, 26, 36)),
        ("Sun Jun  6 18:26:36 2021 ", 1999, datetime(2021, 6, 6, 18, 26, 36)),
        ("Feb 30 18:26:36 ", 2024, None),
        ("18:26:36 ", 2024, None),
    ],
)
def test_time_stamps(text: str, year: int | None, expected: datetime | None) -> None:
    """With or without zone and year; an impossible or missing one is None."""
    assert read_time(text, year) == expected


def test_a_line_logged_twice_is_one_event() -> None:
    """Two writers of one line (syslog and charon-systemd, with and without the SA) are told from a line that comes again."""
    twice = (
        "Jun  6 18:26:36 charon[2]: 05[CFG] <hq|3> received proposals: IKE:AES_CBC_128\n"
        "Jun  6 18:26:36 charon-systemd[2]: received proposals: IKE:AES_CBC_128\n"
    )
    assert len(events(twice)) == 1
    again = "Jun  6 18:26:36 charon: 05[NET] sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (80 bytes)\n"
    assert len(events(again * 2)) == 2


def test_a_message_is_its_payload_line_with_the_addresses_of_its_packet() -> None:
    """Received: the packet comes first. Sent: it comes last. One event each, at the payload line."""
    received, sent, refused = events(
        "09[NET] <3> received packet: from 192.0.2.1[500] to 192.0.2.2[501] (464 bytes)\n"
        "08[JOB] <4> queueing IKE_INIT task\n"
        "09[ENC] <3> parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) CPRQ(ADDR DNS) N((40961)) ]\n"
        "09[ENC] <3> generating IKE_SA_INIT response 0 [ N(NO_PROP) ]\n"
        "09[NET] <3> sending packet: from 192.0.2.2[501] to 192.0.2.1[500] (36 bytes)\n"
    )
    assert (received.kind, received.local, received.local_port, received.remote) == (E.RECEIVED, "192.0.2.2", 501, "192.0.2.1")
    assert (received.exchange, received.message_id, received.is_request) == (ExchangeType.IKE_SA_INIT, 0, True)
    assert received.payloads == ("SA", "KE", "No", "N(NATD_S_IP)", "CPRQ(ADDR DNS)", "N((40961))")
    assert received.source.first_line == 3
    assert (sent.kind, sent.local, sent.remote_port, sent.is_request) == (E.SENT, "192.0.2.2", 500, False)
    assert (refused.kind, refused.notify, refused.remote) == (E.NOTIFY_SENT, "NO_PROPOSAL_CHOSEN", "192.0.2.1")


def test_one_notify_is_one_event() -> None:
    """The payload list and the sentence below it speak of the same notify; the sentence adds that it is the child's."""
    found = events(
        "09[ENC] <hq|3> parsed IKE_AUTH response 1 [ IDr AUTH N(TS_UNACCEPT) ]\n"
        "09[IKE] <hq|3> received TS_UNACCEPTABLE notify, no CHILD_SA built\n"
    )
    assert [(one.kind, one.notify, one.protocol) for one in found[1:]] == [(E.NOTIFY_RECEIVED, "TS_UNACCEPTABLE", Protocol.ESP)]
    assert found[1].source.first_line == 2


def test_events_know_the_message_they_were_said_of() -> None:
    """Addresses and exchange of the message carry over to what charon says while it handles it, not to another SA."""
    found = events(
        "09[NET] <3> received packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)\n"
        "09[ENC] <3> parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]\n"
        "09[IKE] <hq|3> no shared key found for '%any' - '192.0.2.1'\n"
        "09[IKE] <br|4> giving up after 5 retransmits\n"
    )
    missing, gave_up = found[1:]
    assert (missing.kind, missing.exchange, missing.local, missing.remote) == (
        E.KEY_MISSING,
        ExchangeType.IKE_AUTH,
        "192.0.2.2",
        "192.0.2.1",
    )
    assert (gave_up.context, gave_up.exchange, gave_up.remote) == ("4", None, None)


def test_undecryptable_is_said_once_per_message() -> None:
    """Three sentences about one message are one event; the packet stays as a message that could not be read."""
    found = events(
        "09[NET] <3> received packet: from 192.0.2.1[500] to 192.0.2.2[500] (108 bytes)\n"
        "09[ENC] <3> invalid ID_V1 payload length, decryption failed?\n"
        "09[ENC] <3> could not decrypt payloads\n"
        "09[IKE] <3> message parsing failed\n"
        "09[IKE] <3> ID_PROT request with message ID 0 processing failed\n"
    )
    assert [one.kind for one in found] == [E.RECEIVED, E.UNDECRYPTABLE, E.FAILED]
    assert (found[0].exchange, found[2].exchange, found[2].is_request) == (None, ExchangeType.MAIN, True)


def test_retransmissions_know_their_exchange() -> None:
    """Ours by message id, the peer's as REPEATED, and the answer given once more."""
    found = events(
        "05[IKE] <hq|3> initiating IKE_SA hq[3] to 192.0.2.2\n"
        "05[ENC] <hq|3> generating IKE_SA_INIT request 0 [ SA KE No ]\n"
        "05[NET] <hq|3> sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (80 bytes)\n"
        "07[IKE] <hq|3> retransmit 1 of request with message ID 0\n"
        "07[NET] <hq|3> sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (80 bytes)\n"
        "08[NET] <hq|3> received packet: from 192.0.2.2[500] to 192.0.2.1[500] (80 bytes)\n"
        "08[IKE] <hq|3> received retransmit of request with ID 0, retransmitting response\n"
        "08[NET] <hq|3> sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (80 bytes)\n"
    )
    assert [one.kind for one in found] == [E.STARTED, E.SENT, E.RETRANSMITTED, E.REPEATED, E.RETRANSMITTED]
    assert [one.exchange for one in found[1:3]] == [ExchangeType.IKE_SA_INIT] * 2
    assert (found[4].is_request, found[4].remote) == (False, "192.0.2.2")


def test_a_new_sa_keeps_its_own_number() -> None:
    """After a dead peer charon opens the next SA while its lines still name the old one."""
    found = events(
        "05[IKE] <hq|3> giving up after 5 retransmits\n"
        "05[IKE] <hq|3> initiating IKE_SA hq[4] to 192.0.2.2\n"
        "05[ENC] <hq|3> generating IKE_SA_INIT request 0 [ SA KE No ]\n"
        "05[NET] <hq|3> sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (80 bytes)\n"
        "06[IKE] <hq|4> retransmit 1 of request with message ID 0\n"
    )
    assert [one.context for one in found] == ["3", "4", "4", "4"]


def test_fragments_are_no_messages() -> None:
    """The reassembled message counts once, with the addresses of its last fragment; so does one that is sent."""
    found = events(
        "09[ENC] <hq|3> generating IKE_AUTH request 1 [ IDi CERT AUTH ]\n"
        "09[ENC] <hq|3> splitting IKE message (1936 bytes) into 2 fragments\n"
        "09[ENC] <hq|3> generating IKE_AUTH request 1 [ EF(1/2) ]\n"
        "09[ENC] <hq|3> generating IKE_AUTH request 1 [ EF(2/2) ]\n"
        "09[NET] <hq|3> sending packet: from 192.0.2.1[4500] to 192.0.2.2[4500] (1248 bytes)\n"
        "09[NET] <hq|3> sending packet: from 192.0.2.1[4500] to 192.0.2.2[4500] (688 bytes)\n"
        "10[NET] <hq|3> received packet: from 192.0.2.2[4500] to 192.0.2.1[4500] (1248 bytes)\n"
        "10[ENC] <hq|3> parsed IKE_AUTH response 1 [ EF(1/2) ]\n"
        "10[ENC] <hq|3> received fragment #1 of 2, waiting for complete IKE message\n"
        "11[NET] <hq|3> received packet: from 192.0.2.2[4500] to 192.0.2.1[4500] (608 bytes)\n"
        "11[ENC] <hq|3> parsed IKE_AUTH response 1 [ EF(2/2) ]\n"
        "11[ENC] <hq|3> received fragment #2 of 2, reassembled fragmented IKE message (1800 bytes)\n"
        "11[ENC] <hq|3> parsed IKE_AUTH response 1 [ IDr CERT AUTH ]\n"
    )
    messages = [one for one in found if one.kind is not E.FRAGMENT]
    assert [(one.kind, one.payloads, one.remote) for one in messages] == [
        (E.SENT, ("IDi", "CERT", "AUTH"), "192.0.2.2"),
        (E.RECEIVED, ("IDr", "CERT", "AUTH"), "192.0.2.2"),
    ]


def test_selectors_listed_line_by_line_are_one_event() -> None:
    """`proposing traffic selectors for us:` and below (log level 2)."""
    (found,) = events(
        "08[CFG] proposing traffic selectors for us:\n08[CFG]  10.1.0.0/24\n"
        "08[CFG] proposing traffic selectors for other:\n08[CFG]  10.2.0.0/24|/0\n08[IKE] queueing QUICK_MODE task\n"
    )
    assert (found.kind, [str(pair) for pair in found.selectors]) == (E.SELECTORS_CONFIGURED, ["10.1.0.0/24 === 10.2.0.0/24"])


def told(found: LogEvent) -> str:
    """The fields a sentence fills, as one line."""
    parts = (
        found.local,
        found.remote,
        found.notify,
        found.protocol,
        found.attribute,
        f"offered {found.offered}" if found.offered else None,
        f"accepted {found.accepted}" if found.accepted else None,
        f"id {found.identity}" if found.identity else None,
        " | ".join(str(pair) for pair in found.selectors),
        ", ".join(proposal.keywords for proposal in found.proposals),
        "/".join(found.spis),
        found.detail,
    )
    return " ".join([found.kind, *(str(part) for part in parts if part)])


SENTENCES = [
    ("192.0.2.1 is initiating a Main Mode IKE_SA", "started 192.0.2.1"),
    ("192.0.2.1 is initiating a Aggressive Mode IKE_SA", "started 192.0.2.1"),
    ("2001:db8::1 is initiating an IKE_SA", "started 2001:db8::1"),
    (
        "no IKE config found for 192.0.2.2...192.0.2.1, sending NO_PROPOSAL_CHOSEN",
        "no-connection 192.0.2.2 192.0.2.1 NO_PROPOSAL_CHOSEN IKE",
    ),
    (
        "looking for peer configs matching 192.0.2.2[%any]...192.0.2.1[left.example]",
        "identity-received 192.0.2.2 192.0.2.1 id left.example %any",
    ),
    (
        "looking for pre-shared key peer configs matching 192.0.2.2...192.0.2.1[C=PT, O=x]",
        "identity-received 192.0.2.2 192.0.2.1 offered pre-shared key id C=PT, O=x",
    ),
    ("selected peer config 'hq'", "connection-selected hq"),
    ('selected peer config "hq"', "connection-selected hq"),
    ("no matching peer config found", "peer-refused"),
    (
        "found 2 matching configs, but none allows pre-shared key authentication using Aggressive Mode",
        "peer-refused mode-or-auth offered pre-shared key authentication using Aggressive",
    ),
    ("Aggressive Mode PSK disabled for security reasons", "mode-refused offered aggressive"),
    ("received proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024", "offered IKE aes128-sha1-prfsha1-modp1024"),
    (
        "configured proposals: ESP:AES_GCM_16_256/NO_EXT_SEQ, ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ",
        "configured ESP aes256gcm16, aes128-sha1",
    ),
    (
        "selected proposal: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024",
        "proposal-selected IKE aes128-sha1-prfsha1-modp1024",
    ),
    ("received proposals inacceptable", "proposal-refused IKE"),
    ("received proposals unacceptable", "proposal-refused IKE"),
    ("no proposal found", "proposal-refused IKE"),
    ("no acceptable proposal found", "proposal-refused ESP"),
    ("no matching proposal found, sending NO_PROPOSAL_CHOSEN", "proposal-refused NO_PROPOSAL_CHOSEN ESP"),
    ("  no acceptable DIFFIE_HELLMAN_GROUP found", "transform-refused dh"),
    ("  no acceptable KEY_EXCHANGE_METHOD found", "transform-refused dh"),
    ("DH group MODP_2048 inacceptable, requesting MODP_3072", "ke-refused offered MODP_2048 MODP_3072"),
    ("peer didn't accept key exchange method MODP_2048, it requested ECP_256", "ke-refused offered MODP_2048 ECP_256"),
    ("traffic selectors 10.2.0.0/16 === 10.1.0.0/16 inacceptable", "selectors-refused 10.2.0.0/16 === 10.1.0.0/16"),
    (
        "no matching CHILD_SA config found for 10.2.0.0/16[tcp] === 10.1.0.0/16",
        "selectors-refused 10.2.0.0/16[6] === 10.1.0.0/16",
    ),
    (
        "looking for a child config for 10.2.0.0/16 === 10.1.0.0/16 10.3.0.0/16",
        "selectors-offered 10.2.0.0/16 === 10.1.0.0/16 | 10.2.0.0/16 === 10.3.0.0/16",
    ),
    ("not using transport mode, connection NATed", "encapsulation-refused offered transport connection NATed"),
    ("IDir '192.0.2.2' does not match to 'hq.example'", "identity-refused offered 192.0.2.2 accepted hq.example"),
    ("constraint check failed: identity 'hq.example' required ", "identity-refused accepted hq.example"),
    (
        "constraint check failed: identity 'hq.example' (ID_FQDN) required, not matched by '192.0.2.2' (ID_IPV4_ADDR)",
        "identity-refused offered 192.0.2.2 accepted hq.example",
    ),
    (
        "constraint requires public key authentication, but pre-shared key was used",
        "auth-method-refused offered pre-shared key accepted public key",
    ),
    ("authentication of 'hq.example' (myself) with pre-shared key", "identity-sent id hq.example pre-shared key"),
    (
        "authentication of 'hq.example' with RSA_EMSA_PSS_SHA2_256_SALT_32 successful",
        "authenticated id hq.example RSA_EMSA_PSS_SHA2_256_SALT_32",
    ),
    ("tried 2 shared keys for '%any' - '192.0.2.1', but MAC mismatched", "authentication-failed id 192.0.2.1 psk"),
    ("calculated HASH does not match HASH payload", "authentication-failed psk"),
    ("no shared key found for 192.0.2.2 - 192.0.2.1", "key-missing 192.0.2.2 192.0.2.1"),
    ("no shared key found for 'a.example'[192.0.2.2] - 'b.example'[192.0.2.1]", "key-missing 192.0.2.2 192.0.2.1 id b.example"),
    ("no private key found for 'C=PT, CN=x'", "credential-missing id C=PT, CN=x"),
    ("no RSA private key found for 'C=PT, CN=x'", "credential-missing id C=PT, CN=x RSA"),
    ('no issuer certificate found for "C=PT, CN=x"', "certificate-refused untrusted id C=PT, CN=x"),
    ("no trusted RSA public key found for 'x.example'", "certificate-refused untrusted id x.example"),
    (
        "certificate was revoked on Oct 09 10:35:35 UTC 2022, reason: key compromise",
        "certificate-refused revoked Oct 09 10:35:35 UTC 2022, reason: key compromise",
    ),
    ("certificate status is not available", "certificate-doubt no-crl"),
    (
        "constraint check failed: RULE_CRL_VALIDATION is SKIPPED, but requires at least GOOD",
        "certificate-refused no-crl offered SKIPPED accepted GOOD",
    ),
    ("EAP method EAP_MD5 failed for peer carol", "user-auth-failed id carol EAP_MD5"),
    ("XAuth authentication of 'carol' failed", "user-auth-failed id carol"),
    ("no EAP key found for hosts 'hq' - 'carol'", "user-auth-failed id carol no secret"),
    ("received AUTHENTICATION_FAILED error notify", "notify-received AUTHENTICATION_FAILED"),
    ("received NO_PROPOSAL_CHOSEN notify error", "notify-received NO_PROPOSAL_CHOSEN"),
    ("received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built", "notify-received NO_PROPOSAL_CHOSEN ESP"),
    ("local host is behind NAT, sending keep alives", "nat-detected local"),
    ("faking NAT situation to enforce UDP encapsulation", "nat-detected forced"),
    ("giving up after 5 retransmits", "gave-up"),
    ("error writing to socket: Network is unreachable", "network-unreachable Network is unreachable"),
    ("unable to resolve gw.example, initiate aborted", "network-unreachable gw.example"),
    (
        "received unsupported IKE version 3.0 from 192.0.2.1, sending INVALID_MAJOR_VERSION",
        "version-refused 192.0.2.1 INVALID_MAJOR_VERSION offered 3.0",
    ),
    (
        "IKE_SA hq[3] established between 192.0.2.2[b]...192.0.2.1[C=PT, CN=x]",
        "established 192.0.2.2 192.0.2.1 IKE id C=PT, CN=x hq",
    ),
    (
        "CHILD_SA lan{7} established with SPIs c1_i 0433406a_o and TS 10.2.0.0/16 === 10.1.0.0/16",
        "established ESP 10.2.0.0/16 === 10.1.0.0/16 000000c1/0433406a lan",
    ),
    (
        "CHILD_SA lan{7} established with SPIs c1_i c2_o and TS 10.2.0.0/16=== 10.1.0.0/16",
        "established ESP 10.2.0.0/16 === 10.1.0.0/16 000000c1/000000c2 lan",
    ),
    (
        "closing expired CHILD_SA lan{7} with SPIs c1_i c2_o and TS 10.2.0.0/16 === 10.1.0.0/16",
        "deleted ESP 10.2.0.0/16 === 10.1.0.0/16 000000c1/000000c2 expired",
    ),
    ("deleting half open IKE_SA with 192.0.2.1 after timeout", "deleted 192.0.2.1 IKE half open"),
    ("deleting half open IKE_SA after timeout", "deleted IKE half open"),
    ("deleting CHILD_SA after 600 seconds of inactivity", "idle 600"),
    ("received DELETE for ESP CHILD_SA with SPI c2", "delete-received ESP 000000c2"),
    ("received DELETE for IKE_SA hq[3]", "delete-received IKE hq"),
    ("DPD check timed out, enforcing DPD action", "peer-silent"),
    ("destroying duplicate IKE_SA for peer 'b.example', received INITIAL_CONTACT", "replaced id b.example"),
    ("deleting duplicate IKE_SA for peer 'b.example' due to uniqueness policy", "replaced id b.example"),
    ("CHILD_SA rekeying failed, trying again in 14 seconds", "failed ESP 14 seconds"),
    ("unable to install inbound and outbound IPsec SA (SAD) in kernel", "failed ESP inbound and outbound"),
    ("algorithm CAMELLIA_CBC not supported by kernel!", "algorithm-unsupported CAMELLIA_CBC"),
    ("no virtual IP found for %any requested by 'carol'", "address-refused id carol %any"),
    ("algorithm 'foo' not recognized", "config-refused foo"),
    ("ignoring IKE_SA setup from 192.0.2.1, peer too aggressive", "resource-limit 192.0.2.1 peer too aggressive"),
    ("Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1, x86_64)", "daemon-started 5.9.8, Linux 6.1, x86_64"),
    ("SIGTERM received, shutting down", "daemon-stopped"),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=lambda text: text[:60])
def test_sentences(sentence: str, expected: str) -> None:
    """What charon says, old and new wording, as the event it is."""
    assert told(event(sentence)) == expected


@pytest.mark.parametrize(
    ("at", "attribute"),
    [
        ("2026-01-01T00:00:00", "expired"),
        ("2019-01-01T00:00:00", "not-yet-valid"),
        ("2020-06-01T00:00:00", None),
        ("", "expired"),
    ],
)
def test_validity_is_judged_by_the_time_of_the_line(at: str, attribute: str | None) -> None:
    """charon prints the span only; with a clock inside it, or none, nothing is concluded."""
    (found,) = events(
        f"{at} 12[CFG] <hq|1> subject certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)"
    )
    assert (found.kind, found.attribute) == (E.CERTIFICATE_REFUSED, attribute)


def test_the_first_reason_against_a_certificate_is_kept() -> None:
    """`no trusted public key` follows every refusal and would hide why."""
    (found,) = events(
        "12[CFG] <hq|1> certificate was revoked on x, reason: y\n12[IKE] <hq|1> no trusted RSA public key found for 'z'\n"
    )
    assert found.attribute == "revoked"


def test_what_swanctl_prints_without_a_frame() -> None:
    """Loading and initiating fail in swanctl's own words."""
    found = events(
        "loading connection 'hq' failed: invalid value for: proposals, config discarded\n"
        "connecting to 'unix:///var/run/charon.vici' failed: Connection refused\n"
        "initiate failed: CHILD_SA config 'lan' not found\n"
        "initiate completed successfully\n"
    )
    assert [one.kind for one in found] == [E.CONFIG_REFUSED, E.DAEMON_STOPPED, E.CONFIG_REFUSED]


def test_unknown_lines_of_charon_are_gaps_by_shape() -> None:
    """A talkative log does not drown what matters: one gap per shape, and a count of what is beyond."""
    text = "".join(f"05[IKE] <hq|{n}> frobnicated {n} widgets for '{n}.example'\n" for n in range(50))
    parsed = read(text)
    assert parsed.value == ()
    assert [(gap.line, gap.why) for gap in parsed.gaps] == [(1, "unknown line of charon, 50 of this shape")]
    words = "".join(f"05[IKE] {'x' * n} happened\n" for n in range(1, LIMIT + 11))
    assert read(words).gaps[-1].why == "10 further lines of charon are not known"


def test_an_unknown_algorithm_in_a_known_line_is_a_gap() -> None:
    """The event stays with what is known of it."""
    parsed = read("05[CFG] received proposals: IKE:ROT13_CBC_26/HMAC_SHA1_96")
    assert [proposal.keywords for proposal in parsed.value[0].proposals] == ["sha1"]
    assert [gap.why for gap in parsed.gaps] == ["unknown word ROT13_CBC_26"]


def test_every_sentence_of_the_tables_can_be_read() -> None:
    """No brace is left over and no sentence is written twice."""
    sentences = list(all_sentences())
    assert len(sentences) == len(set(sentences))
    assert [one for one in sentences if one.count("{") != one.count("}")] == []


def test_a_log_at_level_two_is_no_cloud_of_gaps() -> None:
    """What the higher levels add says nothing on a negotiation, and hides no line that does."""
    text = """Nov 21 22:20:44 16[JOB] watched FD 21 ready to read
Nov 21 22:20:44 10[CFG]   child net:
Nov 21 22:20:44 10[CFG]    rekey_time = 3600
Nov 21 22:20:44 11[ENC] <vpn|1> added payload of type NOTIFY to message
Nov 21 22:20:44 11[ENC] <vpn|1>   44 bytes left, parsing recursively PROPOSAL_SUBSTRUCTURE
Nov 21 22:20:44 12[IKE] <1> message verification failed
Nov 21 22:20:44 11[IKE] <vpn|1> received NO_PROPOSAL_CHOSEN notify error
"""
    parsed = read_events(RawOutput(OutputKind.LOG, "/var/log/charon.log", text), "gw")
    assert parsed.gaps == ()
    assert [event.notify for event in parsed.value if event.notify] == ["NO_PROPOSAL_CHOSEN"]

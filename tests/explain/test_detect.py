"""What a pasted text is, told by its content alone."""

from __future__ import annotations

import pytest
from pasted_texts import REFUSED, ROUTER_CONFIG, UP_TABLES, WRONG_KEY

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind as K
from ipsecbot.parse.detect import detect, unread
from ipsecbot.parse.paste.signatures import COMMANDS, SIGNATURES

IOS, HOST = Platform.CISCO_IOS, Platform.STRONGSWAN


def kinds(text: str) -> list[tuple[Platform, K]]:
    return [(part.platform, part.output.kind) for part in detect(text, "paste.txt")]


# The beginning of an answer, or a line that nothing else prints.
ROWS: tuple[tuple[Platform, K, str], ...] = (
    (IOS, K.PING, "Sending 5, 100-byte ICMP Echos to 10.2.0.2, timeout is 2 seconds:\n.....\nSuccess rate is 0 percent (0/5)"),
    (HOST, K.PING, "PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.\n3 packets transmitted, 0 received, 100% packet loss"),
    (IOS, K.ISAKMP_SA, "dst             src             state          conn-id status"),
    (IOS, K.ISAKMP_SA, "192.0.2.7  198.51.100.8  MM_NO_STATE  0 ACTIVE (deleted)"),
    (IOS, K.ISAKMP_SA, "C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap."),
    (IOS, K.IKEV2_SA, "Tunnel-id Local                 Remote                fvrf/ivrf            Status"),
    (IOS, K.IPSEC_SA, "interface: Tunnel7\n    Crypto map tag: Tunnel7-head-0, local addr 192.0.2.1"),
    (IOS, K.IPSEC_SA, "    #pkts encaps: 4, #pkts encrypt: 4, #pkts digest: 4"),
    (IOS, K.CRYPTO_SESSION, "Crypto session current status\n\nInterface: Tunnel7\nSession status: DOWN"),
    (IOS, K.CRYPTO_SESSION, "Session status: UP-NO-IKE\nPeer: 192.0.2.7 port 500"),
    (IOS, K.ISAKMP_POLICY, "Global IKE policy\nProtection suite of priority 10"),
    (IOS, K.CRYPTO_MAP, 'Crypto Map "OUT" 10 ipsec-isakmp\n        Peer = 192.0.2.7'),
    (IOS, K.ISAKMP_KEYS, "Keyring      Hostname/Address    Preshared Key\n\ndefault      192.0.2.7    <secret:unknown>"),
    (IOS, K.IKEV2_POLICY, " IKEv2 policy : WEST\n      Match fvrf  : global\n      Proposal    : STRONG"),
    (IOS, K.IKEV2_PROPOSAL, " IKEv2 proposal: STRONG \n     Encryption : AES-CBC-256"),
    (IOS, K.IPSEC_PROFILE, "IPSEC profile WEST\n\tIKEv2 Profile: WEST-V2"),
    (IOS, K.TRANSFORM_SET, "Transform set TS: { esp-256-aes esp-sha256-hmac  }"),
    (IOS, K.INTERFACES, "Interface              IP-Address      OK? Method Status                Protocol"),
    (IOS, K.VERSION, "Cisco IOS Software, C2900 Software, Version 15.2(4)M6"),
    (IOS, K.LOGGING, "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)"),
    (IOS, K.DEBUGGING, "Cryptographic Subsystem:\n  Crypto ISAKMP debugging is on"),
    (IOS, K.SURROUNDINGS, "Gateway of last resort is not set"),
    (IOS, K.RUNNING_CONFIG, ROUTER_CONFIG),
    (IOS, K.RUNNING_CONFIG, "crypto map OUT 10 ipsec-isakmp\n set peer 192.0.2.7"),
    (IOS, K.RUNNING_CONFIG, "tunnel-group 192.0.2.7 type ipsec-l2l"),
    (IOS, K.LOG, REFUSED),
    (IOS, K.LOG, "IKEv2:(SESSION ID = 5,SA ID = 1):Verification of peer's authentication data FAILED"),
    (
        IOS,
        K.DMVPN,
        " # Ent  Peer NBMA Addr Peer Tunnel Add State  UpDn Tm Attrb\n     1 192.0.2.9   10.9.0.9     IKE 00:01:00     S",
    ),
    (IOS, K.IKEV2_ERRORS, "Exit Path Table - status: enable, current entry 1, deleted 0, max allow 50"),
    (IOS, K.LOG, "IKEv2-ERROR:(SESSION ID = 5,SA ID = 1):: Failed to locate an item in the database"),
    (IOS, K.LOG, "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 192.0.2.7"),
    (IOS, K.LOG, "Nov  8 07:10:05 [IKEv1]Group = 192.0.2.7, IP = 192.0.2.7, QM FSM error"),
    (IOS, K.LOG, "%ASA-5-713119: Group = 192.0.2.7, IP = 192.0.2.7, PHASE 1 COMPLETED"),
    (HOST, K.LOG, WRONG_KEY),
    (HOST, K.LOG, "[IKE] initiating IKE_SA shop[1] to 192.0.2.7\n[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]"),
    (HOST, K.LOG, "initiating IKE_SA shop[1] to 192.0.2.7\ngenerating IKE_SA_INIT request 0 [ SA KE No ]"),
    (HOST, K.LOG, '"shop" #1: initiating IKEv2 connection to 192.0.2.7 using UDP'),
    (HOST, K.STATUSALL, "Status of IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64):\n  uptime: 3 minutes"),
    (HOST, K.LIST_SAS, "shop: #3, ESTABLISHED, IKEv2, 1122334455667788_i* 99aabbccddeeff00_r"),
    (HOST, K.LIST_CONNS, "shop: IKEv2, no reauthentication, rekeying every 14400s"),
    (HOST, K.SWANCTL_CONF, "connections {\n  shop {\n    version = 2\n    remote_addrs = 192.0.2.7\n  }\n}"),
    (HOST, K.STRONGSWAN_CONF, "charon {\n  retransmit_tries = 2\n}"),
    (HOST, K.IPSEC_CONF, "conn shop\n    left=%defaultroute\n    right=192.0.2.7"),
    (HOST, K.IPSEC_SECRETS, '192.0.2.7 : PSK "<secret:0123456789ab>"'),
    (HOST, K.SURROUNDINGS, "net.ipv4.ip_forward = 0"),
)


@pytest.mark.parametrize(("platform", "kind", "text"), ROWS, ids=[f"{kind}-{n}" for n, (_, kind, _) in enumerate(ROWS)])
def test_a_text_is_known_by_its_content(platform: Platform, kind: K, text: str) -> None:
    """One kind, and nothing else, whatever the file is called."""
    assert set(kinds(text)) == {(platform, kind)}


def test_every_signature_has_a_row() -> None:
    """A kind that can be told by its content is told in a test."""
    assert {(one.platform, one.kind) for one in SIGNATURES} <= {(platform, kind) for platform, kind, _ in ROWS}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("sh run | s crypto", K.RUNNING_CONFIG),
        ("show running-config | section crypto", K.RUNNING_CONFIG),
        ("do sh run int tu0", K.RUNNING_CONFIG),
        ("sh cry isa sa det", K.ISAKMP_SA),
        ("show crypto ikev2 sa detailed", K.IKEV2_SA),
        ("sh crypto ipsec sa peer 192.0.2.7 | i pkts", K.IPSEC_SA),
        ("show crypto session detail", K.CRYPTO_SESSION),
        ("sh ip int br", K.INTERFACES),
        ("show logging", K.LOGGING),
        ("sh dmvpn detail", K.DMVPN),
        ("show crypto ikev2 diagnose error", K.IKEV2_ERRORS),
        ("ping 10.2.0.2 source vlan 10", K.PING),
        ("show ip route", K.SURROUNDINGS),
    ],
)
def test_a_typed_command_names_what_follows(typed: str, kind: K) -> None:
    """Also where the answer has no mark of its own."""
    assert kinds(f"gate#{typed}\n  something: 1\n") == [(IOS, kind)]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("swanctl --list-sas", K.LIST_SAS), ("sudo ipsec statusall", K.STATUSALL), ("sudo swanctl --initiate --child net", K.LOG)],
)
def test_a_command_of_a_host_names_what_follows(typed: str, kind: K) -> None:
    """At a shell's prompt of any look."""
    for prompt in ("root@edge:~# ", "[admin@edge ~]$ ", "# ", "$ "):
        assert kinds(f"{prompt}{typed}\nsomething\n") == [(HOST, kind)]


def test_every_command_row_is_reached() -> None:
    """Each kind of the command table is found by at least one command of its platform."""
    assert {kind for _, kind, _ in COMMANDS} - {kind for _, kind, _ in ROWS} <= {K.CLOCK, K.SYSTEM, K.INTERFACES}


def test_one_session_comes_apart_into_its_answers() -> None:
    """Configuration, tables and debug of one terminal session, each line where it stood."""
    text = f"gate#show run\n{ROUTER_CONFIG}{UP_TABLES}gate#debug crypto isakmp\n{REFUSED}"
    lines = text.split("\n")
    parts = detect(text, "session")
    assert [part.output.kind for part in parts] == [K.RUNNING_CONFIG, K.ISAKMP_SA, K.IPSEC_SA, K.LOG]
    assert {part.host for part in parts} == {"gate"}
    for part in parts:
        for number, line in enumerate(part.output.text.split("\n")):
            assert line in ("", lines[number])


def test_the_certificates_of_a_router_are_no_file_of_secrets() -> None:
    """A certificate chain, whose bytes the redaction made tokens of, stays in the running-config; no host appears."""
    chain = "crypto pki certificate chain TP\n certificate ca 01\n  <secret:unknown>\n  <secret:unknown>\n  \tquit\n"
    assert kinds(f"hostname R1\n!\n{chain}!\ncrypto ikev2 proposal P\n group 14\n") == [(IOS, K.RUNNING_CONFIG)]


def test_prose_in_any_language_is_nobodys() -> None:
    """Greetings, questions and explanations between the answers are neither read nor reported."""
    text = (
        "Hello all, I have a problem with the tunnel to our new site and I do not know what to do.\n\n"
        f"{REFUSED}"
        "Как видно, ответчик отклоняет предложение.\n请帮忙看一下这个问题,谢谢\nトンネルが上がりません。\n"
        "It is the same with the other router, and I have checked the key in both of them.\nThanks, Ann"
    )
    (part,) = detect(text, "mail")
    assert part.output.text.strip() == REFUSED.strip()


def test_a_ping_inside_a_debug_does_not_break_it() -> None:
    """What the router prints between two messages of a debug belongs to the ping alone."""
    lines = REFUSED.split("\n")
    lines[5:5] = ["Type escape sequence to abort.", "Sending 5, 100-byte ICMP Echos to 10.7.0.1, timeout is 2 seconds:"]
    lines.append("Success rate is 0 percent (0/5)")
    parts = {part.output.kind: part.output.text for part in detect("\n".join(lines), "x")}
    assert set(parts) == {K.LOG, K.PING}
    assert parts[K.PING].count("\n") > 20
    assert "ICMP" not in parts[K.LOG]


def test_an_answer_that_nothing_reads_is_a_gap() -> None:
    """A show command without a reader is told, with its line."""
    text = "gate#show platform hardware qfp active\n counters\ngate#show crypto isakmp sa\n"
    (gap,) = unread(text, "x", "gate")
    assert (gap.line, gap.device) == (1, "gate")
    assert "show platform hardware" in gap.why


def test_a_wrapped_line_of_charon_is_one_message() -> None:
    """The rest stands in the line above; nothing else moves."""
    text = WRONG_KEY.replace("' - 'shop', but MAC", "' - 'shop',\nbut MAC")
    (part,) = detect(text, "x")
    assert part.is_translated
    assert "tried 1 shared key for 'edge' - 'shop', but MAC mismatched" in part.output.text
    assert len(part.output.text.split("\n")) == len(text.rstrip("\n").split("\n"))


def test_pluto_is_told_from_charon() -> None:
    """Its log by its lines, its ipsec.conf by words that strongSwan does not have."""
    log = '002 "shop" #1: initiating Main Mode\n003 "shop" #1: received Vendor ID payload\n'
    assert all(part.is_pluto for part in detect(log, "x"))
    assert detect("config setup\n    protostack=netkey\n\nconn shop\n    phase2alg=aes256-sha1\n", "x")[0].is_pluto
    assert not detect("conn shop\n    esp=aes256-sha1!\n", "x")[0].is_pluto

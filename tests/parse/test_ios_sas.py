"""What exists on an IOS router: SAs and flows from `show crypto …`, tried on our samples and on published captures."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, Counters, Role, SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.sa_words import ISAKMP_STATES, duration, transform_words
from ipsecbot.parse.ios.sas import (
    read_ikev2_sas,
    read_ikev2_sessions,
    read_ipsec_sas,
    read_isakmp_sas,
    read_sessions,
)
from ipsecbot.parse.textfsm import run_template, template_for

SAMPLES = Path(__file__).parents[1] / "templates"
CAPTURES = Path(__file__).parents[2] / "../shared/captures/cisco_ios"


def sample(name: str) -> RawOutput:
    return RawOutput(OutputKind.PASTED, name, (SAMPLES / f"cisco_ios_show_crypto_{name}.txt").read_text())


def text(words: str) -> RawOutput:
    return RawOutput(OutputKind.PASTED, "pasted", words)


# ---- IKEv1


def test_own_addresses_tell_local_from_remote_and_the_role() -> None:
    """`src` is the initiator, `dst` the responder; whoever owns one of them knows its side and role."""
    output = sample("isakmp_sa/ios15")
    first, _, third, fourth, *_ = read_isakmp_sas(output, "r1", own_addresses=("192.0.2.1",)).value
    assert (first.local, first.remote, first.role) == ("192.0.2.1", "192.0.2.2", Role.INITIATOR)
    assert (third.local, third.remote, third.role) == ("192.0.2.1", "203.0.113.5", Role.INITIATOR)
    assert (fourth.local, fourth.remote, fourth.role) == ("192.0.2.1", "203.0.113.5", Role.RESPONDER)
    assert read_isakmp_sas(output, "r1").value[0].role is None


def test_isakmp_states_follow_the_table_and_deleted_wins() -> None:
    """QM_IDLE is established, everything before it negotiating, `(deleted)` deleted whatever the word."""
    sas = read_isakmp_sas(sample("isakmp_sa/ios15"), "r1")
    assert sas.gaps == ()
    assert [(sa.vendor_state, sa.state.value) for sa in sas.value] == [
        ("QM_IDLE", "established"),
        ("MM_NO_STATE", "negotiating"),
        ("MM_KEY_EXCH", "negotiating"),
        ("AG_INIT_EXCH", "deleted"),
        ("CONF_XAUTH", "negotiating"),
        ("QM_IDLE", "established"),
    ]
    assert sas.value[5].local == "2001:db8:1::1"
    assert [sa.source.first_line for sa in sas.value if sa.source] == [3, 4, 5, 6, 7, 10]


def test_an_unknown_isakmp_state_is_a_gap_and_never_established() -> None:
    """A state word that the table does not have is reported; the SA stays in the list as negotiating."""
    parsed = read_isakmp_sas(text("192.0.2.2  192.0.2.1  MM_NEW_STATE  7 ACTIVE\n"), "r1")
    assert [sa.state for sa in parsed.value] == [SaState.NEGOTIATING]
    assert [gap.why for gap in parsed.gaps] == ["unknown state 'MM_NEW_STATE'"]


@pytest.mark.parametrize("word", [word for word, _ in ISAKMP_STATES])
def test_every_state_of_the_table_is_read(word: str) -> None:
    """Each word of the table passes through template and reader without a gap."""
    parsed = read_isakmp_sas(text(f"192.0.2.2  192.0.2.1  {word}  7 ACTIVE\n"), "r1")
    assert (parsed.gaps, [sa.vendor_state for sa in parsed.value]) == ((), [word])


def test_the_detail_form_is_recognised_by_its_content() -> None:
    """The same reader takes both forms: detail gives algorithms, lifetime, NAT; a young or dead SA is not established."""
    parsed = read_isakmp_sas(sample("isakmp_sa_detail/ios15"), "r1")
    assert parsed.gaps == ()
    agreed, certificate, young, dead, user = parsed.value
    assert (agreed.local, agreed.remote, agreed.state) == ("192.0.2.1", "192.0.2.2", SaState.ESTABLISHED)
    assert agreed.expires_in == timedelta(hours=23, minutes=41, seconds=7)
    assert (agreed.nat_detected, certificate.nat_detected, young.nat_detected) == (True, False, None)
    assert agreed.proposal is not None
    assert (agreed.proposal.keywords, agreed.proposal.auth) == ("sha256-prfsha256-modp2048", AuthMethod.PSK)
    assert certificate.proposal is not None
    assert (certificate.proposal.keywords, certificate.proposal.auth) == ("3des-sha1-prfsha1-modp1536", AuthMethod.PUBKEY)
    assert (young.state, young.proposal) == (SaState.NEGOTIATING, None)
    assert dead.state is SaState.DELETED
    assert user.proposal is not None
    assert (user.proposal.auth, user.expires_in) == (AuthMethod.XAUTH_PSK, timedelta(days=1, hours=3))


# ---- IKEv2


def test_ikev2_sas_with_everything_detailed_prints() -> None:
    """SPIs, identities, role, proposal, NAT, VRF and lifetimes of an IKEv2 SA; IN-NEG and DELETE; the three-line IPv6 form."""
    parsed = read_ikev2_sas(sample("ikev2_sa/detailed"), "r1")
    assert parsed.gaps == ()
    ready, young, blank, gone = parsed.value
    assert (blank.state, blank.proposal, blank.remote) == (SaState.NEGOTIATING, None, "2001:db8:9::9")
    assert (ready.state, ready.role, ready.version) == (SaState.ESTABLISHED, Role.INITIATOR, 2)
    assert (ready.local_port, ready.remote_port, ready.vrf) == (500, 4500, "red")
    assert (ready.local_spi, ready.remote_spi) == ("ffa945d98b0c8a2f", "535c9117e3daa3ac")
    assert (ready.local_id, ready.remote_id) == ("192.0.2.1", "cn=hq,o=Example Net")
    assert ready.proposal is not None
    assert ready.proposal.keywords == "aes256-sha384-prfsha512-ecp256"
    assert (ready.age, ready.expires_in) == (timedelta(seconds=1640), timedelta(seconds=84760))
    assert ready.nat_detected is True
    assert (young.state, young.vendor_state, young.nat_detected) == (SaState.NEGOTIATING, "IN-NEG", None)
    assert young.proposal is not None
    assert young.proposal.keywords == "aes128gcm16-prfsha256-modp2048"
    assert (gone.state, gone.local, gone.remote) == (SaState.DELETED, "2001:db8:1::1", "2001:db8:2::2")
    assert gone.proposal is not None
    assert gone.proposal.keywords == "3des-sha1-prfsha1-modp1024"


def test_ikev2_sessions_carry_their_child_sas() -> None:
    """Both ways of printing selectors; a range that is no network becomes the networks it consists of."""
    parsed = read_ikev2_sessions(sample("ikev2_sa/session"), "r1")
    assert parsed.gaps == ()
    (ike,), (first, second) = parsed.value.ike_sas, parsed.value.child_sas
    assert (ike.role, first.local, first.remote) == (Role.RESPONDER, "192.0.2.1", "192.0.2.2")
    assert (first.spi_in, first.spi_out) == ("1a3e0e8b", "5e6c4bd6")
    assert [str(pair) for pair in first.selectors] == ["10.17.0.0/24 === 10.1.0.0/16"]
    assert first.proposal is not None
    assert (first.proposal.keywords, first.mode) == ("aes192-sha256", EncapsulationMode.TUNNEL)
    assert [str(pair) for pair in second.selectors] == [
        "2001:db8:a::/64 === 2001:db8:b::/64",
        "10.17.4.0/23 === 10.9.0.7/32[0/443]",
    ]


def test_no_ikev2_sas_is_a_fact() -> None:
    """`There are no IKEv2 SAs` is `()` without a gap."""
    parsed = read_ikev2_sas(sample("ikev2_sa/none"), "r1")
    assert (parsed.value, parsed.gaps, parsed.answered) == ((), (), True)


# ---- IPsec SAs


def test_two_flows_of_one_interface_one_without_sas() -> None:
    """A flow without SAs is a record too, with its own counters: 29 packets found no SA."""
    parsed = read_ipsec_sas(sample("ipsec_sa/two_flows_detail"), "r1")
    assert parsed.gaps == ()
    up, absent = parsed.value
    assert (up.state, up.protocol, up.spi_in, up.spi_out) == (SaState.ESTABLISHED, Protocol.ESP, "1b3c5d7f", "5e2a11f0")
    assert (up.local, up.remote, up.interface, up.connection) == ("192.0.2.1", "192.0.2.2", "GigabitEthernet0/0", "TO-HQ")
    assert (up.mode, up.udp_encapsulated, up.pfs_group, up.path_mtu) == (EncapsulationMode.TUNNEL, True, "modp2048", 1500)
    assert up.proposal is not None
    assert (up.proposal.keywords, up.expires_in) == ("aes256-sha256-modp2048", timedelta(seconds=3018))
    assert (up.vendor_state, up.source and up.source.text[:12]) == ("ACTIVE(ACTIVE)", "local  ident")
    assert (absent.state, absent.spi_in, absent.spi_out, absent.protocol) == (SaState.ABSENT, None, None, None)
    assert [str(pair) for pair in absent.selectors] == ["10.17.0.9/32[6/8080] === 10.2.0.0/16[6/443]"]
    assert (absent.counters.packets_out, absent.counters.send_errors) == (0, 29)


def test_every_counter_lands_in_its_own_field() -> None:
    """Distinct numbers in the sample show that no counter is read for another; the detail form's errors are summed up."""
    counters = read_ipsec_sas(sample("ipsec_sa/two_flows_detail"), "r1").value[0].counters
    assert counters == Counters(
        packets_in=104,
        packets_out=101,
        send_errors=113 + 115 + 121 + 128,
        receive_errors=114 + 116 + 117 + 118 + 119 + 120 + 122 + 123 + 129,
        verify_failed=118,
        replay_failed=123,
        invalid_spi=114,
        invalid_identity=119,
    )


def test_esp_and_ah_of_one_flow_are_two_sas_in_the_old_form() -> None:
    """IOS 12.2: `local addr.`, `current_peer: A:P`, no Status; ESP and AH each have their pair, the counters stand once."""
    parsed = read_ipsec_sas(sample("ipsec_sa/ios122_ah_and_esp"), "r1")
    assert parsed.gaps == ()
    esp, ah = parsed.value
    assert (esp.protocol, esp.spi_in, esp.spi_out, esp.mode) == (
        Protocol.ESP,
        "257a1039",
        "20890a6f",
        EncapsulationMode.TRANSPORT,
    )
    assert (ah.protocol, ah.spi_in, ah.spi_out, ah.expires_in) == (Protocol.AH, "1f2e3d4c", "2a3b4c5d", timedelta(seconds=93))
    assert esp.proposal is not None
    assert ah.proposal is not None
    assert (esp.proposal.keywords, ah.proposal.keywords) == ("des-md5", "md5")
    assert (esp.counters.packets_out, esp.counters.send_errors, esp.counters.receive_errors) == (31, 42, 43)
    assert ah.counters == Counters()


def test_rekeying_flow_over_ipv6_gives_both_pairs() -> None:
    """Two inbound and two outbound SAs make two CHILD_SAs; counters stand with the current outbound SPI."""
    parsed = read_ipsec_sas(sample("ipsec_sa/xe17_ipv6_rekeying"), "r1")
    assert parsed.gaps == ()
    new, old = parsed.value
    assert [(sa.spi_in, sa.spi_out) for sa in parsed.value] == [("59b12f13", "c5f471e5"), ("0a1b2c3d", "4d5e6f70")]
    assert (new.expires_in, old.expires_in) == (timedelta(hours=2, minutes=8), timedelta(minutes=3))
    assert (new.counters.packets_out, old.counters.packets_out) == (51, None)
    assert new.proposal is not None
    assert new.proposal.keywords == "aes256gcm16-ecp256-esn"
    assert [str(pair) for pair in new.selectors] == ["2001:db8:a::/64 === ::/0"]


def test_ident_protocols_and_ports_are_each_read_from_their_line() -> None:
    """Local and remote ident may differ in every part."""
    flow = text(
        "   local  ident (addr/mask/prot/port): (10.0.0.0/255.255.255.0/6/11)\n"
        "   remote ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/17/12)\n"
        "     current outbound spi: 0x0(0)\n"
    )
    (child,) = read_ipsec_sas(flow, "r1").value
    assert [str(pair) for pair in child.selectors] == ["10.0.0.0/24[6/11] === 10.1.0.0/16[17/12]"]


def test_an_excerpt_without_the_lines_of_the_sas_does_not_prove_that_there_are_none() -> None:
    """`| include ident|caps`: packets make an SA likely, silence leaves the flow a gap."""
    lines = (
        "   local  ident (addr/mask/prot/port): (10.0.0.0/255.255.255.0/0/0)\n"
        "   remote ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)\n"
        "    #pkts encaps: {0}, #pkts encrypt: {0}, #pkts digest: {0}\n"
        "    #pkts decaps: {0}, #pkts decrypt: {0}, #pkts verify: {0}\n"
    )
    busy, idle = (read_ipsec_sas(text(lines.format(count)), "r1") for count in (7, 0))
    assert [sa.state for sa in busy.value] == [SaState.ESTABLISHED]
    assert idle.value == ()
    assert [gap.why for gap in idle.gaps] == ["whether this flow has SAs is not shown"]


def test_unknown_words_inside_an_sa_are_gaps() -> None:
    """A transform and a status that no table has are reported; the SA is kept, and not called established."""
    output = sample("ipsec_sa/two_flows_detail")
    odd = output.text.replace("esp-256-aes esp-sha256-hmac", "esp-rot13 esp-sha256-hmac").replace(
        "ACTIVE(ACTIVE)", "ODD(ACTIVE)"
    )
    parsed = read_ipsec_sas(text(odd), "r1")
    assert parsed.value[0].state is SaState.NEGOTIATING
    assert sorted({gap.why for gap in parsed.gaps}) == ["unknown status 'ODD'", "unknown transform 'esp-rot13'"]


def test_no_ipsec_sas_is_a_fact_and_a_refusal_is_not() -> None:
    """`There are no ipsec sas` is `()`; `% Invalid input` is not known."""
    assert read_ipsec_sas(sample("ipsec_sa/none"), "r1").answered
    refused = read_ipsec_sas(text("         ^\n% Invalid input detected at '^' marker.\n"), "r1")
    assert (refused.value, refused.answered, len(refused.gaps)) == ((), False, 1)


# ---- sessions


def test_sessions_of_every_status() -> None:
    """UP-ACTIVE, DOWN-NEGOTIATING, UP-NO-IKE and DOWN: SAs of the right version and state, flows with and without SAs."""
    parsed = read_sessions(sample("session/detail"), "r1")
    assert parsed.gaps == ()
    assert [(sa.version, sa.state.value, sa.vendor_state, sa.remote) for sa in parsed.value.ike_sas] == [
        (2, "established", "Active", "192.0.2.2"),
        (1, "negotiating", "Inactive", "198.51.100.9"),
        (1, "negotiating", "Inactive", "198.51.100.9"),
        (None, "absent", "UP-NO-IKE", "203.0.113.5"),
        (2, "established", "Active", "2001:db8:2::2"),
        (None, "absent", "DOWN", "203.0.113.77"),
    ]
    established = parsed.value.ike_sas[0]
    assert (established.remote_id, established.connection, established.vrf) == ("hq.example.net", "PROF-A", "red")
    assert (established.nat_detected, established.expires_in) == (True, timedelta(hours=5, minutes=50, seconds=3))
    flows = parsed.value.child_sas
    assert [(flow.state.value, str(flow.selectors[0])) for flow in flows] == [
        ("established", "192.0.2.1/32[47] === 192.0.2.2/32[47]"),
        ("established", "192.0.2.1/32[17/1701] === 192.0.2.2/32[17/1702]"),
        ("absent", "10.17.0.0/24 === 10.9.0.0/16"),
        ("established", "2001:db8:a::/64 === ::/0"),
    ]
    assert flows[0].counters == Counters(packets_in=61, packets_out=63, receive_errors=62, send_errors=64)
    assert (flows[2].counters.send_errors, flows[3].expires_in) == (29, timedelta(hours=1, minutes=10))


def test_a_lingering_ike_sa_of_a_session_that_is_up_is_deleted() -> None:
    """`Inactive` beside an active SA is the old one on its way out; `IKE SA` without version is IKEv1."""
    parsed = read_sessions(sample("session/remote_access_plain"), "r1")
    assert parsed.gaps == ()
    assert [(sa.version, sa.state) for sa in parsed.value.ike_sas] == [(1, SaState.ESTABLISHED), (1, SaState.DELETED)]
    assert [str(flow.selectors[0]) for flow in parsed.value.child_sas] == ["0.0.0.0/0 === 10.3.3.4/32"]


# ---- words


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("3060", 3060),
        ("05:50:03", 21003),
        ("3d18h", 324000),
        ("2w3d", 1468800),
        ("1 hours, 10 mins", 4200),
        ("1 year, 2 weeks, 3 days, 4 hours, 5 minutes", 33019500),
        ("never", None),
        ("5 fortnights", None),
        ("", None),
    ],
)
def test_durations(words: str, seconds: int | None) -> None:
    """Every way in which IOS prints a time span; anything else is not guessed."""
    assert duration(words) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_key_length_belongs_to_the_word_before_it() -> None:
    """`esp-gcm 256` is one transform."""
    assert transform_words("esp-gcm 256 ah-sha-hmac comp-lzs") == ("esp-gcm 256", "ah-sha-hmac", "comp-lzs")


# ---- published captures

if CAPTURES.is_dir():
    CAPTURED = sorted(
        path for path in CAPTURES.glob("*/*.txt") if template_for("cisco_ios", path.parent.name.replace("_", " "))
    )
else:
    CAPTURED = []


def captured(prefix: str) -> list[Path]:
    if not CAPTURED:
        pytest.skip("left out: published IOS captures are not beside this checkout (../shared/captures/cisco_ios)")
    return [path for path in CAPTURED if path.parent.name.startswith(prefix)]


def test_captures_are_understood_to_the_last_line() -> None:
    """No capture of a command that the index knows leaves a line unread, also with every indentation taken away."""
    for path in captured("show_"):
        command = path.parent.name.replace("_", " ")
        for words in (path.read_text(), "\n".join(line.strip() for line in path.read_text().split("\n"))):
            parsed = run_template("cisco_ios", command, RawOutput(OutputKind.PASTED, path.name, words), "r1")
            assert parsed.gaps == (), path


def test_captured_flows_spis_and_counters_are_all_there() -> None:
    """Counted apart from any template: as many flows as `local ident` lines, every SPI and every packet count in a row."""
    for path in captured("show_crypto_ipsec_sa"):
        words = path.read_text()
        parsed = run_template("cisco_ios", "show crypto ipsec sa", RawOutput(OutputKind.PASTED, path.name, words), "r1")
        flows = [row for row in parsed.value if row["ENTRY"] == "local"]
        assert len(flows) == len(re.findall(r"local\s+ident", words)), path
        printed = [spi.upper() for spi in re.findall(r"^\s*spi:\s+0x([0-9A-Fa-f]+)", words, re.MULTILINE)]
        assert [row["SPI"].upper() for row in parsed.value if row["SPI"]] == printed, path
        counts = sorted(int(count) for count in re.findall(r"#(?:pkts|send|recv)\D+?(\d+)", words))
        columns = [name for name in flows[0].cells if re.match(r"(PKTS|SEND_E|RECV_E|.*_(SEND|RECV)$|VERIFY_FAILED)", name)]
        assert sorted(int(row[name]) for row in flows for name in columns if row[name]) == counts, path


def test_captured_child_sas_have_what_their_text_has() -> None:
    """Model values of the captures: as many SPIs as printed, no gap, every flow with selectors and both endpoints."""
    for path in captured("show_crypto_ipsec_sa"):
        words = path.read_text()
        parsed = read_ipsec_sas(RawOutput(OutputKind.PASTED, path.name, words), "r1")
        assert parsed.gaps == (), path
        spis = {spi for child in parsed.value for spi in (child.spi_in, child.spi_out) if spi}
        assert spis == {spi.lower() for spi in re.findall(r"^\s*spi:\s+0x([0-9A-Fa-f]+)", words, re.MULTILINE)}, path
        assert all(child.selectors and child.local and child.remote for child in parsed.value), path


def test_captured_ike_sas_and_sessions_are_counted() -> None:
    """One IkeSa per printed SA line, one flow per `IPSEC FLOW`, one CHILD_SA per `Child sa`."""
    for path in captured("show_crypto_isakmp_sa"):
        words = path.read_text()
        rows = re.findall(r"^(?:\d+ +)?[0-9a-f.:]+ +[0-9a-f.:]+ .*$", words, re.MULTILINE)
        assert len(read_isakmp_sas(text(words), "r1").value) == len(rows), path
    for path in captured("show_crypto_session"):
        words = path.read_text()
        view = read_sessions(text(words), "r1").value
        assert len([sa for sa in view.ike_sas if sa.state is not SaState.ABSENT]) == len(
            re.findall(r"IKE(?:v\d)? SA:", words)
        ), path
        assert len(view.child_sas) == words.count("IPSEC FLOW:"), path
    for path in captured("show_crypto_ikev2"):
        words = path.read_text()
        view = read_ikev2_sessions(text(words), "r1").value
        assert len(view.ike_sas) == len(re.findall(r"Life/Active Time", words)), path
        assert len(view.child_sas) == words.count("Child sa:"), path


def test_every_value_knows_its_line() -> None:
    """Sources point at the line whose text they quote."""
    output = sample("ipsec_sa/two_flows_detail")
    children: tuple[ChildSa, ...] = read_ipsec_sas(output, "r1").value
    for child in children:
        assert child.source is not None
        assert output.text.split("\n")[child.source.first_line - 1].strip() == child.source.text

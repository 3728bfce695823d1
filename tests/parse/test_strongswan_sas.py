"""list-sas and statusall → IkeSa and ChildSa."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, IkeSa, Role, SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.strongswan.sas import read_sas

SAMPLES = Path(__file__).parents[1] / "templates"


def sas(sample: str) -> tuple[tuple[IkeSa, ...], tuple[ChildSa, ...]]:
    kind = OutputKind.STATUSALL if "statusall" in sample else OutputKind.LIST_SAS
    parsed = read_sas(RawOutput(kind, sample, (SAMPLES / f"{sample}.txt").read_text()), "hq")
    assert parsed.gaps == ()
    return parsed.value


def test_ike_sas_of_list_sas() -> None:
    """Role, SPIs as ours and theirs, identities, proposal and state of an established and a half-open SA."""
    (up, opening), _ = sas("strongswan_swanctl_list-sas/two_ike_sas")
    assert (up.version, up.state, up.role, up.connection, up.identifier) == (
        2,
        SaState.ESTABLISHED,
        Role.INITIATOR,
        "branch-7",
        "41",
    )
    assert (up.local, up.local_port, up.remote, up.remote_port) == ("198.51.100.10", 4500, "203.0.113.7", 4501)
    assert (up.local_spi, up.remote_spi) == ("4c110e81e0154f8d", "5fa4929e85c03b1e")
    assert (up.local_id, up.remote_id) == ("hq.example.net", "C=PT, O=Branch, CN=branch 7")
    assert up.proposal is not None
    assert up.proposal.keywords == "aes256-sha256-prfsha256-modp2048"
    assert (up.age, up.expires_in) == (timedelta(seconds=4054), timedelta(seconds=10571))
    assert up.source is not None
    assert (up.source.first_line, up.source.last_line) == (1, 7)
    assert (opening.state, opening.role, opening.version, opening.proposal) == (SaState.NEGOTIATING, Role.RESPONDER, 1, None)
    assert (opening.local_spi, opening.remote_spi) == ("0" * 16, "101275ac719d5a1b")


def test_child_sas_of_list_sas() -> None:
    """Counters, SPIs, mode, encapsulation, PFS group and selectors of each child, with the ends of its IKE_SA."""
    _, (lan, voice) = sas("strongswan_swanctl_list-sas/two_ike_sas")
    assert (lan.name, lan.connection, lan.local, lan.remote) == ("lan", "branch-7", "198.51.100.10", "203.0.113.7")
    counted = lan.counters
    assert (counted.bytes_in, counted.packets_in, counted.bytes_out, counted.packets_out) == (16802, 121, 912, 11)
    assert (lan.spi_in, lan.spi_out, lan.pfs_group, lan.udp_encapsulated) == ("c5821882", "0433406a", "modp3072", True)
    assert [str(pair) for pair in lan.selectors] == ["10.0.0.0/24[6/443] === 10.7.0.0/16", "10.0.9.0/24 === 10.7.0.0/16"]
    assert lan.proposal is not None
    assert lan.proposal.keywords == "aes256gcm16-modp3072-esn"
    assert (voice.state, voice.protocol, voice.mode) == (SaState.DELETED, Protocol.AH, EncapsulationMode.TRANSPORT)
    assert (voice.counters.packets_in, voice.counters.packets_out, voice.udp_encapsulated) == (6, 8, False)


def test_the_format_before_5_3() -> None:
    """No ports, no stars: the role and whose SPI is whose are then not known."""
    (ike,), (child,) = sas("strongswan_swanctl_list-sas/before_5_3")
    assert (ike.role, ike.local_port, ike.local_spi, ike.version) == (None, None, None, 2)
    assert (child.counters.packets_in, child.counters.packets_out) == (1, 2)


def test_statusall() -> None:
    """The same facts from stroke's listing; a policy that waits for traffic is a flow without SA; unused counters are zero."""
    (up, opening), (voice, lan, idle, old) = sas("strongswan_ipsec_statusall/every_kind")
    assert (up.version, up.role, up.age, opening.role) == (1, Role.INITIATOR, timedelta(minutes=67), Role.RESPONDER)
    assert (voice.state, voice.spi_in, voice.local, voice.connection) == (SaState.ABSENT, None, None, None)
    assert [str(pair) for pair in voice.selectors] == ["10.0.5.0/24 === 10.7.5.0/24"]
    assert (lan.counters.packets_in, lan.counters.bytes_out, lan.pfs_group, lan.udp_encapsulated) == (
        121,
        912,
        "modp3072",
        True,
    )
    assert (idle.counters.packets_in, idle.counters.packets_out, idle.protocol, idle.udp_encapsulated) == (
        0,
        0,
        Protocol.AH,
        False,
    )
    assert (old.state, old.spi_in, old.expires_in) == (SaState.DELETED, None, timedelta(minutes=4))


@pytest.mark.parametrize("sample", ["strongswan_swanctl_list-sas/none", "strongswan_ipsec_statusall/idle"])
def test_no_sas_is_a_fact(sample: str) -> None:
    """An empty listing says that there are none."""
    assert sas(sample) == ((), ())


def test_an_unknown_algorithm_is_a_gap() -> None:
    """The SA stays, what its proposal does not say is named."""
    text = (SAMPLES / "strongswan_swanctl_list-sas/before_5_3.txt").read_text().replace("ESP:3DES_CBC", "ESP:ROT13_CBC")
    parsed = read_sas(RawOutput(OutputKind.LIST_SAS, "swanctl --list-sas", text), "gw")
    assert [gap.why for gap in parsed.gaps] == ["unknown algorithm ROT13_CBC"]
    assert len(parsed.value[1]) == 1


@pytest.mark.parametrize(
    "text", ["\x00\xff", "tun: #1, ESTABLISHED", "in  c1, 1 bytes, 2 packets", "sudo: a password is required\n"]
)
def test_odd_input_never_raises(text: str) -> None:
    """Anything may be called a listing; what is not understood is a gap."""
    assert read_sas(RawOutput(OutputKind.LIST_SAS, "swanctl --list-sas", text), "gw").gaps

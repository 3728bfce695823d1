"""Certificate maps and the places where a profile counts, a rule a test. Sources in the docstrings; all texts are our own."""

from __future__ import annotations

import pytest

from ipsecbot.model.connection import Connection
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config
from ipsecbot.parse.read import EndConfig, Parsed

SIGNED = " authentication local rsa-sig\n authentication remote rsa-sig\n pki trustpoint TP\n"
TUNNEL = """\
crypto ipsec profile IP
 set ikev2-profile PROF
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface Tunnel0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.9
{vrf} tunnel protection ipsec profile IP
"""


def read(text: str, vrf: str = "") -> Parsed[EndConfig]:
    whole = "version 15.4\nhostname r9\n" + text + TUNNEL.format(vrf=f" tunnel vrf {vrf}\n" if vrf else "")
    return read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", whole), "r9")


def only(text: str, vrf: str = "") -> Connection:
    (connection,) = read(text, vrf).value.connections
    return connection


MAPS = [
    ("crypto pki certificate map M 10\n subject-name co ou = branch\n", "certificate map M (subject-name co ou = branch)"),
    ("crypto ca certificate map M 10\n Subject-Name eq cn=west\n", "certificate map M (subject-name eq cn=west)"),
    (
        "crypto pki certificate map M 20\n issuer-name co ca2\n"
        "crypto pki certificate map M 10\n subject-name nc old\n name ne x\n",
        "certificate map M (subject-name nc old and name ne x or issuer-name co ca2)",
    ),
    ("crypto pki certificate map M 10\nsubject-name co west\n", "certificate map M (subject-name co west)"),  # no indentation
    ("", "certificate map M"),
]


@pytest.mark.parametrize(("lines", "words"), MAPS)
def test_a_certificate_map_is_read_by_number_with_all_its_rules(lines: str, words: str) -> None:
    """`crypto pki certificate map label sequence-number` and `field-name match-criteria match-value` (Cisco IOS Security
    Command Reference); `match certificate` of an IKEv2 profile. One that is named and not there is a problem."""
    connection = only(f"{lines}crypto ikev2 profile PROF\n match certificate M\n{SIGNED}crypto pki trustpoint TP\n")
    assert [str(one) for one in connection.ike.certificate_maps] == [words]
    assert ("certificate map M is not defined" in [text for text, _ in connection.problems]) is (not lines)


def test_an_isakmp_profile_takes_a_map_too_and_an_unknown_field_is_a_gap() -> None:
    """ "Certificate to ISAKMP Profile Mapping": `match certificate` in the profile."""
    text = "crypto pki certificate map M 10\n subject-name co west\n frobnicate co x\n"
    text += "crypto isakmp profile IPR\n match certificate M\n"
    parsed = read(text + "crypto isakmp policy 1\ncrypto ipsec profile IP\n set isakmp-profile IPR\n")
    (connection,) = parsed.value.connections
    assert [str(one) for one in connection.ike.certificate_maps] == []  # the tunnel names an IKEv2 profile, which counts
    assert [gap.why for gap in parsed.gaps] == ["unknown command in a certificate map"]


def test_the_subject_asked_for_at_enrolment_is_known() -> None:
    """`subject-name` of the trustpoint that the profile names."""
    text = "crypto pki trustpoint TP\n enrollment terminal\n subject-name CN=r9, O=Example\n"
    text += "crypto ikev2 profile PROF\n match certificate M\n"
    assert only(text + SIGNED).ike.certificate_subject == "CN=r9, O=Example"


PLACES = [
    # lines of the IKEv2 profile, front VRF of the tunnel, problem
    ("", "", None),
    ("", "WAN", "IKEv2 profile PROF is for the global table, and this connection is in front VRF WAN"),
    (" match fvrf WAN\n", "WAN", None),
    (" match fvrf any\n", "WAN", None),
    (" match fvrf any\n", "", None),
    (" match fvrf LAB\n", "WAN", "IKEv2 profile PROF is for front VRF LAB, and this connection is in front VRF WAN"),
    (" match fvrf WAN\n", "", "IKEv2 profile PROF is for front VRF WAN, and this connection is in the global table"),
    (" match address local 203.0.113.1\n", "", None),
    (" match address local interface GigabitEthernet0/0\n", "", None),
    (
        " match address local 203.0.113.77\n",
        "",
        "IKEv2 profile PROF is for 203.0.113.77, and this connection starts from 203.0.113.1",
    ),
    (" match address local interface Dialer1\n", "", None),  # its address is not known
]


@pytest.mark.parametrize(("lines", "vrf", "problem"), PLACES)
def test_a_profile_is_taken_in_its_front_vrf_and_on_its_address_only(lines: str, vrf: str, problem: str | None) -> None:
    """FlexVPN and IKEv2 Configuration Guide, `crypto ikev2 profile`: `match fvrf {name | any}`, `match address local {address |
    interface name}`; `show crypto ikev2 profile` prints "Fvrf: global" where none is configured."""
    profile = f"crypto ikev2 profile PROF\n match identity remote address 0.0.0.0\n{lines}{SIGNED}crypto pki trustpoint TP\n"
    assert [text for text, _ in only(profile, vrf).problems] == ([problem] if problem else [])


ISAKMP_PLACES = [
    (" match identity address 198.51.100.9 255.255.255.255\n", "", None),
    (" match identity address 198.51.100.9 255.255.255.255\n", "WAN", "the global table"),
    (" match identity address 198.51.100.9 255.255.255.255 WAN\n", "WAN", None),
    (" match identity address 198.51.100.9 255.255.255.255 WAN\n", "", "front VRF WAN"),
    (" match identity host hub.example.net\n", "WAN", None),
    (" match identity address 0.0.0.0\n local-address 203.0.113.1\n", "", None),
    (" match identity address 0.0.0.0\n local-address 203.0.113.5\n", "", "203.0.113.5"),
]


@pytest.mark.parametrize(("lines", "vrf", "place"), ISAKMP_PLACES)
def test_an_isakmp_profile_is_for_a_front_vrf_and_an_address(lines: str, vrf: str, place: str | None) -> None:
    """`match identity address address [mask] [fvrf]`, `local-address` (Security Command Reference, `crypto isakmp profile`)."""
    profile = f"crypto isakmp policy 1\ncrypto isakmp profile IPR\n{lines}"
    whole = "version 15.4\nhostname r9\n" + profile + TUNNEL.replace("ikev2-profile PROF", "isakmp-profile IPR")
    whole = whole.format(vrf=f" tunnel vrf {vrf}\n" if vrf else "")
    (connection,) = read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", whole), "r9").value.connections
    told = [text for text, _ in connection.problems]
    assert [text.split(" is for ")[1].split(", and")[0] for text in told] == ([place] if place else [])

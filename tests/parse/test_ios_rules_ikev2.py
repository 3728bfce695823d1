"""IKEv2 in an IOS configuration, a rule a test. The source of each rule is in its docstring; all texts are our own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipsecbot.model.connection import Connection
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import TransformType
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config
from ipsecbot.parse.read import EndConfig, Parsed

T1, T2 = "<secret:0123456789ab>", "<secret:ffffffffffff>"
PROFILE = "crypto ikev2 profile PF\n match identity remote address 0.0.0.0\n authentication local pre-share\n"
PROFILE += " authentication remote pre-share\n keyring local KR\n"
RING = f"crypto ikev2 keyring KR\n peer A\n  address 198.51.100.9\n  pre-shared-key {T1}\n"
TUNNEL = """\
crypto ipsec transform-set TS esp-aes esp-sha256-hmac
crypto ipsec profile IP
 set transform-set TS
 set ikev2-profile PF
interface GigabitEthernet1
 ip address 203.0.113.1 255.255.255.0
interface Tunnel0
 tunnel source GigabitEthernet1
 tunnel destination 198.51.100.9
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile IP
"""


def read(text: str, release: str = "16.9") -> Parsed[EndConfig]:
    whole = f"version {release}\nhostname r9\n{text}"
    return read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", whole), "r9")


def only(text: str, release: str = "16.9", tunnel: str = TUNNEL) -> Connection:
    (connection,) = read(text + RING + tunnel, release).value.connections
    return connection


PROPOSALS = [
    (
        " encryption aes-cbc-256\n integrity sha256\n group 14\n",
        "aes256-sha256-prfsha256-modp2048",
    ),
    (
        " encryption aes-cbc-128 3des\n integrity sha1 md5\n group 2 5\n",
        "aes128-3des-sha1-md5-prfsha1-prfmd5-modp1024-modp1536",
    ),
    (" encryption aes-gcm-256\n prf sha384\n group 20\n", "aes256gcm16-prfsha384-ecp384"),
    (
        " encryption aes-gcm-128 aes-gcm-256\n prf sha256 sha512\n group 19 21\n",
        "aes128gcm16-aes256gcm16-prfsha256-prfsha512-ecp256-ecp521",
    ),
    (" encryption aes-cbc-192\n integrity sha512\n prf sha384\n group 16\n", "aes192-sha512-prfsha384-modp4096"),
    (" en aes-cbc-256\n integ sha384\n gr 24\n", "aes256-sha384-prfsha384-modp2048s256"),
    (" encryption des\n integrity sha256\n group 15\n", "des-sha256-prfsha256-modp3072"),
]


@pytest.mark.parametrize(("lines", "keywords"), PROPOSALS)
def test_a_proposal_lists_what_would_do(lines: str, keywords: str) -> None:
    """FlexVPN and IKEv2 Configuration Guide, `crypto ikev2 proposal`: several of each kind; without `prf` the PRFs are those
    of the integrity algorithms; AEAD ciphers need `prf` and no `integrity`."""
    text = f"crypto ikev2 proposal P\n{lines}crypto ikev2 policy POL\n proposal P\n{PROFILE}"
    (proposal,) = only(text).ike.proposals
    assert (proposal.name, proposal.keywords) == ("P", keywords)


SMART = [
    ("15.2", "aes256-aes192-aes128-sha512-sha384-sha256-sha1-md5", "modp1536-modp1024"),
    ("16.6", "aes256-aes192-aes128-sha512-sha384", "ecp256-modp2048-ecp521-modp1536"),
    ("17.3", "aes256-aes192-aes128-sha512-sha384", "ecp256-modp2048-ecp521-modp1536"),
    ("17.12", "aes256-sha512-sha384", "ecp256-modp2048-ecp521"),
]


@pytest.mark.parametrize(("release", "start", "groups"), SMART)
def test_the_default_proposal_of_each_release(release: str, start: str, groups: str) -> None:
    """`show crypto ikev2 proposal default` of 15.x and 16.x; of 17.11 and later after the captures of genieparser
    (AES-CBC-256, SHA512 SHA384, groups 19, 14, 21) and Field Notice 72510, which removes group 5."""
    keywords = only(PROFILE, release).ike.proposals[0].keywords
    assert keywords.startswith(start + "-prf")
    assert keywords.endswith("-" + groups)


def test_a_proposal_counts_only_in_a_policy() -> None:
    """ "Manually configured IKEv2 proposals must be linked with an IKEv2 policy; otherwise, the proposals are not used in the
    negotiation" (FlexVPN and IKEv2 Configuration Guide)."""
    own = "crypto ikev2 proposal P\n encryption aes-cbc-128\n integrity sha1\n group 2\n"
    assert only(own + PROFILE).ike.proposals[0].name == "default"


def test_the_default_policy_and_proposal_can_be_taken_away() -> None:
    """`no crypto ikev2 policy default`, `no crypto ikev2 proposal default`: nothing is offered then."""
    assert only("no crypto ikev2 policy default\n" + PROFILE).ike.proposals == ()
    assert only("no crypto ikev2 proposal default\n" + PROFILE).ike.proposals == ()
    shown = "crypto ikev2 policy default\n match fvrf any\n proposal default\n"  # `show running-config all`
    assert only(shown + PROFILE).ike.proposals[0].name == "default"


POLICIES = """\
crypto ikev2 proposal WIDE
 encryption aes-cbc-128
 integrity sha1
 group 2
crypto ikev2 proposal HERE
 encryption aes-cbc-256
 integrity sha512
 group 21
crypto ikev2 proposal FRONT
 encryption 3des
 integrity md5
 group 5
crypto ikev2 policy ANY
 match fvrf any
 proposal WIDE
crypto ikev2 policy HERE
 match address local {address}
 proposal HERE
crypto ikev2 policy FRONT
 match fvrf INET
 proposal FRONT
"""


@pytest.mark.parametrize(
    ("address", "front", "expected"),
    [
        ("203.0.113.1", None, "HERE"),
        ("203.0.113.2", None, "WIDE"),
        ("203.0.113.1", "INET", "FRONT"),
        ("203.0.113.1", "X", "WIDE"),
    ],
)
def test_the_policy_that_fits_best(address: str, front: str | None, expected: str) -> None:
    """`match fvrf` (the global table where it is not said) and `match address local`; of several that fit the more specific
    one counts (FlexVPN and IKEv2 Configuration Guide, `crypto ikev2 policy`)."""
    vrf = f" tunnel vrf {front}\n" if front else ""
    tunnel = TUNNEL.replace(" tunnel mode", f"{vrf} tunnel mode")
    connection = only(POLICIES.format(address=address) + PROFILE, tunnel=tunnel)
    assert [proposal.name for proposal in connection.ike.proposals] == [expected]
    assert connection.vrf == front


def test_a_policy_offers_its_proposals_in_order() -> None:
    """`proposal` may be given several times; they are tried in the order of the lines."""
    text = POLICIES.format(address="203.0.113.1") + "crypto ikev2 policy HERE\n proposal WIDE\n proposal HERE\n" + PROFILE
    assert [(one.number, one.name) for one in only(text).ike.proposals] == [(1, "WIDE"), (2, "HERE")]


KEYS = [
    ("  address 198.51.100.9\n", ("198.51.100.9",)),
    ("  address 198.51.100.0 255.255.255.0\n", ("198.51.100.0/24",)),
    ("  address 0.0.0.0 0.0.0.0\n", ("0.0.0.0/0",)),
    ("  address 2001:DB8::9/128\n", ("2001:db8::9",)),
    ("  hostname Far.example.net\n", ("far.example.net",)),
    ("  identity address 198.51.100.9\n", ("198.51.100.9",)),
    ("  identity fqdn Far.example.net\n", ("far.example.net",)),
    ("  identity fqdn domain example.net\n", ("*.example.net",)),
    ("  identity email ann@example.net\n", ("ann@example.net",)),
    ("  identity key-id far\n", ("far",)),
    ("  description x\n  address 198.51.100.9\n  identity key-id far\n", ("198.51.100.9", "far")),
]


@pytest.mark.parametrize(("lines", "owners"), KEYS)
def test_whom_a_keyring_entry_is_for(lines: str, owners: tuple[str, ...]) -> None:
    """FlexVPN and IKEv2 Configuration Guide, `crypto ikev2 keyring`, `peer`, `address`, `identity`, `hostname`."""
    parsed = read(f"crypto ikev2 keyring KR\n peer A\n{lines}  pre-shared-key 6 {T1}\n !\n")
    (key,) = parsed.value.keys
    assert (key.owners, key.keyring, key.direction) == (owners, "KR", None)
    assert parsed.gaps == ()


def test_a_key_for_each_direction() -> None:
    """`pre-shared-key {local | remote}`: asymmetric keys; also within the profile (`authentication … pre-share key`)."""
    parsed = read(
        f"crypto ikev2 keyring KR\n peer A\n  address 192.0.2.1\n  pre-share local {T1}\n  pre-shared-key remote 0 {T2}\n"
    )
    assert [(key.direction, key.secret.fingerprint) for key in parsed.value.keys] == [
        ("local", "0123456789ab"),
        ("remote", "ffffffffffff"),
    ]
    own = f"crypto ikev2 profile PF\n authentication local pre-share key {T1}\n authentication remote pre-share key 6 {T2}\n"
    parsed = read(own + " match identity remote any\n")
    assert [(key.direction, key.keyring, key.owners) for key in parsed.value.keys] == [
        ("local", "PF", ()),
        ("remote", "PF", ()),
    ]


def test_a_peer_typed_without_indentation_keeps_its_lines() -> None:
    """In mails the lines of a peer stand as deep as `peer` itself, or everything is flush left."""
    expected = [(("198.51.100.9",), "KR"), (("198.51.100.10",), "KR")]
    lines = (
        "peer A",
        "address 198.51.100.9",
        f"pre-shared-key {T1}",
        "peer B",
        "address 198.51.100.10",
        f"pre-shared-key {T1}",
    )
    for indent in (" ", ""):
        text = "crypto ikev2 keyring KR\n" + "".join(f"{indent}{line}\n" for line in lines)
        assert [(key.owners, key.keyring) for key in read(text).value.keys] == expected


IDENTITIES = [
    ("any", "%any"),
    ("address 198.51.100.9 255.255.255.255", "198.51.100.9"),
    ("address 198.51.100.0 255.255.255.0", "198.51.100.0/24"),
    ("address 0.0.0.0", "0.0.0.0/0"),
    ("address 2001:DB8::9/128", "2001:db8::9"),
    ("fqdn Far.example.net", "far.example.net"),
    ("fqdn domain example.net", "*.example.net"),
    ("email ann@example.net", "ann@example.net"),
    ("email domain example.net", "*@example.net"),
    ("key-id far", "far"),
]


@pytest.mark.parametrize(("words", "expected"), IDENTITIES)
def test_whom_a_profile_matches(words: str, expected: str) -> None:
    """FlexVPN and IKEv2 Configuration Guide, `match identity remote`."""
    text = PROFILE.replace("address 0.0.0.0", words)
    assert [str(identity) for identity in only(text).ike.remote_ids] == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", "203.0.113.1"),
        (" identity local address 192.0.2.7\n", "192.0.2.7"),
        (" identity local fqdn R9.example.net\n", "r9.example.net"),
        (" identity local email r9@example.net\n", "r9@example.net"),
        (" identity local key-id nine\n", "nine"),
        (" identity local dn\n", "None"),
    ],
)
def test_as_whom_a_profile_speaks(line: str, expected: str) -> None:
    """`identity local`; without it the address with pre-shared keys, the subject of the certificate otherwise, which a
    configuration does not show."""
    assert str(only(PROFILE + line).ike.local_id) == expected


@pytest.mark.parametrize(
    ("lines", "local", "remote"),
    [
        ((), AuthMethod.PUBKEY, AuthMethod.PUBKEY),
        (("local pre-share", "remote rsa-sig"), AuthMethod.PSK, AuthMethod.PUBKEY),
        (("local rsa-sig", "remote eap query-identity"), AuthMethod.PUBKEY, AuthMethod.EAP),
        (("local ecdsa-sig", "remote ecdsa-sig"), AuthMethod.PUBKEY, AuthMethod.PUBKEY),
        (("local rsa-sig", "remote anyconnect-eap aggregate"), AuthMethod.PUBKEY, AuthMethod.EAP),
        (("remote pre-share", "remote rsa-sig", "local pre-share"), AuthMethod.PSK, None),
        (("local pre", "remote pre"), AuthMethod.PSK, AuthMethod.PSK),
    ],
)
def test_authentication_of_either_end(lines: tuple[str, ...], local: AuthMethod, remote: AuthMethod | None) -> None:
    """`authentication {local | remote}`: rsa-sig by default; several remote methods leave open which one the peer takes."""
    text = "crypto ikev2 profile PF\n match identity remote any\n" + "".join(f" authentication {line}\n" for line in lines)
    ike = only(text).ike
    assert (ike.local_auth, ike.remote_auth) == (local, remote)


def test_the_rest_of_a_profile() -> None:
    """Lifetime (86400 by default), DPD of the profile before the global one, `nat force-encap`, fragmentation."""
    usual = only(PROFILE).ike
    assert (usual.lifetime, usual.dpd_interval, usual.nat_traversal, usual.force_encapsulation) == (
        timedelta(days=1),
        None,
        True,
        None,
    )
    text = PROFILE + " lifetime 3600\n dpd 10 2 on-demand\n nat force-encap\n"
    ike = only("crypto ikev2 dpd 30 5 periodic\ncrypto ikev2 fragmentation\n" + text).ike
    assert (ike.lifetime, ike.dpd_interval) == (timedelta(hours=1), timedelta(seconds=10))
    assert (ike.force_encapsulation, ike.fragmentation) == (True, True)
    assert only("crypto ikev2 dpd 30 5 periodic\n" + PROFILE).ike.dpd_interval == timedelta(seconds=30)


def test_lines_of_a_profile_that_decide_nothing_are_known() -> None:
    """Virtual templates, AAA, inner VRF and trustpoints are no gaps; a certificate map that was not shown is one."""
    lines = "match fvrf any|match address local 203.0.113.1|aaa authorization group psk list L|virtual-template 1|ivrf RED"
    lines += "|nat keepalive 20|lifetime certificate|description x|initial-contact force|no config-exchange request"
    text = PROFILE + "".join(f" {line}\n" for line in lines.split("|"))
    assert read(text).gaps == ()
    assert ["certificate map" in gap.why for gap in read(PROFILE + " match certificate CM\n").gaps] == [True]


def test_the_default_ipsec_profile_needs_no_line() -> None:
    """ "IKEv2 Smart Defaults": the IPsec profile `default` uses the transform set `default` (AES and SHA, transport) and the
    IKEv2 profile `default`, which is all that has to be configured."""
    text = PROFILE.replace("profile PF", "profile default") + RING
    text += (
        TUNNEL[TUNNEL.index("interface Gig") :]
        .replace("profile IP", "profile default")
        .replace(" tunnel mode ipsec ipv4\n", "")
    )
    (connection,) = read(text).value.connections
    assert (connection.ike.versions, connection.problems) == ((2,), ())
    child = connection.children[0]
    assert [proposal.keywords for proposal in child.proposals] == ["aes128-sha1", "3des-sha1"]
    assert (str(child.mode), [str(pair) for pair in child.selectors or ()]) == (
        "transport",
        ["203.0.113.1/32[47] === 198.51.100.9/32[47]"],
    )
    assert [one.keywords for one in read(text, "17.12").value.connections[0].children[0].proposals] == ["aes128-sha1"]
    (gone,) = read("no crypto ipsec profile default\n" + text).value.connections
    assert [what for what, _ in gone.problems] == ["IPsec profile default is not defined"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("set ikev2-profile PF", "set ikev2-profile PG", "IKEv2 profile PG is not defined"),
        ("ipsec profile IP\n set", "ipsec profile IQ\n set", "IPsec profile IP is not defined"),
    ],
)
def test_what_is_named_and_not_there(old: str, new: str, problem: str) -> None:
    """Each name that leads nowhere is a problem with its line; never in a filtered configuration."""
    text = (PROFILE + RING + TUNNEL).replace(old, new)
    (connection,) = read(text).value.connections
    assert [what for what, _ in connection.problems] == [problem]
    cut = text[: text.index("interface Gig")]
    output = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config | section crypto", cut)
    assert {one.problems for one in read_config(output, "r9").value.connections} == {()}


def test_a_trustpoint_without_certificates() -> None:
    """`crypto pki certificate chain` lists what is enrolled: a chain without `certificate ca` cannot verify anybody."""
    trust = "crypto pki trustpoint CA\n enrollment url http://192.0.2.1\n revocation-check none\n"
    profile = PROFILE.replace(" keyring local KR\n", " pki trustpoint CA\n")
    chain = "crypto pki certificate chain CA\n certificate ca 01 nvram:ca.cer\n certificate 02\n  308202\n  \tquit\n"
    assert only(trust + chain + profile).ike.credential_problems == ()
    assert only(trust + profile).ike.credential_problems == ()  # the chain was not shown
    assert only(trust + profile).ike.trustpoint == "CA"
    assert [what for what, _ in only(profile).ike.credential_problems] == ["trustpoint CA is not defined"]
    (what, source) = only(trust + "crypto pki certificate chain CA\n" + profile).ike.credential_problems[0]
    assert (what, source.text) == ("trustpoint CA has no certificate of its authority", "crypto pki trustpoint CA")


def test_ke_algorithms_keep_their_order() -> None:
    """The order of the words is the order of preference."""
    text = "crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 21 14 19\n"
    text += "crypto ikev2 policy X\n proposal P\n"
    groups = only(text + PROFILE).ike.proposals[0].of(TransformType.KE)
    assert [group.keyword for group in groups] == ["ecp521", "modp2048", "ecp256"]

"""IKEv1 in an IOS configuration, a rule a test. The source of each rule is in its docstring; all texts are our own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.model.connection import Connection, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config
from ipsecbot.parse.read import EndConfig, Parsed

T1, T2 = "<secret:0123456789ab>", "<secret:ffffffffffff>"
MAP = """\
crypto ipsec transform-set T esp-aes esp-sha-hmac
crypto map CM 10 ipsec-isakmp
 set peer 198.51.100.9
 set transform-set T
 match address 101
access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 crypto map CM
"""


def read(text: str, image: str = "") -> Parsed[EndConfig]:
    return read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text), "r9", image=image)


def only(text: str, release: str = "15.4", image: str = "") -> Connection:
    (connection,) = read(f"version {release}\nhostname r9\n{text}{MAP}", image).value.connections
    return connection


POLICY_LINES = [
    ("", "des-sha1-prfsha1-modp768"),
    (" encr 3des\n", "3des-sha1-prfsha1-modp768"),
    (" encryption aes\n", "aes128-sha1-prfsha1-modp768"),
    (" encr aes 128\n hash md5\n", "aes128-md5-prfmd5-modp768"),
    (" encr aes 192\n hash sha\n group 2\n", "aes192-sha1-prfsha1-modp1024"),
    (" encr aes 256\n hash sha256\n group 5\n", "aes256-sha256-prfsha256-modp1536"),
    (" hash sha384\n group 14\n", "des-sha384-prfsha384-modp2048"),
    (" hash sha512\n group 24\n", "des-sha512-prfsha512-modp2048s256"),
    (" group 19\n", "des-sha1-prfsha1-ecp256"),
    (" group 20\n", "des-sha1-prfsha1-ecp384"),
    (" group 21\n", "des-sha1-prfsha1-ecp521"),
    (" en aes 256\n ha sha256\n gr 14\n", "aes256-sha256-prfsha256-modp2048"),
    (" no encryption\n default group\n", "des-sha1-prfsha1-modp768"),
]


@pytest.mark.parametrize("release", ["12.2", "12.4", "15.1", "15.7", "16.9", "17.3"])
@pytest.mark.parametrize(("lines", "keywords"), POLICY_LINES)
def test_a_policy_has_the_defaults_of_what_it_does_not_say(release: str, lines: str, keywords: str) -> None:
    """DES, SHA, RSA signatures, group 1, 86400 seconds: "Configuring Internet Key Exchange for IPsec VPNs", "IKE Policies";
    Security Command Reference, `encryption (IKE policy)`, `hash`, `group`. IOS takes abbreviated keywords."""
    (proposal,) = only(f"crypto isakmp policy 7\n{lines}", release).ike.proposals
    assert (proposal.number, proposal.keywords) == (7, keywords)
    assert (proposal.auth, proposal.lifetime) == (AuthMethod.PUBKEY, timedelta(days=1))


@pytest.mark.parametrize(
    ("line", "auth"),
    [
        ("authentication pre-share", AuthMethod.PSK),
        ("authentication rsa-sig", AuthMethod.PUBKEY),
        ("authentication rsa-encr", AuthMethod.RSA_ENCR),
        ("authentication ecdsa-sig", AuthMethod.PUBKEY),
        ("auth pre", AuthMethod.PSK),
    ],
)
def test_authentication_methods(line: str, auth: AuthMethod) -> None:
    """Security Command Reference, `authentication (IKE policy)`."""
    assert only(f"crypto isakmp policy 1\n {line}\n").ike.proposals[0].auth is auth


def test_policies_are_offered_by_priority_and_one_told_twice_is_one() -> None:
    """`crypto isakmp policy`: 1 is the highest priority; typing it again changes what it says."""
    text = "crypto isakmp policy 20\n group 14\ncrypto isakmp policy 5\n lifetime 60\ncrypto isakmp policy 20\n encr aes\n"
    proposals = only(text).ike.proposals
    assert [(one.number, one.keywords) for one in proposals] == [
        (5, "des-sha1-prfsha1-modp768"),
        (20, "aes128-sha1-prfsha1-modp2048"),
    ]
    assert proposals[0].lifetime == timedelta(minutes=1)


def test_without_a_policy_the_eight_default_ones_apply() -> None:
    """`show crypto isakmp default policy`, 12.4(20)T and later: 65507 to 65514; any policy of one's own replaces them all,
    and so does `no crypto isakmp default policy`."""
    proposals = only("", "15.7").ike.proposals
    assert [(one.number, one.keywords, str(one.auth)) for one in proposals] == [
        (65507, "aes128-sha1-prfsha1-modp1536", "pubkey"),
        (65508, "aes128-sha1-prfsha1-modp1536", "psk"),
        (65509, "aes128-md5-prfmd5-modp1536", "pubkey"),
        (65510, "aes128-md5-prfmd5-modp1536", "psk"),
        (65511, "3des-sha1-prfsha1-modp1024", "pubkey"),
        (65512, "3des-sha1-prfsha1-modp1024", "psk"),
        (65513, "3des-md5-prfmd5-modp1024", "pubkey"),
        (65514, "3des-md5-prfmd5-modp1024", "psk"),
    ]
    assert len(only("crypto isakmp policy 9\n", "15.7").ike.proposals) == 1
    assert only("no crypto isakmp default policy\n", "15.7").ike.proposals == ()


@pytest.mark.parametrize(
    ("release", "image", "numbers"),
    [
        ("12.2", "", (65535,)),
        ("12.4", "", ()),  # mainline or T: the configuration does not tell
        ("12.4", "12.4(15)T14", (65535,)),
        ("12.4", "12.4(25g)", (65535,)),
        ("12.4", "12.4(24)T8", tuple(range(65507, 65515))),
        ("15.1", "15.1(4)M12a", tuple(range(65507, 65515))),
        ("17.12", "", ()),  # Field Notice 72510: not these any more, and which instead is not documented
    ],
)
def test_which_default_policies_a_release_has(release: str, image: str, numbers: tuple[int, ...]) -> None:
    """Before 12.4(20)T the default protection suite alone ("IKE: default policies", 12.4T configuration guide)."""
    assert tuple(one.number for one in only("", release, image).ike.proposals) == numbers


def test_a_filtered_configuration_does_not_show_that_there_is_no_policy() -> None:
    """`| section crypto map`: the policies are not known, so nothing is taken for the default."""
    (connection,) = read(MAP[: MAP.index("access-list")]).value.connections
    assert connection.ike.proposals == ()


def test_later_releases_have_no_weak_defaults() -> None:
    """Field Notice 72510: from IOS XE 17.11.1 on DES, 3DES, MD5 and the groups 1, 2 and 5 are refused, unless `crypto engine
    compliance shield disable` is there. What a policy leaves open is then not DES, and said to be not known."""
    policy = "crypto isakmp policy 1\n hash sha256\n"
    parsed = read(f"version 17.12\nhostname r9\n{policy}{MAP}")
    (proposal,) = parsed.value.connections[0].ike.proposals
    assert proposal.keywords == "sha256-prfsha256"
    assert ["no encr and no group" in gap.why for gap in parsed.gaps] == [True]
    assert only(policy + " group 14\n encr aes\n", "17.12").ike.proposals[0].keywords == "aes128-sha256-prfsha256-modp2048"
    allowed = "crypto engine compliance shield disable\n" + policy
    assert only(allowed, "17.12").ike.proposals[0].keywords == "des-sha256-prfsha256-modp768"


KEYS = [
    (f"crypto isakmp key {T1} address 198.51.100.9", ("198.51.100.9",)),
    (f"crypto isakmp key 0 {T1} address 198.51.100.9 no-xauth", ("198.51.100.9",)),
    (f"crypto isakmp key 6 {T1} address 198.51.100.0 255.255.255.0", ("198.51.100.0/24",)),
    (f"crypto isakmp key {T1} address 198.51.100.9 255.255.255.255 no-xauth", ("198.51.100.9",)),
    (f"crypto isakmp key {T1} address 0.0.0.0", ("0.0.0.0/0",)),
    (f"crypto isakmp key {T1} address 0.0.0.0 0.0.0.0", ("0.0.0.0/0",)),
    (f"crypto isakmp key {T1} hostname Far.Example.NET", ("far.example.net",)),
    (f"crypto isakmp key {T1} address ipv6 2001:DB8:0::9/128", ("2001:db8::9",)),
    (f"crypto isakmp key {T1} address ipv6 2001:DB8::/32", ("2001:db8::/32",)),
    (f"crypto isa key {T1} add 198.51.100.9", ("198.51.100.9",)),
]


@pytest.mark.parametrize(("line", "owners"), KEYS)
def test_whom_a_key_is_for(line: str, owners: tuple[str, ...]) -> None:
    """Security Command Reference, `crypto isakmp key`: address, address with mask, 0.0.0.0 for everybody, host name, IPv6."""
    parsed = read(line + "\n")
    (key,) = parsed.value.keys
    assert (key.owners, key.keyring, key.vrf, key.secret.fingerprint) == (owners, None, None, "0123456789ab")
    assert parsed.gaps == ()


def test_keyrings_have_a_vrf_and_their_own_keys() -> None:
    """Security Command Reference, `crypto keyring … [vrf]`, `pre-shared-key`, `local-address`."""
    text = (
        f"crypto keyring RED vrf FRONT\n local-address GigabitEthernet0/0\n pre-shared-key address 198.51.100.9 key 6 {T1}\n"
        f" pre-shared-key hostname far.example.net key {T2}\n pre-shared-key address ipv6 2001:DB8::/64 key {T1}\n"
        f"crypto keyring BLUE\n description x\n rsa-pubkey address 192.0.2.1\n"
        f" pre-shared-key address 0.0.0.0 0.0.0.0 key {T2}\n"
    )
    parsed = read(text)
    assert [(key.keyring, key.vrf, key.owners) for key in parsed.value.keys] == [
        ("RED", "FRONT", ("198.51.100.9",)),
        ("RED", "FRONT", ("far.example.net",)),
        ("RED", "FRONT", ("2001:db8::/64",)),
        ("BLUE", None, ("0.0.0.0/0",)),
    ]
    assert parsed.gaps == ()


def test_key_types_0_6_and_7_at_the_door() -> None:
    """Type 7 is decoded before it is fingerprinted, so that it equals the plain key; type 6 is under a key of this router
    alone and is not comparable ("Encrypted Preshared Key"). No secret is left in the text."""
    plain = "crypto isakmp key cisco123 address 192.0.2.1\ncrypto isakmp key 0 cisco123 address 192.0.2.2\n"
    ring = "crypto keyring K\n pre-shared-key address 192.0.2.3 key 7 060506324F41584B56\n"
    ikev2 = "crypto ikev2 keyring K2\n peer A\n  address 192.0.2.4\n  pre-shared-key local cisco123\n"
    ikev2 += "  pre-shared-key remote 6 aBcD[^_`\n"
    text = redact(plain + ring + ikev2, Platform.CISCO_IOS, KeyedFingerprinter(b"k" * 32))
    assert "cisco123" not in text
    prints = [key.secret.fingerprint for key in read(text).value.keys]
    assert prints[0] is not None
    assert prints == [prints[0]] * 4 + [None]


def test_abbreviated_keys_are_secrets_too() -> None:
    """What people type in mails is abbreviated: the door knows that as well."""
    lines = ("crypto isa key topsecret1 add 192.0.2.1", "crypto ikev2 keyring K", " peer A", "  pre-share local topsecret2")
    text = redact("\n".join((*lines, "  pre-shared topsecret3", "")), Platform.CISCO_IOS, KeyedFingerprinter(b"k" * 32))
    assert "topsecret" not in text
    assert len(read(text).value.keys) == 3


PROFILE = "crypto isakmp profile PF\n keyring K\n{}" + f"crypto keyring K\n pre-shared-key address 0.0.0.0 0.0.0.0 key {T1}\n"
IDENTITIES = [
    ("address 198.51.100.9 255.255.255.255", "198.51.100.9"),
    ("address 198.51.100.9", "198.51.100.9"),
    ("address 198.51.100.0 255.255.255.0 FRONT", "198.51.100.0/24"),
    ("address ipv6 2001:DB8::9/128", "2001:db8::9"),
    ("address 0.0.0.0", "0.0.0.0/0"),
    ("host far.example.net", "far.example.net"),
    ("host domain example.net", "*.example.net"),
    ("user ann@example.net", "ann@example.net"),
    ("user domain example.net", "*@example.net"),
    ("group staff", "staff"),
]


@pytest.mark.parametrize(("words", "expected"), IDENTITIES)
def test_what_an_isakmp_profile_matches(words: str, expected: str) -> None:
    """Security Command Reference, `match identity` (ISAKMP profile); "VRF-Aware IPsec" for the VRF behind the mask."""
    text = PROFILE.format(f" match identity {words}\n") + MAP.replace("match address", "set isakmp-profile PF\n match address")
    ike = read(f"version 15.4\nhostname r9\ncrypto isakmp policy 1\n{text}").value.connections[0].ike
    assert [str(identity) for identity in ike.remote_ids] == [expected]
    assert ike.keyring == "K"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", "203.0.113.1"),
        ("crypto isakmp identity address\n", "203.0.113.1"),
        ("crypto isakmp identity hostname\nip domain name example.net\n", "r9.example.net"),
        ("crypto isakmp identity hostname\n", "r9"),
        ("crypto isakmp identity dn\n", "None"),
        ("crypto isakmp identity auto\n", "None"),
        (
            "crypto isakmp peer address 198.51.100.9\n set aggressive-mode client-endpoint user-fqdn r9@example.net\n",
            "r9@example.net",
        ),
    ],
)
def test_as_whom_a_router_speaks(lines: str, expected: str) -> None:
    """Security Command Reference, `crypto isakmp identity` (address by default), `set aggressive-mode client-endpoint`."""
    assert str(only("crypto isakmp policy 1\n" + lines).ike.local_id) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("address", "203.0.113.1"),
        ("fqdn", "r9"),
        ("fqdn Nine.example.net", "nine.example.net"),
        ("user-fqdn a@b.net", "a@b.net"),
    ],
)
def test_a_profile_speaks_for_itself(words: str, expected: str) -> None:
    """Security Command Reference, `self-identity`; `crypto map … isakmp-profile` gives a profile to all entries of a map."""
    text = PROFILE.format(f" self-identity {words}\n match identity address 0.0.0.0\n") + "crypto map CM isakmp-profile PF\n"
    ike = only("crypto isakmp policy 1\n" + text).ike
    assert str(ike.local_id) == expected
    assert ike.local_id_source is not None
    if "." in words:
        assert ike.local_id_source.text.strip() == f"self-identity {words}"


def test_aggressive_mode() -> None:
    """`initiate mode aggressive`, `crypto isakmp peer`, `crypto isakmp aggressive-mode disable` (Security Command
    Reference); an initiator uses main mode otherwise, a responder accepts both."""
    policy = "crypto isakmp policy 1\n"
    usual = only(policy).ike
    assert (usual.initiates_mode, usual.accepts_modes) == (ExchangeMode.MAIN, (ExchangeMode.MAIN, ExchangeMode.AGGRESSIVE))
    peer = only(policy + f"crypto isakmp peer address 198.51.100.9\n set aggressive-mode password {T1}\n")
    assert peer.ike.initiates_mode is ExchangeMode.AGGRESSIVE
    other = only(policy + f"crypto isakmp peer address 198.51.100.10\n set aggressive-mode password {T1}\n")
    assert other.ike.initiates_mode is ExchangeMode.MAIN
    off = only(policy + "crypto isakmp aggressive-mode disable\n").ike
    assert off.accepts_modes == (ExchangeMode.MAIN,)
    back = only(policy + "no crypto isakmp aggressive-mode disable\n").ike  # as `show running-config all` prints it
    assert back.accepts_modes == usual.accepts_modes


def test_nat_traversal_and_keepalive() -> None:
    """NAT-T is on unless `no crypto ipsec nat-transparency udp-encapsulation`; DPD is off unless `crypto isakmp keepalive`
    or a profile's `keepalive`, which counts first ("IPsec NAT Transparency", "IPsec Dead Peer Detection")."""
    assert only("crypto isakmp policy 1\n").ike.nat_traversal is True
    assert only("crypto isakmp policy 1\n").ike.dpd_interval is None
    assert only("no crypto ipsec nat-transparency udp-encapsulation\n").ike.nat_traversal is False
    assert only("crypto isakmp keepalive 20 3 periodic\n").ike.dpd_interval == timedelta(seconds=20)
    text = PROFILE.format(" keepalive 11 retry 4\n match identity address 0.0.0.0\n") + "crypto map CM isakmp-profile PF\n"
    assert only("crypto isakmp keepalive 20\n" + text).ike.dpd_interval == timedelta(seconds=11)


def test_easy_vpn_groups_have_keys() -> None:
    """Security Command Reference, `crypto isakmp client configuration group`, `key (ISAKMP group)`."""
    text = f"crypto isakmp client configuration group staff\n key {T1}\n pool P\n acl 150\n"
    (key,) = read(text).value.keys
    assert key.owners == ("staff",)


def test_certificate_maps_that_were_not_shown_are_gaps() -> None:
    """What `match certificate` selects by is not known then, and said so."""
    parsed = read("crypto isakmp profile PF\n ca trust-point CA\n match certificate CM\n")
    assert ["certificate map" in gap.why for gap in parsed.gaps] == [True]

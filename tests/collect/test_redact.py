"""No secret passes the door, everything else does, and two ends can still be compared."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipsecbot.collect.fingerprint import UNKNOWN, KeyedFingerprinter, installation_fingerprinter, state_directory
from ipsecbot.collect.redact import redact
from ipsecbot.errors import InputError
from ipsecbot.model.device import Platform

IOS, SWAN = Platform.CISCO_IOS, Platform.STRONGSWAN
F = KeyedFingerprinter(b"k" * 32)
PSK = "Sturm-und-Drang.1774"
T = F.token(PSK.encode())


def _ios_type7(text: str, salt: int = 2) -> str:
    table = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
    return f"{salt:02d}" + "".join(f"{ord(c) ^ table[(salt + i) % 53]:02X}" for i, c in enumerate(text))


IOS_LINES = [
    (f"crypto isakmp key {PSK} address 192.0.2.1", f"crypto isakmp key {T} address 192.0.2.1"),
    (f"crypto isakmp key 0 {PSK} address 0.0.0.0 no-xauth", f"crypto isakmp key 0 {T} address 0.0.0.0 no-xauth"),
    (f"crypto isakmp key {PSK} hostname r2.example", f"crypto isakmp key {T} hostname r2.example"),
    ("crypto isakmp key 6 QWfL_Yb address 192.0.2.1", f"crypto isakmp key 6 {UNKNOWN} address 192.0.2.1"),
    ("crypto isakmp key ******** address 192.0.2.1", f"crypto isakmp key {UNKNOWN} address 192.0.2.1"),
    ("crypto isakmp key <removed> address 192.0.2.1", f"crypto isakmp key {UNKNOWN} address 192.0.2.1"),
    (f"R1(config)#crypto isakmp key {PSK} address 192.0.2.1", f"R1(config)#crypto isakmp key {T} address 192.0.2.1"),
    (f"  pre-shared-key address 10.0.0.0 255.0.0.0 key {PSK}", f"  pre-shared-key address 10.0.0.0 255.0.0.0 key {T}"),
    (f"  pre-shared-key address ipv6 2001:DB8::/32 key 0 {PSK}", f"  pre-shared-key address ipv6 2001:DB8::/32 key 0 {T}"),
    (f"  pre-shared-key hostname r2.example key {PSK}", f"  pre-shared-key hostname r2.example key {T}"),
    (f"  pre-shared-key {PSK}", f"  pre-shared-key {T}"),
    (f"  pre-shared-key local {PSK}", f"  pre-shared-key local {T}"),
    (f"  pre-shared-key remote 0 {PSK}\r", f"  pre-shared-key remote 0 {T}\r"),
    ("  pre-shared-key remote 6 aBCdEF", f"  pre-shared-key remote 6 {UNKNOWN}"),
    (f"  pre-shared-key hex {PSK.encode().hex()}", f"  pre-shared-key hex {T}"),
    (f" ikev1 pre-shared-key {PSK}", f" ikev1 pre-shared-key {T}"),
    (f" authentication remote pre-share key {PSK}", f" authentication remote pre-share key {T}"),
    (f" group OFFICE key {PSK}", f" group OFFICE key {T}"),
    (f" key {PSK}", f" key {T}"),
    (f"enable secret 0 {PSK}", f"enable secret 0 {T}"),
    ("enable secret 5 $1$abcd$R8v1yZ0l.", f"enable secret 5 {UNKNOWN}"),
    (f"enable password 7 {_ios_type7(PSK)}", f"enable password 7 {T}"),
    (f"username op privilege 15 password 7 {_ios_type7(PSK)}", f"username op privilege 15 password 7 {T}"),
    ("username op secret 9 $9$abc$def", f"username op secret 9 {UNKNOWN}"),
    (f"username op password 0 {PSK}", f"username op password 0 {T}"),
    (f" password 7 {_ios_type7(PSK)}", f" password 7 {T}"),
    (f"snmp-server community {PSK} RO 10", f"snmp-server community {T} RO 10"),
    (f"snmp-server host 10.0.0.9 version 2c {PSK}", f"snmp-server host 10.0.0.9 version 2c {T}"),
    (f"snmp-server host 10.0.0.9 {PSK}", f"snmp-server host 10.0.0.9 {T}"),
    (f"snmp-server user u g v3 auth sha {PSK} priv aes 128 {PSK}", f"snmp-server user u g v3 auth sha {T} priv aes 128 {T}"),
    (f"tacacs-server host 10.0.0.9 key 7 {_ios_type7(PSK)}", f"tacacs-server host 10.0.0.9 key 7 {T}"),
    (f"radius-server key {PSK}", f"radius-server key {T}"),
    (f" ppp chap password 0 {PSK}", f" ppp chap password 0 {T}"),
    (f" ppp pap sent-username u password 7 {_ios_type7(PSK)}", f" ppp pap sent-username u password 7 {T}"),
    (f"  key-string 7 {_ios_type7(PSK)}", f"  key-string 7 {T}"),
    (f" ip ospf message-digest-key 1 md5 7 {_ios_type7(PSK)}", f" ip ospf message-digest-key 1 md5 7 {T}"),
    (f" ip ospf authentication-key {PSK}", f" ip ospf authentication-key {T}"),
    (f" ip nhrp authentication {PSK}", f" ip nhrp authentication {T}"),
    (f" neighbor 10.0.0.2 password {PSK}", f" neighbor 10.0.0.2 password {T}"),
    (f"%PARSER-5-CFGLOG_LOGGEDCMD: User:op  logged command:crypto isakmp key {PSK} address 192.0.2.1 ",
     f"%PARSER-5-CFGLOG_LOGGEDCMD: User:op  logged command:crypto isakmp key {T} address 192.0.2.1 "),
]  # fmt: skip

SWAN_LINES = [
    (f"    secret = {PSK}", f"    secret = {T}"),
    (f'    secret = "{PSK}"', f'    secret = "{T}"'),
    (f"secrets {{ ike-1 {{ secret = {PSK} }} }}", f"secrets {{ ike-1 {{ secret = {T} }} }}"),
    (f"    secret={PSK}   # theirs", f"    secret={T}   # theirs"),
    (f"  # secret = {PSK}", f"  # secret = {T}"),
    (f"    secret = 0x{PSK.encode().hex()}", f"    secret = {T}"),
    (f"    secret = 0s{base64.b64encode(PSK.encode()).decode()}", f"    secret = {T}"),
    (f'    secret = "0s{base64.b64encode(PSK.encode()).decode()}"', f'    secret = "{T}"'),
    ('    secret = "a\\"b"', f'    secret = "{F.token(b"a" + bytes([34]) + b"b")}"'),
    ("    secret = two words", f"    secret = {F.token(b'two words')}"),
    (f'192.0.2.1 192.0.2.2 : PSK "{PSK}"', f'192.0.2.1 192.0.2.2 : PSK "{T}"'),
    (f'#@west @east : PSK "{PSK}"', f'#@west @east : PSK "{T}"'),
    (f": PSK {PSK}", f": PSK {T}"),
    (f": PSK 0s{base64.b64encode(PSK.encode()).decode()}", f": PSK {T}"),
    (f": PSK 0x{PSK.encode().hex()}", f": PSK {T}"),
    (f'2001:db8::1 : PSK "{PSK}"', f'2001:db8::1 : PSK "{T}"'),
    (f"alice : EAP '{PSK}'", f"alice : EAP '{T}'"),
    (f'bob : XAUTH "{PSK}"', f'bob : XAUTH "{T}"'),
    (f': RSA moon.key "{PSK}"', f': RSA moon.key "{T}"'),
    (f": PIN %smartcard:50 {PSK}", f": PIN %smartcard:50 {T}"),
    ("  PrivateExponent: 0x1122aabb", f"  PrivateExponent: {UNKNOWN}"),
    ("\tauth-trunc hmac(sha256) 0xabcdef0123456789 128", f"\tauth-trunc hmac(sha256) {UNKNOWN} 128"),
    (f"  database = mysql://user:{PSK}@localhost/db", f"  database = mysql://user:{T}@localhost/db"),
]  # fmt: skip

HARMLESS = [
    "crypto isakmp policy 10",
    " authentication pre-share",
    " authentication local pre-share",
    "service password-encryption",
    "password encryption aes",
    "no service password-recovery",
    "key chain EIGRP",
    "crypto key generate rsa",
    "crypto keyring KR vrf FRONT",
    "*Mar  1 00:01:02.003: ISAKMP:(0):found peer pre-shared key matching 192.0.2.1",
    "*Mar  1 00:01:02.003: ISAKMP:(0): No pre-shared key with 192.0.2.1!",
    "*Mar  1 00:01:02.003: ISAKMP:      auth pre-share",
    "*Mar  1 00:01:02.003: ISAKMP:(0):SA using tunnel password as pre-shared key.",
    "Nov  3 10:00:00 gw charon: 09[IKE] authentication of '192.0.2.1' with pre-shared key",
    "Nov  3 10:00:00 gw charon: 05[CFG] loaded IKE shared key with id 'ike-1' for: '%any'",
    "Nov  3 10:00:00 gw charon: 00[CFG] loading secrets from '/etc/ipsec.secrets'",
    "Nov  3 10:00:00 gw charon: 13[IKE] no shared key found for '@west' - '@east'",
    "\"west-east\" #1: authentication failed: no PSK found for '@west'",
    "  authby=secret",
    "  auth = psk",
    "  ike-1 { id = 192.0.2.1 }",
    ": RSA moon.key %prompt",
    ": RSA moon.key",
    "include /etc/ipsec.d/*.secrets",
    "    proposals = aes256-sha256-modp2048",
    " standby 1 authentication md5 key-chain HSRP",
]


@pytest.mark.parametrize(("line", "clean"), IOS_LINES)
def test_ios_secrets_become_tokens(line: str, clean: str) -> None:
    """Each place of a secret in an IOS text: the secret goes, type digit, spaces and the rest stay."""
    assert redact(line, IOS, F) == clean
    assert redact(line, None, F) == clean


@pytest.mark.parametrize(("line", "clean"), SWAN_LINES)
def test_strongswan_secrets_become_tokens(line: str, clean: str) -> None:
    """Each place of a secret in a strongSwan text; hex and base64 are undone, so that they compare with IOS."""
    assert redact(line, SWAN, F) == clean
    assert redact(line, None, F) == clean


@pytest.mark.parametrize("line", HARMLESS)
@pytest.mark.parametrize("platform", [IOS, SWAN, None])
def test_what_is_no_secret_stays(line: str, platform: Platform | None) -> None:
    """Words such as pre-shared key in a log are evidence and pass unchanged."""
    assert redact(line, platform, F) == line


def test_redaction_twice_changes_nothing() -> None:
    """Tokens are not taken for secrets."""
    text = "\n".join(line for line, _ in IOS_LINES + SWAN_LINES)
    once = redact(text, None, F)
    assert redact(once, None, F) == once
    assert redact(once, IOS, F) == once
    assert PSK not in once


def test_key_numbers_of_a_key_chain_are_not_secrets() -> None:
    """` key 1` names a key in a key chain, and is a secret in a client group."""
    chain = "key chain EIGRP\n key 1\n  key-string s3cret-9\ncrypto isakmp client configuration group G\n key 12345678\n"
    clean = redact(chain, IOS, F).split("\n")
    assert clean[1] == " key 1"
    assert "s3cret-9" not in clean[2]
    assert clean[4] == f" key {F.token(b'12345678')}"


def test_blocks_keep_their_lines() -> None:
    """Private keys, certificate blobs, key dumps of charon and `show crypto isakmp key`: every line stays a line."""
    text = "\n".join((
        "crypto pki certificate chain TP",
        " certificate ca 01",
        "  30820321 30820209 A0030201",
        "  02020101 300D0609",
        "  \tquit",
        "interface Gi0",
        "-----BEGIN RSA PRIVATE KEY-----",
        "MIIEowIBAAKCAQEA",
        "-----END RSA PRIVATE KEY-----",
        "16[IKE] SKEYSEED => 20 bytes @ 0x7f01",
        "16[IKE]    0: 4F 3C 11 AA 00 11 22 33 44 55 66 77 88 99 AA BB  O<......",
        "16[IKE]   16: 01 02 03 04                                      ....",
        "16[IKE] natd_hash => 20 bytes @ 0x7f02",
        "16[IKE]    0: 99 98 97 96                                      ....",
        "Keyring      Hostname/Address                            Preshared Key",
        "",
        "default      192.0.2.1                                   visible-psk",
    ))  # fmt: skip
    clean = redact(text.replace("Preshared Key\n\n", "Preshared Key\n"), None, F)
    assert clean.count("\n") == text.count("\n") - 1
    for gone in ("30820321", "300D0609", "MIIEowIBAAKCAQEA", "4F 3C", "01 02 03 04", "visible-psk"):
        assert gone not in clean
    for kept in ("interface Gi0", "natd_hash", "99 98 97 96", "-----END RSA", "SKEYSEED => 20 bytes", "192.0.2.1"):
        assert kept in clean


def test_a_quoted_secret_over_two_lines_goes_whole() -> None:
    """A quote that closes in a later line hides both; a text that was cut off hides the rest of its line only."""
    clean = redact('secret = "first-half\nsecond-half"\n id = x', SWAN, F)
    assert clean == f'secret = "{UNKNOWN}\n{UNKNOWN}"\n id = x'
    assert redact('secret = "cut-o\n id = x', SWAN, F) == f'secret = "{UNKNOWN}\n id = x'


def test_known_secrets_go_wherever_they_stand() -> None:
    """The login password is replaced in any text, but a short one does not tear words apart."""
    assert redact(f"banner says {PSK}!", IOS, F, known=(PSK,)) == f"banner says {T}!"
    assert redact("cisco IOS by cisco", IOS, F, known=("cisco",)) == "cisco IOS by cisco"


@given(st.text(max_size=300))
def test_any_text_keeps_its_lines(text: str) -> None:
    """Whatever comes in, the number of lines is the same and nothing is raised."""
    assert redact(text, None, F).count("\n") == text.count("\n")


@given(
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\'), min_size=9, max_size=40
    ).filter(lambda psk: "<secret:" not in psk)
)
def test_any_psk_is_gone_from_both_vendors(psk: str) -> None:
    """A pre-shared key of any printable characters never survives, and compares across the vendors."""
    ios = redact(f"crypto isakmp key {psk} address 192.0.2.1", IOS, F)
    assert f" key {psk} address" not in ios
    swan = redact(f'  secret = "{psk}"\n: PSK "{psk}"', SWAN, F)
    assert f'"{psk}"' not in swan


def test_the_installation_key_is_made_once_and_private(tmp_path: Path) -> None:
    """Two runs give the same token; the key file is readable by its owner only; another installation differs."""
    first = installation_fingerprinter(tmp_path / "state")
    assert first.token(b"x") == installation_fingerprinter(tmp_path / "state").token(b"x")
    key = tmp_path / "state/fingerprint.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert first.token(b"x") != installation_fingerprinter(tmp_path / "other").token(b"x")
    key.chmod(0o644)
    installation_fingerprinter(tmp_path / "state")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["fingerprint.key"]


def test_an_unusable_state_directory_is_one_sentence(tmp_path: Path) -> None:
    """A file where the folder should be, and a damaged key, say what to do."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="IPSECBOT_STATE_DIR"):
        installation_fingerprinter(tmp_path / "file")
    (tmp_path / "fingerprint.key").write_bytes(b"short")
    with pytest.raises(InputError, match="too short"):
        installation_fingerprinter(tmp_path)


def test_where_the_state_is_kept() -> None:
    """IPSECBOT_STATE_DIR wins over XDG_STATE_HOME."""
    assert state_directory({"IPSECBOT_STATE_DIR": "/a", "XDG_STATE_HOME": "/b"}) == Path("/a")
    assert state_directory({"XDG_STATE_HOME": "/b"}) == Path("/b/ipsecbot")

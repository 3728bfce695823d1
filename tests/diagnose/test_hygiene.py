"""What works and is better changed: each topic from the configuration that shows it, and silence on a sound one."""

from __future__ import annotations

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.diagnose.hygiene import hygiene
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Caution
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.parse.endpoint import read_endpoint

K = OutputKind
SOUND = """\
conn hq
  keyexchange=ikev2
  ike=aes256gcm16-prfsha384-ecp384!
  esp=aes256gcm16-ecp384!
  left=192.0.2.1
  leftsubnet=10.1.0.0/16
  right=198.51.100.1
  rightsubnet=10.2.0.0/16
  authby=secret
  dpdaction=restart
  auto=route
"""
PHONES = """\
conn phones
  keyexchange=ikev1
  left=%defaultroute
  leftauth=psk
  right=%any
  rightsourceip=%config
  rightsubnet=0.0.0.0/0
  rightauth=psk
  rightauth2=xauth
"""
ROUTER = """\
crypto isakmp policy 5
 encr 3des
 authentication pre-share
 group 2
crypto isakmp key Ju5tAT3st address 0.0.0.0
crypto ipsec transform-set T esp-des esp-md5-hmac
crypto map M 10 ipsec-isakmp
 set peer 198.51.100.1
 set transform-set T
 match address A
interface Ethernet0/0
 ip address 192.0.2.1 255.255.255.0
 crypto map M
ip access-list extended A
 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
"""


def cautions(*texts: tuple[OutputKind, str], platform: Platform = Platform.STRONGSWAN) -> tuple[Caution, ...]:
    clean = KeyedFingerprinter(b"k" * 32)
    outputs = tuple(RawOutput(kind, kind.value, redact(text, platform, clean)) for kind, text in texts)
    return hygiene(read_endpoint(Snapshot(Device("gw", platform), None, outputs)))


def topics(found: tuple[Caution, ...]) -> list[str]:
    return [one.topic for one in found]


def test_a_sound_configuration_has_nothing() -> None:
    """Modern proposals, a key for one peer, a quiet log."""
    found = cautions(
        (K.IPSEC_CONF, SOUND),
        (K.IPSEC_SECRETS, '192.0.2.1 198.51.100.1 : PSK "c0rrect horse"\n'),
        (K.STRONGSWAN_CONF, "charon {\n filelog {\n  main {\n   default = 1\n   append = yes\n  }\n }\n}\n"),
    )
    assert topics(found) == []


def test_a_gateway_for_phones_as_guides_have_it() -> None:
    """No proposal, no auto, one key for all, no pool, everything behind the client."""
    found = cautions((K.IPSEC_CONF, PHONES), (K.IPSEC_SECRETS, ': PSK "same-one"\nuser : XAUTH "same-one"\n'))
    assert topics(found) == [
        "not-loaded",
        "no-proposal",
        "key-for-everybody",
        "secret-used-twice",
        "xauth-group-key",
        "no-address-pool",
        "selectors-on-the-wrong-side",
    ]
    assert all(one.evidence and one.headline.endswith(".") and "same-one" not in repr(one) for one in found)


def test_the_daemon_itself() -> None:
    """Duplicate check off, a log that tells keys, levels that contradict each other, a log that restarts empty."""
    text = "duplicheck.enable = no\ndefault = 4\nappend = no\ndefault = 1\n"
    found = cautions((K.STRONGSWAN_CONF, text))
    assert topics(found) == ["duplicate-check-off", "log-level", "log-levels-differ", "log-overwritten"]
    assert [one.headline for one in found if one.topic == "log-level"] == ["Log level 4 is on for good."]


def test_a_router_with_old_algorithms() -> None:
    """Weak algorithms are named one by one, with the line of each proposal."""
    found = cautions((K.RUNNING_CONFIG, ROUTER), platform=Platform.CISCO_IOS)
    weak = {one.headline: one.reference for one in found if one.topic.startswith("weak-")}
    assert weak == {
        "M 10: IKE allows 3des.": "NIST SP 800-77r1",
        "M 10: IKE allows modp1024.": "RFC 8247 section 2.4",
        "M 10: ESP allows des.": "RFC 8221 section 5",
        "M 10: ESP allows md5.": "RFC 8221 section 6",
    }
    assert {"key-for-everybody", "no-pfs", "no-dpd", "aggressive-psk"} <= set(topics(found))
    assert all(one.reference for one in found)


def test_one_line_that_many_tunnels_use_is_one_caution() -> None:
    """Two entries with one weak policy and one transform set: each line is told once, with both names."""
    second = ROUTER.replace(
        "interface Ethernet0/0",
        "crypto map M 20 ipsec-isakmp\n set peer 198.51.100.9\n set transform-set T\n match address A\ninterface Ethernet0/0",
    )
    found = cautions((K.RUNNING_CONFIG, second), platform=Platform.CISCO_IOS)
    weak = [one.headline for one in found if one.topic == "weak-group"]
    assert weak == ["M 10, M 20: IKE allows modp1024."]
    assert [one.headline for one in found if one.topic == "no-dpd"] == ["M 10, M 20: no dead peer detection."]


def test_forward_secrecy_of_ikev2_is_said_to_matter_later() -> None:
    """The first CHILD_SA of IKEv2 never shows it."""
    found = cautions((K.IPSEC_CONF, SOUND.replace("-ecp384!\n  left=", "!\n  left=")))
    assert [one.headline for one in found] == ["hq: no perfect forward secrecy from the first rekey on."]


def test_signatures_over_sha1() -> None:
    """In IKEv1 the negotiated hash is what is signed; in IKEv2 a constraint may ask for it."""
    certificates = SOUND.replace("authby=secret", "authby=pubkey").replace("ikev2", "ikev1")
    old = certificates.replace("aes256gcm16-prfsha384-ecp384!", "aes256-sha1-modp2048!")
    assert "sha1-signature" in topics(cautions((K.IPSEC_CONF, old)))
    assert "sha1-signature" not in topics(cautions((K.IPSEC_CONF, old.replace("sha1", "sha256"))))


def test_a_secret_is_no_caution_when_it_cannot_be_compared() -> None:
    """Two secrets that came without fingerprints are not called the same."""
    found = cautions((K.IPSEC_SECRETS, "a : PSK <secret:unknown>\nb : XAUTH <secret:unknown>\n"))
    assert topics(found) == []

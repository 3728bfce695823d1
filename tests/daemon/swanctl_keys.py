"""What may stand behind each key of swanctl.conf, and what charon refuses there."""

from __future__ import annotations

from dataclasses import dataclass

IDENTITIES = (
    *("moon.example", "@Sun.Example", "carol@example.org", "192.0.2.7", "2001:db8::7", "%any", "*", "C=CH, O=Acme, CN=east"),
    *("/C=CH/O=Acme/CN=west", "fqdn:moon", "keyid:Branch-17", "@#a1b2c3", "@@Carol@Example", "C=CH,O=Acme , CN=*", "email:a@b"),
    *("10.9.0.0/16", "fe80::1%eth0", "ipv4:192.0.2.8", "{2}:sun", "*.example", "0.0.0.0", "x=y", "rfc822:A@B", "asn1dn:CN=z"),
    *("keyid:#0a0B", "fqdn:#6d6f6f6e", "host-1", "O=A B, CN=c d", "CN = x , OU=y", "192.0.2.300", "::ffff:192.0.2.1", ""),
)
OWNERS = tuple(one for one in IDENTITIES if one and not one.startswith("asn1dn:"))
_IKE = (
    *("aes128-sha256-modp2048", "aes256gcm16-prfsha384-ecp384", "aes-sha-modp1024", "3des-md5-modp768", "default", "DEFAULT"),
    *("aes256-aes128-sha384-sha256-ecp256-modp3072", "aes128ctr-aesxcbc-x25519", "chacha20poly1305-prfsha256-curve448"),
    *("aes256-sha512-prfsha256-prfsha1-modp4096", "aes128gcm128-sha256-modp2048", "camellia192-aescmac-modp6144-none"),
    *("aes128 - sha256 -modp2048", "blowfish-sha1_160-modp1536", "cast128-sha1-ecp224bp", "aes192ccm12-prfaesxcbc-ecp521"),
    *("aes128-sha256-esn-modp2048", "aes128-aes128-sha256-sha2_256-modp2048", "aes128-sha256_96-prfsha256-modp2048"),
)
_BAD_IKE = (
    *("aes128-sha256", "aes128-modp2048", "sha256-modp2048", "aes128-aes128gcm16-sha256-modp2048", "aes128-sha257-modp2048"),
    *(
        "aes128-sha256-modp2048!",
        "AES128-SHA256-MODP2048",
        "aes128gcm16-modp2048",
        "none",
        "aes128-sha256-none",
        "null-sha1-modp1024",
    ),
)
_ESP = (
    *(
        "aes128-sha256",
        "aes256gcm16",
        "aes128-sha256-modp2048",
        "aes256-sha1-esn-noesn",
        "null-sha256",
        "aes128gmac",
        "default",
    ),
    *(
        "aes256gcm16-ecp384-none",
        "aes128-sha256-sha1-prfsha256",
        "3des-md5",
        "aes128",
        "chacha20poly1305-x25519",
        "aes256gcm8-sha1",
    ),
    *("aes128-sha256_96", "aes192ctr-sha384-esn", "camellia128ccm16-modp1024s160", "aes128-sha2_512-modpnone", "des-md5_128"),
)
_BAD_ESP = ("sha256", "aes128-aes256gcm16", "modp2048", "aes-128", "esn", "aes128_sha256", "")
_AH = ("sha256", "sha1-modp2048", "sha384-esn", "aes128-sha256", "md5", "default", "aesxcbc-none")
_BAD_AH = ("aes128", "modp2048", "esn")
_SELECTORS = (
    *("10.1.0.0/16", "10.1.2.3", "dynamic", "0.0.0.0/0", "10.1.0.9-10.1.0.20", "2001:db8:1::/64", "10.1.0.0/16[tcp/80]"),
    *("dynamic[udp/1000-2000]", "10.2.0.0/24[gre]", "10.3.0.0/24[icmp/2048]", "10.4.0.0/24[17/opaque]", "::/0[any/443]"),
    *("10.5.6.7/20", "10.6.0.0/24[tcp/http]", "10.6.0.0/24[/53]", "10.7.0.0/24[132]", "dynamic[47]", "10.8.0.0/24[0x11/0x50]"),
    *(
        "[tcp]",
        "[/22]",
        "2001:db8::1-2001:db8::9",
        "10.1.1.1/32[ipv6-icmp]",
        "10.1.1.0/24[6/any]",
        "dynamic[esp]",
        "10.1.0.0/0",
    ),
    *("192.0.2.0/255.255.255.0", "10.0.0.0-10.0.0.255", "10.1.0.0/16[]", "10.1.0.0/16[ospf]", "dynamic[tcp/ssh]"),
)
_BAD_SELECTORS = (
    "10.1.0.0/33",
    "10.1.0",
    "everything",
    "10.1.0.0/16[tcp/99999]",
    "10.1.0.0/16[carrier]",
    "10.1.0.0/16[tcp",
    "x-y",
)
_TIMES = ("0", "90", "4h", "30m", "10 m", "1d", "1D", "3600s", "0x10", "010m", "86400", "1 H", "+5m", "")
_BAD_TIMES = ("soon", "4hours", "1.5h", "4h30m", "5 x", "h", "1w")
_NUMBERS = ("0", "1", "500", "0x20", "010", "4294967295", "65000")
_BAD_NUMBERS = ("ten", "1k", "5 0", "0x")
_VOLUMES = ("0", "500M", "1 g", "100000", "10k", "0x10K", "1G")
_BAD_VOLUMES = ("1T", "5MB", "many", "1.5G")
_FLAGS = ("yes", "no", "true", "false", "enabled", "disabled", "1", "0", "YES", "No")
_BAD_FLAGS = ("on", "off", "maybe", "2", "y", "")
_ADDRESSES = (
    "192.0.2.1",
    "%any",
    "10.0.0.0/8",
    "moon.example",
    "2001:DB8::1",
    "192.0.2.9, 192.0.2.10",
    "10.1.1.1-10.1.1.9",
    "%any6",
)
_AUTH = (
    *("psk", "pubkey", "PSK", "eap", "eap-mschapv2", "eap-tls", "xauth", "xauth-generic", "rsa-2048-sha256", "ecdsa-384"),
    *("ike:rsa-sha256", "eap-dynamic", "eap-md5", "eap-13", "eap-6-123", "eap-ttls:rsa", "XAuth-eap", "EAP-GTC", "eap-nothing"),
    *("pubkey-sha256", "eap-identity", "bliss", "eap-radius"),
)
_BAD_AUTH = ("secret", "telepathy", "psk ", "RSA", "ed25519", "psk-2", "any", "none", "")
_MARKS = ("42", "0x1/0xff", "%unique", "%unique-dir", "%unique/0xf", "10/", "-1")
_BAD_MARKS = ("%every", "1/x", "one")


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind one key; `bad` is what charon refuses. `joined`: several at once, with commas."""

    good: tuple[str, ...]
    bad: tuple[str, ...] = ()
    joined: bool = False


def _words(*words: str) -> Key:
    return Key((*words, words[0].upper()), ("nonsense",))


FLAG, TIME, NUMBER, VOLUME = (
    Key(_FLAGS, _BAD_FLAGS),
    Key(_TIMES, _BAD_TIMES),
    Key(_NUMBERS, _BAD_NUMBERS),
    Key(_VOLUMES, _BAD_VOLUMES),
)
POOLS = Key(
    (
        "10.9.0.0/24",
        "10.9.0.9/24",
        "10.9.0.5-10.9.0.9",
        "2001:db8:9::/96",
        "10.9.0.7",
        "10.0.0.0/8",
        "10.9.0.1/31",
        "10.9.0.0/33",
    ),
    ("10.9.0/24", "dhcp", ""),
)
POOLED = Key(("10.0.0.53", "10.1.0.0/16", "2001:db8::53"), joined=True)
CONNECTION = {
    "version": Key(("0", "1", "2", "2", "1", "0x2"), ("two", "2.0")),
    "local_addrs": Key(_ADDRESSES, joined=True),
    "remote_addrs": Key(_ADDRESSES, joined=True),
    "local_port": NUMBER,
    "remote_port": NUMBER,
    "proposals": Key(_IKE, _BAD_IKE, joined=True),
    "vips": Key(("0.0.0.0", "::", "%any", "10.9.9.9", "%any6"), ("moon.example", "10.0.0.0/8"), joined=True),
    "pools": Key(("here", "there"), joined=True),
    "aggressive": FLAG,
    "pull": FLAG,
    "dscp": Key(("101110", "0", "111111", "1010101"), ("46", "xyz")),
    "encap": FLAG,
    "mobike": FLAG,
    "dpd_delay": TIME,
    "dpd_timeout": TIME,
    "fragmentation": _words("yes", "no", "accept", "force"),
    "childless": _words("allow", "never", "force"),
    "send_certreq": FLAG,
    "send_cert": _words("ifasked", "always", "never"),
    "ppk_id": Key(IDENTITIES),
    "ppk_required": FLAG,
    "keyingtries": NUMBER,
    "unique": _words("no", "never", "replace", "keep"),
    "reauth_time": TIME,
    "rekey_time": TIME,
    "over_time": TIME,
    "rand_time": TIME,
    "if_id_in": Key(("42", "%unique", "%unique-dir", "0x10"), ("%every", "4x")),
    "if_id_out": Key(("42", "%unique"), ("x",)),
    "mediation": FLAG,
}
ROUND = {
    "auth": Key(_AUTH, _BAD_AUTH),
    "id": Key(IDENTITIES),
    "round": Key(("1", "2", "0", "3"), ("first",)),
    "eap_id": Key(IDENTITIES),
    "aaa_id": Key(IDENTITIES),
    "xauth_id": Key(IDENTITIES),
    "ca_id": Key(IDENTITIES),
    "groups": Key(("staff", "CN=guests", "a@b"), joined=True),
    "cert_policy": Key(("1.2.3", "1.3.6.1"), joined=True),
    "revocation": _words("relaxed", "strict", "ifuri"),
}
CHILD = {
    "esp_proposals": Key(_ESP, _BAD_ESP, joined=True),
    "ah_proposals": Key(_AH, _BAD_AH, joined=True),
    "local_ts": Key(_SELECTORS, _BAD_SELECTORS, joined=True),
    "remote_ts": Key(_SELECTORS, _BAD_SELECTORS, joined=True),
    "sha256_96": FLAG,
    "rekey_time": TIME,
    "life_time": TIME,
    "rand_time": TIME,
    "rekey_bytes": VOLUME,
    "life_bytes": VOLUME,
    "rand_bytes": VOLUME,
    "rekey_packets": NUMBER,
    "life_packets": NUMBER,
    "rand_packets": NUMBER,
    "updown": Key(("/usr/lib/ipsec/_updown iptables", "a b  c")),
    "hostaccess": FLAG,
    "mode": _words("tunnel", "transport", "transport_proxy", "beet", "pass", "drop"),
    "policies": FLAG,
    "policies_fwd_out": FLAG,
    "dpd_action": Key(("clear", "trap", "restart", "none", "start", "Start", "trap|start"), ("hold", "give up")),
    "start_action": Key(("none", "none", "NONE"), ("now",)),
    "close_action": Key(("none", "trap", "start", "trap | start", "start|trap", "route"), ("reboot", "hold")),
    "ipcomp": FLAG,
    "inactivity": TIME,
    "reqid": NUMBER,
    "priority": NUMBER,
    "interface": Key(("eth0",)),
    "mark_in": Key(_MARKS, (*_BAD_MARKS, "%same")),
    "mark_in_sa": FLAG,
    "mark_out": Key(_MARKS, _BAD_MARKS),
    "set_mark_in": Key(("%same", "7/0xf"), ("%unique", "x")),
    "set_mark_out": Key(("%same/1", "0"), _BAD_MARKS),
    "if_id_in": Key(("42", "%unique"), ("x",)),
    "if_id_out": Key(("%unique-dir", "1"), ("x",)),
    "label": Key(("system_u:object_r:ipsec_t:s0", "a label")),
    "label_mode": _words("system", "simple"),
    "tfc_padding": Key(("0", "mtu", "1000"), ("MTU", "much")),
    "replay_window": NUMBER,
    "hw_offload": _words("no", "yes", "auto"),
    "copy_df": FLAG,
    "copy_ecn": FLAG,
    "copy_dscp": _words("out", "in", "yes", "no"),
}

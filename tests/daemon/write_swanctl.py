"""swanctl.conf files from a seed: every key, every way to write a value, inheritance, includes, and now and then a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

IDENTITIES = (
    *("moon.example", "@Sun.Example", "carol@example.org", "192.0.2.7", "2001:db8::7", "%any", "*", "C=CH, O=Acme, CN=east"),
    *("/C=CH/O=Acme/CN=west", "fqdn:moon", "keyid:Branch-17", "@#a1b2c3", "@@Carol@Example", "C=CH,O=Acme , CN=*", "email:a@b"),
    *("10.9.0.0/16", "fe80::1%eth0", "ipv4:192.0.2.8", "{2}:sun", "*.example", "0.0.0.0", "x=y", "rfc822:A@B", "asn1dn:CN=z"),
    *("keyid:#0a0B", "fqdn:#6d6f6f6e", "host-1", "O=A B, CN=c d", "CN = x , OU=y", "192.0.2.300", "::ffff:192.0.2.1", ""),
)
_OWNERS = tuple(one for one in IDENTITIES if one and not one.startswith("asn1dn:"))
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
_POOLS = Key(
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
_POOLED = Key(("10.0.0.53", "10.1.0.0/16", "2001:db8::53"), joined=True)
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


@dataclass(slots=True)
class Section:
    """A section on its way to text."""

    settings: list[tuple[str, str | None]] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


class Writer:
    """One configuration. `mistakes`: how likely each value is one that charon refuses."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.mistakes = self.random.choice((0.0, 0.0, 0.0, 0.01, 0.03))
        self.files: dict[str, str] = {}

    def write(self) -> dict[str, str]:
        """Path below /etc/swanctl → text."""
        root = Section()
        bases = [self._base(root, f"base-{number}") for number in range(self.random.randrange(3))]
        connections = Section()
        for number in range(self.random.randrange(1, 5)):
            name = self.random.choice((f"c{number}", f"site-{number}", f"%c_{number}", f"Gw/{number}"))
            name = name if "%" not in name else name.replace("%", "~")
            connection = connections.sections[name] = self._connection(bases)
            if self.random.random() < 0.15 and len(connections.sections) > 1:
                connection.references.append(f"connections.{self.random.choice(list(connections.sections))}")
        root.sections["connections"] = connections
        if self.random.random() < 0.4:
            root.sections["secrets"] = self._secrets()
        if self.random.random() < 0.3:
            root.sections["pools"] = self._pools()
        if self.random.random() < 0.15:
            root.sections["authorities"] = Section(sections={"ca": Section([("cacert", "no-such-file.pem")])})
        self.files["swanctl.conf"] = ""
        text = "".join(self._lines(root, 0))
        self.files["swanctl.conf"] = self._break(text)
        return self.files

    def _base(self, root: Section, name: str) -> str:
        base = root.sections[name] = Section()
        self._fill(base, CONNECTION, 0.15)
        if self.random.random() < 0.6:
            base.sections["local"] = self._filled(ROUND, 0.3)
        if self.random.random() < 0.6:
            base.sections["children"] = Section(sections={"net": self._filled(CHILD, 0.2)})
        if self.random.random() < 0.2 and "base-0" in root.sections and name != "base-0":
            base.references.append("base-0")
        return name

    def _connection(self, bases: list[str]) -> Section:
        section = self._filled(CONNECTION, self.random.choice((0.1, 0.3, 0.8)))
        sides = ("local", "remote", "local-2", "remote-eap", "localx")
        for name in self.random.sample(sides, self.random.randrange(4)):
            section.sections[name] = self._filled(ROUND, 0.4)
        children = Section()
        for number in range(self.random.randrange(3)):
            child = children.sections[self.random.choice(("net", f"net-{number}"))] = self._filled(
                CHILD, self.random.choice((0.1, 0.3, 0.8))
            )
            child.references += self._some(bases, 0.1, ".children.net")
        if children.sections:
            section.sections["children"] = children
        section.references += self._some(bases, 0.4)
        if self.random.random() < self.mistakes:
            section.sections["locale" if self.random.random() < 0.3 else "child"] = self._filled(ROUND, 0.2)
        return section

    def _some(self, names: list[str], chance: float, suffix: str = "") -> list[str]:
        return [f"{name}{suffix}" for name in names if self.random.random() < chance]

    def _filled(self, keys: dict[str, Key], chance: float) -> Section:
        section = Section()
        self._fill(section, keys, chance)
        return section

    def _fill(self, section: Section, keys: dict[str, Key], chance: float) -> None:
        for name, key in keys.items():
            if self.random.random() < chance:
                section.settings.append((name, self._value(key)))
        self.random.shuffle(section.settings)
        if self.random.random() < self.mistakes:
            section.settings.append((self.random.choice(("remote_adrs", "esp", "Version", "keyexchange")), "1"))
        if self.random.random() < 0.05:
            section.settings.append((self.random.choice(list(keys)), None))

    def _value(self, key: Key) -> str:
        def one() -> str:
            return self.random.choice(key.bad if key.bad and self.random.random() < self.mistakes else key.good)

        if not key.joined or self.random.random() < 0.5:
            return one()
        joint = self.random.choice((",", ", ", " , ", ",,"))
        return joint.join(one() for _ in range(self.random.randrange(1, 4)))

    def _pools(self) -> Section:
        pools = Section()
        for name in self.random.sample(("here", "there", "elsewhere"), self.random.randrange(1, 3)):
            pool = pools.sections[name] = Section()
            pool.settings.append(("addrs", self._value(_POOLS)))
            if self.random.random() < 0.5:
                pool.settings.append((self.random.choice(("dns", "subnet", "25")), self._value(_POOLED)))
            if self.random.random() < self.mistakes:
                pool.settings[0] = self.random.choice((("wins", "10.0.0.1"), ("dns", "moon.example"), ("addr", "10.0.0.0/24")))
        return pools

    def _secrets(self) -> Section:
        secrets = Section()
        for number in range(self.random.randrange(1, 5)):
            kind = self.random.choice(("ike", "ike", "eap", "xauth", "ntlm", "ppk"))
            entry = secrets.sections[f"{kind}-{number}"] = Section()
            word = self.random.choice(
                ("plain", "0sAAECAwQFBgcICQoLDA0ODw==", "0x0123456789abcdef0123456789abcdef", "with blank")
            )
            entry.settings.append(("secret", word))
            for at in range(self.random.randrange(4)):
                entry.settings.append((f"id{at or ''}", self.random.choice(_OWNERS)))
        return secrets

    def _lines(self, section: Section, depth: int) -> list[str]:
        """The text of a section's inside, in one of many ways of writing the same."""
        pad = self.random.choice(("  " * depth, "\t" * depth, ""))
        lines = [f"{pad}{name} {self._equals()}{self._quoted(value)}{self._end()}" for name, value in section.settings]
        for name, child in section.sections.items():
            references = f" : {', '.join(child.references)}" if child.references else ""
            inside = "".join(self._lines(child, depth + 1))
            if self.random.random() < 0.08 and depth < 3:
                inside = f"include {self._include(inside)}\n"
            elif self.random.random() < 0.1 and inside.count("\n") > 3 and "{" not in inside and '"' not in inside:
                cut = inside.index("\n") + 1
                lines.append(f"{pad}{name} {{\n{inside[:cut]}}}\n")
                inside = inside[cut:]
            brace = self.random.choice((" {\n", "{\n", "\n{\n", " { # what follows\n"))
            lines.append(f"{pad}{name}{references}{brace}{inside}{pad}}}\n")
        return lines

    def _equals(self) -> str:
        return self.random.choice(("= ", "=", "  =   "))

    def _end(self) -> str:
        return self.random.choice(("\n", "\n", "\n", "   # why\n", "#x\n", "\n\n", "\r\n"))

    def _quoted(self, value: str | None) -> str:
        if value is None:
            return ""
        if (
            value == ""
            or value != " ".join(value.split())
            or any(mark in value for mark in '#}"')
            or self.random.random() < 0.2
        ):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            if "," in escaped and self.random.random() < 0.3:
                escaped = escaped.replace(",", ",\\\n", 1)
            return f'"{escaped}"'
        return value

    def _include(self, text: str) -> str:
        number = len(self.files)
        path = self.random.choice((f"conf.d/part-{number}.conf", f"part-{number}.conf"))
        self.files[path] = text
        stem = path.removesuffix(".conf")
        # a file in a folder of its own would include relative to that folder
        return path if "include" not in text and self.random.random() < 0.5 else f"/etc/swanctl/{stem}.c*f"

    def _break(self, text: str) -> str:
        """Now and then a syntax error, for which nothing is loaded."""
        if self.random.random() > self.mistakes * 2:
            return text
        lines = text.splitlines(keepends=True)
        at = self.random.randrange(len(lines) + 1)
        lines.insert(
            at,
            self.random.choice(
                ("word alone\n", "a += b\n", '"quoted" = x\n', "}\n", "a.b = c\n", "x : y = z\n", "{\n", "= x\n")
            ),
        )
        return "".join(lines)

"""ipsec.conf files from a seed: every keyword, `%default`, `also=`, includes, swapped ends, and now and then a mistake."""

from __future__ import annotations

from random import Random

from swanctl_keys import IDENTITIES, Key

END = "zz-end"
_YES = Key(("yes", "no"), ("maybe", "YES", "true", "1"))
_TIME = Key(("3h", "180m", "10800s", "3600", "1d", "0", "20m", "010"), ("3 h", "often", "1H", "2hours", "1.5h"))
_NUMBER = Key(("0", "5", "100000", "010", "4294967295"), ("ten", "0x10", "5k"))
_IKE = (
    *(
        "aes128-sha256-modp2048",
        "aes256gcm16-prfsha384-ecp384!",
        "3des-sha1-modp1024!",
        "aes128-sha256-modp2048,aes256-sha512-x25519!",
    ),
    *("aes-md5-modp1536", "aes128-sha256-prfsha1-modp3072 , aes192-sha384-ecp256!", "aes256-sha2_256-modp2048-modp4096!"),
)
_BAD_IKE = (*("aes128-sha256!", "aes128-sha257-modp2048!", "AES128-SHA256-MODP2048!", "default!", "aes128-sha256-modp2048,!"),)
_ESP = (
    *("aes128-sha256", "aes256gcm16-ecp384!", "null-sha1!", "aes128-sha256-modp2048,aes256-sha1!", "aes128-sha256-esn-noesn!"),
    *("3des-md5-none", "aes192ctr-sha512!"),
)
_SUBNET = (
    *(
        "10.1.0.0/16",
        "10.1.0.0/16,10.3.0.0/16",
        "0.0.0.0/0",
        "10.1.2.3",
        "%dynamic",
        "%dynamic[tcp/22]",
        "10.1.0.0/24[udp/1000-2000]",
    ),
    *(
        "2001:db8:1::/64",
        "10.1.0.0/16[tcp/%any], 10.4.0.0/16[gre]",
        "10.5.0.0/24[icmp/2048]",
        "10.6.0.0/24[6/%opaque]",
        "10.1.7.9/20",
    ),
    *("10.1.0.0/255.255.0.0", "10.1.0.9-10.1.0.20", "everything", "10.7.0.0/24[/53],dynamic", "10.8.0.0/24[%any/443]"),
)
_ADDRESS = (
    *(
        "192.0.2.1",
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.2",
        "%any",
        "%defaultroute",
        "198.51.100.9",
        "2001:db8::1",
        "2001:db8::2",
    ),
    *("192.0.2.9,192.0.2.1", "192.0.2.0/24", "%192.0.2.2", "%any6", "%any4", "10.1.0.1", "0.0.0.0"),
)
_AUTH = Key(
    (
        *(
            "psk",
            "secret",
            "pubkey",
            "rsa",
            "ecdsa-256-sha256",
            "eap-mschapv2",
            "eap-tls:rsa-2048",
            "xauth",
            "xauth-generic",
            "eap",
        ),
        *("any", "PSK", "rsasig", "never", "ike:ecdsa", "telepathy", "eap-7", "pubkey-sha512"),
    )
)
_IDENTITY = tuple(f"%{one}" for one in ("moon.example", "CN=a", "any")) + tuple(one for one in IDENTITIES if one)
CONN = {
    "keyexchange": Key(("ike", "ikev1", "ikev2", "ikev2"), ("IKEv2", "ikev3")),
    "type": Key(("tunnel", "transport", "transport_proxy", "beet", "passthrough", "pass", "drop", "reject"), ("Tunnel", "vpn")),
    "compress": _YES,
    "installpolicy": _YES,
    "aggressive": _YES,
    "authby": Key(("psk", "secret", "pubkey", "rsasig", "ecdsa", "xauthpsk", "xauthrsasig", "never"), ("PSK", "rsa-sha1")),
    "eap_identity": Key(("%identity", "carol@example.org", "%any", "carol")),
    "aaa_identity": Key(("CN=aaa", "aaa.example")),
    "mobike": _YES,
    "forceencaps": _YES,
    "fragmentation": Key(("yes", "no", "accept", "force"), ("maybe",)),
    "ikedscp": Key(("000000", "101110"), ("46",)),
    "ikelifetime": _TIME,
    "lifetime": _TIME,
    "keylife": _TIME,
    "rekeymargin": Key(("5m", "0", "9m", "30s"), ("some",)),
    "margintime": Key(("3m", "60"), ("5 m",)),
    "lifebytes": Key(("0", "1000000", "5000000000"), ("1G",)),
    "marginbytes": Key(("0", "1000"), ("x",)),
    "lifepackets": Key(("0", "100000"), ("x",)),
    "marginpackets": Key(("0", "10"), ("x",)),
    "keyingtries": Key(("1", "%forever", "5", "0"), ("always",)),
    "rekeyfuzz": Key(("100%", "50%", "0%", "200%"), ("50", "%", "half")),
    "rekey": _YES,
    "reauth": _YES,
    "ike": Key(
        _IKE, ("aes128-sha256!", "aes128-sha257-modp2048!", "AES128-SHA256-MODP2048!", "default!", "aes128-sha256-modp2048,!")
    ),
    "esp": Key(_ESP, ("sha256!", "aes-128!", "aes128-aes128gcm16!")),
    "ah": Key(("sha256!", "sha1-modp2048", "sha512-esn!"), ("aes128!",)),
    "dpddelay": _TIME,
    "dpdtimeout": _TIME,
    "dpdaction": Key(("none", "clear", "hold", "restart"), ("trap", "no")),
    "closeaction": Key(("none", "clear", "hold", "restart"), ("start",)),
    "sha256_96": _YES,
    "inactivity": _TIME,
    "modeconfig": Key(("push", "pull"), ("both",)),
    "xauth": Key(("client", "server"), ("yes",)),
    "xauth_identity": Key(("carol", "CN=x")),
    "reqid": _NUMBER,
    "replay_window": _NUMBER,
    "mark": Key(("42", "0x1/0xff", "%unique")),
    "tfc": Key(("%mtu", "1000", "0"), ("much",)),
    "pfs": Key(("yes", "no")),
    "pfsgroup": Key(("modp1024",)),
    "auto": Key(("add", "add", "add", "ignore"), ("up", "ondemand")),
}
SIDE = {
    "": Key(_ADDRESS),
    "ikeport": Key(("500", "4500", "0500"), ("ike",)),
    "subnet": Key(_SUBNET),
    "subnetwithin": Key(_SUBNET),
    "protoport": Key(
        ("tcp/80", "17/1701", "udp/%any", "gre", "%any", "icmp", "/22", "6/1000-2000", "%any/%opaque"),
        ("tcp/99999", "carrier", "any"),
    ),
    "sourceip": Key(("%config", "10.9.0.0/24", "10.9.0.7", "%cfg", "%config6", "%dhcp")),
    "dns": Key(("10.0.0.53",)),
    "firewall": Key(("yes", "no"), ("on",)),
    "hostaccess": _YES,
    "allowany": _YES,
    "auth": _AUTH,
    "auth2": _AUTH,
    "id": Key(_IDENTITY),
    "id2": Key(_IDENTITY),
    "sendcert": Key(("always", "ifasked", "never", "yes", "no"), ("sometimes",)),
    "groups": Key(("staff", "staff,CN=guests")),
    "certpolicy": Key(("1.2.3", "1.2.3,1.2.4")),
    "nexthop": Key(("192.0.2.254",)),
}


_MISTAKES = (("uniqueids", "no"), ("leftsubnets", "x"), ("left", ""), ("pkcs11module", "a"), ("also", "nobody"))
_INCLUDES = ("include ipsec.d/more.conf\n", "include /etc/ipsec.d/m*.conf\n", "include ipsec.d/*.conf # x\n")
_BREAKS = (
    *("\tleftid=CN=a\n", "left=192.0.2.1\n", "\tword\n", " conn x\n", "words here\n"),
    *("\ta=b=c\n", '\tleftid="open\n', "config\n"),
)


class IpsecWriter:
    """One configuration. `mistakes`: how likely each value is one that starter or charon refuses."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.end = f"{END}-{seed}"
        self.mistakes = self.random.choice((0.0, 0.0, 0.01, 0.03))
        self.files: dict[str, str] = {}
        self.common: set[str] = set()

    def write(self) -> dict[str, str]:
        """Path below /etc → text; `ipsec.conf` is the main one. Its last conn, `end`, shows that all of it was loaded."""
        random, parts = self.random, []
        if random.random() < 0.7:
            unique = random.choice(("yes", "no", "never", "replace", "keep"))
            lines = [f"\tuniqueids={unique}\n"] if random.random() < 0.6 else []
            lines += [f"\tstrictcrlpolicy={random.choice(('yes', 'no', 'ifuri'))}\n"] if random.random() < 0.3 else []
            parts.append("config setup\n" + "".join(lines))
        if random.random() < 0.6:
            parts.append(self._section("%default", (), random.choice((0.05, 0.3))))
        shared = [f"base{number}" for number in range(random.randrange(3))]
        conns = [f"c{number}" for number in range(random.randrange(1, 6))]
        parts += [self._section(name, shared[:number], 0.25) for number, name in enumerate(shared)]
        parts += [self._section(name, shared, random.choice((0.1, 0.3, 0.7)), auto=True) for name in conns]
        random.shuffle(parts)
        text = ("version 2.0\n" if random.random() < 0.2 else "") + "".join(parts)
        self.files["ipsec.conf"] = ""
        self.files["ipsec.conf"] = self._break(self._included(text)) + self._last()
        return self.files

    def _last(self) -> str:
        """A conn that is loaded whatever `%default` says wrongly."""
        own = {"auto": "add", "left": "192.0.2.77"}
        known = CONN | {f"{side}{key}": one for side in ("left", "right") for key, one in SIDE.items()}
        for key in sorted(self.common):
            own.setdefault(key, known[key].good[0])
        return "".join((f"\nconn {self.end}\n", *(f"\t{key}={value}\n" for key, value in own.items())))

    def _section(self, name: str, others: tuple[str, ...] | list[str], chance: float, *, auto: bool = False) -> str:
        random = self.random
        pairs = [(key, self._value(one)) for key, one in CONN.items() if random.random() < chance]
        for side in ("left", "right"):
            pairs += [(f"{side}{key}", self._value(one)) for key, one in SIDE.items() if random.random() < chance]
        if auto and all(key != "auto" for key, _ in pairs):
            pairs.append(("auto", "add"))
        pairs += [("also", other) for other in others if random.random() < 0.4]
        random.shuffle(pairs)
        if name == "%default":
            self.common = {key for key, _ in pairs}
        elif random.random() < self.mistakes:
            pairs.append(random.choice(_MISTAKES))
        lines = [
            f"{random.choice(('  ', chr(9), '    '))}{key}{self._equals()}{self._quoted(value)}{self._tail()}"
            for key, value in pairs
        ]
        return f"conn {name}{self._tail()}{''.join(lines)}\n"

    def _value(self, key: Key) -> str:
        return self.random.choice(key.bad if key.bad and self.random.random() < self.mistakes else key.good)

    def _equals(self) -> str:
        return self.random.choice(("=", "=", " = "))

    def _tail(self) -> str:
        return self.random.choice(("\n", "\n", "\n", "  # why\n", "\t#\n", "\n  # a line of its own\n", "\n\n"))

    def _quoted(self, value: str) -> str:
        if any(mark in value for mark in '=#"') or self.random.random() < 0.15:
            if value.startswith("@#") and self.random.random() < 0.5:
                return value
            text = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{text}"' if "," not in text or self.random.random() < 0.7 else '"' + text.replace(",", ",\\\n\t", 1) + '"'
        return value

    def _included(self, text: str) -> str:
        if self.random.random() > 0.3:
            return text
        cuts = [at for at in range(len(text)) if text.startswith("conn ", at) and (at == 0 or text[at - 1] == "\n")]
        at = self.random.choice(cuts)
        self.files["ipsec.d/more.conf"] = text[at:]
        return text[:at] + self.random.choice(_INCLUDES)

    def _break(self, text: str) -> str:
        """Now and then a syntax error, for which nothing is loaded."""
        if self.random.random() > self.mistakes * 2:
            return text
        lines = text.splitlines(keepends=True)
        at = self.random.randrange(len(lines) + 1)
        lines.insert(at, self.random.choice(_BREAKS))
        return "".join(lines)

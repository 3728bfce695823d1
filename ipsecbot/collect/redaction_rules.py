"""Where secrets stand in the texts of each platform: one row per place, for engineers to review.

A row's expression has one group, `secret`, and may have a group `type` (the digit IOS writes before it). Expressions are
searched, in this order, in each line by itself; all that they match at one place is one secret.

Sources: Cisco IOS Security Command Reference (crypto isakmp key, pre-shared-key, key (isakmp-group), authentication (IKEv2
profile), enable secret, username, key-string, set session-key), IOS configuration guides for AAA, SNMP, PPP, OSPF, NTP;
strongSwan: swanctl.conf(5) section secrets, ipsec.secrets(5), "Logger configuration" (level 4); ip-xfrm(8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from ipsecbot.model.device import Platform


class Form(Enum):
    """How the characters of a secret become its bytes."""

    IOS = auto()  # after an optional type digit: 0 plain, 7 reversible, 6 and hashes cannot be compared
    IOS_HEX = auto()  # IOS `hex`: the bytes in hexadecimal
    STRONGSWAN = auto()  # 0x hexadecimal, 0s base64, else the characters
    QUOTED = auto()  # the same inside quotes, where swanctl.conf knows backslash escapes
    UNCOMPARABLE = auto()  # hashes, certificates, session keys


@dataclass(frozen=True, slots=True)
class Rule:
    """One place of a secret. `section`: only where the last unindented line starts with these words."""

    platform: Platform
    what: str
    expression: re.Pattern[str]
    form: Form
    section: str | None = None


_IOS, _SWAN = Platform.CISCO_IOS, Platform.STRONGSWAN
# Each optional part is taken whenever it is there: its other branch says that it is not. (A possessive quantifier would say
# the same, but CPython before 3.11.4 loses its place after one that holds a group.)
_TYPE = r"(?:(?P<type>[0-9])\s+|(?![0-9]\s))"
_WORD = r"(?P<secret>[^\s<]\S*|(?!TOKEN)<\S*)"
_REST = r"(?P<secret>(?!TOKEN)\S(?:.*\S)?)\s*$"


def _compiled(expression: str) -> re.Pattern[str]:
    """TOKEN stands for what a secret has become already: it is not taken for another one."""
    return re.compile(expression.replace("TOKEN", r"<secret:(?:[0-9a-f]{12}|unknown)>"))


def _rule(platform: Platform, what: str, expression: str, form: Form = Form.IOS, section: str | None = None) -> Rule:
    return Rule(platform, what, _compiled(expression), form, section)


RULES: tuple[Rule, ...] = (
    # ---- strongSwan: swanctl.conf, strongswan.conf
    _rule(
        _SWAN,
        "swanctl.conf, quoted",
        r"(?<![\w-])(?:secret|pin|password|passphrase)\s*=\s*\"(?P<secret>(?!TOKEN)(?:[^\"\\]|\\.)*)(?:\"|$)",
        Form.QUOTED,
    ),
    _rule(
        _SWAN,
        "swanctl.conf, unquoted",
        r"(?<![\w-])(?:secret|pin|password|passphrase)\s*=\s*(?P<secret>(?!TOKEN)[^\s\"{}#=][^{}#\r\n]*?)\s*(?=[}#\r\n]|$)",
        Form.STRONGSWAN,
    ),
    _rule(_SWAN, "database URI", r"://[^\s:/@]+:(?P<secret>(?!TOKEN)[^\s@/]+)@", Form.STRONGSWAN),
    # ---- strongSwan: ipsec.secrets
    _rule(
        _SWAN,
        "ipsec.secrets, quoted",
        r":\s*(?:PSK|EAP|XAUTH|NTLM|PIN\s+\S+|(?:RSA|ECDSA|BLISS|PKCS8|P12|PKCS12)\s+(?:\"[^\"]*\"|[^\s\"']+))"
        r"\s+\"(?P<secret>(?!TOKEN)[^\"]*)(?:\"|$)",
        Form.STRONGSWAN,
    ),
    _rule(
        _SWAN,
        "ipsec.secrets, single quotes",
        r":\s*(?:PSK|EAP|XAUTH|NTLM|PIN\s+\S+|(?:RSA|ECDSA|BLISS|PKCS8|P12|PKCS12)\s+[^\s\"']+)"
        r"\s+'(?P<secret>(?!TOKEN)[^']*)(?:'|$)",
        Form.STRONGSWAN,
    ),
    _rule(
        _SWAN,
        "ipsec.secrets, unquoted",
        r":\s*(?:PSK|EAP|XAUTH|NTLM)\s+(?P<secret>0[xs][^\s\"']+|(?!TOKEN)[^\s\"'%#]\S*(?=\s*(?:#.*)?$))",
        Form.STRONGSWAN,
    ),
    _rule(
        _SWAN,
        "ipsec.secrets, key file passphrase or PIN, unquoted",
        r"^[^\[]*:\s*(?:PIN|RSA|ECDSA|BLISS|PKCS8|P12|PKCS12)\s+[^\s\"'{]+\s+(?P<secret>(?!TOKEN)[^\s\"'%#{]\S*)\s*(?:#.*)?$",
        Form.STRONGSWAN,
    ),
    _rule(_SWAN, "ipsec.secrets, cut off", r"^\s*(?P<secret>0s[A-Za-z0-9+/]{6,}={0,2})\s*$", Form.STRONGSWAN),
    _rule(
        _SWAN,
        "private key numbers",
        r"(?:PrivateExponent|Prime[12]|Exponent[12]|Coefficient|CKAIDNSS)\s*:\s*(?P<secret>0[xs]\w+)",
        Form.UNCOMPARABLE,
    ),
    _rule(
        _SWAN,
        "ip xfrm state",
        r"^\s*(?:auth|auth-trunc|enc|aead|comp)\s+\S+\s+(?P<secret>0x[0-9a-fA-F]{8,})",
        Form.UNCOMPARABLE,
    ),
    # ---- IOS: IKE
    _rule(
        _IOS,
        "isakmp key",
        rf"crypto isakmp key\s+(?:(?P<type>[0-9])\s+(?!address|hostname)|(?![0-9]\s+(?!address|hostname)))"
        rf"{_WORD}(?=\s+(?:address|hostname)\b)",
    ),
    # as people type it: every keyword may be cut short
    _rule(_IOS, "isakmp key, abbreviated", rf"crypto is[akmp]* k[ey]*\s+{_TYPE}{_WORD}(?=\s+(?:add|host)\w*\b)"),
    _rule(
        _IOS,
        "IKEv2 keyring, abbreviated",
        r"^\s*pre-share(?:d(?:-(?:ke?)?)?)?\s+(?:(?:local|remote)\s+|(?!(?:local|remote|address|hostname|key)\s))"
        rf"(?!(?:local|remote|address|hostname|key)\b){_TYPE}{_REST}",
    ),
    _rule(_IOS, "isakmp key, old or cut off", rf"crypto isakmp key\s+{_TYPE}{_WORD}\s*$"),
    _rule(_IOS, "keyring", rf"pre-shared-key\s+(?:address|hostname)\s+\S.*?\skey\s+{_TYPE}{_REST}"),
    _rule(
        _IOS, "IKEv2 keyring, hex", r"pre-shared-key\s+(?:(?:local|remote)\s+)?hex\s+(?P<secret>[0-9A-Fa-f]+)\s*$", Form.IOS_HEX
    ),
    _rule(
        _IOS,
        "IKEv2 keyring",
        rf"pre-shared-key\s+(?!address\b|hostname\b)(?:(?:local|remote)\s+|(?!(?:local|remote)\s))(?!hex\s+TOKEN){_TYPE}{_REST}",
    ),
    _rule(_IOS, "IKEv2 profile", rf"authentication\s+(?:local|remote)\s+pre-share\s+key\s+{_TYPE}{_REST}"),
    _rule(_IOS, "AnyConnect and group keys", rf"(?:aaa|isakmp) (?:authorization group|password)\s.*\skey\s+{_TYPE}{_WORD}\s*$"),
    _rule(_IOS, "ezvpn group", rf"^\s*group\s+\S+\s+key\s+{_TYPE}{_REST}"),
    _rule(
        _IOS, "manual session keys", r"session-key\s.*?\s(?:cipher|ah|\d+)\s+(?P<secret>[0-9A-Fa-f]{16,})", Form.UNCOMPARABLE
    ),
    _rule(_IOS, "manual session keys", r"session-key\s.*\sauthenticator\s+(?P<secret>[0-9A-Fa-f]{16,})", Form.UNCOMPARABLE),
    # ---- IOS: everything else that a configuration holds
    _rule(_IOS, "key string", rf"key-string\s+{_TYPE}{_REST}"),
    _rule(_IOS, "show key chain", r"^\s*key\s+\d+\s+--\s+text\s+\"(?P<secret>(?!TOKEN)[^\"]*)\""),
    _rule(_IOS, "AAA servers", rf"(?:tacacs-server|radius-server|server-private)\s(?:.*\s)?key\s+{_TYPE}{_WORD}\s*$"),
    _rule(_IOS, "SNMP community", rf"snmp-server community\s+{_WORD}"),
    _rule(
        _IOS,
        "SNMP trap receiver",
        r"snmp-server host\s+\S+\s+(?:vrf\s+\S+\s+)?(?:traps\s+|informs\s+)?"
        rf"(?:version\s+\S+\s+(?:(?:noauth|auth|priv)\s+)?)?(?!version\b|traps\b|informs\b|vrf\b){_WORD}",
    ),
    _rule(_IOS, "SNMP user", rf"snmp-server user\s.*?\sauth\s+(?:md5|sha)\s+{_WORD}"),
    _rule(
        _IOS,
        "SNMP user",
        rf"snmp-server user\s.*?\spriv\s+(?:des|3des|aes(?:\s+(?:128|192|256)|(?!\s+(?:128|192|256))))\s+{_WORD}",
    ),
    _rule(_IOS, "show snmp community", rf"^\s*Community name:\s*{_WORD}"),
    _rule(_IOS, "OSPF", rf"(?:authentication-key|message-digest-key\s+\d+\s+md5)\s+(?!\d+\s+md5){_TYPE}{_WORD}"),
    _rule(_IOS, "NTP", rf"ntp authentication-key\s+\d+\s+\S+\s+{_WORD}"),
    _rule(_IOS, "NHRP", rf"ip(?:v6)? nhrp authentication\s+{_WORD}"),
    _rule(
        _IOS,
        "first hop redundancy",
        rf"(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+(?:text\s+)?(?!md5\b|text\b){_WORD}\s*$",
    ),
    _rule(_IOS, "wireless", rf"wpa-psk\s+(?:ascii|hex)\s+{_TYPE}{_WORD}"),
    _rule(_IOS, "group key, server key", rf"^\s+key\s+{_TYPE}{_WORD}\s*$", section="!key chain"),
    _rule(_IOS, "PPP", rf"ppp (?:chap|pap|eap)\s.*?\bpassword\s+{_TYPE}{_WORD}"),
    _rule(_IOS, "username", rf"username\s+\S+\s+(?:.*?\s)?(?:password|secret)\s+{_TYPE}{_REST}"),
    _rule(
        _IOS,
        "password or secret at the end of a line",
        rf"^\s*(?:no\s+)?(?:[\w./@*-]+\s+){{0,8}}?(?:password|secret)\s+{_TYPE}(?!=){_WORD}\s*$",
    ),
)

# A quoted secret may go on in the next lines.
OPEN_QUOTE = _compiled(
    r"(?:(?<![\w-])(?:secret|pin|password|passphrase)\s*=\s*|:\s*(?:PSK|EAP|XAUTH)\s+)\"(?!TOKEN)(?:[^\"\\]|\\.)*$"
)
QUOTE_MIDDLE = re.compile(r"^(?P<secret>.*)$")
QUOTE_TAIL = re.compile(r"^(?P<secret>[^\"]*)(?=\")")

# A line without any of these words (in whatever case) matches no rule: most lines of a log are passed by this look. Of the
# short ones, which many words hold, only those that stand alone count.
_WORDS = (
    *("secret", "pass", "psk", "pre-sh", "xauth", "ntlm", "rsa", "ecdsa", "bliss", "p12", "pkcs", "key", "communi", "snmp"),
    *("authentication", "crypto is", "://", "exponent", "prime1", "prime2", "coefficient", "ckaid", "0x", "0s", "wpa"),
)
_ALONE = re.compile(r"\bpin\b|\beap")


def may_hold_secret(line: str) -> bool:
    """Whether it is worth while to try the rules on a line."""
    small = line.lower()
    for word in _WORDS:  # a generator takes twice the time
        if word in small:
            return True
    return ("pin" in small or "eap" in small) and _ALONE.search(small) is not None


# Before these the line is not configuration but what leads to it: a prompt, or the configuration logger.
PREFIX = re.compile(r"^.*?(?:logged command:|^[\w.@-]+(?:\([\w-]+\))?[#>])\s*")

# What somebody else put in place of a secret: two of these being equal says nothing.
MASKED = re.compile(
    r"\*+|[xX]{3,}|<[^>]*>|\[[^\]]*\]|\(?(?:removed|redacted|hidden|omitted|masked|secret|deleted|sanitized)\)?|\.{3,}",
    re.IGNORECASE,
)

# Texts of several lines: a word of the line that opens, that line, the line that closes, what each line between them holds.
BLOCKS: tuple[tuple[str, re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "-----BEGIN",
        re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----"),
        re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY-----"),
        re.compile(r"(?P<secret>[A-Za-z0-9+/=:,. -]*[A-Za-z0-9+/=])"),
    ),
    (
        "certificate",
        re.compile(r"^\s*certificate\s+(?:ca\s+|self-signed\s+|rollover\s+)?[0-9A-Fa-f]+(?:\s+nvram:\S+)?\s*$"),
        re.compile(r"^\s*quit\b|^\S"),
        re.compile(r"^\s+(?P<secret>[0-9A-Fa-f]{2,8}(?:\s+[0-9A-Fa-f]{2,8})*)\s*$"),
    ),
    (
        "=>",
        re.compile(r"(?:SKEY|Sk_|SK_|secret|shared|\bkey\b|[Kk]ey material|PSK|KEYMAT).*=>\s*\d+ bytes @"),
        re.compile(r"=>\s*\d+ bytes @|^(?!.*\s\d+: (?:[0-9A-F]{2} )+)"),
        re.compile(r"\s\d+: (?P<secret>(?:[0-9A-F]{2}\s+)+.*)$"),
    ),
    (
        "Keyring",
        re.compile(r"^\s*Keyring\s+Hostname/Address\s+Preshared Key"),
        # a blank line stands below the heading; the table ends at a prompt, or at a line without an address in its place
        re.compile(
            r"^[\w.@/-]+(?:\([\w.-]+\))?[#>]|"
            r"^(?!\s*$|\s*(?:\S+\s+)?[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+\s+\S|\s*\S+\s{2,}[\w.-]+\s{2,}\S)"
        ),
        _compiled(r"^(?:\s*\S+\s+\S+\s+(?:\[\S+\]\s+)?|\s*\S+\s+)(?P<secret>(?!TOKEN)\S(?:.*\S)?)\s*$"),
    ),
)

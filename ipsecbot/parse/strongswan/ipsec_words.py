"""The words of ipsec.conf: parameters that starter knows with the reader of their values, and those it dropped.

Source: ipsec.conf(5) of strongSwan 5.9.8, tried against its starter, which ignores a whole conn for one bad value.
"""

from __future__ import annotations

from ipsecbot.model.connection import EncapsulationMode, StartAction
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.wishes import CertificateSending, Fragmentation, SaAction, Uniqueness
from ipsecbot.parse.strongswan.config_selectors import read_protocol_ports
from ipsecbot.parse.strongswan.quantities import c_number
from ipsecbot.parse.strongswan.values import Rules, word


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


def read_decimal(text: str) -> int | None:
    value, rest = c_number(text, 10)
    return None if rest else value


def read_binary(text: str) -> int | None:
    value, rest = c_number(text, 2)
    return None if rest else value


def read_percent(text: str) -> int | None:
    value, rest = c_number(text, 10)
    return value if rest == "%" and text != "%" else None


def read_duration(text: str) -> int | None:
    """`3h`, `180m`, `10800s`, `10800` in seconds; capital letters and blanks are refused."""
    value, rest = c_number(text, 10)
    factor = dict(_UNITS).get(rest)
    return None if factor is None else value * factor


def read_tries(text: str) -> int | None:
    return 0 if text == "%forever" else read_decimal(text)


def read_padding(text: str) -> int | None:
    return -1 if text == "%mtu" else read_decimal(text)


_UNITS = (("", 1), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400))
_flag = word(("yes", True), ("no", False))
_action = word(("none", SaAction.NONE), ("clear", SaAction.NONE), ("hold", SaAction.TRAP), ("restart", SaAction.START))
# `type` → (mode, whether it protects anything); `sourceip` sets the mode back to tunnel
TYPES: tuple[tuple[str, EncapsulationMode | None], ...] = (
    ("tunnel", EncapsulationMode.TUNNEL),
    ("transport", EncapsulationMode.TRANSPORT),
    ("transport_proxy", EncapsulationMode.TRANSPORT),
    ("beet", EncapsulationMode.TUNNEL),
    ("passthrough", None),
    ("pass", None),
    ("drop", None),
    ("reject", None),
)
AUTO: tuple[tuple[str, StartAction], ...] = (
    ("add", StartAction.NONE),
    ("ignore", StartAction.NONE),
    ("route", StartAction.TRAP),
    ("start", StartAction.START),
)
VERSIONS: tuple[tuple[str, tuple[int, ...]], ...] = (("ike", (2, 1)), ("ikev1", (1,)), ("ikev2", (2,)))
# `authby` → what both ends do, and whether XAUTH follows; `never` says nothing
AUTHBY: tuple[tuple[str, tuple[AuthMethod | None, bool]], ...] = (
    ("psk", (AuthMethod.PSK, False)),
    ("secret", (AuthMethod.PSK, False)),
    ("pubkey", (AuthMethod.PUBKEY, False)),
    ("rsasig", (AuthMethod.PUBKEY, False)),
    ("rsa", (AuthMethod.PUBKEY, False)),
    ("ecdsasig", (AuthMethod.PUBKEY, False)),
    ("ecdsa", (AuthMethod.PUBKEY, False)),
    ("xauthpsk", (AuthMethod.PSK, True)),
    ("xauthrsasig", (AuthMethod.PUBKEY, True)),
    ("never", (None, False)),
)
UNIQUE: tuple[tuple[str, Uniqueness], ...] = (
    ("no", Uniqueness.NO),
    ("yes", Uniqueness.REPLACE),
    ("replace", Uniqueness.REPLACE),
    ("keep", Uniqueness.KEEP),
    ("never", Uniqueness.NEVER),
)
ANY_ADDRESS = ("%any", "%any4", "%any6", "%defaultroute", "")
VIRTUAL = ("%config", "%cfg", "%modeconfig", "%modecfg", "%config4", "%config6")

CONN: Rules = (
    ("keyexchange", word(*VERSIONS)),
    ("type", lambda text: text if text in dict(TYPES) else None),
    ("compress", _flag),
    ("installpolicy", _flag),
    ("aggressive", _flag),
    ("authby", word(*AUTHBY)),
    ("eap_identity", str),
    ("aaa_identity", str),
    ("mobike", _flag),
    ("forceencaps", _flag),
    ("fragmentation", word(*((str(one), one) for one in Fragmentation))),
    ("ikedscp", read_binary),
    ("ikelifetime", read_duration),
    ("lifetime", read_duration),
    ("margintime", read_duration),
    ("lifebytes", read_decimal),
    ("marginbytes", read_decimal),
    ("lifepackets", read_decimal),
    ("marginpackets", read_decimal),
    ("keyingtries", read_tries),
    ("rekeyfuzz", read_percent),
    ("rekey", _flag),
    ("reauth", _flag),
    ("ike", str),
    ("esp", str),
    ("ah", str),
    ("dpddelay", read_duration),
    ("dpdtimeout", read_duration),
    ("dpdaction", _action),
    ("closeaction", _action),
    ("sha256_96", _flag),
    ("inactivity", read_duration),
    ("modeconfig", word(("push", False), ("pull", True))),
    ("xauth", word(("server", True), ("client", False))),
    ("xauth_identity", str),
    ("mediation", _flag),
    ("mediated_by", str),
    ("me_peerid", str),
    ("reqid", read_decimal),
    ("replay_window", read_decimal),
    ("mark", str),
    ("mark_in", str),
    ("mark_out", str),
    ("tfc", read_padding),
    ("auto", word(*AUTO)),
)
# Behind `left` and `right`.
END: Rules = (
    ("", str),
    ("ikeport", read_decimal),
    ("subnet", str),
    ("protoport", read_protocol_ports),
    ("sourceip", str),
    ("dns", str),
    ("firewall", _flag),
    ("hostaccess", _flag),
    ("allowany", _flag),
    ("updown", str),
    ("auth", str),
    ("auth2", str),
    ("id", str),
    ("id2", str),
    ("sigkey", str),
    ("cert", str),
    ("cert2", str),
    ("certpolicy", str),
    (
        "sendcert",
        word(
            ("always", CertificateSending.ALWAYS),
            ("yes", CertificateSending.ALWAYS),
            ("ifasked", CertificateSending.IF_ASKED),
            ("never", CertificateSending.NEVER),
            ("no", CertificateSending.NEVER),
        ),
    ),
    ("ca", str),
    ("ca2", str),
    ("groups", str),
    ("groups2", str),
)
# Second names of a parameter.
ALIASES: tuple[tuple[str, str], ...] = (
    ("keylife", "lifetime"),
    ("rekeymargin", "margintime"),
    *((f"{side}subnetwithin", f"{side}subnet") for side in ("left", "right")),
    *((f"{side}rsasigkey", f"{side}sigkey") for side in ("left", "right")),
)
# Parameters that starter warns about and ignores: they decide nothing although they look as if they did.
DROPPED = frozenset(("pfs", "pfsgroup", "eap", "leftnexthop", "rightnexthop"))
# Parameters of another kind of section, for which starter ignores the conn.
MISPLACED = _listed(
    """charondebug uniqueids cachecrls strictcrlpolicy cacert crluri crluri1 crluri2 ocspuri ocspuri1 ocspuri2 certuribase
    interfaces dumpdir charonstart plutostart klipsdebug plutodebug prepluto postpluto plutostderrlog fragicmp packetdefault
    hidetos overridemtu crlcheckinterval nocrsend nat_traversal keep_alive force_keepalive virtual_private pkcs11module
    pkcs11initargs pkcs11keepstate pkcs11proxy ldaphost ldapbase"""
)

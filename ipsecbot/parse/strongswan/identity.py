"""Identities as strongSwan writes and detects them.

Source: ipsec.conf(5) "IDENTITY PARSING" and swanctl.conf(5) `local.id`; the prefixes (`fqdn:`, `keyid:`, `{2}:`) exist since
5.2.0. An identity that charon prints (`%any`, `C=CH, O=x`, `192.0.2.1`) reads back the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IdType, IkeIdentity

_ANY = ("", "%any", "%any6", "0.0.0.0", "*", "::", "0::0")  # noqa: S104  # words of a file, nothing is bound
_PREFIXES: tuple[tuple[str, IdType], ...] = (
    ("ipv4", IdType.IPV4),
    ("ipv6", IdType.IPV6),
    ("rfc822", IdType.EMAIL),
    ("email", IdType.EMAIL),
    ("userfqdn", IdType.EMAIL),
    ("fqdn", IdType.FQDN),
    ("dns", IdType.FQDN),
    ("asn1dn", IdType.DN),
    ("asn1gn", IdType.DN),
    ("keyid", IdType.KEY_ID),
    ("xmppaddr", IdType.KEY_ID),
    ("{1}", IdType.IPV4),
    ("{2}", IdType.FQDN),
    ("{3}", IdType.EMAIL),
    ("{5}", IdType.IPV6),
    ("{9}", IdType.DN),
    ("{11}", IdType.KEY_ID),
)
_PREFIX = re.compile(r"(" + "|".join(re.escape(word) for word, _ in _PREFIXES) + r"):(#?)(.*)", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r" *([^ =]+) *=(.*)", re.DOTALL)
# Parts of a distinguished name that charon knows (RFC 4519 and friends), in lower case; with any other it is no name to it.
_ATTRIBUTES = frozenset(
    (
        *("nd", "uid", "dc", "cn", "sn", "serialnumber", "c", "l", "st", "street", "o", "ou", "t", "d", "postaladdress"),
        *("postalcode", "n", "g", "i", "dnqualifier", "dmdname", "pseudonym", "id", "en", "employeenumber", "e", "email"),
        *("emailaddress", "un", "unstructuredname", "ua", "unstructuredaddress", "tcgid"),
    )
)
_ADDRESS_TYPES = (IdType.IPV4, IdType.IPV6)


def read_identity(text: str, source: Source | None = None) -> IkeIdentity:
    """The identity that charon makes of `text`; every text is one, so nothing is raised. Values are canonical."""
    text = text.strip(" \r\n")
    if match := _PREFIX.fullmatch(text):
        return _prefixed(dict(_PREFIXES)[match[1].lower()], bool(match[2]), match[3], source)
    if "=" in text:
        kind = IdType.DN if _is_name(text) else IdType.KEY_ID
        return IkeIdentity(kind, canonical_dn(text), source) if kind is IdType.DN else _prefixed(kind, False, text, source)
    if text in _ANY:
        return IkeIdentity(IdType.ANY, "%any", source)
    if text.startswith("@#"):
        return _prefixed(IdType.KEY_ID, True, text[2:], source)
    if text.startswith("@@"):
        return IkeIdentity(IdType.EMAIL, text[2:].lower(), source)
    if text.startswith("@"):
        return IkeIdentity(IdType.FQDN, text[1:].lower(), source)
    if "@" in text:
        return IkeIdentity(IdType.EMAIL, text.lower(), source)
    return _address(text, source) or (
        IkeIdentity(IdType.KEY_ID, text, source) if ":" in text else IkeIdentity(IdType.FQDN, text.lower(), source)
    )


def _parts(text: str) -> list[str]:
    """The parts of a name: separated by `/` where it begins with one, else by commas."""
    text = text.strip(" ")
    return text[1:].split("/") if text.startswith("/") else text.split(",")


def _is_name(text: str) -> bool:
    parts = [_ATTRIBUTE.fullmatch(part) for part in _parts(text) if part.strip()]
    return all(part is not None and _is_attribute(part[1]) for part in parts)


def _is_attribute(word: str) -> bool:
    # a dotted OID is no word that charon reads, but one that it prints
    return word.lower() in _ATTRIBUTES or word.replace(".", "").isdecimal()


def canonical_dn(text: str) -> str:
    """A distinguished name with its parts separated by `, `; `/C=CH/O=x` is the same name as `C=CH, O=x`."""
    parts = (part.strip() for part in _parts(text))
    return ", ".join("=".join(word.strip() for word in part.split("=", 1)) for part in parts if part)


@lru_cache(maxsize=1024)  # a log names the same few on every line
def canonical_address(text: str) -> str:
    """An address or network as ipaddress prints it; any other text (a host name, `%any`) stays as it is, in lower case."""
    try:
        return str(ip_network(text, strict=False)) if "/" in text else str(ip_address(text))
    except ValueError:
        return text.lower()


def read_host(text: str) -> str | None:
    """One address (`%any` and `%any6` are none in particular), canonical; None for a host name or anything else."""
    if text in ("%any", "%any4", "%any6"):
        return "::" if text == "%any6" else "0.0.0.0"  # noqa: S104  # a word of a file, nothing is bound
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _address(text: str, source: Source | None) -> IkeIdentity | None:
    value = canonical_address(text)
    try:
        version = ip_network(value).version
    except ValueError:
        return None
    return IkeIdentity(IdType.IPV4 if version == 4 else IdType.IPV6, value, source)


def _prefixed(kind: IdType, in_hex: bool, value: str, source: Source | None) -> IkeIdentity:
    """What stands behind a prefix is taken as it is, octet by octet: `ipv4:192.0.2.1` is no address, `ipv4:#c0000201` is."""
    octets = value.encode()
    if in_hex:
        try:
            octets = bytes.fromhex(value if len(value) % 2 == 0 else f"0{value}")
        except ValueError:
            return IkeIdentity(kind, f"#{value.lower()}", source)
    if kind in _ADDRESS_TYPES:
        size = 4 if kind is IdType.IPV4 else 16
        return IkeIdentity(kind, str(ip_address(octets[:size])) if len(octets) >= size else f"#{octets.hex()}", source)
    if kind is IdType.DN or not octets.isascii() or not octets.decode("ascii").isprintable():
        return IkeIdentity(kind, f"#{octets.hex()}", source)
    text = octets.decode("ascii")
    return IkeIdentity(kind, text if kind is IdType.KEY_ID else text.lower(), source)

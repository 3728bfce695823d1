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
_PREFIX = re.compile(r"(" + "|".join(re.escape(word) for word, _ in _PREFIXES) + r"):(#?)(.*)", re.DOTALL)
_RDN = re.compile(r"\s*[,/]\s*(?=[A-Za-z0-9. ]+\s*=)")


def read_identity(text: str, source: Source | None = None) -> IkeIdentity:
    """The identity that charon makes of `text`; every text is one, so nothing is raised. Values are canonical."""
    text = text.strip()
    if match := _PREFIX.fullmatch(text):
        return _prefixed(dict(_PREFIXES)[match[1]], bool(match[2]), match[3], source)
    if "=" in text:
        return IkeIdentity(IdType.DN, canonical_dn(text), source)
    if text in _ANY:
        return IkeIdentity(IdType.ANY, "%any", source)
    if text.startswith("@#"):
        return IkeIdentity(IdType.KEY_ID, f"#{text[2:].lower()}", source)
    if text.startswith("@@"):
        return IkeIdentity(IdType.EMAIL, text[2:].lower(), source)
    if text.startswith("@"):
        return IkeIdentity(IdType.FQDN, text[1:].lower(), source)
    if "@" in text:
        return IkeIdentity(IdType.EMAIL, text.lower(), source)
    return _address(text, source) or (
        IkeIdentity(IdType.KEY_ID, text, source) if ":" in text else IkeIdentity(IdType.FQDN, text.lower(), source)
    )


def canonical_dn(text: str) -> str:
    """A distinguished name with its parts separated by `, `; `/C=CH/O=x` is the same name as `C=CH, O=x`."""
    parts = (part.strip() for part in _RDN.split(text.strip().lstrip("/")))
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
    if not in_hex:
        if kind is IdType.DN:
            return IkeIdentity(kind, canonical_dn(value), source)
        return IkeIdentity(kind, value if kind is IdType.KEY_ID else canonical_address(value), source)
    try:
        octets = bytes.fromhex(value)
    except ValueError:
        return IkeIdentity(kind, f"#{value.lower()}", source)
    if kind in (IdType.IPV4, IdType.IPV6) and len(octets) in (4, 16):
        return IkeIdentity(kind, str(ip_address(octets)), source)
    if kind in (IdType.FQDN, IdType.EMAIL) and octets.isascii():
        return IkeIdentity(kind, octets.decode("ascii").lower(), source)
    return IkeIdentity(kind, f"#{octets.hex()}", source)

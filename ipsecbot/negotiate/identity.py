"""What one end sends as its identity against what the other expects (RFC 7296 sections 2.15 and 3.5)."""

from __future__ import annotations

import re
from ipaddress import ip_address

from ipsecbot.model.connection import Connection
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.negotiate.addresses import match_length

_ADDRESS_TYPES = (IdType.IPV4, IdType.IPV6)
_BY_CERTIFICATE = (AuthMethod.PUBKEY, AuthMethod.XAUTH_PUBKEY)
_EXACT = 200
_RDN = re.compile(r"\s{0,8}[,/]\s*(?=[A-Za-z.0-9]{1,64}\s*=)")


def sent_identity(connection: Connection, own_address: str | None) -> IkeIdentity | None:
    """The identity an end sends: the configured one, else its address; None when neither is known.

    An end with a certificate names itself by it, and what stands in the certificate stands in no configuration.
    """
    configured = connection.ike.local_id
    if configured is not None and configured.type is not IdType.ANY:
        return configured
    rounds = connection.ike.local_rounds
    if configured is None and (connection.ike.local_auth in _BY_CERTIFICATE or (rounds and rounds[0].certificates)):
        return None
    return address_identity(own_address)


def address_identity(address: str | None) -> IkeIdentity | None:
    """An address as an identity, None for anything else."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    return IkeIdentity(IdType.IPV4 if found.version == 4 else IdType.IPV6, str(found))


def accepted(sent: IkeIdentity, expected: tuple[IkeIdentity, ...]) -> bool:
    """Whether an identity is one of the expected ones; an empty tuple accepts every identity."""
    return not expected or any(identity_match(sent, pattern) is not None for pattern in expected)


def identity_match(sent: IkeIdentity, pattern: IkeIdentity) -> int | None:
    """How closely a pattern names an identity (200: exactly, 0: `%any`), None when it does not."""
    if pattern.type is IdType.ANY or pattern.value == "%any":
        return 0
    if sent.type in _ADDRESS_TYPES and pattern.type in _ADDRESS_TYPES:
        length = match_length(pattern.value, sent.value)
        return None if length is None else _EXACT if "/" not in pattern.value else length
    if sent.type is not pattern.type:
        return None
    if sent.type is IdType.KEY_ID:  # octets (RFC 7296 section 3.5): neither case nor `*` means anything
        return _EXACT if sent.value == pattern.value else None
    if sent.type is IdType.DN:
        return _name_match(sent.value, pattern.value)
    one, other = sent.value.lower(), pattern.value.lower()
    if one == other:
        return _EXACT
    # charon knows one wildcard, at the head (live 5.9.8)
    return 1 + len(other) if other.startswith("*") and one.endswith(other[1:]) else None


def text_match(sent: IkeIdentity, owner: str) -> int | None:
    """How closely an owner of a shared key, written as plain text, names an identity."""
    kind = sent.type
    if owner == "%any":
        return 0
    if kind is IdType.ANY:
        return None
    if kind in _ADDRESS_TYPES or address_identity(owner.split("/")[0]):
        return identity_match(sent, IkeIdentity(IdType.IPV4, owner)) if kind in _ADDRESS_TYPES else None
    return identity_match(sent, IkeIdentity(kind, owner.removeprefix("@")))


def _name_match(sent: str, pattern: str) -> int | None:
    """Distinguished names, part by part; `*` as a value matches anything (strongSwan identity parsing)."""
    parts, wanted = _parts(sent), _parts(pattern)
    if len(parts) != len(wanted) or any(key != other for (key, _), (other, _) in zip(parts, wanted, strict=True)):
        return None
    wild = 0
    for (_, value), (_, other) in zip(parts, wanted, strict=True):
        if other == "*":
            wild += 1
        elif value != other:
            return None
    return _EXACT - wild


def _parts(name: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition("=") for part in _RDN.split(name.strip().strip("/")))
    return tuple((key.strip().upper(), value.strip().strip('"').lower()) for key, _, value in pairs)

"""Identities, authentication methods and secrets (which are only ever fingerprints)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ipsecbot.model.evidence import Source


class AuthMethod(StrEnum):
    PSK = "psk"
    PUBKEY = "pubkey"
    RSA_ENCR = "rsa-encr"
    EAP = "eap"
    XAUTH_PSK = "xauth-psk"
    XAUTH_PUBKEY = "xauth-pubkey"
    HYBRID = "hybrid"
    NULL = "null"  # nobody proves anything (RFC 7619)


class IdType(StrEnum):
    """Identification types of RFC 7296 section 3.5; ANY stands for "matches every identity" (%any)."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    FQDN = "fqdn"
    EMAIL = "email"
    DN = "dn"
    KEY_ID = "key-id"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class IkeIdentity:
    """One identity. `value` is canonical text: an address as ipaddress prints it, a lower-case FQDN, a DN as written.
    A `value` with `*` (or an address with a prefix length) is a pattern."""

    type: IdType
    value: str
    source: Source | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return "%any" if self.type is IdType.ANY else self.value


@dataclass(frozen=True, slots=True)
class Secret:
    """A keyed fingerprint of a secret. Equal fingerprints mean equal secrets; None means it cannot be compared
    (IOS type 6, a hash, a redacted paste)."""

    fingerprint: str | None

    def __repr__(self) -> str:
        return f"Secret({self.fingerprint or 'unknown'})"


@dataclass(frozen=True, slots=True)
class SharedKey:
    """One pre-shared key and for whom it is meant.

    `owners` are the identities or addresses it is selected by (either end's); empty: for every peer. An entry is
    canonical text as in IkeIdentity.value; a network such as `198.51.100.0/24` or `0.0.0.0/0` is a mask entry.
    `keyring`, `vrf`: IOS scoping; None is the default keyring or the global table.
    `name`: of its entry, where the vendor names those (`ike-branch` in swanctl.conf).
    `resolved`: the addresses that the names among the owners stand for, where the end that holds the key says it; None: not
    known (a name server may tell). `local_addresses`: the own addresses it is limited to, empty: none; a word that is no
    address is a place whose address is not known.
    `local`/`remote`: an IOS IKEv2 keyring may hold one key per direction; then two SharedKeys with a `direction`.
    """

    secret: Secret
    owners: tuple[str, ...] = ()
    keyring: str | None = None
    vrf: str | None = None
    direction: str | None = None
    kind: str = "psk"
    source: Source | None = field(default=None, compare=False, repr=False)
    name: str | None = field(default=None, compare=False)
    resolved: tuple[str, ...] | None = field(default=None, compare=False)
    local_addresses: tuple[str, ...] = field(default=(), compare=False)

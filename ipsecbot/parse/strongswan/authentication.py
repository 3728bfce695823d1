"""Authentication rounds of one end of a connection, whichever file they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.parse.strongswan.identity import read_identity

# Words of `auth` and `leftauth` (swanctl.conf(5), ipsec.conf(5)); a word may go on after `-`, `:` or `/` (`rsa-2048-sha256`).
_METHODS: tuple[tuple[str, AuthMethod], ...] = (
    ("psk", AuthMethod.PSK),
    ("secret", AuthMethod.PSK),
    ("pubkey", AuthMethod.PUBKEY),
    ("rsasig", AuthMethod.PUBKEY),
    ("rsa", AuthMethod.PUBKEY),
    ("ecdsasig", AuthMethod.PUBKEY),
    ("ecdsa", AuthMethod.PUBKEY),
    ("bliss", AuthMethod.PUBKEY),
    ("ed25519", AuthMethod.PUBKEY),
    ("ed448", AuthMethod.PUBKEY),
    ("ike:", AuthMethod.PUBKEY),
    ("eap", AuthMethod.EAP),
    ("xauth", AuthMethod.HYBRID),
)
# What a first round and a second round with XAUTH make together (ipsec.conf(5), `leftauth`).
_WITH_XAUTH = {AuthMethod.PSK: AuthMethod.XAUTH_PSK, AuthMethod.PUBKEY: AuthMethod.XAUTH_PUBKEY}


@dataclass(frozen=True, slots=True)
class Round:
    """One round of authentication: the method, the identity and where each was said. `certified`: a certificate is named,
    so the identity defaults to its subject."""

    method: AuthMethod | None
    identity: IkeIdentity | None = None
    certified: bool = False
    source: Source | None = None
    name: str | None = None


def read_method(text: str) -> AuthMethod | None:
    """The method a word of `auth` starts with; None when charon would not know it."""
    word = text.strip().lower()
    return next((method for start, method in _METHODS if word.startswith(start)), None)


def combined(rounds: tuple[Round, ...]) -> AuthMethod | None:
    """All rounds of one end as one method: PSK then XAUTH is XAUTH_PSK, XAUTH alone is HYBRID; else the first counts."""
    if not rounds:
        return None
    first = rounds[0].method
    if first is not None and any(later.method is AuthMethod.HYBRID for later in rounds[1:]):
        return _WITH_XAUTH.get(first, first)
    return first


def first_identity(rounds: tuple[Round, ...]) -> IkeIdentity | None:
    return rounds[0].identity if rounds else None


def default_identity(
    rounds: tuple[Round, ...], addresses: tuple[str, ...], source: Source | None, *, by_name: bool = False
) -> IkeIdentity | None:
    """The identity of an end that configures none: its address, where that is one known address and no certificate or
    key decides instead; else None. `by_name`: a host name instead of an address is the identity as it stands."""
    if rounds and (rounds[0].certified or rounds[0].method is AuthMethod.PUBKEY):
        return None
    if len(addresses) != 1 or "/" in addresses[0]:
        return None
    identity = read_identity(addresses[0], source)
    known = (IdType.IPV4, IdType.IPV6, IdType.FQDN) if by_name else (IdType.IPV4, IdType.IPV6)
    return identity if identity.type in known else None


def ikev1_method(local: AuthMethod | None, remote: AuthMethod | None) -> AuthMethod | None:
    """The method that stands in the IKEv1 proposal: that of both ends together, XAUTH on either side included."""
    for method in (local, remote):
        if method in (AuthMethod.XAUTH_PSK, AuthMethod.XAUTH_PUBKEY, AuthMethod.HYBRID):
            return method
    return local or remote

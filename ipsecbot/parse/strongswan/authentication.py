"""Authentication rounds of one end of a connection, whichever file they stand in."""

from __future__ import annotations

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.wishes import AuthRound
from ipsecbot.parse.strongswan.identity import read_identity
from ipsecbot.parse.strongswan.quantities import c_number

# Words of `auth` and `leftauth` (swanctl.conf(5), ipsec.conf(5)); a word may go on after `-`, `:` or `/` (`rsa-2048-sha256`).
_METHODS: tuple[tuple[str, AuthMethod], ...] = (
    ("psk", AuthMethod.PSK),
    ("pubkey", AuthMethod.PUBKEY),
    ("rsa", AuthMethod.PUBKEY),
    ("ecdsa", AuthMethod.PUBKEY),
    ("bliss", AuthMethod.PUBKEY),
    ("ike:", AuthMethod.PUBKEY),
    ("eap", AuthMethod.EAP),
    ("xauth", AuthMethod.HYBRID),
)
_EXACT = ("psk",)  # nothing may follow
_AS_WRITTEN = ("pubkey", "rsa", "ecdsa", "bliss", "ike:")  # never in upper case
# IANA "Extensible Authentication Protocol (EAP) Registry"; `dynamic` and `radius` are strongSwan's own
_EAP_TYPES: tuple[tuple[str, int], ...] = (
    ("identity", 1),
    ("md5", 4),
    ("otp", 5),
    ("gtc", 6),
    ("tls", 13),
    ("sim", 18),
    ("ttls", 21),
    ("aka", 23),
    ("peap", 25),
    ("mschapv2", 26),
    ("tnc", 38),
    ("pt", 54),
    ("radius", 256),
    ("dynamic", 257),
)
# What a first round and a second round with XAUTH make together (ipsec.conf(5), `leftauth`).
_WITH_XAUTH = {AuthMethod.PSK: AuthMethod.XAUTH_PSK, AuthMethod.PUBKEY: AuthMethod.XAUTH_PUBKEY}


def read_method(text: str, *, strict: bool = False) -> AuthMethod | None:
    """The method a word of `auth` stands for; None when charon would not know it. `strict`: as vici reads it."""
    word = text if strict else text.strip()
    for start, method in _METHODS:
        fits = word.startswith(start) if strict and start in _AS_WRITTEN else word.lower().startswith(start)
        if fits and (start not in _EXACT or word.lower() == start):
            return method
    return None


def read_eap_type(text: str) -> str | None:
    """`eap-mschapv2` → `mschapv2`, `eap-7-12345` → `7-12345`; None where `auth` names no EAP method (or an unknown one)."""
    words = [word.strip() for word in text.partition(":")[0].split("-")]
    words = [word for word in words if word and word != "eap"]
    known = bool(words) and (words[0].lower() in dict(_EAP_TYPES) or not c_number(words[0])[1])
    if not known or any(c_number(word)[1] for word in words[1:2]):
        return None
    number = c_number(words[0])[0]
    name = next((name for name, known in _EAP_TYPES if known == number), words[0].lower())
    return "-".join((name, *words[1:2]))


def read_xauth(text: str) -> str | None:
    """`xauth-radius` → `radius`: the back end that asks for the password."""
    return text.partition("-")[2] or None


def combined(rounds: tuple[AuthRound, ...]) -> AuthMethod | None:
    """All rounds of one end as one method: PSK then XAUTH is XAUTH_PSK, XAUTH alone is HYBRID; else the first counts."""
    if not rounds:
        return None
    first = rounds[0].method
    if first is not None and any(later.method is AuthMethod.HYBRID for later in rounds[1:]):
        return _WITH_XAUTH.get(first, first)
    return first


def default_identity(
    rounds: tuple[AuthRound, ...], addresses: tuple[str, ...], source: Source | None, *, by_name: bool = False
) -> IkeIdentity | None:
    """The identity of an end that configures none: its address, where that is one known address and no certificate or
    key decides instead; else None. `by_name`: a host name instead of an address is the identity as it stands."""
    if rounds and (rounds[0].certificates or rounds[0].method in (AuthMethod.PUBKEY, None)):  # None: pubkey
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

"""The one authentication method of IKEv1, which stands for both ends.

Sources: RFC 2409 appendix A; draft-ietf-ipsec-isakmp-xauth-06 section 7 and draft-ietf-ipsec-isakmp-hybrid-auth-05 section 3.2
for the methods with XAUTH or hybrid, which say as well which end is the user; strongSwan 5.9.8, phase1.c, `calc_auth_method`.
"""

from __future__ import annotations

from ipsecbot.model.identity import AuthMethod
from ipsecbot.negotiate.party import Party

PSK, PUBKEY, HYBRID = AuthMethod.PSK, AuthMethod.PUBKEY, AuthMethod.HYBRID
XAUTH_PSK, XAUTH_PUBKEY = AuthMethod.XAUTH_PSK, AuthMethod.XAUTH_PUBKEY

# (the initiator's method, the responder's) and the words for both together
_TABLE: tuple[tuple[AuthMethod, AuthMethod, str], ...] = (
    (PSK, PSK, "psk"),
    (XAUTH_PSK, PSK, "xauth-psk"),
    (XAUTH_PSK, XAUTH_PSK, "xauth-psk"),
    (PSK, XAUTH_PSK, "xauth-psk with the responder as the user"),
    (PUBKEY, PUBKEY, "pubkey"),
    (XAUTH_PUBKEY, PUBKEY, "xauth-pubkey"),
    (XAUTH_PUBKEY, XAUTH_PUBKEY, "xauth-pubkey"),
    (PUBKEY, XAUTH_PUBKEY, "xauth-pubkey with the responder as the user"),
    (HYBRID, PUBKEY, "hybrid"),
    (AuthMethod.RSA_ENCR, AuthMethod.RSA_ENCR, "rsa-encr"),
)


def v1_method(party: Party, *, initiates: bool) -> str | None:
    """The method of an end's configuration in an attempt that it starts (or answers); None: IKEv1 has none for it."""
    firsts, seconds = party.auth_methods(local=initiates), party.auth_methods(local=not initiates)
    if party.takes_any_method:
        return None
    return next((words for first, second, words in _TABLE if first in firsts and second in seconds), None)

"""Which identity each end presents, and which one the initiator asks for.

IDi and IDr: RFC 7296 section 2.15, RFC 2409 section 5. What charon makes of IDr: strongSwan 5.9.8, ike_auth.c, and live pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.negotiate.identity import address_identity, identity_match, sent_identity
from ipsecbot.negotiate.party import Party

_SHARED_KEY = frozenset({AuthMethod.PSK, AuthMethod.XAUTH_PSK})


@dataclass(frozen=True, slots=True)
class Presented:
    """`asked`: what IDr of the initiator names, None without one. `initiator`, `responder`: what each calls itself, None when
    not known. `refuses_name`: the responder has another name than the one asked for, and ends it there."""

    initiator: IkeIdentity | None
    responder: IkeIdentity | None
    asked: IkeIdentity | None = None
    refuses_name: bool = False

    def of(self, party: Party, initiator: Party) -> IkeIdentity | None:
        return self.initiator if party is initiator else self.responder


def presented(initiator: Party, responder: Party, version: int) -> Presented:
    """What the two ends call themselves in this attempt."""
    mine = sent_identity(initiator.connection, initiator.address)
    yours = sent_identity(responder.connection, responder.address)
    asked = _asked(initiator) if version == 2 else None
    if asked is None or not responder.rules.answers_as_asked:
        return Presented(mine, yours, asked)
    own = configured_identity(responder)
    if own is None:
        shared_key = bool(responder.auth_methods(local=True) & _SHARED_KEY)
        return Presented(mine, asked if shared_key else yours, asked)
    if identity_match(asked, own) is not None:
        return Presented(mine, asked, asked)
    return Presented(mine, own, asked, refuses_name=True)


def configured_identity(party: Party) -> IkeIdentity | None:
    """The identity that an end names itself by; None where it takes its address because nothing is said, or says `%any`."""
    ike = party.connection.ike
    if ike.local_id is None or ike.local_id.type is IdType.ANY:
        return None
    if ike.local_rounds:
        written = ike.local_rounds[0].identity
        return None if written is None or written.type is IdType.ANY else written
    by_default = ike.local_id_source is None and ike.local_id == address_identity(party.address)
    return None if by_default else ike.local_id


def _asked(initiator: Party) -> IkeIdentity | None:
    expected = initiator.connection.ike.remote_ids
    if not initiator.rules.asks_identity or len(expected) != 1:
        return None
    # a network is sent as it stands, although no end can call itself that
    return None if expected[0].type is IdType.ANY or "*" in expected[0].value else expected[0]

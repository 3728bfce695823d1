"""One end in one negotiation: its connection, its keys, its addresses and the rules it decides by."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Mismatch
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.addresses import is_address, matches
from ipsecbot.negotiate.responder_rules import ResponderRules, rules_of


@dataclass(frozen=True, slots=True)
class Party:
    """`address`: its own address, `peer_address`: the other end's as this end sees it (behind a NAT it is not the one that the
    other end owns); None when it cannot be told."""

    side: Side
    connection: Connection
    end: Endpoint
    address: str | None
    peer_address: str | None

    @property
    def rules(self) -> ResponderRules:
        return rules_of(self.end.device.platform)

    @property
    def name(self) -> str:
        return self.end.device.name

    @property
    def prefers_own(self) -> bool | None:
        return self.connection.ike.prefers_own_proposals

    @property
    def takes_any_method(self) -> bool:
        """Whether nothing is asked of how the other end proves itself: known, and left open."""
        ike = self.connection.ike
        return (
            ike.remote_auth is None and ike.remote_rounds is not None and all(one.method is None for one in ike.remote_rounds)
        )

    def auth_methods(self, *, local: bool) -> frozenset[AuthMethod]:
        """What it would authenticate itself with, or accept; in IKEv1 the proposals say it. Empty: not known."""
        ike = self.connection.ike
        policy = ike.local_auth if local else ike.remote_auth
        if policy is not None:
            return frozenset({policy})
        return frozenset(proposal.auth for proposal in ike.proposals if proposal.auth is not None)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found, and in words what it could not decide."""

    mismatches: tuple[Mismatch, ...] = ()
    unknown: tuple[str, ...] = ()

    def __add__(self, other: Checked) -> Checked:
        return Checked(self.mismatches + other.mismatches, self.unknown + other.unknown)


def own_address(connection: Connection, end: Endpoint, told: str | None) -> str | None:
    """The address an end uses: configured for the connection, else told by the inventory, else its only one."""
    configured = [address for address in connection.local_addresses if is_address(address)]
    if told in configured or not configured:
        return told if is_address(told) else end.addresses[0] if len(end.addresses) == 1 else None
    return configured[0]


def seen_address(connection: Connection, peer: Endpoint, peer_own: str | None, told: str | None) -> str | None:
    """The address of the peer that a connection is meant for, of all the addresses the peer is known by; of a peer that is
    known by none, the one that the connection names."""
    known = [address for address in (told, peer_own, *peer.addresses) if address is not None]
    named = known or [address for address in connection.remote_addresses if is_address(address)]
    return next((address for address in named if matches(connection.remote_addresses, address)), peer_own)

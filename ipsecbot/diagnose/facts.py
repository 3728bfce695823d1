"""What the rules look at: one tunnel, asked the questions that a diagnosis asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from ipsecbot.diagnose.addressing import addresses_of, is_translated
from ipsecbot.diagnose.attempts import Attempt, Seen
from ipsecbot.diagnose.faults import Stage
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, IkeSa, Role, SaState
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.addresses import ANY, is_address

SIDES = (Side.LEFT, Side.RIGHT)
_USABLE = (SaState.ESTABLISHED, SaState.REKEYING)


@dataclass(frozen=True, slots=True)
class State:
    """What one end says exists of this tunnel now. `None`: its table was not seen; `()`: it holds nothing of this tunnel."""

    ike: tuple[IkeSa, ...] | None
    children: tuple[ChildSa, ...] | None

    @property
    def usable_ike(self) -> tuple[IkeSa, ...]:
        """IOS lists an IKEv1 SA as active while it is negotiated, with a lifetime of 0."""
        return tuple(sa for sa in self.ike or () if sa.state in _USABLE and sa.expires_in != timedelta(0))

    @property
    def usable_children(self) -> tuple[ChildSa, ...]:
        return tuple(sa for sa in self.children or () if sa.state in _USABLE)

    @property
    def packets_in(self) -> int | None:
        return _total(tuple(sa.counters.packets_in for sa in self.usable_children))

    @property
    def packets_out(self) -> int | None:
        return _total(tuple(sa.counters.packets_out for sa in self.usable_children))

    @property
    def is_down(self) -> bool:
        """Seen, and nothing usable there."""
        return self.children is not None and not self.usable_children and not self.usable_ike


def _total(numbers: tuple[int | None, ...]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class Facts:
    """One tunnel with what still counts of its past. Built once by establish.py; every rule gets the same one, and what
    all of them ask is worked out once."""

    tunnel: Tunnel
    attempts: tuple[Attempt, ...]
    seen: tuple[Seen, ...]
    left_state: State
    right_state: State

    def end(self, side: Side) -> Endpoint | None:
        return self.tunnel.end(side)

    def state(self, side: Side) -> State:
        return self.left_state if side is Side.LEFT else self.right_state

    def name(self, side: Side) -> str:
        """What to call this end in a sentence."""
        end = self.end(side)
        if end is not None:
            return end.device.name
        address = self.tunnel.right_address if side is Side.RIGHT else self.tunnel.left_address
        return address or "the peer"

    def connections(self, side: Side) -> tuple[Connection, ...] | None:
        """What this end is configured to want with this peer; every connection where the peer cannot be told."""
        end = self.end(side)
        if end is None or end.connections is None:
            return None
        if self.tunnel.pairings:
            paired = tuple(pair.left if side is Side.LEFT else pair.right for pair in self.tunnel.pairings)
            return tuple(connection for connection in end.connections if connection in paired)
        peers = addresses_of(self.tunnel, side.other)
        meant = tuple(c for c in end.connections if peers & set(c.remote_addresses) or "%any" in c.remote_addresses)
        return meant or end.connections

    def events(self, *kinds: EventKind, role: Role | None = None, side: Side | None = None) -> tuple[Seen, ...]:
        """What was seen of these kinds in the attempts that count (and outside any), oldest first."""
        return tuple(
            seen for seen in self.seen if seen.event.kind in kinds and role in (None, seen.role) and side in (None, seen.side)
        )

    @cached_property
    def initiator(self) -> Side | None:
        """Which end started the negotiation that counts, by its log or by the packets it could not send; None when nothing
        tells, or both did."""
        sides = {
            attempt.side if attempt.exchange.role is Role.INITIATOR else attempt.side.other
            for attempt in self.attempts
            if attempt.exchange.role is not None
        }
        if not sides:
            sides = {side for side in SIDES if any(sa.counters.send_errors for sa in self.state(side).children or ())}
        return sides.pop() if len(sides) == 1 else None

    @cached_property
    def passed(self) -> Stage:
        """The last stage both ends left behind in the newest attempt, or which the SAs that exist now prove.

        A responder may believe in an SA that the initiator has already refused: the end that failed knows how far it was.
        """
        newest = [a for side in SIDES if (a := self._newest(side)) is not None]
        failed = [a.passed for a in newest if (a.is_refused or a.is_unanswered) and not a.child_established]
        down = any(self.state(side).is_down for side in SIDES)
        reached = [a.passed for a in newest if not (down and a.passed >= Stage.AUTH and not a.is_refused)]
        furthest = max(reached, default=Stage.START)
        return max(self.state_passed, min(furthest, max(failed)) if failed else furthest)

    def _newest(self, side: Side) -> Attempt | None:
        return next((a for a in reversed(self.attempts) if a.side is side and not a.is_notice), None)

    @property
    def state_passed(self) -> Stage:
        """What the SAs that exist now prove, whatever the logs say."""
        known = [self.state(side) for side in SIDES if self.state(side).children is not None]
        if not known and self.tunnel.right is None:
            return _state_passed(self.left_state)  # beside another end's log it may be an SA which that end has refused
        return min((_state_passed(state) for state in known), default=Stage.START)

    @property
    def is_up(self) -> bool:
        """A usable CHILD_SA at every end whose table was seen, and at one at least."""
        known = [self.state(side) for side in SIDES if self.state(side).children is not None]
        return bool(known) and all(state.usable_children for state in known)

    @property
    def carried(self) -> bool:
        """Whether any flow has ever protected a packet, also one whose SAs were not shown."""
        flows = [sa for side in SIDES for sa in self.state(side).children or ()]
        return any(sa.counters.packets_in or sa.counters.packets_out for sa in flows)

    @property
    def has_log(self) -> bool:
        return bool(self.attempts)

    @property
    def is_observed(self) -> bool:
        """Whether anything failed before our eyes: an attempt that was refused or got no answer."""
        return any(attempt.is_refused or attempt.is_unanswered for attempt in self.attempts)

    @cached_property
    def replays(self) -> tuple[Negotiation, ...]:
        """The replay of each pairing, in the direction that was seen; in both where that is not known."""
        pairings = self.tunnel.pairings or ()
        if self.initiator is Side.LEFT:
            return tuple(pair.left_initiates for pair in pairings)
        if self.initiator is Side.RIGHT:
            return tuple(pair.right_initiates for pair in pairings)
        both = tuple(replay for pair in pairings for replay in (pair.left_initiates, pair.right_initiates))
        return tuple(replay for replay in both if not _only_answers(replay)) or both

    def mismatches(self, *aspects: Aspect) -> tuple[tuple[Negotiation, Mismatch], ...]:
        """Differences of the two configurations in these aspects. Where several connections pair, one that would come up
        takes the blame from the others only when nothing failed before our eyes."""
        return tuple((replay, found) for replay in self.replays for found in replay.mismatches if found.aspect in aspects)

    @property
    def ike_version(self) -> int | None:
        versions = {attempt.exchange.ike_version for attempt in self.attempts}
        versions = versions or {replay.ike_version for replay in self.replays if replay.ike_version}
        return versions.pop() if len(versions) == 1 else None

    @property
    def other_version(self) -> bool:
        """Whether the two configurations speak different IKE versions, so that every refusal is only a consequence."""
        if self.replays:
            return all(any(m.aspect is Aspect.VERSION for m in replay.mismatches) for replay in self.replays)
        return any(self.is_foreign(attempt) for attempt in self.attempts)

    def is_foreign(self, attempt: Attempt) -> bool:
        """Whether a responder was asked in a version that none of its connections with the peer speaks."""
        spoken = {version for connection in self.meant(attempt.side) for version in connection.ike.versions}
        return attempt.exchange.role is Role.RESPONDER and bool(spoken) and attempt.exchange.ike_version not in spoken

    def peers_of(self, side: Side) -> frozenset[str]:
        """The addresses of the other end as far as they are known; failing that, who talked to this one."""
        talked = {attempt.exchange.remote for attempt in self.attempts if attempt.side is side and attempt.exchange.remote}
        return addresses_of(self.tunnel, side.other) or frozenset(talked)

    def names_peer(self, side: Side) -> bool | None:
        """Whether any connection of this end is meant for the other; None where that cannot be told: its configuration or the
        peer's address is not known, or is translated on the way, or a connection names its peer otherwise than by address."""
        end = self.end(side)
        if end is None or end.connections is None or not self.peers_of(side):
            return None
        if self.tunnel.pairings or self.meant(side):
            return True
        remotes = [remote for connection in end.connections for remote in connection.remote_addresses]
        if is_translated(self.tunnel, side.other) or not all(is_address(remote) for remote in remotes):
            return None
        return False

    def meant(self, side: Side) -> tuple[Connection, ...]:
        """This end's connections that name the peer (or anybody); those that name nobody where none does, as an excerpt of a
        configuration shows the profile without the interface that uses it."""
        peers, every = self.peers_of(side), self.connections(side) or ()
        named = tuple(c for c in every if "%any" in c.remote_addresses or peers & set(c.remote_addresses))
        return named or tuple(c for c in every if not c.remote_addresses)

    @property
    def shares_selectors(self) -> bool:
        """Whether both ends have a child with mirrored selectors: whatever the addresses, they are meant for each other."""
        pairs = [
            {
                pair
                for c in (end.connections or () if end is not None else ())
                for child in c.children
                for pair in child.selectors or ()
            }
            for end in (self.end(side) for side in SIDES)
        ]
        return any(mirrored(pair) in pairs[1] for pair in pairs[0])

    @property
    def auth_methods(self) -> frozenset[AuthMethod]:
        """Every authentication method that either end is configured for with this peer; empty when not known."""
        methods = {
            method
            for side in SIDES
            for connection in self.connections(side) or ()
            for method in (connection.ike.local_auth, connection.ike.remote_auth)
            if method is not None
        }
        return frozenset(methods)


def _only_answers(replay: Negotiation) -> bool:
    """Whether its initiator has nobody to start with: a connection for any peer waits for one."""
    starts = replay.left if replay.initiator is Side.LEFT else replay.right
    return starts.remote_addresses == (ANY,)


def _state_passed(state: State) -> Stage:
    if state.usable_children:
        return Stage.CHILD
    return Stage.AUTH if state.usable_ike else Stage.START


def lines(*sources: Source | None) -> tuple[Source, ...]:
    """The sources that exist, each once, in the order given."""
    return tuple(dict.fromkeys(source for source in sources if source is not None))


def is_esp(protocol: Protocol | None) -> bool:
    return protocol in (Protocol.ESP, Protocol.AH)

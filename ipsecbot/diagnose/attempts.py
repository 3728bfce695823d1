"""Which of all recorded negotiations still count: the latest ones of this tunnel, not what was mended since."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from ipsecbot.diagnose.faults import Stage
from ipsecbot.ladder.vocabulary import DENIALS, ERROR_NOTIFIES
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import Direction, EventKind, Exchange, ExchangeKind, LogEvent, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.tunnel import Tunnel

# Seeing (or sending) this message means that both ends are past this stage.
_PASSED: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (Stage.PROPOSAL, ("MM3", "MM4", "MM5", "MM6", "AM3", "IKE_AUTH request", "IKE_AUTH response")),
    (Stage.AUTH, ("QM1", "QM2", "QM3", "CREATE_CHILD_SA request", "CREATE_CHILD_SA response")),
)
_ABOUT_PROOF = frozenset(
    {
        EventKind.IDENTITY_RECEIVED,
        EventKind.IDENTITY_REFUSED,
        EventKind.AUTH_METHOD_REFUSED,
        EventKind.AUTHENTICATED,
        EventKind.AUTHENTICATION_FAILED,
        EventKind.CERTIFICATE_REFUSED,
        EventKind.USER_AUTH_FAILED,
    }
)
FIRST_MESSAGES = ("MM1", "AM1", "IKE_SA_INIT request")
FIRST_ANSWERS = ("MM2", "AM2", "IKE_SA_INIT response")


@dataclass(frozen=True, slots=True)
class Seen:
    """One event with the end that saw it and the role that end had."""

    event: LogEvent
    side: Side
    role: Role | None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange that still counts, with the end that saw it."""

    exchange: Exchange
    side: Side

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(message.name for message in self.exchange.messages)

    @property
    def is_child(self) -> bool:
        """A quick mode or a CREATE_CHILD_SA exchange, inside an IKE SA that is up."""
        return self.exchange.kind is ExchangeKind.QUICK or (
            self.exchange.kind is ExchangeKind.IKEV2 and any(name.startswith("CREATE_CHILD_SA") for name in self.names)
        )

    @property
    def is_renewal(self) -> bool:
        """It renews the keys of an SA that exists (RFC 7296 section 1.3.3)."""
        payloads = {payload for message in self.exchange.messages for payload in message.payloads}
        return any("REKEY_SA" in payload for payload in payloads)

    @property
    def is_notice(self) -> bool:
        """An INFORMATIONAL exchange: it negotiates nothing."""
        return self.exchange.kind is ExchangeKind.INFORMATIONAL

    @property
    def is_refused(self) -> bool:
        return self.exchange.outcome is Outcome.REFUSED or any(event.kind in DENIALS for event in self.exchange.events)

    @property
    def ike_established(self) -> bool:
        if self.is_child:
            return True
        gave_up = any(event.kind is EventKind.GAVE_UP for event in self.exchange.events)
        return _established(self.exchange, Protocol.IKE) or (self.exchange.outcome is Outcome.ESTABLISHED and not gave_up)

    @property
    def child_established(self) -> bool:
        if _established(self.exchange, Protocol.ESP, Protocol.AH) or self._is_agreed:
            return True
        return (self.exchange.outcome if self.is_child else self.exchange.child) is Outcome.ESTABLISHED

    @property
    def _is_agreed(self) -> bool:
        """The messages alone prove it: a third quick mode message, or an answer that holds an SA payload, with no complaint."""
        answered = any(
            message.direction is Direction.RECEIVED
            and message.name in ("IKE_AUTH response", "CREATE_CHILD_SA response")
            and {"SA", "TSi", "TSr"} <= set(message.payloads)
            for message in self.exchange.messages
        )
        finished = self.exchange.kind is ExchangeKind.QUICK and "QM3" in self.names
        told = any(event.notify in ERROR_NOTIFIES for event in self.exchange.events)
        return (answered or finished) and not (self.is_refused or told or self.exchange.child is Outcome.REFUSED)

    @property
    def conclusive(self) -> bool:
        """Whether it tells anything about why; a negotiation that the log cuts off does not."""
        return self.exchange.outcome is not Outcome.INCOMPLETE or self.is_refused or self.child_established

    @property
    def passed(self) -> Stage:
        """The last stage that both ends left behind; START when nothing came back at all."""
        if self.child_established:
            return Stage.CHILD
        if self.ike_established:
            return Stage.AUTH
        reached = [stage for stage, names in _PASSED for name in self.names if name in names]
        if self.exchange.ike_version == 2 and any(event.kind in _ABOUT_PROOF for event in self.exchange.events):
            reached.append(Stage.PROPOSAL)  # in IKEv2 nobody speaks of proofs before both have keys
        return max(reached, default=Stage.START)

    @property
    def is_unanswered(self) -> bool:
        """This end asked and heard nothing, as far as it goes."""
        gave_up = any(event.kind is EventKind.GAVE_UP for event in self.exchange.events)
        return self.exchange.role is not Role.RESPONDER and (gave_up or self.exchange.outcome is Outcome.NO_ANSWER)


def _established(exchange: Exchange, *protocols: Protocol) -> bool:
    return any(event.kind is EventKind.ESTABLISHED and event.protocol in protocols for event in exchange.events)


def of_tunnel(
    tunnel: Tunnel, side: Side, peers: frozenset[str], elsewhere: frozenset[str] = frozenset()
) -> tuple[Attempt, ...]:
    """Every negotiation that this end had with this peer, oldest first; not those from its addresses `elsewhere`."""
    end = tunnel.end(side)
    if end is None:
        return ()
    mine = (exchange for exchange in tunnel.ladder.of_device(end.device.name) if exchange.local not in elsewhere)
    every = tuple(Attempt(exchange, side) for exchange in mine)
    remotes = {attempt.exchange.remote for attempt in every}
    return tuple(attempt for attempt in every if concerns(attempt.exchange.remote, peers, remotes))


def concerns(remote: str | None, peers: frozenset[str], every_remote: Set[str | None]) -> bool:
    """Whether something with this remote address belongs to a tunnel to `peers`.

    A peer behind NAT shows under an address that nobody configured: the only remote address of a log is therefore
    taken for the peer's. An empty `peers` means that the peer's address is not known at all.
    """
    if remote is None or not peers or remote in peers:
        return True
    return len(every_remote) <= 3 and len(every_remote - {None, ""}) == 1 and peers.isdisjoint(every_remote)


def latest(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """What still counts of one end's negotiations: per role the last conclusive one, and nothing older than a success.

    A child negotiation is judged with its like; the IKE SA it needed is evidence of its own success.
    """
    ike = tuple(attempt for attempt in attempts if not attempt.is_child and not attempt.is_notice)
    child = tuple(attempt for attempt in attempts if attempt.is_child)
    kept = (*_last_of_each_role(ike), *_last_of_each_role(child))
    if child and ike:  # a phase 1 that failed before a child was negotiated is mended
        newest_child = max(attempts.index(attempt) for attempt in kept if attempt.is_child)
        kept = tuple(a for a in kept if a.is_child or a.ike_established or attempts.index(a) > newest_child)
    others = _refused_for_good(child)
    ups = [attempts.index(attempt) for attempt in kept if attempt.child_established]
    newest_up = max(ups, default=-1)
    counting = tuple(one for one in attempts if one in others or (one in kept and _still_counts(one, attempts, newest_up)))
    oldest = min((attempts.index(attempt) for attempt in counting), default=0)
    return tuple(a for n, a in enumerate(attempts) if a in counting or (a.is_notice and n >= oldest))


def _still_counts(attempt: Attempt, attempts: tuple[Attempt, ...], newest_up: int) -> bool:
    return (
        attempts.index(attempt) >= newest_up
        or attempt.child_established
        or (attempt.ike_established and not attempt.is_refused)
    )


def _last_of_each_role(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    last: dict[Role | None, Attempt] = {}
    for attempt in attempts:
        before = last.get(attempt.exchange.role)
        if before is not None and before.is_refused and _lingers(attempt):
            continue
        if attempt.ike_established and not attempt.is_child:
            last.clear()
        if attempt.conclusive or before is None or not before.conclusive:
            last[attempt.exchange.role] = attempt
    return tuple(last.values())


def _lingers(attempt: Attempt) -> bool:
    """An older attempt that the log saw only die out, of which it does not have the beginning: what came of a whole one tells
    more."""
    begun = any(name in FIRST_MESSAGES for name in attempt.names)
    return attempt.exchange.outcome is Outcome.NO_ANSWER and bool(attempt.names) and not begun


def _refused_for_good(children: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Children that were refused the last time, each under its own name: that another came up does not mend them."""
    last = {name: attempt for attempt in children if (name := _child_name(attempt))}
    return tuple(attempt for attempt in last.values() if attempt.is_refused)


def _child_name(attempt: Attempt) -> str | None:
    """What the daemon calls a child that it asks for, where the log says so."""
    if not attempt.is_child:
        return None
    started = (event for event in attempt.exchange.events if event.kind is EventKind.STARTED)
    return next((event.detail for event in started if event.detail), None)

"""What an end that asked and heard nothing shows, and what the other end shows of it."""

from __future__ import annotations

from ipsecbot.diagnose.attempts import FIRST_ANSWERS, FIRST_MESSAGES, Attempt
from ipsecbot.diagnose.facts import Facts, lines
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.exchange import Direction, EventKind
from ipsecbot.model.sa import Role


def first_unanswered(facts: Facts) -> tuple[Attempt, ...]:
    """Attempts whose first message got no answer of any kind."""
    return tuple(
        attempt
        for attempt in facts.attempts
        if attempt.is_unanswered
        and any(name in FIRST_MESSAGES for name in attempt.names)
        and not any(name in FIRST_ANSWERS for name in attempt.names)
        and not any(message.direction is Direction.RECEIVED for message in attempt.exchange.messages)
        and not any(event.kind is EventKind.NOTIFY_RECEIVED for event in attempt.exchange.events)
    )


def request_lines(attempt: Attempt) -> tuple[Source, ...]:
    """The lines of a message that went out for nothing, and of giving up."""
    gave_up = [event.source for event in attempt.exchange.events if event.kind in (EventKind.GAVE_UP, EventKind.RETRANSMITTED)]
    sent = [source for message in attempt.exchange.messages[-1:] for source in message.sources]
    return lines(*sent[:2], *gave_up[-2:])


def heard_by(facts: Facts, side: Side) -> tuple[Attempt, ...]:
    """What this end saw as responder."""
    return tuple(a for a in facts.attempts if a.side is side and a.exchange.role is Role.RESPONDER)


def would_have_logged(facts: Facts, side: Side) -> bool:
    """Whether an incoming message would show in what was read of this end: charon always logs one, IOS only under debug. A log
    without any word on the daemon may be an excerpt, or of one that is dead."""
    end = facts.end(side)
    if end is None or end.events is None:
        return False
    alive = end.ike_running or (end.ike_running is None and end.ike_sas is not None)
    return end.device.platform is Platform.STRONGSWAN and bool(alive)


def misdirected(facts: Facts, attempt: Attempt) -> bool:
    """The message went to an address that the other end is known not to have."""
    other, remote = facts.end(attempt.side.other), attempt.exchange.remote
    given = facts.tunnel.right_address if attempt.side is Side.LEFT else facts.tunnel.left_address
    known = {given, *(other.addresses if other is not None else ())}
    return other is not None and bool(other.addresses) and remote is not None and remote not in known


def is_down(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.ike_running is False

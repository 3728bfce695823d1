"""Between the ends: nothing answers, nothing listens, a filter on UDP 4500."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.attempts import Attempt, Seen
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.rules.fragments import is_large
from ipsecbot.diagnose.silence import first_unanswered, heard_by, is_down, misdirected, request_lines, would_have_logged
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.ladder.vocabulary import DENIALS, ERROR_NOTIFIES
from ipsecbot.model.evidence import Change, Side, Source
from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.sa import IkeSa, Role, SaState

_STOPPED = 0.75
_IKE_PORT_NAT = 4500
_HEARD_NOTHING = 0.64  # two in three: a peer that drops what it does not like, or that is another's address, is silent too
# Messages that travel on UDP 4500 once a NAT was found or encapsulation is forced
_FLOATED = ("MM5", "IKE_AUTH request")
_FLOATED_ANSWERS = ("MM6", "IKE_AUTH response")


@rule("peer-unreachable", Need.INITIATOR_LOG, Need.RESPONDER_LOG, Need.IKE_SAS)
def peer_unreachable(facts: Facts) -> Iterator[Testimony]:
    """No answer at all to the first message.

    Seen: the initiator retransmits its first message and gives up; the responder's log holds no trace of it. When the
    responder did hear and answer, the way back is cut.
    Mended: on the path: routes, and filters of UDP 500 and 4500 in both directions.
    """
    for seen in facts.events(EventKind.NETWORK_UNREACHABLE):
        if facts.passed <= Stage.START:
            me, peer = ends(facts, seen)
            yield Clue(
                Strength.STRONG, Witness.INITIATOR, (seen.event.source,), f"{me} has no route to {peer}.", change=Change.PATH
            )
            break
    for attempt in first_unanswered(facts):
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        address = attempt.exchange.remote or peer
        if facts.events(EventKind.PORT_UNREACHABLE, side=attempt.side) or is_down(facts, attempt.side.other):
            yield Cleared("the host answers, or nothing listens there")
            continue
        heard = heard_by(facts, attempt.side.other)
        if any(other.is_refused for other in heard):
            yield Cleared(f"{peer} heard {me} and refused")
        elif heard:
            evidence = (*request_lines(attempt), *lines(*(s for m in heard[-1].exchange.messages[-1:] for s in m.sources)))
            yield Clue(
                Strength.STRONG,
                Witness.RESPONDER,
                evidence,
                f"{peer} hears {me} and answers, but no answer arrives: find a filter or missing route from {peer} to {me}.",
                change=Change.PATH,
            )
        elif _answers_others(facts, attempt):
            yield Cleared(f"{peer} answered another attempt of {me} with a refusal")
        else:
            yield _silence(facts, attempt, me, peer, address)
    if not facts.attempts:
        yield from _half_open(facts)


def _answers_others(facts: Facts, attempt: Attempt) -> bool:
    """The first message of another attempt of this end was refused by the same peer: it hears, and this end may wait for an
    answer it likes better (nobody signed that one)."""
    end = facts.end(attempt.side)
    return any(
        event.kind is EventKind.NOTIFY_RECEIVED
        and event.notify in ERROR_NOTIFIES
        and event.exchange is ExchangeType.IKE_SA_INIT
        and (attempt.exchange.remote is None or event.remote in (None, attempt.exchange.remote))
        for event in (end.events or () if end is not None else ())
    )


def _half_open(facts: Facts) -> Iterator[Clue]:
    """No debug could be had, but the state table shows an IKE SA that never saw an answer, and nothing explains it."""
    if not facts.replays or any(replay.blocking for replay in facts.replays) or any(is_down(facts, side) for side in SIDES):
        return
    for side in SIDES:
        waiting = [sa for sa in facts.state(side).ike or () if _never_answered(sa) and sa.source is not None]
        answered = facts.state(side.other).ike or facts.state(side).usable_ike
        if not waiting or answered or facts.events(EventKind.NOTIFY_RECEIVED, side=side):
            continue
        me, peer = facts.name(side), waiting[-1].remote or facts.name(side.other)
        yield Clue(
            Strength.STRONG,
            Witness.STATE,
            lines(*(sa.source for sa in waiting[-1:])),
            f"{me} gets no IKE answer from {peer}, although the configurations agree: check the route and filters of UDP 500.",
            change=Change.PATH,
        )


def _never_answered(sa: IkeSa) -> bool:
    """Half way, and still without anything from the peer: IOS's words for IKEv1, an empty responder SPI in IKEv2."""
    if sa.state not in (SaState.NEGOTIATING, SaState.DELETED):
        return False
    if sa.version == 2:
        return sa.remote_spi is not None and not sa.remote_spi.strip("0")
    return sa.vendor_state in ("MM_NO_STATE", "AG_NO_STATE")


def _failed_pings(facts: Facts, side: Side, address: str) -> tuple[Source, ...]:
    """Pings from this end to the peer's address that got no answer."""
    end = facts.end(side)
    pings = end.pings if end is not None else ()
    return tuple(source for to, sent, received, source in pings if to == address and sent and not received)


def _silence(facts: Facts, attempt: Attempt, me: str, peer: str, address: str) -> Clue:
    text = f"{address} ({peer})" if address != peer else peer
    headline = f"{me} gets no IKE answer at all from {text}: check the route and filters of UDP 500 between them."
    evidence = request_lines(attempt)
    if misdirected(facts, attempt):
        return Clue(Strength.HINT, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=0.4)
    if would_have_logged(facts, attempt.side.other):
        return Clue(Strength.PROOF, Witness.RESPONDER, evidence, headline, change=Change.PATH)
    pinged = _failed_pings(facts, attempt.side, address)
    if pinged:
        return Clue(Strength.STRONG, Witness.STATE, (*evidence, *pinged), headline, change=Change.PATH)
    other = facts.end(attempt.side.other)
    if other is None or (other.connections is None and other.events is None):
        return Clue(Strength.STRONG, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=_HEARD_NOTHING)
    explained = facts.mismatches(Aspect.VERSION, Aspect.ADDRESS, Aspect.EXCHANGE_MODE, Aspect.IKE_PROPOSAL, Aspect.KEY_MISSING)
    broken = any(connection.problems for connection in facts.connections(attempt.side.other) or ())
    if explained or broken:
        return Clue(Strength.HINT, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=0.4)
    return Clue(Strength.STRONG, Witness.INITIATOR, evidence, headline, change=Change.PATH)


@rule("peer-not-listening", Need.DAEMON, Need.INITIATOR_LOG, Need.AROUND)
def peer_not_listening(facts: Facts) -> Iterator[Testimony]:
    """The host is there, but nothing speaks IKE on it.

    Seen: ICMP port unreachable at the initiator; the daemon does not run or ISAKMP is disabled on the responder.
    Mended: there, by starting the daemon (or `crypto isakmp enable`) and having it start at boot.
    """
    if facts.passed > Stage.START:
        yield Cleared("the ends have talked IKE")
        return
    for side in SIDES:
        end = facts.end(side)
        if end is not None and end.ike_running is False and end.ike_running_source is not None:
            headline = f"No IKE daemon runs on {facts.name(side)}: start it there."
            yield Clue(Strength.PROOF, Witness.DAEMON, (end.ike_running_source,), headline, change=change_of(side))

        if end is not None and end.around.daemon_down:
            headline = f"No IKE daemon answers on {facts.name(side)}: start it there."
            yield Clue(
                Strength.PROOF, Witness.DAEMON, end.around.daemon_down[:2], headline, change=change_of(side), weight=0.88
            )
        if end is not None and end.around.port_unreachable:
            peer = facts.name(side.other)
            headline = f"{peer} answers with ICMP port unreachable: nothing listens for IKE there; start the daemon on {peer}."
            lead = end.around.port_unreachable[:2]
            yield Clue(Strength.PROOF, Witness.STATE, lead, headline, change=change_of(side.other), weight=0.88)

        yield from _gone(facts, side)

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} answers {me} with ICMP port unreachable: nothing listens for IKE there; start the daemon on {peer}."

    yield from reported(
        facts, "peer-not-listening", say, EventKind.PORT_UNREACHABLE, change=lambda seen: change_of(seen.side.other)
    )


def _gone(facts: Facts, side: Side) -> Iterator[Clue]:
    """The daemon went away before anything was negotiated, and no other came."""
    ends_of = facts.events(EventKind.DAEMON_STARTED, EventKind.DAEMON_STOPPED, side=side)
    if facts.attempts and any(attempt.exchange.messages for attempt in facts.attempts):
        return
    if facts.events(*DENIALS, side=side):
        return  # it talked IKE, in vain, and was told to stop
    if ends_of and ends_of[-1].event.kind is EventKind.DAEMON_STOPPED:
        headline = f"The IKE daemon of {facts.name(side)} does not stay up: see why it stops, and start it there."
        evidence = lines(*(seen.event.source for seen in ends_of[-2:]))
        yield Clue(Strength.STRONG, Witness.DAEMON, evidence, headline, change=change_of(side), weight=_STOPPED)


@rule("nat-t-blocked", Need.RESPONDER_LOG, Need.INITIATOR_LOG)
def nat_t_blocked(facts: Facts) -> Iterator[Testimony]:
    """UDP 4500 is filtered: the negotiation dies where it moves there.

    Seen: a NAT was found or encapsulation is forced, the initiator repeats MM5 or IKE_AUTH on port 4500, and the responder,
    which had answered on port 500, never sees it. In aggressive mode AM3 is the first to be lost.
    Mended: on the path, by permitting UDP 4500 both ways.
    """
    yield from _lost_third_message(facts)
    for attempt in facts.attempts:
        if not attempt.is_unanswered or not _stopped_floating(attempt):
            continue
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        heard = heard_by(facts, attempt.side.other)
        headline = f"{me} gets no answer on UDP 4500 from {peer} after both spoke on UDP 500: permit UDP 4500 on the path."
        answered = [other for other in heard if not other.is_refused and any(name in _FLOATED_ANSWERS for name in other.names)]
        if answered:
            sent = (source for message in answered[-1].exchange.messages[-1:] for source in message.sources)
            words = f"{peer} answers {me} on UDP 4500 and the answer never arrives: permit UDP 4500 from {peer} to {me}."
            yield Clue(Strength.PROOF, Witness.RESPONDER, lines(*request_lines(attempt), *sent), words, change=Change.PATH)
        elif any(name in _FLOATED for other in heard for name in other.names):
            yield Cleared(f"{peer} received what {me} sent on UDP 4500")
        elif any(event.kind is EventKind.UNDECRYPTABLE for event in attempt.exchange.events):
            yield Cleared(f"{peer} answers on UDP 4500")
        elif is_large(facts, attempt):
            yield Clue(Strength.HINT, Witness.INITIATOR, request_lines(attempt), headline, change=Change.PATH, weight=0.5)
        elif heard:
            yield Clue(Strength.PROOF, Witness.RESPONDER, request_lines(attempt), headline, change=Change.PATH)
        elif facts.replays and not any(replay.blocking or replay.unknown for replay in facts.replays):
            yield Clue(Strength.STRONG, Witness.INITIATOR, request_lines(attempt), headline, change=Change.PATH)
        else:
            yield Clue(Strength.HINT, Witness.INITIATOR, request_lines(attempt), headline, change=Change.PATH, weight=0.45)


def _lost_third_message(facts: Facts) -> Iterator[Clue]:
    """Aggressive mode: for the initiator the IKE SA is up once AM3 is sent, and only its quick mode finds out. The responder
    repeats AM2 on port 500, which arrives, and never sees the AM3 that went out on port 4500."""
    for attempt in facts.attempts:
        if attempt.exchange.role is not Role.INITIATOR or "AM3" not in attempt.names or not _floats(attempt):
            continue
        heard = [a for a in heard_by(facts, attempt.side.other) if "AM2" in a.names]
        waiting = [a for a in heard if "AM3" not in a.names and not a.is_refused]
        later = [a for a in facts.attempts if a.side is attempt.side and "QM1" in a.names and a.is_unanswered]
        gave_up = [e for a in waiting for e in a.exchange.events if e.kind is EventKind.GAVE_UP]
        if not waiting or len(waiting) < len(heard) or not (later or gave_up):
            continue
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        headline = f"{me} moves to UDP 4500 with AM3, which {peer} never sees: permit UDP 4500 on the path."
        evidence = lines(
            *request_lines(attempt), *(s for a in later[-1:] for s in request_lines(a)), *(e.source for e in gave_up[-1:])
        )
        yield Clue(Strength.PROOF, Witness.RESPONDER, evidence, headline, change=Change.PATH)


def _floats(attempt: Attempt) -> bool:
    """Whether this negotiation moved, or had to move, to port 4500."""
    return any(
        _IKE_PORT_NAT in (event.local_port, event.remote_port) or event.kind is EventKind.NAT_DETECTED
        for event in attempt.exchange.events
    )


def _stopped_floating(attempt: Attempt) -> bool:
    """Stopped at MM5 or IKE_AUTH, on port 4500."""
    names = attempt.names
    return _floats(attempt) and any(n in _FLOATED for n in names) and not any(n in _FLOATED_ANSWERS for n in names)

"""Between the ends: nothing answers, nothing listens, the wrong address, a filter on UDP 4500, nothing that starts."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.addressing import is_translated
from ipsecbot.diagnose.attempts import FIRST_ANSWERS, FIRST_MESSAGES, Attempt, Seen
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.rules.child import beside_the_peer
from ipsecbot.diagnose.rules.fragments import is_large
from ipsecbot.diagnose.testimony import change_of, ends, reported
from ipsecbot.model.connection import StartAction
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Change, Side, Source
from ipsecbot.model.exchange import Direction, EventKind
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.sa import IkeSa, Role, SaState
from ipsecbot.negotiate.addresses import is_address, is_private, matches, named

_IKE_PORT_NAT = 4500
# Messages that travel on UDP 4500 once a NAT was found or encapsulation is forced
_FLOATED = ("MM5", "IKE_AUTH request")
# What a log says without anybody having asked for a tunnel
_QUIET = (
    EventKind.DAEMON_STARTED,
    EventKind.DAEMON_STOPPED,
    EventKind.CONFIG_REFUSED,
    EventKind.LINK,
    EventKind.RESOURCE_LIMIT,
)
_ONE_END_QUIET = 0.62  # the other end, which was not seen, may be trying in vain
_FLOATED_ANSWERS = ("MM6", "IKE_AUTH response")


def _first_unanswered(facts: Facts) -> tuple[Attempt, ...]:
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


def _asked(attempt: Attempt) -> tuple[Source, ...]:
    """The lines of a message that went out for nothing, and of giving up."""
    gave_up = [event.source for event in attempt.exchange.events if event.kind in (EventKind.GAVE_UP, EventKind.RETRANSMITTED)]
    sent = [source for message in attempt.exchange.messages[-1:] for source in message.sources]
    return lines(*sent[:2], *gave_up[-2:])


def _heard(facts: Facts, side: Side) -> tuple[Attempt, ...]:
    """What this end saw as responder."""
    return tuple(a for a in facts.attempts if a.side is side and a.exchange.role is Role.RESPONDER)


def _would_have_logged(facts: Facts, side: Side) -> bool:
    """Whether an incoming message would show in what was read of this end: charon always logs one, IOS only under debug. A log
    without any word on the daemon may be an excerpt, or of one that is dead."""
    end = facts.end(side)
    if end is None or end.events is None:
        return False
    alive = end.ike_running or (end.ike_running is None and end.ike_sas is not None)
    return end.device.platform is Platform.STRONGSWAN and bool(alive)


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
    for attempt in _first_unanswered(facts):
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        address = attempt.exchange.remote or peer
        if facts.events(EventKind.PORT_UNREACHABLE, side=attempt.side) or _is_down(facts, attempt.side.other):
            yield Cleared("the host answers, or nothing listens there")
            continue
        heard = _heard(facts, attempt.side.other)
        if any(other.is_refused for other in heard):
            yield Cleared(f"{peer} heard {me} and refused")
        elif heard:
            evidence = (*_asked(attempt), *lines(*(s for m in heard[-1].exchange.messages[-1:] for s in m.sources)))
            yield Clue(
                Strength.STRONG,
                Witness.RESPONDER,
                evidence,
                f"{peer} hears {me} and answers, but no answer arrives: find a filter or missing route from {peer} to {me}.",
                change=Change.PATH,
            )
        else:
            yield _silence(facts, attempt, me, peer, address)
    if not facts.attempts:
        yield from _half_open(facts)


def _half_open(facts: Facts) -> Iterator[Clue]:
    """No debug could be had, but the state table shows an IKE SA that never saw an answer, and nothing explains it."""
    if not facts.replays or any(replay.blocking for replay in facts.replays) or any(_is_down(facts, side) for side in SIDES):
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
    evidence = _asked(attempt)
    if _misdirected(facts, attempt):
        return Clue(Strength.HINT, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=0.4)
    if _would_have_logged(facts, attempt.side.other):
        return Clue(Strength.PROOF, Witness.RESPONDER, evidence, headline, change=Change.PATH)
    pinged = _failed_pings(facts, attempt.side, address)
    if pinged:
        return Clue(Strength.STRONG, Witness.STATE, (*evidence, *pinged), headline, change=Change.PATH)
    other = facts.end(attempt.side.other)
    if other is None or (other.connections is None and other.events is None):
        return Clue(Strength.HINT, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=0.45)
    explained = facts.mismatches(Aspect.VERSION, Aspect.ADDRESS, Aspect.EXCHANGE_MODE, Aspect.IKE_PROPOSAL, Aspect.KEY_MISSING)
    broken = any(connection.problems for connection in facts.connections(attempt.side.other) or ())
    if explained or broken:
        return Clue(Strength.HINT, Witness.INITIATOR, evidence, headline, change=Change.PATH, weight=0.4)
    return Clue(Strength.STRONG, Witness.INITIATOR, evidence, headline, change=Change.PATH)


def _misdirected(facts: Facts, attempt: Attempt) -> bool:
    """The message went to an address that the other end is known not to have."""
    other, remote = facts.end(attempt.side.other), attempt.exchange.remote
    given = facts.tunnel.right_address if attempt.side is Side.LEFT else facts.tunnel.left_address
    known = {given, *(other.addresses if other is not None else ())}
    return other is not None and bool(other.addresses) and remote is not None and remote not in known


def _is_down(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.ike_running is False


@rule("peer-not-listening", Need.DAEMON, Need.INITIATOR_LOG)
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

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{peer} answers {me} with ICMP port unreachable: nothing listens for IKE there; start the daemon on {peer}."

    yield from reported(
        facts, "peer-not-listening", say, EventKind.PORT_UNREACHABLE, change=lambda seen: change_of(seen.side.other)
    )


@rule("wrong-peer-address", Need.BOTH_CONFIGS, Need.INITIATOR_LOG)
def wrong_peer_address(facts: Facts) -> Iterator[Testimony]:
    """One end points at an address that is not the other end.

    Seen: the peer address in one configuration is none of the addresses the other end owns, and nobody answers there.
    Mended: on that end, by the address of the other (`set peer` and the key's address on IOS, `remote_addrs` on strongSwan).
    """
    if facts.passed > Stage.START:
        yield Cleared("the ends have found each other")
        return
    for side in SIDES:
        yield from _speaks_from_another(facts, side)
    for side in SIDES:
        other, connections = facts.end(side.other), facts.connections(side)
        end = facts.end(side)
        if other is None or end is None or not other.addresses or not connections or _heard(facts, side):
            continue
        if set(end.addresses) & set(other.addresses) or is_translated(facts.tunnel, side.other):
            continue  # one file for both ends, so whose address is whose was guessed; or the other end shows under another
        if side.other is facts.initiator and not facts.shares_selectors:
            continue  # it waits for somebody else: no-config-for-peer
        if any(_could_be(pattern, other.addresses) for connection in connections for pattern in connection.remote_addresses):
            continue
        pointed = ", ".join(dict.fromkeys(a for connection in connections for a in connection.remote_addresses))
        speaks = dict.fromkeys(a for c in facts.connections(side.other) or () for a in c.local_addresses if is_address(a))
        owned = ", ".join(speaks or other.addresses)
        me, peer = facts.name(side), facts.name(side.other)
        yield Clue(
            Strength.STRONG,
            Witness.CONFIGS,
            lines(*(connection.address_source or connection.source for connection in connections)),
            f"{me} points at {pointed or 'nobody'}, but {peer} has {owned}: correct the peer address on {me}.",
            change=change_of(side),
            offered=pointed,
            accepted=owned,
        )
    yield from _asked_elsewhere(facts)


def _asked_elsewhere(facts: Facts) -> Iterator[Clue]:
    """The first message went to an address that the other end does not have, and no configuration tells more."""
    for attempt in _first_unanswered(facts):
        side, asked = attempt.side, attempt.exchange.remote
        other = facts.end(side.other)
        if facts.connections(side) or other is None or asked is None or not _misdirected(facts, attempt):
            continue
        if is_private(asked) or not any(is_address(own) and not is_private(own) for own in other.addresses):
            continue  # it may be translated on the way
        me, peer, owned = facts.name(side), facts.name(side.other), ", ".join(other.addresses)
        headline = f"{me} asks {asked}, but {peer} has {owned}: correct the peer address on {me}."
        yield Clue(
            Strength.STRONG,
            Witness.INITIATOR,
            _asked(attempt),
            headline,
            change=change_of(side),
            offered=asked,
            accepted=owned,
        )


def _speaks_from_another(facts: Facts, side: Side) -> Iterator[Clue]:
    """The peer names an address that this end owns, but this end's connection speaks from another one."""
    end = facts.end(side)
    for pairing in (facts.tunnel.pairings or ())[:1]:
        mine, yours = (pairing.left, pairing.right) if side is Side.LEFT else (pairing.right, pairing.left)
        if end is None or len(mine.local_addresses) != 1 or not set(yours.remote_addresses) & set(end.addresses):
            continue
        speaks = mine.local_addresses[0]
        if matches(yours.remote_addresses, speaks) or named(yours.remote_addresses):
            continue
        expected = next(address for address in yours.remote_addresses if address in end.addresses)
        me, peer = facts.name(side), facts.name(side.other)
        yield Clue(
            Strength.STRONG,
            Witness.CONFIGS,
            lines(mine.address_source or mine.source, yours.address_source or yours.source),
            f"{me} speaks from {speaks}, but {peer} expects {expected}, which is {me} too: let {me} speak from {expected}.",
            change=change_of(side),
            offered=speaks,
            accepted=expected,
        )


def _could_be(pattern: str, addresses: tuple[str, ...]) -> bool:
    """Whether a peer address names one of these; a host name is not looked up, so it might."""
    return any(matches((pattern,), address) for address in addresses) or bool(named((pattern,)))


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
        heard = _heard(facts, attempt.side.other)
        headline = f"{me} gets no answer on UDP 4500 from {peer} after both spoke on UDP 500: permit UDP 4500 on the path."
        answered = [other for other in heard if not other.is_refused and any(name in _FLOATED_ANSWERS for name in other.names)]
        if answered:
            sent = (source for message in answered[-1].exchange.messages[-1:] for source in message.sources)
            words = f"{peer} answers {me} on UDP 4500 and the answer never arrives: permit UDP 4500 from {peer} to {me}."
            yield Clue(Strength.PROOF, Witness.RESPONDER, lines(*_asked(attempt), *sent), words, change=Change.PATH)
        elif any(name in _FLOATED for other in heard for name in other.names):
            yield Cleared(f"{peer} received what {me} sent on UDP 4500")
        elif any(event.kind is EventKind.UNDECRYPTABLE for event in attempt.exchange.events):
            yield Cleared(f"{peer} answers on UDP 4500")
        elif is_large(facts, attempt):
            yield Clue(Strength.HINT, Witness.INITIATOR, _asked(attempt), headline, change=Change.PATH, weight=0.5)
        elif heard:
            yield Clue(Strength.PROOF, Witness.RESPONDER, _asked(attempt), headline, change=Change.PATH)
        elif facts.replays and not any(replay.blocking or replay.unknown for replay in facts.replays):
            yield Clue(Strength.STRONG, Witness.INITIATOR, _asked(attempt), headline, change=Change.PATH)
        else:
            yield Clue(Strength.HINT, Witness.INITIATOR, _asked(attempt), headline, change=Change.PATH, weight=0.45)


def _lost_third_message(facts: Facts) -> Iterator[Clue]:
    """Aggressive mode: for the initiator the IKE SA is up once AM3 is sent, and only its quick mode finds out. The responder
    repeats AM2 on port 500, which arrives, and never sees the AM3 that went out on port 4500."""
    for attempt in facts.attempts:
        if attempt.exchange.role is not Role.INITIATOR or "AM3" not in attempt.names or not _floats(attempt):
            continue
        heard = [a for a in _heard(facts, attempt.side.other) if "AM2" in a.names]
        waiting = [a for a in heard if "AM3" not in a.names and not a.is_refused]
        later = [a for a in facts.attempts if a.side is attempt.side and "QM1" in a.names and a.is_unanswered]
        gave_up = [e for a in waiting for e in a.exchange.events if e.kind is EventKind.GAVE_UP]
        if not waiting or len(waiting) < len(heard) or not (later or gave_up):
            continue
        me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
        headline = f"{me} moves to UDP 4500 with AM3, which {peer} never sees: permit UDP 4500 on the path."
        evidence = lines(*_asked(attempt), *(s for a in later[-1:] for s in _asked(a)), *(e.source for e in gave_up[-1:]))
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


@rule("no-interesting-traffic", Need.CHILD_SAS, Need.LOG)
def no_interesting_traffic(facts: Facts) -> Iterator[Testimony]:
    """Nothing ever asked for the tunnel.

    Seen: no SA, no attempt in any log, no send error on the flow, while nothing is set to start by itself (a crypto ACL
    without hits, start_action none or trap).
    Mended: by traffic that matches (a ping from the protected network), or on strongSwan by `start_action = trap` or `start`.
    """
    if facts.attempts or facts.passed > Stage.START:
        yield Cleared("an attempt was made")
        return
    if any(_is_down(facts, side) for side in SIDES) or any(seen.event.kind not in _QUIET for seen in facts.seen):
        return
    if facts.carried or any(sa.counters.send_errors for side in SIDES for sa in facts.state(side).children or ()):
        yield Cleared("packets were protected, or tried")
        return
    for side in SIDES:
        yield from _never_asked(facts, side)


def _was_pinged(facts: Facts, side: Side) -> bool:
    """Somebody did ask: a ping from a chosen source to what the tunnel protects, in vain."""
    end = facts.end(side)
    flows = [pair for sa in facts.state(side).children or () for pair in sa.selectors]
    return any(
        ping.origin is not None and not ping.received and matches((str(pair.remote.network),), ping.destination)
        for ping in (end.around.pings if end is not None else ())
        for pair in flows
    )


def _never_asked(facts: Facts, side: Side) -> Iterator[Clue]:
    state, end = facts.state(side), facts.end(side)
    if end is None or state.children is None or state.usable_children:
        return
    flows = tuple(sa for sa in state.children if sa.state is SaState.ABSENT)
    tried = any(sa.counters.send_errors or sa.counters.packets_out for sa in flows) or bool(state.ike)
    policies = [child for connection in facts.connections(side) or () for child in connection.children]
    starts = any(child.start_action is StartAction.START for child in policies)
    knows = bool(flows) or _would_have_logged(facts, side)
    if beside_the_peer(facts, side):
        return  # what would ask is there, and the selector does not name it
    if tried or starts or not knows or any(connection.problems for connection in facts.connections(side) or ()):
        return
    evidence = lines(*(sa.source for sa in flows[:2]), *(child.source for child in policies[:2]))
    other = facts.end(side.other)
    unseen = other is None or (other.events is None and other.child_sas is None)
    weak = facts.tunnel.triggered or any(replay.blocking for replay in facts.replays) or (unseen and not flows)
    weak = weak or _was_pinged(facts, side)
    yield Clue(
        Strength.HINT if weak else Strength.STRONG,
        Witness.STATE,
        evidence,
        f"Nothing has asked {facts.name(side)} for this tunnel: no SA, no attempt, no packet; send traffic that matches.",
        change=change_of(side),
        weight=0.3 if weak else _ONE_END_QUIET if unseen else 0.0,
    )

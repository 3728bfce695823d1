"""Nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from ipsecbot.diagnose.attempts import Attempt
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.freshness import is_in_force, was_watched
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.ladder.vocabulary import DENIALS, ERROR_NOTIFIES
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.exchange import EventKind, LogEvent, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import ChildSa, Role, SaState
from ipsecbot.model.selectors import SelectorPair

_ENDINGS = (EventKind.PEER_SILENT, EventKind.IDLE, EventKind.DELETED, EventKind.DELETE_RECEIVED, EventKind.GAVE_UP)
_TROUBLES = (EventKind.PEER_SILENT, EventKind.IDLE, EventKind.GAVE_UP, EventKind.REPLACED, EventKind.FAILED)
_ONE_END_IDLE = 0.65  # nothing proves that the other end agrees
_ONE_END_BELIEVES = 0.5  # the other end may have refused what this one believes in
_BY_AGE = 0.65
_NOT_SHOWN = 0.62  # a trace that names exchanges only
_SETTLED = timedelta(minutes=5)
_RENEWALS = (EventKind.ESTABLISHED, EventKind.REKEYED)


@rule("healthy", Need.CHILD_SAS, Need.LOG, Need.IKE_SAS)
def healthy(facts: Facts) -> Iterator[Testimony]:
    """The tunnel negotiates and passes traffic.

    Seen: a usable CHILD_SA at every end whose table was read, with packets counted both ways; or, without tables, a
    negotiation that ends in CHILD_SAs and is not followed by their removal.
    Mended: nothing is to be mended; differences that bite only at a rekey are named in the notes.
    """
    if any(facts.state(side).children is not None for side in SIDES):
        yield from _by_state(facts)
    else:
        yield from _by_log(facts)
        yield from _by_age(facts)


def _by_state(facts: Facts) -> Iterator[Testimony]:
    known = [side for side in SIDES if facts.state(side).children is not None]
    if not facts.is_up:
        yield Cleared("an end has no usable CHILD_SA")
        return
    failing = [
        sa
        for side in known
        for sa in facts.state(side).children or ()
        if sa.state is SaState.ABSENT and sa.counters.send_errors and not _is_narrowed(sa, facts.state(side).usable_children)
    ]
    if failing:
        yield Cleared("another flow of this tunnel fails", lines(*(sa.source for sa in failing)))
        return
    states = [facts.state(side) for side in known]
    evidence = lines(*(sa.source for state in states for sa in state.usable_children[:2]))
    refused = [attempt for attempt in facts.attempts if attempt.is_child and attempt.is_refused]
    if refused and not _are_history(facts, refused):
        yield Cleared("a CHILD_SA is refused while an older one still lives")
        return
    repeats = facts.events(EventKind.REPEATED)
    if len(known) == 1 and repeats and not all(state.packets_in for state in states):
        yield Cleared("the other end repeats its request: it has not got the answer", lines(repeats[-1].event.source))
        return
    names = " and ".join(facts.name(side) for side in known)
    both_ways = all(state.packets_in and state.packets_out for state in states)
    one_way = any(bool(state.packets_in) is not bool(state.packets_out) for state in states)
    if one_way:
        return
    words = "packets both ways" if both_ways else "no packet counted yet"
    strength, weight = (Strength.PROOF, 0.0) if both_ways else (Strength.STRONG, 0.0)
    if len(known) == 1 and not both_ways:
        believes = _may_be_alone_in_it(facts, known[0])
        strength, weight = (Strength.HINT, _ONE_END_BELIEVES) if believes else (Strength.STRONG, _ONE_END_IDLE)
    yield Clue(strength, Witness.STATE, evidence, f"The tunnel is up at {names}, with {words}.", weight=weight)


def _is_narrowed(flow: ChildSa, usable: Iterable[ChildSa]) -> bool:
    """IOS keeps the flow of its access list without SAs, beside the one that the peer narrowed it to, which carries packets."""
    return any(
        sa.remote == flow.remote
        and sa.counters.packets_in
        and all(any(_is_within(pair, wide) for wide in flow.selectors) for pair in sa.selectors)
        for sa in usable
        if sa.selectors and sa.selectors != flow.selectors
    )


def _is_within(narrow: SelectorPair, wide: SelectorPair) -> bool:
    ends = ((narrow.local.network, wide.local.network), (narrow.remote.network, wide.remote.network))
    return all(
        (isinstance(one, IPv4Network) and isinstance(other, IPv4Network) and one.subnet_of(other))
        or (isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and one.subnet_of(other))
        for one, other in ends
    )


def _are_history(facts: Facts, refused: list[Attempt]) -> bool:
    """Whether the refusals are from before the tunnel was mended: both configurations agree in everything, packets pass both
    ways at both ends, and nothing of a refusal was seen while the tunnel was watched."""
    passing = all(facts.state(side).packets_in and facts.state(side).packets_out for side in SIDES)
    agreed = bool(facts.replays) and not any(replay.blocking or replay.unknown for replay in facts.replays)
    sources = [event.source for attempt in refused for event in attempt.exchange.events]
    return passing and agreed and is_in_force(facts) and not any(was_watched(facts, source) for source in sources)


def _by_age(facts: Facts) -> Iterator[Testimony]:
    """An IKEv2 SA comes up together with its CHILD_SA, and does not grow old without one."""
    if facts.has_log:
        return
    for side in SIDES:
        old = [sa for sa in facts.state(side).usable_ike if sa.version == 2 and sa.age is not None and sa.age > _SETTLED]
        if old and len(old) == len(facts.state(side).ike or ()):
            headline = f"The IKE SA of {facts.name(side)} has been up for {old[0].age}; its CHILD_SAs were not shown."
            yield Clue(Strength.STRONG, Witness.STATE, lines(*(sa.source for sa in old[:2])), headline, weight=_BY_AGE)


def _may_be_alone_in_it(facts: Facts, side: Side) -> bool:
    """A responder has its SA before the initiator has looked at the answer, and keeps it when that one refuses; without any
    traffic, the end that only answered is not believed alone."""
    if any(attempt.side is side and attempt.exchange.reached == "QM3" for attempt in facts.attempts):
        return False  # the initiator's last message says that it took the answer
    roles = {sa.role for sa in facts.state(side).usable_ike}
    roles |= {attempt.exchange.role for attempt in facts.attempts if attempt.side is side and attempt.ike_established}
    return Role.RESPONDER in roles


def _by_log(facts: Facts) -> Iterator[Testimony]:
    for side in SIDES:
        mine = [attempt for attempt in facts.attempts if attempt.side is side and not attempt.is_notice]
        failing = [a for a in mine if (a.is_refused or a.is_unanswered) and not a.child_established]
        if not mine or failing or _ended(facts, side):
            continue
        last = next((a for a in reversed(mine) if a.exchange.events), mine[-1])  # an IKE SA may be known by its child alone
        sketched = _is_sketched(last)
        if not last.child_established and not sketched:
            continue
        ups = [seen.event.source for seen in facts.events(EventKind.ESTABLISHED, side=side)]
        lost = _lost_behind(facts, side, ups)
        if lost:
            yield Cleared("a ping after it came up was not answered", lines(*lost))
            continue
        witness = Witness.RESPONDER if last.exchange.role is Role.RESPONDER else Witness.INITIATOR
        evidence = lines(*ups[-2:]) or lines(*(s for message in last.exchange.messages[-1:] for s in message.sources))
        headline = f"The negotiation at {facts.name(side)} ends with a CHILD_SA in place."
        yield Clue(Strength.STRONG, witness, evidence, headline, weight=_NOT_SHOWN if sketched else 0.0)


def _lost_behind(facts: Facts, side: Side, ups: list[Source]) -> tuple[Source, ...]:
    """The pings of an end after its SAs came up, in the same text, when the last of them got no answer at all."""
    end = facts.end(side)
    after = [
        ping
        for ping in (end.around.pings if end is not None else ())
        if any(up.output == ping.source.output and up.last_line < ping.source.first_line for up in ups)
    ]
    return (after[-1].source,) if after and after[-1].sent and not after[-1].received else ()


def _is_sketched(attempt: Attempt) -> bool:
    """An IKE_AUTH that ended well in a trace that prints no payloads, so that the CHILD_SA in it was not shown."""
    bare = not any(message.payloads for message in attempt.exchange.messages)
    whole = "IKE_AUTH response" in attempt.names and attempt.ike_established
    refused = attempt.is_refused or attempt.exchange.child not in (None, Outcome.INCOMPLETE)
    told = any(event.notify in ERROR_NOTIFIES for event in attempt.exchange.events)
    return bare and whole and not attempt.child_established and not refused and not told


def _ended(facts: Facts, side: object) -> bool:
    """Whether the log goes on to say that the SAs went away, and not that new ones came."""
    events = [seen.event for seen in facts.seen if seen.side is side]
    ups = [e.source for e in events if e.kind in _RENEWALS and e.protocol is not Protocol.IKE]
    for event in events:
        later = [up for up in ups if up.output == event.source.output and up.first_line > event.source.first_line]
        earlier = [up for up in ups if up.output == event.source.output and up.first_line < event.source.first_line]
        refused = event.kind is EventKind.NOTIFY_RECEIVED and event.notify == "AUTHENTICATION_FAILED"
        if (event.kind in _ENDINGS or refused) and earlier and not later and not _is_own_will(event, events):
            return True
    return False


def _is_own_will(event: LogEvent, events: list[LogEvent]) -> bool:
    """This end took its SA down in good order: it told the peer so, and nothing had gone wrong."""
    told = any(other.kind is EventKind.DELETE_SENT for other in events)
    wrong = any(other.kind in _TROUBLES or other.kind in DENIALS for other in events)
    return event.kind is EventKind.DELETED and told and not wrong

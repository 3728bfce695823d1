"""How rules gather what is said: by logs, by the replay of both configurations, and in which words to repeat it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Attempt, Seen
from ipsecbot.diagnose.facts import Facts, is_esp, lines
from ipsecbot.diagnose.faults import Stage, stage_of
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness
from ipsecbot.model.evidence import Change, Side, Source
from ipsecbot.model.exchange import COUNTED, EventKind, LogEvent
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import Role
from ipsecbot.negotiate.proposals import choose_child, choose_ike

_CONTRADICTED = 0.2  # the configurations differ, yet the ends got past it: a file that is not loaded, or our misreading
_DIRECTIONAL = 0.45  # one direction would come up, the other would not


def change_of(side: Side | None) -> Change:
    """The side to change; either when nobody alone is at fault."""
    return Change.EITHER if side is None else Change(side.value)


def witness_of(seen: Seen) -> Witness:
    return Witness.RESPONDER if seen.role is Role.RESPONDER else Witness.INITIATOR


def quote(source: Source | None) -> str:
    """`swanctl.conf line 12` for a headline; empty when the line is not known."""
    return f"{source.output} line {source.first_line}" if source is not None else ""


def where_to_change(found: Mismatch) -> str:
    """The lines that decide, for the end of a headline."""
    places = [f"{s.device}, {quote(s)}" for s in (found.initiator, found.responder) if s is not None]
    return f" ({'; '.join(places)})" if places else ""


def replayed(
    facts: Facts,
    cause: str,
    say: Callable[[Negotiation, Mismatch], str],
    *aspects: Aspect,
    late: bool = False,
    only: Callable[[Mismatch], bool] = lambda found: True,
) -> Iterator[Testimony]:
    """What both configurations say: a clue per differing replay, or why the difference cannot be the cause now.

    A difference that the ends demonstrably got past is a weak hint only, and so is one that stops one direction or one of
    several paired connections while another would come up.
    """
    pairs = [(replay, found) for replay, found in facts.mismatches(*aspects) if found.late is late and only(found)]
    if not pairs:
        known = facts.replays and not any(replay.unknown for replay in facts.replays)
        if known and not any(only(found) for _, found in facts.mismatches(*aspects)):
            yield Cleared("both configurations agree in this")
        return
    replay, found = pairs[0]
    strength, weight = Strength.STRONG, 0.0
    if not late and stage_of(cause) <= facts.passed:
        strength, weight = Strength.HINT, _CONTRADICTED
    elif not late and any(not other.blocking and not other.unknown for other in facts.replays):
        strength, weight = Strength.HINT, _DIRECTIONAL
    evidence = lines(found.initiator, found.responder) or lines(replay.left.source, replay.right.source)
    yield Clue(
        strength,
        Witness.CONFIGS,
        evidence,
        say(replay, found),
        attribute=found.attribute,
        change=change_of(found.at_fault),
        offered=found.offered,
        accepted=found.accepted,
        weight=weight,
        order=replay.mismatches.index(found),
    )


def is_overtaken(facts: Facts, cause: str, seen: Seen) -> bool:
    """Whether the negotiation went on past this fault's stage all the same (one policy refused, the next accepted)."""
    if facts.other_version and Stage.CONNECTION < stage_of(cause) <= Stage.AUTH:
        return True  # what an end says that does not speak the version at all is no news
    if stage_of(cause) <= Stage.START:
        return False  # what these rules look at is not part of a negotiation
    if seen.exchange is None:
        return facts.passed >= stage_of(cause)
    if _is_outdone(seen):
        return True
    attempt = Attempt(seen.exchange, seen.side)
    if attempt.is_child:
        return attempt.child_established and stage_of(cause) <= Stage.CHILD
    return max(attempt.passed, facts.state_passed) >= stage_of(cause)


def _is_outdone(seen: Seen) -> bool:
    """Whether one IKE transform was refused, and the last word of the same walk over them was a choice."""
    event = seen.event
    if seen.exchange is None or event.kind is not EventKind.TRANSFORM_REFUSED or event.protocol not in (None, Protocol.IKE):
        return False
    words = (one for one in reversed(seen.exchange.events) if one.kind in _WALKED and one.protocol in (None, Protocol.IKE))
    last = next(words, None)
    return last is not None and last.kind is EventKind.PROPOSAL_SELECTED


_WALKED = (EventKind.TRANSFORM_REFUSED, EventKind.PROPOSAL_REFUSED, EventKind.PROPOSAL_SELECTED)


def reported(
    facts: Facts,
    cause: str,
    say: Callable[[Seen], str],
    *kinds: EventKind,
    strength: Strength = Strength.PROOF,
    change: Callable[[Seen], Change] = lambda seen: Change.EITHER,
    where: Callable[[Seen], bool] = lambda seen: True,
) -> Iterator[Clue]:
    """What logs say: one clue per end that reports one of these events, quoting the last time it did."""
    by_side: dict[Side, list[Seen]] = {}
    for seen in facts.events(*kinds):
        if where(seen) and not is_overtaken(facts, cause, seen):
            by_side.setdefault(seen.side, []).append(seen)
    for every in by_side.values():
        last = every[-1]
        yield Clue(
            min(strength, Strength.STRONG) if last.event.context == COUNTED else strength,  # it may be long past
            witness_of(last),
            lines(*(seen.event.source for seen in every[-3:])),
            say(last),
            attribute=last.event.attribute,
            change=change(last),
            offered=last.event.offered or _spoken(facts, last, EventKind.OFFERED, EventKind.SELECTORS_OFFERED),
            accepted=last.event.accepted or _spoken(facts, last, EventKind.CONFIGURED, EventKind.SELECTORS_CONFIGURED),
        )


def _spoken(facts: Facts, near: Seen, *kinds: EventKind) -> str | None:
    """What the same negotiation says was offered or configured, in strongSwan's notation."""
    for seen in reversed(facts.events(*kinds, side=near.side)):
        if seen.exchange is not near.exchange or seen.event.protocol not in (None, near.event.protocol or seen.event.protocol):
            continue
        words = [proposal.keywords for proposal in seen.event.proposals] or [str(pair) for pair in seen.event.selectors]
        if words:
            return ", ".join(words)
    return None


def ends(facts: Facts, seen: Seen) -> tuple[str, str]:
    """The names of the end that speaks and of the other one."""
    return facts.name(seen.side), facts.name(seen.side.other)


def parties(facts: Facts, replay: Negotiation) -> tuple[str, str]:
    """The names of initiator and responder of a replay."""
    return facts.name(replay.initiator), facts.name(replay.initiator.other)


# The order in which responders compare a transform: the later the attribute that differs, the nearer the miss.
_CHECKED = ("protocol", "encryption", "integrity", "prf", "dh", "auth", "lifetime", "esn")


def compared(facts: Facts, seen: Seen, protocol: Protocol) -> Mismatch | None:
    """What differs between the nearest of the proposals that this negotiation's log lists as offered, and those it lists as
    configured or which a responder's own configuration has."""
    near = [other.event for other in facts.seen if other.side is seen.side and other.exchange is seen.exchange]
    offered = _listed(near, EventKind.OFFERED, protocol)
    configured = _listed(near, EventKind.CONFIGURED, protocol) or _own(facts, seen, protocol)
    version = seen.event.ike_version or (seen.exchange.ike_version if seen.exchange else None) or 2
    if not offered or not configured:
        return None
    if protocol is Protocol.IKE:
        nearest = choose_ike(offered, configured, version=version).nearest
    else:
        nearest = choose_child(offered, configured, version=1).nearest
    return nearest.mismatches[0] if nearest is not None and nearest.mismatches else None


def _own(facts: Facts, seen: Seen, protocol: Protocol) -> tuple[Proposal, ...]:
    if seen.role is not Role.RESPONDER:
        return ()
    meant = facts.meant(seen.side)
    if protocol is Protocol.IKE:
        return tuple(proposal for connection in meant for proposal in connection.ike.proposals)
    return tuple(proposal for connection in meant for child in connection.children for proposal in child.proposals)


def _listed(events: list[LogEvent], kind: EventKind, protocol: Protocol) -> tuple[Proposal, ...]:
    wanted = (Protocol.IKE,) if protocol is Protocol.IKE else (Protocol.ESP, Protocol.AH)
    lists = [event.proposals for event in events if event.kind is kind]
    mine = [tuple(p for p in proposals if p.protocol in wanted) for proposals in lists]
    return next((proposals for proposals in reversed(mine) if proposals), ())


def furthest(facts: Facts, seen: Seen, protocol: Protocol) -> str | None:
    """The attribute of the nearest miss among transforms refused one by one: the last in the order of checking."""
    esp = protocol is not Protocol.IKE
    names = [
        other.event.attribute
        for other in facts.events(EventKind.TRANSFORM_REFUSED, side=seen.side)
        if other.exchange is seen.exchange and is_esp(other.event.protocol) is esp and other.event.attribute in _CHECKED
    ]
    return max((name for name in names if name), key=_CHECKED.index, default=seen.event.attribute)


def with_difference(facts: Facts, clue: Clue, protocol: Protocol) -> Clue:
    """The clue with attribute, offered and accepted of the nearest miss in its negotiation, where its log lists them."""
    for seen in reversed(facts.seen):
        if seen.event.source not in clue.evidence:
            continue
        found = compared(facts, seen, protocol)
        if found is not None:
            listed = [
                other.event.source
                for other in facts.events(EventKind.OFFERED, EventKind.CONFIGURED, side=seen.side)
                if other.exchange is seen.exchange and is_esp(other.event.protocol) is (protocol is not Protocol.IKE)
            ]
            evidence = lines(*listed[-2:], *clue.evidence)
            return replace(clue, attribute=found.attribute, offered=found.offered, accepted=found.accepted, evidence=evidence)
        attribute = furthest(facts, seen, protocol)
        exact = next(
            (
                o.event
                for o in facts.events(EventKind.TRANSFORM_REFUSED, side=seen.side)
                if o.exchange is seen.exchange and o.event.attribute == attribute
            ),
            None,
        )
        if exact is not None:
            return replace(
                clue,
                attribute=attribute,
                offered=exact.offered or clue.offered,
                accepted=exact.accepted or clue.accepted,
                evidence=lines(exact.source, *clue.evidence),
            )
        return replace(clue, attribute=attribute)
    return clue

"""Nothing ever starts the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.rules.child import beside_the_peer
from ipsecbot.diagnose.silence import is_down, would_have_logged
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.connection import StartAction
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.sa import SaState
from ipsecbot.negotiate.addresses import matches

# What a log says without anybody having asked for a tunnel
_QUIET = (
    EventKind.DAEMON_STARTED,
    EventKind.DAEMON_STOPPED,
    EventKind.CONFIG_REFUSED,
    EventKind.LINK,
    EventKind.RESOURCE_LIMIT,
)
_ONE_END_QUIET = 0.62  # the other end, which was not seen, may be trying in vain


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
    if any(is_down(facts, side) for side in SIDES) or any(seen.event.kind not in _QUIET for seen in facts.seen):
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
    knows = bool(flows) or would_have_logged(facts, side)
    if beside_the_peer(facts, side):
        return  # what would ask is there, and the selector does not name it
    if tried or starts or not knows or any(connection.problems for connection in facts.connections(side) or ()):
        return
    evidence = lines(*(sa.source for sa in flows[:2]), *(child.source for child in policies[:2]))
    other = facts.end(side.other)
    unseen = other is None or (other.events is None and other.child_sas is None)
    never = bool(policies) and all(child.start_action is StartAction.NONE for child in policies)
    weak = facts.tunnel.triggered or any(replay.blocking for replay in facts.replays) or (unseen and not flows and not never)
    weak = weak or _was_pinged(facts, side)
    yield Clue(
        Strength.HINT if weak else Strength.STRONG,
        Witness.STATE,
        evidence,
        f"Nothing has asked {facts.name(side)} for this tunnel: no SA, no attempt, no packet; send traffic that matches.",
        change=change_of(side),
        weight=0.3 if weak else _ONE_END_QUIET if unseen else 0.0,
    )

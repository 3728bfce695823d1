"""What a log says may be older than the configuration that was read: a refusal that the configurations no longer explain.

A configuration that was read from a live device is what is in force now; a log keeps what happened before it was mended. A
refusal seen while the tunnel was watched is newer than both, and so contradicts the configurations instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES, Facts
from ipsecbot.diagnose.registry import Clue, Judgement, Strength, Witness
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Missing, Side, Source, Verdict
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.tunnel import Endpoint

# What replay compares for each cause: where all of it agrees, the cause is not there any more.
ASPECTS: Mapping[str, tuple[Aspect, ...]] = {
    "no-config-for-peer": (Aspect.ADDRESS,),
    "ike-version-mismatch": (Aspect.VERSION,),
    "exchange-mode-mismatch": (Aspect.EXCHANGE_MODE, Aspect.CHILDLESS),
    "ike-proposal-mismatch": (Aspect.IKE_PROPOSAL,),
    "auth-method-mismatch": (Aspect.AUTH_METHOD, Aspect.IKE_PROPOSAL),
    "psk-mismatch": (Aspect.KEY, Aspect.KEY_MISSING),
    "psk-missing": (Aspect.KEY_MISSING,),
    "id-mismatch": (Aspect.IDENTITY,),
    "esp-proposal-mismatch": (Aspect.CHILD_PROPOSAL,),
    "pfs-mismatch": (Aspect.PFS,),
    "traffic-selector-mismatch": (Aspect.SELECTORS,),
    "encapsulation-mode-mismatch": (Aspect.ENCAPSULATION,),
}
_OUTLIVED = 0.5  # the best of the candidates: the comparison, too, can be wrong
_LOGS = (Witness.RESPONDER, Witness.INITIATOR)


def agrees(facts: Facts, cause: str) -> bool:
    """Whether replay compared everything about this cause and found no difference, whoever starts."""
    aspects = ASPECTS.get(cause)
    if aspects is None or not facts.replays:
        return False
    return not any(replay.unknown or any(found.aspect in aspects for found in replay.mismatches) for replay in facts.replays)


def is_in_force(facts: Facts) -> bool:
    """Whether both configurations were read from live devices, without a line that was not understood, and are what runs."""
    for side in SIDES:
        end = facts.end(side)
        connections = facts.connections(side)
        if end is None or end.device.address is None or not connections:
            return False
        if not all(_runs(end, connection) for connection in connections):
            return False
    return True


def _runs(end: Endpoint, connection: Connection) -> bool:
    written = connection.source.output if connection.source is not None else None
    whole = not any(gap.output == written and gap.line is not None for gap in end.gaps)
    return whole and not connection.drift and (connection.running is True or end.device.platform is Platform.CISCO_IOS)


def is_outlived(facts: Facts, cause: str, clue: Clue) -> bool:
    """Whether a log said it before it was mended: nothing of it was seen while the tunnel was watched."""
    if clue.witness not in _LOGS or not agrees(facts, cause) or not is_in_force(facts):
        return False
    return not any(was_watched(facts, source) for source in clue.evidence)


def was_watched(facts: Facts, source: Source) -> bool:
    """Whether the line was said while the tunnel was watched."""
    side = facts.tunnel.side_of(source.device)
    end = facts.end(side) if side is not None else None
    return end is not None and source.output in end.watched


def dated(facts: Facts, judgement: Judgement) -> Judgement:
    """The judgement with what is only history weakened to a candidate, and how to see what holds now."""
    old = tuple(clue for clue in judgement.clues if is_outlived(facts, judgement.cause, clue))
    if not old:
        return judgement
    clues = tuple(_as_history(facts, clue) if clue in old else clue for clue in judgement.clues)
    found = any(clue.strength >= Strength.STRONG for clue in clues)
    where = facts.name(facts.initiator or Side.LEFT)
    again = Missing(where, "one attempt now (`--trigger`, with `--debug` on routers)", "the refusal on record is from before")
    return replace(
        judgement,
        verdict=Verdict.FOUND if found else Verdict.UNKNOWN,
        clues=clues,
        reasons=judgement.reasons if found else (),  # what speaks against it has been taken into account
        missing=(again, *judgement.missing),
    )


def _as_history(facts: Facts, clue: Clue) -> Clue:
    at = next((seen.event.at for seen in facts.seen if seen.event.source in clue.evidence and seen.event.at), None)
    when = f" at {at:%H:%M:%S}" if at is not None else ""
    device = clue.evidence[0].device
    headline = (
        f"The configurations agree now in what {device} refused{when}: that line of the log is from before the change; "
        "trigger one attempt."
    )
    return replace(clue, strength=Strength.HINT, weight=_OUTLIVED, headline=headline, change=None)


def contradictions(facts: Facts, judgements: Iterable[Judgement], cause: str | None) -> tuple[str, ...]:
    """In a sentence: the verdict rests on a refusal that both configurations, as they were read, do not explain."""
    for judgement in judgements:
        clues = [clue for clue in judgement.clues if clue.witness in _LOGS and clue.strength >= Strength.STRONG]
        if judgement.cause == cause and clues and agrees(facts, judgement.cause):
            return (
                f"Both configurations as read agree in this, although {clues[0].evidence[0].device} reports otherwise: what "
                "runs may not be what is configured, or the line quoted is older than it.",
            )
    return ()

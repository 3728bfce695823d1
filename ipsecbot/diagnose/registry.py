"""What a rule is, what it may say, and how the engine turns that into a verdict.

A rule is a function of the facts, decorated with its cause and with the facts it can speak from (any one of them is
enough to speak; those that are absent become "collect this next"). It yields `Clue`s and `Cleared`s and never a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from ipsecbot.diagnose.facts import Facts
from ipsecbot.diagnose.needs import Need, is_present, missing
from ipsecbot.model.evidence import Change, Missing, Source, Verdict


class Strength(IntEnum):
    """HINT: one of several explanations. STRONG: the usual explanation. PROOF: the device names the fault itself."""

    HINT = 1
    STRONG = 2
    PROOF = 3


class Witness(StrEnum):
    """Who says so, in order of authority."""

    RESPONDER = "responder"  # the log of the end that refused, and so knows why
    INITIATOR = "initiator"  # the log of the end that asked
    CONFIGS = "configs"  # both configurations, by replay
    CONFIG = "config"  # the configuration of one end
    STATE = "state"  # SA tables, counters, pings
    DAEMON = "daemon"  # whether anything runs at all


@dataclass(frozen=True, slots=True)
class Clue:
    """One reason to believe in the rule's cause. `headline`: a sentence an engineer can act on; `weight`: how likely a HINT
    makes the cause (0 to 0.5); for a stronger clue 0 means what the table of confidence.py says. `order`: which of
    several differences of the configurations IKE would stumble over first."""

    strength: Strength
    witness: Witness
    evidence: tuple[Source, ...]
    headline: str
    attribute: str | None = None
    change: Change | None = None
    offered: str | None = None
    accepted: str | None = None
    weight: float = 0.0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Cleared:
    """Why the rule's cause is out of the question."""

    reason: str
    evidence: tuple[Source, ...] = ()


Testimony = Clue | Cleared


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise one cause."""

    cause: str
    needs: tuple[Need, ...]
    look: Callable[[Facts], Iterable[Testimony]] = field(repr=False)

    @property
    def name(self) -> str:
        return self.look.__name__


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the engine makes of one rule. `clues` are kept when UNKNOWN: they rank the candidates."""

    cause: str
    verdict: Verdict
    clues: tuple[Clue, ...] = ()
    reasons: tuple[Cleared, ...] = ()
    missing: tuple[Missing, ...] = ()


def rule(cause: str, *needs: Need) -> Callable[[Callable[[Facts], Iterable[Testimony]]], Rule]:
    """Make a function a rule for `cause`; it can speak when any one of `needs` is there."""

    def decorate(look: Callable[[Facts], Iterable[Testimony]]) -> Rule:
        return Rule(cause, needs, look)

    return decorate


def judge(candidate: Rule, facts: Facts, *, asks: bool = True) -> Judgement:
    """FOUND on proof or strong evidence, CLEARED when the rule says so and has no clue, UNKNOWN otherwise. `asks`: whether to
    say what else to collect."""
    wanted = tuple(item for need in candidate.needs for item in missing(need, facts)) if asks else ()
    if candidate.needs and not any(is_present(need, facts) for need in candidate.needs):
        return Judgement(candidate.cause, Verdict.UNKNOWN, missing=wanted)
    said = tuple(candidate.look(facts))
    clues = tuple(item for item in said if isinstance(item, Clue) and item.evidence)
    reasons = tuple(item for item in said if isinstance(item, Cleared))
    if any(clue.strength >= Strength.STRONG for clue in clues):
        return Judgement(candidate.cause, Verdict.FOUND, clues, reasons, wanted)
    if clues or not reasons:
        return Judgement(candidate.cause, Verdict.UNKNOWN, clues, reasons, wanted)
    return Judgement(candidate.cause, Verdict.CLEARED, (), reasons)

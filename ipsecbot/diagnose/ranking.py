"""From judgements and hints to ranked findings: one per cause, the cause that explains the others first."""

from __future__ import annotations

from collections.abc import Iterable

from ipsecbot.diagnose.confidence import FOUND_FROM, of_clue, of_clues
from ipsecbot.diagnose.faults import Stage, stage_of
from ipsecbot.diagnose.registry import Clue, Judgement, Strength, Witness
from ipsecbot.model.evidence import Change, Finding, Source, Verdict

_MOST_EVIDENCE = 8  # lines quoted per finding
# A cipher with another key is another encryption to whoever has to change it; the words tell the length.
_SAID = {"key-length": "encryption", "mode-or-auth": None}
# Attributes belong to proposals; these causes have none to name.
_WITHOUT = frozenset({"auth-method-mismatch", "exchange-mode-mismatch", "psk-missing", "psk-mismatch", "id-mismatch"})
# Concluded from what is absent: any cause that something speaks for comes first.
_UNEXPLAINED = frozenset({"one-way-traffic", "no-interesting-traffic"})
_LOGS = (Witness.RESPONDER, Witness.INITIATOR)


def findings(judgements: Iterable[Judgement], hints: Iterable[tuple[str, Clue]]) -> tuple[Finding, ...]:
    """Every cause that something speaks for, best first."""
    every = tuple(judgements)
    said: dict[str, list[Clue]] = {}
    for judgement in every:
        said.setdefault(judgement.cause, []).extend(judgement.clues)
    cleared = {judgement.cause for judgement in every if judgement.verdict is Verdict.CLEARED}
    for cause, hint in hints:
        if cause not in cleared:
            said.setdefault(cause, []).append(hint)
    doubts = {judgement.cause: len(judgement.reasons) for judgement in every}
    proved = [cause for cause, clues in said.items() if any(_is_proof(clue) for clue in clues)]
    found = []
    for cause, clues in said.items():
        if clues:
            rivals = [rival for rival in proved if rival != cause and stage_of(rival) is stage_of(cause)]
            against = min(doubts.get(cause, 0), 1) + (1 if rivals and cause in proved else 0)
            found.append((_rank(cause, clues), _finding(cause, tuple(clues), against)))
    found.sort(key=lambda item: (item[1].verdict is not Verdict.FOUND, item[0], -item[1].confidence))
    fault = [item for _, item in found if item.verdict is Verdict.FOUND and item.cause != "healthy"]
    ordered = [item for _, item in found]
    return tuple(ordered if fault else sorted(ordered, key=lambda item: -item.confidence))


def _is_proof(clue: Clue) -> bool:
    return clue.strength is Strength.PROOF


def _rank(cause: str, clues: list[Clue]) -> tuple[bool, bool, bool, Stage, int]:
    """Healthy comes last beside a fault, and before it what only says that something is wrong; what a log or table proves
    comes before what only the configurations say; then the earlier stage, and within it the earlier check, explains the
    later ones."""
    observed = any(_is_observation(clue) for clue in clues)
    order = max((clue.order for clue in clues), default=0)
    return cause == "healthy", cause in _UNEXPLAINED, not observed, stage_of(cause), order


def _is_observation(clue: Clue) -> bool:
    """Seen to happen; one end's configuration counts when it cannot work whatever the other has."""
    if clue.witness in (Witness.CONFIGS, Witness.CONFIG):
        return clue.witness is Witness.CONFIG and clue.strength is Strength.PROOF
    return clue.strength >= Strength.STRONG


def _finding(cause: str, clues: tuple[Clue, ...], contradictions: int) -> Finding:
    ordered = sorted(clues, key=lambda clue: (-clue.strength, -of_clue(clue)))
    lead = ordered[0]
    strong = [clue for clue in ordered if clue.strength >= Strength.STRONG] or ordered
    confidence = of_clues(clues, contradictions)
    attribute = _attribute(strong)
    # what differs is told most exactly by whoever names that attribute; logs before configurations
    telling = [clue for clue in strong if clue.offered and clue.attribute in (attribute, None)]
    telling.sort(key=lambda clue: clue.accepted is None)
    words = telling[0] if telling else lead
    found = lead.strength >= Strength.STRONG and confidence >= FOUND_FROM
    headline = next((clue.headline for clue in strong if clue.witness is Witness.CONFIGS and clue.offered), lead.headline)
    return Finding(
        cause=cause,
        verdict=Verdict.FOUND if found else Verdict.UNKNOWN,
        confidence=confidence,
        headline=headline,
        evidence=_evidence(strong),
        attribute=_SAID.get(attribute, attribute) if attribute and cause not in _WITHOUT else None,
        change=_change(strong),
        offered=words.offered,
        accepted=words.accepted,
    )


def _attribute(clues: list[Clue]) -> str | None:
    """The configurations tell the nearest miss of all; a log only what it happened to print, so they decide where both speak
    of the same thing."""
    by_config = next((clue.attribute for clue in clues if clue.witness is Witness.CONFIGS and clue.attribute), None)
    by_log = next((clue.attribute for clue in clues if clue.witness in _LOGS and clue.attribute), None)
    return by_config or by_log


def _change(clues: list[Clue]) -> Change | None:
    """One side where every clue agrees on it; either where they do not."""
    named = {clue.change for clue in clues if clue.change is not None}
    definite = named - {Change.EITHER}
    if len(definite) == 1:
        return definite.pop()
    return Change.EITHER if named else None


def _evidence(clues: list[Clue]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for clue in clues for source in clue.evidence))[:_MOST_EVIDENCE]

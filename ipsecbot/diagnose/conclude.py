"""The verdict on one tunnel."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.diagnose.establish import establish, narrowed
from ipsecbot.diagnose.facts import SIDES, Facts
from ipsecbot.diagnose.faults import Stage, fault
from ipsecbot.diagnose.freshness import contradictions, dated, is_outlived
from ipsecbot.diagnose.hygiene import hygiene
from ipsecbot.diagnose.ranking import findings
from ipsecbot.diagnose.registry import Judgement, judge
from ipsecbot.diagnose.related import related
from ipsecbot.diagnose.remedy import remedies
from ipsecbot.diagnose.renewal import when_it_breaks
from ipsecbot.diagnose.rules import every_rule
from ipsecbot.diagnose.symptoms import hints
from ipsecbot.diagnose.unrelated import is_without_ipsec, what_is_there, what_to_paste
from ipsecbot.model.evidence import Conclusion, Finding, Missing, Verdict
from ipsecbot.model.tunnel import Diagnosis, Tunnel

_SURE = 0.8  # below, say also what would make it surer
_MOST_CANDIDATES = 6


def conclude(tunnel: Tunnel) -> Diagnosis:
    """Run every rule on the tunnel; the best finding is the verdict, or the candidates and what to collect next.

    Deterministic, no I/O. A fault needs strong evidence: symptoms alone end in UNDETERMINED (cause None). The ladder of the
    diagnosis holds this tunnel's negotiations only, whoever else the logs speak of.
    """
    facts = establish(tunnel)
    own = narrowed(tunnel)
    judgements, ranked = _judged(facts)
    best = ranked[0] if ranked and ranked[0].verdict is Verdict.FOUND else None
    kept = tuple(
        _with_remedies(tunnel, finding) for finding in (_after(best, ranked) if best is not None else ranked[:_MOST_CANDIDATES])
    )
    common = replace(
        _frame(own),
        findings=kept,
        missing=_missing(facts, judgements, kept, best),
        notes=(*_notes(facts), *contradictions(facts, judgements, best.cause if best is not None else None)),
        related=related(own),
        cautions=tuple(caution for side in SIDES if (end := tunnel.end(side)) is not None for caution in hygiene(end)),
    )
    if best is None:
        return replace(common, confidence=kept[0].confidence if kept else 0.0, headline=_undetermined(facts, common))
    conclusion = Conclusion.HEALTHY if best.cause == "healthy" else Conclusion.FAULT
    return replace(
        common,
        conclusion=conclusion,
        cause=best.cause,
        attribute=best.attribute,
        phase=fault(best.cause).phase,
        confidence=best.confidence,
        headline=best.headline,
    )


def faults_of(tunnel: Tunnel) -> tuple[Finding, ...]:
    """The faults that `conclude` would find, best first, without remedies and all that a report adds."""
    _, ranked = _judged(establish(tunnel), asks=False)
    return tuple(one for one in ranked if one.verdict is Verdict.FOUND and one.cause != "healthy")


def _judged(facts: Facts, *, asks: bool = True) -> tuple[tuple[Judgement, ...], tuple[Finding, ...]]:
    judgements = tuple(dated(facts, judge(rule, facts, asks=asks)) for rule in every_rule())
    return judgements, findings(judgements, tuple(hint for hint in hints(facts) if not is_outlived(facts, *hint)))


def _frame(tunnel: Tunnel) -> Diagnosis:
    gaps = (*tunnel.left.gaps, *(tunnel.right.gaps if tunnel.right is not None else ()))
    return Diagnosis(tunnel, Conclusion.UNDETERMINED, None, None, None, 0.0, "", gaps=gaps)


def _with_remedies(tunnel: Tunnel, finding: Finding) -> Finding:
    return replace(finding, remedies=remedies(tunnel, finding))


def _after(best: Finding, ranked: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The verdict and what else was found; beside a verdict, mere candidates are noise."""
    return tuple(finding for finding in ranked if finding is best or finding.verdict is Verdict.FOUND)


def _missing(
    facts: Facts, judgements: tuple[Judgement, ...], kept: tuple[Finding, ...], best: Finding | None
) -> tuple[Missing, ...]:
    """Ends that could not be asked, and what would settle the candidates; each thing once, with all it would settle."""
    silent = [
        Missing(facts.name(side), "access to the device", f"it could not be asked: {end.failure}")
        for side in SIDES
        if (end := facts.end(side)) is not None and end.failure
    ]
    if (best is not None and best.confidence >= _SURE) or _nothing_was_seen(facts):
        return tuple(silent)
    if best is None and not kept and is_without_ipsec(facts):
        return tuple(what_to_paste(facts))
    open_causes = [finding.cause for finding in kept] or [judgement.cause for judgement in judgements]
    settles: dict[tuple[str, str], list[str]] = {}
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for judgement in sorted(judgements, key=lambda one: open_causes.index(one.cause) if one.cause in open_causes else 0):
        if judgement.cause in open_causes and judgement.cause != "healthy":
            for item in judgement.missing:
                thing = item.device, item.what
                settles.setdefault(thing, []).append(judgement.cause)
                reasons.setdefault(thing, {})[item.why] = None
    named = bool(kept)
    return (
        *silent,
        *(
            Missing(*thing, "; ".join((*reasons[thing], *((f"settles {', '.join(dict.fromkeys(causes))}",) if named else ()))))
            for thing, causes in settles.items()
        ),
    )


def _nothing_was_seen(facts: Facts) -> bool:
    """Whether no device could be asked: then each of them is what is missing, and no command on it."""
    ends = [end for side in SIDES if (end := facts.end(side)) is not None]
    return all(end.failure and end.connections is None and end.events is None and end.ike_sas is None for end in ends)


def _notes(facts: Facts) -> tuple[str, ...]:
    """What is true and not (yet) a fault."""
    late = [found for replay in facts.replays for found in replay.mismatches if found.late]
    when = next((words for pair in facts.tunnel.pairings or () if (words := when_it_breaks(pair, facts.name))), "")
    notes = [
        f"At the first rekey this will fail: PFS offered {found.offered}, accepted {found.accepted}. {when}".rstrip()
        for found in late[:1]
    ]
    overtaken = [found for replay in facts.replays for found in replay.blocking]
    if overtaken and facts.passed >= Stage.CHILD:
        notes.append(
            f"The configurations read differ ({overtaken[0].aspect}: {overtaken[0].offered} against {overtaken[0].accepted}) "
            "although the tunnel came up: what runs may not be what is configured."
        )
    return tuple(notes)


def _undetermined(facts: Facts, diagnosis: Diagnosis) -> str:
    candidates = diagnosis.findings
    if not candidates:
        if _nothing_was_seen(facts):
            dead = (f"{facts.name(side)}: {end.failure}" for side in SIDES if (end := facts.end(side)) is not None)
            return " ".join(("Undetermined: no device could be asked.", *dead))
        if is_without_ipsec(facts):
            return (
                f"Undetermined: no IPsec was recognised in this text ({what_is_there(facts)}); paste configuration, SAs, log."
            )
        if facts.replays and not any(replay.blocking for replay in facts.replays):
            return "Undetermined: both configurations agree, and nothing was seen of a negotiation; collect state and log."
        return "Undetermined: what was collected shows no negotiation, no state and no difference."
    names = ", ".join(finding.cause for finding in candidates[:3])
    ask = diagnosis.missing[0] if diagnosis.missing else None
    advice = f" Collect {ask.what} on {ask.device}." if ask is not None else ""
    return f"Undetermined: {candidates[0].headline} Most likely: {names}.{advice}"

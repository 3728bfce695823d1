"""`ipsecbot eval`: how often the program is right on labelled cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ipsecbot.evaluate import Evaluation, Score

BELOW = 1


def evaluate_cases(
    cases: Annotated[Path, typer.Argument(metavar="CASES", help="A folder of cases: one folder each, with a truth.yaml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")] = False,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", metavar="PERCENT", min=0, max=100, help="Exit 1 below this accuracy.")
    ] = None,
) -> None:
    """Run labelled cases and print the accuracy, the confusions, the calibration and each miss."""
    from ipsecbot.evaluate import evaluate

    evaluation = evaluate(cases)
    typer.echo(json.dumps(document(evaluation), indent=2, ensure_ascii=False) if as_json else "\n".join(lines(evaluation)))
    if fail_under is not None and evaluation.accuracy * 100 < fail_under:
        raise typer.Exit(BELOW)


def document(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure as plain JSON values."""
    stage_right, stage_all = evaluation.stages()
    return {
        "schema": "ipsecbot.evaluation/1",
        "cases": len(evaluation.scores),
        "visible": {"right": sum(s.is_right for s in evaluation.visible), "of": len(evaluation.visible)},
        "hidden": {"right": sum(s.is_right for s in evaluation.hidden), "of": len(evaluation.hidden)},
        "accuracy": round(evaluation.accuracy, 4),
        "wrong_and_sure": [score.case for score in evaluation.wrong_and_sure],
        "stage": {"right": stage_right, "of": stage_all},
        "by_cause": [{"cause": cause, "right": right, "of": number} for cause, right, number in evaluation.by_cause()],
        "confusions": [{"expected": e, "got": g, "times": n} for e, g, n in evaluation.confusions()],
        "calibration": [{"from": a, "to": b, "right": r, "of": n} for a, b, r, n in evaluation.calibration()],
        "scores": [_score(score) for score in evaluation.scores],
        "unusable": [{"case": case, "why": why} for case, why in evaluation.unusable],
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "case": score.case,
        "right": score.is_right,
        "expected": score.truth.cause,
        "visible": score.truth.visible,
        "got": score.got,
        "attribute": {"expected": score.truth.attribute, "got": score.attribute},
        "confidence": round(score.confidence, 3),
        "candidates": list(score.candidates),
        "stage": {"expected": score.truth.stage, "got": list(score.stages)},
        "headline": score.headline,
    }


def lines(evaluation: Evaluation) -> Iterator[str]:
    """The figures for people."""
    visible, hidden = evaluation.visible, evaluation.hidden
    yield f"{_rate(visible)} of the visible cases right, {_rate(hidden)} of those whose text does not tell"
    stage_right, stage_all = evaluation.stages()
    yield f"stage right in {stage_right} of {stage_all}"
    yield f"wrong at a confidence of 0.8 or more: {len(evaluation.wrong_and_sure)}"
    yield from ("", "cause                          right  of")
    yield from (f"{cause:<30} {right:>5} {number:>3}" for cause, right, number in evaluation.by_cause())
    yield from ("", "confidence   right  of")
    yield from (f"{low:.1f} - {high:.1f}    {right:>5} {n:>3}" for low, high, right, n in evaluation.calibration() if n)
    confusions = list(evaluation.confusions())
    if confusions:
        yield from ("", "expected                       got                            times")
        yield from (f"{expected:<30} {got:<30} {number:>5}" for expected, got, number in confusions)
    if evaluation.misses:
        yield from ("", "misses:")
        yield from map(_miss, evaluation.misses)
    if evaluation.unusable:
        yield from ("", "no cases:")
        yield from (f"  {case}: {why}" for case, why in evaluation.unusable)


def _rate(scores: tuple[Score, ...]) -> str:
    right = sum(score.is_right for score in scores)
    return f"{right}/{len(scores)} ({right / len(scores) if scores else 1:.1%})"


def _miss(score: Score) -> str:
    expected = score.truth.cause if score.truth.visible else f"undetermined ({score.truth.cause})"
    got = score.got or f"undetermined ({', '.join(score.candidates[:3]) or 'no candidate'})"
    return f"  {score.case}: expected {expected}, got {got} at {score.confidence:.2f}: {score.headline}"

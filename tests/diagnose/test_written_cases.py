"""Texts as engineers paste them, written for causes of which real ones are rare: each ends in its cause, or in none.

cases/<name>/<device>/text.txt with truth.yaml, in the layout that `ipsecbot eval` runs; all values are invented.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ipsecbot.diagnose.faults import catalogue
from ipsecbot.evaluate import Evaluation, Score, evaluate

CASES = Path(__file__).with_name("cases")
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


@cache
def evaluated() -> Evaluation:
    return evaluate(CASES)


def _score(name: str) -> Score:
    return next(score for score in evaluated().scores if score.case == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_pasted_text_ends_in_its_cause(name: str) -> None:
    """Where the text does not tell: undetermined, or the cause said timidly."""
    score = _score(name)
    assert score.is_right, f"{score.got} at {score.confidence}: {score.headline} {score.candidates}"


def test_every_folder_is_a_case() -> None:
    """Nothing is left out in silence."""
    assert evaluated().unusable == ()
    assert [score.case for score in evaluated().scores] == NAMES


def test_every_label_is_a_code_of_the_catalogue() -> None:
    """A case with a misspelt cause would never be right."""
    known = {fault.code for fault in catalogue()}
    assert {label for score in evaluated().scores for label in (score.truth.cause, *score.truth.accepted)} <= known

"""Labelled cases → how often the program is right, and how well its confidence is calibrated.

A case is a folder (alone, or in a folder that groups cases) with one folder for each device and a truth.yaml: `cause` (a
code of faults.yaml), `also` and `accept` (labels that count as right too), `attribute`, `stage` (the last message
reached), `visible` (false: the text alone does not tell, so that `undetermined` is right, or the cause at a confidence
below 0.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ipsecbot.collect.fingerprint import Fingerprinter, KeyedFingerprinter
from ipsecbot.errors import InputError, IpsecbotError
from ipsecbot.explain import conclude_texts
from ipsecbot.model.exchange import Exchange, ExchangeKind, Outcome
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.pasted import read_device

BANDS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.0)
SURE, TIMID = 0.8, 0.7


@dataclass(frozen=True, slots=True)
class Truth:
    """What truth.yaml says."""

    cause: str
    accepted: tuple[str, ...]
    attribute: str | None
    stage: str | None
    visible: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One case: what was expected and what the program said. `got` None is undetermined."""

    case: str
    truth: Truth
    got: str | None
    attribute: str | None
    confidence: float
    candidates: tuple[str, ...]
    stages: tuple[str, ...]
    headline: str

    @property
    def names_the_cause(self) -> bool:
        return self.got is not None and self.got in (self.truth.cause, *self.truth.accepted)

    @property
    def is_right(self) -> bool:
        """The cause; where the text does not tell it: undetermined, or the cause said timidly."""
        if self.truth.visible:
            return self.names_the_cause
        return self.got is None or (self.names_the_cause and self.confidence < TIMID)

    @property
    def is_wrong_and_sure(self) -> bool:
        return self.got is not None and not self.names_the_cause and self.confidence >= SURE

    @property
    def stage_is_right(self) -> bool | None:
        """Whether the stage is among those reached; None where the truth names none or nothing was negotiated."""
        return self.truth.stage in self.stages if self.truth.stage and self.stages else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores, and each folder that is no case with the reason."""

    scores: tuple[Score, ...]
    unusable: tuple[tuple[str, str], ...]

    @property
    def visible(self) -> tuple[Score, ...]:
        return tuple(score for score in self.scores if score.truth.visible)

    @property
    def hidden(self) -> tuple[Score, ...]:
        return tuple(score for score in self.scores if not score.truth.visible)

    @property
    def wrong_and_sure(self) -> tuple[Score, ...]:
        return tuple(score for score in self.scores if score.is_wrong_and_sure)

    @property
    def misses(self) -> tuple[Score, ...]:
        return tuple(score for score in self.scores if not score.is_right)

    @property
    def accuracy(self) -> float:
        """Share of the visible cases that are right; 1.0 of none."""
        return share(self.visible)

    def by_cause(self) -> Iterator[tuple[str, int, int]]:
        """(cause, right, all) of the visible cases, the most frequent first."""
        total = Counter(score.truth.cause for score in self.visible)
        right = Counter(score.truth.cause for score in self.visible if score.is_right)
        for cause, number in sorted(total.items(), key=lambda item: (-item[1], item[0])):
            yield cause, right[cause], number

    def confusions(self) -> Iterator[tuple[str, str, int]]:
        """(expected, got, how often), the most frequent first."""
        pairs = Counter((score.truth.cause, score.got or "undetermined") for score in self.misses if score.truth.visible)
        for (expected, got), number in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
            yield expected, got, number

    def calibration(self) -> Iterator[tuple[float, float, int, int]]:
        """(from, to, right, all) for each band of confidence, of all verdicts that name a cause."""
        upper = 1.0
        for lower in BANDS:
            top = upper
            inside = [
                score
                for score in self.scores
                if score.got is not None and lower <= score.confidence and (score.confidence < top or top == 1.0)
            ]
            yield lower, top, sum(score.names_the_cause for score in inside), len(inside)
            upper = lower

    def stages(self) -> tuple[int, int]:
        """(right, all) of the cases whose stage can be compared."""
        compared = [score.stage_is_right for score in self.scores if score.stage_is_right is not None]
        return sum(compared), len(compared)


def share(scores: tuple[Score, ...]) -> float:
    return sum(score.is_right for score in scores) / len(scores) if scores else 1.0


def evaluate(cases: Path) -> Evaluation:
    """Run every case below `cases`. InputError when that is no folder; a case that cannot be used is told, not raised."""
    if not cases.is_dir():
        raise InputError(f"{cases} is not a folder.")
    fingerprinter = KeyedFingerprinter(b"the same in every run, so that two runs can be compared")
    scores: list[Score] = []
    unusable: list[tuple[str, str]] = []
    for folder in _folders(cases):
        name = folder.relative_to(cases).as_posix()
        try:
            scores.append(_score(name, folder, fingerprinter))
        except IpsecbotError as error:
            unusable.append((name, str(error)))
    return Evaluation(tuple(scores), tuple(unusable))


def _folders(below: Path) -> Iterator[Path]:
    """The folders that should be cases: `below`/<case>, or `below`/<group>/<case> where the group keeps cases only."""
    for folder in _subfolders(below):
        grouped = any((inner / "truth.yaml").exists() for inner in _subfolders(folder))
        if grouped and not (folder / "truth.yaml").exists():
            yield from _subfolders(folder)
        else:
            yield folder


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _score(name: str, folder: Path, fingerprinter: Fingerprinter) -> Score:
    truth = read_truth(folder / "truth.yaml")
    folders = _subfolders(folder)
    if not folders:
        raise InputError("no folder of a device in it.")
    diagnosis = conclude_texts(tuple(read_device(str(path), fingerprinter) for path in folders))
    return Score(
        case=name,
        truth=truth,
        got=diagnosis.cause,
        attribute=diagnosis.attribute,
        confidence=diagnosis.confidence,
        candidates=tuple(finding.cause for finding in diagnosis.findings),
        stages=_stages(diagnosis),
        headline=diagnosis.headline,
    )


def read_truth(path: Path) -> Truth:
    """What a truth.yaml says; InputError when it cannot be read or names no cause."""
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"truth.yaml: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"truth.yaml is no YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(content, dict) or not isinstance(content.get("cause"), str):
        raise InputError("truth.yaml names no cause.")
    accepted = (*_labels(content.get("also")), *_labels(content.get("accept")))
    attribute, stage = content.get("attribute"), content.get("stage")
    return Truth(
        cause=content["cause"],
        accepted=accepted,
        attribute=str(attribute) if attribute else None,
        stage=str(stage) if stage else None,
        visible=content.get("visible") is not False,
    )


def _labels(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _stages(diagnosis: Diagnosis) -> tuple[str, ...]:
    """How far the negotiations that failed came (all of them where none did): MM5, QM1, IKE_AUTH, …"""
    told = [one for one in diagnosis.tunnel.ladder.exchanges if one.kind is not ExchangeKind.INFORMATIONAL]
    failed = [one for one in told if _failed(one)]
    return tuple(dict.fromkeys((one.reached or "").split(" ")[0] for one in failed or told if one.reached))


def _failed(exchange: Exchange) -> bool:
    return exchange.outcome is not Outcome.ESTABLISHED or exchange.child is Outcome.REFUSED

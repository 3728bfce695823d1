"""What two charons made of the generated pairs, kept so that it can be compared where no charon runs.

One line a pair in recorded_negotiations.jsonl: its seed, a digest of both ends' files, and the outcome of either direction. The
files are made again from the seed. `IPSECBOT_RECORD=1 pytest tests/live/test_negotiation_against_charon.py` writes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from charon_outcome import Outcome
from generated_ends import GeneratedPair, generate

from ipsecbot.model.evidence import Side

PATH = Path(__file__).with_name("recorded_negotiations.jsonl")


@dataclass(frozen=True)
class Recorded:
    """`outcomes` None: a daemon did not take its file; `took` says which."""

    seed: int
    digest: str
    took: dict[Side, bool]
    outcomes: dict[Side, Outcome]


def digest(pair: GeneratedPair) -> str:
    """Tells when the generator makes another pair of a seed than it did."""
    text = "\0".join(part for wish in (pair.left, pair.right) for part in (wish.swanctl(), *wish.options))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def keep(version: str, pairs: Iterable[Recorded]) -> None:
    """Add pairs to those that are kept, or replace them; what the generator no longer makes is dropped."""
    kept = {one.seed: one for one in (*read()[1], *pairs) if digest(generate(one.seed)) == one.digest}
    lines = [json.dumps({"charon": version}), *(_line(one) for _, one in sorted(kept.items()))]
    PATH.write_text("\n".join(lines) + "\n")


def _line(one: Recorded) -> str:
    sides: list[object] = []
    for side in Side:
        outcome = one.outcomes.get(side)
        told = (
            [outcome.ike, list(outcome.children), outcome.refusal, outcome.rekey, outcome.asked] if outcome else one.took[side]
        )
        sides.append(told)
    return json.dumps([one.seed, one.digest, *sides], separators=(",", ":"))


def read() -> tuple[str, list[Recorded]]:
    """(the charon's version, every pair)."""
    first, *rest = PATH.read_text().splitlines()
    return json.loads(first)["charon"], list(_pairs(rest))


def _pairs(lines: list[str]) -> Iterator[Recorded]:
    for line in lines:
        seed, found, *sides = json.loads(line)
        kept = dict(zip(Side, sides, strict=True))
        outcomes = {side: Outcome(o[0], tuple(o[1]), *o[2:]) for side, o in kept.items() if isinstance(o, list)}
        yield Recorded(seed, found, {side: o is not False for side, o in kept.items()}, outcomes)

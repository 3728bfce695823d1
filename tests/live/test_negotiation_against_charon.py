"""What `negotiate` predicts from two configuration files against what two real charons then do.

`IPSECBOT_PAIRS=2000 IPSECBOT_SEED=5000 pytest tests/live/test_negotiation_against_charon.py` tries more and other pairs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from charon_credentials import credentials
from charon_outcome import Charons, Outcome, strongswan_text
from charon_prediction import loads, predict, read_end
from generated_ends import GeneratedPair, generate
from recorded_negotiations import Recorded, digest, keep, read

from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.requirements import requirements
from ipsecbot.model.evidence import Side
from ipsecbot.parse.read import EndConfig

PAIRS = int(os.environ.get("IPSECBOT_PAIRS", "200"))
FIRST = int(os.environ.get("IPSECBOT_SEED", "1"))
BATCHES = 4
RECORD = os.environ.get("IPSECBOT_RECORD") == "1"
MISSING = requirements()
CHARON, RECORDED = read()
LEFT_OUT = f"left out: two real charons ({'; '.join(MISSING)}); the recorded answers of charon {CHARON} are compared instead"


@pytest.fixture(scope="module")
def charons(pair: StrongswanPair) -> Iterator[Charons]:
    """Two charons whose connections come and go."""
    charons = Charons(pair, credentials())
    yield charons
    charons.close()


def test_every_recorded_negotiation_is_predicted() -> None:
    """From the files alone: established or not, both proposals, the selectors, the mode, the refusal and who says it, and
    whether the first child can be rekeyed; whichever end starts. The answers are those of two charons of version 5.9.8."""
    wrong = []
    for recorded in RECORDED:
        pair = generate(recorded.seed)
        assert digest(pair) == recorded.digest, f"the generator changed: record again ({recorded.seed})"
        wrong += _differences(pair, recorded)
    assert not wrong, "\n".join(wrong)
    assert len(RECORDED) >= 200


@pytest.mark.live
@pytest.mark.skipif(bool(MISSING), reason=LEFT_OUT)
@pytest.mark.timeout(max(180, PAIRS))
@pytest.mark.parametrize("batch", range(BATCHES))
def test_two_charons_do_what_is_predicted(charons: Charons, batch: int) -> None:
    """Generated pairs, loaded into a standing pair of daemons, started from either end, without one disagreement."""
    wrong, seen = [], []
    for seed in range(FIRST + batch, FIRST + PAIRS, BATCHES):
        pair = generate(seed)
        for _ in range(3):
            recorded = _tried(charons, pair)
            found = _differences(pair, recorded)
            if not any("silence" in line for line in found):
                break  # on a busy machine an answer can come later than the daemons wait
        wrong += found
        seen.append(recorded)
    assert not wrong, "\n".join(wrong)
    if RECORD:
        keep(charons.version, seen)


def _tried(charons: Charons, pair: GeneratedPair) -> Recorded:
    took = charons.load(pair)
    outcomes = {side: charons.attempt(pair, side) for side in Side} if all(took.values()) else {}
    return Recorded(pair.seed, digest(pair), took, outcomes)


def _differences(pair: GeneratedPair, recorded: Recorded) -> list[str]:
    """One line for everything that is not as predicted."""
    ends = {
        side: read_end(side, wish.swanctl(), strongswan_text(wish))
        for side, wish in zip(Side, (pair.left, pair.right), strict=True)
    }
    wrong = [
        f"seed {pair.seed}: charon {'took' if recorded.took[side] else 'refused'} the connection of {side}"
        for side in Side
        if loads(ends[side]) != recorded.took[side]
    ]
    for initiator, outcome in recorded.outcomes.items():
        wrong += _compared(pair.seed, ends, initiator, outcome)
    return wrong


def _compared(seed: int, ends: dict[Side, EndConfig], initiator: Side, outcome: Outcome) -> list[str]:
    said, negotiation = predict(ends[Side.LEFT], ends[Side.RIGHT], initiator)
    if said == outcome:
        return []
    reasons = "; ".join(f"{one.aspect} {one.attribute or ''}: {one.offered} / {one.accepted}" for one in negotiation.mismatches)
    told = f"  predicted {said}\n  seen      {outcome}\n  because {reasons or negotiation.unknown}"
    return [f"seed {seed}, {initiator} starts:\n{told}"]

"""How sure a finding is: a table by strength and witness, combined over independent witnesses.

The numbers are meant as frequencies ("of verdicts given at 0.9, nine in ten hold"). Independent witnesses multiply the
doubt that is left: the responder's refusal (0.92) and both configurations (0.85) leave 0.08 * 0.15, capped at 0.97 because
the program itself can err.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from ipsecbot.diagnose.registry import Clue, Strength, Witness

FOUND_FROM = 0.6  # below, a candidate is named but not the verdict
CAP = 0.97
HINTS_ONLY = 0.5
CONTRADICTED = 0.85  # a witness says the opposite, or another fault of the same stage is as well proved

_TABLE: dict[tuple[Strength, Witness], float] = {
    (Strength.PROOF, Witness.RESPONDER): 0.92,
    (Strength.PROOF, Witness.INITIATOR): 0.9,
    (Strength.PROOF, Witness.CONFIGS): 0.9,
    (Strength.PROOF, Witness.CONFIG): 0.88,
    (Strength.PROOF, Witness.STATE): 0.92,
    (Strength.PROOF, Witness.DAEMON): 0.95,
    (Strength.STRONG, Witness.RESPONDER): 0.75,
    (Strength.STRONG, Witness.INITIATOR): 0.7,
    (Strength.STRONG, Witness.CONFIGS): 0.85,
    (Strength.STRONG, Witness.CONFIG): 0.75,
    (Strength.STRONG, Witness.STATE): 0.75,
    (Strength.STRONG, Witness.DAEMON): 0.8,
}


def of_clue(clue: Clue) -> float:
    """How often the cause holds when this clue is all there is; a rule that knows better than the table says so by `weight`."""
    return clue.weight if clue.strength is Strength.HINT or clue.weight else _TABLE[clue.strength, clue.witness]


def of_clues(clues: Iterable[Clue], contradictions: int = 0) -> float:
    """All clues for one cause together: the best of each witness, hints alone never above HINTS_ONLY. Beside stronger clues a
    hint adds nothing: it is the same sight once more, told in general words."""
    best: dict[Witness, float] = {}
    every = tuple(clues)
    strong = tuple(clue for clue in every if clue.strength is not Strength.HINT)
    for clue in strong or every:
        best[clue.witness] = max(best.get(clue.witness, 0.0), of_clue(clue))
    together = 1.0 - prod(1.0 - value for value in best.values())
    ceiling = CAP if strong else HINTS_ONLY
    return round(min(together, ceiling) * CONTRADICTED**contradictions, 2)

"""A CHILD_SA that nobody refused and one end gave up all the same: what was odd about it stands in the configurations.

charon narrows selectors and falls back to tunnel mode without a word; where the kernel cannot install what is left (no
address of its own in the narrower network, a policy that would catch IKE itself), only "unable to install" is logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import Facts, is_esp
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Witness, rule
from ipsecbot.diagnose.testimony import ends, reported
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.model.selectors import mirrored


@rule("traffic-selector-mismatch", Need.LOG)
def narrowed_and_given_up(facts: Facts) -> Iterator[Clue]:
    """Both ends agree on the networks that both have, and one of them cannot use that.

    Seen: no refusal, but an end gives up the CHILD_SA while installing it; the selectors of both overlap and do not mirror.
    Mended: on either end, by the mirror image of the other's selectors.
    """
    narrowed = next((replay for replay in facts.replays if not _mirrors(replay) and not _modes_differ(replay)), None)
    if narrowed is None or facts.is_up:
        return
    mine, yours = (_spoken(narrowed, left=side) for side in (True, False))
    names = facts.name(Side.LEFT), facts.name(Side.RIGHT)
    why = f"{names[0]} protects {mine}, {names[1]} {yours}; make the traffic selectors mirror each other"
    yield from _given_up(facts, "traffic-selector-mismatch", why, mine, yours)


@rule("encapsulation-mode-mismatch", Need.LOG)
def fallen_back_and_given_up(facts: Facts) -> Iterator[Clue]:
    """Transport mode against tunnel mode, where IKEv2 falls back to tunnel mode and one end cannot use that.

    Seen: no refusal, but an end gives up the CHILD_SA while installing it; the configurations name different modes.
    Mended: on either end, by the mode of the other.
    """
    differing = next((replay for replay in facts.replays if _modes_differ(replay)), None)
    if differing is None or differing.left_child is None or differing.right_child is None or facts.is_up:
        return
    mine, yours = differing.left_child.mode, differing.right_child.mode
    why = f"{facts.name(Side.LEFT)} has {mine} mode, {facts.name(Side.RIGHT)} {yours} mode; use one on both"
    yield from _given_up(facts, "encapsulation-mode-mismatch", why, str(mine), str(yours))


def _given_up(facts: Facts, cause: str, why: str, mine: str, yours: str) -> Iterator[Clue]:
    def say(seen: Seen) -> str:
        me, _ = ends(facts, seen)
        return f"{me} could not install the CHILD_SA that was negotiated: {why}."

    for clue in reported(
        facts, cause, say, EventKind.FAILED, strength=Strength.STRONG, where=lambda seen: is_esp(seen.event.protocol)
    ):
        # the configurations do differ, so that this line is never older than their agreement (freshness.py)
        yield replace(clue, witness=Witness.STATE, offered=mine, accepted=yours)


def _modes_differ(replay: Negotiation) -> bool:
    left, right = replay.left_child, replay.right_child
    return left is not None and right is not None and None not in (left.mode, right.mode) and left.mode is not right.mode


def _mirrors(replay: Negotiation) -> bool:
    left, right = replay.left_child, replay.right_child
    if left is None or right is None or left.selectors is None or right.selectors is None:
        return True
    return {str(mirrored(pair)) for pair in left.selectors} == {str(pair) for pair in right.selectors}


def _spoken(replay: Negotiation, *, left: bool) -> str:
    child = replay.left_child if left else replay.right_child
    return ", ".join(str(pair) for pair in (child.selectors if child is not None else None) or ())

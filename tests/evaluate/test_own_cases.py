"""Our own labelled cases: every cause has one, and the program finds it.

tests/cases/<cause>/<name>/ holds one folder for each device and a truth.yaml, in the layout that `ipsecbot eval` reads.
The texts are excerpts of what our own laboratories print, with invented names, addresses and secrets, or written by hand in
the formats of the vendors.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from ipsecbot.diagnose.faults import catalogue
from ipsecbot.diagnose.rules import every_rule
from ipsecbot.evaluate import Evaluation, evaluate, read_truth

CASES = Path(__file__).parents[1] / "cases"

# What a competent engineer could tell from the text and the program cannot yet: case → why.
KNOWN_MISSES: dict[str, str] = {}

# Networks that exist for documentation, private use, or nobody.
_HARMLESS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(CASES)


def folders() -> list[Path]:
    return sorted(path.parent for path in CASES.glob("*/*/truth.yaml"))


def causes_with_a_case() -> set[str]:
    return {read_truth(folder / "truth.yaml").cause for folder in folders()}


def test_every_code_of_the_catalogue_has_a_case() -> None:
    """No cause is claimed that no text shows; a case lies in the folder of its cause."""
    assert {fault.code for fault in catalogue()} - causes_with_a_case() == set()
    strays = [folder for folder in folders() if read_truth(folder / "truth.yaml").cause != folder.parent.name]
    assert not strays


def test_every_rule_has_a_case() -> None:
    """A new rule comes with a case whose text tells its cause."""
    told = {truth.cause for folder in folders() if (truth := read_truth(folder / "truth.yaml")).visible}
    assert {rule.cause for rule in every_rule()} - told == set()


def test_every_case_can_be_used(evaluation: Evaluation) -> None:
    """Each has a truth and at least one device's text."""
    assert evaluation.unusable == ()
    assert len(evaluation.scores) == len(folders())


def test_the_visible_causes_are_found(evaluation: Evaluation) -> None:
    """At least 95 % of the cases whose text tells the cause; what is missed is listed here with its reason."""
    missed = {score.case for score in evaluation.misses if score.truth.visible}
    assert missed == set(KNOWN_MISSES)
    assert evaluation.accuracy >= 0.95


def test_nothing_is_said_wrongly_with_confidence(evaluation: Evaluation) -> None:
    """No wrong cause at a confidence of 0.8 or more."""
    assert evaluation.wrong_and_sure == ()


def test_what_a_text_does_not_tell_is_left_open(evaluation: Evaluation) -> None:
    """Undetermined, or the right cause at a confidence below 0.7."""
    assert len(evaluation.hidden) >= 8
    assert [score.case for score in evaluation.hidden if not score.is_right] == []


def test_the_differing_attribute_is_named(evaluation: Evaluation) -> None:
    """Where the truth names the attribute and the cause is found, the attribute is the right one."""
    wrong = {
        score.case: score.attribute
        for score in evaluation.scores
        if score.truth.attribute and score.got == score.truth.cause and score.attribute != score.truth.attribute
    }
    assert wrong == {}


def test_no_address_of_anybody_is_in_the_cases() -> None:
    """Addresses come from the ranges for documentation and private use only."""
    foreign = set()
    for path in CASES.glob("*/*/*/*.txt"):
        for text in _ADDRESS.findall(path.read_text(encoding="utf-8")):
            if all(int(part) < 256 for part in text.split(".")):
                address = ipaddress.ip_address(text)
                if not any(address in network for network in _HARMLESS):
                    foreign.add((path.parent.parent.name, text))
    assert foreign == set()

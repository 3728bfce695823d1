"""Cut, joined, shuffled and repeated lines: every reader answers, and raises nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import CASES, LINES, READ, case_lines, climbed

JOINS = ("\n", "\n\n", "", " ", "\r\n", "\t", "&nbsp;", "<br>", "&&&&&", "\x00", "\u3000", "…\n", "> ", "| ", "* ")


def mangled(lines: list[str], chance: random.Random) -> str:
    """The lines with a few of the accidents of pages, terminals and hands."""
    lines = [chance.choice(lines) for _ in range(chance.randrange(1, 40))]
    for number, line in enumerate(lines):
        accident = chance.randrange(8)
        at = chance.randrange(len(line) + 1)
        if accident == 0:
            lines[number] = line[:at]
        elif accident == 1:
            lines[number] = line[at:]
        elif accident == 2:
            lines[number] = line[:at] + chance.choice(JOINS) + line[at:]
        elif accident == 3:
            lines[number] = line[:at] + line[at + 1 + chance.randrange(6) :]
        elif accident == 4:
            lines[number] = line * chance.randrange(1, 4)
    return "".join(line + (chance.choice(JOINS) if chance.random() < 0.2 else "\n") for line in lines)


@pytest.mark.parametrize("name", READ)
def test_mangled_lines(name: str) -> None:
    """A reader meets the lines of every kind of output, each damaged in its own way, and answers."""
    chance = random.Random(f"mangled {name}")  # seeded: a failure can be repeated
    for _ in range(12):
        READ[name](mangled(list(LINES), chance))


def test_mangled_lines_become_ladders() -> None:
    """Whatever events come of it, the ladder is climbed."""
    chance = random.Random("ladders")
    for _ in range(40):
        climbed(mangled(list(LINES), chance))


def test_lines_of_the_shared_cases() -> None:
    """The same with lines of real cases."""
    lines = case_lines(1500)
    if not lines:
        pytest.skip(f"{CASES.name} is not here: the lines of real cases are left out")
    chance = random.Random("cases")
    for _ in range(15):
        text = mangled(lines, chance)
        climbed(text)
        for read in READ.values():
            read(text)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40)), max_size=12), st.sampled_from(JOINS))
def test_any_text(lines: list[str], join: str) -> None:
    """Any characters between the lines, too."""
    text = join.join(lines)
    climbed(text)
    for read in READ.values():
        read(text)

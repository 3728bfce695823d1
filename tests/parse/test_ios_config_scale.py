"""Large configurations take time in proportion, and damaged ones still answer."""

from __future__ import annotations

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st
from test_ios_rules_ikev2 import POLICIES, PROFILE, RING, TUNNEL
from test_ios_rules_ipsec import ALL

from bench.apparatus.iosconfigs import hub
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.around.read import read_surroundings
from ipsecbot.parse.ios.config import read_config

LINES = (ALL + POLICIES + PROFILE + RING + TUNNEL + hub(4)).splitlines()
WORST = 1.5  # times the time of a tunnel, when there are four times as many


def _read(text: str) -> int:
    output = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text)
    read_surroundings((output,), "hub")
    return len(read_config(output, "hub").value.connections)


def _seconds_of_a_tunnel(tunnels: int) -> float:
    text = hub(tunnels)
    began = time.process_time()
    assert _read(text) == tunnels
    return (time.process_time() - began) / tunnels


def test_five_hundred_tunnels_take_as_long_each_as_a_hundred() -> None:
    """7,000 lines and 500 tunnels: the time of one tunnel does not grow with their number (best of 3 ratios, by processor)."""
    assert min(_seconds_of_a_tunnel(500) / _seconds_of_a_tunnel(125) for _ in range(3)) < WORST


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 60))
def test_cut_and_shuffled_lines_never_raise(chance: random.Random, count: int) -> None:
    """Lines of real form, lost, cut, repeated, joined and in any order."""
    picked = [chance.choice(LINES) for _ in range(count)]
    for number, line in enumerate(picked):
        accident = chance.randrange(6)
        at = chance.randrange(len(line) + 1)
        if accident == 0:
            picked[number] = line[:at]
        elif accident == 1:
            picked[number] = line[at:]
        elif accident == 2:
            picked[number] = line[:at] + " " * chance.randrange(3) + chance.choice(LINES)
        elif accident == 3:
            picked[number] = line.strip()
    _read("\n".join(picked))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=30))
def test_any_text_between_the_lines(lines: list[str]) -> None:
    """Any characters, too."""
    _read("\n".join(lines))


def test_every_beginning_of_a_configuration_answers() -> None:
    """A session that ended in the middle leaves a beginning; each is read, and its connections are no more than the whole's."""
    for end in range(0, len(ALL), 37):
        assert _read(ALL[:end]) <= 1

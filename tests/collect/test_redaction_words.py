"""The look for announcing words keeps no rule from a line: else a rule that somebody adds would silently never run."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipsecbot.collect.redaction_rules import BLOCKS, RULES, may_hold_secret


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.platform.value}: {rule.what}")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_rule_matches_passes_the_look(rule: object, data: st.DataObject) -> None:
    """Lines made from the rule's own expression, so that every branch of it is tried."""
    line = data.draw(st.from_regex(rule.expression))  # type: ignore[attr-defined]
    for part in re.split(r"[\r\n]", line):
        if rule.expression.search(part):  # type: ignore[attr-defined]
            assert may_hold_secret(part), part


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_opens_a_block_has_its_word(block: tuple[str, re.Pattern[str], object, object], data: st.DataObject) -> None:
    """The word beside an opening expression is in every line that it matches."""
    line = data.draw(st.from_regex(block[1]))
    assert block[0] in line, line

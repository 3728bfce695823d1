"""Running-configs as other engineers write them, diagnosed over SSH; and what the remedy does when it is typed in."""

from __future__ import annotations

import pytest
from conftest import Diagnose
from faults import Fault
from strangers import STRANGERS


@pytest.mark.parametrize("fault", STRANGERS, ids=lambda fault: fault.name)
def test_a_strangers_fault_is_found(diagnose: Diagnose, fault: Fault) -> None:
    """Cause, attribute and side, whatever stands around them; also where the console forbids a debug."""
    answer = diagnose(fault)
    document = answer.document
    assert document.get("cause") in {fault.cause, *fault.also}, answer.stderr or document
    if fault.attribute:
        assert document["attribute"] == fault.attribute
    if fault.change:
        assert document["findings"][0]["change"] in fault.change
    assert all(flags == frozenset() for flags in answer.debugging.values())

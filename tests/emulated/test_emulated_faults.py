"""Every emulated fault, diagnosed over SSH as a person would: the right cause and attribute, and debugging off afterwards."""

from __future__ import annotations

import pytest
from conftest import Diagnose
from faults import FAULTS, Fault


def test_the_catalogue_is_large_enough() -> None:
    """At least 24 faults besides the healthy pairs, both IKE versions, and every name once."""
    broken = [fault for fault in FAULTS if fault.cause != "healthy"]
    assert len(broken) >= 24
    assert {fault.pair.version for fault in broken} == {1, 2}
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_cause_is_found(diagnose: Diagnose, fault: Fault) -> None:
    """Cause, attribute and side as the catalogue has them; nothing is left switched on."""
    answer = diagnose(fault)
    document = answer.document
    assert document.get("cause") in {fault.cause, *fault.also}, answer.stderr or document
    assert answer.status == (0 if fault.cause == "healthy" else 1)
    if fault.attribute and document["cause"] == fault.cause:
        assert document["attribute"] == fault.attribute
    if fault.change:
        assert document["findings"][0]["change"] in fault.change
    assert all(flags == frozenset() for flags in answer.debugging.values())

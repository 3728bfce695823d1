"""Every emulated fault, diagnosed over SSH as a person would: the right cause and attribute, and debugging off afterwards."""

from __future__ import annotations

import pytest
from conftest import Diagnose
from emulated_pairs import RIGHT
from faults import FAULTS, Fault

from ipsecbot.lab.ios.misbehaviour import Misbehaviour

AWKWARD = {
    "slow": Misbehaviour(slow=0.3),
    "banner": Misbehaviour(banner="*** AUTHORISED# USERS> ONLY ***\nPassword: is not asked twice\n"),
    "noise": Misbehaviour(noise=0.4),
    "always-pages": Misbehaviour(more_always=True),
    "console-debugging": Misbehaviour(console_debugging=True),
}


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


@pytest.mark.parametrize("awkward", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_router_does_not_change_the_answer(diagnose: Diagnose, awkward: Misbehaviour) -> None:
    """Slowness, banners, syslog between the lines and a pager that stays on: the same cause, debugging off afterwards."""
    fault = next(fault for fault in FAULTS if fault.name == "v1-group")
    answer = diagnose(fault, {RIGHT: awkward})
    assert answer.document.get("cause") == fault.cause, answer.stderr or answer.document
    assert answer.document["attribute"] == fault.attribute
    assert all(flags == frozenset() for flags in answer.debugging.values())


def test_a_foreign_debug_stays_on(diagnose: Diagnose) -> None:
    """What somebody else switched on is on afterwards too."""
    fault = next(fault for fault in FAULTS if fault.name == "v1-group")
    answer = diagnose(fault, {RIGHT: Misbehaviour(foreign_debug=True)})
    assert answer.debugging[RIGHT] == {"ip icmp"}, answer.stderr

"""The whole program against real strongSwan pairs, over real SSH: every fault of the catalogue ends in its cause."""

from __future__ import annotations

import pytest
from swan_diagnosis import run_diagnosis, set_up
from swan_fault import Fault
from swan_faults import FAULTS

from ipsecbot.lab.strongswan.pair import StrongswanPair

pytestmark = pytest.mark.live


REACHABILITY = {"healthy", "peer-unreachable", "peer-not-listening", "nat-t-blocked", "no-interesting-traffic"}
CHOICE = {"no-config-for-peer", "ike-version-mismatch", "exchange-mode-mismatch", "ike-proposal-mismatch"}
AUTHENTICATION = {"psk-mismatch", "psk-missing", "id-mismatch"}
CHILD = {"esp-proposal-mismatch", "pfs-mismatch", "traffic-selector-mismatch", "encapsulation-mode-mismatch"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(pair: StrongswanPair, fault: Fault) -> None:
    """The right cause and attribute, the side to change where only one is right, lines that prove it, the right exit code."""
    set_up(pair, fault)
    answer = run_diagnosis(pair)
    told = answer.diagnosis.get("headline"), answer.stderr
    assert (answer.diagnosis.get("cause"), answer.diagnosis.get("attribute")) == (fault.cause, fault.attribute), told
    assert answer.exit_code == (0 if fault.cause == "healthy" else 1)
    if fault.cause == "healthy":
        return
    assert answer.best["evidence"], told
    if fault.change is not None:
        assert answer.best["change"] == fault.change, told


def test_the_catalogue_is_complete() -> None:
    """Every verdict that can be provoked here has a live fault, from both ends, and every name is used once."""
    assert {fault.cause for fault in FAULTS} == REACHABILITY | CHOICE | AUTHENTICATION | CHILD
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.initiator for fault in FAULTS} == {"left", "right"}

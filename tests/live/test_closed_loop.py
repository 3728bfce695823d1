"""The circle closed: two real charons differ, the program says why and what to type, that is typed at one end, and a packet
passes; then once more from the start with what it says for the other end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mended_faults import CASES, HARMLESS, ONE_END, with_certificates
from mending import diagnosed, inhabited, mended
from swan_diagnosis import run_diagnosis
from swan_fault import Fault
from swan_faults import FAULTS
from swan_pairs import V2

from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.model.evidence import Change, Verification

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def hosts(pair: StrongswanPair) -> Iterator[StrongswanPair]:
    with inhabited(pair):
        yield pair


@pytest.mark.parametrize("fault", CASES, ids=lambda fault: fault.name)
def test_each_remedy_by_itself_brings_the_tunnel_up(hosts: StrongswanPair, fault: Fault) -> None:
    """Diagnosed from both ends' files and logs; every remedy, typed as it is printed into the file of its end and loaded by the
    commands that it names, makes the tunnel come up and carry a packet. There is one for each end, but where `ONE_END` says
    why not."""
    diagnosis = diagnosed(hosts, fault)
    assert diagnosis.cause == fault.cause, diagnosis.headline
    remedies = diagnosis.findings[0].remedies
    sides = [ONE_END[fault.name].partition(":")[0]] if fault.name in ONE_END else ["left", "right"]
    assert sorted(remedy.device for remedy in remedies) == sides, [remedy.why for remedy in remedies]
    for again, remedy in enumerate(remedies):
        if again:
            hosts.reconfigure(fault.left, fault.right)
        wrong = mended(hosts, fault, remedy)
        assert wrong is None, f"{remedy.device}: {remedy.lines}\n{remedy.why}\n{wrong}"


def test_a_certificate_against_a_key(hosts: StrongswanPair) -> None:
    """Both versions, at either end: the method of the other end, where both have the credentials for either."""
    for fault in with_certificates():
        test_each_remedy_by_itself_brings_the_tunnel_up(hosts, fault)


def test_a_connection_that_was_not_loaded(hosts: StrongswanPair) -> None:
    """Asked over SSH, as only the daemon tells what it runs: the file is right, and has to be loaded."""
    hosts.reconfigure(V2.swanctl(), V2.mirrored().swanctl())
    hosts.right.require(["swanctl", "--load-conns", "--file", "/dev/null"])
    assert hosts.initiate("left", "net").returncode != 0
    best = run_diagnosis(hosts).best
    assert best["cause"] == "config-not-loaded", best
    (remedy,) = best["remedies"]
    assert (remedy["device"], remedy["lines"]) == ("right", ["swanctl --load-all"])
    hosts.right.require(remedy["lines"][0].split())
    assert hosts.initiate("left", "net").returncode == 0
    assert hosts.ping()


def test_aggressive_mode_is_given_up_by_both_ends_together(hosts: StrongswanPair) -> None:
    """Where the one end insists on aggressive mode and the other has it switched off: a change that says that it needs the
    other."""
    fault = next(fault for fault in FAULTS if fault.name == "mode-aggressive-refused")
    finding = diagnosed(hosts, fault).findings[0]
    first, second = finding.remedies
    assert finding.change is Change.BOTH
    assert first.verified is second.verified is Verification.SIMULATED
    assert all("together" in remedy.why for remedy in (first, second))
    assert mended(hosts, fault, first, second) is None


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: fault.name)
def test_what_differs_without_harm_is_not_mended(hosts: StrongswanPair, fault: Fault) -> None:
    """Lifetimes, mobility, forced encapsulation and dead peer detection may differ: nothing is said to be typed."""
    diagnosis = diagnosed(hosts, fault)
    assert diagnosis.cause == "healthy", diagnosis.headline
    assert not [remedy for finding in diagnosis.findings for remedy in finding.remedies]


def test_there_are_enough() -> None:
    """At least 25 different mismatches are mended at either end, in both versions and in both kinds of file."""
    either = [fault for fault in CASES if fault.name not in ONE_END]
    assert len(either) >= 25
    assert len({fault.name for fault in CASES}) == len(CASES)
    assert set(ONE_END) <= {fault.name for fault in CASES}
    assert sum(fault.left.uses_stroke for fault in either) >= 4

"""What the emulated routers show is read by the templates that were written for real captures, without a gap."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from dump_logs import played
from faults import FAULTS, Fault

from ipsecbot.lab.ios import show_ipsec, show_isakmp, show_routes, show_session, show_system
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.show_system import Line
from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.cef import read_lookups
from ipsecbot.parse.textfsm import Row, run_template

WHEN = datetime(2026, 3, 11, tzinfo=UTC)
SHOWS = (
    ("show crypto isakmp sa", OutputKind.ISAKMP_SA, show_isakmp.sa),
    ("show crypto isakmp sa detail", OutputKind.ISAKMP_SA, show_isakmp.sa_detail),
    ("show crypto isakmp policy", OutputKind.ISAKMP_POLICY, show_isakmp.policy),
    ("show crypto ipsec sa", OutputKind.IPSEC_SA, show_ipsec.sa),
    ("show crypto ipsec sa detail", OutputKind.IPSEC_SA, show_ipsec.sa_detail),
    ("show crypto ipsec transform-set", OutputKind.TRANSFORM_SET, show_ipsec.transform_set),
    ("show crypto map", OutputKind.CRYPTO_MAP, show_ipsec.crypto_map),
    ("show crypto session", OutputKind.CRYPTO_SESSION, show_session.session),
    ("show crypto session detail", OutputKind.CRYPTO_SESSION, show_session.session_detail),
    ("show crypto ikev2 sa", OutputKind.IKEV2_SA, show_session.ikev2_sa),
    ("show crypto ikev2 sa detailed", OutputKind.IKEV2_SA, show_session.ikev2_sa_detail),
    ("show version", OutputKind.VERSION, show_system.version),
    ("show ip interface brief", OutputKind.INTERFACES, show_system.interface_brief),
    ("show debugging", OutputKind.DEBUGGING, lambda machine: show_system.debugging(machine, True)),
    ("show crypto debug-condition", OutputKind.DEBUGGING, show_system.debug_condition),
    ("show logging", OutputKind.LOGGING, lambda machine: show_system.logging(machine, console_debugging=False)),
    ("show processes cpu", OutputKind.PROCESSES_CPU, lambda _: show_system.processes_cpu((7, 5, 4))),
    ("show users", OutputKind.USERS, lambda _: show_system.users([Line(0, "netops", "192.0.2.9", True)])),
)


def rows_of(machine: Machine, command: str, kind: OutputKind, text: str) -> tuple[Row, ...]:
    read = run_template(Platform.CISCO_IOS, command, RawOutput(kind, command, text, WHEN), machine.router.name)
    assert read.gaps == (), f"{machine.router.name}: {command}: {read.gaps[0]}"
    return read.value


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_show_passes_its_template(fault: Fault) -> None:
    """No line of any show of either router, in the middle of the negotiation and after it, is unknown to the templates."""
    for seconds in (1, 90):
        for machine in played(fault, story=timedelta(seconds=seconds)):
            machine.router.conditions = {"203.0.113.20"}
            for command, kind, render in SHOWS:
                rows_of(machine, command, kind, render(machine))


def test_counters_and_spis_agree_between_both_ends() -> None:
    """What one end encrypts the other decrypts, under the same SPIs."""
    for fault in (known for known in FAULTS if known.cause == "healthy"):
        left, right = played(fault)
        (ours,), (theirs,) = ([state for state in machine.ipsec.table() if state.sas] for machine in (left, right))
        assert (ours.encaps, ours.decaps) == (theirs.decaps, theirs.encaps) == (2, 2), fault.name
        assert (ours.sas[0].spi_in, ours.sas[0].spi_out) == (theirs.sas[0].spi_out, theirs.sas[0].spi_in)


def test_the_way_to_an_address() -> None:
    """`show ip cef` of the laboratory is what the reader of real answers understands: the peer by a next hop or attached."""
    for machine in played(FAULTS[0], story=timedelta(seconds=1)):
        peer = next(entry.peers[0] for entry in machine.router.config.crypto_maps if entry.peers)
        output = RawOutput(OutputKind.SURROUNDINGS, f"show ip cef {peer}", show_routes.cef(machine, str(peer)), WHEN)
        (found,) = read_lookups((output,), machine.router.name)
        assert (found.address, found.network is None) == (str(peer), False)

"""Every remedy for an emulated pair, typed on one router as it stands, brings the tunnel up; only keys are filled in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from dump_logs import played
from emulated_pairs import KEY, LEFT, RIGHT
from faults import FAULTS, Fault

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.diagnose.conclude import conclude
from ipsecbot.lab.ios import show_session
from ipsecbot.lab.ios.by_hand import protected_pair
from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.router import Router
from ipsecbot.lab.ios.world import World
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Remedy, Verification
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.understand import join

WHEN = datetime(2026, 3, 11, tzinfo=UTC)
F = KeyedFingerprinter(b"k" * 32)
MENDED_BY_LINES = (
    *("ike-proposal-mismatch", "esp-proposal-mismatch", "pfs-mismatch", "traffic-selector-mismatch", "psk-mismatch"),
    *("psk-missing", "wrong-peer-address", "crypto-map-incomplete", "encapsulation-mode-mismatch", "ike-version-mismatch"),
    *("exchange-mode-mismatch", "id-mismatch", "auth-method-mismatch", "profile-not-matched", "peer-not-listening"),
)
LOOPS = [fault for fault in FAULTS if fault.cause in MENDED_BY_LINES]


def diagnosed(fault: Fault) -> Diagnosis:
    """From what both routers say after an attempt: their configurations and their debug."""
    ends = []
    for machine in played(fault):
        told = (
            RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", machine.router.text, WHEN),
            RawOutput(OutputKind.LOG, "debug", "".join(f"{entry}\n" for entry in machine.router.log.entries), WHEN),
        )
        clean = tuple(replace(one, text=redact(one.text, Platform.CISCO_IOS, F)) for one in told)
        ends.append(read_endpoint(Snapshot(Device(machine.router.name, Platform.CISCO_IOS), WHEN, clean)))
    return conclude(join("lab", ends[0], ends[1]))


def key_in(config: str) -> str:
    """The first key of a configuration."""
    found = re.search("muehlrad-7[78]-lauch", config, re.IGNORECASE)
    return found[0] if found is not None else KEY


def typed(config: str, remedy: Remedy, key: str) -> str:
    """The configuration after the lines of a remedy; a line that the router refuses fails the test."""
    router = Router(remedy.device, config, World())
    mode = ConfigMode(router)
    for line in remedy.lines:
        filled = line.replace("<the shared secret>", key).replace("<the present secret>", key_in(config))
        reply = mode.enter(filled.strip())
        assert reply.invalid_at is None, filled
        assert not reply.text, (filled, reply.text)
    return router.text


def comes_up(fault: Fault, left: str, right: str) -> bool:
    mended = replace(fault, pair=replace(fault.pair, left=left, right=right), left=(), right=())
    return all("UP-ACTIVE" in show_session.session(machine) for machine in played(mended, story=timedelta(seconds=40)))


@pytest.mark.parametrize("fault", LOOPS, ids=lambda fault: fault.name)
def test_the_lines_bring_the_tunnel_up(fault: Fault) -> None:
    """Each remedy by itself where either end may change."""
    diagnosis = diagnosed(fault)
    finding = diagnosis.findings[0]
    assert finding.cause in (fault.cause, *fault.also)
    assert finding.remedies, finding
    for remedy in finding.remedies:
        configs = dict(zip((LEFT, RIGHT), fault.configs, strict=True))
        other = configs[RIGHT if remedy.device == LEFT else LEFT]
        configs[remedy.device] = typed(configs[remedy.device], remedy, key_in(other))
        if protected_pair(*(Router(name, text, World()).config for name, text in configs.items())) is None:
            continue  # no host of this router is in what the lists protect now: nothing there could ask for the tunnel
        if not comes_up(fault, configs[LEFT], configs[RIGHT]):
            assert remedy.verified is Verification.NOT_VERIFIED, remedy
            assert "then also needs" in remedy.why, remedy

"""The whole program, run against a strongSwan pair as a user would run it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swan_confs import SECRETS
from swan_fault import Fault, Trigger

from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.standing import inventory_text


@dataclass(frozen=True)
class Answer:
    """What one run of `ipsecbot diagnose --json` said. `diagnosis` is empty when stdout held none."""

    exit_code: int
    diagnosis: dict[str, Any]
    stderr: str

    @property
    def best(self) -> dict[str, Any]:
        """The first finding, or nothing."""
        findings = self.diagnosis.get("findings") or [{}]
        return dict(findings[0])


def set_up(pair: StrongswanPair, fault: Fault) -> None:
    """Give the pair a fault and do what makes it show."""
    pair.reconfigure(fault.left, fault.right, fault.path)
    if fault.trigger is Trigger.NONE:
        return
    pair.initiate(fault.initiator, fault.child)
    if fault.trigger is Trigger.INITIATE_AND_REKEY:
        pair.host(fault.initiator).exec(["swanctl", "--rekey", "--child", fault.child])
        deadline = time.monotonic() + 5
        while "CHILD_SA rekeying failed" not in pair.host(fault.initiator).log_text():
            assert time.monotonic() < deadline, "the rekey did not fail"
            time.sleep(0.02)


def run_diagnosis(pair: StrongswanPair, *options: str) -> Answer:
    """`ipsecbot diagnose --json` over SSH against the pair. Asserts that no secret of the laboratory is printed."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "inventory.yaml"
        inventory.write_text(inventory_text(pair))
        command = [sys.executable, "-m", "ipsecbot", "diagnose", "--json", "--inventory", str(inventory), *options, "lab"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr, "a secret was printed"
    assert "Traceback" not in done.stderr, done.stderr
    return Answer(done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr)

"""The whole program, run against a strongSwan pair as a user would run it."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swan_confs import SECRETS
from swan_fault import Fault, Trigger

from ipsecbot.interfaces.cli import main
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.standing import inventory_text

# Every run is a process of its own, forked from one that has the SSH libraries in memory: to import them takes longer than
# most diagnoses.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "ipsecbot.interfaces.cli", "ipsecbot.pipeline", "netmiko", "napalm"])


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


def _main(command: tuple[str, ...], folder: Path) -> None:
    """The program's own entry, with its two streams in files."""
    for stream, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
    sys.argv = list(command)
    main()


def run_diagnosis(pair: StrongswanPair, *options: str) -> Answer:
    """`ipsecbot diagnose --json` over SSH against the pair. Asserts that no secret of the laboratory is printed."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "inventory.yaml"
        inventory.write_text(inventory_text(pair))
        command = ("ipsecbot", "diagnose", "--json", "--inventory", str(inventory), *options, "lab")
        process = PROCESSES.Process(target=_main, args=(command, Path(folder)))
        process.start()
        process.join(90)
        if process.exitcode is None:
            process.kill()
            raise AssertionError("the diagnosis did not end")
        stdout, stderr = ((Path(folder) / name).read_text() for name in ("stdout", "stderr"))
    for secret in SECRETS:
        assert secret not in stdout + stderr, "a secret was printed"
    assert "Traceback" not in stderr, stderr
    return Answer(process.exitcode, json.loads(stdout) if stdout.strip() else {}, stderr)

"""One emulated pair per fault, and the program as a person would start it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from emulated_pairs import LEFT, RIGHT
from faults import Fault

from ipsecbot.lab.ios import by_hand
from ipsecbot.lab.ios.configreader import read_config
from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour

TIME_SCALE = 20.0
DEBUG_SECONDS = 20
TUNNEL = "lab"


@dataclass(frozen=True)
class Answer:
    """What the program said. `document` is its JSON; `debugging` what was left switched on at the end, by router."""

    status: int
    document: dict[str, Any]
    stderr: str
    debugging: dict[str, frozenset[str]]


Diagnose = Callable[..., Answer]


@pytest.fixture
def diagnose(tmp_path: Path) -> Diagnose:
    """Starts the pair of a fault, writes an inventory for it and runs `ipsecbot diagnose --json` on it in a process."""

    def run(fault: Fault, misbehaviour: dict[str, Misbehaviour] | None = None) -> Answer:
        texts = dict(zip((LEFT, RIGHT), fault.configs, strict=True))
        configs = {name: read_config(text) for name, text in texts.items()}
        with IosLab(texts, path=fault.path, time_scale=TIME_SCALE, misbehaviour=misbehaviour) as lab:
            inventory = tmp_path / "inventory.yaml"
            by_hand.write_inventory(lab, configs, inventory)
            command = [sys.executable, "-m", "ipsecbot", "diagnose", "--json", "--inventory", str(inventory)]
            command += ["--debug", str(DEBUG_SECONDS)]
            command += ["--trigger"] if fault.trigger else []
            done = subprocess.run([*command, TUNNEL], capture_output=True, text=True, timeout=150, check=False)
            left_on = {name: lab.debugging(name) for name in lab.names}
        document = json.loads(done.stdout) if done.stdout.strip() else {}
        return Answer(done.returncode, document, done.stderr, left_on)

    return run

"""The demonstration: a broken tunnel between two emulated routers is diagnosed over SSH, mended, and comes up.

The configurations are ipsecbot/lab/demo/*.cfg. Nothing outside this process and its temporary folder is touched.
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from importlib import resources
from pathlib import Path

from rich.console import Console

from ipsecbot import pipeline
from ipsecbot.interfaces.printing import progress_printer, write_page
from ipsecbot.lab.ios.by_hand import write_inventory
from ipsecbot.lab.ios.configreader import read_config
from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.model.evidence import Conclusion, Remedy
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.report.text import print_report

NAMES = ("branch-17", "hq")
PEER = "branch-17"
WATCH = pipeline.Options(debug=timedelta(seconds=30), trigger=True)


def run(html: Path) -> int:
    """0 when the fault was found and its remedy brought the tunnel up, else 1."""
    console = Console(highlight=False)
    texts = {name: resources.files("ipsecbot.lab.demo").joinpath(f"{name}.cfg").read_text(encoding="utf-8") for name in NAMES}
    with tempfile.TemporaryDirectory(prefix="ipsecbot-demo-") as folder, IosLab(texts) as lab:
        os.environ["IPSECBOT_STATE_DIR"] = folder
        inventory = Path(folder, "ipsecbot.yaml")
        write_inventory(lab, {name: read_config(text) for name, text in texts.items()}, inventory)
        _say(console, "Two emulated IOS routers listen for SSH on loopback:")
        for name in NAMES:
            console.print(f"  {name}: {lab[name].address} port {lab[name].port}")
        _say(console, f"ipsecbot diagnose --debug 30 --trigger {PEER}")
        found = pipeline.diagnose_peer(inventory, PEER, WATCH, progress_printer(quiet=False))
        print_report(found, console)
        write_page(found, html)
        _say(console, f"The same as a page: {html.resolve()}")
        mended = _mend(lab, found, inventory, console)
    return 0 if found.conclusion is Conclusion.FAULT and mended else 1


def _mend(lab: IosLab, found: Diagnosis, inventory: Path, console: Console) -> bool:
    """Types the first remedy into its router, as an engineer would, and diagnoses once more."""
    remedy = _first_remedy(found)
    if remedy is None:
        _say(console, "No remedy was offered, so there is nothing to apply.")
        return False
    _say(console, f"Typing the remedy into {remedy.device} (ipsecbot itself never changes a device):")
    for line in remedy.lines:
        console.print(f"  {remedy.device}(config)# {line}", markup=False)
    objections = lab.apply(remedy.device, list(remedy.lines))
    for objection in objections:
        console.print(f"  the router objects: {objection}", markup=False)
    _say(console, f"ipsecbot diagnose --trigger {PEER}")
    again = pipeline.diagnose_peer(inventory, PEER, pipeline.Options(trigger=True), progress_printer(quiet=False))
    print_report(again, console)
    return again.conclusion is Conclusion.HEALTHY


def _first_remedy(found: Diagnosis) -> Remedy | None:
    return next((remedy for finding in found.findings for remedy in finding.remedies), None)


def _say(console: Console, text: str) -> None:
    console.print(f"\n[bold]▶ {text}[/]")

"""Wall time of one live diagnosis against its floors: logins, commands and the negotiation, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median

from bench.apparatus.alternation import Ratio, alternate, seconds
from bench.apparatus.floor import Lines, bare_time, lines_of, login_time, netmiko_time
from bench.apparatus.pairs import PEER, RouterPair, pairs
from bench.apparatus.routers import Routers
from bench.apparatus.table import Table
from ipsecbot import pipeline

PAIRS = 5
WHOLE = 3
WATCHED = pipeline.Options(debug=timedelta(seconds=30), trigger=True)
READ = pipeline.Options()
AIM = 1.3


@dataclass(slots=True)
class Case:
    """One diagnosis and its floors, each on fresh routers. `lines`: what the last diagnosis sent."""

    name: str
    pair: RouterPair
    options: pipeline.Options
    routers: Routers
    lines: Lines = field(default_factory=dict)
    parts: list[tuple[float, float, float, float]] = field(default_factory=list)

    def diagnose(self) -> float:
        running = self.routers.start(self.pair.by_name)
        took = seconds(partial(pipeline.diagnose_peer, running.inventory, PEER, self.options))
        self.lines = lines_of(self.routers.heard())
        return took

    def floor(self) -> float:
        """Logins, the commands by plain netmiko, and the negotiation. `parts` keeps them, and the bare channel's time."""
        running = self.routers.start(self.pair.by_name)
        logging_in = login_time(running.logins, self.lines)
        by_netmiko = netmiko_time(running.logins, self.lines)
        running = self.routers.start(self.pair.by_name)
        bare = bare_time(running.logins, self.lines)
        negotiating = running.negotiation if self.options.trigger else 0.0
        self.parts.append((logging_in, by_netmiko, bare, negotiating))
        return logging_in + by_netmiko + negotiating

    def whole_process(self) -> float:
        running = self.routers.start(self.pair.by_name)
        command = [sys.executable, "-m", "ipsecbot", "diagnose", "--json", "--quiet", "--inventory", str(running.inventory)]
        command += ["--debug", "30", "--trigger"] if self.options.trigger else []
        return seconds(lambda: subprocess.run([*command, PEER], check=False, stdout=subprocess.DEVNULL))


def main() -> Table:
    """One row per case: medians in seconds, and the ratios to both floors."""
    broken, healthy = pairs()
    with tempfile.TemporaryDirectory(prefix="ipsecbot-bench-") as folder, Routers(Path(folder)) as routers:
        os.environ["IPSECBOT_STATE_DIR"] = folder
        cases = (
            Case("proposal mismatch, --debug 30 --trigger", broken, WATCHED, routers),
            Case("healthy, --debug 30 --trigger", healthy, WATCHED, routers),
            Case("proposal mismatch, read only", broken, READ, routers),
        )
        rows = tuple(_row(case) for case in cases)
        whole = median(cases[0].whole_process() for _ in range(WHOLE))
    imports = _imports()
    notes = (
        f"medians of {PAIRS} pairs in alternation, fresh routers in a process of their own each time; the aim is {AIM} or less",
        "floor = logins (bare paramiko, all at once) + the same commands by plain netmiko + the negotiation itself",
        "bare floor = the same with the commands typed into bare paramiko channels",
        f"not in it: imports, {imports.ours:.2f} s, {imports.median:.2f} times those of netmiko and napalm alone",
        f"the first case as a whole process: {whole:.2f} s (median of {WHOLE})",
    )
    return Table("one diagnosis of two emulated routers", COLUMNS, rows, notes)


COLUMNS = ("", "diagnosis", "floor", "ratio", "of pairs", "logins", "netmiko", "negotiation", "bare floor", "ratio")


def _row(case: Case) -> tuple[str, ...]:
    case.diagnose()  # imports, templates and byte code are there afterwards
    found = alternate(case.diagnose, case.floor, PAIRS)
    logins, by_netmiko, bare, negotiating = (median(part) for part in zip(*case.parts, strict=True))
    bare_floor = logins + bare + negotiating
    return (
        case.name,
        f"{found.ours:.2f} s",
        f"{found.peer:.2f} s",
        f"{found.median:.2f}",
        found.spread,
        f"{logins:.2f} s",
        f"{by_netmiko:.2f} s",
        f"{negotiating:.2f} s",
        f"{bare_floor:.2f} s",
        f"{found.ours / bare_floor:.2f}",
    )


def _imports() -> Ratio:
    """What a diagnosis of two routers loads, against the two libraries it loads for that; each in a fresh process."""
    return alternate(
        partial(_import_time, "ipsecbot.pipeline, ipsecbot.collect.ask_ios"),
        partial(_import_time, "netmiko, napalm.ios"),
        PAIRS,
    )


def _import_time(modules: str) -> float:
    statement = f"import time; t = time.perf_counter(); import {modules}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True).stdout)

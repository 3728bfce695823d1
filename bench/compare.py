"""Two sets of configurations compared, from 100 to 5,000 tunnels, beside a scan of the same files that understands nothing."""

from __future__ import annotations

import gc
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.apparatus.sites import Fault, Site, sites, write_ios, write_swan
from bench.apparatus.table import Table
from ipsecbot.compare import compare_ends, compare_texts
from ipsecbot.model.comparison import Comparison

COUNTS = (100, 1000, 5000)
ROUNDS = 3  # of the smallest set; one of the others
# One pattern for everything that a comparison would have to look at, in either syntax.
_SETTINGS = re.compile(
    r"^\s*(crypto\s.*|set\s.*|match\s.*|encr\s.*|hash\s.*|group\s.*|authentication\s.*|permit\s.*|ip address\s.*"
    r"|(?:local|remote)_(?:addrs|ts)\s*=.*|(?:esp_)?proposals\s*=.*|secret\s*=.*|id\s*=.*|auth\s*=.*|version\s*=.*)$",
    re.MULTILINE,
)

Write = Callable[[tuple[Site, ...], Path], tuple[Path, Path]]


def main() -> Table:
    """Each set is compared and scanned in turn; what was found is held against what is known to be wrong."""
    rows = [
        _row(name, write, count)
        for name, write in (("IOS hub, IOS sites", write_ios), ("IOS hub, strongSwan sites", write_swan))
        for count in COUNTS
    ]
    return Table(
        "comparing a hub with its sites",
        (
            "sets",
            "tunnels",
            "whole",
            "tunnels/s",
            "of 100",
            "comparing alone",
            "tunnels/s",
            "of 100",
            "re scan",
            "ratio",
            "right",
        ),
        tuple(_with_growth(rows)),
        (
            "seconds are processor time; whole: from the files to the findings",
            "comparing alone: pairing, both directions of each pair, findings, remedies, hygiene",
            "of 100: time per tunnel against that of the set of 100; 1.00 would be linear",
            "re scan: the same files read and every line that matters found by one pattern, pairing and understanding nothing",
            "right: tunnels of which exactly the fault that was put there is found, or none where there is none",
        ),
    )


def _row(name: str, write: Write, count: int) -> tuple[str, int, float, float, float, int]:
    every = sites(count)
    rounds = ROUNDS if count == COUNTS[0] else 1
    with tempfile.TemporaryDirectory(prefix="ipsecbot-bench-") as folder:
        left, right = write(every, Path(folder))
        times: list[tuple[float, float, float]] = []
        for _ in range(rounds):
            kept: list[Comparison] = []
            gc.collect()
            whole = _spent(lambda: kept.append(compare_texts(str(left), str(right))))  # noqa: B023  # called at once
            found = kept.pop()
            alone = _spent(lambda: compare_ends("hub", "sites", found.left, found.right))  # noqa: B023
            scan = _spent(lambda: _scan(left, right))
            times.append((whole, alone, scan))
    whole, alone, scan = (median(one[at] for one in times) for at in range(3))
    return name, count, whole, alone, scan, _right(found, every)


def _spent(action: Callable[[], object]) -> float:
    """Processor time of one call, in seconds: a set takes minutes, in which the machine may do much else."""
    began = time.process_time()
    action()
    return time.process_time() - began


def _scan(left: Path, right: Path) -> int:
    files = (left, *(file for file in right.rglob("*") if file.is_file()))
    return sum(len(_SETTINGS.findall(file.read_text())) for file in files)


def _right(found: Comparison, every: tuple[Site, ...]) -> int:
    """A site's own fault, and no other verdict where it has none."""
    causes = {one.match.right.end.device.name: [f.cause for f in one.findings] for one in found.tunnels}
    return sum(causes.get(site.name, ["missing"]) == ([] if site.fault is Fault.NONE else [site.fault.value]) for site in every)


def _with_growth(rows: list[tuple[str, int, float, float, float, int]]) -> list[tuple[str, ...]]:
    shown = []
    first = {name: (whole / count, alone / count) for name, count, whole, alone, _, _ in reversed(rows)}
    for name, count, whole, alone, scan, right in rows:
        shown.append(
            (
                name,
                str(count),
                f"{whole:.2f} s",
                f"{count / whole:.0f}",
                f"{whole / count / first[name][0]:.2f}",
                f"{alone:.2f} s",
                f"{count / alone:.0f}",
                f"{alone / count / first[name][1]:.2f}",
                f"{scan:.3f} s",
                f"{whole / scan:.0f}",
                f"{right}/{count}",
            )
        )
    return shown

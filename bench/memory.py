"""`ipsecbot explain` on logs of growing length in which no two lines are alike: how much memory and time the process takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.apparatus.mixedlog import write_log
from bench.apparatus.table import Table

MEGABYTES = (64, 256, 1000)
CHOSEN = "IPSECBOT_BENCH_MB"  # in the environment: other sizes, `64 256`
AIM = 300  # MB
_SPARE = 500  # MB of disk that are left alone
_CONCLUDED = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    megabytes: float  # at the peak, resident


def main() -> Table:
    """Each size once: seconds are long, and memory does not vary."""
    sizes = tuple(int(size) for size in os.environ.get(CHOSEN, "").split()) or MEGABYTES
    nothing = _run("-c", "pass")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            if shutil.disk_usage(folder).free < (size + _SPARE) * 1e6:
                rows.append((f"{size} MB", *("no room on the disk",) * 5))
                continue
            path = Path(folder) / "gateway.log"
            with path.open("wb") as file:
                written = write_log(file, size * 1_000_000) / 1e6
            rows.append(_row(written, _run("-m", "ipsecbot", "explain", "--json", str(path)), nothing))
            path.unlink()
    return Table(
        "ipsecbot explain, the whole process, on a long log",
        ("log", "peak memory", "of the log", "above python -c pass", "time", "MB/s"),
        tuple(rows),
        (
            f"the aim is less than {AIM} MB for 1 GB; python -c pass takes {nothing.megabytes:.0f} MB",
            "half is other programs' syslog, a quarter charon's, a quarter IOS debugs; each negotiation has a new peer",
        ),
    )


def _row(size: float, run: _Run, nothing: _Run) -> tuple[str, ...]:
    return (
        f"{size:.0f} MB",
        f"{run.megabytes:.0f} MB",
        f"{run.megabytes / size:.2f}",
        f"{run.megabytes - nothing.megabytes:.0f} MB",
        f"{run.seconds:.0f} s",
        f"{size / run.seconds:.1f}",
    )


def _run(*arguments: str) -> _Run:
    """One process of Python, its answer thrown away."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in _CONCLUDED:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return _Run(time.monotonic() - began, usage.ru_maxrss * 1024 / 1e6)

"""`ipsecbot --help` as a whole process, against a Python that does nothing and one that imports the command line's library."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from bench.apparatus.alternation import alternate, seconds
from bench.apparatus.table import Table

PAIRS = 9
HELP = ("-m", "ipsecbot", "--help")
PEERS = (("python -c pass", ("-c", "pass")), ('python -c "import typer"', ("-c", "import typer")))


def main() -> Table:
    """Each row is a run of its own, in alternation with its peer."""
    rows = []
    for called, arguments in PEERS:
        _process(HELP)  # the byte code is written, the files are in memory
        found = alternate(partial(_process, HELP), partial(_process, arguments), PAIRS)
        rows.append((called, f"{found.ours:.3f} s", f"{found.peer:.3f} s", f"{found.median:.2f}", found.spread))
    return Table(
        "ipsecbot --help, the whole process",
        ("against", "ipsecbot --help", "peer", "ratio", "of pairs"),
        tuple(rows),
        (f"medians of {PAIRS} pairs in alternation; the aim is below 0.5 s",),
    )


def _process(arguments: tuple[str, ...]) -> float:
    return seconds(lambda: subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL))

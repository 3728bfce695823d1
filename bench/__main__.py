"""`python -m bench` runs every benchmark, `python -m bench NAME...` some. A benchmark is a module of this package with
`main() -> Table`. The exit code says only whether the measuring worked: figures are read, not asserted."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import bench
from bench.apparatus.table import Table


def names() -> tuple[str, ...]:
    """The benchmarks there are."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if _is_benchmark(module)))


def _is_benchmark(module: pkgutil.ModuleInfo) -> bool:
    return not module.ispkg and not module.name.startswith("_")


def run(name: str) -> Table:
    table = importlib.import_module(f"bench.{name}").main()
    assert isinstance(table, Table)
    return table


def main(wanted: list[str]) -> int:
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.stderr.write(f"bench: no benchmark {', '.join(unknown)}; there are: {', '.join(known)}\n")
        return 2
    for name in wanted or known:
        began = time.monotonic()
        table = run(name)
        sys.stdout.write(f"{table.text()}\n  (python -m bench {name}, {time.monotonic() - began:.0f} s)\n\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""IOS configurations of 125, 500 and 2,000 tunnels: the time of one tunnel, and what the surroundings take beside it."""

from __future__ import annotations

from statistics import median

from bench.apparatus.alternation import seconds
from bench.apparatus.iosconfigs import hub
from bench.apparatus.table import Table
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.around.read import read_surroundings
from ipsecbot.parse.ios.config import read_config

SIZES = (125, 500, 2000)
ROUNDS = 5


def main() -> Table:
    """Every size in turn, several times; the growth is against the smallest of the same round."""
    outputs = {size: RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", hub(size)) for size in SIZES}
    spent: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size, output in outputs.items():
            spent[size].append(
                (
                    seconds(lambda: read_config(output, "hub")) / size,  # noqa: B023  # called at once
                    seconds(lambda: read_surroundings((output,), "hub")) / size,  # noqa: B023
                )
            )
    return Table(
        "IOS configuration of a hub",
        ("tunnels", "lines", "whole", "per tunnel", "growth", "of rounds", "surroundings, per tunnel"),
        tuple(_row(size, outputs[size].text.count("\n"), spent) for size in SIZES),
        (f"medians of {ROUNDS} rounds; half crypto map entries, half IKEv2 tunnels; growth against {SIZES[0]} tunnels",),
    )


def _row(size: int, lines: int, spent: dict[int, list[tuple[float, float]]]) -> tuple[str, ...]:
    growth = [one[0] / least[0] for one, least in zip(spent[size], spent[SIZES[0]], strict=True)]
    each, around = (median(one[at] for one in spent[size]) for at in range(2))
    return (
        str(size),
        str(lines),
        f"{each * size:.2f} s",
        f"{each * 1000:.2f} ms",
        f"{median(growth):.2f}",
        f"{min(growth):.2f}–{max(growth):.2f}",
        f"{around * 1000:.2f} ms",
    )

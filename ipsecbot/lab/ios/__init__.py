"""Emulated Cisco IOS routers: a running-config text each, IKE simulated message by message between two of them.

Independent on purpose of ipsecbot.parse and ipsecbot.negotiate: a diagnosis tested against this package is tested against a
second reading of the same configurations. Import `ipsecbot.lab.ios.lab` for the SSH routers, `…world` for the bare simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def run(left: Path, right: Path, inventory: Path | None, announce: Callable[[str], None]) -> None:
    """`ipsecbot lab ios`: two routers from two running-config files, until Ctrl-C. See `by_hand.run`."""
    from ipsecbot.lab.ios import by_hand

    by_hand.run(left, right, inventory, announce)

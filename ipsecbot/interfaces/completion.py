"""What the shell offers behind a command: names of the inventory, and files where those are taken too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from ipsecbot.errors import IpsecbotError


def peers(ctx: typer.Context, incomplete: str) -> list[str]:
    """Tunnels and devices of the inventory that the command would use."""
    inventory = _inventory(ctx)
    return sorted({name for name in inventory if name.startswith(incomplete)})


def ends(ctx: typer.Context, incomplete: str) -> list[str]:
    """Devices of the inventory, and files and folders."""
    devices = (name for name in _inventory(ctx, tunnels=False) if name.startswith(incomplete))
    return [*sorted(devices), *_files(incomplete)]


def _inventory(ctx: typer.Context, *, tunnels: bool = True) -> tuple[str, ...]:
    """Its names; none where it cannot be read: completion is no place for complaints."""
    from ipsecbot.inventory import load

    try:
        known = load.load(load.find_file(ctx.params.get("inventory")))
    except (IpsecbotError, OSError):
        return ()
    return (*(entry.name for entry in known.devices), *(tunnel.name for tunnel in known.tunnels if tunnels))


def _files(incomplete: str) -> Iterator[str]:
    folder, _, start = incomplete.rpartition("/")
    where = Path(f"{folder}/") if "/" in incomplete else Path()
    try:
        found = sorted(each for each in where.iterdir() if each.name.startswith(start))
    except OSError:
        return
    for each in found:
        if start.startswith(".") or not each.name.startswith("."):
            yield f"{incomplete.removesuffix(start) if start else incomplete}{each.name}{'/' if each.is_dir() else ''}"

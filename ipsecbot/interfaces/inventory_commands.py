"""`ipsecbot inventory …`."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

from ipsecbot.interfaces.options import InventoryOption

app = typer.Typer(help="The devices and tunnels this program knows.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The inventory to check; default as for --inventory.")
    ] = None,
    inventory: InventoryOption = None,
) -> None:
    """Say everything that is wrong in the inventory, with file and line."""
    from ipsecbot.inventory import load

    path = load.find_file(file or inventory)
    problems = load.check(path)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(2)
    found = load.load(path)
    typer.echo(f"{path}: {_counted(found.devices, 'device')}, {_counted(found.tunnels, 'tunnel')}, nothing wrong")


def _counted(things: Sized, what: str) -> str:
    return f"{len(things)} {what}{'' if len(things) == 1 else 's'}"


@app.command("list")
def list_tunnels(inventory: InventoryOption = None) -> None:
    """Every tunnel with its two ends, one a line."""
    from ipsecbot.inventory import load

    for tunnel in load.load(load.find_file(inventory)).tunnels:
        ends = " ⇄ ".join(end.device.name if end.device else str(end.address) for end in tunnel.ends)
        typer.echo(f"{tunnel.name}\t{ends}")

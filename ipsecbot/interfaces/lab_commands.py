"""`ipsecbot lab …`: something to break without harm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ipsecbot.interfaces.interruption import as_keyboard_interrupt
from ipsecbot.interfaces.options import can_be_written

app = typer.Typer(help="A laboratory: emulated IOS routers, real strongSwan hosts, and a demonstration.", no_args_is_help=True)

InventoryFile = Annotated[
    Path | None,
    typer.Option("--inventory", metavar="FILE", callback=can_be_written, help="Write an inventory for the pair to this file."),
]


@app.command()
def ios(
    left: Annotated[Path, typer.Option("--left", metavar="CONFIG", help="running-config of the first router.", exists=True)],
    right: Annotated[Path, typer.Option("--right", metavar="CONFIG", help="running-config of the second router.", exists=True)],
    inventory: InventoryFile = None,
) -> None:
    """Two emulated IOS routers over SSH on loopback, until Ctrl-C."""
    from ipsecbot.lab.ios import run

    as_keyboard_interrupt()
    run(left, right, inventory, typer.echo)


@app.command()
def strongswan(
    left: Annotated[Path, typer.Option("--left", metavar="DIR", help="Folder with swanctl.conf or ipsec.conf.", exists=True)],
    right: Annotated[Path, typer.Option("--right", metavar="DIR", help="The same for the other end.", exists=True)],
    inventory: InventoryFile = None,
) -> None:
    """Two real strongSwan hosts in network namespaces (root), until Ctrl-C."""
    from ipsecbot.lab.strongswan.standing import run

    as_keyboard_interrupt()
    run(left, right, inventory, typer.echo)


@app.command()
def demo(
    html: Annotated[
        Path, typer.Option("--html", metavar="FILE", callback=can_be_written, help="Where the report page goes.")
    ] = Path("demo-report.html"),
) -> None:
    """Break a tunnel between two emulated routers, find the cause over SSH, apply the remedy, watch it come up."""
    from ipsecbot.interfaces.demo import run

    raise typer.Exit(run(html))

"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ipsecbot.errors import InputError

InventoryOption = Annotated[
    Path | None,
    typer.Option(
        "--inventory",
        "-i",
        metavar="FILE",
        envvar="IPSECBOT_INVENTORY",
        help="The inventory (default: ./ipsecbot.yaml, then ~/.config/ipsecbot/inventory.yaml).",
    ),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the diagnosis as JSON (ipsecbot.diagnosis/1) and nothing else.")
]


def can_be_written(path: Path | None) -> Path | None:
    """InputError now, and not after a minute's work, where no file can be written."""
    if path is None:
        return None
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"cannot write {path}: permission denied.")
    return path


HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", callback=can_be_written, help="Write the report as one self-contained page."),
]

PngOption = Annotated[
    Path | None,
    typer.Option("--png", metavar="FILE", callback=can_be_written, help="Write the message ladder as a picture."),
]

"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

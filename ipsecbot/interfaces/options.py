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

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the diagnosis as JSON (ipsecbot.diagnosis/1) and nothing else.")
]

HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one self-contained page.")]

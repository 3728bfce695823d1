"""`ipsecbot compare`: two configurations in, the tunnels they make (and do not make) out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ipsecbot.errors import InputError
from ipsecbot.interfaces import completion
from ipsecbot.interfaces.options import InventoryOption, can_be_written

_EXAMPLES = """Compare both ends' configuration, tunnel by tunnel: what would be negotiated, whoever starts, or what stops it.

LEFT and RIGHT are a file, a folder or - (any mix of running-config, swanctl.conf, ipsec.conf with its secrets, text with
prompts; a folder with a file or folder for each of several devices is a set of them), or two devices of the inventory, which
are then logged in to and only read.

\b
  ipsecbot compare hub.cfg branch/swanctl.conf
  ipsecbot compare hub.cfg all-sites/            one hub against a folder of sites
  ipsecbot compare --json hq branch-17           two devices of the inventory, live

Exit codes: 0 all tunnels agree, 1 a fault was found, 2 wrong input, 3 nothing to compare or something stays open, 4 a device
could not be asked.
"""


def compare(
    left: Annotated[
        str,
        typer.Argument(
            metavar="LEFT", help="One end: a file, a folder, - or a device of the inventory.", autocompletion=completion.ends
        ),
    ],
    right: Annotated[
        str, typer.Argument(metavar="RIGHT", help="The other end, in the same form.", autocompletion=completion.ends)
    ],
    inventory: InventoryOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the comparison as JSON (ipsecbot.comparison/1) and nothing else.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", callback=can_be_written, help="Write the report as one self-contained page."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress lines on stderr.")] = False,
) -> None:
    from ipsecbot.interfaces.printing import emit_comparison, progress_printer

    if is_text(left, right):
        from ipsecbot.compare import compare_texts

        comparison = compare_texts(left, right, progress_printer(quiet))
    else:
        from ipsecbot.compare_live import compare_devices

        comparison = compare_devices(inventory, left, right, progress_printer(quiet))
    raise typer.Exit(emit_comparison(comparison, as_json=as_json, html=html))


compare.__doc__ = _EXAMPLES


def is_text(left: str, right: str) -> bool:
    """Whether the arguments are files and folders rather than devices of the inventory; InputError when one is of each."""
    there = [argument == "-" or Path(argument).exists() for argument in (left, right)]
    if all(there):
        return True
    missing = [argument for argument, found in zip((left, right), there, strict=True) if not found]
    if any(there):
        given = right if there[1] else left
        raise InputError(
            f"{missing[0]}: there is no such file or folder, and {given} is one: give two files or folders, or two devices of "
            "the inventory."
        )
    written_as_path = [argument for argument in missing if os.sep in argument or Path(argument).suffix in _SUFFIXES]
    if written_as_path:
        raise InputError(f"{written_as_path[0]}: there is no such file or folder; check the path.")
    return False


_SUFFIXES = (".cfg", ".conf", ".txt", ".log", ".secrets", ".ios")

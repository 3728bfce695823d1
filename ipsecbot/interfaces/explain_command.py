"""`ipsecbot explain`: pasted text in, a diagnosis out."""

from __future__ import annotations

from typing import Annotated

import typer

from ipsecbot.interfaces.options import HtmlOption, JsonOption, PngOption


def explain(
    devices: Annotated[
        list[str],
        typer.Argument(metavar="DEVICE...", help="All text of one device: a file, a folder of files, or - for stdin."),
    ],
    peer: Annotated[
        str | None, typer.Option("--peer", metavar="ADDRESS", help="Which peer, where the text tells of several.")
    ] = None,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    png: PngOption = None,
) -> None:
    """Read whatever was pasted (configuration, show output, debug, log) of one or two devices and find the cause."""
    from ipsecbot import explain as road
    from ipsecbot.interfaces.printing import emit

    raise typer.Exit(emit(road.explain(devices, peer), as_json=as_json, html=html, png=png))

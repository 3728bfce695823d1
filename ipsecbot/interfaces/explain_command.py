"""`ipsecbot explain`: pasted text in, a diagnosis out."""

from __future__ import annotations

import contextlib
import sys
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

    diagnosis = road.explain(devices, peer, _tell)
    _tell("", 0)
    raise typer.Exit(emit(diagnosis, as_json=as_json, html=html, png=png))


def _tell(name: str, read: int) -> None:
    """How far a long text has been read, for somebody who waits at a terminal; without a name, nothing any more."""
    if sys.stderr.isatty():
        with contextlib.suppress(OSError):
            sys.stderr.write(f"\r\x1b[K{name}: {read / 1e6:.0f} MB read (Ctrl-C ends it)" if name else "\r\x1b[K")
            sys.stderr.flush()

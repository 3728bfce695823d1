"""The command line: translate arguments, call the pipeline, print what it answers.

Exit codes: 0 healthy, 1 a fault was found, 2 usage or input error, 3 undetermined, 4 no device could be asked; 70 the program
itself is at fault, 128 + the signal's number when it was interrupted.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import metadata
from pathlib import Path
from traceback import extract_tb
from typing import Annotated

import typer

from ipsecbot.errors import CredentialError, DeviceError, IpsecbotError
from ipsecbot.interfaces import (
    compare_command,
    completion,
    eval_command,
    explain_command,
    interruption,
    inventory_commands,
    lab_commands,
)
from ipsecbot.interfaces.options import HtmlOption, InventoryOption, JsonOption, PngOption

app = typer.Typer(
    name="ipsecbot",
    help="Find out why an IPsec tunnel does not come up: the cause, the side and the line to change, and the proof.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

USAGE, UNREACHABLE, OWN_FAULT = 2, 4, 70


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ipsecbot {metadata.version('ipsecbot')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of the program itself; every command has its own --help."""


@app.command()
def diagnose(
    peer: Annotated[
        str,
        typer.Argument(
            metavar="PEER",
            help="A tunnel, device or address of the inventory, or a unique part of one.",
            autocompletion=completion.peers,
        ),
    ],
    inventory: InventoryOption = None,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    png: PngOption = None,
    debug: Annotated[
        int,
        typer.Option(
            "--debug", metavar="SECONDS", min=0, max=120, help="Watch a timed, peer-scoped debug for at most this long."
        ),
    ] = 0,
    trigger: Annotated[
        bool, typer.Option("--trigger", help="Start the negotiation: a ping on IOS, swanctl --initiate on strongSwan.")
    ] = False,
    kmi: Annotated[bool, typer.Option("--kmi", help="Also `debug crypto kmi` on IOS.")] = False,
    cpu_limit: Annotated[
        int | None, typer.Option("--cpu-limit", metavar="PERCENT", min=1, max=100, help="Start no debug above this CPU load.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress lines on stderr.")] = False,
) -> None:
    """Log in to both ends of one tunnel, find the cause and the line to change, and prove it."""
    from datetime import timedelta

    from ipsecbot import pipeline
    from ipsecbot.interfaces.printing import emit, progress_printer

    options = pipeline.Options(debug=timedelta(seconds=debug) if debug else None, trigger=trigger, kmi=kmi, cpu_limit=cpu_limit)
    diagnosis = pipeline.diagnose_peer(inventory, peer, options, progress_printer(quiet))
    raise typer.Exit(emit(diagnosis, as_json=as_json, html=html, png=png))


app.command("explain")(explain_command.explain)
app.command("compare")(compare_command.compare)
app.command("eval")(eval_command.evaluate_cases)
app.add_typer(inventory_commands.app, name="inventory")
app.add_typer(lab_commands.app, name="lab")


def main() -> None:
    """The console script: every expected error is one line on stderr and an exit code."""
    interruption.raise_on_signals()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no arrows shows question marks
    try:
        app()
    except interruption.Interrupted as stop:
        interruption.end(stop)
    except DeviceError as error:
        _fail(error, UNREACHABLE)
    except (IpsecbotError, CredentialError) as error:
        _fail(error, USAGE)
    except BrokenPipeError:  # what was wrong with the command was said to nobody
        raise SystemExit(USAGE) from None
    except Exception as fault:  # the outermost line: 1 would mean that a tunnel is broken
        if os.environ.get("IPSECBOT_TRACEBACK"):
            raise
        _fail(_own_fault(fault), OWN_FAULT)


def _own_fault(fault: Exception) -> str:
    """Where the program is wrong. The fault's own words are left out: they may quote what a device said."""
    where = next((f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(extract_tb(fault.__traceback__))), "?")
    return (
        f"a fault of the program itself ({type(fault).__name__} at {where}), not of the tunnel. A debug that ran was switched "
        "off on the way out; make sure with show debugging. Please report it; IPSECBOT_TRACEBACK=1 shows the way there."
    )


def _fail(error: object, code: int) -> None:
    with contextlib.suppress(OSError):  # the exit code is still read where the words are not
        sys.stderr.write(f"ipsecbot: {error}\n")
        sys.stderr.flush()
    raise SystemExit(code)

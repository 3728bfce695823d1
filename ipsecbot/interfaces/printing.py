"""What the command line prints: reports on stdout, progress on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ipsecbot.errors import InputError
from ipsecbot.model.comparison import Comparison
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.pipeline import Progress

EXIT_CODES = {Conclusion.HEALTHY: 0, Conclusion.FAULT: 1, Conclusion.UNDETERMINED: 3}
NOBODY_ANSWERED = 4


def progress_printer(quiet: bool) -> Progress:
    """A progress sink that writes one line per step with the time since the start to stderr."""
    started = time.monotonic()

    def say(device: str, step: str) -> None:
        if not quiet:
            with contextlib.suppress(OSError):  # nobody reads any more; the work goes on, and its debugs go off
                sys.stderr.write(f"[{time.monotonic() - started:5.1f}s] {device}: {step}\n")
                sys.stderr.flush()

    return say


def emit(diagnosis: Diagnosis, *, as_json: bool, html: Path | None, png: Path | None = None) -> int:
    """Print the diagnosis and write the page and the picture; answer the exit code. InputError comes after the printing."""
    with _until_nobody_reads():
        if as_json:
            from ipsecbot.report.document import to_json

            sys.stdout.write(to_json(diagnosis))
        else:
            from rich.console import Console

            from ipsecbot.report.text import print_report

            print_report(diagnosis, Console(soft_wrap=False))
    if html is not None:
        write_page(diagnosis, html)
    if png is not None:
        from ipsecbot.report.png import to_png

        _write(png, to_png(diagnosis))
    return exit_code(diagnosis)


def emit_comparison(comparison: Comparison, *, as_json: bool, html: Path | None) -> int:
    """Print a comparison and write its page; answer the exit code."""
    from ipsecbot.report.comparison_outline import conclusion_of

    with _until_nobody_reads():
        if as_json:
            from ipsecbot.report.comparison_document import to_json

            sys.stdout.write(to_json(comparison))
        else:
            from rich.console import Console

            from ipsecbot.report.comparison_text import print_comparison

            print_comparison(comparison, Console(soft_wrap=False))
    if html is not None:
        from ipsecbot.report.comparison_html import to_html

        _write(html, to_html(comparison).encode())
    return EXIT_CODES[conclusion_of(comparison)]


@contextlib.contextmanager
def _until_nobody_reads() -> Iterator[None]:
    """A reader that has seen enough (`| head`) ends the printing, not the work: pages are written and the exit code is the
    verdict's. rich answers a closed pipe with SystemExit, and nothing else that prints does."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def write_page(diagnosis: Diagnosis, path: Path) -> None:
    """Write the HTML report; a path that cannot be written is an InputError."""
    from ipsecbot.report.html import to_html

    _write(path, to_html(diagnosis).encode())


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def exit_code(diagnosis: Diagnosis) -> int:
    """0 healthy, 1 fault, 3 undetermined, 4 when no device could be asked at all."""
    ends = (diagnosis.tunnel.left, diagnosis.tunnel.right)
    asked = [end for end in ends if end is not None and end.device.address is not None]
    if diagnosis.conclusion is Conclusion.UNDETERMINED and asked and all(end.failure for end in asked):
        return NOBODY_ANSWERED
    return EXIT_CODES[diagnosis.conclusion]

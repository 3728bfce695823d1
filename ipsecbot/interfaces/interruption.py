"""Ctrl-C, a closed terminal and SIGTERM end the program in one way: first everything that was switched on goes off."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal came. No KeyboardInterrupt, which typer swallows; the notes (PEP 678) say what became of debugs that ran."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)

    @property
    def status(self) -> int:
        """The exit code, as a shell gives it: 130 for Ctrl-C, 143 for SIGTERM, 129 for a closed terminal."""
        return 128 + self.number

    @property
    def sentence(self) -> str:
        notes: list[str] = getattr(self, "__notes__", [])
        return "; ".join(("interrupted", *(notes or ("nothing had been switched on",))))


def raise_on_signals() -> None:
    """From now on each of SIGNALS raises Interrupted, once. Who ignored one (nohup) goes on ignoring it."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _first)


def as_keyboard_interrupt() -> None:
    """For commands that run until Ctrl-C: it is their regular end, and SIGTERM is as good."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def end(interruption: Interrupted) -> NoReturn:
    """Says so and leaves without waiting for devices that are still being asked: nothing is switched on there."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"ipsecbot: {interruption.sentence}\n")
        sys.stderr.flush()
        sys.stdout.flush()
    os._exit(interruption.status)


def _first(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, _again)
    raise Interrupted(number)


def _again(_number: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):  # past sys.stderr, in which the signal may have found the program
        os.write(2, b"ipsecbot: ending; what was switched on is being switched off first\n")

"""Watching a strongSwan host while a tunnel is negotiated. Log levels stay as they are: the default ones tell enough.

Which way, in this order: charon's own log file (its end is marked first, so that nothing is lost and nothing is told twice),
`swanctl --log`, the system's log file, the journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ipsecbot.debugs.line import Reply, StoppedBy, TimedDebug
from ipsecbot.debugs.timed import LONGEST, Firing, Settled, Trigger
from ipsecbot.errors import DeviceError
from ipsecbot.model.snapshot import OutputKind, RawOutput

_QUIET = 3  # empty pieces (0.1 s each) after which what follows is taken to be listening
_AFTERWORDS = 1.0


class HostLine(Protocol):
    """One login on a host."""

    @property
    def device(self) -> str: ...

    def ask(self, name: str, **values: str | int) -> Reply: ...

    def follow(self, name: str, limit: timedelta, stop: Callable[[], bool], **values: str | int) -> Iterator[str]: ...


class LogSource(Protocol):
    """Where the daemon writes. `path` None is the journal; `own` is a file that it alone writes."""

    @property
    def path(self) -> str | None: ...

    @property
    def own(self) -> bool: ...


@dataclass(slots=True)
class _Heard:
    """The text so far, whether it has told its story, and until when (monotonic clock) to listen."""

    text: str = ""
    stopped_by: StoppedBy = StoppedBy.TIME
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class _Way:
    """How the log is followed: the command's name, its path, and what the output is called."""

    command: str
    path: str | None
    called: str


def watch(
    line: HostLine,
    logs: tuple[LogSource, ...],
    seconds: int,
    *,
    vici: bool,
    settled: Settled,
    clock: Callable[[], datetime],
    trigger: Trigger | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> TimedDebug:
    """Follow the log for at most `seconds` (never more than 120), until `settled(text so far)`.

    `logs`: what the snapshot found; `vici`: whether swanctl is there. `trigger` as in timed.run. Nothing is switched on, so
    `proved_off` is always True. A session that is lost is `stopped_by`, never an exception.
    """
    way = _choose(logs, vici)
    limit = min(timedelta(seconds=seconds), LONGEST)
    fired, heard = Firing(trigger), _Heard()
    notes: list[str] = []
    outputs: tuple[RawOutput, ...] = ()
    try:
        marks = _sizes(line, logs)
        progress(f"watching {way.called if way else 'nothing: no log was found'} for up to {limit.total_seconds():.0f} s")
        if way is not None:
            _follow(line, way, limit, settled, fired, heard)
        fired.start()  # also where there is nothing to follow, or no right to: the SAs are looked at afterwards
        fired.join()
        outputs = _since(line, marks, clock)
    except DeviceError as trouble:
        heard.stopped_by = StoppedBy.SESSION_LOST
        notes.append(f"the watch ended early: {trouble.message}")
        fired.join()
    if way is not None and heard.text and not any(output.text.strip() for output in outputs):
        outputs = (RawOutput(OutputKind.LOG, f"{way.called} (followed)", heard.text, clock()),)
    return TimedDebug((*outputs, *fired.outputs), (), None, True, heard.stopped_by, (*notes, *fired.notes))


def _choose(logs: tuple[LogSource, ...], vici: bool) -> _Way | None:
    own = next((log.path for log in logs if log.own and log.path is not None), None)
    if own is not None:
        return _Way("follow-file", own, own)
    if vici:
        return _Way("follow-vici", None, "swanctl --log")
    shared = next((log.path for log in logs if log.path is not None), None)
    if shared is not None:
        return _Way("follow-file", shared, shared)
    return _Way("follow-journal", None, "journal") if logs else None


def _sizes(line: HostLine, logs: tuple[LogSource, ...]) -> dict[str, int]:
    sizes = {}
    for log in logs:
        if log.own and log.path is not None:
            words = line.ask("log-size", path=log.path).text.split()
            if words and words[0].isdecimal():
                sizes[log.path] = int(words[0])
    return sizes


def _since(line: HostLine, marks: dict[str, int], clock: Callable[[], datetime]) -> tuple[RawOutput, ...]:
    outputs = []
    for path, size in marks.items():
        reply = line.ask("log-since", path=path, offset=size + 1)
        if reply.text:
            outputs.append(RawOutput(OutputKind.LOG, f"{path} (from byte {size + 1})", reply.text, clock()))
    return tuple(outputs)


def _follow(line: HostLine, way: _Way, limit: timedelta, settled: Settled, fired: Firing, heard: _Heard) -> None:
    """Listens until the story is told or the time is over; fires when the following has begun."""
    values: dict[str, str | int] = {"seconds": int(limit.total_seconds())}
    if way.path is not None:
        values["path"] = way.path
    empty = 0
    heard.until = time.monotonic() + limit.total_seconds()
    for piece in line.follow(way.command, limit, lambda: time.monotonic() >= heard.until, **values):
        empty = 0 if piece else empty + 1
        heard.text += piece
        if piece or empty >= _QUIET:
            fired.start()
        if heard.stopped_by is StoppedBy.TIME and settled(heard.text):
            heard.stopped_by = StoppedBy.SETTLED
            heard.until = min(heard.until, time.monotonic() + _AFTERWORDS)
        if heard.stopped_by is StoppedBy.SETTLED and empty >= _QUIET:
            return

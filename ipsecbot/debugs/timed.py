"""The timed debug on an IOS router.

One login arms and disarms and never monitors, a second one only monitors and reads: debug flags are global, `terminal monitor`
is per VTY, so the commands' answers are never torn by debug lines. Where no second VTY is free, or `logging monitor` is too
low, the log buffer is read instead. Never `undebug all`, never `clear`, never configuration mode.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ipsecbot.debugs.arming import Arming, switches_for
from ipsecbot.debugs.line import Line, Readers, StoppedBy, TimedDebug
from ipsecbot.debugs.preflight import Ways, preflight
from ipsecbot.errors import DebugRefused, DeviceError
from ipsecbot.model.snapshot import OutputKind, RawOutput

LONGEST = timedelta(seconds=120)
_AFTERWORDS = timedelta(seconds=1)  # how long the lines after the decisive one may still come
_READY = timedelta(seconds=5)

Settled = Callable[[str], bool]
Trigger = Callable[[], tuple[RawOutput, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """`peer`: the other end's IKE address. `ike_version` None: not known, both are watched. `cpu_limit` in percent."""

    peer: str
    seconds: int
    ike_version: int | None = None
    kmi: bool = False
    cpu_limit: int = 60


def run(
    line: Line,
    request: Request,
    *,
    opener: Callable[[], Line],
    readers: Readers,
    settled: Settled,
    clock: Callable[[], datetime],
    trigger: Trigger | None = None,
    progress: Callable[[str], None] = lambda _step: None,
    stopped: Callable[[], bool] = lambda: False,
) -> TimedDebug:
    """Debug the negotiation with one peer for at most `seconds` (never more than 120).

    `line` is a login that is open already and stays open; `opener` makes another one on the same router. `settled(text)`
    looks at all debug lines so far (without secrets), several times a second, and ends the wait early. `trigger` is called
    once everything is armed, in a thread of its own; its outputs come back with ours. Once `stopped()`, nothing is switched
    on any more, and what is on goes off at once.

    DebugRefused: nothing was switched on, or all of it is off again. A session that is lost while debugging is on is no
    exception but `stopped_by`; see TimedDebug.proved_off.
    """
    progress("checking whether a debug is safe")
    ways, outputs = preflight(line, request.cpu_limit, readers, clock)
    arming = Arming(readers, clock)
    watcher = _watcher(line, opener, ways, arming.notes)
    seconds = min(timedelta(seconds=request.seconds), LONGEST)
    refused: DebugRefused | None = None
    proof: RawOutput | None = None
    proved = False
    fired = Firing(trigger)
    try:
        watcher.ready()
        if stopped():
            raise DebugRefused(line.device, "it was interrupted before anything was switched on.")
        progress("switching the debug on")
        arming.arm(line, switches_for(request.peer, request.ike_version, kmi=request.kmi))
        fired.start()
        progress(f"watching for up to {seconds.total_seconds():.0f} s")
        watcher.watch(seconds, lambda text: stopped() or settled(text))
    except DebugRefused as trouble:
        refused = trouble
    except DeviceError as trouble:
        watcher.lost(trouble)
    finally:
        try:
            fired.join()
            progress("switching the debug off")
        finally:  # whatever becomes of the progress line
            proof, proved = arming.disarm_surely(line, opener) if arming.on else (None, True)
            watcher.close()
    if refused is not None:
        raise refused if proved else DebugRefused(refused.device, f"{refused.reason} {' '.join(arming.notes)}")
    found = watcher.output(clock)
    notes = (*arming.notes, *watcher.notes, *fired.notes)
    return TimedDebug((*outputs, *found, *fired.outputs), tuple(arming.commands), proof, proved, watcher.stopped_by, notes)


def _watcher(line: Line, opener: Callable[[], Line], ways: Ways, notes: list[str]) -> _Watcher:
    """A second VTY, else the log buffer, else DebugRefused."""
    if ways.monitor:
        try:
            return _Watcher(opener())
        except DeviceError as trouble:
            if not ways.buffer:
                raise DebugRefused(line.device, f"no second login for reading ({trouble.message})") from None
            notes.append(f"no second login was possible ({trouble.message}) The log buffer was read instead.")
    return _BufferWatcher(line)


@dataclass(slots=True)
class _Watcher:
    """Reads a VTY that monitors."""

    line: Line
    text: str = ""
    stopped_by: StoppedBy = StoppedBy.TIME
    notes: list[str] = field(default_factory=list)
    _pieces: Iterator[str] | None = None
    _stop: bool = False

    def ready(self) -> None:
        """Until `terminal monitor` was taken: what is armed after this is seen from its first line."""
        self._pieces = self.line.monitor(LONGEST + _READY, lambda: self._stop)
        self.text += next(self._pieces, "")

    def watch(self, limit: timedelta, settled: Settled) -> None:
        assert self._pieces is not None
        until = time.monotonic() + limit.total_seconds()
        for piece in self._pieces:
            self.text += piece
            now = time.monotonic()
            if self.stopped_by is StoppedBy.TIME and settled(self.text):
                self.stopped_by = StoppedBy.SETTLED
                until = min(until, now + _AFTERWORDS.total_seconds())
            if now >= until or (self.stopped_by is StoppedBy.SETTLED and not piece):
                break
        self._stop = True

    def lost(self, trouble: DeviceError) -> None:
        self.stopped_by = StoppedBy.SESSION_LOST
        self.notes.append(f"the debug ended early: {trouble.message}")

    def output(self, clock: Callable[[], datetime]) -> tuple[RawOutput, ...]:
        whole = self.stopped_by is not StoppedBy.SESSION_LOST
        return (RawOutput(OutputKind.DEBUG, "terminal monitor", self.text, clock(), complete=whole),)

    def close(self) -> None:
        self.line.close()


@dataclass(slots=True)
class _BufferWatcher(_Watcher):
    """Reads the log buffer on the line that arms, and leaves that line open."""

    def ready(self) -> None:
        self.line.ask("logging")

    def watch(self, limit: timedelta, settled: Settled) -> None:
        before = self.line.ask("logging").text
        until = time.monotonic() + limit.total_seconds()
        pause = threading.Event()
        while time.monotonic() < until and self.stopped_by is StoppedBy.TIME:
            pause.wait(0.5)
            self.text = _new_lines(before, self.line.ask("logging").text)
            if settled(self.text):
                self.stopped_by = StoppedBy.SETTLED

    def close(self) -> None:
        """The line is the caller's."""


def _new_lines(before: str, after: str) -> str:
    """What `show logging` shows now and did not before; the buffer may have lost lines at its beginning."""
    last = next((line for line in reversed(before.splitlines()) if line.strip()), "")
    lines = after.splitlines(keepends=True)
    at = next((number for number in range(len(lines) - 1, -1, -1) if lines[number].rstrip("\n") == last), -1)
    return "".join(lines[at + 1 :])


class Firing:
    """The trigger in its thread: a ping waits for its answers while we listen."""

    def __init__(self, trigger: Trigger | None) -> None:
        self.outputs: tuple[RawOutput, ...] = ()
        self.notes: tuple[str, ...] = ()
        self._trigger = trigger
        self.started = False
        self._thread = threading.Thread(target=self._fire, daemon=True) if trigger is not None else None

    def _fire(self) -> None:
        assert self._trigger is not None
        try:
            self.outputs = self._trigger()
        except DeviceError as trouble:
            self.notes = (f"the trigger failed: {trouble.device}: {trouble.message}",)

    def start(self) -> None:
        """Once, however often it is called."""
        if self._thread is not None and not self.started:
            self._thread.start()
        self.started = True

    def join(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(LONGEST.total_seconds())

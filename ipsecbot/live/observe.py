"""Watching one attempt at both ends: the timed debug on routers, the log on hosts, and the trigger when it was asked for.

Both ends are watched at once. The trigger waits until every other end is ready, and as soon as one end's text has told how
the negotiation ended, the others are given a moment for their last lines (story.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.line import Line, open_line
from ipsecbot.collect.session import Session
from ipsecbot.collect.snapshot import Visit, reread
from ipsecbot.collect.trigger import Initiate, Ping, fire
from ipsecbot.debugs import timed, watch
from ipsecbot.debugs.line import Readers, StoppedBy, TimedDebug
from ipsecbot.errors import DebugRefused
from ipsecbot.ladder.climb import climb
from ipsecbot.ladder.settled import is_settled
from ipsecbot.live.story import Story
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.sa import IkeSa, SaState
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.parse.endpoint import read_events
from ipsecbot.parse.ios import state
from ipsecbot.parse.ios.sas import read_ikev2_sas, read_isakmp_sas
from ipsecbot.parse.read import Parsed

WATCH_WITHOUT_DEBUG = 30
BETWEEN_STATES = 1.0
LONGEST_ATTEMPT = 20.0
# What is said while we watch; a table or log buffer that is read on the way also tells of earlier days
HAPPENING = (OutputKind.DEBUG, OutputKind.LOG, OutputKind.PING)


@dataclass(frozen=True, slots=True)
class Watched:
    """One end to be watched: its open session, the peer's IKE address, and what starts the negotiation here (if anything)."""

    side: Side
    visit: Visit
    session: Session
    peer: str | None
    ike_version: int | None
    start: Ping | Initiate | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the watch may go. `debug` None: no debug is switched on, a trigger is only watched from the outside."""

    debug: timedelta | None
    kmi: bool
    cpu_limit: int | None

    @property
    def seconds(self) -> int:
        return int(self.debug.total_seconds()) if self.debug else WATCH_WITHOUT_DEBUG


def _is_decisive(text: str, watched: Watched, at: datetime) -> bool:
    device = watched.session.target.device
    events = read_events(RawOutput(OutputKind.DEBUG, "debug", text, at), device)
    return is_settled(climb(event for event in events if event.remote in (None, watched.peer)))


def observe(
    ends: tuple[Watched, ...],
    limits: Limits,
    *,
    fingerprinter: Fingerprinter,
    clock: Callable[[], datetime],
    progress: Callable[[str, str], None],
) -> tuple[Mapping[Side, Snapshot], tuple[str, ...]]:
    """Watch every end while the negotiation is tried, then look at the SAs again.

    Returns each end's snapshot with what was learnt, and sentences on what was done. A refused debug is one of the
    sentences, not an error: the diagnosis goes on with what there is. An interruption (Ctrl-C) is raised again once every
    debug is off, with these sentences as its notes.
    """
    story = Story(ready={end.side: threading.Event() for end in ends})
    jobs: list[Watching] = []
    with ThreadPoolExecutor(max_workers=len(ends)) as pool:
        try:
            for end in ends:
                jobs.append(pool.submit(_watch_one, end, limits, story, fingerprinter, clock, progress))
            results = [job.result() for job in jobs]
        except BaseException as interruption:
            story.interrupted.set()
            story.over.set()
            for note in _notes_of(jobs):
                interruption.add_note(note)
            raise
    notes = [note for _, sentences in results for note in sentences]
    return {end.side: snapshot for end, (snapshot, _) in zip(ends, results, strict=True)}, tuple(notes)


Watching = Future[tuple[Snapshot, tuple[str, ...]]]


def _notes_of(jobs: Iterable[Watching]) -> Iterable[str]:
    """What was done, of every end that came to its end."""
    wait(jobs)
    return (note for job in jobs if job.exception() is None for note in job.result()[1])


def _watch_one(
    end: Watched,
    limits: Limits,
    story: Story,
    fingerprinter: Fingerprinter,
    clock: Callable[[], datetime],
    progress: Callable[[str, str], None],
) -> tuple[Snapshot, tuple[str, ...]]:
    name = end.session.target.device.name

    def say(step: str) -> None:
        progress(name, step)

    try:
        seen, notes = _look(end, limits, story, fingerprinter, clock, say)
    finally:
        story.ready[end.side].set()
        if end.start is not None:
            story.told_at = story.told_at or time.monotonic()
            story.over.set()
    if story.interrupted.is_set():
        return end.visit.snapshot, notes
    after = reread(end.session, fingerprinter=fingerprinter, clock=clock, progress=say)
    return _joined(end.visit.snapshot, after, seen), notes


def _look(
    end: Watched,
    limits: Limits,
    story: Story,
    fingerprinter: Fingerprinter,
    clock: Callable[[], datetime],
    say: Callable[[str], None],
) -> tuple[tuple[RawOutput, ...], tuple[str, ...]]:
    trigger = _trigger(end, limits, story, fingerprinter, say)
    settled = story.teller(lambda text: _is_decisive(text, end, clock()))
    line = Line(end.session, fingerprinter)
    if end.session.target.device.platform is Platform.STRONGSWAN:
        vici = any(output.kind is OutputKind.LIST_SAS for output in end.visit.snapshot.outputs)
        seen = watch.watch(
            line, end.visit.logs, limits.seconds, vici=vici, settled=settled, clock=clock, trigger=trigger, progress=say
        )
        return seen.outputs, seen.notes
    if limits.debug is None or end.peer is None:
        why = () if limits.debug is None else (f"{line.device}: no debug: the peer's address is not known",)
        return _without_debug(end, line, limits, story, clock, say, trigger), why
    request = timed.Request(
        end.peer, limits.seconds, end.ike_version, limits.kmi, limits.cpu_limit or end.session.target.cpu_limit
    )
    target = end.session.target
    try:
        seen = timed.run(
            line,
            request,
            opener=lambda: open_line(target, fingerprinter),
            readers=READERS,
            settled=settled,
            clock=clock,
            trigger=trigger,
            progress=say,
            stopped=story.interrupted.is_set,
        )
    except DebugRefused as refused:
        return _without_debug(end, line, limits, story, clock, say, trigger), (f"{refused}",)
    return seen.outputs, (_account(line.device, request, seen, story), *(f"{line.device}: {note}" for note in seen.notes))


def _without_debug(
    end: Watched,
    line: Line,
    limits: Limits,
    story: Story,
    clock: Callable[[], datetime],
    say: Callable[[str], None],
    trigger: Callable[[], tuple[RawOutput, ...]],
) -> tuple[RawOutput, ...]:
    """The attempt seen from the outside. An end that only answers waits for the other one: its tables would be too old."""
    _until_idle(end, line, story, clock, say)
    outputs = trigger()
    half_open = _until_idle(end, line, story, clock, say)
    if end.start is None:
        story.over.wait(limits.seconds)
    return (*outputs, *half_open)


def _until_idle(
    end: Watched, line: Line, story: Story, clock: Callable[[], datetime], say: Callable[[str], None]
) -> tuple[RawOutput, ...]:
    """Without a debug the state table tells whether an attempt is under way; wait for its end, but not for long.

    Before the trigger, because a router that still retransmits an attempt starts no other one; after it, for the outcome.
    Returns the table in which the attempt was last seen half way, unless it came up after all.
    """
    if end.start is None:
        return ()
    deadline = time.monotonic() + LONGEST_ATTEMPT
    half_open: tuple[RawOutput, ...] = ()
    while True:
        tables = _tables(end, line, clock)
        states = {sa.state for _, sas in tables for sa in sas}
        stuck = tuple(output for output, sas in tables if any(sa.state in _HALF_WAY for sa in sas))
        half_open = () if SaState.ESTABLISHED in states else stuck or half_open
        if SaState.NEGOTIATING not in states or story.interrupted.is_set() or time.monotonic() >= deadline:
            return half_open
        say("waiting for the attempt under way to end")
        story.interrupted.wait(BETWEEN_STATES)


_HALF_WAY = (SaState.NEGOTIATING, SaState.DELETED)
StateReader = Callable[[RawOutput, str], Parsed[tuple[IkeSa, ...]]]
STATES: tuple[tuple[str, OutputKind, StateReader], ...] = (
    ("isakmp-sa-plain", OutputKind.ISAKMP_SA, read_isakmp_sas),
    ("ikev2-sa", OutputKind.IKEV2_SA, read_ikev2_sas),
)


def _tables(end: Watched, line: Line, clock: Callable[[], datetime]) -> list[tuple[RawOutput, tuple[IkeSa, ...]]]:
    """The state tables of both IKE versions as they are now, each with the SAs that are of this peer."""
    found = []
    for name, kind, read in STATES:
        reply = line.ask(name)
        output = RawOutput(kind, reply.command, reply.text, clock())
        sas = () if reply.refusal else read(output, line.device).value
        found.append((output, tuple(sa for sa in sas if end.peer in (None, sa.local, sa.remote))))
    return found


READERS = Readers(state.read_debugging, state.read_cpu, state.read_logging, state.read_users)


def _trigger(
    end: Watched, limits: Limits, story: Story, fingerprinter: Fingerprinter, say: Callable[[str], None]
) -> Callable[[], tuple[RawOutput, ...]]:
    """Called once this end is ready. Where this end starts the negotiation, it first waits for the others; once only."""
    fired = threading.Lock()

    def go() -> tuple[RawOutput, ...]:
        story.ready[end.side].set()
        if end.start is None or not fired.acquire(blocking=False):
            return ()
        deadline = time.monotonic() + limits.seconds
        for side, ready in story.ready.items():
            if side is not end.side:
                ready.wait(max(0.0, deadline - time.monotonic()))
        if story.interrupted.is_set():
            return ()
        say(f"starting the negotiation: {_spoken(end.start)}")
        return fire(end.session, end.start, fingerprinter=fingerprinter)

    return go


def _spoken(start: Ping | Initiate) -> str:
    if isinstance(start, Ping):
        return f"ping {start.destination} from {start.source}"
    return f"initiate {start.connection}"


def _account(device: str, request: timed.Request, seen: TimedDebug, story: Story) -> str:
    """What the debug did and that it is off, in one sentence."""
    off = "show debugging proves it off again" if seen.proved_off else "IT COULD NOT BE PROVED OFF: look at the device"
    ended = {StoppedBy.SETTLED: "told its story", StoppedBy.TIME: "ran its time", StoppedBy.SESSION_LOST: "was cut"}
    how = "was interrupted" if story.interrupted.is_set() else ended[seen.stopped_by]
    return f"{device}: debug for peer {request.peer} {how} ({', '.join(seen.armed)}); {off}"


def _joined(before: Snapshot, after: Snapshot, seen: Iterable[RawOutput]) -> Snapshot:
    """The snapshot with its state tables replaced by the newer ones, and what was seen in between."""
    newer = {output.kind for output in after.outputs}
    kept = tuple(output for output in before.outputs if output.kind not in newer)
    return replace(
        before,
        outputs=(*kept, *after.outputs, *(replace(output, watched=output.kind in HAPPENING) for output in seen)),
        gaps=(*before.gaps, *(gap for gap in after.gaps if gap not in before.gaps)),
        failure=before.failure or after.failure,
        failure_kind=before.failure_kind or after.failure_kind,
    )

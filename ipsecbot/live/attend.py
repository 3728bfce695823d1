"""Both ends of one tunnel: one login each, asked at once, watched and triggered when that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.collect.fingerprint import Fingerprinter, installation_fingerprinter
from ipsecbot.collect.snapshot import Plan, Visit, now, visit
from ipsecbot.collect.trigger import Initiate, Ping
from ipsecbot.inventory.credentials import target
from ipsecbot.inventory.entries import TunnelEntry
from ipsecbot.live.observe import Limits, Watched, observe
from ipsecbot.live.starting import connections_of, is_up, starter
from ipsecbot.model.evidence import Side
from ipsecbot.model.snapshot import Snapshot
from ipsecbot.model.target import Target
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.addresses import is_address, matches
from ipsecbot.understand import understand

Progress = Callable[[str, str], None]
SIDES = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Options:
    """How far a diagnosis may go. `debug`: longest timed debug, None for none. `trigger`: start the negotiation."""

    debug: timedelta | None = None
    trigger: bool = False
    kmi: bool = False
    cpu_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Attended:
    """What both ends said, and in sentences what was done to them. `triggered`: the negotiation was really started."""

    snapshots: Mapping[Side, Snapshot]
    triggered: bool = False
    notes: tuple[str, ...] = ()


def attend(entry: TunnelEntry, options: Options, progress: Progress) -> Attended:
    """Ask every device of the tunnel; with a debug or a trigger, watch one attempt and ask for the SAs again."""
    targets = {side: target(end.device) for side, end in zip(SIDES, entry.ends, strict=False) if end.device is not None}
    fingerprinter = installation_fingerprinter()
    with ExitStack() as stack:
        visited = _visit_all(entry, targets, fingerprinter, progress)
        visits = {side: stack.enter_context(one) for side, one in visited.items()}
        snapshots = {side: done.snapshot for side, done in visits.items()}
        if options.debug is None and not options.trigger:
            return Attended(snapshots)
        return _watch(entry, options, visits, fingerprinter, progress)


def _visit_all(
    entry: TunnelEntry, targets: Mapping[Side, Target], fingerprinter: Fingerprinter, progress: Progress
) -> Mapping[Side, Visit]:
    """Every end at once. An interruption (Ctrl-C) waits for none of them: nothing is switched on yet, and each visit closes
    its session when it comes to its end."""
    jobs: dict[Side, Future[Visit]] = {}
    pool = ThreadPoolExecutor(max_workers=len(targets))
    try:
        for side, one in targets.items():
            jobs[side] = pool.submit(_visit, one, _peer_told(entry, side), fingerprinter, progress)
        return {side: job.result() for side, job in jobs.items()}
    except BaseException:
        for job in jobs.values():
            job.add_done_callback(_close)
        raise
    finally:
        pool.shutdown(wait=False)


def _close(job: Future[Visit]) -> None:
    if not job.cancelled() and job.exception() is None:
        job.result().close()


def _visit(one: Target, peer: str | None, fingerprinter: Fingerprinter, progress: Progress) -> Visit:
    return visit(one, fingerprinter=fingerprinter, plan=Plan(peer), progress=lambda step: progress(one.device.name, step))


def _peer_told(entry: TunnelEntry, side: Side) -> str | None:
    ends = dict(zip(SIDES, entry.ends, strict=False))
    other = ends.get(side.other)
    return other.address if other is not None else None


def _watch(
    entry: TunnelEntry, options: Options, visits: Mapping[Side, Visit], fingerprinter: Fingerprinter, progress: Progress
) -> Attended:
    snapshots = {side: done.snapshot for side, done in visits.items()}
    before = understand(entry, snapshots)
    start, notes = _start(entry, before, visits) if options.trigger else (None, ())
    ends = tuple(
        Watched(
            side,
            done,
            done.session,
            _peer(before, side),
            _version(entry, before, side),
            start.how if start and start.side is side else None,
        )
        for side, done in visits.items()
        if done.session is not None
    )
    if not ends or (options.debug is None and start is None):
        return Attended(snapshots, notes=notes)
    limits = Limits(options.debug, options.kmi, options.cpu_limit)
    seen, said = observe(ends, limits, fingerprinter=fingerprinter, clock=now, progress=progress)
    return Attended({**snapshots, **seen}, start is not None, (*notes, *said))


@dataclass(frozen=True, slots=True)
class _Start:
    side: Side
    how: Ping | Initiate


def _start(entry: TunnelEntry, before: Tunnel, visits: Mapping[Side, Visit]) -> tuple[_Start | None, tuple[str, ...]]:
    """Which end starts the negotiation, and how; or in words why none does. A tunnel that is up is left alone."""
    up = [before.end(side) for side in visits if is_up(before, side)]
    if up:
        names = " and ".join(end.device.name for end in up if end is not None)
        return None, (f"nothing was triggered: the tunnel is up on {names}",)
    ends = dict(zip(SIDES, entry.ends, strict=False))
    for side, done in visits.items():
        how = starter(before, side, ends.get(side), done.snapshot) if done.session is not None else None
        if how is not None:
            return _Start(side, how), ()
    why = "no end has a connection for the other with an address to ping from; set protects: in the inventory"
    return None, (f"nothing was triggered: {why}",)


def _peer(tunnel: Tunnel, side: Side) -> str | None:
    """The address under which this end sees the other: the one its connection names, behind a NAT not the other's own."""
    told = tunnel.right_address if side is Side.LEFT else tunnel.left_address
    for connection in connections_of(tunnel, side):
        if told is not None and matches(connection.remote_addresses, told):
            return told
        named = [address for address in connection.remote_addresses if is_address(address)]
        if named:
            return named[0]
    return told


def _version(entry: TunnelEntry, tunnel: Tunnel, side: Side) -> int | None:
    """The IKE version, when the inventory or this end's configuration leaves only one."""
    versions = {version for connection in connections_of(tunnel, side) for version in connection.ike.versions}
    return entry.ike_version or (versions.pop() if len(versions) == 1 else None)

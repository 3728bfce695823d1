"""One device, one login, one Snapshot. A failure of the device is a value of the snapshot, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.record import Clock, Record
from ipsecbot.collect.session import Session, open_session
from ipsecbot.errors import CredentialError, DeviceError
from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import Snapshot
from ipsecbot.model.target import Target

if TYPE_CHECKING:  # netmiko is slow to import, and nobody has asked a device yet
    from ipsecbot.collect.logs import LogPlace

Opener = Callable[[Target], Session]
Progress = Callable[[str], None]


def now() -> datetime:
    return datetime.now(UTC)


def silent(_step: str) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a visit is for. `peer`: the other end's address, when known (each end is asked for its way there)."""

    peer: str | None = None


@dataclass(slots=True)
class Visit:
    """A snapshot and the session it came from, still open, or None when there is none (any more). Close it.

    `logs`: where a host's daemon writes; empty on IOS.
    """

    snapshot: Snapshot
    session: Session | None
    logs: tuple[LogPlace, ...] = ()

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.close()


def collect(
    target: Target,
    *,
    fingerprinter: Fingerprinter,
    plan: Plan | None = None,
    clock: Clock = now,
    opener: Opener = open_session,
    progress: Progress = silent,
) -> Snapshot:
    """Everything a diagnosis needs of one device, secrets replaced by tokens, the session closed again.

    A device that cannot be reached, refuses, hangs or goes away gives a Snapshot with `failure` (a sentence), `failure_kind`
    (the leaf of errors.py) and what was read before. Commands that the device does not know are gaps.
    """
    with visit(target, fingerprinter=fingerprinter, plan=plan, clock=clock, opener=opener, progress=progress) as done:
        return done.snapshot


def visit(
    target: Target,
    *,
    fingerprinter: Fingerprinter,
    plan: Plan | None = None,
    clock: Clock = now,
    opener: Opener = open_session,
    progress: Progress = silent,
) -> Visit:
    """`collect`, with the session left open for a debug or a trigger."""
    record = Record(target, fingerprinter, clock)
    started = clock()
    session: Session | None = None
    logs: tuple[LogPlace, ...] = ()
    failure: DeviceError | CredentialError | None = None
    progress("logging in")
    try:
        session = opener(target)
        logs = _ask(session, record, plan or Plan(), progress)
    except (DeviceError, CredentialError) as trouble:
        failure = trouble
        progress(f"could not be asked: {_sentence(trouble)}")
        if session is not None:
            session.close()
            session = None
    except BaseException:
        if session is not None:
            session.close()
        raise
    return Visit(_snapshot(record, started, failure), session, logs)


def reread(session: Session, *, fingerprinter: Fingerprinter, clock: Clock = now, progress: Progress = silent) -> Snapshot:
    """The SAs and counters as they are now, on a session that is open already (after a trigger or a debug)."""
    record = Record(session.target, fingerprinter, clock)
    started = clock()
    failure: DeviceError | None = None
    try:
        if session.target.device.platform is Platform.CISCO_IOS:
            from ipsecbot.collect import ask_ios
            from ipsecbot.collect.ios import IosSession

            assert isinstance(session, IosSession)
            ask_ios.ask_state(session, record, progress)
        else:
            from ipsecbot.collect import ask_host
            from ipsecbot.collect.host import HostSession

            assert isinstance(session, HostSession)
            ask_host.ask_state(session, record, progress)
    except DeviceError as trouble:
        failure = trouble
    return _snapshot(record, started, failure)


def _ask(session: Session, record: Record, plan: Plan, progress: Progress) -> tuple[LogPlace, ...]:
    if session.target.device.platform is Platform.CISCO_IOS:
        from ipsecbot.collect import ask_ios
        from ipsecbot.collect.ios import IosSession

        assert isinstance(session, IosSession)
        ask_ios.ask_everything(session, record, plan.peer, progress)
        return ()
    from ipsecbot.collect import ask_host
    from ipsecbot.collect.host import HostSession

    assert isinstance(session, HostSession)
    return ask_host.ask_everything(session, record, plan.peer, progress)


def _snapshot(record: Record, started: datetime, failure: DeviceError | CredentialError | None) -> Snapshot:
    return Snapshot(
        device=record.target.device,
        taken_at=started,
        outputs=tuple(record.outputs),
        gaps=tuple(record.gaps),
        failure=_sentence(failure) if failure is not None else None,
        failure_kind=type(failure).__name__ if failure is not None else None,
    )


def _sentence(failure: DeviceError | CredentialError) -> str:
    return failure.message if isinstance(failure, DeviceError) else str(failure)

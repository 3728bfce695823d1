"""Starting a negotiation, only when somebody asked for it. Nothing here ends or clears an SA that works."""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.collect.commands import Command, render
from ipsecbot.collect.fingerprint import Fingerprinter
from ipsecbot.collect.record import Clock, Record
from ipsecbot.collect.session import Session
from ipsecbot.collect.snapshot import now
from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import RawOutput


@dataclass(frozen=True, slots=True)
class Ping:
    """Traffic from an address that this end protects to one behind the other end."""

    source: str
    destination: str
    count: int = 3


@dataclass(frozen=True, slots=True)
class Initiate:
    """A connection of a strongSwan host by its name: the child's in swanctl.conf, the conn's in ipsec.conf (`stroke`)."""

    connection: str
    seconds: int = 20
    stroke: bool = False


def fire(session: Session, what: Ping | Initiate, *, fingerprinter: Fingerprinter, clock: Clock = now) -> tuple[RawOutput, ...]:
    """Sends the one command and returns what it brought, also when it failed: a failed ping is what we wait for.

    CommandRefused when an address or name is not plain. SessionLost, DeviceHung.
    """
    answer = session.send(_command(session, what))
    record = Record(session.target, fingerprinter, clock)
    record.output(answer.command.row.kind, answer.command.text, answer.text + answer.error)
    return tuple(record.outputs)


def _command(session: Session, what: Ping | Initiate) -> Command:
    platform = session.target.device.platform
    assert platform is not None
    if isinstance(what, Ping):
        return render(platform, "ping", source=what.source, destination=what.destination, count=what.count)
    from ipsecbot.collect.host import HostSession  # here: it imports the SSH libraries, which are slow to load

    name = "initiate"
    if what.stroke:
        name = "strongswan-up" if isinstance(session, HostSession) and session.stroke_name == "strongswan" else "up"
    return render(Platform.STRONGSWAN, name, connection=what.connection, seconds=what.seconds)

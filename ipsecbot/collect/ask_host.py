"""What a strongSwan host is asked in one visit: state, files, logs, in four or five round trips."""

from __future__ import annotations

from collections.abc import Callable

from ipsecbot.collect.commands import Command, render
from ipsecbot.collect.files import first_commands, read_rest
from ipsecbot.collect.host import HostSession, require_sudo
from ipsecbot.collect.logs import SYSTEM_LOGS, LogPlace, own_logs
from ipsecbot.collect.record import Record
from ipsecbot.collect.session import Answer
from ipsecbot.errors import EnableRefused
from ipsecbot.model.device import Platform

HOST = Platform.STRONGSWAN
_VICI = ("swanctl-version", "list-sas", "list-conns", "stats", "counters")
_STROKE = {"ipsec": ("stroke-version", "statusall"), "strongswan": ("strongswan-version", "strongswan-statusall")}


def ask_everything(
    session: HostSession, record: Record, peer: str | None, progress: Callable[[str], None]
) -> tuple[LogPlace, ...]:
    """State, files and logs into `record`. The logs that were found, for the one who wants to follow them."""
    progress("asking the IKE daemon and the system")
    system = [render(HOST, name) for name in ("sockets", "interfaces", "clock")]
    if peer is not None:
        system.append(render(HOST, "route", peer=peer))
    usual, find, *first = session.send_all((*first_commands(), *_daemon(session), *system))
    answers = tuple(_or_stand_in(session, answer) for answer in first)
    for answer in answers:
        record.answer(answer)
    if not session.has_swanctl and not session.has_stroke:
        record.gap("swanctl, ipsec", "the host has neither tool: strongSwan is not installed, or not on the PATH of this user.")
    progress("reading configuration files")
    found = read_rest(session, usual, find)
    for file in found.files:
        record.output(file.kind, file.path, file.text)
    for path, why in found.unread:
        record.gap(path, f"a configuration file that could not be read: {why}")
    try:
        require_sudo(session, (*answers, *found.answers))
    except EnableRefused as refused:
        if not any(record.outputs):
            raise
        record.gap("sudo", refused.message)
    if not found.files:
        record.gap("configuration", "no configuration file could be read.")
    progress("reading logs")
    return _read_logs(session, record, own_logs(found.files))


def ask_state(session: HostSession, record: Record, progress: Callable[[str], None]) -> None:
    """The SAs as they are now."""
    progress("asking for the SAs")
    for answer in session.send_all(tuple(command for command in _daemon(session) if command.row.name in _STATE)):
        record.answer(answer)


_STATE = ("list-sas", "counters", "statusall", "strongswan-statusall")


def _daemon(session: HostSession) -> tuple[Command, ...]:
    names = (_VICI if session.has_swanctl else ()) + (_STROKE[session.stroke_name] if session.has_stroke else ())
    return tuple(render(HOST, name) for name in names)


def _or_stand_in(session: HostSession, answer: Answer) -> Answer:
    """A refused command that has a stand-in is asked in its other form."""
    while answer.refusal is not None and answer.command.row.instead is not None:
        answer = session.send(render(HOST, answer.command.row.instead))
    return answer


def _read_logs(session: HostSession, record: Record, own: tuple[LogPlace, ...]) -> tuple[LogPlace, ...]:
    """charon's own logs, else the system's files that speak of it, else the journal."""
    places = _tails(session, record, own, tell=True)
    if places:
        return places
    system = tuple(LogPlace(path, own=False) for path in SYSTEM_LOGS)
    places = _tails(session, record, system, tell=False)
    if not places and session.has_journal:
        places = _tails(session, record, (LogPlace(None, own=False),), tell=False)
    if not places:
        record.gap(
            "log", "no log of the IKE daemon was found: no filelog in strongswan.conf, nothing in syslog or the journal."
        )
    return places


def _tails(session: HostSession, record: Record, places: tuple[LogPlace, ...], *, tell: bool) -> tuple[LogPlace, ...]:
    """The places that hold something; the last part of each goes into the record. `tell`: an unreadable one is a gap."""
    found = []
    for place, answer in zip(places, session.send_all(tuple(place.tail() for place in places)), strict=True):
        if answer.refusal is None and (answer.text.strip() or (tell and not answer.error.strip())):
            text = answer.text if answer.text.endswith("\n") or not answer.text else f"{answer.text}\n"
            record.output(answer.command.row.kind, place.name, text)
            found.append(place)
        elif tell:
            record.gap(place.name, answer.refusal or answer.error.strip() or "it is empty.")
    return tuple(found)

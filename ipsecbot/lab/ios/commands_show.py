"""The show commands as rows of the command table: each asks one of the show_* modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ipsecbot.lab.ios import show_isakmp, show_system
from ipsecbot.lab.ios.machine import Machine

if TYPE_CHECKING:
    from ipsecbot.lab.ios.session import Session


def _of(render: Callable[[Machine], str]) -> Callable[[Session], str]:
    return lambda session: render(session.machine)


def users(session: Session) -> str:
    return show_system.users(session.home.lines(session.vty))


def logging(session: Session) -> str:
    return show_system.logging(session.machine, console_debugging=session.home.misbehaviour.console_debugging)


def debugging(session: Session) -> str:
    return show_system.debugging(session.machine, session.home.foreign_debug)


def processes_cpu(session: Session) -> str:
    return show_system.processes_cpu(session.home.misbehaviour.cpu)


def interfaces(session: Session) -> str:
    return show_system.interfaces(session.machine)


def interface(session: Session, name: str) -> str:
    return show_system.interfaces(session.machine, name)


ROWS = (
    ("show version", _of(show_system.version), True),
    ("show clock", _of(show_system.clock), True),
    ("show users", users, True),
    ("show running-config", _of(show_system.running_config), False),
    ("show startup-config", _of(show_system.running_config), False),
    ("show ip interface brief", _of(show_system.interface_brief), True),
    ("show interfaces", interfaces, True),
    ("show interfaces <word>", interface, True),
    ("show processes cpu", processes_cpu, True),
    ("show logging", logging, True),
    ("show debugging", debugging, True),
    ("show crypto debug-condition", _of(show_system.debug_condition), False),
    ("show crypto isakmp sa", _of(show_isakmp.sa), True),
    ("show crypto isakmp sa detail", _of(show_isakmp.sa_detail), True),
    ("show crypto isakmp policy", _of(show_isakmp.policy), True),
    ("show crypto isakmp key", _of(show_isakmp.key), False),
)

"""The show commands as rows of the command table: each asks one of the show_* modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ipsecbot.lab.ios import show_ipsec, show_isakmp, show_routes, show_session, show_system
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


def sa_of_peer(session: Session, peer: str) -> str:
    return show_ipsec.sa(session.machine, peer=peer)


def way(session: Session, address: str) -> str:
    return show_routes.cef(session.machine, address)


def no_conditions(session: Session) -> str:
    """Platform conditions, which the laboratory has none of: crypto's own are in `show crypto debug-condition`."""
    return "% No conditions found\n"


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
    ("show crypto ipsec sa", _of(show_ipsec.sa), True),
    ("show crypto ipsec sa detail", _of(show_ipsec.sa_detail), True),
    ("show crypto ipsec sa peer <address>", sa_of_peer, True),
    ("show crypto ipsec transform-set", _of(show_ipsec.transform_set), True),
    ("show crypto map", _of(show_ipsec.crypto_map), True),
    ("show crypto session", _of(show_session.session), True),
    ("show crypto session detail", _of(show_session.session_detail), True),
    ("show crypto ikev2 sa", _of(show_session.ikev2_sa), True),
    ("show crypto ikev2 sa detailed", _of(show_session.ikev2_sa_detail), True),
    ("show crypto ikev2 proposal", _of(show_session.ikev2_proposal), True),
    ("show crypto ikev2 policy", _of(show_session.ikev2_policy), True),
    ("show hosts", _of(show_system.hosts), True),
    ("show ip route", _of(show_routes.routes), True),
    ("show ip cef <address>", way, True),
    ("show access-lists", _of(show_system.access_lists), False),
    ("show ip access-lists", _of(show_system.access_lists), False),
    ("show debug condition", no_conditions, True),
)

"""What a Cisco IOS router is asked in one visit."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from ipsecbot.collect.commands import render, row_of
from ipsecbot.collect.drivers import driver_for
from ipsecbot.collect.ios import IosSession
from ipsecbot.collect.record import Record
from ipsecbot.collect.session import Answer
from ipsecbot.model.device import Platform

# after NAPALM's getters, which ask for version, hosts, interfaces and the running configuration
READS = (
    "clock",
    "isakmp-sa",
    "ikev2-sa",
    "ipsec-sa",
    "session",
    "isakmp-policy",
    "crypto-map",
    "transform-set",
    "logging",
    "debugging",
    "cpu",
    "users",
)
STATE = ("clock", "isakmp-sa", "ikev2-sa", "ipsec-sa", "session", "logging")
_FACTS = ("version", "hosts", "interfaces")


def ask_everything(session: IosSession, record: Record, peer: str | None, progress: Callable[[str], None]) -> None:
    """Facts, configuration and state into `record`; each answer is there before the next question is sent. `peer`: the other
    end's address, to which the way is asked, where it is known. Routes, translation and filters that are configured stand in
    the configuration."""
    driver = driver_for(session)
    progress("reading facts and configuration")
    try:
        driver.get_facts()
    except (IndexError, ValueError, UnboundLocalError):
        # NAPALM expects every answer to look as it does in its own recordings; what was said is kept all the same
        record.gap("get_facts", "NAPALM could not read the version, hosts or interfaces of this release.")
    for name in _FACTS:
        if name != "hosts":
            record.answer(session.ask(name))
    driver.get_config(retrieve="running")
    record.answer(session.ask("running-config"))
    for name in READS:
        ask(session, record, name, progress)
    if peer is not None and is_address(peer):
        command = render(Platform.CISCO_IOS, "way-ipv6" if ":" in peer else "way", peer=peer)
        progress(f"asking: {command.text}")
        record.answer(session.send(command))


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def ask_state(session: IosSession, record: Record, progress: Callable[[str], None]) -> None:
    """The SAs as they are now; what the session remembers of them is forgotten."""
    session.forget(STATE)
    for name in STATE:
        ask(session, record, name, progress)


def ask(session: IosSession, record: Record, name: str, progress: Callable[[str], None]) -> None:
    """One reading command, or what stands in for it when this release does not have it."""
    row = row_of(Platform.CISCO_IOS, name)
    progress(f"asking: {row.template}")
    answer = _first_that_works(session, name)
    record.answer(answer)


def _first_that_works(session: IosSession, name: str) -> Answer:
    answer = session.ask(name)
    while answer.refusal is not None and answer.command.row.instead is not None:
        answer = session.ask(answer.command.row.instead)
    return answer

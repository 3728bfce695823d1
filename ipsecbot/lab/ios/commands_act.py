"""What exec commands do, other than show: modes, terminal, ping, debug flags, clearing."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.flows import exit_interface
from ipsecbot.lab.ios.router import Debug

if TYPE_CHECKING:
    from ipsecbot.lab.ios.session import Session

PING_SECONDS = 2.0
ENABLE_TRIES = 3


def nothing(session: Session) -> str:
    return ""


async def enable(session: Session) -> str:
    if session.enabled:
        return ""
    for _ in range(ENABLE_TRIES):
        typed = await session.terminal.line("Password: ", echo=False)
        if typed == session.home.enable_secret and not session.home.misbehaviour.refuse_enable:
            session.enabled = True
            return ""
    return "% Bad secrets\n\n"


def disable(session: Session) -> str:
    session.enabled = False
    return ""


def leave(session: Session) -> str:
    session.over = True
    return ""


def terminal_length(session: Session, number: str) -> str:
    session.terminal.geometry.length = int(number)
    return ""


def terminal_default_length(session: Session) -> str:
    session.terminal.geometry.length = 24
    return ""


def terminal_width(session: Session, number: str) -> str:
    session.terminal.geometry.width = int(number)
    return ""


def terminal_monitor(session: Session) -> str:
    session.start_monitoring()
    return ""


def terminal_no_monitor(session: Session) -> str:
    session.stop_monitoring()
    return ""


def configure(session: Session) -> str:
    session.config = ConfigMode(session.machine.router)
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


def write_memory(session: Session) -> str:
    return "Building configuration...\n[OK]\n"


async def copy(session: Session) -> str:
    await session.terminal.line("Destination filename [startup-config]? ")
    return "Building configuration...\n[OK]\n"


def _source(session: Session, given: str | None, destination: str) -> str | None:
    """The address a ping leaves with; None when `given` names nothing this router has."""
    config = session.machine.router.config
    if given is None:
        towards = exit_interface(config, destination)
        known = config.interface(towards) if towards and not towards[0].isdigit() else None
        if known is None and towards:
            known = config.interface(exit_interface(config, towards) or "")
        known = known or next((one for one in config.interfaces if one.address and not one.shutdown), None)
        return str(known.address.ip) if known and known.address else None
    if given[0].isdigit():
        return given if config.owns(given) else None
    known = config.interface(given)
    return str(known.address.ip) if known and known.address and not known.shutdown else None


async def _ping(session: Session, destination: str, source: str | None, repeat: int, timeout: float = PING_SECONDS) -> str:
    leaving = _source(session, source, destination)
    if leaving is None:
        return "% Invalid source\n"
    terminal = session.terminal
    terminal.write("Type escape sequence to abort.\n")
    terminal.write(f"Sending {repeat}, 100-byte ICMP Echos to {destination}, timeout is {int(timeout)} seconds:\n")
    if source is not None:
        terminal.write(f"Packet sent with a source address of {leaving} \n")
    ipsec = session.machine.ipsec
    times: list[float] = []
    for sent in range(1, repeat + 1):
        began = session.machine.router.world.now
        came = await session.wait(functools.partial(ipsec.ping, leaving, destination), timeout)
        terminal.write("!" if came else ".")
        if came:
            times.append((session.machine.router.world.now - began).total_seconds() * 1000)
        if terminal.interrupted():
            repeat = sent
            break
    share = len(times) * 100 // repeat
    tail = f", round-trip min/avg/max = {_milliseconds(times)} ms" if times else ""
    return f"\nSuccess rate is {share} percent ({len(times)}/{repeat}){tail}\n"


def _milliseconds(times: list[float]) -> str:
    low, mean, high = min(times), sum(times) / len(times), max(times)
    return "/".join(str(max(1, round(value))) for value in (low, mean, high))


async def ping(session: Session, destination: str) -> str:
    return await _ping(session, destination, None, 5)


async def ping_repeat(session: Session, destination: str, repeat: str) -> str:
    return await _ping(session, destination, None, int(repeat))


async def ping_source(session: Session, destination: str, source: str) -> str:
    return await _ping(session, destination, source, 5)


async def ping_source_repeat(session: Session, destination: str, source: str, repeat: str) -> str:
    return await _ping(session, destination, source, int(repeat))


async def ping_repeat_source(session: Session, destination: str, repeat: str, source: str) -> str:
    return await _ping(session, destination, source, int(repeat))


async def ping_timed(session: Session, destination: str, source: str, repeat: str, timeout: str) -> str:
    return await _ping(session, destination, source, int(repeat), float(timeout))


def clear_isakmp(session: Session) -> str:
    session.machine.isakmp.clear()
    return ""


def clear_sa(session: Session) -> str:
    session.machine.ipsec.forget()
    return ""


def clear_sa_peer(session: Session, peer: str) -> str:
    session.machine.ipsec.forget(peer=peer)
    return ""


def clear_session(session: Session) -> str:
    session.machine.isakmp.clear()
    session.machine.ikev2.clear()
    session.machine.ipsec.forget()
    return ""


def clear_session_remote(session: Session, peer: str) -> str:
    session.machine.isakmp.clear(peer)
    session.machine.ikev2.clear(peer)
    session.machine.ipsec.forget(peer=peer)
    return ""


def clear_ikev2(session: Session) -> str:
    session.machine.ikev2.clear()
    return ""


async def clear_logging(session: Session) -> str:
    await session.terminal.line("Clear logging buffer [confirm]")
    session.machine.router.log.clear()
    return ""


NAMES = {
    Debug.ISAKMP: "Crypto ISAKMP debugging",
    Debug.IPSEC: "Crypto IPSEC debugging",
    Debug.IKEV2: "IKEv2 default debugging",
    Debug.KMI: "Crypto Key Management Interface debugging",
    Debug.ENGINE: "Crypto Engine debugging",
}


def _arm(flag: Debug, session: Session) -> str:
    session.machine.router.debugs.add(flag)
    return f"{NAMES[flag]} is on\n"


def _disarm(flag: Debug, session: Session) -> str:
    session.machine.router.debugs.discard(flag)
    return f"{NAMES[flag]} is off\n"


debug_isakmp, no_isakmp = functools.partial(_arm, Debug.ISAKMP), functools.partial(_disarm, Debug.ISAKMP)
debug_ipsec, no_ipsec = functools.partial(_arm, Debug.IPSEC), functools.partial(_disarm, Debug.IPSEC)
debug_ikev2, no_ikev2 = functools.partial(_arm, Debug.IKEV2), functools.partial(_disarm, Debug.IKEV2)
debug_kmi, no_kmi = functools.partial(_arm, Debug.KMI), functools.partial(_disarm, Debug.KMI)
debug_engine, no_engine = functools.partial(_arm, Debug.ENGINE), functools.partial(_disarm, Debug.ENGINE)


def undebug_all(session: Session) -> str:
    """Switches every flag off; the crypto conditions stay, as in IOS, until they are removed or reset."""
    session.machine.router.debugs.clear()
    session.home.foreign_debug = False
    return "All possible debugging has been turned off\n"


def condition(session: Session, address: str) -> str:
    session.machine.router.conditions.add(address)
    return ""


def no_condition(session: Session, address: str) -> str:
    session.machine.router.conditions.discard(address)
    return ""


def condition_reset(session: Session) -> str:
    session.machine.router.conditions.clear()
    return ""

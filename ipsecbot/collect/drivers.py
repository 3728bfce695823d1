"""NAPALM drivers for both platforms that share the session's one SSH connection."""

from __future__ import annotations

from typing import Any

from napalm.ios import IOSDriver

from ipsecbot.collect.commands import recognise
from ipsecbot.collect.host import HostSession
from ipsecbot.collect.ios import IosSession
from ipsecbot.collect.napalm_strongswan import StrongswanDriver
from ipsecbot.model.device import Platform


class _Gate:
    """Stands where NAPALM's ios driver keeps its netmiko connection: only reading commands of the table pass, and what
    the session has asked already is not asked again."""

    def __init__(self, session: IosSession) -> None:
        self._session = session

    def send_command(self, text: str, **_options: object) -> str:
        return self._session.ask(recognise(Platform.CISCO_IOS, text).row.name).text


def driver_for(session: IosSession | HostSession) -> Any:
    """A NetworkDriver (get_facts, get_config, …) on an open session. Closing it is the session's affair."""
    target = session.target
    login = target.login
    if isinstance(session, HostSession):
        return StrongswanDriver(target.device.name, login.username, "", session=session)
    driver = IOSDriver(str(target.device.address), login.username, "", optional_args={"port": target.device.port})
    driver.device = _Gate(session)
    return driver

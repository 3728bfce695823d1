"""A NetworkDriver over a HostSession. What it returns has NAPALM's shapes (napalm.base.models: FactsDict, ConfigDict)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from napalm.base.base import NetworkDriver

from ipsecbot.collect.commands import recognise, render
from ipsecbot.collect.files import read_config_files
from ipsecbot.collect.host import HostSession
from ipsecbot.errors import SessionLost
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target


class StrongswanDriver(NetworkDriver):  # type: ignore[misc]  # napalm has no types
    """`optional_args`: port, host_keys (strict | accept-new), known_hosts, key (text of a private key).

    Give it an open session (`session`) to share the one SSH connection with everything else.
    """

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 30,
        optional_args: dict[str, Any] | None = None,
        session: HostSession | None = None,
    ) -> None:
        options = optional_args or {}
        self.hostname, self.username, self.timeout = hostname, username, timeout
        self.device: HostSession | None = session
        self._target = Target(
            Device(hostname, Platform.STRONGSWAN, hostname, int(options.get("port", 22))),
            Login(username, password or None, key=options.get("key")),
            HostKeyPolicy(options.get("host_keys", HostKeyPolicy.STRICT)),
            options.get("known_hosts"),
            timeout=timedelta(seconds=timeout),
        )

    def open(self) -> None:
        """Logs in, unless a session was given. Raises the leaves of errors.DeviceError."""
        if self.device is None:
            self.device = HostSession(self._target)

    def close(self) -> None:
        if self.device is not None:
            self.device.close()
            self.device = None

    def is_alive(self) -> dict[str, bool]:
        return {"is_alive": self.device is not None and self.device.is_alive()}

    def _session(self) -> HostSession:
        if self.device is None:
            raise SessionLost(self.hostname, "the driver is not open; call open() first.")
        return self.device

    def get_facts(self) -> dict[str, Any]:
        """`uptime` in seconds of the IKE daemon, -1.0 when it cannot be asked; `serial_number` does not exist here."""
        session = self._session()
        names = (
            ("swanctl-version", "stats", "interfaces") if session.has_swanctl else ("stroke-version", "statusall", "interfaces")
        )
        version, stats, interfaces = session.send_all(tuple(render(Platform.STRONGSWAN, name) for name in names))
        found = re.search(r"strongSwan (?:swanctl )?U?([\w.]+)", version.text)
        return {
            "uptime": _uptime(stats.text),
            "vendor": "strongSwan",
            "os_version": found[1] if found else "Unknown",
            "serial_number": "Unknown",
            "model": "Unknown",
            "hostname": session.target.device.name,
            "fqdn": "Unknown",
            "interface_list": list(dict.fromkeys(re.findall(r"^\d+: (\S+)", interfaces.text, re.MULTILINE))),
        }

    def get_config(
        self, retrieve: str = "all", full: bool = False, sanitized: bool = False, format: str = "text"
    ) -> dict[str, str]:
        """Every configuration file, each after a comment line with its path, in `running`; secrets are in it."""
        files = read_config_files(self._session()).files if retrieve in ("all", "running") else ()
        return {"running": "\n".join(f"# {file.path}\n{file.text}" for file in files), "startup": "", "candidate": ""}

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str]:
        """Reading commands of the table only; CommandRefused for any other."""
        asked = tuple(recognise(Platform.STRONGSWAN, text) for text in commands)
        answers = self._session().send_all(asked)
        return {text: answer.text or answer.error for text, answer in zip(commands, answers, strict=True)}


_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def _uptime(text: str) -> float:
    """`uptime: 3 minutes, since …` of swanctl --stats and ipsec statusall."""
    found = re.search(r"uptime: (\d+) (second|minute|hour|day)s?", text)
    return float(int(found[1]) * _UNITS[found[2]]) if found else -1.0

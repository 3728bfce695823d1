"""One emulated router's core: its configuration, its voice (debug, syslog, log buffer) and its place on the path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ipsecbot.lab.ios.config import RouterConfig
from ipsecbot.lab.ios.configreader import read_config
from ipsecbot.lab.ios.log import Log, Stamp, read_stamp
from ipsecbot.lab.ios.world import Packet, World


class Debug(StrEnum):
    """The debug flags that can be armed; the value is the word after `debug crypto`."""

    ISAKMP = "isakmp"
    IPSEC = "ipsec"
    IKEV2 = "ikev2"
    KMI = "kmi"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Handler:
    """Who takes a packet: `accepts` looks at the payload's type, `handle` works it off."""

    payload: type
    handle: Callable[[Packet], None]


class Router:
    """`debugs` and `conditions` (peer addresses of `debug crypto condition`) are global, as in IOS; listeners are per VTY."""

    def __init__(self, name: str, running_config: str, world: World) -> None:
        self.name = name
        self.world = world
        self.debugs: set[Debug] = set()
        self.conditions: set[str] = set()
        self.log = Log()
        self.handlers: list[Handler] = []
        self.started = world.now
        self.text = ""
        self.config = RouterConfig()
        self.stamp = Stamp()
        self.configure(running_config)
        world.nodes.append(self)

    def configure(self, running_config: str) -> None:
        """Takes a new running-config. Raises ValueError for text that cannot be read."""
        self.config = read_config(running_config)
        self.text = running_config
        self.stamp = read_stamp(running_config, xe=self.config.is_xe)

    def owns(self, address: str) -> bool:
        return self.config.owns(address)

    def debug(self, kind: Debug, text: str, peer: str | None) -> None:
        """One debug line (or several joined by newlines), when its flag is on and its peer passes the condition."""
        if kind not in self.debugs or (self.conditions and peer not in self.conditions):
            return
        self._write(text)

    def syslog(self, text: str) -> None:
        """A `%FACILITY-SEVERITY-MNEMONIC: …` message: always printed, whatever is being debugged."""
        self._write(text)

    def _write(self, text: str) -> None:
        self.world.elapse(self.world.random.choice((0, 0, 1, 1, 2) if self.config.is_xe else (0, 0, 0, 4)))
        self.log.write(self.stamp.text(self.world.now, self.log.written + 1) + text)

    def send(self, packet: Packet) -> None:
        self.world.send(self, packet)

    def receive(self, packet: Packet) -> None:
        for handler in self.handlers:
            if isinstance(packet.payload, handler.payload):
                handler.handle(packet)
                return

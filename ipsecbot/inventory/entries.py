"""What the inventory file says, as values. Credentials are references only; see credentials.py for what they refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.device import Device
from ipsecbot.model.target import HostKeyPolicy, SudoUse


class CredentialScheme(StrEnum):
    ENV = "env"
    FILE = "file"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class CredentialRef:
    """Where a secret is to be had, never the secret: `env:NAME`, `file:PATH`, `command:WORDS`.

    `owner` is what the messages call it (`password of device r1`); a relative `file:` starts at the inventory's folder,
    which `base` names.
    """

    scheme: CredentialScheme
    value: str
    owner: str = field(default="credential", compare=False)
    base: str = field(default=".", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One device and how it is logged in to. `username` None: nothing says who logs in, neither here nor in defaults."""

    device: Device
    username: str
    password: CredentialRef | None = None
    enable: CredentialRef | None = None
    key: CredentialRef | None = None
    key_passphrase: CredentialRef | None = None
    agent: bool = False
    host_keys: HostKeyPolicy = HostKeyPolicy.STRICT
    known_hosts: str | None = None
    sudo: SudoUse = SudoUse.AUTO
    timeout: timedelta = timedelta(seconds=30)
    cpu_limit: int = 60
    line: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return self.device.name


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping that has to go through the tunnel: from an address that this end protects to one behind the other end."""

    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class TunnelEnd:
    """One end: a device of the inventory, or a third party of which only the address is known.

    `address` is the one that speaks IKE, where the inventory says so (the management address may be another one);
    a third party always has it. `ping` is the traffic that triggers the tunnel from this end.
    """

    device: DeviceEntry | None
    address: str | None = None
    ping: Ping | None = None


@dataclass(frozen=True, slots=True)
class TunnelEntry:
    """One tunnel: two ends in the order of the file (left, right), or one for a device that stands in no tunnel."""

    name: str
    ends: tuple[TunnelEnd, ...]
    ike_version: int | None = None
    line: int = field(default=0, compare=False)

    @property
    def devices(self) -> tuple[DeviceEntry, ...]:
        return tuple(end.device for end in self.ends if end.device is not None)


@dataclass(frozen=True, slots=True)
class InventoryProblem:
    """One thing that is wrong in the file; `line` counts from 1, 0 means the whole file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"

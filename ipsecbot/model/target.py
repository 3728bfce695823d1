"""How one device is reached and logged in to: what inventory/ hands to collect/."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ipsecbot.model.device import Device


class HostKeyPolicy(StrEnum):
    """STRICT: an unknown host key is refused. ACCEPT_NEW: an unknown one is written to known_hosts, a changed one is
    refused (the words of OpenSSH's StrictHostKeyChecking)."""

    STRICT = "strict"
    ACCEPT_NEW = "accept-new"


class SudoUse(StrEnum):
    """Whether commands on a strongSwan host are prefixed by `sudo -n`. AUTO: unless the account is root."""

    ALWAYS = "true"
    NEVER = "false"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Login:
    """Resolved credentials. The secrets have no part in repr and equality.

    `key` is the text of a private key (OpenSSH or PEM), `agent` whether the SSH agent may be asked. An `enable` of None
    means that the login itself has to be privileged enough.
    """

    username: str
    password: str | None = field(default=None, repr=False, compare=False)
    enable: str | None = field(default=None, repr=False, compare=False)
    key: str | None = field(default=None, repr=False, compare=False)
    key_passphrase: str | None = field(default=None, repr=False, compare=False)
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One device with everything needed to ask it. `known_hosts` None is ~/.ssh/known_hosts. `timeout` bounds the
    connection, the login and each command (a command may have its own, longer one); `cpu_limit` is in percent."""

    device: Device
    login: Login
    host_keys: HostKeyPolicy = HostKeyPolicy.STRICT
    known_hosts: str | None = None
    sudo: SudoUse = SudoUse.AUTO
    timeout: timedelta = timedelta(seconds=30)
    cpu_limit: int = 60

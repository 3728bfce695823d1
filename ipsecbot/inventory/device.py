"""One item of `devices`, with what `defaults` adds to it."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from ipsecbot.inventory.entries import CredentialRef, CredentialScheme, DeviceEntry
from ipsecbot.inventory.nodes import Fields, Problems, Wrong, line_of, one_of, scalar_text, whole_number
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, SudoUse

T = TypeVar("T")

SHARED_KEYS = (
    "username",
    "password",
    "enable",
    "key",
    "key_passphrase",
    "port",
    "groups",
    "host_keys",
    "known_hosts",
    "sudo",
    "timeout",
    "cpu_limit",
)
DEVICE_KEYS = ("name", "address", "platform", *SHARED_KEYS)
_LOGIN_KEYS = ("password", "key", "key_passphrase")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")


def a_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise Wrong("may have letters, digits, dot, dash and underscore only, at most 63 of them.")
    return text


def an_address(text: str) -> str:
    """An IPv4 or IPv6 address in canonical spelling."""
    try:
        if "%" not in text:  # ipaddress takes any text for the scope behind it
            return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    raise Wrong("must be an IPv4 or IPv6 address.")


def a_host(text: str) -> str:
    try:
        return an_address(text)
    except Wrong:
        if _HOST.fullmatch(text) and not re.fullmatch(r"[\d.]+", text):
            return text
    raise Wrong("must be an address or a host name.")


def a_user(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise Wrong("must be a user name.")
    return text


def read_device(fields: Fields, defaults: Fields, base: Path, problems: Problems) -> DeviceEntry | None:
    """The entry, or None when it has no usable name; every other trouble is recorded and a default stands in."""
    name = fields.required("name", a_name, "")
    if not name:
        return None
    fields.what = f"device {name}"
    address = fields.required("address", a_host, "")
    platform = fields.required("platform", one_of(Platform.CISCO_IOS, Platform.STRONGSWAN), "")
    credentials = _Credentials(fields, defaults, base, problems)
    key, agent = credentials.key()
    entry = DeviceEntry(
        device=Device(
            name,
            Platform(platform) if platform else None,
            address or None,
            _either(fields, defaults).scalar("port", whole_number(1, 65535), 22),
            _groups(_either(fields, defaults, "groups"), problems),
        ),
        username=_either(fields, defaults, "username").scalar("username", a_user, ""),
        password=credentials.ref("password"),
        enable=credentials.ref("enable") if platform == Platform.CISCO_IOS else None,
        key=key,
        key_passphrase=credentials.ref("key_passphrase"),
        agent=agent,
        host_keys=HostKeyPolicy(_either(fields, defaults, "host_keys").scalar("host_keys", one_of(*HostKeyPolicy), "strict")),
        known_hosts=_path(_either(fields, defaults, "known_hosts"), base),
        sudo=SudoUse(_either(fields, defaults, "sudo").scalar("sudo", one_of(*SudoUse), "auto")),
        timeout=timedelta(seconds=_either(fields, defaults, "timeout").scalar("timeout", whole_number(1, 600), 30)),
        cpu_limit=_either(fields, defaults, "cpu_limit").scalar("cpu_limit", whole_number(1, 100), 60),
        line=line_of(fields.node),
    )
    _complain(entry, fields, problems)
    return entry


def _either(fields: Fields, defaults: Fields, key: str = "port") -> Fields:
    return fields if fields.has(key) or not defaults.has(key) else defaults


def _complain(entry: DeviceEntry, fields: Fields, problems: Problems) -> None:
    if not entry.username and not (fields.has("username")):
        problems.add(fields.node, f"device {entry.name} has no username, and defaults has none.")
    wanted = entry.password is not None or entry.key is not None or entry.agent
    if not wanted and not any(fields.has(key) for key in ("password", "key")):
        problems.add(fields.node, f"device {entry.name} has neither password nor key, and defaults has none.")


def _path(fields: Fields, base: Path) -> str | None:
    text = fields.scalar("known_hosts", str, "")
    return str(base / Path(text).expanduser()) if text else None


def _groups(fields: Fields, problems: Problems) -> tuple[str, ...]:
    found = []
    for item in fields.items("groups"):
        try:
            found.append(a_name(scalar_text(item)))
        except Wrong as wrong:
            problems.add(item, f"a group of {fields.what} {wrong}")
    return tuple(found)


class _Credentials:
    """Reads credential references. The value of a wrong one is never repeated: it may be the secret itself."""

    def __init__(self, fields: Fields, defaults: Fields, base: Path, problems: Problems) -> None:
        self._fields, self._defaults, self._base, self._problems = fields, defaults, base, problems

    def ref(self, key: str) -> CredentialRef | None:
        return self._source(key).scalar(key, lambda text: self._read(key, text), None)

    def _source(self, key: str) -> Fields:
        """A device that says itself how to log in takes nothing of that from defaults: the default password may not
        even be set where every device that is asked has a key."""
        own = key in _LOGIN_KEYS and any(self._fields.has(other) for other in _LOGIN_KEYS)
        return self._fields if own else _either(self._fields, self._defaults, key)

    def key(self) -> tuple[CredentialRef | None, bool]:
        """The private key, and whether the SSH agent is asked instead."""
        if self._source("key").scalar("key", str, "") == "agent":
            return None, True
        return self.ref("key"), False

    def _read(self, key: str, text: str) -> CredentialRef | None:
        scheme, colon, value = text.partition(":")
        if not colon or scheme not in tuple(CredentialScheme) or not value.strip():
            agent = ", or the word agent" if key == "key" else ""
            raise Wrong(
                "stands in the file itself or is no reference; "
                f"write env:NAME, file:PATH or command:WORDS{agent}, and keep the secret elsewhere."
            )
        owner = f"{key} of {self._fields.what}"
        return CredentialRef(CredentialScheme(scheme), value.strip(), owner, str(self._base))

"""An SSH client that checks host keys, and the credentials in the form that netmiko and paramiko take."""

from __future__ import annotations

import contextlib
import io
import threading
from pathlib import Path
from typing import Any

import paramiko

from ipsecbot.collect.failures import unknown_host_key
from ipsecbot.errors import CredentialError, HostKeyRefused
from ipsecbot.model.target import HostKeyPolicy, Target

_SYSTEM_FILES = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))
_WRITING = threading.Lock()  # both ends may bring a new key at the same moment


def client_for(target: Target) -> paramiko.SSHClient:
    """A client that knows the keys of known_hosts and refuses or writes down an unknown one, as the target says."""
    client = paramiko.SSHClient()
    files = (Path(target.known_hosts),) if target.known_hosts else _SYSTEM_FILES
    for path in files:
        try:
            if path.expanduser().is_file():
                client.load_system_host_keys(str(path.expanduser()))
        except (OSError, paramiko.SSHException, paramiko.hostkeys.InvalidHostKey):
            raise HostKeyRefused(
                target.device.name, f"{path} cannot be read or has a damaged line; mend the file of known host keys."
            ) from None
    client.set_missing_host_key_policy(_Policy(target, files[0].expanduser()))
    return client


def hang_up(*parts: Any) -> None:
    """Closes channels and transports. Closing says goodbye, and paramiko raises EOFError where nobody is left to hear it."""
    for part in parts:
        if part is not None:
            with contextlib.suppress(EOFError, OSError, paramiko.SSHException):
                part.close()


class _Policy(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """accept-new appends one line: paramiko's own policy rewrites the file and loses comments and foreign lines."""

    def __init__(self, target: Target, path: Path) -> None:
        self._target, self._path = target, path

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        if self._target.host_keys is not HostKeyPolicy.ACCEPT_NEW:
            raise unknown_host_key(self._target)
        try:
            with _WRITING:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as stream:
                    stream.write(f"{hostname} {key.get_name()} {key.get_base64()}\n")
        except OSError as trouble:
            raise HostKeyRefused(
                self._target.device.name,
                f"its new host key cannot be written to {self._path} ({trouble.strerror or 'error'}); check known_hosts.",
            ) from None


def authentication(target: Target) -> dict[str, Any]:
    """The keywords that paramiko's connect and netmiko share: either the agent, or a key, or a password."""
    login = target.login
    return {
        "username": login.username,
        "password": login.password,
        "pkey": private_key(target) if login.key else None,
        "allow_agent": login.agent,
    }


def private_key(target: Target) -> paramiko.PKey:
    """CredentialError when the key cannot be used; the text of the key is in no message."""
    login = target.login
    assert login.key is not None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            key: paramiko.PKey = kind.from_private_key(io.StringIO(login.key), password=login.key_passphrase)
        except paramiko.PasswordRequiredException:
            raise CredentialError(f"key of device {target.device.name}: it has a passphrase; add key_passphrase.") from None
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue  # not of this kind
        return key
    raise CredentialError(
        f"key of device {target.device.name}: no usable Ed25519, ECDSA or RSA private key, or key_passphrase is wrong."
    )

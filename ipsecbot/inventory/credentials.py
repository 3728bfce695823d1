"""References → secrets, and an entry → the Target that collect/ takes. No message and no repr here holds a secret."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ipsecbot.errors import CredentialError
from ipsecbot.inventory.entries import CredentialRef, CredentialScheme, DeviceEntry
from ipsecbot.model.target import Login, Target

COMMAND_SECONDS = 20


def resolve(ref: CredentialRef, *, whole: bool = False, environ: Mapping[str, str] = os.environ) -> str:
    """The secret that `ref` refers to. CredentialError says which reference failed and what to do.

    One line without its end, as `pass` and `vault` print it; `whole` keeps every line (a private key).
    """
    readers = {
        CredentialScheme.ENV: lambda: _from_environment(ref, environ),
        CredentialScheme.FILE: lambda: _from_file(ref),
        CredentialScheme.COMMAND: lambda: _from_command(ref, environ),
    }
    text = readers[ref.scheme]()
    secret = text if whole else text.split("\n", 1)[0].removesuffix("\r")
    if not secret.strip():
        raise _trouble(ref, "is empty; put the secret there")
    return secret


def target(entry: DeviceEntry, environ: Mapping[str, str] = os.environ) -> Target:
    """The device with its credentials resolved. CredentialError when one of them cannot be had."""
    login = Login(
        username=entry.username,
        password=resolve(entry.password, environ=environ) if entry.password else None,
        enable=resolve(entry.enable, environ=environ) if entry.enable else None,
        key=resolve(entry.key, whole=True, environ=environ) if entry.key else None,
        key_passphrase=resolve(entry.key_passphrase, environ=environ) if entry.key_passphrase else None,
        agent=entry.agent,
    )
    return Target(
        device=entry.device,
        login=login,
        host_keys=entry.host_keys,
        known_hosts=entry.known_hosts,
        sudo=entry.sudo,
        timeout=entry.timeout,
        cpu_limit=entry.cpu_limit,
    )


def _trouble(ref: CredentialRef, what: str) -> CredentialError:
    return CredentialError(f"{ref.owner}: {ref} {what}.")


def _from_environment(ref: CredentialRef, environ: Mapping[str, str]) -> str:
    if ref.value not in environ:
        raise _trouble(ref, f"names an environment variable that is not set; export {ref.value} and try again")
    return environ[ref.value]


def _from_file(ref: CredentialRef) -> str:
    path = Path(ref.base) / Path(ref.value).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _trouble(ref, "holds no UTF-8 text; check that it is the right file") from None
    except OSError as trouble:
        raise _trouble(ref, f"cannot be read ({trouble.strerror or 'error'}); check the path and its permissions") from None


def _from_command(ref: CredentialRef, environ: Mapping[str, str]) -> str:
    try:
        words = shlex.split(ref.value)
    except ValueError as trouble:
        raise _trouble(ref, f"cannot be split into words ({trouble}); check its quotes") from None
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, env=dict(environ), check=False
        )
    except subprocess.TimeoutExpired:
        raise _trouble(ref, f"gave no answer in {COMMAND_SECONDS} s; run it by hand and see what it waits for") from None
    except OSError as trouble:
        raise _trouble(ref, f"cannot be run ({trouble.strerror or 'error'}); check that the program is installed") from None
    if done.returncode:
        # neither output nor stderr is quoted: a vault's error may repeat what it was given
        raise _trouble(ref, f"ended with status {done.returncode}; run it by hand to see why")
    return done.stdout.decode("utf-8", "replace")

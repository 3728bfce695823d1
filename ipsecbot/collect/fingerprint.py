"""Secrets → tokens that can be compared but not read back.

A token is `<secret:HEX12>`: the first 12 hexadecimal digits of HMAC-SHA256 under a key that belongs to this installation and
never leaves its state directory, so that a report cannot be tried against a word list elsewhere. `<secret:unknown>` stands
for a secret that cannot be compared (IOS type 6, a hash, one that was masked before we saw it).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ipsecbot.errors import InputError

UNKNOWN = "<secret:unknown>"
_KEY_NAME = "fingerprint.key"


class Fingerprinter(Protocol):
    """What redact() asks for a token."""

    def token(self, secret: bytes) -> str:
        """The token of one secret, as the daemon uses it (quotes, hex, base64 and type 7 undone)."""


class KeyedFingerprinter:
    """HMAC-SHA256 under `key`; equal secrets give equal tokens under one key only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, secret: bytes) -> str:
        return f"<secret:{hmac.new(self._key, secret, hashlib.sha256).hexdigest()[:12]}>"


def state_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """$IPSECBOT_STATE_DIR, else $XDG_STATE_HOME/ipsecbot, else ~/.local/state/ipsecbot."""
    if environ.get("IPSECBOT_STATE_DIR"):
        return Path(environ["IPSECBOT_STATE_DIR"])
    if environ.get("XDG_STATE_HOME"):
        return Path(environ["XDG_STATE_HOME"]) / "ipsecbot"
    return Path("~/.local/state/ipsecbot").expanduser()


def installation_fingerprinter(directory: Path | None = None) -> KeyedFingerprinter:
    """The fingerprinter of this installation; its key is made on first use, readable by its owner only.

    InputError when the state directory cannot be used.
    """
    path = (directory or state_directory()) / _KEY_NAME
    try:
        return KeyedFingerprinter(_read_key(path))
    except FileNotFoundError:
        pass
    except OSError as trouble:
        raise _unusable(path, trouble) from None
    try:
        _make_key(path)
        return KeyedFingerprinter(_read_key(path))
    except OSError as trouble:
        raise _unusable(path, trouble) from None


def _unusable(path: Path, trouble: OSError) -> InputError:
    return InputError(
        f"{path}: the key for fingerprints cannot be used ({trouble.strerror or 'error'}); "
        "set IPSECBOT_STATE_DIR to a folder that can be written."
    )


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < 32:
        raise InputError(f"{path}: the key for fingerprints is too short; remove the file, a new one is made.")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return key


def _make_key(path: Path) -> None:
    """Writes the key beside its place and links it there: of two processes that start at once, one wins whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{_KEY_NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)

"""Credential references become secrets, and secrets stay out of every text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipsecbot.errors import CredentialError
from ipsecbot.inventory import credentials
from ipsecbot.inventory.credentials import resolve, target
from ipsecbot.inventory.entries import CredentialRef, CredentialScheme
from ipsecbot.inventory.load import load

SECRET = "Vm9t-not-in-any-text"


def _ref(scheme: CredentialScheme, value: str, base: Path | None = None) -> CredentialRef:
    return CredentialRef(scheme, value, "password of device r1", str(base or "."))


def test_three_kinds_of_reference(tmp_path: Path) -> None:
    """env, file (relative to the inventory) and command give the first line; a key keeps every line."""
    (tmp_path / "p.txt").write_text(f"{SECRET}\r\nsecond\n")
    command = f"{sys.executable} -c 'print(\"{SECRET}\")'"
    assert resolve(_ref(CredentialScheme.ENV, "P"), environ={"P": SECRET}) == SECRET
    assert resolve(_ref(CredentialScheme.FILE, "p.txt", tmp_path)) == SECRET
    assert resolve(_ref(CredentialScheme.COMMAND, command)) == SECRET
    assert resolve(_ref(CredentialScheme.FILE, "p.txt", tmp_path), whole=True).endswith("second\n")


@pytest.mark.parametrize(
    ("scheme", "value", "sentence"),
    [
        (CredentialScheme.ENV, "IPSECBOT_NOT_SET", "is not set; export IPSECBOT_NOT_SET"),
        (CredentialScheme.FILE, "missing.txt", "check the path"),
        (CredentialScheme.FILE, "empty.txt", "is empty"),
        (CredentialScheme.FILE, "binary.txt", "no UTF-8 text"),
        (CredentialScheme.COMMAND, "ipsecbot-no-such-program x", "is installed"),
        (CredentialScheme.COMMAND, "'", "check its quotes"),
        (CredentialScheme.COMMAND, f'{sys.executable} -c \'import sys; sys.exit("{SECRET[:4]}" + "x")\'', "status 1"),
    ],
)
def test_a_failed_reference_says_what_to_do(tmp_path: Path, scheme: CredentialScheme, value: str, sentence: str) -> None:
    """CredentialError names the owner, the reference and the next move; what a program printed is not repeated."""
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CredentialError) as caught:
        resolve(_ref(scheme, value, tmp_path))
    assert sentence in str(caught.value)
    assert "password of device r1" in str(caught.value)
    assert SECRET[:4] + "x" not in str(caught.value)


def test_a_command_that_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault that asks for its own password must not hang the diagnosis."""
    monkeypatch.setattr(credentials, "COMMAND_SECONDS", 0.2)
    with pytest.raises(CredentialError, match="gave no answer"):
        resolve(_ref(CredentialScheme.COMMAND, f"{sys.executable} -c 'import time; time.sleep(60)'"))


def test_a_target_hides_its_secrets(tmp_path: Path) -> None:
    """Neither repr nor str of a target shows a password, an enable secret or a key."""
    path = tmp_path / "i.yaml"
    (tmp_path / "key").write_text(f"-----BEGIN KEY-----\n{SECRET}\n")
    path.write_text(
        "devices:\n  - {name: r1, address: 192.0.2.1, platform: cisco_ios, username: u, password: 'env:P',"
        " enable: 'env:P', key: 'file:key', key_passphrase: 'env:P', known_hosts: kh}\n"
    )
    made = target(load(path).devices[0], environ={"P": SECRET})
    assert made.login.password == SECRET
    assert made.login.key is not None
    assert SECRET in made.login.key
    assert made.known_hosts == str(tmp_path / "kh")
    assert SECRET not in repr(made)
    assert SECRET not in str(load(path))

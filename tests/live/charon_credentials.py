"""Certificates for both ends of the generated pairs, made by strongSwan's own pki."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from ipsecbot.model.evidence import Side


def _pki(*words: str, stdin: bytes | None = None) -> bytes:
    return subprocess.run(["pki", *words], input=stdin, capture_output=True, check=True).stdout


def credentials() -> dict[Side, tuple[tuple[str, bytes], ...]]:
    """Files below /etc for each end: one authority, and a certificate for `left.example.org` and `right.example.org`."""
    with tempfile.TemporaryDirectory() as folder:
        ca_key, ca = Path(folder, "ca.key"), Path(folder, "ca.pem")
        ca_key.write_bytes(_pki("--gen", "--type", "rsa", "--size", "2048", "--outform", "pem"))
        dn = "C=CH, O=Lab, CN=authority"
        ca.write_bytes(_pki("--self", "--ca", "--in", str(ca_key), "--dn", dn, "--outform", "pem"))
        return {side: _of(side, ca_key, ca, Path(folder)) for side in Side}


def _of(side: Side, ca_key: Path, ca: Path, folder: Path) -> tuple[tuple[str, bytes], ...]:
    key = folder / "own.key"
    key.write_bytes(_pki("--gen", "--type", "rsa", "--size", "2048", "--outform", "pem"))
    name = f"{side}.example.org"
    words = ("--issue", "--cacert", str(ca), "--cakey", str(ca_key), "--type", "priv", "--in", str(key))
    certificate = _pki(*words, "--dn", f"C=CH, O=Lab, CN={side}", "--san", name, "--outform", "pem")
    return (
        ("swanctl/x509ca/ca.pem", ca.read_bytes()),
        ("swanctl/x509/own.pem", certificate),
        ("swanctl/private/own.pem", key.read_bytes()),
    )

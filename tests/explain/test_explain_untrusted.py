"""`no trusted public key found` has two causes: no chain to a CA, or a certificate without the name that its owner gives."""

from __future__ import annotations

from pathlib import Path

from ipsecbot.explain import explain

_BARE = """\
06[ENC] parsed IKE_AUTH request 1 [ IDi CERT AUTH SA TSi TSr ]
06[IKE] received end entity cert "C=CH, O=Example, CN=peer"
06[IKE] no trusted RSA public key found for 'peer.example.org'
06[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
"""
_NO_ISSUER = '06[CFG] no issuer certificate found for "C=CH, O=Example, CN=peer"\n'


def test_a_key_looked_for_by_name_may_be_in_a_trusted_certificate(tmp_path: Path) -> None:
    """Without a word about the chain the verdict stays below 0.8; the missing issuer named in the text lifts it."""
    head, middle, rest = _BARE.partition("06[IKE] no trusted")
    (tmp_path / "bare.txt").write_text(_BARE)
    (tmp_path / "told.txt").write_text(head + _NO_ISSUER + middle + rest)
    bare, told = explain([str(tmp_path / "bare.txt")]), explain([str(tmp_path / "told.txt")])
    assert (bare.cause, told.cause) == ("cert-untrusted", "cert-untrusted")
    assert bare.confidence < 0.7 < 0.8 <= told.confidence

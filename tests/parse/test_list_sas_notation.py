"""`swanctl --list-sas` writes a key length behind a hyphen; the keywords are those of the log and of the configuration."""

from __future__ import annotations

import re

import pytest

from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.strongswan.sas import read_sas
from ipsecbot.spellings import TABLE

LISTED = """gw: #1, ESTABLISHED, IKEv{version}, 4c110e81e0154f8d_i* 5fa4929e85c03b1e_r
  local  '192.0.2.1' @ 192.0.2.1[4500]
  remote '192.0.2.2' @ 192.0.2.2[4500]
  {ike}
  established 4054s ago, rekeying in 9131s
  net: #1, reqid 1, INSTALLED, TUNNEL, ESP:{esp}
    installed 2s ago, rekeying in 3300s, expires in 3958s
    in  c0ffee01,      0 bytes,     0 packets
    out c0ffee02,      0 bytes,     0 packets
    local  10.1.0.0/16
    remote 10.2.0.0/16
"""
ROWS = [
    (2, "AES_CBC-128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048", "AES_CBC-128/HMAC_SHA2_256_128",
     "aes128-sha256-prfsha256-modp2048", "aes128-sha256"),
    (2, "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384", "AES_GCM_16-256/ECP_384",
     "aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"),
    (1, "3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024", "3DES_CBC/HMAC_SHA1_96/MODP_1024",
     "3des-sha1-prfsha1-modp1024", "3des-sha1-modp1024"),
    (2, "CHACHA20_POLY1305/PRF_HMAC_SHA2_256/CURVE_25519", "CHACHA20_POLY1305-256/ESN",
     "chacha20poly1305-prfsha256-curve25519", "chacha20poly1305compat-esn"),
]  # fmt: skip
CIPHERS = [
    (name, spelling.algorithm.keyword)
    for spelling in TABLE
    if spelling.algorithm.type is TransformType.ENCR
    for name in spelling.charon[:1]
]


def listed(version: int, ike: str, esp: str) -> tuple[Proposal | None, Proposal | None]:
    output = RawOutput(OutputKind.LIST_SAS, "swanctl --list-sas", LISTED.format(version=version, ike=ike, esp=esp))
    parsed = read_sas(output, "gw")
    assert parsed.gaps == ()
    (ike_sas, children) = parsed.value
    return ike_sas[0].proposal, children[0].proposal


@pytest.mark.parametrize(("version", "ike", "esp", "ike_words", "esp_words"), ROWS)
def test_a_listed_proposal_is_written_in_keywords_in_full(
    version: int, ike: str, esp: str, ike_words: str, esp_words: str
) -> None:
    """The notation of `selected` in a comparison, IKEv1 with its PRF as well, so that what runs can be set beside it."""
    running = [proposal.keywords for proposal in listed(version, ike, esp) if proposal is not None]
    assert running == [ike_words, esp_words]


def test_every_cipher_with_a_key_length_is_known_as_it_is_listed() -> None:
    """One table serves the log (`AES_CBC_256`) and the listing (`AES_CBC-256`)."""
    for name, keyword in CIPHERS:
        as_listed = re.sub(r"_(128|192|256)$", r"-\1", name)
        _, running = listed(2, "AES_CBC-128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048", as_listed)
        assert running is not None
        assert running.keywords == keyword
    assert len(CIPHERS) > 50

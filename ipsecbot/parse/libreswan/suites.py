"""`ike=`, `esp=` and `phase2alg=` of a libreswan ipsec.conf → proposals, with what is filled in where they say nothing.

Source: ipsec.conf(5) of Libreswan 4 and 5 (`ike`, `esp`, `pfs`): suites are separated by commas, the group stands behind a
semicolon or as the last word (`aes256-sha2_256;dh19`, `aes_gcm256-sha2_512-modp2048`), several algorithms of one kind are
joined by a plus sign; an exclamation mark at the end (Openswan: strict) changes nothing here. Defaults as `ipsec algparse` of
5.3 lists them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.parse.libreswan.algorithms import is_none, names_no_length, read_cipher, read_group, read_hash
from ipsecbot.spellings import prf_of

_GROUPS = {1: "modp2048+modp1536+dh19+dh31", 2: "dh19+dh20+dh21+dh31+modp4096+modp3072+modp2048+modp8192"}
_GCM = "aes_gcm_256-sha2_512+sha2_256,aes_gcm_128-sha2_512+sha2_256,chacha20_poly1305-sha2_512+sha2_256"
_IKE = {1: "aes256-sha2_256+sha2_512+sha1,aes128-sha2_256+sha2_512+sha1,3des-sha2_256+sha2_512+sha1",
        2: f"{_GCM},aes256-sha2_512+sha2_256,aes128-sha2_512+sha2_256"}  # fmt: skip
_ESP = {1: "aes128-sha1+sha2_512+sha2_256,aes_gcm_128,aes_gcm_256,3des-sha1+sha2_512+sha2_256",
        2: "aes_gcm_256,aes_gcm_128,chacha20_poly1305,aes256-sha2_512+sha2_256,aes128-sha2_512+sha2_256"}  # fmt: skip
_HASHES = {1: "sha2_256+sha2_512+sha1", 2: "sha2_512+sha2_256"}
_AH = "sha2_512+sha2_256+sha1"


@dataclass(frozen=True, slots=True)
class Suites:
    """`groups`: whether the text itself names any group."""

    proposals: tuple[Proposal, ...]
    unknown: tuple[str, ...]
    groups: bool


def read_suites(text: str | None, protocol: Protocol, version: int, source: Source | None) -> Suites:
    """The proposals of one parameter; of none the defaults of `version`."""
    default = _AH if protocol is Protocol.AH else (_IKE if protocol is Protocol.IKE else _ESP)[version]
    proposals: list[Proposal] = []
    unknown: list[str] = []
    groups = False
    for suite in (text or default).rstrip("! ").split(","):
        algorithms, odd = _suite(suite.strip(), protocol)
        unknown += odd
        if not algorithms:
            continue
        groups = groups or any(one.type is TransformType.KE for one in algorithms)
        filled = tuple(dict.fromkeys(_filled(algorithms, protocol, version)))
        proposals.append(Proposal(protocol, filled, len(proposals) + 1, source=source))
    return Suites(tuple(proposals), tuple(unknown), groups)


def _suite(suite: str, protocol: Protocol) -> tuple[list[Algorithm], list[str]]:
    found: list[Algorithm] = []
    unknown: list[str] = []
    for position, part in enumerate(re.split(r"[-;]", suite)):
        for word in part.split("+"):
            if not word.strip() or is_none(word):
                continue
            read = _ciphers(word) if position == 0 and protocol is not Protocol.AH else ()
            one = None if read else read_hash(word) or read_group(word)
            found += read or ((one,) if one is not None else ())
            if not read and one is None:
                unknown.append(word.strip())
    return found, unknown


def _ciphers(word: str) -> tuple[Algorithm, ...]:
    """A cipher without its length means both that pluto proposes."""
    lengths = (256, 128) if names_no_length(word) else (None,)
    return tuple(one for bits in lengths if (one := read_cipher(word, bits)) is not None)


def _filled(algorithms: list[Algorithm], protocol: Protocol, version: int) -> list[Algorithm]:
    """What pluto adds: a hash where none is named, the PRF of the hash, and for IKE its groups."""
    kinds = {one.type for one in algorithms}
    if TransformType.INTEG not in kinds and (protocol is Protocol.IKE or not _is_aead(algorithms)):
        algorithms = [*algorithms, *_named(_HASHES[version])]
    if protocol is not Protocol.IKE:
        return [one for one in algorithms if not (_is_aead(algorithms) and one.type is TransformType.INTEG)]
    hashes = [one for one in algorithms if one.type is TransformType.INTEG]
    prfs = [prf for one in hashes if (prf := prf_of(one)) is not None]
    kept = [one for one in algorithms if not (_is_aead(algorithms) and one.type is TransformType.INTEG)]
    groups = [] if TransformType.KE in kinds else [one for word in _GROUPS[version].split("+") if (one := read_group(word))]
    return [*kept, *prfs, *groups]


def _named(text: str) -> list[Algorithm]:
    return [one for word in text.split("+") if (one := read_hash(word)) is not None]


def _is_aead(algorithms: list[Algorithm]) -> bool:
    ciphers = [one for one in algorithms if one.type is TransformType.ENCR]
    return bool(ciphers) and all(one.aead for one in ciphers)


def with_pfs(proposals: tuple[Proposal, ...], ike: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
    """IKEv1 with pfs=yes and no group named: quick mode uses the group of phase 1."""
    groups = tuple(dict.fromkeys(group for proposal in ike for group in proposal.of(TransformType.KE)))
    return tuple(replace(one, algorithms=(*one.algorithms, *groups)) for one in proposals)

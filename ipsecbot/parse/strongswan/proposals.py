"""Proposals of strongSwan's files, and what the daemon proposes where none are configured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.parse.strongswan.quantities import read_list
from ipsecbot.spellings import read_keywords

# What `default` means. IKE: every supported algorithm of at least 128 bit (and SHA-1, MODP_2048, 3DES last), so it depends
# on the plugins loaded; these are the lists charon 5.9.8 of Debian 12 logged as `configured proposals` with the openssl, gcm
# and curve25519 plugins (its default set). ESP and AH do not depend on plugins.
_IKE_PRF_KE = (
    "-prfsha256-prfsha384-prfsha512-prfsha1-curve25519-curve448-ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp"
    "-modp3072-modp4096-modp6144-modp8192-modp2048"
)
_IKE_CLASSIC = (
    "aes128-aes192-aes256-aes128ctr-aes192ctr-aes256ctr-camellia128-camellia192-camellia256"
    "-camellia128ctr-camellia192ctr-camellia256ctr-3des-sha256-sha384-sha512-sha1" + _IKE_PRF_KE
)
_IKE_AEAD = (
    "aes128gcm16-aes192gcm16-aes256gcm16-aes128ccm16-aes192ccm16-aes256ccm16-chacha20poly1305"
    "-aes128gcm12-aes192gcm12-aes256gcm12-aes128gcm8-aes192gcm8-aes256gcm8"
    "-aes128ccm12-aes192ccm12-aes256ccm12-aes128ccm8-aes192ccm8-aes256ccm8" + _IKE_PRF_KE
)
_ESP_CLASSIC = "aes128-aes192-aes256-sha256-sha384-sha512-sha1-aesxcbc-noesn"
_ESP_AEAD = "aes128gcm16-aes192gcm16-aes256gcm16-noesn"
_AH_CLASSIC = "sha256-sha384-sha512-sha1-aesxcbc-noesn"
_DEFAULTS: tuple[tuple[Protocol, tuple[str, ...]], ...] = (
    (Protocol.IKE, (_IKE_CLASSIC, _IKE_AEAD)),
    (Protocol.ESP, (_ESP_CLASSIC, _ESP_AEAD)),
    (Protocol.AH, (_AH_CLASSIC,)),
)

# The messages are charon's own, which is what the operator finds in its log.
_MANDATORY: tuple[tuple[Protocol, TransformType, str], ...] = (
    (Protocol.IKE, TransformType.KE, "a DH group is mandatory in IKE proposals"),
    (Protocol.IKE, TransformType.ENCR, "an encryption algorithm is mandatory in IKE proposals"),
    (Protocol.IKE, TransformType.PRF, "a PRF algorithm is mandatory in IKE proposals"),
    (Protocol.ESP, TransformType.ENCR, "an encryption algorithm is mandatory in ESP proposals"),
    (Protocol.AH, TransformType.INTEG, "an integrity algorithm is mandatory in AH proposals"),
)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a list of proposals says; `problems`: why the daemon refuses the list, in its own words."""

    value: tuple[Proposal, ...]
    unknown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def default_proposals(protocol: Protocol, *, source: Source | None = None, aead_first: bool = False) -> tuple[Proposal, ...]:
    """The proposals of the word `default`. `aead_first`: as charon orders ESP where nothing at all is configured."""
    texts = dict(_DEFAULTS)[protocol]
    ordered = tuple(reversed(texts)) if aead_first else texts
    return tuple(replace(read_keywords(text, protocol)[0], name="default", source=source) for text in ordered)


def read_proposals(text: str, protocol: Protocol, source: Source | None = None, *, is_default_a_word: bool = True) -> Proposals:
    """`aes256-sha256-modp2048, default` of swanctl.conf: proposals in order, numbered from 1."""
    found: list[Proposal] = []
    unknown: list[str] = []
    problems: list[str] = []
    for word in read_list(text):
        if is_default_a_word and word.lower() == "default":
            found += default_proposals(protocol, source=source)
            continue
        proposal, bad = read_keywords(word, protocol)
        unknown += bad
        problems += [f"algorithm '{keyword}' not recognized" for keyword in bad]
        problems += () if bad else _missing(proposal)
        found.append(replace(_with_esn(proposal), name=word, source=source))
    return Proposals(_numbered(found), tuple(unknown), tuple(problems))


def read_cipher_suites(text: str | None, protocol: Protocol, source: Source | None = None) -> Proposals:
    """`aes128-sha256-modp2048!` of ipsec.conf: without the `!` charon adds its default proposals (ipsec.conf(5), `ike`).

    `text` None: nothing is configured, the defaults alone.
    """
    if text is None:
        return Proposals(_numbered(default_proposals(protocol, source=source)))
    strict = text.endswith("!")
    read = read_proposals(text.removesuffix("!"), protocol, source, is_default_a_word=False)
    added = () if strict else default_proposals(protocol, source=source)
    return replace(read, value=_numbered((*read.value, *added)))


def _numbered(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    return tuple(replace(proposal, number=number) for number, proposal in enumerate(proposals, 1))


def _missing(proposal: Proposal) -> tuple[str, ...]:
    return tuple(why for protocol, kind, why in _MANDATORY if protocol is proposal.protocol and not proposal.of(kind))


def _with_esn(proposal: Proposal) -> Proposal:
    """An ESP or AH proposal that says nothing about sequence numbers means `noesn` (swanctl.conf(5), `esp_proposals`)."""
    if proposal.protocol is Protocol.IKE or proposal.of(TransformType.ESN):
        return proposal
    noesn = read_keywords("noesn", proposal.protocol)[0].algorithms
    return replace(proposal, algorithms=(*proposal.algorithms, *noesn))

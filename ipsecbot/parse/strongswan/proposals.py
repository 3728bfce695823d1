"""Proposals of strongSwan's files, and what the daemon proposes where none are configured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.parse.strongswan.default_suite import OPENSSL, PLUGINS, default_ike
from ipsecbot.parse.strongswan.suite import Proposals, read_proposal
from ipsecbot.spellings import read_keywords

# What `default` means for ESP and AH, whatever plugins are loaded; IKE's is in default_suite.py.
_ESP_CLASSIC = "aes128-aes192-aes256-sha256-sha384-sha512-sha1-aesxcbc-noesn"
_ESP_AEAD = "aes128gcm16-aes192gcm16-aes256gcm16-noesn"
_AH_CLASSIC = "sha256-sha384-sha512-sha1-aesxcbc-noesn"
_DEFAULTS: tuple[tuple[Protocol, tuple[str, ...]], ...] = (
    (Protocol.ESP, (_ESP_CLASSIC, _ESP_AEAD)),
    (Protocol.AH, (_AH_CLASSIC,)),
)


def default_proposals(
    protocol: Protocol,
    *,
    source: Source | None = None,
    aead_first: bool = False,
    plugins: tuple[str, ...] | None = None,
) -> tuple[Proposal, ...]:
    """The proposals of the word `default`. `aead_first`: as charon orders ESP where nothing at all is configured.

    `plugins`: the daemon's load list, on which IKE's depend; None: not known, then those of the openssl plugin.
    """
    known = plugins is not None and any(plugin in dict(PLUGINS) for plugin in plugins)
    texts = default_ike(plugins if known and plugins else OPENSSL) if protocol is Protocol.IKE else dict(_DEFAULTS)[protocol]
    ordered = tuple(reversed(texts)) if aead_first else texts
    return tuple(replace(read_keywords(text, protocol)[0], name="default", source=source) for text in ordered)


def read_proposals(
    text: str,
    protocol: Protocol,
    source: Source | None = None,
    *,
    plugins: tuple[str, ...] | None = None,
    is_default_a_word: bool = True,
) -> Proposals:
    """`aes256-sha256-modp2048, default` of swanctl.conf: proposals in order, numbered from 1."""
    found: list[Proposal] = []
    unknown: list[str] = []
    problems: list[str] = []
    for word in text.split(","):
        if is_default_a_word and word.strip().lower() == "default":
            found += default_proposals(protocol, source=source, plugins=plugins)
        elif word.strip() or not is_default_a_word:
            read = read_proposal(word, protocol)
            unknown += read.unknown
            problems += read.problems
            found += (replace(one, name=word.strip(), source=source) for one in read.value)
    return Proposals(_numbered(found), tuple(unknown), tuple(problems))


def read_cipher_suites(
    text: str | None, protocol: Protocol, source: Source | None = None, *, plugins: tuple[str, ...] | None = None
) -> Proposals:
    """`aes128-sha256-modp2048!` of ipsec.conf: without the `!` charon adds its default proposals (ipsec.conf(5), `ike`).

    `text` None: nothing is configured, the defaults alone.
    """
    if text is None:
        return Proposals(_numbered(default_proposals(protocol, source=source, plugins=plugins)))
    strict = text.endswith("!")
    read = read_proposals(text.removesuffix("!"), protocol, source, is_default_a_word=False)
    added = () if strict else default_proposals(protocol, source=source, plugins=plugins)
    return replace(read, value=_numbered((*read.value, *added)))


def _numbered(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    return tuple(replace(proposal, number=number) for number, proposal in enumerate(proposals, 1))

"""The `crypto ikev2 …` blocks of a running-config → their nouns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Network

from ipsecbot.lab.ios.config import ANY, Ikev2Keyring, Ikev2Peer, Ikev2Policy, Ikev2Profile, Ikev2Proposal
from ipsecbot.lab.ios.configtree import Block

AEAD = ("aes-gcm",)

# `show crypto ikev2 proposal default` of IOS 15.x (FlexVPN configuration guide, "IKEv2 smart defaults")
DEFAULT_PROPOSAL = Ikev2Proposal(
    "default",
    ("aes-cbc-256", "aes-cbc-192", "aes-cbc-128"),
    ("sha512", "sha384", "sha256", "sha1", "md5"),
    ("sha512", "sha384", "sha256", "sha1", "md5"),
    (5, 2),
)
# IOS XE 16 and later (`show crypto ikev2 proposal default` there)
DEFAULT_PROPOSAL_XE = Ikev2Proposal(
    "default", ("aes-cbc-256", "aes-cbc-192", "aes-cbc-128"), ("sha512", "sha384"), ("sha512", "sha384"), (19, 14, 21, 5)
)
DEFAULT_POLICY = Ikev2Policy("default", ("default",))


def read_proposals(blocks: Iterable[Block]) -> tuple[Ikev2Proposal, ...]:
    found = []
    for block in blocks:
        integrities = tuple(block.child("integrity") or ())
        groups = tuple(int(word) for word in block.child("group") or ())
        prfs = tuple(block.child("prf") or integrities)
        encryptions = tuple(block.child("encryption") or ())
        if block.words[3] == "default":  # what is typed changes the smart default, the rest of it stays
            default = DEFAULT_PROPOSAL
            encryptions, groups = encryptions or default.encryptions, groups or default.groups
            integrities, prfs = integrities or default.integrities, prfs or default.prfs
        found.append(Ikev2Proposal(block.words[3], encryptions, integrities, prfs, groups))
    return tuple(found)


def read_policies(blocks: Iterable[Block]) -> tuple[Ikev2Policy, ...]:
    found = []
    for block in blocks:
        local = block.child("match", "address", "local")
        found.append(
            Ikev2Policy(block.words[3], tuple(words[0] for words in block.each("proposal")), local[0] if local else None)
        )
    return tuple(found)


def _peer(block: Block) -> Ikev2Peer:
    peer = Ikev2Peer(block.words[1])
    for words in (child.words for child in block.children):
        if words[0] == "address":
            mask = words[2] if len(words) > 2 else ("0.0.0.0" if words[1] == "0.0.0.0" else "255.255.255.255")
            peer = replace(peer, network=IPv4Network(f"{words[1]}/{mask}", strict=False))
        elif words[0] == "identity":
            peer = replace(peer, identity=(words[1], words[-1]))
        elif words[:2] == ["pre-shared-key", "local"]:
            peer = replace(peer, local_secret=words[-1])
        elif words[:2] == ["pre-shared-key", "remote"]:
            peer = replace(peer, remote_secret=words[-1])
        elif words[0] == "pre-shared-key":
            peer = replace(peer, local_secret=words[-1], remote_secret=words[-1])
    return peer


def read_keyrings(blocks: Iterable[Block]) -> tuple[Ikev2Keyring, ...]:
    return tuple(
        Ikev2Keyring(block.words[3], tuple(_peer(child) for child in block.children if child.words[0] == "peer"))
        for block in blocks
    )


def _match(words: list[str]) -> tuple[str, str] | None:
    """`address A [M]`, `fqdn F`, `fqdn domain D`, `email E`, `key-id K`, `any`."""
    if words[0] == "address":
        mask = words[2] if len(words) > 2 else ("0.0.0.0" if words[1] == "0.0.0.0" else "255.255.255.255")
        return "address", str(IPv4Network(f"{words[1]}/{mask}", strict=False))
    if words[0] == "any":
        return "address", str(ANY)
    if words[0] in {"fqdn", "email", "key-id"} and len(words) > 1:
        return words[0], "*." + words[2] if words[1] == "domain" else words[1]
    return None


def _inline(lines: Iterable[list[str]]) -> str | None:
    """`pre-share key [0|6] SECRET`"""
    return next((words[-1] for words in lines if words[:2] == ["pre-share", "key"] and len(words) > 2), None)


def read_profiles(blocks: Iterable[Block]) -> tuple[Ikev2Profile, ...]:
    found = []
    for block in blocks:
        own = block.child("identity", "local")
        local = block.child("authentication", "local")
        keyring = block.child("keyring", "local") or block.child("keyring")
        matches = (_match(words) for words in block.each("match", "identity", "remote"))
        found.append(
            Ikev2Profile(
                name=block.words[3],
                matches=tuple(match for match in matches if match),
                local_identity=(own[0], own[1] if len(own) > 1 else "") if own else None,
                local_auth=local[0] if local else None,
                remote_auths=tuple(words[0] for words in block.each("authentication", "remote")),
                keyring=keyring[0] if keyring else None,
                local_secret=_inline(block.each("authentication", "local")),
                remote_secret=_inline(block.each("authentication", "remote")),
            )
        )
    return tuple(found)


def default_proposal(*, xe: bool) -> Ikev2Proposal:
    """The smart default of this family of releases."""
    return DEFAULT_PROPOSAL_XE if xe else DEFAULT_PROPOSAL

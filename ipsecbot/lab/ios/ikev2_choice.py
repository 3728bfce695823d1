"""The IKEv2 decisions of a router: proposal, profile, keyring and identity; and how IOS spells algorithms in debugs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ipsecbot.lab.ios.config import (
    Ikev2Keyring,
    Ikev2Peer,
    Ikev2Policy,
    Ikev2Profile,
    Ikev2Proposal,
    RouterConfig,
    TransformSet,
)
from ipsecbot.lab.ios.ikev2_messages import Id
from ipsecbot.lab.ios.ikev2config import DEFAULT_POLICY, default_proposal

GROUP_NAMES = {
    1: "DH_GROUP_768_MODP",
    2: "DH_GROUP_1024_MODP",
    5: "DH_GROUP_1536_MODP",
    14: "DH_GROUP_2048_MODP",
    15: "DH_GROUP_3072_MODP",
    16: "DH_GROUP_4096_MODP",
    19: "DH_GROUP_256_ECP",
    20: "DH_GROUP_384_ECP",
    21: "DH_GROUP_521_ECP",
    24: "DH_GROUP_2048_256_MODP",
}
ID_KINDS = {"address": "IPv4 address", "fqdn": "FQDN", "email": "RFC822 address", "key-id": "key-id"}
METHODS = {"pre-share": "PSK", "rsa-sig": "RSA", "ecdsa-sig": "ECDSA"}
ESP_CIPHERS = {"esp-aes": "AES-CBC", "esp-gcm": "AES-GCM", "esp-gmac": "AES-GMAC", "esp-3des": "3DES", "esp-des": "DES"}
ESP_HASHES = {"esp-md5-hmac": "MD596", "esp-sha-hmac": "SHA96", "esp-sha256-hmac": "SHA256"}


def group_name(group: int) -> str:
    return f"{GROUP_NAMES.get(group, f'DH_GROUP_{group}')}/Group {group}"


def cipher_name(word: str, *, length: bool) -> str:
    """`aes-cbc-256` → `AES-CBC-256`, or `AES-CBC` where IOS leaves the length out."""
    name, _, bits = word.rpartition("-")
    if not bits.isdigit():
        return {"3des": "3DES"}.get(word, word.upper())
    return f"{name.upper()}-{bits}" if length else name.upper()


def hash_name(word: str, *, integrity: bool) -> str:
    """As a PRF `sha1` is SHA1, as an integrity algorithm SHA96."""
    if word in {"sha1", "sha"}:
        return "SHA96" if integrity else "SHA1"
    return "MD596" if word == "md5" and integrity else word.upper()


def ike_words(proposal: Ikev2Proposal, *, length: bool) -> tuple[str, ...]:
    """Encryption, PRF, integrity, group: IOS's order everywhere."""
    return (
        *(cipher_name(word, length=length) for word in proposal.encryptions),
        *(hash_name(word, integrity=False) for word in proposal.prfs),
        *(hash_name(word, integrity=True) for word in proposal.integrities),
        *(group_name(group) for group in proposal.groups),
    )


def long_words(proposal: Ikev2Proposal) -> str:
    """The labelled form of IOS XE 17.9 and later."""
    parts = (
        ("ENCRYPTION", [cipher_name(word, length=True) for word in proposal.encryptions]),
        ("PRF", [hash_name(word, integrity=False) for word in proposal.prfs]),
        ("INTEGRITY", [hash_name(word, integrity=True) for word in proposal.integrities]),
        ("DH GROUP", [group_name(group) for group in proposal.groups]),
    )
    return " ".join(f"{label}: {' '.join(words)}" for label, words in parts if words)


def esp_words(transform: TransformSet, *, length: bool) -> tuple[str, ...]:
    cipher, bits = transform.cipher
    name = ESP_CIPHERS.get(cipher, "NULL")
    digest = ESP_HASHES.get(transform.authenticator, transform.authenticator.removeprefix("esp-").removesuffix("-hmac").upper())
    full = f"{name}-{bits}" if length and bits else name
    return (full, *((digest,) if digest else ()), "Don't use ESN")


def find_policy(config: RouterConfig, local: str) -> Ikev2Policy:
    """The policy for a local address; the default one where none is configured for it."""
    fitting = [known for known in config.ikev2_policies if known.local_address in {None, local}]
    return next(iter(fitting), DEFAULT_POLICY)


def proposals_of(config: RouterConfig, policy: Ikev2Policy) -> tuple[Ikev2Proposal, ...]:
    known = {proposal.name: proposal for proposal in (default_proposal(xe=config.is_xe), *config.ikev2_proposals)}
    return tuple(known[name] for name in policy.proposals if name in known)


def _common(ours: Iterable[str], theirs: Iterable[str]) -> str | None:
    return next((word for word in ours if word in set(theirs)), None)


def choose(ours: tuple[Ikev2Proposal, ...], theirs: tuple[Ikev2Proposal, ...]) -> Ikev2Proposal | None:
    """The first pair of proposals with something in common for every kind of transform; this end's preference counts."""
    for own in ours:
        for offer in theirs:
            encryption = _common(own.encryptions, offer.encryptions)
            prf = _common(own.prfs, offer.prfs)
            group = next((known for known in own.groups if known in offer.groups), None)
            integrity = _common(own.integrities, offer.integrities)
            combined = bool(encryption and encryption.startswith("aes-gcm"))
            if encryption and prf and group and (integrity or combined):
                kept = () if combined or integrity is None else (integrity,)
                return Ikev2Proposal(own.name, (encryption,), kept, (prf,), (group,))
    return None


def own_id(profile: Ikev2Profile, local: str, fqdn: str) -> Id:
    kind, value = profile.local_identity or ("address", "")
    if kind == "address":
        return Id(ID_KINDS[kind], value if value and value[0].isdigit() else local)
    return Id(ID_KINDS.get(kind, kind), value or fqdn)


def _accepts(match: tuple[str, str], identity: Id) -> bool:
    kind, value = match
    if ID_KINDS.get(kind) != identity.kind:
        return False
    if kind == "address":
        return IPv4Address(identity.value) in IPv4Network(value)
    return value == identity.value or (value.startswith("*.") and identity.value.endswith(value[1:]))


def accepts(profile: Ikev2Profile, identity: Id) -> bool:
    return any(_accepts(match, identity) for match in profile.matches)


def find_profile(config: RouterConfig, identity: Id) -> Ikev2Profile | None:
    return next((profile for profile in config.ikev2_profiles if accepts(profile, identity)), None)


@dataclass(frozen=True, slots=True)
class Key:
    keyring: str
    peer: Ikev2Peer | None


def find_key(keyring: Ikev2Keyring | None, *, address: str, identity: Id | None = None) -> Key:
    """An initiator looks by address; a responder by the peer's identity first, then by its address."""
    if keyring is None:
        return Key("", None)
    if identity:
        for peer in keyring.peers:
            if peer.identity and (ID_KINDS.get(peer.identity[0]), peer.identity[1]) == (identity.kind, identity.value):
                return Key(keyring.name, peer)
    fitting = [peer for peer in keyring.peers if peer.network and IPv4Address(address) in peer.network]
    best = max(fitting, key=lambda peer: peer.network.prefixlen if peer.network else -1, default=None)
    return Key(keyring.name, best)

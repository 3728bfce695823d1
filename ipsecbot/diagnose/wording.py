"""What differs, in the words of whoever has to change it: attributes spelled out, values as the end's vendor writes them."""

from __future__ import annotations

from collections.abc import Mapping

from ipsecbot.diagnose.facts import Facts
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Mismatch
from ipsecbot.model.proposal import TransformType
from ipsecbot.spellings import by_keyword, ios_words

ATTRIBUTES: Mapping[str, str] = {
    "encryption": "encryption",
    "key-length": "encryption (key length)",
    "integrity": "integrity (hash)",
    "prf": "pseudo-random function (PRF)",
    "dh": "Diffie-Hellman group",
    "auth": "authentication method",
    "lifetime": "lifetime",
    "esn": "extended sequence numbers (ESN)",
    "protocol": "protocol (ESP or AH)",
}
# The word before the value in an IOS policy or proposal (Cisco IOS Security Command Reference)
_IOS_BEFORE: Mapping[tuple[str, TransformType], str] = {
    ("isakmp", TransformType.ENCR): "encr ",
    ("isakmp", TransformType.INTEG): "hash ",
    ("isakmp", TransformType.KE): "group ",
    ("ikev2", TransformType.ENCR): "encryption ",
    ("ikev2", TransformType.INTEG): "integrity ",
    ("ikev2", TransformType.PRF): "prf ",
    ("ikev2", TransformType.KE): "group ",
}
_IOS_METHODS: Mapping[str, str] = {
    AuthMethod.PSK: "authentication pre-share",
    AuthMethod.PUBKEY: "authentication rsa-sig",
    AuthMethod.RSA_ENCR: "authentication rsa-encr",
}


def attribute_words(attribute: str | None) -> str:
    """`dh` → `Diffie-Hellman group`."""
    return ATTRIBUTES.get(attribute or "", attribute or "something")


def value_words(facts: Facts, side: Side, keywords: str, *, field: str) -> str:
    """Values in strongSwan's keywords (`aes256`, `modp2048/ecp256`), as the vendor of this end writes them.

    `field`: where a router has them (isakmp, ikev2, esp or ah of spellings.py). What has no spelling there stays as it is.
    """
    if not is_router(facts, side):
        return keywords
    return " or ".join(_ios(word, field) for word in keywords.split("/"))


def _ios(word: str, field: str) -> str:
    algorithm = by_keyword(word)
    spelled = ios_words(field, algorithm) if algorithm is not None else None
    if algorithm is None or spelled is None:
        return _IOS_METHODS.get(word, word)
    return _IOS_BEFORE.get((field, algorithm.type), "") + spelled


def is_router(facts: Facts, side: Side) -> bool:
    """Whether this end writes its configuration as IOS does; a peer that nobody read is spoken of as the other end does."""
    end = facts.end(side) or facts.end(side.other)
    return end is not None and end.device.platform is Platform.CISCO_IOS


def policy_field(version: int | None) -> str:
    """Where a router has its IKE algorithms: an ISAKMP policy or an IKEv2 proposal."""
    return "isakmp" if version == 1 else "ikev2"


def both_values(facts: Facts, found: Mismatch, asks: Side, *, field: str) -> tuple[str, str]:
    """(offered, accepted), each in the words of its end; `asks` is the end that offers."""
    return (
        value_words(facts, asks, found.offered, field=field),
        value_words(facts, asks.other, found.accepted, field=field),
    )

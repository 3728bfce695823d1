"""Proposals as debugs print them: attribute lines of IKEv1, transform lists of IKEv2, transform-set words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.spellings import by_ios, prf_of

_AUTH: dict[str, AuthMethod] = {
    "pre-share": AuthMethod.PSK,
    "preshare": AuthMethod.PSK,
    "rsa sig": AuthMethod.PUBKEY,
    "rsa-sig": AuthMethod.PUBKEY,
    "dss": AuthMethod.PUBKEY,
    "ecdsa sig": AuthMethod.PUBKEY,
    "ecdsa-256 sig": AuthMethod.PUBKEY,
    "ecdsa-384 sig": AuthMethod.PUBKEY,
    "rsa encr": AuthMethod.RSA_ENCR,
    "rsa-encr": AuthMethod.RSA_ENCR,
    "xauthinitpreshared": AuthMethod.XAUTH_PSK,
    "xauthresppreshared": AuthMethod.XAUTH_PSK,
    "xauthinitrsa": AuthMethod.XAUTH_PUBKEY,
    "xauthresprsa": AuthMethod.XAUTH_PUBKEY,
    "hybridinitrsa": AuthMethod.HYBRID,
    "hybridresprsa": AuthMethod.HYBRID,
}
# `transform 1, ESP_…` : the cipher's word elsewhere in show output.
_ESP_TRANSFORMS: dict[str, str] = {
    "3DES": "3DES",
    "DES": "DES",
    "AES": "AES-CBC",
    "AES_GCM": "AES-GCM",
    "AES_GCM_16": "AES-GCM",
    "GCM": "AES-GCM",
    "NULL": "NULL",
    "NULL_ALG": "NULL",
    "SEAL": "SEAL",
}
_AH_TRANSFORMS: dict[str, str] = {"SHA": "SHA", "SHA_HMAC": "SHA", "MD5": "MD5", "MD5_HMAC": "MD5", "SHA2_256": "SHA256"}
_DEFAULT_AES_BITS = 128  # RFC 3602 section 5.3, for a transform without a key length attribute


def cipher(word: str, bits: int | None) -> Algorithm | None:
    """The encryption algorithm of `AES-CBC`, `3DES-CBC`, `AES-GCM` and a key length in bits (None: not printed)."""
    name = word.strip().upper()
    if name in {"AES-CBC", "AES-GCM", "AES"}:
        name = f"{'AES-GCM' if name == 'AES-GCM' else 'AES-CBC'}-{bits or _DEFAULT_AES_BITS}"
    return by_ios("show", TransformType.ENCR, name)


def integrity(word: str) -> Algorithm | None:
    """The integrity algorithm of `SHA`, `SHA256`, `HMAC-SHA`, `MD5`, `SHA2_256`."""
    return by_ios("show", TransformType.INTEG, word.strip().upper().removeprefix("HMAC-").replace("SHA2-", "SHA"))


@dataclass(slots=True)
class Transform:
    """One transform of an IKEv1 SA payload while its attribute lines pass by."""

    protocol: Protocol
    number: int
    against: int | None = None
    words: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    reason: str | None = None

    def proposal(self, source: Source | None) -> Proposal:
        """What the attribute lines say so far."""
        said = _understood(self.protocol, tuple(self.words.items()))
        self.unknown += [word for word in said.unknown if word not in self.unknown]
        return Proposal(
            self.protocol,
            said.algorithms,
            self.number,
            said.auth,
            said.lifetime,
            source=source,
            lifetime_bytes=said.volume,
        )

    def shown(self, attribute: str | None) -> str | None:
        """The offered value of one attribute, as the debug printed it."""
        words = self.words
        if attribute == "encryption" and "cipher" in words:
            return f"{words['cipher']} {words['bits']}" if "bits" in words else words["cipher"]
        if attribute == "dh" and "group" in words:
            return f"group {words['group']}"
        key = {"integrity": "hash", "auth": "auth", "lifetime": "seconds"}.get(attribute or "")
        return words.get(key) if key else None


@dataclass(frozen=True, slots=True)
class _Understood:
    """What the attributes of one transform mean, and the words that nobody knows."""

    algorithms: tuple[Algorithm, ...]
    auth: AuthMethod | None
    lifetime: timedelta | None
    volume: int | None
    unknown: tuple[str, ...]


@lru_cache(maxsize=512)  # all peers of a router offer the same few
def _understood(protocol: Protocol, attributes: tuple[tuple[str, str], ...]) -> _Understood:
    words = dict(attributes)
    read: list[tuple[str, Algorithm | None]] = []
    if "cipher" in words:
        read.append((words["cipher"], cipher(words["cipher"], int(words["bits"]) if "bits" in words else None)))
    if "hash" in words:
        hashed = integrity(words["hash"])
        read.append((words["hash"], hashed))
        prf = prf_of(hashed) if hashed is not None and protocol is Protocol.IKE else None
        if prf is not None:
            read.append(("", prf))
    if "group" in words:
        read.append((f"group {words['group']}", by_ios("show", TransformType.KE, words["group"])))
    auth = _AUTH.get(words.get("auth", "").lower())
    unknown = [word for word, algorithm in read if algorithm is None]
    if "auth" in words and auth is None:
        unknown.append(f"auth {words['auth']}")
    lifetime = timedelta(seconds=int(words["seconds"])) if "seconds" in words else None
    volume = int(words["kilobytes"]) * 1024 if "kilobytes" in words else None
    return _Understood(tuple(one for _, one in read if one is not None), auth, lifetime, volume, tuple(unknown))


def esp_transform(number: int, protocol: str, word: str) -> Transform:
    """A new phase 2 transform of `transform 1, ESP_AES`."""
    name = word.strip().upper()
    if protocol.upper() == "AH":
        return Transform(Protocol.AH, number, words={"hash": _AH_TRANSFORMS.get(name, name)})
    return Transform(Protocol.ESP, number, words={"cipher": _ESP_TRANSFORMS.get(name, name)})


def vpi(words: str) -> int:
    """The number of `0x0 0x1 0x51 0x80`, most significant byte first."""
    value = 0
    for word in words.split():
        value = value * 256 + int(word, 16)
    return value


_SET_WORD = re.compile(r"((?:esp|ah|comp)-\S+)(?:\s+(\d{3})(?=\s|$))?")


def read_transform_set(words: str) -> tuple[Proposal | None, tuple[str, ...]]:
    """The proposal of `esp-aes 256 esp-sha-hmac`, and the words in it that are not known. None when no word is."""
    found: dict[str, list[Algorithm]] = {"esp": [], "ah": []}
    unknown: list[str] = []
    for match in _SET_WORD.finditer(words.lower()):
        text = " ".join(part for part in match.groups() if part)
        side = "ah" if text.startswith("ah-") else "esp"
        algorithm = by_ios(side, TransformType.ENCR, text) or by_ios(side, TransformType.INTEG, match[1])
        if algorithm is None and not text.startswith("comp-"):
            unknown.append(text)
        elif algorithm is not None:
            found[side].append(algorithm)
    header = Proposal(Protocol.AH, tuple(found["ah"])) if found["ah"] else None
    payload = Proposal(Protocol.ESP, tuple(found["esp"]), beside=header) if found["esp"] else None
    return payload or header, tuple(unknown)


_LIST_WORD = re.compile(
    r"(?P<group>DH_GROUP\S*/Group\s+(?P<number>\d+))|(?P<esn>Don't use ESN|Use ESN)|(?P<word>[A-Z0-9][\w-]*)"
)


def read_transform_list(text: str, protocol: Protocol, number: int | None) -> tuple[Proposal, tuple[str, ...]]:
    """`AES-CBC-256 SHA384 SHA384 DH_GROUP_521_ECP/Group 21` as debug crypto ikev2 lists it, and the words not known.

    IKE lists encryption, PRF, integrity, group; ESP encryption, integrity, group. An `AES-CBC` without a key length (as in
    `IKE Proposal: 1 … Num. transforms`) is not known: the debug does not say which.
    """
    found: list[Algorithm] = []
    unknown: list[str] = []
    hashes: list[str] = []
    for match in _LIST_WORD.finditer(text):
        algorithm: Algorithm | None
        if match["group"]:
            algorithm = by_ios("show", TransformType.KE, match["number"])
        elif match["esn"]:
            algorithm = _ESN[match["esn"].lower().startswith("use")]
        elif re.match(r"(?:SHA|MD5)", match["word"]):
            hashes.append(match["word"])
            continue
        else:
            algorithm = by_ios("show", TransformType.ENCR, match["word"])
        if algorithm is None:
            unknown.append(match[0])
        else:
            found.append(algorithm)
    for kind, word in _split_hashes(hashes, protocol, any(algorithm.aead for algorithm in found)):
        hashed = by_ios("show", kind, word)
        if hashed is None:
            unknown.append(word)
        else:
            found.append(hashed)
    return Proposal(protocol, tuple(found), number), tuple(unknown)


_ESN = (Algorithm(TransformType.ESN, "noesn"), Algorithm(TransformType.ESN, "esn"))


def _split_hashes(words: list[str], protocol: Protocol, aead: bool) -> list[tuple[TransformType, str]]:
    """Which of the hash words are PRFs: all with AEAD only, none in ESP, else those before the list starts again."""
    if protocol is not Protocol.IKE:
        cut = 0
    elif aead and len(words) == len(set(words)):
        cut = len(words)
    else:
        again = [index for index, word in enumerate(words) if index and (word in words[:index] or word.endswith("96"))]
        cut = again[0] if again else (len(words) + 1) // 2
    return [(TransformType.PRF if index < cut else TransformType.INTEG, word) for index, word in enumerate(words)]

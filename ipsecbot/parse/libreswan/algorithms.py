"""How pluto writes algorithms: in its log and in ipsec.conf (`ike=`, `esp=`, `phase2alg=`).

Sources: ipsec.conf(5) of Libreswan (`ike`, `esp`); names in the log of Openswan 2.4 (`oakley_sha`, `3DES_0-HMAC_SHA1`) to
Libreswan 5.3 (`AES_CBC_256`, `HMAC_SHA2_256_128`, `DH19`); IANA numbers of groups.
"""

from __future__ import annotations

import re

from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.spellings import by_keyword, group_number, prf_of

# name → keyword of spellings.py, without key length; a name is compared in lower case, without OAKLEY_ and numbers in brackets
_CIPHERS: tuple[tuple[str, str], ...] = (
    ("aes", "aes{bits}"),
    ("aes_cbc", "aes{bits}"),
    ("aes_gcm", "aes{bits}gcm16"),
    ("aes_gcm_16", "aes{bits}gcm16"),
    ("aes_gcm_c", "aes{bits}gcm16"),
    ("aes_gcm_12", "aes{bits}gcm12"),
    ("aes_gcm_b", "aes{bits}gcm12"),
    ("aes_gcm_8", "aes{bits}gcm8"),
    ("aes_gcm_a", "aes{bits}gcm8"),
    ("aes_ccm", "aes{bits}ccm16"),
    ("aes_ccm_16", "aes{bits}ccm16"),
    ("aes_ccm_c", "aes{bits}ccm16"),
    ("aes_ccm_12", "aes{bits}ccm12"),
    ("aes_ccm_b", "aes{bits}ccm12"),
    ("aes_ccm_8", "aes{bits}ccm8"),
    ("aes_ccm_a", "aes{bits}ccm8"),
    ("aes_ctr", "aes{bits}ctr"),
    ("aesctr", "aes{bits}ctr"),
    ("null_auth_aes_gmac", "aes{bits}gmac"),
    ("camellia", "camellia{bits}"),
    ("camellia_cbc", "camellia{bits}"),
    ("camellia_ctr", "camellia{bits}ctr"),
    ("chacha20_poly1305", "chacha20poly1305"),
    ("chacha20", "chacha20poly1305"),
    ("3des", "3des"),
    ("3des_cbc", "3des"),
    ("des", "des"),
    ("des_cbc", "des"),
    ("1des", "des"),
    ("null", "null"),
    ("blowfish", "blowfish128"),
    ("blowfish_cbc", "blowfish128"),
    ("cast", "cast128"),
    ("cast_cbc", "cast128"),
)
_HASHES: tuple[tuple[str, str], ...] = (
    ("md5", "md5"),
    ("md5_96", "md5"),
    ("sha", "sha1"),
    ("sha1", "sha1"),
    ("sha1_96", "sha1"),
    ("sha1_160", "sha1"),
    ("sha2", "sha256"),
    ("sha2_256", "sha256"),
    ("sha2_256_128", "sha256"),
    ("sha2_256_96", "sha256_96"),
    ("sha2_256_truncbug", "sha256_96"),
    ("sha256", "sha256"),
    ("sha256_128", "sha256"),
    ("sha2_384", "sha384"),
    ("sha2_384_192", "sha384"),
    ("sha384", "sha384"),
    ("sha384_192", "sha384"),
    ("sha2_512", "sha512"),
    ("sha2_512_256", "sha512"),
    ("sha512", "sha512"),
    ("sha512_256", "sha512"),
    ("aes_cmac", "aescmac"),
    ("aes_cmac_96", "aescmac"),
    ("aes_xcbc", "aesxcbc"),
    ("aes_xcbc_96", "aesxcbc"),
)
_PREFIX = re.compile(r"^(?:oakley_group_|oakley_|esp_|auth_algorithm_|hmac_|prf_|ikev2_)+")
_BITS = re.compile(r"^(.*?)[ _-]?(128|192|256|0|000)$")
_NONE = ("none", "n/a", "na", "", "<n/a>", "<phase1>", "null_null")
_HAS_LENGTH = frozenset(name for name, keyword in _CIPHERS if "{bits}" in keyword)
_DEFAULT_BITS = 128


def read_cipher(word: str, bits: int | None = None) -> Algorithm | None:
    """`AES_CBC_256`, `aes256`, `OAKLEY_AES_CBC` with `bits` given beside it; None for an unknown name. pluto proposes 128 bits
    first where a configuration names no length."""
    name = _plain(word)
    table = dict(_CIPHERS)
    if name not in table and (match := _BITS.match(name)) is not None:
        name, bits = match[1].rstrip("_-"), int(match[2]) or bits
    keyword = table.get(name)
    return by_keyword(keyword.format(bits=bits or _DEFAULT_BITS)) if keyword is not None else None


def names_no_length(word: str) -> bool:
    """Whether a cipher of several key lengths stands there without one: any length that pluto proposes is then meant."""
    return _plain(word) in _HAS_LENGTH


def read_hash(word: str) -> Algorithm | None:
    keyword = dict(_HASHES).get(_plain(word))
    return by_keyword(keyword) if keyword is not None else None


def read_group(word: str) -> Algorithm | None:
    """`MODP1536`, `OAKLEY_GROUP_MODP1024(extension)`, `dh19`, `DH_19`, `ECP_256`, `19`."""
    name = _plain(word).replace("_", "")
    if match := re.fullmatch(r"(?:dh|group)?(\d{1,2})", name):
        return _numbered(int(match[1]))
    found = by_keyword(name)
    return found if found is not None and found.type is TransformType.KE else None


def _numbered(number: int) -> Algorithm | None:
    keywords = (
        *("modp768", "modp1024", "modp1536", "modp2048", "modp3072", "modp4096", "modp6144", "modp8192"),
        *("ecp256", "ecp384", "ecp521", "modp1024s160", "modp2048s224", "modp2048s256", "curve25519", "curve448"),
    )
    known = (by_keyword(keyword) for keyword in keywords)
    return next((found for found in known if found is not None and group_number(found) == number), None)


def _plain(word: str) -> str:
    word = re.sub(r"\([^()]*\)", "", word.strip().lower()).replace("-", "_").strip("_ ")
    return _PREFIX.sub("", word)


def is_none(word: str) -> bool:
    """Whether the word says that there is no such algorithm."""
    return _plain(word) in _NONE or word.strip().lower() in _NONE


_PAIR = re.compile(r"\b(auth|cipher|integ|prf|group|ke|dh|xfrm|hash)=([^\s{},;]+)", re.IGNORECASE)


def read_agreed(braces: str, protocol: Protocol) -> tuple[Proposal | None, tuple[str, ...]]:
    """`{auth=… cipher=AES_CBC_256 integ=HMAC_SHA1 group=MODP1024}` and `{ESP=>… xfrm=AES_128-HMAC_SHA1 …}` as what was agreed
    on, and the names that are not known. None where the braces name no algorithm."""
    words = {key.lower(): value for key, value in _PAIR.findall(braces)}
    if "xfrm" in words:
        return read_dashed(words["xfrm"], protocol)
    cipher = words.get("cipher")
    if cipher is None:
        return None, ()
    found: list[Algorithm] = []
    unknown: list[str] = []
    _put(found, unknown, cipher, read_cipher(cipher))
    integ = words.get("integ") or words.get("hash")
    prf = words.get("prf")
    if (integ is None or is_none(integ)) and prf is not None and protocol is Protocol.IKE and not _aead(found):
        integ = prf  # IKEv1 has one hash for both
    if integ is not None and not is_none(integ):
        _put(found, unknown, integ, read_hash(integ))
    prf_hash = read_hash(prf) if prf is not None else read_hash(integ or "")
    if protocol is Protocol.IKE and prf_hash is not None and (algorithm := prf_of(prf_hash)) is not None:
        found.append(algorithm)
    group = words.get("group") or words.get("ke") or words.get("dh")
    if group is not None and not is_none(group):
        _put(found, unknown, group, read_group(group))
    return (Proposal(protocol, tuple(found)) if found else None), tuple(unknown)


def _put(found: list[Algorithm], unknown: list[str], word: str, algorithm: Algorithm | None) -> None:
    if algorithm is None:
        unknown.append(word)
    else:
        found.append(algorithm)


def _aead(found: list[Algorithm]) -> bool:
    return any(algorithm.aead for algorithm in found)


def read_dashed(text: str, protocol: Protocol) -> tuple[Proposal | None, tuple[str, ...]]:
    """`AES_CBC_128-HMAC_SHA1_96-MODP2048`, `AES(12)_256-SHA1(2)_160`, `3DES_0-HMAC_MD5`: one algorithm of each kind."""
    found: list[Algorithm] = []
    unknown: list[str] = []
    for word in text.strip().split("-"):
        if is_none(word) or re.fullmatch(r"(?:ESN:)?(?:YES|NO|ENABLED|DISABLED)", word):
            continue
        kinds = {algorithm.type for algorithm in found}
        cipher = read_cipher(word) if TransformType.ENCR not in kinds else None
        _put(found, unknown, word, cipher or read_hash(re.sub(r"\)_\d+$", ")", word)) or read_group(word))
    return (Proposal(protocol, _with_prf(found, protocol)) if found else None), tuple(unknown)


def _with_prf(found: list[Algorithm], protocol: Protocol) -> tuple[Algorithm, ...]:
    hashes = [algorithm for algorithm in found if algorithm.type is TransformType.INTEG]
    if protocol is not Protocol.IKE or not hashes or any(algorithm.type is TransformType.PRF for algorithm in found):
        return tuple(found)
    prf = prf_of(hashes[0])
    if _aead(found):  # a combined cipher needs no integrity algorithm: the hash beside it is the PRF
        found = [algorithm for algorithm in found if algorithm.type is not TransformType.INTEG]
    return (*found, *((prf,) if prf is not None else ()))


_REMOTE = re.compile(r"(?P<number>\d+):(?P<protocol>IKE|ESP|AH)(?::|=)(?P<transforms>[A-Z0-9_=;:,<>./+-]+)")
_KINDS = ("ENCR", "PRF", "INTEG", "DH", "KE", "ESN")


def read_offers(text: str) -> tuple[tuple[Proposal, ...], tuple[str, ...]]:
    """Every `1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP2048` of a log line, and the unknown names."""
    proposals: list[Proposal] = []
    unknown: list[str] = []
    for match in _REMOTE.finditer(text):
        protocol = Protocol(match["protocol"])
        if "=" not in match["transforms"]:
            proposal, odd = read_dashed(match["transforms"], protocol)
        else:
            proposal, odd = _offer(match["transforms"], protocol)
        unknown += odd
        if proposal is not None:
            proposals.append(Proposal(protocol, proposal.algorithms, int(match["number"])))
    return tuple(proposals), tuple(unknown)


def _offer(text: str, protocol: Protocol) -> tuple[Proposal | None, tuple[str, ...]]:
    found: list[Algorithm] = []
    unknown: list[str] = []
    kind = ""
    for word in re.split(r"[;,]", text):
        key, equals, value = word.partition("=")
        kind, value = (key, value) if equals and key in _KINDS else (kind, word)
        if is_none(value) or kind == "ESN" or not value:
            continue
        if kind == "ENCR":
            _put(found, unknown, value, read_cipher(value))
        elif kind in ("DH", "KE"):
            _put(found, unknown, value, read_group(value))
        elif kind in ("PRF", "INTEG"):
            algorithm = read_hash(value)
            _put(found, unknown, value, prf_of(algorithm) if algorithm is not None and kind == "PRF" else algorithm)
    return (Proposal(protocol, tuple(found)) if found else None), tuple(unknown)


# `Oakley Transform [AES_CBC (256), HMAC_SHA1, MODP1024] refused`, `IPsec Transform [ESP_AES (128), AUTH_ALGORITHM_HMAC_SHA1]`
def read_transform(text: str, protocol: Protocol) -> tuple[Proposal | None, tuple[str, ...]]:
    """The algorithms between the brackets of a refused transform, and the names that are not known."""
    found: list[Algorithm] = []
    unknown: list[str] = []
    for index, part in enumerate(text.split(",")):
        word, _, rest = part.strip().partition(" ")
        bits = re.search(r"\((\d{1,4})\)", rest)
        if is_none(word) or word == "(null)":
            continue
        if index == 0:
            _put(found, unknown, word, read_cipher(word, int(bits[1]) if bits else None) or read_hash(word))
        else:
            _put(found, unknown, word, read_hash(word) or read_group(word))
    return (Proposal(protocol, _with_prf(found, protocol)) if found else None), tuple(unknown)

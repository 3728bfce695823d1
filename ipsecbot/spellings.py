"""One table: every algorithm we know and how each vendor writes it.

A new algorithm is one row. An unknown spelling is never guessed: the readers below answer None (or list it), and the
parser that asked records a gap with the line.

Sources: IANA "Internet Key Exchange Version 2 (IKEv2) Parameters" (names and key lengths); strongSwan documentation
"Cipher Suite Keywords" (keywords and aliases) and the enum names charon prints; Cisco IOS Security Command Reference,
`encryption (IKE policy)`, `integrity`, `prf`, `group`, `crypto ipsec transform-set`, and `debug crypto isakmp` /
`debug crypto ikev2` output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType

ENCR, PRF, INTEG, KE, ESN = (
    TransformType.ENCR,
    TransformType.PRF,
    TransformType.INTEG,
    TransformType.KE,
    TransformType.ESN,
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """One row. The first entry of each tuple is how that vendor writes it when we have to write it.

    `charon`: names in charon's log; `aliases`: further strongSwan keywords; `isakmp`, `ikev2`, `esp`, `ah`: words after
    `encryption`/`hash`/`group` of an ISAKMP policy, of an IKEv2 proposal, and of a transform set; `show`: words in IOS show
    and debug output.
    """

    algorithm: Algorithm
    charon: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    isakmp: tuple[str, ...] = ()
    ikev2: tuple[str, ...] = ()
    esp: tuple[str, ...] = ()
    ah: tuple[str, ...] = ()
    show: tuple[str, ...] = ()


def _encr(keyword: str, bits: int | None, aead: bool = False) -> Algorithm:
    return Algorithm(ENCR, keyword, bits, aead)


def _aes_rows() -> Iterable[Spelling]:
    for bits in (128, 192, 256):
        short = ("esp-aes", "esp-aes 128") if bits == 128 else (f"esp-aes {bits}",)
        yield Spelling(
            _encr(f"aes{bits}", bits),
            charon=(f"AES_CBC_{bits}",),
            aliases=(f"aes{bits}cbc", f"aes-{bits}", *(("aes",) if bits == 128 else ())),
            isakmp=(("aes", "aes 128") if bits == 128 else (f"aes {bits}",)),
            ikev2=(f"aes-cbc-{bits}", f"aes-{bits}"),
            esp=(*short, f"esp-{bits}-aes"),
            show=(f"AES-CBC-{bits}", f"AES-{bits}", f"AES{bits}"),
        )
        for icv in (16, 12, 8):
            yield Spelling(
                _encr(f"aes{bits}gcm{icv}", bits, aead=True),
                charon=(f"AES_GCM_{icv}_{bits}",),
                aliases=(
                    f"aes{bits}gcm{icv * 8}",
                    *((f"aes{bits}gcm",) if icv == 16 else ()),
                    *(("aesgcm",) if (bits, icv) == (128, 16) else ()),
                ),
                ikev2=((f"aes-gcm-{bits}",) if icv == 16 else ()),
                esp=((f"esp-gcm {bits}", *(("esp-gcm",) if bits == 128 else ()), f"esp-{bits}-gcm") if icv == 16 else ()),
                show=((f"AES-GCM-{bits}",) if icv == 16 else ()),
            )
            yield Spelling(
                _encr(f"aes{bits}ccm{icv}", bits, aead=True),
                charon=(f"AES_CCM_{icv}_{bits}",),
                aliases=(f"aes{bits}ccm{icv * 8}", *((f"aes{bits}ccm",) if icv == 16 else ())),
            )
        yield Spelling(_encr(f"aes{bits}ctr", bits), charon=(f"AES_CTR_{bits}",))
        yield Spelling(
            _encr(f"aes{bits}gmac", bits, aead=True),
            charon=(f"NULL_AES_GMAC_{bits}",),
            esp=(f"esp-gmac {bits}", *(("esp-gmac",) if bits == 128 else ())),
        )
        yield Spelling(
            _encr(f"camellia{bits}", bits), charon=(f"CAMELLIA_CBC_{bits}",), aliases=(("camellia",) if bits == 128 else ())
        )
        yield Spelling(_encr(f"camellia{bits}ctr", bits), charon=(f"CAMELLIA_CTR_{bits}",))
        for icv in (16, 12, 8):
            yield Spelling(_encr(f"camellia{bits}ccm{icv}", bits, aead=True), charon=(f"CAMELLIA_CCM_{icv}_{bits}",))


def _hash_rows() -> Iterable[Spelling]:
    """Integrity and PRF of each hash: keyword, charon's integrity and PRF names, and the IOS words."""
    yield Spelling(
        Algorithm(INTEG, "md5"),
        ("HMAC_MD5_96",),
        (),
        ("md5",),
        ("md5",),
        ("esp-md5-hmac",),
        ("ah-md5-hmac",),
        ("MD5", "MD596"),
    )
    yield Spelling(Algorithm(PRF, "prfmd5"), ("PRF_HMAC_MD5",), ikev2=("md5",), show=("MD5",))
    yield Spelling(
        Algorithm(INTEG, "sha1"),
        ("HMAC_SHA1_96",),
        ("sha",),
        ("sha",),
        ("sha1", "sha"),
        ("esp-sha-hmac",),
        ("ah-sha-hmac",),
        ("SHA", "SHA96", "SHA1"),
    )
    yield Spelling(Algorithm(PRF, "prfsha1"), ("PRF_HMAC_SHA1",), ikev2=("sha1", "sha"), show=("SHA1", "SHA"))
    for bits, half in ((256, 128), (384, 192), (512, 256)):
        yield Spelling(
            Algorithm(INTEG, f"sha{bits}"),
            (f"HMAC_SHA2_{bits}_{half}",),
            (f"sha2_{bits}",),
            (f"sha{bits}",),
            (f"sha{bits}",),
            (f"esp-sha{bits}-hmac",),
            (f"ah-sha{bits}-hmac",),
            (f"SHA{bits}", f"SHA{bits // 1}"),
        )
        yield Spelling(Algorithm(PRF, f"prfsha{bits}"), (f"PRF_HMAC_SHA2_{bits}",), ikev2=(f"sha{bits}",), show=(f"SHA{bits}",))
    yield Spelling(Algorithm(INTEG, "sha256_96"), ("HMAC_SHA2_256_96",), ("sha2_256_96",))
    yield Spelling(Algorithm(INTEG, "md5_128"), ("HMAC_MD5_128",))
    yield Spelling(Algorithm(INTEG, "sha1_160"), ("HMAC_SHA1_160",))
    for bits in (128, 192, 256):  # AES-GMAC as AH knows it: an integrity algorithm
        yield Spelling(Algorithm(INTEG, f"gmac{bits}"), (f"AES_{bits}_GMAC",))
    yield Spelling(Algorithm(INTEG, "camelliaxcbc"), ("CAMELLIA_XCBC_96",))
    yield Spelling(Algorithm(PRF, "prfcamelliaxcbc"), ("PRF_CAMELLIA128_XCBC",))
    yield Spelling(Algorithm(INTEG, "aesxcbc"), ("AES_XCBC_96",))
    yield Spelling(Algorithm(PRF, "prfaesxcbc"), ("PRF_AES128_XCBC",))
    yield Spelling(Algorithm(INTEG, "aescmac"), ("AES_CMAC_96",))
    yield Spelling(Algorithm(PRF, "prfaescmac"), ("PRF_AES128_CMAC",))


# IANA group number, strongSwan keyword, charon's name, what `debug crypto ikev2` prints
_GROUPS = (
    (1, "modp768", "MODP_768", "DH_GROUP_768_MODP"),
    (2, "modp1024", "MODP_1024", "DH_GROUP_1024_MODP"),
    (5, "modp1536", "MODP_1536", "DH_GROUP_1536_MODP"),
    (14, "modp2048", "MODP_2048", "DH_GROUP_2048_MODP"),
    (15, "modp3072", "MODP_3072", "DH_GROUP_3072_MODP"),
    (16, "modp4096", "MODP_4096", "DH_GROUP_4096_MODP"),
    (17, "modp6144", "MODP_6144", "DH_GROUP_6144_MODP"),
    (18, "modp8192", "MODP_8192", "DH_GROUP_8192_MODP"),
    (19, "ecp256", "ECP_256", "DH_GROUP_256_ECP"),
    (20, "ecp384", "ECP_384", "DH_GROUP_384_ECP"),
    (21, "ecp521", "ECP_521", "DH_GROUP_521_ECP"),
    (22, "modp1024s160", "MODP_1024_160", "DH_GROUP_1024_MODP_160"),
    (23, "modp2048s224", "MODP_2048_224", "DH_GROUP_2048_224_MODP"),
    (24, "modp2048s256", "MODP_2048_256", "DH_GROUP_2048_256_MODP"),
    (25, "ecp192", "ECP_192", "DH_GROUP_192_ECP"),
    (26, "ecp224", "ECP_224", "DH_GROUP_224_ECP"),
    (27, "ecp224bp", "ECP_224_BP", "DH_GROUP_224_ECP_BP"),
    (28, "ecp256bp", "ECP_256_BP", "DH_GROUP_256_ECP_BP"),
    (29, "ecp384bp", "ECP_384_BP", "DH_GROUP_384_ECP_BP"),
    (30, "ecp512bp", "ECP_512_BP", "DH_GROUP_512_ECP_BP"),
    (31, "curve25519", "CURVE_25519", "DH_GROUP_25519"),
    (32, "curve448", "CURVE_448", "DH_GROUP_448"),
)


def _group_rows() -> Iterable[Spelling]:
    for number, keyword, charon, debug in _GROUPS:
        aliases = ("x25519", "curve25519") if number == 31 else ("x448",) if number == 32 else ()
        words = (str(number),)
        yield Spelling(
            Algorithm(KE, keyword),
            (charon,),
            aliases,
            words,
            words,
            (f"group{number}",),
            (),
            (debug, f"Group {number}", str(number)),
        )


TABLE: tuple[Spelling, ...] = (
    Spelling(_encr("des", 56), ("DES_CBC", "DES"), (), ("des",), ("des",), ("esp-des",), (), ("DES-CBC", "DES")),
    Spelling(_encr("3des", 168), ("3DES_CBC", "3DES"), (), ("3des",), ("3des",), ("esp-3des",), (), ("3DES-CBC", "3DES")),
    *_aes_rows(),
    Spelling(_encr("chacha20poly1305", 256, aead=True), ("CHACHA20_POLY1305",)),
    # with a key length attribute, which RFC 7634 forbids: agrees with nothing but itself
    Spelling(_encr("chacha20poly1305compat", 256, aead=True), ("CHACHA20_POLY1305_256",)),
    Spelling(_encr("blowfish128", 128), ("BLOWFISH_CBC_128",), ("blowfish",)),
    Spelling(_encr("blowfish192", 192), ("BLOWFISH_CBC_192",)),
    Spelling(_encr("blowfish256", 256), ("BLOWFISH_CBC_256",)),
    *(
        Spelling(_encr(f"{name}{bits}", bits), (f"{name.upper()}_CBC_{bits}",), ((name,) if bits == 128 else ()))
        for name in ("serpent", "twofish")
        for bits in (128, 192, 256)
    ),
    Spelling(_encr("cast128", 128), ("CAST_CBC_128",), ("cast",)),
    Spelling(_encr("seal", 160), (), (), (), (), ("esp-seal",)),
    Spelling(_encr("null", 0), ("NULL",), (), (), (), ("esp-null",), (), ("NULL",)),
    *_hash_rows(),
    *_group_rows(),
    Spelling(Algorithm(KE, "none"), ("KE_NONE",), ("modpnone",)),  # in ESP beside a group: PFS if the peer wants it
    Spelling(Algorithm(KE, "modpnull"), ("MODP_NULL",)),
    *(Spelling(Algorithm(KE, f"ntru{bits}"), (f"NTRU_{bits}",)) for bits in (112, 128, 192, 256)),
    Spelling(Algorithm(KE, "newhope128"), ("NEWHOPE_128",)),
    *(Spelling(Algorithm(KE, f"mlkem{size}"), (f"ML_KEM_{size}",)) for size in (512, 768, 1024)),  # RFC 9370, strongSwan 6.0
    Spelling(Algorithm(ESN, "esn"), ("EXT_SEQ",)),
    Spelling(Algorithm(ESN, "noesn"), ("NO_EXT_SEQ",)),
)

_BY_KEYWORD = {word: row for row in TABLE for word in (row.algorithm.keyword, *row.aliases)}
_BY_CHARON = {name: row for row in TABLE for name in row.charon}
_VENDOR_FIELDS = ("isakmp", "ikev2", "esp", "ah", "show")
_BY_IOS: dict[tuple[str, TransformType, str], Spelling] = {}
for _row in TABLE:
    for _field in _VENDOR_FIELDS:
        for _word in getattr(_row, _field):
            _BY_IOS.setdefault((_field, _row.algorithm.type, _word.lower()), _row)


def by_keyword(word: str) -> Algorithm | None:
    """The algorithm of one strongSwan keyword (`aes256`, `sha2_256`, `modp2048`), or None."""
    row = _BY_KEYWORD.get(word.lower())
    return row.algorithm if row else None


def by_charon(name: str) -> Algorithm | None:
    """The algorithm of one name as charon logs it (`AES_CBC_256`, `HMAC_SHA1_96`, `PRF_HMAC_SHA1`), or None."""
    row = _BY_CHARON.get(name)
    return row.algorithm if row else None


def by_ios(field: str, kind: TransformType, words: str) -> Algorithm | None:
    """The algorithm of IOS words; `field` is one of isakmp, ikev2, esp, ah, show (see Spelling)."""
    row = _BY_IOS.get((field, kind, " ".join(words.lower().split())))
    return row.algorithm if row else None


def ios_words(field: str, algorithm: Algorithm) -> str | None:
    """How IOS writes an algorithm in `field` (isakmp, ikev2, esp, ah), or None when it cannot."""
    row = _BY_KEYWORD.get(algorithm.keyword)
    words: tuple[str, ...] = getattr(row, field) if row else ()
    return words[0] if words else None


def prf_of(integrity: Algorithm) -> Algorithm | None:
    """The PRF that goes with an integrity algorithm where a proposal names none (strongSwan, IOS ikev2 `integrity`)."""
    return by_keyword(f"prf{integrity.keyword.removesuffix('_96')}")


def group_number(algorithm: Algorithm) -> int | None:
    """The IANA number of a key exchange method."""
    return next((number for number, keyword, *_ in _GROUPS if keyword == algorithm.keyword), None)


def read_keywords(text: str, protocol: Protocol, *, number: int | None = None) -> tuple[Proposal, tuple[str, ...]]:
    """One strongSwan proposal (`aes256-sha256-modp2048`) and the words in it that are not known.

    As charon does, an IKE proposal that names no PRF gets the ones of its integrity algorithms.
    """
    algorithms: list[Algorithm] = []
    unknown: list[str] = []
    for word in text.strip().rstrip("!").split("-"):
        algorithm = by_keyword(word.strip())
        if algorithm is None:
            unknown.append(word.strip())
        else:
            algorithms.append(algorithm)
    kinds = {algorithm.type for algorithm in algorithms}
    if protocol is Protocol.IKE and PRF not in kinds:
        prfs = [prf_of(algorithm) for algorithm in algorithms if algorithm.type is INTEG]
        algorithms += [prf for prf in prfs if prf is not None]
    return Proposal(protocol, tuple(algorithms), number), tuple(unknown)


_CHARON_PROPOSAL = re.compile(r"\b(IKE|ESP|AH):([A-Z0-9_/]+)")


def read_charon_proposals(text: str) -> tuple[tuple[Proposal, ...], tuple[str, ...]]:
    """Every `IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_…/MODP_2048` in a log line, and the names that are not known."""
    proposals: list[Proposal] = []
    unknown: list[str] = []
    for number, match in enumerate(_CHARON_PROPOSAL.finditer(text), 1):
        algorithms = []
        for name in match[2].split("/"):
            algorithm = by_charon(name)
            if algorithm is not None:
                algorithms.append(algorithm)
            elif name:
                unknown.append(name)
        proposals.append(Proposal(Protocol(match[1]), tuple(algorithms), number))
    return tuple(proposals), tuple(unknown)

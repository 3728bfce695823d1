"""Which of two algorithms to prefer.

Order after RFC 8247 (IKEv2 algorithm requirements), RFC 8221 (ESP) and NIST SP 800-57 part 1 table 2 (comparable strengths).
"""

from __future__ import annotations

from ipsecbot.model.proposal import Algorithm, Proposal, TransformType

# Weakest first, comparable ones in one row; what is not listed ranks with the first row.
_ORDER: tuple[tuple[TransformType, tuple[tuple[str, ...], ...]], ...] = (
    (
        TransformType.ENCR,
        (
            ("null",),
            ("des",),
            ("3des", "blowfish128", "cast128"),
            ("aes128", "aes128ctr", "camellia128"),
            ("aes192", "aes192ctr", "camellia192"),
            ("aes256", "aes256ctr", "camellia256", "blowfish256"),
            ("aes128gcm16", "aes128ccm16"),
            ("aes192gcm16", "aes192ccm16"),
            ("aes256gcm16", "aes256ccm16", "chacha20poly1305"),
        ),
    ),
    (TransformType.INTEG, (("md5",), ("sha1", "aesxcbc"), ("sha256", "aescmac"), ("sha384",), ("sha512",))),
    (TransformType.PRF, (("prfmd5",), ("prfsha1", "prfaesxcbc"), ("prfsha256", "prfaescmac"), ("prfsha384",), ("prfsha512",))),
    (
        TransformType.KE,
        (
            ("modp768",),
            ("modp1024", "modp1024s160"),
            ("modp1536", "ecp192", "modp2048s224", "modp2048s256"),  # the latter two: small subgroups
            ("modp2048", "ecp224"),
            ("modp3072", "ecp256", "ecp256bp", "curve25519"),
            ("modp4096", "modp6144"),
            ("modp8192", "ecp384", "ecp384bp", "curve448"),
            ("ecp521", "ecp512bp"),
        ),
    ),
)

# Nothing below these is recommended where something better can be had.
_FLOOR = {
    TransformType.ENCR: "aes128",
    TransformType.INTEG: "sha256",
    TransformType.PRF: "prfsha256",
    TransformType.KE: "modp2048",
}


def _rows(kind: TransformType) -> tuple[tuple[str, ...], ...]:
    return next((rows for listed, rows in _ORDER if listed is kind), ())


def _is_low(algorithm: Algorithm, kind: TransformType) -> bool:
    """Whether it stands below the floor; what is not listed is not judged."""
    rank = next((rank for rank, names in enumerate(_rows(kind)) if algorithm.keyword in names), None)
    floor = next((rank for rank, names in enumerate(_rows(kind)) if _FLOOR[kind] in names), 0)
    return rank is not None and rank < floor


def sound(proposal: Proposal, kind: TransformType) -> tuple[Algorithm, ...]:
    """The algorithms of one type that do not stand below the floor; all where every one does."""
    every = proposal.of(kind)
    return tuple(one for one in every if kind not in _FLOOR or not _is_low(one, kind)) or every


def weakened(wanted: Proposal, mine: Proposal, kinds: tuple[TransformType, ...]) -> tuple[str, ...]:
    """What `wanted` has below the floor where `mine` has something stronger, in words; empty where it lowers nothing."""
    low: list[str] = []
    for kind in kinds:
        if kind not in _FLOOR or strength(wanted, kind) >= strength(mine, kind):
            continue
        if kind is TransformType.KE and not wanted.of(kind):
            low.append("no perfect forward secrecy")
        elif any(_is_low(one, kind) for one in wanted.of(kind)):
            low += [one.keyword for one in wanted.of(kind)]
    return tuple(low)


def strength(proposal: Proposal, kind: TransformType) -> int:
    """The rank of the strongest algorithm of one type; 0 for none at all."""
    ranks = [
        next((rank for rank, names in enumerate(_rows(kind), 1) if algorithm.keyword in names), 1)
        for algorithm in proposal.of(kind)
    ]
    return max(ranks, default=0)


def is_stronger(one: Proposal, other: Proposal, kinds: tuple[TransformType, ...]) -> bool:
    """Whether `one` is the better choice in the first of these types in which they differ in strength."""
    for kind in kinds:
        ranks = strength(one, kind), strength(other, kind)
        if ranks[0] != ranks[1]:
            return ranks[0] > ranks[1]
    return False

"""Which of two algorithms to prefer.

Order after RFC 8247 (IKEv2 algorithm requirements), RFC 8221 (ESP) and NIST SP 800-57 part 1 table 2 (comparable strengths).
"""

from __future__ import annotations

from ipsecbot.model.proposal import Proposal, TransformType

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
            ("modp1536", "ecp192"),
            ("modp2048", "modp2048s224", "modp2048s256", "ecp224"),
            ("modp3072", "ecp256", "ecp256bp", "curve25519"),
            ("modp4096", "modp6144"),
            ("modp8192", "ecp384", "ecp384bp", "curve448"),
            ("ecp521", "ecp512bp"),
        ),
    ),
)


def strength(proposal: Proposal, kind: TransformType) -> int:
    """The rank of the strongest algorithm of one type; 0 for none at all."""
    rows = next((rows for listed, rows in _ORDER if listed is kind), ())
    ranks = [
        next((rank for rank, names in enumerate(rows, 1) if algorithm.keyword in names), 1) for algorithm in proposal.of(kind)
    ]
    return max(ranks, default=0)


def is_stronger(one: Proposal, other: Proposal, kinds: tuple[TransformType, ...]) -> bool:
    """Whether `one` is the better choice in the first of these types in which they differ in strength."""
    for kind in kinds:
        ranks = strength(one, kind), strength(other, kind)
        if ranks[0] != ranks[1]:
            return ranks[0] > ranks[1]
    return False

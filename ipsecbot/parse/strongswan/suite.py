"""One proposal of strongSwan's files, as charon completes and checks it.

Source: strongSwan documentation "IKEv2 Cipher Suites", tried against charon 5.9.8 (its log at `cfg = 2` shows
what it made of each).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.spellings import by_keyword

ENCR, PRF, INTEG, KE, ESN = (
    TransformType.ENCR,
    TransformType.PRF,
    TransformType.INTEG,
    TransformType.KE,
    TransformType.ESN,
)
# The PRF that an IKE proposal without one gets for each integrity algorithm; an algorithm that is not here brings none.
_PRF: tuple[tuple[str, str], ...] = (
    ("sha1", "prfsha1"),
    ("sha1_160", "prfsha1"),
    ("sha256", "prfsha256"),
    ("sha384", "prfsha384"),
    ("sha512", "prfsha512"),
    ("md5", "prfmd5"),
    ("md5_128", "prfmd5"),
    ("aesxcbc", "prfaesxcbc"),
    ("camelliaxcbc", "prfcamelliaxcbc"),
    ("aescmac", "prfaescmac"),
)
_GMAC = (("aes128gmac", "gmac128"), ("aes192gmac", "gmac192"), ("aes256gmac", "gmac256"))  # as AH knows them
_FURTHER_KE = re.compile(r"ke[1-7]_\w+")  # a further key exchange (RFC 9370): of strongSwan 6.0, refused before, not modelled
# charon's own words, which the operator finds in its log
_CLASSIC = "an integrity algorithm is mandatory in IKE proposals with classic (non-AEAD) encryption algorithms"
_MIXED = "classic and combined-mode (AEAD) encryption algorithms can't be contained in the same {} proposal"


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a list of proposals says; `problems`: why the daemon refuses the list, in its own words."""

    value: tuple[Proposal, ...]
    unknown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_proposal(text: str, protocol: Protocol) -> Proposals:
    """`aes128-sha256-modp2048` as one proposal, completed; a word must be written exactly as charon writes it."""
    algorithms: list[Algorithm] = []
    unknown: list[str] = []
    words = [word.strip(" ") for word in text.split("-")]
    for word in words:
        algorithm = by_keyword(word) if word == word.lower() else None
        if algorithm is None:
            unknown.append(word)
        else:
            algorithms.append(algorithm)
    further = [word for word in unknown if _FURTHER_KE.fullmatch(word)]
    if further and further == unknown:
        return Proposals((Proposal(protocol, _completed(tuple(algorithms), protocol)),), tuple(unknown))
    if unknown:
        proposal = Proposal(protocol, _completed(tuple(algorithms), protocol))
        return Proposals((proposal,), tuple(unknown), tuple(f"algorithm '{word}' not recognized" for word in unknown))
    completed = _completed(tuple(algorithms), protocol)
    problem = _CHECKS[protocol](completed)
    return Proposals((Proposal(protocol, completed),), (), (problem,) if problem else ())


def _completed(algorithms: tuple[Algorithm, ...], protocol: Protocol) -> tuple[Algorithm, ...]:
    if protocol is Protocol.IKE:
        if not _of(algorithms, PRF):
            words = (dict(_PRF).get(one.keyword, "") for one in _of(algorithms, INTEG))
            algorithms += tuple(prf for word in words if (prf := by_keyword(word)) is not None)
        algorithms = tuple(one for one in algorithms if one.keyword != "none")
    else:
        algorithms = tuple(one for one in algorithms if one.type is not PRF)
    if protocol is Protocol.AH:
        mapped = (_of_ah(one) for one in algorithms)
        algorithms = tuple(one for one in mapped if one is not None)
    elif _of(algorithms, ENCR) and all(one.aead for one in _of(algorithms, ENCR)):
        algorithms = tuple(one for one in algorithms if one.type is not INTEG)
    if protocol is not Protocol.IKE and not _of(algorithms, ESN):
        noesn = by_keyword("noesn")
        algorithms += (noesn,) if noesn is not None else ()
    return algorithms


def _of_ah(algorithm: Algorithm) -> Algorithm | None:
    """AES-GMAC is written as an encryption algorithm, which AH has none of."""
    if algorithm.type is not ENCR:
        return algorithm
    return by_keyword(dict(_GMAC).get(algorithm.keyword, ""))


def _of(algorithms: tuple[Algorithm, ...], kind: TransformType) -> tuple[Algorithm, ...]:
    return tuple(one for one in algorithms if one.type is kind)


def _check_ike(algorithms: tuple[Algorithm, ...]) -> str:
    if not _of(algorithms, PRF):
        return "a PRF algorithm is mandatory in IKE proposals"
    if not _of(algorithms, KE):
        return "a DH group is mandatory in IKE proposals"
    problem = _check_encryption(algorithms, "IKE")
    classic = any(not one.aead for one in _of(algorithms, ENCR))
    return problem or (_CLASSIC if classic and not _of(algorithms, INTEG) else "")


def _check_encryption(algorithms: tuple[Algorithm, ...], protocol: str) -> str:
    kinds = {one.aead for one in _of(algorithms, ENCR)}
    if not kinds:
        return f"an encryption algorithm is mandatory in {protocol} proposals"
    return _MIXED.format(protocol) if len(kinds) > 1 else ""


def _check_esp(algorithms: tuple[Algorithm, ...]) -> str:
    return _check_encryption(algorithms, "ESP")


def _check_ah(algorithms: tuple[Algorithm, ...]) -> str:
    return "" if _of(algorithms, INTEG) else "an integrity algorithm is mandatory in AH proposals"


_CHECKS = {Protocol.IKE: _check_ike, Protocol.ESP: _check_esp, Protocol.AH: _check_ah}

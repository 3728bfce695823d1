"""Which proposal a responder would choose, and why not the others (RFC 7296 sections 2.7 and 3.3; RFC 2409 appendix A).

A proposal of IKEv1 is treated like one of IKEv2 that offers a single algorithm per transform type, plus the authentication
method and the lifetime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.negotiation import Aspect, Attempt, Choice, Mismatch
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.negotiate.responder_rules import STRONGSWAN, ResponderRules
from ipsecbot.spellings import by_keyword, prf_of

ENCR, INTEG, PRF, KE, ESN = (
    TransformType.ENCR,
    TransformType.INTEG,
    TransformType.PRF,
    TransformType.KE,
    TransformType.ESN,
)

_PRIVATE = ("sha256_96",)


def choose_ike(
    offered: tuple[Proposal, ...],
    configured: tuple[Proposal, ...],
    *,
    version: int,
    responder_prefers_own: bool | None = None,
    rules: ResponderRules = STRONGSWAN,
) -> Choice:
    """The responder's walk over an IKE SA payload.

    `selected` holds one algorithm per transform type (integrity only where the cipher is no AEAD, the PRF always).
    A key exchange method that is acceptable but not the one the initiator guessed leads to INVALID_KE_PAYLOAD and a second
    try (RFC 7296 section 1.2), which is not a refusal.
    """
    attempts = []
    for ours, theirs in _walk(offered, configured, _prefers_own(responder_prefers_own, rules)):
        mismatches = _compare_ike(theirs, ours, version, rules)
        attempts.append(Attempt(offered=theirs, configured=ours, mismatches=mismatches))
        if not mismatches:
            kinds = (ENCR, INTEG, PRF, KE)
            return Choice(_selected(theirs, ours, kinds, _prefers_own(responder_prefers_own, rules)), tuple(attempts))
    return Choice(None, tuple(attempts), _nearest(attempts))


def choose_child(
    offered: tuple[Proposal, ...],
    configured: tuple[Proposal, ...],
    *,
    version: int,
    responder_prefers_own: bool | None = None,
    rules: ResponderRules = STRONGSWAN,
) -> Choice:
    """The responder's walk over the SA payload of a CHILD_SA.

    In IKEv1 the group of a quick mode (PFS) is part of it, with aspect PFS. In IKEv2 it is not, because IKE_AUTH carries no
    key exchange for the first CHILD_SA: see `rekey_mismatches`.
    """
    attempts = []
    for ours, theirs in _walk(offered, configured, _prefers_own(responder_prefers_own, rules)):
        mismatches = _compare_child(theirs, ours)
        if version == 1 and theirs.protocol is ours.protocol:
            mismatches += _compare_pfs(theirs, ours, rules)
        attempts.append(Attempt(offered=theirs, configured=ours, mismatches=mismatches))
        if not mismatches:
            kinds = (ENCR, INTEG, KE, ESN) if version == 1 else (ENCR, INTEG, ESN)
            return Choice(_selected(theirs, ours, kinds, _prefers_own(responder_prefers_own, rules)), tuple(attempts))
    return Choice(None, tuple(attempts), _nearest(attempts))


def rekey_mismatches(
    offered: tuple[Proposal, ...], configured: tuple[Proposal, ...], *, rules: ResponderRules = STRONGSWAN
) -> tuple[Mismatch, ...]:
    """IKEv2: the PFS mismatch that waits for the first CREATE_CHILD_SA, `late`; none when some pair of proposals would do."""
    late: tuple[Mismatch, ...] = ()
    for ours, theirs in _walk(offered, configured, prefers_own=rules.prefers_own_proposals):
        if _compare_child(theirs, ours):
            continue
        mismatches = _compare_pfs(theirs, ours, rules)
        if not mismatches:
            return ()
        late = late or tuple(replace(mismatch, late=True) for mismatch in mismatches)
    return late


def _prefers_own(asked: bool | None, rules: ResponderRules) -> bool:
    return rules.prefers_own_proposals if asked is None else asked


def _walk(
    offered: tuple[Proposal, ...], configured: tuple[Proposal, ...], prefers_own: bool
) -> Iterator[tuple[Proposal, Proposal]]:
    """(configured, offered) pairs in the order in which the responder tries them."""
    if prefers_own:
        yield from ((ours, theirs) for ours in configured for theirs in offered)
    else:
        yield from ((ours, theirs) for theirs in offered for ours in configured)


def _nearest(attempts: list[Attempt]) -> Attempt | None:
    return min(attempts, key=lambda attempt: len(attempt.mismatches), default=None)


def _algorithms(proposal: Proposal, kind: TransformType) -> tuple[Algorithm, ...]:
    """What a proposal offers of one type, with what the standards and daemons add where it is silent."""
    found = proposal.of(kind)
    if found:
        return found
    if kind is PRF and proposal.protocol is Protocol.IKE:
        return tuple(prf for prf in map(prf_of, proposal.of(INTEG)) if prf is not None)
    if kind is ESN and proposal.protocol is not Protocol.IKE:
        plain = by_keyword("noesn")
        return (plain,) if plain else ()
    return ()


def _usable(proposal: Proposal, kind: TransformType) -> tuple[Algorithm, ...]:
    """Without those whose number is for private use, which mean nothing to a peer of unknown make (RFC 7296 section 3.3.2;
    charon agrees on them only where `accept_private_algs` says so)."""
    return tuple(algorithm for algorithm in _algorithms(proposal, kind) if algorithm.keyword not in _PRIVATE)


def _common(theirs: Proposal, ours: Proposal, kind: TransformType, prefers_own: bool) -> Algorithm | None:
    first, second = (ours, theirs) if prefers_own else (theirs, ours)
    other = _usable(second, kind)
    return next((algorithm for algorithm in _usable(first, kind) if algorithm in other), None)


def _agrees(theirs: Proposal, ours: Proposal, kind: TransformType) -> bool:
    mine, yours = _usable(ours, kind), _usable(theirs, kind)
    return any(algorithm in yours for algorithm in mine) or not (_algorithms(ours, kind) or _algorithms(theirs, kind))


def _words(proposal: Proposal, kind: TransformType) -> str:
    return "/".join(algorithm.keyword for algorithm in _algorithms(proposal, kind)) or "none"


def _mismatch(aspect: Aspect, attribute: str, theirs: Proposal, ours: Proposal, offered: str, accepted: str) -> Mismatch:
    return Mismatch(aspect, attribute, offered, accepted, initiator=theirs.source, responder=ours.source)


def _family(algorithm: Algorithm) -> str:
    return algorithm.keyword.replace(str(algorithm.key_bits), "", 1)


def _encryption_attribute(theirs: Proposal, ours: Proposal) -> str:
    """`key-length` when both ends name the same cipher with different keys, else `encryption`."""
    families = {_family(algorithm) for algorithm in theirs.of(ENCR)} & {_family(algorithm) for algorithm in ours.of(ENCR)}
    return "key-length" if families else "encryption"


def _compare_algorithms(theirs: Proposal, ours: Proposal, aspect: Aspect) -> tuple[Mismatch, ...]:
    """Encryption and integrity; integrity does not matter where an AEAD cipher is agreed (RFC 7296 section 3.3)."""
    found = []
    if not _agrees(theirs, ours, ENCR):
        attribute = _encryption_attribute(theirs, ours)
        found.append(_mismatch(aspect, attribute, theirs, ours, _words(theirs, ENCR), _words(ours, ENCR)))
    cipher = _common(theirs, ours, ENCR, prefers_own=True)
    if not _agrees(theirs, ours, INTEG) and not (cipher is not None and cipher.aead):
        one_is_aead = any(algorithm.aead for proposal in (theirs, ours) for algorithm in proposal.of(ENCR))
        # an AEAD cipher on one end only is one difference, the cipher, not two
        if not (found and one_is_aead and "none" in (_words(theirs, INTEG), _words(ours, INTEG))):
            found.append(_mismatch(aspect, "integrity", theirs, ours, _words(theirs, INTEG), _words(ours, INTEG)))
    return tuple(found)


def _compare_ike(theirs: Proposal, ours: Proposal, version: int, rules: ResponderRules) -> tuple[Mismatch, ...]:
    aspect = Aspect.IKE_PROPOSAL
    found = list(_compare_algorithms(theirs, ours, aspect))
    integrity_differs = any(mismatch.attribute == "integrity" for mismatch in found)
    # one hash word sets both in IKEv1 and in most IKEv2 configurations: name it once
    if not integrity_differs and not _agrees(theirs, ours, PRF):
        found.append(_mismatch(aspect, "prf", theirs, ours, _words(theirs, PRF), _words(ours, PRF)))
    if not _agrees(theirs, ours, KE):
        found.append(_mismatch(aspect, "dh", theirs, ours, _words(theirs, KE), _words(ours, KE)))
    if version == 1:
        found += _compare_v1_attributes(theirs, ours, rules)
    return tuple(found)


def _compare_v1_attributes(theirs: Proposal, ours: Proposal, rules: ResponderRules) -> Iterator[Mismatch]:
    aspect = Aspect.IKE_PROPOSAL
    if rules.compares_auth_with_proposal and theirs.auth and ours.auth and theirs.auth is not ours.auth:
        yield _mismatch(aspect, "auth", theirs, ours, str(theirs.auth), str(ours.auth))


def longer_lifetime(choice: Choice, rules: ResponderRules) -> str | None:
    """In words, when the chosen IKEv1 transform was offered with a longer lifetime than a doubting responder's own."""
    chosen = choice.attempts[-1] if choice.selected is not None and rules.doubts_longer_lifetime else None
    if chosen is None or chosen.offered.lifetime is None or chosen.configured.lifetime is None:
        return None
    offered, own = chosen.offered.lifetime, chosen.configured.lifetime
    if offered <= own:
        return None
    return f"an offered lifetime of {_seconds(offered)} is longer than the responder's {_seconds(own)}: some releases refuse it"


def _seconds(lifetime: timedelta) -> str:
    return f"{int(lifetime.total_seconds())}s"


def _compare_child(theirs: Proposal, ours: Proposal) -> tuple[Mismatch, ...]:
    aspect = Aspect.CHILD_PROPOSAL
    if theirs.protocols != ours.protocols:
        return (_mismatch(aspect, "protocol", theirs, ours, theirs.protocols, ours.protocols),)
    found = list(_compare_algorithms(theirs, ours, aspect))
    if theirs.beside is not None and ours.beside is not None:
        also = _compare_algorithms(_placed(theirs, theirs.beside), _placed(ours, ours.beside), aspect)
        found += [replace(one, offered=f"AH {one.offered}", accepted=f"AH {one.accepted}") for one in also]
    if not _agrees(theirs, ours, ESN):
        found.append(_mismatch(aspect, "esn", theirs, ours, _words(theirs, ESN), _words(ours, ESN)))
    return tuple(found)


def _placed(proposal: Proposal, beside: Proposal) -> Proposal:
    return replace(beside, source=beside.source or proposal.source)


def _compare_pfs(theirs: Proposal, ours: Proposal, rules: ResponderRules) -> tuple[Mismatch, ...]:
    if _agrees(theirs, ours, KE) or (rules.accepts_unasked_pfs and not ours.of(KE)):
        return ()
    return (_mismatch(Aspect.PFS, "dh", theirs, ours, _words(theirs, KE), _words(ours, KE)),)


def _selected(theirs: Proposal, ours: Proposal, kinds: tuple[TransformType, ...], prefers_own: bool) -> Proposal:
    algorithms: list[Algorithm] = []
    for kind in kinds:
        if kind is INTEG and any(algorithm.aead for algorithm in algorithms):
            continue
        algorithm = _common(theirs, ours, kind, prefers_own)
        if algorithm is None and kind is KE and theirs.of(KE) and not ours.of(KE):
            algorithm = theirs.of(KE)[0]  # PFS that this end did not ask for, but accepts
        if algorithm is not None:
            algorithms.append(algorithm)
    lifetimes = [proposal.lifetime for proposal in (theirs, ours) if proposal.lifetime is not None]
    return Proposal(
        theirs.protocol,
        tuple(algorithms),
        number=theirs.number,
        auth=theirs.auth or ours.auth,
        lifetime=min(lifetimes, default=None),
        name=ours.name,
        source=ours.source,
        beside=_selected(theirs.beside, ours.beside, (INTEG, ESN), prefers_own) if theirs.beside and ours.beside else None,
    )

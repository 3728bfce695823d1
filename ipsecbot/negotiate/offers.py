"""What of its configured proposals an initiator puts on the wire.

IKEv2 carries them as they are. An IKEv1 transform has room for one algorithm of each type, and charon fills it with the first
that IKEv1 knows. Source: strongSwan 5.9.8, proposal_substructure.c (`set_from_proposal_v1_ike`, `set_from_proposal_v1`) and
quick_mode.c (`get_proposals`); RFC 2409 appendix A and RFC 2407 section 4.4.4 for the algorithms.
"""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.negotiation import Attempt, Choice
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.negotiate.responder_rules import ResponderRules
from ipsecbot.spellings import prf_of

_KINDS = (TransformType.ENCR, TransformType.INTEG, TransformType.PRF, TransformType.KE, TransformType.ESN)
# Algorithms with an IKEv1 number; everything after the key length or block mode is spelled out, so that GCM is no AES-CBC.
_IKE_V1 = {
    TransformType.ENCR: (
        *("des", "3des", "blowfish128", "blowfish192", "blowfish256", "cast128", "aes128", "aes192", "aes256"),
        *("camellia128", "camellia192", "camellia256"),
    ),
    TransformType.INTEG: ("md5", "sha1", "sha256", "sha384", "sha512"),
}
_NOT_ESP_V1 = (
    *("chacha20poly1305", "chacha20poly1305compat"),
    *(f"camellia{n}{mode}" for n in (128, 192, 256) for mode in ("ctr", "ccm8", "ccm12", "ccm16")),
)

_NO_INTEGRITY_V1 = ("sha256_96", "aescmac")


def ike_offers(proposals: tuple[Proposal, ...], version: int, rules: ResponderRules) -> tuple[Proposal, ...]:
    """The IKE proposals as the responder reads them, in the same order; one that IKEv1 cannot carry loses that algorithm."""
    if version == 2:
        return beside_a_guess(proposals, rules)
    if not rules.offers_first_algorithm_v1:
        return proposals
    return tuple(_reduced_ike(proposal) for proposal in proposals)


def _reduced_ike(proposal: Proposal) -> Proposal:
    kept: list[Algorithm] = []
    for kind in (TransformType.ENCR, TransformType.INTEG):
        kept += [one for one in proposal.of(kind) if one.keyword in _IKE_V1[kind]][:1]
    kept += [prf for prf in map(prf_of, kept[-1:]) if prf is not None and kept[-1].type is TransformType.INTEG]
    return replace(proposal, algorithms=(*kept, *proposal.of(TransformType.KE)[:1]))


def beside_a_guess(proposals: tuple[Proposal, ...], rules: ResponderRules) -> tuple[Proposal, ...]:
    """The proposals of IKEv2 beside a key exchange of the first group in them."""
    group = next((group for proposal in proposals for group in proposal.of(TransformType.KE)), None)
    return proposals if group is None or not rules.leads_with_its_guess else promoted(proposals, group)


def child_answers(child: ChildPolicy) -> tuple[Proposal, ...]:
    """The proposals of a responder, with the groups that it takes where it asks for one without naming it."""
    if not child.answers_groups:
        return child.proposals
    return tuple(
        replace(one, algorithms=(*one.algorithms, *child.answers_groups)) if one.of(TransformType.KE) else one
        for one in child.proposals
    )


def as_configured(choice: Choice, proposals: tuple[Proposal, ...], answers: tuple[Proposal, ...] = ()) -> Choice:
    """The choice with every attempt told of the proposal as its owner wrote it, not as it went out or was looked up.
    `answers`: those of the responder."""
    written = {proposal.number: proposal for proposal in proposals}
    looked_up = {proposal.number: proposal for proposal in answers}
    if len(written) != len(proposals) or len(looked_up) != len(answers):
        return choice

    def of(attempt: Attempt) -> Attempt:
        return replace(
            attempt,
            offered=written.get(attempt.offered.number, attempt.offered),
            configured=looked_up.get(attempt.configured.number, attempt.configured),
        )

    nearest = of(choice.nearest) if choice.nearest is not None else None
    return replace(choice, attempts=tuple(map(of, choice.attempts)), nearest=nearest)


def promoted(proposals: tuple[Proposal, ...], group: Algorithm) -> tuple[Proposal, ...]:
    """The proposals of IKEv2 as they go out beside a key exchange of `group`: that group first, what lacks it last."""

    def first(proposal: Proposal) -> Proposal:
        groups = (group, *(one for one in proposal.of(TransformType.KE) if one != group))
        others = tuple(one for one in proposal.algorithms if one.type is not TransformType.KE)
        place = next(i for i, one in enumerate(proposal.algorithms) if one.type is TransformType.KE)
        before = tuple(one for one in proposal.algorithms[:place])
        return replace(proposal, algorithms=(*before, *groups, *others[len(before) :]))

    having = tuple(first(one) for one in proposals if group in one.of(TransformType.KE))
    return having + tuple(one for one in proposals if group not in one.of(TransformType.KE))


def child_offers(
    proposals: tuple[Proposal, ...], version: int, rules: ResponderRules, ike_group: Algorithm | None
) -> tuple[Proposal, ...]:
    """The ESP or AH proposals as the responder reads them.

    A quick mode has one KE payload: the group of the IKE_SA where a proposal has it, else the first configured one; what
    has another group, or none, is not offered then. `ike_group`: the group of the IKE_SA, None when not known.
    """
    if version != 1 or not rules.offers_first_algorithm_v1:
        return proposals
    groups = [group for proposal in proposals for group in proposal.of(TransformType.KE)]
    if groups:
        group = ike_group if ike_group in groups else groups[0]
        proposals = tuple(_with_group(one, group) for one in proposals if group in one.of(TransformType.KE))
    return tuple(reduced for one in proposals if (reduced := _reduced_child(one)).algorithms)


def _with_group(proposal: Proposal, group: Algorithm) -> Proposal:
    others = tuple(one for one in proposal.algorithms if one.type is not TransformType.KE)
    return replace(proposal, algorithms=(*others, group))


def _reduced_child(proposal: Proposal) -> Proposal:
    firsts = {kind: proposal.of(kind)[:1] for kind in _KINDS}
    if any(one.keyword in _NOT_ESP_V1 for one in firsts[TransformType.ENCR]):
        firsts[TransformType.ENCR] = ()
        if proposal.protocol is Protocol.ESP:
            return replace(proposal, algorithms=())
    if any(one.keyword in _NO_INTEGRITY_V1 for one in firsts[TransformType.INTEG]):
        firsts[TransformType.INTEG] = ()
    if any(one.keyword == "esn" for one in proposal.of(TransformType.ESN)):
        firsts[TransformType.ESN] = tuple(one for one in proposal.of(TransformType.ESN) if one.keyword == "esn")
    return replace(proposal, algorithms=tuple(one for kind in _KINDS for one in firsts[kind]))

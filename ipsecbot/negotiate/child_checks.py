"""The decisions about a CHILD_SA: traffic selectors, encapsulation, ESP or AH proposal, perfect forward secrecy."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ipsecbot.model.connection import ChildPolicy, EncapsulationMode
from ipsecbot.model.negotiation import Aspect, Choice, Mismatch
from ipsecbot.model.proposal import Algorithm, Proposal, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector, mirrored
from ipsecbot.negotiate.exclusions import sent_past, without_excluded
from ipsecbot.negotiate.offers import as_configured, beside_a_guess, child_answers, child_offers, promoted
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.proposals import choose_child, rekey_mismatches
from ipsecbot.negotiate.responder_rules import ModeRule
from ipsecbot.negotiate.selectors import (
    SelectorChoice,
    between_hosts,
    is_between_hosts,
    overlap_score,
    resolved,
    select,
    select_lists,
)

ENCR = TransformType.ENCR


@dataclass(frozen=True, slots=True)
class ChildReplay:
    """One child of the initiator against one of the responder."""

    initiator: ChildPolicy
    responder: ChildPolicy
    choice: Choice | None
    selectors: tuple[SelectorPair, ...]
    checked: Checked
    mode: EncapsulationMode | None = None
    rekey: Choice | None = None


def replay_child(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, version: int, ike_group: Algorithm | None = None
) -> ChildReplay:
    """All decisions about one child, also after the first refusal. `ike_group`: the one that the IKE_SA agreed on."""
    selectors, checked = _check_selectors(initiator, responder, mine, yours, version)
    if checked.mismatches and mine.mode is not yours.mode:
        selectors, checked = _blame_mode(initiator, responder, mine, yours, version, checked)
    else:
        checked += _check_mode(initiator, responder, mine, yours, version)
    choice, found = _check_proposals(initiator, responder, mine, yours, version, ike_group)
    mode = _agreed_mode(initiator, responder, mine, yours, selectors)
    rekey = _rekey_choice(initiator, responder, mine, yours) if version == 2 and choice is not None else None
    return ChildReplay(mine, yours, choice, selectors, checked + found, mode, rekey)


def fit(initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy) -> int:
    """How well a child of the responder fits what one of the initiator offers; 0: not at all, or not known."""
    if any(
        _needs_address(party, pair)
        for party, child in ((initiator, mine), (responder, yours))
        for pair in child.selectors or ()
    ):
        return 0
    return overlap_score(_pairs(initiator, mine), _pairs(responder, yours))


def _agreed_mode(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, selectors: tuple[SelectorPair, ...]
) -> EncapsulationMode | None:
    """Transport only where both ends want it and nothing but the two of them is protected."""
    if mine.mode is None or yours.mode is None:
        return None
    modes = (mine.mode, yours.mode)
    hosts = all(is_between_hosts(pair, initiator.address, responder.address) for pair in selectors)
    both = modes == (EncapsulationMode.TRANSPORT, EncapsulationMode.TRANSPORT)
    return EncapsulationMode.TRANSPORT if both and hosts else EncapsulationMode.TUNNEL


def _blame_mode(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, version: int, refused: Checked
) -> tuple[tuple[SelectorPair, ...], Checked]:
    """Selectors that fail only because one end is in transport mode, and so wants the peers alone, differ in mode."""
    tunnels = tuple(replace(child, mode=EncapsulationMode.TUNNEL) for child in (mine, yours))
    selectors, checked = _check_selectors(initiator, responder, tunnels[0], tunnels[1], version)
    if checked.mismatches:
        return (), refused + _check_mode(initiator, responder, mine, yours, version)
    found = _mode_mismatch(initiator, mine, yours, mine.mode, yours.mode)
    return selectors, Checked((replace(found, refused_by=refused.mismatches[0].refused_by),), checked.unknown)


def _check_selectors(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, version: int
) -> tuple[tuple[SelectorPair, ...], Checked]:
    if mine.selectors is None or yours.selectors is None:
        silent = initiator.name if mine.selectors is None else responder.name
        return (), Checked(unknown=(f"the traffic selectors of {silent} are not known",))
    if any(_needs_address(initiator, pair) for pair in mine.selectors) or any(
        _needs_address(responder, pair) for pair in yours.selectors
    ):
        return (), Checked(unknown=("a traffic selector stands for an end's own address, which is not known",))
    offered, configured = _pairs(initiator, mine), _pairs(responder, yours)
    if offered and not configured:  # transport mode leaves nothing of the responder's
        return (), Checked((_selector_mismatch(initiator, mine, yours, ", ".join(map(str, offered)) or "none", "none"),))
    if version == 1 and not initiator.rules.offers_pairs_alone:
        offered = tuple(_with_one_port(pair) for pair in offered if _words(pair) == _words(offered[0]))
    chosen = without_excluded(_selected(initiator, responder, offered, yours, version), yours)
    refused = chosen.refused
    if version == 1 and not initiator.rules.accepts_narrowed_v1:
        known = frozenset((*chosen.selected, *refused))
        refused += tuple(pair for pair in offered if pair not in known)
    expected = ", ".join(str(mirrored(pair)) for pair in configured) or "none"
    mismatches = tuple(_selector_mismatch(initiator, mine, yours, str(pair), expected) for pair in refused)
    if not offered:
        none = _selector_mismatch(initiator, mine, yours, "none", expected)
        mismatches = (replace(none, refused_by=initiator.side) if version == 1 else none,)
    said_no = frozenset(refused)
    agreed = tuple(pair for pair in chosen.selected if pair not in said_no)
    return agreed, Checked(mismatches, tuple(sent_past(initiator, responder, mine, yours, agreed)))


def _selected(
    initiator: Party, responder: Party, offered: tuple[SelectorPair, ...], yours: ChildPolicy, version: int
) -> SelectorChoice:
    """The answer to the pairs offered: one by one, or what is behind each end as a list."""
    wide = (resolved(pair, responder.address, responder.peer_address) for pair in yours.selectors or ())
    configured = tuple(pair for pair in wide if pair is not None)
    alone = initiator.rules.offers_pairs_alone
    if responder.rules.narrows_lists and not overlap_score(offered, _pairs(responder, yours)):
        return SelectorChoice((), offered)  # in transport mode a child is chosen by the peers alone
    if not responder.rules.narrows_lists or alone:
        return select(offered, configured, rule=responder.rules.selectors(version), alone=alone)
    chosen = select_lists(offered, configured, first_only=version == 1)
    if version == 1:  # the answer has room for one port as well
        return replace(chosen, selected=tuple(_with_one_port(pair) for pair in chosen.selected))
    return chosen


def _selector_mismatch(initiator: Party, mine: ChildPolicy, yours: ChildPolicy, offered: str, expected: str) -> Mismatch:
    return Mismatch(
        Aspect.SELECTORS,
        None,
        offered,
        expected,
        initiator=mine.selector_source or mine.source,
        responder=yours.selector_source or yours.source,
        offered_by=initiator.side,
    )


def _with_one_port(pair: SelectorPair) -> SelectorPair:
    """IKEv1 has room for one port in an identity (RFC 2407 section 4.6.2): of a range, charon sends the first."""

    def first(one: TrafficSelector) -> TrafficSelector:
        every = (one.first_port, one.last_port) in ((0, 65535), (65535, 0))
        return one if every else replace(one, last_port=one.first_port)

    return SelectorPair(first(pair.local), first(pair.remote))


def _words(pair: SelectorPair) -> tuple[int, int]:
    return pair.local.word, pair.remote.word


def _needs_address(party: Party, pair: SelectorPair) -> bool:
    return resolved(pair, party.address, party.peer_address) is None


def _pairs(party: Party, child: ChildPolicy) -> tuple[SelectorPair, ...]:
    """The pairs as they go on the wire or are looked up: charon in transport mode keeps the peers of each and drops others."""
    hosts_only = child.mode is EncapsulationMode.TRANSPORT and not party.rules.transport_between_hosts_only
    fix = between_hosts if hosts_only else resolved
    fixed = (fix(pair, party.address, party.peer_address) for pair in child.selectors or ())
    return tuple(pair for pair in fixed if pair is not None)


def _check_mode(initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, version: int) -> Checked:
    rule = responder.rules.mode(version)
    if rule is ModeRule.FALLS_BACK:
        return Checked()
    if mine.mode is None or yours.mode is None:
        silent = initiator.name if mine.mode is None else responder.name
        return Checked(unknown=(f"whether {silent} wants tunnel or transport mode is not known",))
    offered, wanted = _asked_mode(initiator, mine), yours.mode
    if offered is wanted or (rule is ModeRule.TUNNEL_IS_STRICT and wanted is EncapsulationMode.TRANSPORT):
        return Checked()
    return Checked((_mode_mismatch(initiator, mine, yours, offered, wanted),))


def _mode_mismatch(
    initiator: Party,
    mine: ChildPolicy,
    yours: ChildPolicy,
    offered: EncapsulationMode | None,
    wanted: EncapsulationMode | None,
) -> Mismatch:
    return Mismatch(
        Aspect.ENCAPSULATION,
        None,
        str(offered),
        str(wanted),
        initiator=mine.mode_source or mine.source,
        responder=yours.mode_source or yours.source,
        offered_by=initiator.side,
    )


def _asked_mode(party: Party, child: ChildPolicy) -> EncapsulationMode | None:
    if child.mode is EncapsulationMode.TRANSPORT and party.rules.transport_between_hosts_only:
        pairs = child.selectors or ()
        if not all(is_between_hosts(pair, party.address, party.peer_address) for pair in pairs):
            return EncapsulationMode.TUNNEL
    return child.mode


def _check_proposals(
    initiator: Party,
    responder: Party,
    mine: ChildPolicy,
    yours: ChildPolicy,
    version: int,
    ike_group: Algorithm | None,
) -> tuple[Choice | None, Checked]:
    if not mine.proposals or not yours.proposals:
        silent = responder.name if mine.proposals else initiator.name
        return None, Checked(unknown=(f"the ESP or AH proposals of {silent} are not known",))
    offered = child_offers(mine.proposals, version, initiator.rules, ike_group)
    if not offered:
        return None, Checked((_nothing_offered(initiator, mine, yours),))
    answers = child_answers(yours)
    choice = choose_child(
        offered,
        answers,
        version=version,
        responder_prefers_own=responder.prefers_own,
        rules=responder.rules,
    )
    choice = as_configured(choice, mine.proposals, yours.proposals)
    found = choice.nearest.mismatches if choice.nearest else ()
    if version == 2:
        found += rekey_mismatches(mine.proposals, answers, rules=responder.rules)
    return choice, Checked(tuple(_located(initiator, mismatch, mine, yours) for mismatch in found))


def _rekey_choice(initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy) -> Choice:
    """What a CREATE_CHILD_SA chooses, which has a key exchange; after an INVALID_KE_PAYLOAD beside the group asked for."""

    def choose(offered: tuple[Proposal, ...]) -> Choice:
        preference = responder.prefers_own
        # with the groups, as in a quick mode
        return choose_child(offered, child_answers(yours), version=1, responder_prefers_own=preference, rules=responder.rules)

    first = choose(beside_a_guess(mine.proposals, initiator.rules))
    group = next(iter(first.selected.of(TransformType.KE)), None) if first.selected is not None else None
    guessed = next((group for proposal in mine.proposals for group in proposal.of(TransformType.KE)), None)
    return first if group is None or group == guessed else choose(promoted(mine.proposals, group))


def _nothing_offered(initiator: Party, mine: ChildPolicy, yours: ChildPolicy) -> Mismatch:
    """IKEv1 has no number for the algorithm that each of the proposals starts with."""
    offered, configured = (
        ", ".join(cipher.keyword for proposal in child.proposals for cipher in proposal.of(ENCR)[:1]) for child in (mine, yours)
    )
    found = Mismatch(Aspect.CHILD_PROPOSAL, "encryption", offered, configured)
    return _located(initiator, found, mine, yours)


def _located(initiator: Party, mismatch: Mismatch, mine: ChildPolicy, yours: ChildPolicy) -> Mismatch:
    """Say where each end wrote it: PFS has a line of its own in some syntaxes."""
    pfs = mismatch.aspect is Aspect.PFS
    return replace(
        mismatch,
        initiator=(mine.pfs_source if pfs else None) or mismatch.initiator or mine.proposal_source or mine.source,
        responder=(yours.pfs_source if pfs else None) or mismatch.responder or yours.proposal_source or yours.source,
        offered_by=initiator.side,
    )

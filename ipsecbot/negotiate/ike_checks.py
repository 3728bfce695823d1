"""The decisions before there is a CHILD_SA: address, version, mode, IKE proposal, authentication method, identity."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.identity import IkeIdentity
from ipsecbot.model.negotiation import Aspect, Choice, Mismatch
from ipsecbot.model.proposal import Proposal
from ipsecbot.negotiate.addresses import hides_behind, is_address, matches, named
from ipsecbot.negotiate.identity import accepted, sent_identity
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.proposals import choose_ike, longer_lifetime


def check_addresses(initiator: Party, responder: Party) -> Checked:
    """Whether the initiator sends to the responder at all, and whether the responder's connection is meant for it."""
    return _points_at(initiator, responder, initiator, responder) + _points_at(responder, initiator, initiator, responder)


def _points_at(one: Party, other: Party, initiator: Party, responder: Party) -> Checked:
    patterns, address = one.connection.remote_addresses, other.address
    if address is None or not is_address(address):
        return Checked(unknown=(f"the address of {other.name} is not known",))
    if not patterns or matches(patterns, one.peer_address or address):
        return Checked()
    if hides_behind(patterns, address) and not set(patterns) & set(other.end.addresses):
        return Checked(unknown=(f"{other.name} is behind a NAT: whether it shows up as {', '.join(patterns)} cannot be told",))
    if named(patterns):
        return Checked(unknown=(f"{one.name} names its peer {', '.join(named(patterns))}: no name is looked up",))
    mismatch = Mismatch(
        Aspect.ADDRESS,
        None,
        ", ".join(patterns),
        address,
        initiator=initiator.connection.address_source,
        responder=responder.connection.address_source,
        offered_by=one.side,
    )
    return Checked((mismatch,))


def check_version(initiator: Party, responder: Party) -> tuple[int | None, Checked]:
    """The version the initiator starts with, and whether the responder accepts it."""
    mine, yours = initiator.connection.ike, responder.connection.ike
    if not mine.versions:
        return None, Checked(unknown=(f"the IKE version of {initiator.name} is not known",))
    version = mine.versions[0]
    if not yours.versions:
        return version, Checked(unknown=(f"the IKE version of {responder.name} is not known",))
    if version in yours.versions:
        return version, Checked()
    accepts = " or ".join(f"IKEv{number}" for number in yours.versions)
    mismatch = Mismatch(
        Aspect.VERSION,
        None,
        f"IKEv{version}",
        accepts,
        initiator=mine.version_source or mine.source,
        responder=yours.version_source or yours.source,
        offered_by=initiator.side,
    )
    return version, Checked((mismatch,))


def check_mode(initiator: Party, responder: Party) -> Checked:
    """IKEv1 main against aggressive mode. An end that knows its own mode and accepts none refuses every attempt (charon:
    aggressive mode with a pre-shared key, unless `i_dont_care_about_security_and_use_aggressive_mode_psk`)."""
    mine, yours = initiator.connection.ike, responder.connection.ike
    if mine.initiates_mode is None or (yours.initiates_mode is None and not yours.accepts_modes):
        silent = initiator.name if mine.initiates_mode is None else responder.name
        return Checked(unknown=(f"whether {silent} uses main or aggressive mode is not known",))
    if mine.initiates_mode in yours.accepts_modes:
        return Checked()
    mismatch = Mismatch(
        Aspect.EXCHANGE_MODE,
        None,
        f"{mine.initiates_mode} mode",
        " or ".join(f"{mode} mode" for mode in yours.accepts_modes) or "no attempt of the peer",
        initiator=mine.mode_source or mine.source,
        responder=yours.mode_source or yours.source,
        offered_by=initiator.side,
    )
    return Checked((mismatch,))


def check_ike_proposals(initiator: Party, responder: Party, version: int) -> tuple[Choice | None, Checked]:
    """The responder's choice among the initiator's IKE proposals; the nearest miss tells what to change."""
    offered, configured = _with_auth(initiator), _with_auth(responder)
    if not offered or not configured:
        silent = responder.name if offered else initiator.name
        return None, Checked(unknown=(f"the IKE proposals of {silent} are not known",))
    choice = choose_ike(
        offered, configured, version=version, responder_prefers_own=responder.prefers_own, rules=responder.rules
    )
    if choice.nearest is None:
        doubt = longer_lifetime(choice, responder.rules) if version == 1 else None
        return choice, Checked(unknown=(doubt,) if doubt else ())
    return choice, Checked(tuple(replace(found, offered_by=initiator.side) for found in choice.nearest.mismatches))


def _with_auth(party: Party) -> tuple[Proposal, ...]:
    ike = party.connection.ike
    return tuple(
        replace(
            proposal,
            auth=proposal.auth or ike.local_auth,
            lifetime=proposal.lifetime or ike.lifetime,
            source=proposal.source or ike.source,
        )
        for proposal in ike.proposals
    )


def check_auth(initiator: Party, responder: Party, choice: Choice | None, version: int) -> Checked:
    """Whether each end accepts the way in which the other authenticates."""
    if version == 1 and responder.rules.compares_auth_with_proposal and choice is not None:
        return Checked()
    directions = ((initiator, responder),) if version == 1 else ((initiator, responder), (responder, initiator))
    found = Checked()
    for prover, verifier in directions:
        uses, wants = prover.auth_methods(local=True), verifier.auth_methods(local=False)
        if not uses or not wants:
            silent = verifier.name if uses else prover.name
            found += Checked(unknown=(f"the authentication method of {silent} is not known",))
        elif not uses & wants:
            mine, yours = initiator.connection.ike, responder.connection.ike
            mismatch = Mismatch(
                Aspect.AUTH_METHOD,
                None,
                " or ".join(sorted(uses)),
                " or ".join(sorted(wants)),
                initiator=mine.auth_source or mine.source,
                responder=yours.auth_source or yours.source,
                offered_by=prover.side,
            )
            found += Checked((mismatch,))
    return found


def check_identities(initiator: Party, responder: Party) -> Checked:
    """What each end sends against what the other expects; the responder looks first."""
    return _expects(initiator, responder, initiator, responder) + _expects(responder, initiator, initiator, responder)


def _expects(sender: Party, judge: Party, initiator: Party, responder: Party) -> Checked:
    expected = judge.connection.ike.remote_ids
    if not expected:
        return Checked()
    sent = sent_identity(sender.connection, sender.address)
    if sent is None:
        return Checked(unknown=(f"the identity that {sender.name} sends is not known",))
    if accepted(sent, expected):
        return Checked()
    own = sender.connection.ike
    sent_source = own.local_id_source or (own.local_id.source if own.local_id else None) or own.source
    expected_source = expected[0].source or judge.connection.ike.source
    from_initiator = sender is initiator
    mismatch = Mismatch(
        Aspect.IDENTITY,
        None,
        _words(sent),
        " or ".join(map(_words, expected)),
        initiator=sent_source if from_initiator else expected_source,
        responder=expected_source if from_initiator else sent_source,
        offered_by=sender.side,
    )
    return Checked((mismatch,))


def _words(identity: IkeIdentity) -> str:
    return f"{identity} ({identity.type})"

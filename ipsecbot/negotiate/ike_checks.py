"""The decisions about an IKE_SA that need no proof: address, version, mode, IKE proposal."""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.negotiation import Aspect, Choice, Mismatch
from ipsecbot.model.proposal import Algorithm, Proposal, TransformType
from ipsecbot.model.wishes import Childless, IkeOptions
from ipsecbot.negotiate.addresses import hides_behind, is_address, matches, named
from ipsecbot.negotiate.methods import v1_method
from ipsecbot.negotiate.offers import as_configured, ike_offers, promoted
from ipsecbot.negotiate.party import Checked, Party
from ipsecbot.negotiate.proposals import choose_ike, longer_lifetime

_MOST_RETRIES = 3


def check_addresses(initiator: Party, responder: Party) -> Checked:
    """Whether the initiator sends to the responder at all, and whether the responder's connection is meant for it."""
    return _points_at(initiator, responder, initiator, responder) + _points_at(responder, initiator, initiator, responder)


def _points_at(one: Party, other: Party, initiator: Party, responder: Party) -> Checked:
    patterns, address = _called(one) if one is initiator else one.connection.remote_addresses, other.address
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


def _called(initiator: Party) -> tuple[str, ...]:
    """The configured addresses that the initiator would really send to."""
    patterns = initiator.connection.remote_addresses
    single = tuple(pattern for pattern in patterns if is_address(pattern))
    return patterns if initiator.rules.tries_every_peer or named(patterns) or not single else single[:1]


def why_it_cannot_start(initiator: Party, version: int | None) -> str | None:
    """In words, when an end never sends a first message, and so only ever answers; None when it can start."""
    patterns = initiator.connection.remote_addresses
    if patterns and not named(patterns) and not any(is_address(pattern) for pattern in patterns):
        return f"{initiator.name} only answers: {', '.join(patterns)} names no single address to send to"
    known = initiator.takes_any_method or (initiator.auth_methods(local=True) and initiator.auth_methods(local=False))
    if version == 1 and known and v1_method(initiator, initiates=True) is None:
        uses, wants = (" or ".join(sorted(initiator.auth_methods(local=one))) for one in (True, False))
        return f"{initiator.name} cannot start IKEv1, which has no method for {uses} against {wants or 'anything'}"
    return None


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
    offered = ike_offers(_with_auth(initiator), version, initiator.rules)
    configured = _with_auth(responder)
    if not offered or not configured:
        silent = responder.name if offered else initiator.name
        return None, Checked(unknown=(f"the IKE proposals of {silent} are not known",))
    choice = choose_ike(
        offered, configured, version=version, responder_prefers_own=responder.prefers_own, rules=responder.rules
    )
    asked = _asked_group(offered, choice, version)
    wanted = asked
    for _ in range(_MOST_RETRIES if asked is not None else 0):  # another order of offers can lead to another group
        assert wanted is not None
        again, sent = promoted(_with_auth(initiator), wanted), wanted
        choice = choose_ike(
            again, configured, version=version, responder_prefers_own=responder.prefers_own, rules=responder.rules
        )
        wanted = next(iter(choice.selected.of(TransformType.KE)), sent) if choice.selected is not None else sent
        if wanted == sent:
            break
    choice = replace(choice, asked_group=asked)
    choice = as_configured(choice, _with_auth(initiator))
    guessed = _guessed_group(initiator, offered, choice, version)
    if guessed is not None and _answers_aggressive(initiator, responder):
        return choice, Checked((guessed,))
    if choice.nearest is None:
        doubt = longer_lifetime(choice, responder.rules) if version == 1 else None
        return choice, Checked(unknown=(doubt,) if doubt else ())
    return choice, Checked(tuple(replace(found, offered_by=initiator.side) for found in choice.nearest.mismatches))


def _asked_group(offered: tuple[Proposal, ...], choice: Choice, version: int) -> Algorithm | None:
    """The initiator of IKEv2 sends the first group of its first proposal; the responder asks for the one it chose."""
    if version != 2 or choice.selected is None:
        return None
    sent = next((group for proposal in offered for group in proposal.of(TransformType.KE)), None)
    taken = next(iter(choice.selected.of(TransformType.KE)), None)
    return taken if taken != sent else None


def _answers_aggressive(initiator: Party, responder: Party) -> bool:
    """One that never does with a pre-shared key says so before it looks at the key exchange."""
    ike = responder.connection.ike
    secret = initiator.connection.ike.local_auth in (AuthMethod.PSK, AuthMethod.XAUTH_PSK)
    if secret and ike.options is not None and not ike.options.answers_aggressive_psk:
        return False
    return ike.initiates_mode is None or bool(ike.accepts_modes)


def _guessed_group(initiator: Party, offered: tuple[Proposal, ...], choice: Choice, version: int) -> Mismatch | None:
    """In aggressive mode the first message carries a key exchange already, of the first group offered: there is no second try
    with another one (RFC 2409 section 5.5 wants all proposals to have one group)."""
    if version != 1 or initiator.connection.ike.initiates_mode is not ExchangeMode.AGGRESSIVE or choice.selected is None:
        return None
    sent = next((group for proposal in offered for group in proposal.of(TransformType.KE)), None)
    taken = next(iter(choice.selected.of(TransformType.KE)), None)
    if sent is None or taken is None or sent == taken:
        return None
    last = choice.attempts[-1]
    return Mismatch(
        Aspect.IKE_PROPOSAL,
        "dh",
        sent.keyword,
        taken.keyword,
        initiator=last.offered.source,
        responder=last.configured.source,
        offered_by=initiator.side,
    )


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


def _childless_step(initiator: Party, insists: bool) -> int:
    """The responder says no in the message with its proof, which is not looked at any more; with EAP that was before."""
    after_all = AuthMethod.EAP in initiator.auth_methods(local=True)
    return 1 if insists else 5 if after_all else 3


def starts_childless(initiator: Party, responder: Party) -> bool:
    """Whether its first CHILD_SA has an exchange of its own (RFC 6023), and so a key exchange."""
    mine, yours = initiator.connection.ike.options, responder.connection.ike.options
    return mine is not None and (mine.childless is Childless.FORCE or _both_can(mine, yours))


def _both_can(mine: IkeOptions, yours: IkeOptions | None) -> bool:
    """`prefer` does it with a responder that says it can; of one without the setting nobody knows that it does."""
    return mine.childless is Childless.PREFER and yours is not None and yours.childless is not Childless.NEVER


def check_childless(initiator: Party, responder: Party) -> Checked:
    """An end that insists on an IKE_SA without a CHILD_SA against one that does not do it (strongSwan `childless`)."""
    mine, yours = initiator.connection.ike, responder.connection.ike
    if mine.options is None or yours.options is None:
        return Checked()
    wants, answers = mine.options.childless, yours.options.childless
    without = starts_childless(initiator, responder)
    insists = without or not initiator.connection.children  # without a child there is no other way
    refuses = answers is Childless.NEVER
    if not (insists and refuses) and not (answers is Childless.FORCE and not insists):
        return Checked()
    mismatch = Mismatch(
        Aspect.CHILDLESS,
        None,
        str(wants),
        str(answers),
        initiator=mine.source,
        responder=yours.source,
        offered_by=initiator.side,
        refused_by=initiator.side if insists else responder.side,
        step=_childless_step(initiator, insists),
    )
    return Checked((mismatch,))

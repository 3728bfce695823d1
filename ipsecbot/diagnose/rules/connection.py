"""The responder looks for something configured: a connection for this peer, an IKE version, an exchange mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import change_of, ends, parties, replayed, reported, where_to_change
from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Change, Side
from ipsecbot.model.exchange import EventKind, ExchangeKind
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.model.sa import Role

MODE_OR_AUTH = "mode-or-auth"
_AGGRESSIVE = 0.65
_MODES = {ExchangeKind.MAIN: ExchangeMode.MAIN, ExchangeKind.AGGRESSIVE: ExchangeMode.AGGRESSIVE}


_NO_CONFIG_OR_VERSION = 0.65
# What a responder complains of when it has nothing for the peer and gets on with its defaults
_LOST_WITHOUT = (EventKind.KEY_MISSING, EventKind.PROFILE_NOT_MATCHED, EventKind.AUTHENTICATION_FAILED)


def _speaks_another_version(facts: Facts, seen: Seen) -> bool:
    """The refused message was of a version that this end's connections with the peer do not speak."""
    asked = seen.event.ike_version or (seen.exchange.ike_version if seen.exchange is not None else None)
    spoken = {version for connection in facts.meant(seen.side) for version in connection.ike.versions}
    return asked is not None and bool(spoken) and asked not in spoken


@rule("no-config-for-peer", Need.RESPONDER_LOG, Need.BOTH_CONFIGS)
def no_config_for_peer(facts: Facts) -> Iterator[Testimony]:
    """The responder has nothing configured for the peer.

    Seen: the responder logs that it found no configuration for this pair of addresses; the initiator is told
    NO_PROPOSAL_CHOSEN or nothing. Or the responder's configuration names other peers only.
    Mended: on the responder, by a connection (crypto map entry, profile and key) for the initiator's address.
    """
    if facts.mismatches(Aspect.VERSION, Aspect.EXCHANGE_MODE, Aspect.AUTH_METHOD):
        return

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        address = f" ({seen.event.remote})" if seen.event.remote not in (None, peer) else ""
        return f"{me} has nothing configured for {peer}{address} and refused it: add a connection for it on {me}."

    for clue in reported(
        facts,
        "no-config-for-peer",
        say,
        EventKind.NO_CONNECTION,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: not _speaks_another_version(facts, seen),
    ):
        # charon says the same of a connection in the other version; without its configuration that stays open
        read = any(facts.names_peer(side) is not None for side in SIDES)
        yield clue if read else replace(clue, strength=Strength.STRONG, weight=_NO_CONFIG_OR_VERSION)
    yield from reported(
        facts,
        "no-config-for-peer",
        say,
        *_LOST_WITHOUT,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: _gets_on_with_defaults(facts, seen),
    )
    for side in SIDES:
        yield from _unknown_to(facts, side)


def _gets_on_with_defaults(facts: Facts, seen: Seen) -> bool:
    """A router looks for a key or profile in its global configuration; charon would have said that it has no connection."""
    end = facts.end(seen.side)
    router = end is not None and end.device.platform is Platform.CISCO_IOS
    if end is not None and end.keys and not end.connections:
        return False  # keys and nothing that uses them: a scrap of a configuration, which cannot show what is missing
    return router and facts.names_peer(seen.side) is False and seen.role is not Role.INITIATOR


def _unknown_to(facts: Facts, side: Side) -> Iterator[Clue]:
    """This end's configuration was read and no connection names the other end, which has one for this end."""
    mine, theirs = facts.end(side), facts.end(side.other)
    if mine is None or theirs is None or facts.names_peer(side) is not False or side is facts.initiator:
        return
    if facts.passed >= Stage.AUTH:
        return
    wanted = facts.meant(side.other)
    if facts.meant(side) or not wanted or facts.shares_selectors:
        return
    evidence = lines(*(c.address_source or c.source for c in (*(mine.connections or ()), *wanted)))
    yield Clue(
        Strength.STRONG,
        Witness.CONFIGS,
        evidence,
        f"No connection of {facts.name(side)} names {facts.name(side.other)}, which wants a tunnel with it: add one there.",
        change=change_of(side),
    )


@rule("ike-version-mismatch", Need.RESPONDER_LOG, Need.INITIATOR_LOG, Need.BOTH_CONFIGS)
def ike_version_mismatch(facts: Facts) -> Iterator[Testimony]:
    """One end speaks IKEv1 only, the other IKEv2 only.

    Seen: the responder refuses the version (INVALID_MAJOR_VERSION, or "no config found" although a connection for the
    address exists in the other version), or drops the message silently; both configurations name different versions.
    Mended: on either end, by the version of the other; IKEv2 where both can.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the IKE version that {peer} speaks: use one version, preferably IKEv2, on both."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        where = where_to_change(found)
        return f"{asks} speaks {found.offered}, {answers} only {found.accepted}: use one IKE version on both{where}."

    yield from reported(facts, "ike-version-mismatch", say, EventKind.VERSION_REFUSED)
    yield from reported(
        facts,
        "ike-version-mismatch",
        say,
        EventKind.NO_CONNECTION,
        where=lambda seen: _speaks_another_version(facts, seen) or bool(facts.mismatches(Aspect.VERSION)),
    )
    if facts.other_version:
        yield from reported(
            facts, "ike-version-mismatch", say, EventKind.PROPOSAL_REFUSED, EventKind.KEY_MISSING, strength=Strength.STRONG
        )
    yield from reported(
        facts,
        "ike-version-mismatch",
        lambda seen: (
            f"{facts.name(seen.side.other)} answered that it does not speak the IKE version of {facts.name(seen.side)}."
        ),
        EventKind.NOTIFY_RECEIVED,
        strength=Strength.STRONG,
        where=lambda seen: seen.event.notify == "INVALID_MAJOR_VERSION",
    )
    yield from replayed(facts, "ike-version-mismatch", differ, Aspect.VERSION)


@rule("exchange-mode-mismatch", Need.LOG, Need.BOTH_CONFIGS)
def exchange_mode_mismatch(facts: Facts) -> Iterator[Testimony]:
    """Main mode against aggressive mode (IKEv1); an IKE_SA with its first CHILD_SA against one without (IKEv2, RFC 6023).

    Seen: an end refuses the mode (aggressive mode disabled, or none of its connections allows it); or one end initiates a
    mode which the other's configuration does not accept; or one end insists on an IKE_SA without a CHILD_SA, or never does it.
    Mended: on the initiator by main mode; accepting aggressive mode with a pre-shared key exposes its hash to guessing.
    """

    def say(seen: Seen) -> str:
        me, peer = ends(facts, seen)
        return f"{me} refuses the exchange mode that {peer} uses: set both to main mode."

    def differ(replay: Negotiation, found: Mismatch) -> str:
        asks, answers = parties(facts, replay)
        where = where_to_change(found)
        if found.aspect is Aspect.CHILDLESS:
            return (
                f"{asks} and {answers} do not agree whether an IKE_SA comes up without a CHILD_SA (childless: {found.offered} "
                f"against {found.accepted}): let both allow it{where}."
            )
        return f"{asks} initiates in {found.offered}, {answers} accepts {found.accepted} only: use main mode on both{where}."

    if not facts.mismatches(Aspect.AUTH_METHOD) or facts.mismatches(Aspect.EXCHANGE_MODE):
        yield from reported(facts, "exchange-mode-mismatch", say, EventKind.MODE_REFUSED, change=lambda _: _who_changes(facts))
    yield from reported(
        facts,
        "exchange-mode-mismatch",
        say,
        EventKind.PEER_REFUSED,
        change=lambda _: _who_changes(facts),
        where=lambda seen: is_mode_or_auth(seen) and mode_is_refused(facts, seen) is True,
    )
    for clue in reported(facts, "exchange-mode-mismatch", say, EventKind.PEER_REFUSED, where=is_mode_or_auth):
        if not facts.connections(Side.LEFT) and not facts.connections(Side.RIGHT):
            yield replace(clue, strength=Strength.HINT, weight=0.45, attribute=None)
    aggressive = reported(
        facts, "exchange-mode-mismatch", say, EventKind.PEER_REFUSED, where=lambda s: _is_aggressive(facts, s)
    )
    yield from (replace(clue, strength=Strength.STRONG, weight=_AGGRESSIVE, attribute=None) for clue in aggressive)
    yield from replayed(facts, "exchange-mode-mismatch", differ, Aspect.EXCHANGE_MODE, Aspect.CHILDLESS)


def _who_changes(facts: Facts) -> Change:
    """Both where both are set to aggressive mode, which one of them does not do all the same."""
    insisting = [
        end.ike.initiates_mode is ExchangeMode.AGGRESSIVE for replay in facts.replays for end in (replay.left, replay.right)
    ]
    return Change.BOTH if insisting and all(insisting) else Change.EITHER


def is_mode_or_auth(seen: Seen) -> bool:
    """charon found a connection by address and identity, and says that its mode or its authentication method is another."""
    return seen.event.attribute == MODE_OR_AUTH


def is_in_main_mode(facts: Facts, seen: Seen) -> bool:
    """Main mode refused by an end of which no configuration was seen: hardly any end insists on aggressive mode."""
    return _unexplained(facts, seen) is ExchangeMode.MAIN


def _is_aggressive(facts: Facts, seen: Seen) -> bool:
    """Aggressive mode refused by an end of which no configuration was seen: main mode is what an end takes unless told."""
    return _unexplained(facts, seen) is ExchangeMode.AGGRESSIVE


def _unexplained(facts: Facts, seen: Seen) -> ExchangeMode | None:
    if not is_mode_or_auth(seen) or seen.exchange is None or facts.connections(seen.side):
        return None
    return _MODES.get(seen.exchange.kind)


def mode_is_refused(facts: Facts, seen: Seen) -> bool | None:
    """Whether it was the mode that this end's connections do not accept; None when its configuration does not tell."""
    if seen.exchange is None or seen.exchange.kind not in _MODES:
        return None
    accepted = {mode for connection in facts.connections(seen.side) or () for mode in connection.ike.accepts_modes}
    return _MODES[seen.exchange.kind] not in accepted if accepted else None

"""One end points at an address that is not the other end."""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.diagnose.addressing import is_translated
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.silence import first_unanswered, heard_by, misdirected, request_lines
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Side
from ipsecbot.negotiate.addresses import is_address, is_private, matches, named


@rule("wrong-peer-address", Need.BOTH_CONFIGS, Need.INITIATOR_LOG)
def wrong_peer_address(facts: Facts) -> Iterator[Testimony]:
    """One end points at an address that is not the other end.

    Seen: the peer address in one configuration is none of the addresses the other end owns, and nobody answers there.
    Mended: on that end, by the address of the other (`set peer` and the key's address on IOS, `remote_addrs` on strongSwan).
    """
    if facts.passed > Stage.START:
        yield Cleared("the ends have found each other")
        return
    for side in SIDES:
        yield from _speaks_from_another(facts, side)
    for side in SIDES:
        other, connections = facts.end(side.other), facts.connections(side)
        end = facts.end(side)
        if other is None or end is None or not other.addresses or not connections or heard_by(facts, side):
            continue
        if set(end.addresses) & set(other.addresses) or is_translated(facts.tunnel, side.other):
            continue  # one file for both ends, so whose address is whose was guessed; or the other end shows under another
        if side.other is facts.initiator and not facts.shares_selectors:
            continue  # it waits for somebody else: no-config-for-peer
        owns = (*other.addresses, *speaks_from(facts, side.other))
        if any(_could_be(pattern, owns) for connection in connections for pattern in connection.remote_addresses):
            continue
        if speaks_from(facts, side.other) == () and _shows_only_tunnels(facts, side.other):
            continue  # the interface it speaks from is not shown with its address
        pointed = ", ".join(dict.fromkeys(a for connection in connections for a in connection.remote_addresses))
        speaks = speaks_from(facts, side.other)
        owned = ", ".join(speaks or other.addresses)
        me, peer = facts.name(side), facts.name(side.other)
        yield Clue(
            Strength.STRONG,
            Witness.CONFIGS,
            lines(*(connection.address_source or connection.source for connection in connections)),
            f"{me} points at {pointed or 'nobody'}, but {peer} has {owned}: correct the peer address on {me}.",
            change=change_of(side),
            offered=pointed,
            accepted=owned,
        )
    yield from _asked_elsewhere(facts)


def _asked_elsewhere(facts: Facts) -> Iterator[Clue]:
    """The first message went to an address that the other end does not have, and no configuration tells more."""
    for attempt in first_unanswered(facts):
        side, asked = attempt.side, attempt.exchange.remote
        other = facts.end(side.other)
        if facts.connections(side) or other is None or asked is None or not misdirected(facts, attempt):
            continue
        if is_private(asked) or not any(is_address(own) and not is_private(own) for own in other.addresses):
            continue  # it may be translated on the way
        me, peer, owned = facts.name(side), facts.name(side.other), ", ".join(other.addresses)
        headline = f"{me} asks {asked}, but {peer} has {owned}: correct the peer address on {me}."
        yield Clue(
            Strength.STRONG,
            Witness.INITIATOR,
            request_lines(attempt),
            headline,
            change=change_of(side),
            offered=asked,
            accepted=owned,
        )


def _speaks_from_another(facts: Facts, side: Side) -> Iterator[Clue]:
    """The peer names an address that this end owns, but this end's connection speaks from another one."""
    end = facts.end(side)
    for pairing in (facts.tunnel.pairings or ())[:1]:
        mine, yours = (pairing.left, pairing.right) if side is Side.LEFT else (pairing.right, pairing.left)
        if end is None or len(mine.local_addresses) != 1 or not set(yours.remote_addresses) & set(end.addresses):
            continue
        speaks = mine.local_addresses[0]
        if matches(yours.remote_addresses, speaks) or named(yours.remote_addresses):
            continue
        expected = next(address for address in yours.remote_addresses if address in end.addresses)
        me, peer = facts.name(side), facts.name(side.other)
        yield Clue(
            Strength.STRONG,
            Witness.CONFIGS,
            lines(mine.address_source or mine.source, yours.address_source or yours.source),
            f"{me} speaks from {speaks}, but {peer} expects {expected}, which is {me} too: let {me} speak from {expected}.",
            change=change_of(side),
            offered=speaks,
            accepted=expected,
        )


def speaks_from(facts: Facts, side: Side) -> tuple[str, ...]:
    """The addresses that this end's connections name as their own."""
    return tuple(dict.fromkeys(a for c in facts.connections(side) or () for a in c.local_addresses if is_address(a)))


def _shows_only_tunnels(facts: Facts, side: Side) -> bool:
    """Every connection is a tunnel interface, and its inner address is all that is known of this end."""
    connections = facts.connections(side) or ()
    return bool(connections) and all(c.interface is not None and c.interface == c.name for c in connections)


def _could_be(pattern: str, addresses: tuple[str, ...]) -> bool:
    """Whether a peer address names one of these; a host name is not looked up, so it might."""
    return any(matches((pattern,), address) for address in addresses) or bool(named((pattern,)))

"""What a configuration itself shows: a route that is not there, a filter in the way, certificates that it names and lacks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ipsecbot.diagnose.addressing import addresses_of
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Witness, rule
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.selectors import TrafficSelector
from ipsecbot.model.surroundings import Address, Filter, FilterRule, Surroundings
from ipsecbot.negotiate.addresses import is_address

_ESP, _UDP = 50, 17
_IKE, _ENCAPSULATED = 500, 4500
_BY_TABLE = 0.85  # the router was asked for this very address
_BY_CONFIGURATION = 0.6
_DENIED = 0.7


def _around(facts: Facts, side: Side) -> Surroundings:
    end = facts.end(side)
    return end.around if end is not None else Surroundings()


def _peers(facts: Facts, side: Side) -> tuple[Address, ...]:
    return tuple(ip_address(one) for one in sorted(addresses_of(facts.tunnel, side.other)) if is_address(one))


@rule("no-route", Need.AROUND)
def no_way_to_the_peer(facts: Facts) -> Iterator[Clue]:
    """A router has no way to the other end at all.

    Seen: asked for the peer's address, its forwarding table has none; or its whole configuration has neither a default route
    nor one to the peer, and nothing by which it could learn one.
    Mended: on that router, by a route to the peer (or a default route) out of the outside interface.
    """
    if facts.passed > Stage.START:
        return
    for side in SIDES:
        around, peers = _around(facts, side), _peers(facts, side)
        if not peers or any(connection.vrf for connection in facts.connections(side) or ()):
            continue  # another table leads there
        asked = [one for one in around.lookups if is_address(one.address) and ip_address(one.address) in peers]
        name = facts.name(side)
        if asked:
            lost = [one for one in asked if one.network is None]
            if len(lost) == len(asked):
                headline = f"{name} has no way to {lost[0].address}: add a route to it, or a default route."
                evidence = lines(*(one.source for one in lost))
                yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(side), weight=_BY_TABLE)
            continue
        routes = around.configured_routes
        if not routes or around.learns_routes is not None or around.routes is not None:
            continue
        if not any(peer.version == route.network.version and peer in route.network for peer in peers for route in routes):
            evidence = lines(*(route.source for route in routes if not route.connected), *(route.source for route in routes))[
                :3
            ]
            headline = f"{name} configures no route to {peers[0]} and no default route, and learns none: add one."
            weight = _BY_CONFIGURATION
            yield Clue(Strength.HINT, Witness.CONFIG, evidence, headline, change=change_of(side), weight=weight)


@rule("peer-unreachable", Need.AROUND)
def ike_denied_by_configuration(facts: Facts) -> Iterator[Clue]:
    """The inbound access list of the outside interface does not let IKE in.

    Seen: by that list, in order, UDP 500 from the peer to this end is denied (at its end everything is), and no negotiation
    gets anywhere.
    Mended: on that end, by permitting UDP 500, 4500 and ESP from the peer before the entry that denies them.
    """
    if facts.passed > Stage.START:
        return
    for side in SIDES:
        for known, entry in _denied(facts, side, _UDP, _IKE):
            headline = (
                f"Access list {known.name} on {known.interface} of {facts.name(side)} does not let IKE (UDP 500) from the peer "
                "in: permit it there."
            )
            evidence = lines(known.source, entry)
            yield Clue(Strength.STRONG, Witness.CONFIG, evidence, headline, change=change_of(side), weight=_DENIED)


@rule("esp-blocked", Need.AROUND)
def esp_denied_by_configuration(facts: Facts) -> Iterator[Clue]:
    """The inbound access list of the outside interface lets IKE in, but not ESP.

    Seen: by that list ESP from the peer is denied, and so is UDP 4500, in which it could be encapsulated; nothing was
    decrypted.
    Mended: on that end, by permitting ESP from the peer before the entry that denies it.
    """
    for side in SIDES:
        if facts.state(side).packets_in or list(_denied(facts, side, _UDP, _IKE)):
            continue
        if not list(_denied(facts, side, _UDP, _ENCAPSULATED)):
            continue
        for known, entry in _denied(facts, side, _ESP, None):
            headline = (
                f"Access list {known.name} on {known.interface} of {facts.name(side)} lets IKE in, but not ESP from the peer: "
                "permit protocol 50 there."
            )
            evidence = lines(known.source, entry)
            strength = Strength.STRONG if facts.is_up else Strength.HINT
            weight = _DENIED if facts.is_up else _BY_CONFIGURATION
            yield Clue(strength, Witness.CONFIG, evidence, headline, change=change_of(side), weight=weight)


def _denied(facts: Facts, side: Side, protocol: int, port: int | None) -> Iterator[tuple[Filter, Source | None]]:
    """The inbound lists of the interface this end speaks from that drop such packets of the peer, with the entry that does."""
    own = {ip_address(one) for one in addresses_of(facts.tunnel, side) if is_address(one)}
    for known in _around(facts, side).filters:
        mine = own & {ip_address(one) for one in known.addresses if is_address(one)}
        for peer in _peers(facts, side)[:1]:
            for address in sorted(mine, key=str)[:1]:
                verdict = permits(known, peer, address, protocol, port) if known.inbound else None
                if verdict is not None and not verdict[0]:
                    yield known, verdict[1]


def permits(
    known: Filter, origin: Address, target: Address, protocol: int, port: int | None
) -> tuple[bool, Source | None] | None:
    """Whether a filter lets such a packet pass, and the entry that decides; None where one before it was not understood."""
    if not known.rules:
        return None  # not shown; one without entries drops nothing
    for entry in known.rules:
        if entry.pairs is None:
            return None
        if _fits(entry, origin, target, protocol, port):
            return entry.permit, entry.source
    return False, None


def _fits(entry: FilterRule, origin: Address, target: Address, protocol: int, port: int | None) -> bool:
    return any(
        _holds(pair.local, origin, protocol, port) and _holds(pair.remote, target, protocol, port) for pair in entry.pairs or ()
    )


def _holds(selector: TrafficSelector, address: Address, protocol: int, port: int | None) -> bool:
    network = selector.network
    if network is None or network.version != address.version or address not in network:
        return False
    if selector.protocol not in (0, protocol):
        return False
    return port is None or selector.first_port <= port <= selector.last_port


@rule("cert-missing", Need.CONFIG)
def trustpoint_missing(facts: Facts) -> Iterator[Clue]:
    """IOS: the profile names a trustpoint that is not there.

    Seen: the whole configuration has no trustpoint of that name, and the connection authenticates by certificates.
    Mended: on that router, by the trustpoint and an enrolment, or by naming the one that is there.
    """
    yield from _credential(facts, "is not defined", "define it and enrol")


@rule("cert-untrusted", Need.CONFIG)
def authority_missing(facts: Facts) -> Iterator[Clue]:
    """IOS: the trustpoint of a profile knows no authority.

    Seen: its certificate chain is in the configuration, without a certificate of the authority.
    Mended: on that router, by `crypto pki authenticate`.
    """
    yield from _credential(facts, "has no certificate of its authority", "authenticate it")


def _credential(facts: Facts, words: str, mend: str) -> Iterator[Clue]:
    if facts.passed >= Stage.CHILD or facts.is_up:
        return
    for side in SIDES:
        for connection in facts.connections(side) or ():
            if AuthMethod.PUBKEY not in (connection.ike.local_auth, connection.ike.remote_auth):
                continue
            for what, source in connection.ike.credential_problems:
                if words in what:
                    headline = f"On {facts.name(side)} {what}: {mend} there."
                    yield Clue(
                        Strength.STRONG,
                        Witness.CONFIG,
                        lines(source),
                        headline,
                        change=change_of(side),
                        weight=_BY_CONFIGURATION,
                    )

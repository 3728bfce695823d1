"""Beside the tunnel: routes, translation, filters, forwarding and packet sizes on either end, and networks that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from ipsecbot.diagnose.addressing import addresses_of
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.rules.filtered import carries_tunnel
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Change, Side, Source
from ipsecbot.model.selectors import SelectorPair, mirrored
from ipsecbot.model.surroundings import Flow, Network, Ping, Surroundings
from ipsecbot.negotiate.addresses import is_address

_LARGE = 1000  # bytes; a ping of the usual size is 56 or 100
_EXCERPT = 0.4  # a table of which only a part was shown
_RULES_ALONE = 0.72  # the rules say so, and no packet was seen
_AS_MANY = 0.65  # as many dropped as decrypted
_NOBODYS = 0.3  # counted, and not known to be this tunnel's


def _around(facts: Facts, side: Side) -> Surroundings:
    end = facts.end(side)
    return end.around if end is not None else Surroundings()


def _protected(facts: Facts, side: Side) -> tuple[SelectorPair, ...]:
    """What this end protects with the other, as far as it names networks at all."""
    mine = [pair for sa in facts.state(side).children or () for pair in sa.selectors]
    mine += [p for connection in facts.connections(side) or () for child in connection.children for p in child.selectors or ()]
    theirs = [pair for sa in facts.state(side.other).children or () for pair in sa.selectors]
    # what only the other end asks for is exempted nowhere: that is no fault of this end's translation
    every = dict.fromkeys(mine or (mirrored(pair) for pair in theirs))
    return tuple(pair for pair in every if _is_specific(pair))


def _is_specific(pair: SelectorPair) -> bool:
    return all(end.network is not None and end.network.prefixlen for end in (pair.local, pair.remote))


def _overlap(one: Network | None, other: Network | None) -> bool:
    return one is not None and other is not None and one.version == other.version and one.overlaps(other)


def _is_host(network: Network) -> bool:
    return network.prefixlen == network.max_prefixlen


def _is_within(one: Network, other: Network | None) -> bool:
    return _overlap(one, other) and other is not None and one.prefixlen >= other.prefixlen


def _is_of(flow: Flow, pair: SelectorPair) -> bool:
    """Whether packets of this flow belong into the tunnel, going out."""
    return _is_within(flow.origin, pair.local.network) and _is_within(flow.destination, pair.remote.network)


def _passes(facts: Facts, side: Side) -> bool:
    """Packets are protected and come back."""
    state = facts.state(side)
    return bool(state.packets_out) and bool(state.packets_in)


@rule("nat-before-ipsec", Need.AROUND, Need.CONFIG, Need.CHILD_SAS)
def nat_before_ipsec(facts: Facts) -> Iterator[Testimony]:
    """Packets are translated before they are looked at for IPsec, and so match no selector any more.

    Seen: the translation table holds flows between the protected networks; or the first rule of the source translation that
    covers them is one that translates. Packets may be decrypted while none is encrypted.
    Mended: on that end, by an exemption (deny, ACCEPT, `--pol ipsec`) before the rule that translates; then clear the table.
    """
    for side in SIDES:
        around, pairs = _around(facts, side), _protected(facts, side)
        if facts.state(side).packets_out:
            if around.translations or around.translated:
                yield Cleared(f"{facts.name(side)} encrypts packets of the protected networks")
            continue
        name = facts.name(side)
        seen = [flow for flow in around.translated if any(_is_of(flow, pair) for pair in pairs)]
        rules = [rule for pair in pairs if (rule := _first_translation(around, pair)) is not None]
        headline = (
            f"{name} translates packets between the protected networks before it looks for IPsec: exempt them from NAT first."
        )
        if seen:
            evidence = lines(*(flow.source for flow in seen[:2]), *(one.source for one in rules[:2]))
            yield Clue(Strength.PROOF, Witness.STATE, evidence, headline, change=change_of(side))
        elif rules:
            evidence = lines(*(one.source for one in rules[:3]))
            yield Clue(Strength.STRONG, Witness.CONFIG, evidence, headline, change=change_of(side), weight=_RULES_ALONE)


def _first_translation(around: Surroundings, pair: SelectorPair) -> Flow | None:
    """The rule that translates this pair's packets; None when the first that covers them exempts them, or none does."""
    for one in around.translations:
        # a translation of one host says nothing about the rest of its network
        whole = _is_within(pair.local.network, one.flow.origin) if _is_host(one.flow.origin) and pair.local.network else True
        if whole and _overlap(one.flow.origin, pair.local.network) and _overlap(one.flow.destination, pair.remote.network):
            return None if one.exempt else one.flow
    return None


@rule("no-route", Need.AROUND, Need.CONFIG, Need.CHILD_SAS, Need.LOG)
def no_route(facts: Facts) -> Iterator[Testimony]:
    """The routing table has no way to the other end or to the networks behind it.

    Seen: the table was shown, has no default route, and covers neither the peer nor the protected remote networks; a crypto
    map is never asked, because the packets are dropped before.
    Mended: on that end, by a route (or a default route) that leads out of the interface with the crypto map, or into the
    tunnel interface.
    """
    for side in SIDES:
        around = _around(facts, side)
        if around.routes is None or _passes(facts, side):
            continue
        missing = [target for target in _targets(facts, side) if not any(_overlap(target, r.network) for r in around.routes)]
        if not missing or (not around.routes and around.no_default is None):
            continue
        whole = around.no_default is not None
        named = ", ".join(dict.fromkeys(str(target) for target in missing))
        evidence = lines(around.no_default, *(route.source for route in around.routes[:2]))
        yield Clue(
            Strength.STRONG if whole else Strength.HINT,
            Witness.STATE,
            evidence,
            f"{facts.name(side)} has no route to {named}: add one that leads to the peer or into the tunnel.",
            change=change_of(side),
            weight=0.0 if whole else _EXCERPT,
        )


def _targets(facts: Facts, side: Side) -> tuple[Network, ...]:
    """The peer, and what is behind it."""
    peers = [ip_network(address) for address in sorted(addresses_of(facts.tunnel, side.other)) if is_address(address)]
    remote = [pair.remote.network for pair in _protected(facts, side) if pair.remote.network is not None]
    return tuple(dict.fromkeys((*peers, *remote)))


@rule("subnet-overlap", Need.AROUND, Need.CONFIG, Need.CHILD_SAS)
def subnet_overlap(facts: Facts) -> Iterator[Testimony]:
    """Both sites, or two tunnels of one end, use overlapping networks.

    Seen: local and remote network of a pair are the same; the remote network is also directly connected; or two tunnels to
    different peers protect overlapping networks and the packets of one go into the other.
    Mended: by renumbering or translating one site; between two tunnels by putting the more specific entry first.
    """
    for side in SIDES:
        yield from _same_on_both_sites(facts, side)
        yield from _taken_by_another(facts, side)


def _same_on_both_sites(facts: Facts, side: Side) -> Iterator[Clue]:
    around = _around(facts, side)
    for pair in _protected(facts, side):
        local, remote = pair.local.network, pair.remote.network
        connected = [route for route in around.routes or () if route.connected and _is_within(route.network, remote)]
        is_local = [route for route in connected if not _is_within(route.network, local) or local == remote]
        if local is None or remote is None or local.num_addresses == 1 or local.is_multicast:
            continue
        if local != remote and not is_local:
            continue
        if _passes(facts, side):
            return
        evidence = lines(
            pair.local.source, pair.remote.source, *(route.source for route in is_local[:2]), *_of_state(facts, side)
        )
        headline = f"The network {remote} that {facts.name(side)} expects behind the peer is also on its own site: "
        yield Clue(
            Strength.STRONG, Witness.CONFIG, evidence, f"{headline}renumber or translate one of both.", change=Change.EITHER
        )
        return


def _of_state(facts: Facts, side: Side) -> tuple[Source, ...]:
    children = [child for connection in facts.connections(side) or () for child in connection.children]
    return lines(
        *(child.selector_source or child.source for child in children[:1]),
        *(sa.source for sa in (facts.state(side).children or ())[:1]),
    )


def _taken_by_another(facts: Facts, side: Side) -> Iterator[Clue]:
    """A flow that sends nothing although packets come in, while another tunnel's wider flow sends."""
    end, own = facts.end(side), facts.state(side).children or ()
    for idle in own:
        if idle.counters.packets_out != 0:
            continue
        for other in end.child_sas or () if end is not None else ():
            taken = other.remote != idle.remote and bool(other.counters.packets_out)
            if not taken or not any(_both_overlap(a, b) for a in idle.selectors for b in other.selectors):
                continue
            headline = (
                f"{facts.name(side)} sends what is meant for {idle.remote or 'this peer'} into its tunnel to {other.remote}: "
                "their networks overlap; put the more specific entry first, or exclude it from the other."
            )
            returning = bool(idle.counters.packets_in)
            yield Clue(
                Strength.STRONG if returning else Strength.HINT,
                Witness.STATE,
                lines(idle.source, other.source),
                headline,
                change=change_of(side),
                weight=0.78 if returning else 0.45,
            )
            return


def _both_overlap(one: SelectorPair, other: SelectorPair) -> bool:
    if not (_is_specific(one) and _is_specific(other)) or one == other:
        return False
    return _overlap(one.local.network, other.local.network) and _overlap(one.remote.network, other.remote.network)


@rule("firewall-drops-decrypted", Need.AROUND, Need.CONFIG, Need.CHILD_SAS)
def firewall_drops_decrypted(facts: Facts) -> Iterator[Testimony]:
    """A filter on one end drops packets of the protected networks, before or after IPsec.

    Seen: that end logs or counts drops between the protected networks.
    Mended: on that end, by permitting them (for instance by `--pol ipsec`, or in the access list of the interface).
    """
    for side in SIDES:
        around, pairs = _around(facts, side), _protected(facts, side)
        dropped = [flow for flow in around.dropped if not carries_tunnel(flow)]
        mine = [flow for flow in dropped if any(_is_of(flow, p) or _is_of(flow, mirrored(p)) for p in pairs)]
        name = facts.name(side)
        if mine:
            headline = (
                f"{name} drops packets between {mine[0].origin} and {mine[0].destination} in a filter: permit them there."
            )
            strength, weight = Strength.STRONG, 0.8 if facts.is_up else 0.65
            evidence = lines(*(flow.source for flow in mine[:3]))
            yield Clue(strength, Witness.STATE, evidence, headline, change=change_of(side), weight=weight)
        elif dropped and facts.is_up and not _passes(facts, side):
            evidence = lines(*(flow.source for flow in dropped[:2]))
            headline = f"{name} drops packets in a filter; see whether they are those of the tunnel."
            came = facts.state(side).packets_in
            as_many = bool(came) and any(flow.count is not None and flow.count >= (came or 0) for flow in dropped)
            strength, weight = (Strength.STRONG, _AS_MANY) if as_many else (Strength.HINT, _NOBODYS)
            yield Clue(strength, Witness.STATE, evidence, headline, change=change_of(side), weight=weight)


@rule("forwarding-disabled", Need.AROUND, Need.CONFIG, Need.CHILD_SAS)
def forwarding_disabled(facts: Facts) -> Iterator[Testimony]:
    """The host does not forward between its interfaces, or drops by reverse path.

    Seen: `net.ipv4.ip_forward = 0` (IOS: `no ip routing`) on an end that protects a network behind it; or the kernel logs
    martian sources of the protected networks.
    Mended: on that end, by `sysctl net.ipv4.ip_forward=1`, or `rp_filter` 0 or 2 for the interface.
    """
    for side in SIDES:
        around, pairs = _around(facts, side), _protected(facts, side)
        gateway = any(pair.local.network is not None and pair.local.network.num_addresses > 1 for pair in pairs)
        name = facts.name(side)
        if around.unforwarded and (gateway or not pairs) and not _passes(facts, side):
            strength = Strength.STRONG if facts.is_up else Strength.HINT
            headline = f"{name} does not forward packets between its interfaces: switch forwarding on there."
            weight = 0.0 if facts.is_up else 0.45
            yield Clue(strength, Witness.STATE, around.unforwarded[:2], headline, change=change_of(side), weight=weight)
        dropped = [flow for flow in around.martians if any(_is_of(flow, p) or _is_of(flow, mirrored(p)) for p in pairs)]
        if dropped:
            headline = f"{name} drops packets from {dropped[0].origin} by reverse-path filtering: loosen rp_filter there."
            yield Clue(
                Strength.STRONG, Witness.STATE, lines(*(flow.source for flow in dropped[:2])), headline, change=change_of(side)
            )


@rule("mtu-blackhole", Need.AROUND, Need.CHILD_SAS, Need.CONFIG, Need.LOG)
def mtu_blackhole(facts: Facts) -> Iterator[Testimony]:
    """Small packets pass the tunnel, large ones vanish.

    Seen: pings to one destination succeed small and fail large; or a device says that a packet was too big for the path.
    Mended: by clamping the TCP MSS (`ip tcp adjust-mss`, `--clamp-mss-to-pmtu`) and a smaller MTU on the tunnel; and by
    letting ICMP "fragmentation needed" through.
    """
    for side in SIDES:
        around = _around(facts, side)
        pair = _small_and_large(around.pings)
        if pair is not None:
            small, large = pair
            headline = (
                f"{facts.name(side)} reaches {small.destination} with {small.size} bytes and not with {large.size}: clamp the "
                "TCP MSS, and lower the MTU of the tunnel."
            )
            evidence = lines(small.source, large.source, *around.too_big[:1])
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=Change.EITHER, weight=0.82)
        elif around.too_big and facts.is_up:
            headline = f"{facts.name(side)} is told that packets are too big for the path: clamp the TCP MSS."
            yield Clue(Strength.HINT, Witness.STATE, around.too_big[:2], headline, change=Change.EITHER, weight=0.45)


def _small_and_large(pings: Iterable[Ping]) -> tuple[Ping, Ping] | None:
    """A ping that passed and a larger one to the same destination that did not."""
    known = [ping for ping in pings if ping.size is not None and ping.sent]
    for large in known:
        if large.received or (large.size or 0) < _LARGE:
            continue
        for small in known:
            if small.destination == large.destination and small.received and (small.size or 0) < (large.size or 0):
                return small, large
    return None

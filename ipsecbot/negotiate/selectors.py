"""Which traffic two ends agree to protect (RFC 7296 section 2.9; RFC 2409 section 5.5 for the proxy identities of IKEv1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_network

from ipsecbot.model.selectors import SelectorPair, TrafficSelector, mirrored
from ipsecbot.negotiate.addresses import is_address
from ipsecbot.negotiate.responder_rules import SelectorRule


@dataclass(frozen=True, slots=True)
class SelectorChoice:
    """`selected` and `refused` as the initiator writes them; `narrowed` when less was agreed than was offered."""

    selected: tuple[SelectorPair, ...]
    refused: tuple[SelectorPair, ...]
    narrowed: bool = False


def select(
    offered: tuple[SelectorPair, ...], configured: tuple[SelectorPair, ...], *, rule: SelectorRule, alone: bool
) -> SelectorChoice:
    """The responder's answer to what the initiator offers; `configured` as the responder writes it.

    `alone`: every offered pair is a negotiation of its own and can be refused by itself. Otherwise they are offered
    together, and one that fits is enough. No `dynamic` may be left in the pairs (see `resolved`).
    """
    ours = tuple(mirrored(pair) for pair in configured)
    exact = frozenset(ours)  # lists of hundreds of entries are mirror images of each other
    selected: dict[SelectorPair, None] = {}
    refused: list[SelectorPair] = []
    for pair in offered:
        agreed = (pair,) if pair in exact else _agreed(pair, ours, rule)
        selected.update(dict.fromkeys(agreed))
        if not agreed:
            refused.append(pair)
    if selected and not alone:
        refused = []
    return SelectorChoice(tuple(selected), tuple(refused), narrowed=bool(selected) and set(selected) != set(offered))


def select_lists(
    offered: tuple[SelectorPair, ...], configured: tuple[SelectorPair, ...], *, first_only: bool = False
) -> SelectorChoice:
    """`select` for a responder that narrows what is behind each end as a list of its own (charon's child_cfg).

    `first_only`: IKEv1 has room for one selector of each end.
    """
    ours = tuple(mirrored(pair) for pair in configured)
    local = _narrowed([pair.local for pair in ours], [pair.local for pair in offered])
    remote = _narrowed([pair.remote for pair in ours], [pair.remote for pair in offered])
    if first_only:
        local, remote = _of_first_word(local), _of_first_word(remote)
    selected = tuple(SelectorPair(mine, theirs) for mine in local for theirs in remote)
    return SelectorChoice(selected, () if selected else offered, narrowed=bool(selected) and set(selected) != set(offered))


def _narrowed(ours: list[TrafficSelector], offered: list[TrafficSelector]) -> list[TrafficSelector]:
    """Every overlap in the responder's order, without those that lie inside another."""
    found = [
        replace(both, word=own.word)
        for own in dict.fromkeys(ours)
        for one in dict.fromkeys(offered)
        if (both := overlap(one, own)) is not None
    ]
    unique = list(dict.fromkeys(found))
    return [one for one in unique if not any(other != one and overlap(one, other) == one for other in unique)]


def _of_first_word(selectors: list[TrafficSelector]) -> list[TrafficSelector]:
    return [one for one in selectors if one.word == selectors[0].word]


def overlap_score(offered: tuple[SelectorPair, ...], configured: tuple[SelectorPair, ...]) -> int:
    """How well a child fits what is offered: equal selectors count five times, earlier ones more; 0: not at all.

    Source: strongSwan 5.9.8, peer_cfg.c, `select_child_cfg`.
    """
    ours = tuple(mirrored(pair) for pair in configured)
    local = _score([pair.local for pair in ours], [pair.local for pair in offered])
    remote = _score([pair.remote for pair in ours], [pair.remote for pair in offered])
    return local + remote if local and remote else 0


def _score(ours: list[TrafficSelector], offered: list[TrafficSelector]) -> int:
    theirs = list(dict.fromkeys(offered))
    return sum(
        weight * (5 if own == one else 1)
        for weight, one in zip(range(len(theirs), 0, -1), theirs, strict=True)
        for own in dict.fromkeys(ours)
        if overlap(one, own) is not None
    )


def _agreed(pair: SelectorPair, ours: tuple[SelectorPair, ...], rule: SelectorRule) -> tuple[SelectorPair, ...]:
    overlaps = [overlap for overlap in (overlap_of_pairs(pair, own) for own in ours) if overlap is not None]
    if pair in overlaps:
        return (pair,)
    return () if rule is SelectorRule.WITHIN else tuple(dict.fromkeys(overlaps))


def overlap_of_pairs(one: SelectorPair, other: SelectorPair) -> SelectorPair | None:
    """The traffic in both pairs, written the same way round; None when there is none."""
    local, remote = overlap(one.local, other.local), overlap(one.remote, other.remote)
    return SelectorPair(local, remote) if local and remote else None


def overlap(one: TrafficSelector, other: TrafficSelector) -> TrafficSelector | None:
    """The traffic in both selectors; networks overlap only when one holds the other."""
    network = _smaller(one.network, other.network)
    if network is None or (one.protocol and other.protocol and one.protocol != other.protocol):
        return None
    first, last = max(one.first_port, other.first_port), min(one.last_port, other.last_port)
    if first > last:
        return None
    return TrafficSelector(network, one.protocol or other.protocol, first, last, source=one.source)


def _smaller(
    one: IPv4Network | IPv6Network | None, other: IPv4Network | IPv6Network | None
) -> IPv4Network | IPv6Network | None:
    if one is None or other is None or one.version != other.version or not one.overlaps(other):
        return None
    return one if one.prefixlen >= other.prefixlen else other


def resolved(pair: SelectorPair, local_address: str | None, remote_address: str | None) -> SelectorPair | None:
    """The pair with `dynamic` replaced by the ends' own addresses; None when such an address is not known."""
    local, remote = _fixed(pair.local, local_address), _fixed(pair.remote, remote_address)
    return SelectorPair(local, remote) if local and remote else None


def _fixed(selector: TrafficSelector, address: str | None) -> TrafficSelector | None:
    if selector.network is not None:
        return selector
    return replace(selector, network=ip_network(address)) if address is not None and is_address(address) else None


def between_hosts(pair: SelectorPair, local_address: str | None, remote_address: str | None) -> SelectorPair | None:
    """What transport mode leaves of a pair: the two peers themselves, None where the pair does not hold them."""
    if local_address is None or remote_address is None or not (is_address(local_address) and is_address(remote_address)):
        return None
    local, remote = ip_network(local_address), ip_network(remote_address)
    fixed = resolved(pair, local_address, remote_address)
    hosts = SelectorPair(replace(pair.local, network=local), replace(pair.remote, network=remote))
    return hosts if fixed is not None and overlap_of_pairs(fixed, hosts) == hosts else None


def is_between_hosts(pair: SelectorPair, local_address: str | None, remote_address: str | None) -> bool:
    """Whether the pair protects nothing but the two peers themselves, where transport mode is possible."""
    fixed = resolved(pair, local_address, remote_address)
    return fixed is not None and fixed == between_hosts(pair, local_address, remote_address)

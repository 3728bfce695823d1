"""Traffic that an end keeps out of its selectors (`deny` in a crypto access list).

Source: Cisco IOS Security Command Reference, `match address (IPSec)`: the peer's request has to name a data flow that the list
permits; what it denies goes to the next entry of the crypto map, and past the last one unprotected. The permitted entry is what
is offered and agreed, denied part and all: proxy identities are those of the permit entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.selectors import SelectorPair, mirrored
from ipsecbot.negotiate.party import Party
from ipsecbot.negotiate.selectors import SelectorChoice, overlap_of_pairs


def without_excluded(chosen: SelectorChoice, responder: ChildPolicy) -> SelectorChoice:
    """The answer of a responder that denies some of it: a pair of which nothing is permitted is refused."""
    denied = [mirrored(pair) for pair in responder.excluded]
    if not denied:
        return chosen
    refused = tuple(pair for pair in chosen.selected if any(overlap_of_pairs(pair, one) == pair for one in denied))
    kept = tuple(pair for pair in chosen.selected if pair not in refused)
    return SelectorChoice(kept, chosen.refused + refused, chosen.narrowed)


def sent_past(
    initiator: Party, responder: Party, mine: ChildPolicy, yours: ChildPolicy, agreed: tuple[SelectorPair, ...]
) -> Iterator[str]:
    """In words, what one end sends past the tunnel although both agreed to protect it and the other end does; `agreed` as the
    initiator writes it."""
    both = frozenset(mine.excluded) & frozenset(mirrored(pair) for pair in yours.excluded)
    for party, other, child, turned in ((initiator, responder, mine, False), (responder, initiator, yours, True)):
        for pair in child.excluded:
            as_agreed = mirrored(pair) if turned else pair
            if as_agreed not in both and any(overlap_of_pairs(as_agreed, one) is not None for one in agreed):
                yield f"{party.name} keeps {pair} out of this tunnel, which {other.name} sends through it"

"""When a difference that the first CHILD_SA hides will show.

IKEv2 makes the first CHILD_SA in IKE_AUTH, without a key exchange; forward secrecy is negotiated in CREATE_CHILD_SA only: at
the first rekey, and for every further child (RFC 7296 sections 1.2, 1.3 and 2.17). Which end starts that, and after how long,
is a matter of the lifetimes, so an end that accepts what it does not ask for itself can hide the difference for long.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import ChildNegotiation
from ipsecbot.model.tunnel import Pairing
from ipsecbot.negotiate.rekeying import span_words

Name = Callable[[Side], str]


def when_it_breaks(pairing: Pairing, name: Name) -> str | None:
    """One sentence or two about the first child that will be refused at a rekey; None when none will."""
    both = {replay.initiator: replay for replay in (pairing.left_initiates, pairing.right_initiates)}
    waiting = [child for replay in both.values() for child in replay.children if _is_late(child)]
    if not waiting:
        return None
    child = waiting[0]
    refused = tuple(side for side in Side if any(_is_late(one) for one in both[side].children if _same(one, child)))
    several = any(len(replay.children) > 1 for replay in both.values())
    asks = "" if len(refused) > 1 else f" when {name(refused[0])} asks for them"
    more = f" Of several children only the first of an IKE_SA comes up: the others are refused at once{asks}."
    return f"{_sentence(child, refused, name)}{more if several else ''}"


def _is_late(child: ChildNegotiation) -> bool:
    return any(found.late for found in child.mismatches)


def _same(one: ChildNegotiation, other: ChildNegotiation) -> bool:
    return (one.left_child, one.right_child) == (other.left_child, other.right_child)


def _sentence(child: ChildNegotiation, refused: tuple[Side, ...], name: Name) -> str:
    up = "The first CHILD_SA comes up, because IKE_AUTH carries no key exchange"
    times = child.rekeying
    after = {Side.LEFT: times.left, Side.RIGHT: times.right} if times is not None else {}
    starts = [side for side in Side if after.get(side) != timedelta(0)]
    known = all(after.get(side) is not None for side in starts)
    if not known or not starts:
        when = "when its keys are renewed" if starts else "when somebody renews its keys: neither end does by itself"
        return f"{up}; it breaks {when}."
    ordered = sorted(starts, key=lambda side: after[side] or timedelta(0))
    first, last = ordered[0], ordered[-1]
    told = {side: f"after {span_words(after[side] or timedelta(0))}{_sooner(child, side)}" for side in starts}
    if first != last and after[first] == after[last] and set(refused) == set(starts):
        return f"{up}; both ends renew its keys {told[first]}, and are refused."
    if first in refused:
        rest = "" if last in refused or first is last else f" ({name(last)} would not be, {told[last]})"
        return (
            f"{up}; {name(first)} renews its keys {told[first]} and is refused{rest}: traffic stops when the old keys expire."
        )
    late = f" ({told[last]})" if last is not first else ""
    other = f"it breaks when {name(first.other)} does so first{late}"
    return f"{up}; {name(first)} renews its keys {told[first]}, which works; {other}."


def _sooner(child: ChildNegotiation, side: Side) -> str:
    """Renewal by volume, or at a random moment before."""
    policy = child.left_child if side is Side.LEFT else child.right_child
    return " at the latest" if policy is not None and (_by_volume(policy) or _spreads(policy)) else ""


def _by_volume(policy: ChildPolicy) -> bool:
    if policy.byte_limit is not None:
        return policy.byte_limit.rekey > 0
    return bool(policy.lifetime_bytes)


def _spreads(policy: ChildPolicy) -> bool:
    return policy.time_limit is not None and policy.time_limit.spread > 0

"""Who replaces an SA first.

IKEv2 leaves lifetimes to each end (RFC 7296 section 2.8); IKEv1 sends one in the transform (RFC 2407 section 4.5.4, RFC 2409
appendix A). Two IOS routers both take the shorter one (Cisco IOS Security Command Reference, `lifetime (IKE policy)`, `crypto
ipsec security-association lifetime`); charon keeps its own timers ("received lifetime … does not match configured").
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.model.connection import ChildPolicy, IkePolicy
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Choice, Rekeying
from ipsecbot.negotiate.party import Party

_NEVER = timedelta(0)
_LONGEST = (1 << 32) - 1  # seconds; a margin longer than the lifetime wraps around to more than anybody waits
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def ike_rekeying(one: Party, other: Party, version: int | None, choice: Choice | None) -> Rekeying:
    """IKE_SA; where a policy of IKEv1 holds the lifetime, it is that of the transform agreed on."""
    left, right = (one, other) if one.side is Side.LEFT else (other, one)
    agreed = choice.selected.lifetime if choice is not None and choice.selected is not None and version == 1 else None
    own = [_of_ike(party.connection.ike) for party in (left, right)]
    mine, yours = (agreed if each is None else each for each in own)
    return _compared(mine, yours, shorter=version == 1 and _agree(one, other))


def child_rekeying(one: Party, other: Party, version: int, mine: ChildPolicy, yours: ChildPolicy) -> Rekeying:
    """CHILD_SA; `mine` is the child of `one`."""
    left, right = (mine, yours) if one.side is Side.LEFT else (yours, mine)
    return _compared(_of_child(left), _of_child(right), shorter=version == 1 and _agree(one, other))


def _of_ike(ike: IkePolicy) -> timedelta | None:
    """The sooner of rekeying and authenticating again, where an end has a time of its own for each."""
    if ike.times is None:
        return ike.lifetime
    return min((each for each in (ike.times.rekey, ike.times.reauthentication) if each), default=_NEVER)


def _of_child(child: ChildPolicy) -> timedelta | None:
    """When it is renewed, which can be long before it expires."""
    if child.time_limit is None:
        return child.lifetime
    return timedelta(seconds=min(child.time_limit.rekey, _LONGEST))


def _agree(one: Party, other: Party) -> bool:
    return one.rules.agrees_on_lifetime_v1 and other.rules.agrees_on_lifetime_v1


def _compared(left: timedelta | None, right: timedelta | None, *, shorter: bool) -> Rekeying:
    if shorter and left and right:
        left = right = min(left, right)
    if left is None or right is None or left == right:
        return Rekeying(left, right, None, together=left is not None and left == right and left != _NEVER)
    if _NEVER in (left, right):
        return Rekeying(left, right, Side.RIGHT if left == _NEVER else Side.LEFT)
    return Rekeying(left, right, Side.LEFT if left < right else Side.RIGHT)


def span_words(after: timedelta) -> str:
    """`1 h`, `54 min`, `3550 s`: the largest unit in which it is a whole number."""
    seconds = int(after.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"

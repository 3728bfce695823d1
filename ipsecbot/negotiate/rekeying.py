"""Who replaces an SA first.

IKEv2 leaves lifetimes to each end (RFC 7296 section 2.8); IKEv1 sends one in the transform (RFC 2407 section 4.5.4, RFC 2409
appendix A). Two IOS routers both take the shorter one (Cisco IOS Security Command Reference, `lifetime (IKE policy)`, `crypto
ipsec security-association lifetime`); charon keeps its own timers ("received lifetime … does not match configured").
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.model.connection import ChildPolicy
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Choice, Rekeying
from ipsecbot.negotiate.party import Party

_NEVER = timedelta(0)


def ike_rekeying(one: Party, other: Party, version: int | None, choice: Choice | None) -> Rekeying:
    """IKE_SA; where a policy of IKEv1 holds the lifetime, it is that of the transform agreed on."""
    left, right = (one, other) if one.side is Side.LEFT else (other, one)
    agreed = choice.selected.lifetime if choice is not None and choice.selected is not None and version == 1 else None
    mine, yours = left.connection.ike.lifetime or agreed, right.connection.ike.lifetime or agreed
    return _compared(mine, yours, shorter=version == 1 and _agree(one, other))


def child_rekeying(one: Party, other: Party, version: int, mine: ChildPolicy, yours: ChildPolicy) -> Rekeying:
    """CHILD_SA; `mine` is the child of `one`."""
    left, right = (mine, yours) if one.side is Side.LEFT else (yours, mine)
    return _compared(left.lifetime, right.lifetime, shorter=version == 1 and _agree(one, other))


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

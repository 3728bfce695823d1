"""Who replaces an SA first.

IKEv2 leaves lifetimes to each end (RFC 7296 section 2.8); IKEv1 sends one in the transform (RFC 2407 section 4.5.4, RFC 2409
appendix A), and the implementations here keep their own where it is the shorter one, so that the shorter end starts in both.
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Choice, Rekeying

_NEVER = timedelta(0)


def ike_rekeying(left: Connection, right: Connection, version: int | None, choice: Choice | None) -> Rekeying:
    """IKE_SA; where a policy of IKEv1 holds the lifetime, it is that of the transform agreed on."""
    agreed = choice.selected.lifetime if choice is not None and choice.selected is not None and version == 1 else None
    return _compared(left.ike.lifetime or agreed, right.ike.lifetime or agreed)


def child_rekeying(left: ChildPolicy, right: ChildPolicy) -> Rekeying:
    return _compared(left.lifetime, right.lifetime)


def _compared(left: timedelta | None, right: timedelta | None) -> Rekeying:
    if left is None or right is None or left == right:
        return Rekeying(left, right, None, together=left is not None and left == right and left != _NEVER)
    if _NEVER in (left, right):
        return Rekeying(left, right, Side.RIGHT if left == _NEVER else Side.LEFT)
    return Rekeying(left, right, Side.LEFT if left < right else Side.RIGHT)

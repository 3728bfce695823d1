"""What keeps an IKE_SA going: through a NAT, and when the peer falls silent.

Sources: RFC 3947, RFC 7296 section 2.23 (NAT traversal), section 2.4 and RFC 3706 (liveness: either end may probe, the other
only has to answer); swanctl.conf(5) `encap`, `dpd_delay`; Cisco IOS `crypto ipsec nat-transparency`, `crypto isakmp keepalive`,
`dpd` of an IKEv2 profile.
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Upkeep


def upkeep(left: Connection, right: Connection) -> Upkeep:
    """Neither of these can be refused: an end that does not traverse or probe just leaves it."""
    ends = ((Side.LEFT, left.ike), (Side.RIGHT, right.ike))
    able = [ike.nat_traversal for _, ike in ends]
    traverses = False if False in able else None if None in able else True
    forcing = tuple(side for side, ike in ends if ike.force_encapsulation)
    unknown = any(ike.force_encapsulation is None for _, ike in ends)
    encapsulated = traverses if forcing else None if unknown else False
    probes = tuple(side for side, ike in ends if ike.dpd_interval is not None and ike.dpd_interval > timedelta(0))
    return Upkeep(encapsulated, traverses, forcing, probes)

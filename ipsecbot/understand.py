"""Snapshots → what is known of one tunnel. A live device, a recorded one and pasted text take this same road."""

from __future__ import annotations

from collections.abc import Mapping

from ipsecbot.inventory.entries import TunnelEntry
from ipsecbot.ladder.climb import climb
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import Ladder
from ipsecbot.model.snapshot import Snapshot
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.meeting import meeting_addresses
from ipsecbot.negotiate.orientation import oriented
from ipsecbot.negotiate.pairing import pair
from ipsecbot.parse.endpoint import read_endpoint


def understand(entry: TunnelEntry, snapshots: Mapping[Side, Snapshot], *, triggered: bool = False) -> Tunnel:
    """What the snapshots say about one tunnel. A peer that cannot be asked has no snapshot on the right."""
    left = read_endpoint(snapshots[Side.LEFT])
    right = read_endpoint(snapshots[Side.RIGHT]) if Side.RIGHT in snapshots else None
    told = [end.address for end in entry.ends] + [None]
    return join(entry.name, left, right, told[0], told[1], triggered=triggered)


def join(
    name: str,
    left: Endpoint,
    right: Endpoint | None,
    left_told: str | None = None,
    right_told: str | None = None,
    *,
    triggered: bool = False,
    ladder: Ladder | None = None,
) -> Tunnel:
    """Two ends, or one, as one tunnel. `left_told`, `right_told`: the addresses at which they speak IKE, where known.
    `ladder`: of these very ends, where it was climbed before."""
    if right is not None:
        left, right = oriented(left, right)
    left_address, right_address = meeting_addresses(left, right, left_told, right_told)
    both_known = right is not None and left.connections is not None and right.connections is not None
    return Tunnel(
        name=name,
        left=left,
        right=right,
        left_address=left_address,
        right_address=right_address,
        ladder=climb(event for end in (left, right) if end is not None for event in end.events or ())
        if ladder is None
        else ladder,
        pairings=pair(left, right, left_address, right_address) if right is not None and both_known else None,
        triggered=triggered,
    )

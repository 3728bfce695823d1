"""At which addresses two ends mean to meet, where the inventory does not say."""

from __future__ import annotations

from ipsecbot.model.tunnel import Endpoint


def meeting_addresses(
    left: Endpoint, right: Endpoint | None, left_told: str | None, right_told: str | None
) -> tuple[str | None, str | None]:
    """(left address, right address) between which the two ends speak IKE; None where nothing tells.

    What the inventory tells stands. Else the pair of own addresses that most connections of the two ends name for each
    other wins; with nothing naming anything, an only address is taken.
    """
    if right is None:
        return left_told or _only(left.addresses), right_told
    mine = (left_told,) if left_told else left.addresses
    yours = (right_told,) if right_told else right.addresses
    named = [(_names(left, a, b) + _names(right, b, a), -number, a, b) for number, (a, b) in enumerate(_pairs(mine, yours))]
    best = max(named, default=None)
    if best is None or best[0] == 0:
        return left_told or _only(left.addresses), right_told or _only(right.addresses)
    return best[2], best[3]


def _pairs(mine: tuple[str, ...], yours: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(a, b) for a in mine for b in yours if (":" in a) is (":" in b)]


def _names(end: Endpoint, own: str, peer: str) -> int:
    """How many connections of `end` name `peer`; one that also starts from `own` counts twice."""
    return sum(
        1 + (own in connection.local_addresses) for connection in end.connections or () if peer in connection.remote_addresses
    )


def _only(addresses: tuple[str, ...]) -> str | None:
    return addresses[0] if len(addresses) == 1 else None

"""Events of one or two ends become the ladder: every negotiation, its messages by name, where it stopped and how."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ipsecbot.ladder.associations import Association, associate
from ipsecbot.ladder.implied import implied
from ipsecbot.ladder.naming import UNNAMED
from ipsecbot.ladder.order import by_device
from ipsecbot.ladder.slots import Slot, cut
from ipsecbot.ladder.verdict import child_outcome, outcome_of
from ipsecbot.model.exchange import Exchange, ExchangeKind, Ladder, LogEvent


def climb(events: Iterable[LogEvent]) -> Ladder:
    """The ladder of the events of one or several devices, in any order of devices and outputs.

    Each exchange keeps its device; an event is in exactly one exchange or loose. Exchanges come oldest first where
    all of them tell a comparable time, else device by device.
    """
    exchanges: list[Exchange] = []
    loose: list[LogEvent] = []
    gathered = [(device, *associate(mine)) for device, mine in by_device(events).items()]
    versions = {association.version for _, found, _ in gathered for association in found} - {None}
    for device, associations, rest in gathered:
        loose += rest
        for association in associations:
            if association.version is None and len(versions) == 1:
                association.version = next(iter(versions))  # a scrap of a log: both ends speak one version
        exchanges += [_exchange(device, association, slot) for association in associations for slot in cut(association)]
    starts = [exchange.started_at for exchange in exchanges if exchange.started_at is not None]
    if len(starts) == len(exchanges) and len({start.tzinfo is None for start in starts}) == 1:
        exchanges.sort(key=lambda exchange: exchange.started_at or datetime.min)
    return Ladder(tuple(exchanges), tuple(loose))


def _exchange(device: str, association: Association, slot: Slot) -> Exchange:
    outcome = outcome_of(slot)
    version = association.version or (2 if slot.kind is ExchangeKind.IKEV2 else 1)
    return Exchange(
        device=device,
        ike_version=version,
        kind=slot.kind,
        role=slot.role if slot.child and slot.role else association.role,
        local=association.local,
        remote=association.remote,
        messages=tuple(slot.messages),
        events=tuple(slot.events),
        reached=_reached(slot, version),
        outcome=outcome,
        context=association.context,
        started_at=next((event.at for event in slot.events if event.at is not None), None),
        child=child_outcome(slot, outcome),
    )


def _reached(slot: Slot, version: int) -> str | None:
    """The last message that took the negotiation further (a notify that ends it did not); where the text shows decisions
    but no messages, the message that the last decision is about."""
    if slot.kind is ExchangeKind.INFORMATIONAL:
        return slot.names[-1] if slot.names else None
    names = [name for name in slot.names if not name.startswith("INFORMATIONAL") and name != UNNAMED]
    return names[-1] if names else implied(slot, version)

"""Events of one device in the order in which they happened, each once, however often and where they were recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ipsecbot.ladder.vocabulary import WIRE
from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, LogEvent

_NOWHERE = Source("", "", 0, 0)


def by_device(events: Iterable[LogEvent]) -> dict[str, tuple[LogEvent, ...]]:
    """The events of each device in order, devices in order of appearance."""
    found: dict[str, list[LogEvent]] = {}
    for event in events:
        found.setdefault(event.source.device, []).append(event)
    return {device: in_order(mine) for device, mine in found.items()}


def in_order(events: list[LogEvent]) -> tuple[LogEvent, ...]:
    """One device's events. Within one output the text's order counts, between outputs the time, where all of them tell it."""
    outputs: dict[str, list[LogEvent]] = {}
    for event in events:
        outputs.setdefault(event.source.output, []).append(event)
    texts = _without_copies([_without_echoes(mine) for mine in outputs.values()])
    timed = [_timed(mine) for mine in texts]
    merged = [entry for entries in timed for entry in entries]
    times = [at for at, _ in merged]
    if all(at is not None for at in times) and len({at.tzinfo is None for at in times if at is not None}) == 1:
        merged.sort(key=lambda entry: entry[0] or datetime.min)
    return tuple(event for _, event in merged)


def _timed(events: list[LogEvent]) -> list[tuple[datetime | None, LogEvent]]:
    """Each event with its own time, or that of the line before it; a first line without time takes the first time there is."""
    latest = next((event.at for event in events if event.at is not None), None)
    entries = []
    for event in events:
        latest = event.at or latest
        entries.append((latest, event))
    return entries


def _without_copies(texts: list[list[LogEvent]]) -> list[list[LogEvent]]:
    """Drop from later outputs what an earlier one holds already: a log buffer and a monitored debug show the same lines."""
    seen: Counter[tuple[object, ...]] = Counter()
    kept = []
    for events in texts:
        here: Counter[tuple[object, ...]] = Counter()
        fresh = []
        for event in events:
            signature = (event.kind, event.at, event.source.text.strip(), event.name, event.detail)
            here[signature] += 1
            if event.at is None or here[signature] > seen[signature]:
                fresh.append(event)
        seen |= here
        kept.append(fresh)
    return kept


def _without_echoes(events: list[LogEvent]) -> list[LogEvent]:
    """Drop a message that a host's journal and syslog both wrote down: the same twice, with nothing of the peer between."""
    kept: list[LogEvent] = []
    since: dict[datetime | None, list[LogEvent]] = {}  # by moment: what one direction says may go on for days
    before: EventKind | None = None
    for event in events:
        if event.kind in WIRE:
            bare = replace(event, source=_NOWHERE, context=None)
            if event.at is not None and event.payloads and bare in since.get(event.at, ()):
                continue
            if before is not event.kind:
                since, before = {}, event.kind
            since.setdefault(event.at, []).append(bare)
        kept.append(event)
    return kept

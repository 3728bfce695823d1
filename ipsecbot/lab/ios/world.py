"""The world of the emulated routers: one virtual clock, one heap of events, and the path between them with its faults.

Nothing here waits: `run` works the events off at once (unit tests, dumps), and the SSH laboratory plays the same heap in real
time (`lab.py`). Time stamps that the routers print are virtual.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

MILLISECOND = timedelta(milliseconds=1)
ESP_PORT = -50  # ESP has no ports: the path's faults know it by this number


@dataclass(frozen=True, slots=True)
class Packet:
    """One datagram. Ports 500 and 4500 carry IKE; ESP_PORT marks plain ESP; `payload` is the simulated message."""

    source: str
    destination: str
    source_port: int
    destination_port: int
    payload: object


@dataclass(frozen=True, slots=True)
class Nat:
    """A translator in front of one router: `inside` is the router's own address, `outside` what the world sees."""

    inside: str
    outside: str


@dataclass(frozen=True, slots=True)
class PathFaults:
    """What is wrong between the routers. `down`: names of routers that are off the network."""

    drop_ports: frozenset[int] = frozenset()
    drop_esp: bool = False
    down: frozenset[str] = frozenset()
    nat: tuple[Nat, ...] = ()
    latency_ms: int = 6


class Node(Protocol):
    """A router as the world sees it."""

    @property
    def name(self) -> str: ...

    def owns(self, address: str) -> bool: ...

    def receive(self, packet: Packet) -> None: ...


@dataclass(order=True, slots=True)
class Timer:
    """One event to come; `cancel` makes it a no-op."""

    due: datetime
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class World:
    """`seed` makes SPIs, cookies and the pace of the lines repeatable."""

    def __init__(self, *, faults: PathFaults | None = None, start: datetime | None = None, seed: int = 1) -> None:
        self.faults = faults or PathFaults()
        self.now = start or datetime(2026, 3, 11, 8, 41, 6, 215000)
        self.random = random.Random(seed)
        self.nodes: list[Node] = []
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._last_on: dict[tuple[str, str], datetime] = {}

    def after(self, delay: timedelta, action: Callable[[], None]) -> Timer:
        timer = Timer(self.now + delay, next(self._order), action)
        heapq.heappush(self._heap, timer)
        return timer

    def elapse(self, milliseconds: float) -> None:
        """Lets time pass inside an event: computing a key, writing a line."""
        self.now += milliseconds * MILLISECOND

    @property
    def next_due(self) -> datetime | None:
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def step(self) -> bool:
        """Works off the next event; False when there is none."""
        if self.next_due is None:
            return False
        timer = heapq.heappop(self._heap)
        self.now = max(self.now, timer.due)
        timer.action()
        return True

    def run(self, limit: timedelta = timedelta(minutes=3)) -> None:
        """Works off every event that is due within `limit` of virtual time, then lets the rest of it pass."""
        until = self.now + limit
        while self.next_due is not None and self.next_due <= until:
            self.step()
        self.now = max(self.now, until)

    def advance(self, until: datetime) -> None:
        """Works off what is due at `until`, a moment of virtual time, and moves the clock there."""
        while self.next_due is not None and self.next_due <= until:
            self.step()
        self.now = max(self.now, until)

    def spi(self) -> int:
        return self.random.randrange(0x10000000, 0xFFFFFFFF)

    def translated(self, packet: Packet) -> Packet:
        """The packet after every translator on its way."""
        for nat in self.faults.nat:
            if packet.source == nat.inside:
                packet = replace(packet, source=nat.outside)
            if packet.destination == nat.outside:
                packet = replace(packet, destination=nat.inside)
        return packet

    def owner(self, address: str) -> Node | None:
        """The router that answers at `address` as the path sees it."""
        inside = next((nat.inside for nat in self.faults.nat if nat.outside == address), address)
        return next((node for node in self.nodes if node.owns(inside)), None)

    def reaches(self, sender: Node, address: str) -> Node | None:
        """The router at `address` when both it and the sender are on the network."""
        target = self.owner(address)
        if target is None or {target.name, sender.name} & self.faults.down:
            return None
        hidden = {nat.inside for nat in self.faults.nat}
        return None if address in hidden and target is not sender else target

    def send(self, sender: Node, packet: Packet) -> None:
        """Puts a packet on the path; what the faults swallow is gone without a word."""
        target = self.reaches(sender, packet.destination)
        dropped = self.faults.drop_esp if packet.destination_port == ESP_PORT else False
        if target is None or dropped or packet.destination_port in self.faults.drop_ports:
            return
        arrived = self.translated(packet)
        way = (packet.source, packet.destination)
        due = self.now + (self.faults.latency_ms + self.random.randrange(4)) * MILLISECOND
        due = self._last_on[way] = max(due, self._last_on.get(way, due))  # a single path keeps the order
        self.after(due - self.now, lambda: target.receive(arrived))

"""The rows of a long text while it is read: within a budget, the latest of every kind first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ipsecbot.abridge.rows import Rows, sheet_of
from ipsecbot.abridge.sorting import Sorted, key_of, sort
from ipsecbot.abridge.units import LONGEST, LOOSE, Group, Unit
from ipsecbot.parse.paste.telling import Row

_TAIL = 400  # rows read once more in front of the next stretch: what was going on at its end goes on there
_LATEST = (16, 8, 4, 2, 1)  # so many of each group are kept, the more the better
_MOST_KEYS = 20_000
MOST_PEERS = 10_000


@dataclass(slots=True)
class LeftOut:
    """What the budget had no room for. `peers` stops counting at some number."""

    negotiations: int = 0
    lines: int = 0
    first: int = 0
    last: int = 0
    peers: set[str] = field(default_factory=set)

    def count(self, unit: Unit) -> None:
        numbers = unit.rows.numbers
        if unit.is_negotiation:
            self.negotiations += 1
            if unit.peer is not None and len(self.peers) < MOST_PEERS:
                self.peers.add(unit.peer)
        self.lines += len(numbers)
        self.first = min(self.first or numbers[0], numbers[0])
        self.last = max(self.last, numbers[-1])


class Ledger:
    """Takes rows one by one. As long as all of them find room nothing is looked at; then they are sorted into negotiations,
    and completed ones of which there are later ones like them make room. `peer`: whose negotiations go last."""

    def __init__(self, budget: int, peer: str | None = None) -> None:
        self._budget, self._peer = budget, peer
        self._fresh = Rows()
        self._units: list[Unit] = []
        self._size = 0  # of the rows in units
        self._keys: dict[str, Unit] = {}
        self._tail: list[tuple[int, str, Unit]] = []
        self._backwards = False
        self.left_out = LeftOut()

    def take(self, number: int, line: str) -> None:
        self._fresh.add(number, line)
        if self._size + self._fresh.size > self._budget:
            self._settle()
            self._shrink(self._budget // 2)

    def rows(self) -> Iterator[Row]:
        """All that is kept, in the order of the text."""
        every = [row for rows in (*(unit.rows for unit in self._units), self._fresh) for row in rows.pairs()]
        every.sort(key=lambda row: row[0])
        yield from every

    def _settle(self) -> None:
        """Sort the fresh rows, half a budget of text at a time."""
        batch = Rows()
        fresh, self._fresh = self._fresh, Rows()
        for number, line in fresh.pairs():
            batch.add(number, line)
            if batch.size >= self._budget // 2:
                self._sort(batch)
                batch = Rows()
        if batch.size:
            self._sort(batch)

    def _sort(self, batch: Rows) -> None:
        before = self._tail
        found = sort(sheet_of([*((number, line) for number, line, _ in before), *batch.pairs()]))
        self._backwards = self._backwards or found.is_newest_first
        owners: list[Unit | None] = [*(unit for _, _, unit in before), *(None for _ in range(len(batch)))]
        self._own(found, owners, len(before))
        self._tail = []
        earlier, stretch = (owners[len(before) - 1] if before else None), len(batch) - _TAIL
        for index, (number, line) in enumerate(batch.pairs()):
            owner = self._owner(owners[len(before) + index], line, earlier)
            owner.rows.add(number, line)
            earlier = earlier if owner.group[0] == "answer" else owner
            if index >= stretch:
                self._tail.append((number, line, owner))
        self._size += batch.size

    def _own(self, found: Sorted, owners: list[Unit | None], start: int) -> None:
        """Give each row in which an exchange or an answer shows its unit; an exchange that goes on keeps its."""
        for part, rows in found.answers:
            unit = self._open(("answer", part.platform.value, part.output.kind.value, part.host or ""))
            for row in rows:
                owners[row] = owners[row] or unit
        for exchange, rows in found.exchanges:
            known = next((owner for row in rows if row < start and (owner := owners[row]) is not None), None)
            goes_on = known is not None and known.is_negotiation and not known.is_gone
            unit = known if known is not None and goes_on else self._open(("negotiation",))
            unit.judge(exchange)
            for row in rows:
                if row >= start:
                    owners[row] = owners[row] or unit

    def _owner(self, owner: Unit | None, line: str, earlier: Unit | None) -> Unit:
        """The unit of a row: its own, else that of the row before with the same key, else that of the row before."""
        key = key_of(line)
        if owner is None:
            owner = self._keys.get(key, earlier) if key is not None else earlier
        if owner is None:
            owner = self._open(LOOSE)
        if owner.is_gone or len(owner.rows) >= LONGEST:
            owner = self._continued(owner)
        if key is not None:
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[key] = owner
        return owner

    def _continued(self, unit: Unit) -> Unit:
        """Where a long unit goes on, now: the newest of its group that has room."""
        while unit.more is not None:
            unit = unit.more
        if len(unit.rows) < LONGEST and not unit.is_gone:
            return unit
        unit.more = self._open(unit.group)
        unit.more.peer, unit.more.is_open, unit.more.failed = unit.peer, unit.is_open, unit.failed
        unit.is_open = False
        return unit.more

    def _open(self, group: Group) -> Unit:
        self._units.append(Unit(group))
        return self._units[-1]

    def _shrink(self, size: int) -> None:
        """Leave out what later units of the same group stand for; where that is not enough, the oldest, what works first."""
        self._units = [unit for unit in self._units if len(unit.rows)]
        self._units.sort(key=lambda unit: -unit.rows.numbers[-1] if self._backwards else unit.rows.numbers[-1])
        for latest in _LATEST:
            if self._size <= size:
                return
            self._keep_latest(latest, size)
        for worth in range(4):
            self._drop([unit for unit in self._units if self._worth(unit) == worth], down_to=size)

    def _worth(self, unit: Unit) -> int:
        """What goes first when nothing else helps: 0, then what works, then what failed, and the peer asked for at last."""
        if not unit.is_negotiation:
            return 0
        return 3 if self._peer is not None and unit.peer == self._peer else 2 if unit.failed else 1

    def _keep_latest(self, number: int, size: int) -> None:
        seen: dict[Group, int] = {}
        gone: list[Unit] = []
        for unit in reversed(self._units):
            seen[unit.group] = seen.get(unit.group, 0) + 1
            if seen[unit.group] > number and not (unit.is_open and unit.is_negotiation):
                gone.append(unit)
        self._drop(gone[::-1], down_to=size)

    def _drop(self, units: Sequence[Unit], down_to: int) -> None:
        gone: set[int] = set()
        for unit in units:
            if self._size <= down_to:
                break
            self.left_out.count(unit)
            self._size -= unit.rows.size
            unit.rows, unit.is_gone = Rows(), True
            gone.add(id(unit))
        self._units = [unit for unit in self._units if id(unit) not in gone]

"""The state objects that a pluto log speaks of by number: IKE SAs, and the children made under them.

pluto gives every negotiation a number of its own (`#1` the IKE SA, `#2` its first child, `#3` the next attempt) and says only
now and then which belongs to which. A number means something else after pluto has been started again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.exchange import ExchangeType
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.sa import Role
from ipsecbot.parse.libreswan.states import Step


@dataclass(slots=True)
class Sa:
    """One state object. `parent` is the IKE SA that a child is made under, None for an IKE SA."""

    serial: str
    name: str | None
    parent: Sa | None = None
    role: Role | None = None
    version: int | None = None
    exchange: ExchangeType | None = None
    local: str | None = None
    remote: str | None = None
    message_id: int | None = None
    started: bool = False
    established: bool = False
    ended: bool = False
    refused: bool = False
    steps: set[Step] = field(default_factory=set)
    said: set[tuple[object, ...]] = field(default_factory=set)
    offers: list[Proposal] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)

    @property
    def root(self) -> Sa:
        """The IKE SA itself, or the first of those that were rekeyed into this one."""
        return self.parent.root if self.parent is not None else self

    @property
    def is_child(self) -> bool:
        return self.parent is not None


class Ledger:
    """Every state object of one log."""

    def __init__(self) -> None:
        self._known: dict[str, Sa] = {}
        self._latest: dict[tuple[str, str | None], Sa] = {}
        self.all: list[Sa] = []

    def get(self, serial: str) -> Sa | None:
        return self._known.get(serial)

    def restart(self) -> None:
        """pluto was started again: its numbers begin anew."""
        self._known.clear()
        self._latest.clear()

    def open_ike(self, serial: str, name: str | None, peer: str | None) -> Sa:
        """A new IKE SA; another of that number is forgotten. `peer` is the instance's, where a connection has several."""
        sa = Sa(serial, name)
        self._known[serial] = sa
        self._latest[_base(name), peer] = sa
        self.all.append(sa)
        return sa

    def open_child(self, serial: str, name: str | None, parent: str | None, peer: str | None) -> Sa:
        """A new child of IKE SA number `parent`; where the log does not say, of the connection's latest."""
        above = (self._known.get(parent) if parent is not None and parent != serial else None) or self.latest(name, peer)
        if above is None:
            above = self.open_ike(parent, name, peer) if parent is not None else Sa(serial, name)
        sa = Sa(serial, name, above.root, version=above.root.version)
        self._known[serial] = sa
        self.all.append(sa)
        return sa

    def latest(self, name: str | None, peer: str | None) -> Sa | None:
        """The connection's latest IKE SA, of the instance for `peer` where it has instances."""
        return self._latest.get((_base(name), peer))

    def siblings(self, sa: Sa) -> list[Sa]:
        """All children of the same IKE SA."""
        return [other for other in self.all if other.is_child and other.root is sa.root]


def _base(name: str | None) -> str:
    """`office/0x2` and `office/1x1` are selectors of one connection `office`."""
    return (name or "").partition("/")[0]

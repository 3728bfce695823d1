"""Pings as routers and hosts print them, and as people quote them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipsecbot.model.evidence import Source
from ipsecbot.model.surroundings import Ping
from ipsecbot.parse.around import phrases as say


@dataclass(slots=True)
class _Typed:
    """A ping command of which nothing but the marks may follow."""

    to: str
    size: int | None
    origin: str | None


@dataclass(slots=True)
class PingReader:
    """Takes the lines of one text in turn; writes finished pings into `pings`, and into `too_big` what says so of a packet."""

    pings: list[Ping]
    too_big: list[Source]
    started: dict[str, str | int | None] = field(default_factory=dict)
    typed: _Typed | None = None
    intact: bool = False

    def take(self, line: str, source: Source) -> bool:
        """Whether the line is a ping's."""
        self.intact = self.intact or say.PING_INTACT.search(line) is not None
        if self._quoted(line, source):
            return True
        start = say.PING_IOS.search(line) or say.PING_LINUX.search(line)
        if start is not None:
            self.started, self.typed = {"to": start["to"], "size": int(start["size"])}, None
        origin = say.PING_ORIGIN.search(line)
        if origin is not None and self.started:
            self.started["origin"] = origin["ios"] or origin["linux"]
        rate = say.PING_IOS_RATE.search(line) or say.PING_LINUX_RATE.search(line)
        if rate is not None and self.started:
            to, size, came_from = self.started["to"], self.started["size"], self.started.get("origin")
            self.pings.append(
                Ping(
                    str(to),
                    int(rate["sent"]),
                    int(rate["received"]),
                    source,
                    size=int(size) if size is not None else None,
                    intact=self.intact,
                    origin=str(came_from) if came_from is not None else None,
                )
            )
            self.started, self.intact = {}, False
        return bool(start or origin or rate)

    def _quoted(self, line: str, source: Source) -> bool:
        """A ping of which only the command and its marks were quoted."""
        command = say.PING_TYPED.search(line)
        if command is not None:
            size, origin = say.PING_SIZE.search(command["rest"]), say.PING_SOURCE.search(command["rest"])
            self.typed = _Typed(command["to"], int(size["size"]) if size else None, origin["origin"] if origin else None)
            return False
        marks = say.PING_MARKS.match(line) if self.typed is not None else None
        if marks is None or self.typed is None:
            return False
        told = marks["marks"]
        answered = told.count("!")
        asked = self.typed
        self.pings.append(Ping(asked.to, len(told), answered, source, size=asked.size, intact=self.intact, origin=asked.origin))
        if "M" in told and not answered:
            self.too_big.append(source)
        self.typed, self.intact = None, False
        return True

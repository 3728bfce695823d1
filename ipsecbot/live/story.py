"""When to stop listening: one end's text is decisive, or another's was and this end has nothing to add."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ipsecbot.model.evidence import Side

LAST_LINES = 2.0  # seconds that the other ends have at most after one has told how it ended
NOTHING_TO_ADD = 0.5  # seconds of their silence that will do: more than a round trip to the peer takes
BETWEEN_LOOKS = 0.25  # while text keeps coming; when it pauses, it is looked at at once
REST = 4  # a look is followed by so many times its own length without one, however long the text has grown


@dataclass(slots=True)
class Story:
    """Whether the negotiation has told its story at any end; shared by the threads that watch."""

    told_at: float | None = None
    ready: dict[Side, threading.Event] = field(default_factory=dict)
    interrupted: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)  # the end that started it has seen how it ended

    def teller(self, decisive: Callable[[str], bool]) -> Callable[[str], bool]:
        """A `settled` for one end: True when its own text is `decisive`, or another's was and this end is silent."""
        ear = _Ear(decisive, time.monotonic())

        def settled(text: str) -> bool:
            if self.interrupted.is_set():
                return True
            now = time.monotonic()
            if ear.hears(text, now):
                self.told_at = self.told_at or ear.last_heard
                return True
            if self.told_at is None:
                return False
            silence = now - max(self.told_at, ear.last_heard)
            return silence > NOTHING_TO_ADD or now - self.told_at > LAST_LINES

        return settled


@dataclass(slots=True)
class _Ear:
    """One end's text as it grows. Reading it all again costs time, so it is read when it pauses, else now and then."""

    decisive: Callable[[str], bool]
    last_heard: float
    _length: int = 0
    _looked_length: int = 0
    _looked_at: float = 0.0
    _rest_until: float = 0.0

    def hears(self, text: str, now: float) -> bool:
        """Whether the text is now seen to be decisive; asked with every piece, empty ones included."""
        pauses = len(text) == self._length
        if not pauses:
            self.last_heard, self._length = now, len(text)
        due = pauses or now - self._looked_at >= BETWEEN_LOOKS
        if len(text) == self._looked_length or not due or now < self._rest_until:
            return False
        found = self.decisive(text)
        self._looked_length, self._looked_at = len(text), time.monotonic()
        self._rest_until = self._looked_at + REST * (self._looked_at - now)
        return found

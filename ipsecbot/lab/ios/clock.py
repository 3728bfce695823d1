"""Plays a world's events in real time: virtual seconds pass `scale` times as fast as real ones."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from ipsecbot.lab.ios.world import World

LONGEST_SLEEP = 60.0


class Clock:
    """Runs in the loop in which it was started; every method must be called there."""

    def __init__(self, world: World, scale: float) -> None:
        self.world = world
        self.scale = scale
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._changed = asyncio.Event()
        self._began = 0.0
        self._origin = world.now

    def start(self) -> None:
        self._began = asyncio.get_running_loop().time()
        self._origin = self.world.now
        self._task = asyncio.ensure_future(self._play())

    async def stop(self) -> None:
        # asyncio.wait_for of Python 3.11 loses a cancellation that meets the event it waits for
        self._stopping = True
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def sync(self) -> None:
        """Works off everything that is due by now."""
        passed = (asyncio.get_running_loop().time() - self._began) * self.scale
        self.world.advance(self._origin + timedelta(seconds=passed))

    def wake(self) -> None:
        self._changed.set()

    async def _play(self) -> None:
        while not self._stopping:
            self._changed.clear()
            self.sync()
            due = self.world.next_due
            wait = LONGEST_SLEEP
            if due is not None:
                passed = (asyncio.get_running_loop().time() - self._began) * self.scale
                ahead = (due - self._origin).total_seconds() - passed
                wait = max(0.0, ahead / self.scale)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(wait, LONGEST_SLEEP))

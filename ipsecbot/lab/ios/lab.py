"""The laboratory as tests and the demo use it: emulated IOS routers over SSH, in a thread of their own.

with IosLab({"r1": left_text, "r2": right_text}) as lab:
    lab["r1"].address, lab["r1"].port, lab["r1"].password
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from ipsecbot.lab.ios.clock import Clock
from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.misbehaviour import WELL_BEHAVED, Misbehaviour
from ipsecbot.lab.ios.server import Heard, SshRouter
from ipsecbot.lab.ios.world import PathFaults, World

T = TypeVar("T")
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Access:
    """How to log in to one router."""

    name: str
    address: str
    port: int
    username: str
    password: str
    enable: str


@dataclass(frozen=True, slots=True)
class Login:
    """The account that every router of one laboratory accepts."""

    username: str
    password: str
    enable: str


LOGIN = Login("netops", "lab-login-4821", "lab-enable-9377")


class IosLab:
    """`routers`: name → running-config text. `time_scale`: virtual seconds per real one. `ports`: fixed ports by name.

    Everything that touches the routers runs in the laboratory's own thread; the methods below may be called from any other.
    """

    def __init__(
        self,
        routers: Mapping[str, str],
        *,
        path: PathFaults | None = None,
        time_scale: float = 10.0,
        misbehaviour: Mapping[str, Misbehaviour] | None = None,
        login: Login = LOGIN,
        ports: Mapping[str, int] | None = None,
        seed: int = 1,
    ) -> None:
        self.world = World(faults=path, seed=seed)
        self._scale = time_scale
        self._texts = dict(routers)
        self._misbehaviour = dict(misbehaviour or {})
        self._login = login
        self._ports = dict(ports or {})
        self._routers: dict[str, SshRouter] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._clock: Clock | None = None

    def __enter__(self) -> IosLab:
        ready = threading.Event()
        trouble: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(ready, trouble), name="ios-lab", daemon=True)
        self._thread.start()
        if not ready.wait(START_SECONDS):
            raise TimeoutError("the laboratory did not start in time")
        if trouble:
            raise trouble[0]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._loop is not None
        assert self._thread is not None
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)

    def _run(self, ready: threading.Event, trouble: list[BaseException]) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._start())
        except (OSError, ValueError) as error:
            trouble.append(error)
            ready.set()
            return
        ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._stop())
            self._loop.close()

    async def _start(self) -> None:
        self._clock = Clock(self.world, self._scale)
        for name, text in self._texts.items():
            router = SshRouter(
                machine=Machine(name, text, self.world),
                clock=self._clock,
                username=self._login.username,
                password=self._login.password,
                enable_secret=self._login.enable,
                misbehaviour=self._misbehaviour.get(name, WELL_BEHAVED),
                port=self._ports.get(name, 0),
            )
            await router.start()
            self._routers[name] = router
        self._clock.start()

    async def _stop(self) -> None:
        if self._clock:
            await self._clock.stop()
        for router in self._routers.values():
            await router.stop()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _call(self, action: Callable[[], T]) -> T:
        async def run() -> T:
            assert self._clock is not None
            self._clock.sync()
            result = action()
            self._clock.wake()
            return result

        coroutine: Coroutine[Any, Any, T] = run()
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_SECONDS)

    def __getitem__(self, name: str) -> Access:
        router = self._routers[name]
        return Access(name, router.address, router.port, router.username, router.password, router.enable_secret)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def seen_as(self, address: str | None) -> str | None:
        """The address under which the other routers see `address`: the translator's, where one stands in front of it."""
        return next((nat.outside for nat in self.world.faults.nat if nat.inside == address), address)

    def debugging(self, name: str) -> frozenset[str]:
        """The debug flags that are on (`isakmp`, `ipsec`, …), with `condition A.B.C.D` for each debug condition.

        `ip icmp` is the one that somebody else switched on (`Misbehaviour.foreign_debug`).
        """
        home = self._routers[name]
        router = home.machine.router

        def flags() -> frozenset[str]:
            foreign = {"ip icmp"} if home.foreign_debug else set()
            return frozenset({*router.debugs, *(f"condition {peer}" for peer in router.conditions), *foreign})

        return self._call(flags)

    def sent(self, name: str) -> tuple[Heard, ...]:
        """Every command line that the router has received, with its VTY."""
        return self._call(lambda: tuple(self._routers[name].received))

    def users(self, name: str) -> int:
        """How many VTYs are in use."""
        return self._call(lambda: len(self._routers[name].lines(-1)))

    def apply(self, name: str, lines: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        """Types configuration lines in; returns what the router objected to (empty: all was taken)."""

        def work() -> tuple[str, ...]:
            mode = ConfigMode(self._routers[name].machine.router)
            objections = []
            for line in lines:
                reply = mode.enter(line.strip())
                if reply.invalid_at is not None:
                    objections.append(f"{line}: % Invalid input")
                elif reply.text and "NOTE" not in reply.text:
                    objections.append(f"{line}: {reply.text.strip()}")
            return tuple(objections)

        return self._call(work)

    def running_config(self, name: str) -> str:
        return self._call(lambda: self._routers[name].machine.router.text)

    def log(self, name: str) -> tuple[str, ...]:
        """The log buffer's entries."""
        return self._call(lambda: tuple(self._routers[name].machine.router.log.entries))

    def machine(self, name: str) -> Machine:
        """For tests that look inside; to be read, not driven, while the laboratory runs."""
        return self._routers[name].machine

    def stop_router(self, name: str) -> None:
        """Closes one router's SSH server and every session on it: the device is gone."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._routers[name].stop(), self._loop).result(START_SECONDS)

"""One CLI session: login state, mode, and which command does what."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from ipsecbot.lab.ios import commands
from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.grammar import NotUnderstood, Refusal, Understood, understand
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.misbehaviour import Misbehaviour
from ipsecbot.lab.ios.pipes import filtered
from ipsecbot.lab.ios.show_system import Line
from ipsecbot.lab.ios.terminal import Hangup, Terminal


class Home(Protocol):
    """The router's side of a session: what sessions share."""

    machine: Machine
    misbehaviour: Misbehaviour
    enable_secret: str
    foreign_debug: bool

    def sync(self) -> None:
        """Brings the virtual clock up to now, so that an answer shows the present."""

    def wake(self) -> None:
        """Says that there may be new events to play."""

    def heard(self, vty: int, line: str) -> None:
        """Notes a command line as received."""

    def lines(self, own: int) -> list[Line]: ...


class Session:
    """Runs one VTY until the client leaves. `privileged` users begin in enable mode."""

    def __init__(self, home: Home, terminal: Terminal, vty: int, user: str) -> None:
        self.home = home
        self.machine = home.machine
        self.terminal = terminal
        self.vty = vty
        self.user = user
        self.enabled = user in self.machine.router.config.privileged_users
        self.config: ConfigMode | None = None
        self.monitoring = False
        self._pushed = 0
        self.over = False

    @property
    def prompt(self) -> str:
        name = self.machine.router.config.hostname
        if self.home.misbehaviour.prompt is not None:
            return self.home.misbehaviour.prompt
        if self.config:
            return f"{name}({self.config.mode})#"
        return f"{name}{'#' if self.enabled else '>'}"

    async def run(self) -> None:
        """Reads and answers until `exit`, or raises Hangup."""
        self.terminal.open()
        try:
            await self._serve()
        finally:
            await self.terminal.close()

    async def _serve(self) -> None:
        if self.home.misbehaviour.banner:
            self.terminal.write(self.home.misbehaviour.banner)
        if self.home.misbehaviour.hang_after_login:
            while True:
                await self.terminal.key()
        self.terminal.more_always = self.home.misbehaviour.more_always
        noise = asyncio.ensure_future(self._noise()) if self.home.misbehaviour.noise else None
        try:
            while not self.over:
                line = await self.terminal.line(self.prompt)
                await self._answer(line)
        finally:
            self.stop_monitoring()
            if noise:
                noise.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await noise

    async def _noise(self) -> None:
        """Somebody else's syslog messages, on every session."""
        period = self.home.misbehaviour.noise or 1.0
        while True:
            await asyncio.sleep(period)
            stamp = self.machine.router.stamp.text(self.machine.router.world.now, 0)
            self.terminal.push(f"{stamp}%LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan99, changed state to down")

    async def _answer(self, line: str) -> None:
        if not line.strip():
            return
        self.home.heard(self.vty, line)
        self.home.sync()
        if self.home.misbehaviour.slow:
            await asyncio.sleep(self.home.misbehaviour.slow)
        if line.endswith("?"):
            self.terminal.write(commands.help_text(line, enabled=self.enabled))
        elif self.config:
            await self._configure(line)
        else:
            await self.execute(line)
        self.home.wake()

    async def execute(self, line: str) -> None:
        """One exec command, with its filter."""
        line = line.split("!")[0].rstrip() if line.lstrip().startswith("!") else line
        if not line.strip():
            return
        command, bar, pipe = line.partition("|")
        if self.home.misbehaviour.reject_crypto and "cry" in command:
            self._invalid(command.index("cry"))
            return
        found = understand(command, commands.patterns(enabled=self.enabled))
        if isinstance(found, NotUnderstood):
            self._refuse(found, command)
            return
        text = await self._run(found)
        if bar:
            kept = filtered(text, pipe)
            if kept is None:
                self._invalid(len(command) + 1)
                return
            text = kept
        await self.terminal.page(text)

    async def _run(self, found: Understood) -> str:
        command = commands.TABLE[found.pattern]
        result = command.action(self, *found.arguments)
        return result if isinstance(result, str) else await result

    def _refuse(self, refusal: NotUnderstood, line: str) -> None:
        if refusal.reason is Refusal.AMBIGUOUS:
            self.terminal.write(f'% Ambiguous command:  "{line.strip()}"\n')
        elif refusal.reason is Refusal.INCOMPLETE:
            self.terminal.write("% Incomplete command.\n\n")
        elif len(line.split()) == 1 and refusal.column == 0 and not self.config:
            self.terminal.write(
                f'Translating "{line.strip()}"\n% Unknown command or computer name, or unable to find computer address\n'
                if self._looks_up_names()
                else "% Bad IP address or host name\n% Unknown command or computer name, or unable to find computer address\n"
            )
        else:
            self._invalid(refusal.column)

    def _looks_up_names(self) -> bool:
        return not any(line.strip().startswith("no ip domain") for line in self.machine.router.text.splitlines())

    def _invalid(self, column: int) -> None:
        self.terminal.write(" " * (len(self.prompt) + column) + "^\n% Invalid input detected at '^' marker.\n\n")

    async def _configure(self, line: str) -> None:
        assert self.config is not None
        words = line.split()
        if words[0] == "do":
            await self.execute(line.strip()[2:].strip())
            return
        if self.home.misbehaviour.reject_crypto and "crypto" in line:
            self._invalid(0)
            return
        answer = self.config.enter(line.strip())
        if answer.text:
            self.terminal.write(answer.text)
        if answer.invalid_at is not None:
            self._invalid(answer.invalid_at)
        if answer.leave:
            self.leave_configuration()

    def leave_configuration(self) -> None:
        """Takes the new text into use, as IOS does line by line, and says who did it."""
        assert self.config is not None
        self.config = None
        self.machine.router.syslog(f"%SYS-5-CONFIG_I: Configured from console by {self.user} on vty{self.vty}")

    def start_monitoring(self) -> None:
        if not self.monitoring:
            self.monitoring = True
            self.machine.router.log.listeners.append(self._hear)

    def stop_monitoring(self) -> None:
        if self.monitoring:
            self.monitoring = False
            self.machine.router.log.listeners.remove(self._hear)

    def _hear(self, message: str) -> None:
        limit = self.home.misbehaviour.cut_at_debug
        self._pushed += 1
        if limit is not None and self._pushed > limit:
            self.terminal.hang_up()
            return
        self.terminal.push(message)

    async def wait(self, start: Callable[[Callable[[], None]], None], seconds: float) -> bool:
        """Starts something and waits for it in virtual time; False when `seconds` passed first."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()

        def finish(value: bool) -> None:
            if not done.done():
                done.set_result(value)

        commands.after(self.machine, seconds, lambda: finish(False))
        start(lambda: finish(True))
        self.home.wake()
        return await done


__all__ = ["Hangup", "Home", "Session"]

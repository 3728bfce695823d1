"""One VTY as the far end of a terminal: echo, line editing, paging, and messages pushed in between."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Protocol

MORE = " --More-- "
ERASE = "\b" * len(MORE) + " " * len(MORE) + "\b" * len(MORE)
ENTER, ERASERS, KILL, INTERRUPT, END, ABORT = "\r\n", "\b\x7f", "\x15", "\x03", "\x1a", "\x1e"
QUIET = 0.12  # seconds after the last pushed message until the prompt is printed again


class Hangup(Exception):
    """The session is over: the client has gone, or the router cuts it."""


class Channel(Protocol):
    """What carries the bytes: asyncssh's process, or a test's double."""

    def write(self, text: str) -> None: ...

    async def read(self) -> str:
        """Some characters; an empty text when the client has gone."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Geometry:
    """`length` 0: no paging. `width` 0: no wrapping."""

    length: int = 24
    width: int = 80


class Terminal:
    """Reads lines from and writes text to one channel. `cut_after`: bytes after which the line goes dead."""

    def __init__(self, channel: Channel, geometry: Geometry, *, cut_after: int | None = None) -> None:
        self.channel = channel
        self.geometry = geometry
        self.more_always = False
        self._cut_after = cut_after
        self._pending = ""
        self._prompt = ""
        self._typed = ""
        self._at_prompt = False
        self._column = 0
        self._skip_newline = False
        self._redisplay: asyncio.TimerHandle | None = None
        self._arrived = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._gone = False

    def open(self) -> None:
        """Begins to listen: what is typed while a command runs waits, and an abort is seen at once."""
        self._pump = asyncio.ensure_future(self._listen())

    async def close(self) -> None:
        self._cancel_redisplay()
        if self._pump:
            self._pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pump

    async def _listen(self) -> None:
        while not self._gone:
            piece = await self.channel.read()
            self._gone = not piece
            self._pending += piece
            self._arrived.set()

    def write(self, text: str) -> None:
        """Writes with CR LF line ends. Raises Hangup when the line is to be cut here."""
        if not text:
            return
        if self._cut_after is not None:
            self._cut_after -= len(text)
            if self._cut_after < 0:
                self.hang_up()
                raise Hangup
        self._column = len(text) - text.rfind("\n") - 1 if "\n" in text else self._column + len(text)
        self.channel.write(text.replace("\n", "\r\n"))

    def hang_up(self) -> None:
        self._cancel_redisplay()
        self.channel.close()

    def push(self, message: str) -> None:
        """A log message, wherever the cursor happens to stand; the prompt comes again when it is quiet."""
        with contextlib.suppress(Hangup):
            self.write(("\n" if self._column else "") + self.wrapped(message) + "\n")
        if self._at_prompt:
            self._cancel_redisplay()
            self._redisplay = asyncio.get_running_loop().call_later(QUIET, self._prompt_again)

    def _prompt_again(self) -> None:
        self._redisplay = None
        if self._at_prompt:
            with contextlib.suppress(Hangup):
                self.write(self._prompt)

    def _cancel_redisplay(self) -> None:
        if self._redisplay:
            self._redisplay.cancel()
            self._redisplay = None

    def wrapped(self, text: str) -> str:
        width = self.geometry.width
        if not width:
            return text
        lines = []
        for line in text.split("\n"):
            lines += [line[start : start + width] for start in range(0, max(len(line), 1), width)]
        return "\n".join(lines)

    async def key(self) -> str:
        """The next character. Raises Hangup when the client has gone."""
        while not self._pending:
            if self._gone:
                raise Hangup
            self._arrived.clear()
            await self._arrived.wait()
        first, self._pending = self._pending[0], self._pending[1:]
        return first

    def interrupted(self) -> bool:
        """True when Ctrl-Shift-6 or Ctrl-C has been typed ahead (it ends a ping), or nobody is there any more."""
        for key in (ABORT, INTERRUPT):
            if key in self._pending:
                self._pending = self._pending.partition(key)[2]
                return True
        return self._gone

    async def line(self, prompt: str, *, echo: bool = True) -> str:
        """One line as typed. Ctrl-Z becomes `end` in it, `?` ends the line as it stands."""
        self._prompt, self._typed, self._at_prompt = prompt, "", True
        self.write(prompt)
        try:
            while True:
                key = await self.key()
                self._cancel_redisplay()
                if key == "\n" and self._skip_newline:
                    self._skip_newline = False
                    continue
                self._skip_newline = key == "\r"
                if key in ENTER:
                    self.write("\n")
                    return self._typed
                if self._edit(key, echo=echo):
                    return self._typed
        finally:
            self._at_prompt = False

    def _edit(self, key: str, *, echo: bool) -> bool:
        """Works one key into the line; True when the key ends it."""
        if key in ERASERS:
            if self._typed:
                self._typed = self._typed[:-1]
                self.write("\b \b" if echo else "")
        elif key == KILL:
            self.write("\b \b" * len(self._typed) if echo else "")
            self._typed = ""
        elif key == INTERRUPT:
            self._typed = ""
            self.write("\n")
            return True
        elif key == END:
            self._typed = "end"
            self.write("^Z\n")
            return True
        elif key == "?" and echo:
            self._typed += "?"
            self.write("?\n")
            return True
        elif key.isprintable():
            self._typed += key
            self.write(key if echo else "")
        return False

    async def page(self, text: str) -> None:
        """Writes an answer, pausing at each screenful until a key is pressed: Enter one line, `q` no more, else a page."""
        length = self.geometry.length or (24 if self.more_always else 0)
        lines = self.wrapped(text).split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        room = length - 1
        for line in lines:
            if length and room == 0:
                self.write(MORE)
                key = await self.key()
                self.write(ERASE)
                self._column = 0
                if key in "qQ" or key == INTERRUPT:
                    return
                room = 1 if key in ENTER else length - 1
            self.write(line + "\n")
            room -= 1

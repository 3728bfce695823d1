"""Finding the first prompt without waiting for silence, whatever stands before it."""

from __future__ import annotations

import time
from collections import deque

import pytest

from ipsecbot.collect.terminal import Terminal
from ipsecbot.errors import DeviceHung, WrongPlatform
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target

FIRST = "terminal length 0"


class Channel:
    """Gives `before` piece by piece, and `after` once FIRST was typed; keeps what was typed."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self._pieces, self._after = deque(before), after
        self.typed: list[str] = []
        self._seconds = 0.0

    def settimeout(self, seconds: float) -> None:
        self._seconds = seconds

    def recv(self, _size: int) -> bytes:
        if not self._pieces:
            time.sleep(min(self._seconds, 0.05))
            raise TimeoutError
        return self._pieces.popleft().encode()

    def sendall(self, data: bytes) -> None:
        self.typed.append(data.decode())
        if FIRST in self.typed[-1]:
            self._pieces.extend(self._after)
            self._after = []


def begun(before: list[str], after: list[str], seconds: float = 3.0) -> tuple[bool, Terminal, Channel]:
    target = Target(Device("r1", Platform.CISCO_IOS, "192.0.2.1", 22), Login("a", "b"), HostKeyPolicy.STRICT, None)
    channel = Channel(before, after)
    terminal = Terminal(channel, target)
    return terminal.begin(FIRST, time.monotonic() + seconds), terminal, channel


@pytest.mark.parametrize(
    ("before", "after", "privileged"),
    [
        (["\r\nr1>"], [f"{FIRST}\r\nr1>"], False),
        (["\r\nr1#"], [FIRST, "\r\n", "r1#"], True),
        (["\r\n########"], [f"########\r\n# keep out #\r\nr1>{FIRST}\r\nr1>"], False),
        (["\r\nuse only>"], [" if told to\r\n", "r1#", f"{FIRST}\r\nr1#"], True),
        (["\r\nr1>\r\n*Mar  1 08:00:00.123: %SYS-5-CONFIG_I: Configured from console by a on vty1\r\n"],
         [f"{FIRST}\r\nr1>\r\n*Mar  1 08:00:01.123: %SYS-5-CONFIG_I: Configured from console by a on vty1\r\n"], False),
        (["\r\nr1>"], [f"{FIRST}\r\n             ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1>"], False),
    ],
    ids=["user", "privileged in pieces", "a line of hashes", "a sentence that ends like a prompt", "pushed", "refused"],
)  # fmt: skip
def test_the_prompt_is_what_follows_the_echo(before: list[str], after: list[str], privileged: bool) -> None:
    """One command typed, the right prompt, the right mode: a banner that looks like a prompt deceives nobody."""
    mode, terminal, channel = begun(before, after)
    assert (mode, terminal.prompt) == (privileged, "r1")
    assert channel.typed == [f"{FIRST}\n"]


def test_a_shell_is_told_nothing() -> None:
    """A prompt that ends in $ or % is no router's, and no command is typed into it."""
    with pytest.raises(WrongPlatform):
        begun(["Last login: today\r\nuser@host:~$ "], [])


def test_what_a_router_swallowed_is_typed_again() -> None:
    """A router that discards what was typed during its banner is asked once more after a second."""

    class Deaf(Channel):
        def sendall(self, data: bytes) -> None:
            self.typed.append(data.decode())
            if len(self.typed) == 2:
                self._pieces.extend(self._after)

    target = Target(Device("r1", Platform.CISCO_IOS, "192.0.2.1", 22), Login("a", "b"), HostKeyPolicy.STRICT, None)
    channel = Deaf(["motd >"], [f"\r\nr1#{FIRST}\r\nr1#"])
    terminal = Terminal(channel, target)
    assert terminal.begin(FIRST, time.monotonic() + 5) is True
    assert terminal.prompt == "r1"


def test_silence_is_a_device_that_hangs() -> None:
    """Nothing at all: DeviceHung when the time is over."""
    with pytest.raises(DeviceHung):
        begun([], [], 0.3)

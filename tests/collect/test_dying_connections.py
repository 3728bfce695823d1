"""What paramiko raises from a connection that is dying becomes a sentence, and never comes out of a close()."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest

from ipsecbot.collect.ssh import client_for, hang_up
from ipsecbot.collect.terminal import Terminal
from ipsecbot.errors import HostKeyRefused, SessionLost
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target

TARGET = Target(Device("r1", Platform.CISCO_IOS, "127.0.0.1"), Login("netops", "unused"), timeout=timedelta(seconds=1))
TROUBLES = (EOFError(), OSError("Socket is closed"), paramiko.SSHException("Key-exchange timed out"))


class Dying:
    """A channel whose transport has just lost its socket: whatever has to be written raises, reading and closing too."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble, self.closed = trouble, 0

    def settimeout(self, _seconds: float) -> None: ...

    def recv(self, _most: int) -> bytes:
        raise self.trouble

    def close(self) -> None:
        self.closed += 1
        raise self.trouble


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
def test_reading_is_a_lost_session(trouble: Exception) -> None:
    """recv() writes too (it opens the window again), so it raises EOFError, which no DeviceError is."""
    with pytest.raises(SessionLost):
        Terminal(Dying(trouble), TARGET).receive(0.1)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
def test_hanging_up_never_raises(trouble: Exception) -> None:
    """Closing says goodbye to a peer that may be gone; every part is closed all the same."""
    first, second = Dying(trouble), Dying(trouble)
    hang_up(first, None, second)
    assert (first.closed, second.closed) == (1, 1)


def test_known_hosts_that_cannot_be_written(tmp_path: Path) -> None:
    """accept-new with a file that cannot be written names the file; it is no unreachable device."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    target = Target(TARGET.device, TARGET.login, HostKeyPolicy.ACCEPT_NEW, str(blocked / "known_hosts"))
    client = client_for(target)
    with pytest.raises(HostKeyRefused, match="cannot be written"):
        client._policy.missing_host_key(client, "r1", paramiko.RSAKey.generate(1024))
    client.close()


class Paging:
    """A channel that asks for a key after the first line, and wipes its question away when it has it."""

    def __init__(self, pushed: bytes) -> None:
        self._pieces = [b"show run\r\ncrypto map CM 10 ipsec-isakmp\r\n --More-- " + pushed]

    def settimeout(self, _seconds: float) -> None: ...

    def sendall(self, _key: bytes) -> None:
        self._pieces += [b"\x08" * 9, b" " * 8 + b"\x08" * 9 + b" set peer 192.0.2.2\r\nr1#"]

    def recv(self, _most: int) -> bytes:
        if not self._pieces:
            raise TimeoutError
        return self._pieces.pop(0)


def test_a_wiped_pager_leaves_no_indentation() -> None:
    """What wipes --More-- away comes after the key was sent; its blanks are no part of the next line."""
    terminal = Terminal(Paging(b""), TARGET)
    terminal.prompt = "r1"
    assert terminal.answer("show run", time.monotonic() + 5) == "crypto map CM 10 ipsec-isakmp\n set peer 192.0.2.2\n"


def test_a_pager_is_seen_behind_a_pushed_message() -> None:
    """A syslog message that comes while the pager waits does not hide that it waits."""
    message = b"*Mar 11 09:00:00.000: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan99, changed state to down"
    terminal = Terminal(Paging(b"\r\n" + message + b"\r\n"), TARGET)
    terminal.prompt = "r1"
    lines = terminal.answer("show run", time.monotonic() + 5).splitlines()
    kept = [line for line in lines if line.strip() and "%" not in line]
    assert kept == ["crypto map CM 10 ipsec-isakmp", " set peer 192.0.2.2"]

"""The terminal of an IOS session: reading that blocks until text comes, knows its prompt, and sees the end at once.

Why the waiting is our own: netmiko's reads return '' for ever on a dead connection, its `send_command` drains the channel
first and takes a debug line for the prompt, and both poll with sleeps.
"""

from __future__ import annotations

import codecs
import re
import time
from typing import Any

import paramiko

from ipsecbot.collect.failures import hung, lost, wrong_platform
from ipsecbot.model.target import Target

_MORE = re.compile(r"^[ \t]*-{1,2} ?[Mm]ore ?-{1,2}[ \t]*$", re.MULTILINE)
_ERASED = re.compile(r"(?<![ \t])[ \t]*-{1,2} ?[Mm]ore ?-{1,2}[ \t]?(?:\x08+ *\x08*|\r *\r)?")
_WIPED = re.compile(r"\x08+ *\x08+|\r +\r")  # what takes a pager's line away, when it comes after the key
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_ANY_PROMPT = re.compile(r"(?:^|\n)(?P<name>[^\n]{0,79}?\S)(?P<end>[>#$%]) ?\Z")
_SYSLOG = re.compile(r"\s*$|.*%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?\d-[A-Z0-9_]+:")
_PASSWORD = re.compile(r"(?i)password: ?\Z")
_QUIET = 0.4  # seconds of silence after which a prompt that is not at the end of the text counts
_SETTLE = 0.12  # seconds of silence after which a shell's prompt is taken for one, and not for a line of the banner


class Terminal:
    """One shell channel. `prompt` is what every prompt begins with, cut to 16 characters as IOS may shorten it."""

    def __init__(self, channel: Any, target: Target) -> None:
        self._channel, self._target = channel, target
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.prompt = ""

    def type(self, line: str) -> None:
        """A line and Enter. Past netmiko's write_channel, which writes what it sends into the log of the process."""
        self._channel.sendall(f"{line}\n".encode())

    def receive(self, seconds: float) -> str:
        """The next text, or '' when none came in time. SessionLost when there will be no more."""
        self._channel.settimeout(max(seconds, 0.01))
        try:
            data = self._channel.recv(65536)
        except TimeoutError:
            return ""
        except (OSError, EOFError, paramiko.SSHException):  # reading may write: paramiko opens the window again
            raise lost(self._target) from None
        if not data:
            raise lost(self._target)
        # a \r that ends a piece may belong to the \n that begins the next one
        text = self._held + _CONTROL.sub("", self._decoder.decode(data))
        self._held = "\r" if text.endswith("\r") else ""
        return text.removesuffix("\r").replace("\r\n", "\n")

    def discard(self) -> None:
        """What was left unread belongs to no later answer."""
        while self._channel.recv_ready():
            self.receive(0.01)
        self._held = ""

    def begin(self, first: str, until: float) -> bool:
        """Waits for a prompt and types `first`, a command without an answer; whether the mode is a privileged one.

        The prompt that counts is the one after the echo of `first`: what looked like one before may be a line of a banner,
        and nobody has to wait in order to tell them apart. WrongPlatform, DeviceHung.
        """
        text, asked, typed = "", time.monotonic(), False
        while time.monotonic() < until:
            piece = self.receive(_SETTLE)
            text += piece
            echoed = typed and first in text
            found = _ANY_PROMPT.search(_without_pushed(text.rpartition(first)[2] if echoed else text))
            if found is not None and echoed:
                self.prompt = found["name"].strip()[:16]
                return found["end"] == "#"
            if found is not None and not typed and found["end"] in ">#":
                typed, asked = True, time.monotonic()
                self.type(first)
            elif found is not None and not typed and not piece:
                raise wrong_platform(self._target, "its prompt is not the one of Cisco IOS")
            elif not piece and time.monotonic() - asked > 1:
                asked = time.monotonic()
                self.type(first if typed else "")
        raise hung(self._target, "no prompt came")

    def enable(self, command: str, secret: str, until: float) -> bool:
        """Types `command` (enable) and the secret; whether the router took it. DeviceHung when it says nothing at all."""
        self.discard()
        self.type(command)
        text, given = "", False
        while time.monotonic() < until:
            text += self.receive(min(_QUIET, until - time.monotonic()))
            if re.search(rf"^{re.escape(self.prompt)}\S*#[ ]*\Z", text, re.MULTILINE):
                return True
            if re.search(rf"^{re.escape(self.prompt)}\S*>[ ]*\Z", text.partition(command)[2], re.MULTILINE):
                return False
            if _PASSWORD.search(text):
                if given:
                    self.type("")
                    return False
                self.type(secret)
                text, given = "", True
        raise hung(self._target, "enable was not answered")

    def answer(self, echo: str, until: float) -> str:
        """What stands between the echo of a command and the next prompt. DeviceHung, SessionLost."""
        text, quiet_since, echoed = "", time.monotonic(), -1
        prompt = re.compile(rf"^{re.escape(self.prompt)}\S*[>#][ ]*$", re.MULTILINE)
        while time.monotonic() < until:
            piece = self.receive(min(_QUIET, until - time.monotonic()))
            if piece:
                text, quiet_since = text + piece, time.monotonic()
            if echoed < 0:
                found = text.find(echo)
                echoed = found + len(echo) if found >= 0 else -1
                if echoed < 0:
                    continue
            tail = max(echoed, len(text) - 4000)
            if _asks_for_a_key(text, tail):
                text = text[:tail] + _ERASED.sub("", text[tail:])
                self._channel.sendall(b" ")
                continue
            last = max(prompt.finditer(text, tail), key=lambda match: match.start(), default=None)
            if last is not None and self._ends(text[last.end() :], time.monotonic() - quiet_since):
                return _tidy(text[echoed : last.start()])
        raise hung(self._target, "a command was not answered")

    @staticmethod
    def _ends(after: str, quiet: float) -> bool:
        """Whether a prompt with `after` behind it is the end: nothing follows, or only messages that the router pushed in
        between, or nothing more comes (else it was a line of the answer that looks like a prompt)."""
        return not after or quiet >= _QUIET or _is_pushed(after)


def _is_pushed(text: str) -> bool:
    """Whether these are whole messages that the router pushed in between, and nothing else."""
    return text.endswith("\n") and all(map(_SYSLOG.match, text.split("\n")))


def _asks_for_a_key(text: str, start: int) -> bool:
    """Whether the pager waits: its line comes last, or only pushed messages after it."""
    last = max(_MORE.finditer(text, start), key=lambda match: match.start(), default=None)
    return last is not None and (last.end() == len(text) or _is_pushed(text[last.end() :]))


def _without_pushed(text: str) -> str:
    """`text` without the messages that the router pushed behind its prompt."""
    lines = text.split("\n")
    if not text.endswith("\n"):
        return text
    while len(lines) > 1 and _SYSLOG.match(lines[-1]):
        lines.pop()
    return "\n".join(lines)


def _tidy(text: str) -> str:
    """Without the end of the echo's line, without what paging left."""
    text = _WIPED.sub("", _ERASED.sub("", text)).replace("\x08", "").replace("\r", "")
    return text.split("\n", 1)[-1] if "\n" in text else text

"""A plain SSH shell on an emulated router, for tests that want to see each byte."""

from __future__ import annotations

import re
import time
from types import TracebackType

import paramiko

from ipsecbot.lab.ios.lab import Access

DEADLINE = 15.0


class Shell:
    """`with Shell(access) as shell`: logged in, prompt read. `text` is everything that has come so far."""

    def __init__(self, access: Access, *, password: str | None = None, width: int = 511, height: int = 1000) -> None:
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.client.connect(
            access.address,
            port=access.port,
            username=access.username,
            password=password or access.password,
            look_for_keys=False,
            allow_agent=False,
            timeout=DEADLINE,
        )
        self.access = access
        self.channel = self.client.invoke_shell(width=width, height=height)
        self.channel.settimeout(0.05)
        self.text = ""

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()

    def type(self, text: str) -> None:
        self.channel.send(text.encode())

    def until(self, pattern: str) -> str:
        """What comes up to and including `pattern`; AssertionError with the text so far when it does not come in time."""
        deadline = time.monotonic() + DEADLINE
        begun = len(self.text)
        while time.monotonic() < deadline:
            found = re.search(pattern, self.text[begun:])
            if found:
                return self.text[begun:]
            try:
                piece = self.channel.recv(65535)
            except TimeoutError:
                continue
            if not piece:
                break
            self.text += piece.decode()
        raise AssertionError(f"{pattern!r} did not come: {self.text[begun:]!r}")

    def closed(self) -> bool:
        """Waits until the far end has closed the session."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            try:
                if not self.channel.recv(65535):
                    return True
            except TimeoutError:
                continue
        return False

    def run(self, command: str) -> str:
        """The answer to one command, without its echo and the prompt behind it."""
        self.type(command + "\n")
        text = self.until(r"\n[\w()-]+[>#] ?$")
        return text.split("\n", 1)[1].rpartition("\n")[0].replace("\r", "").strip("\n")

    def enabled(self) -> Shell:
        """From the first prompt into enable mode."""
        self.until(">$")
        return self.enable()

    def enable(self) -> Shell:
        self.type("enable\n")
        self.until("Password: $")
        self.type(self.access.enable + "\n")
        self.until("#$")
        return self

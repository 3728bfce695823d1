"""A process of its own for the emulated routers, so that they do not share an interpreter with what is measured.

`python -m bench.apparatus.routers` reads one JSON document per line and answers with one: first `{"start": {name:
running-config}, "folder": …}`, which starts the routers and writes an inventory; then `{"heard": true}`, which tells every
command line they received. The end of its input, or a signal, ends it.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

TIME_SCALE = 10.0
SILENCE = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in to one router."""

    name: str
    address: str
    port: int
    username: str
    password: str
    enable: str


@dataclass(frozen=True, slots=True)
class Running:
    """A pair that listens. `negotiation`: real seconds from the trigger to the last debug line before a second's silence."""

    inventory: Path
    logins: tuple[Login, ...]
    negotiation: float


@dataclass(frozen=True, slots=True)
class Heard:
    """One command line as a router received it; `vty` tells the logins apart."""

    router: str
    vty: int
    line: str


class Routers:
    """The other process, seen from the one that measures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Routers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def start(self, texts: Mapping[str, str]) -> Running:
        """A fresh process and fresh routers: nothing in their logs, no SA, no session of the run before."""
        self._end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        answer = self._ask({"start": dict(texts), "folder": str(self._folder)})
        logins = tuple(Login(**login) for login in answer["logins"])
        return Running(Path(answer["inventory"]), logins, answer["negotiation"])

    def heard(self) -> tuple[Heard, ...]:
        return tuple(Heard(*one) for one in self._ask({"heard": True})["heard"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("the process of the emulated routers has ended")
        read: dict[str, Any] = json.loads(answer)
        return read

    def _end(self) -> None:
        """By a signal: the routers hold nothing that has to be put away, and the sessions are to end at once."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=30)
            self._process = None


def negotiation_time(texts: Mapping[str, str]) -> float:
    """One attempt played in virtual time, as real seconds at TIME_SCALE."""
    from ipsecbot.lab.ios.by_hand import protected_pair
    from ipsecbot.lab.ios.configreader import read_config
    from ipsecbot.lab.ios.machine import Machine
    from ipsecbot.lab.ios.router import Debug
    from ipsecbot.lab.ios.world import World

    world = World()
    began = last = world.now

    def written(_text: str) -> None:
        nonlocal last
        last = world.now

    machines = [Machine(name, text, world) for name, text in texts.items()]
    for machine in machines:
        machine.router.debugs |= {Debug.ISAKMP, Debug.IPSEC, Debug.IKEV2}
        machine.router.log.listeners.append(written)
    left, right = (read_config(text) for text in texts.values())
    ping = protected_pair(left, right)
    assert ping is not None
    machines[0].ipsec.ping(*ping, lambda: None)
    while world.next_due is not None and world.next_due - last < SILENCE and world.now - began < LONGEST:
        world.step()
    return (last - began).total_seconds() / TIME_SCALE


def _serve() -> None:
    """`start` comes once, before any `heard`."""
    from ipsecbot.lab.ios.by_hand import write_inventory
    from ipsecbot.lab.ios.configreader import read_config
    from ipsecbot.lab.ios.lab import IosLab

    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of every client that hangs up while it is written to
    question = json.loads(sys.stdin.readline())
    texts, inventory = question["start"], Path(question["folder"], "ipsecbot.yaml")
    inventory.with_name("known_hosts").unlink(missing_ok=True)
    with IosLab(texts, time_scale=TIME_SCALE) as lab:
        write_inventory(lab, {name: read_config(text) for name, text in texts.items()}, inventory)
        logins = [{key: getattr(lab[name], key) for key in Login.__slots__} for name in texts]
        _answer({"inventory": str(inventory), "logins": logins, "negotiation": negotiation_time(texts)})
        for _question in sys.stdin:
            _answer({"heard": [(name, heard.vty, heard.line) for name in lab.names for heard in lab.sent(name)]})


def _answer(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()

"""Switching debugging on, and the certainty that it is off again."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ipsecbot.debugs.line import Line, Readers
from ipsecbot.debugs.preflight import debugging_now
from ipsecbot.errors import DebugRefused, DeviceError
from ipsecbot.model.snapshot import RawOutput

_TRIES = 4
_PAUSE = 0.5  # seconds, times the number of the try: a VTY that was cut takes a moment to become free


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing to switch on, and off by the row of the same name with `-off`."""

    name: str
    peer: str | None = None

    @property
    def values(self) -> dict[str, str | int]:
        return {"peer": self.peer} if self.peer is not None else {}


def switches_for(peer: str, ike_version: int | None, *, kmi: bool = False) -> tuple[Switch, ...]:
    """The condition first: without it a busy hub would write about every peer it has."""
    condition = Switch(f"condition-ipv{ipaddress.ip_address(peer).version}", peer)
    names = {1: ("debug-isakmp", "debug-ipsec"), 2: ("debug-ikev2", "debug-ipsec")}
    chosen = names.get(ike_version or 0, ("debug-isakmp", "debug-ikev2", "debug-ipsec"))
    return (condition, *(Switch(name) for name in (*chosen, *(("debug-kmi",) if kmi else ()))))


@dataclass(slots=True)
class Arming:
    """What was switched on by us on one router. A switch is noted before its command is sent: a session that is cut in
    between leaves nothing behind."""

    readers: Readers
    clock: Callable[[], datetime]
    on: list[Switch] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def arm(self, line: Line, switches: tuple[Switch, ...]) -> None:
        """DebugRefused when the condition or every debug is refused; what is on by then is the caller's to disarm."""
        condition, *debugs = switches
        self._switch(line, condition)
        if condition not in self.on:
            raise DebugRefused(line.device, f"the router refuses a condition for one peer ({self.notes[-1]})")
        for switch in debugs:
            self._switch(line, switch)
        if len(self.on) == 1:
            raise DebugRefused(line.device, f"the router refuses every crypto debug ({self.notes[-1]})")

    def _switch(self, line: Line, switch: Switch) -> None:
        self.on.append(switch)
        reply = line.ask(switch.name, **switch.values)
        if reply.refusal is not None:
            self.on.remove(switch)
            self.notes.append(f"{reply.command} was refused: {reply.refusal}.")
        else:
            self.commands.append(reply.command)

    def disarm(self, line: Line) -> RawOutput:
        """Everything of ours off, the debugs before their condition, and what the router says then."""
        for switch in reversed(tuple(self.on)):
            line.ask(f"{switch.name}-off", **switch.values)
        return debugging_now(line, self.clock)

    def disarm_surely(self, line: Line, opener: Callable[[], Line]) -> tuple[RawOutput | None, bool]:
        """`disarm`, on a new login when this one is gone, and again when something is still on.

        What the router said last (None: nobody could ask it), and whether that proves everything off.
        """
        proof, proved = None, False
        current: Line | None = line
        for again in range(_TRIES):
            threading.Event().wait(again * _PAUSE)
            try:
                current = current or opener()
                proof = self.disarm(current)
                proved = self._proves(current, proof)
                if proved:
                    break
            except (DeviceError, DebugRefused):
                # the next try is a new login; what cannot be proved in the end is said in a note
                if current is not None and current is not line:
                    current.close()
                current = None
        if current is not None and current is not line:
            self.notes.append(f"the session was lost during the debug; {line.device} was disarmed on a new login.")
            current.close()
        if not proved:
            self.notes.append(self._warning(line.device, proof))
        return proof, proved

    def _proves(self, line: Line, proof: RawOutput) -> bool:
        read = self.readers.debugging(proof, line.device)
        return not read.value.flags and not read.value.conditions and not read.gaps

    def _warning(self, device: str, proof: RawOutput | None) -> str:
        undo = ", ".join(command.removeprefix("no ") for command in self.commands) or "the debug commands"
        why = "it could not be asked any more" if proof is None else "it still shows debugging, ours or somebody else's"
        return f"{device}: NOT PROVED OFF, {why}; look at show debugging and undo there: {undo}."

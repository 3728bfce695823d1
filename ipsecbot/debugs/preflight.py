"""May a debug run on this router now? Anything that is not known to be safe is a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ipsecbot.debugs.line import Line, Readers, Reply
from ipsecbot.errors import DebugRefused
from ipsecbot.model.router import LoggingState
from ipsecbot.model.snapshot import OutputKind, RawOutput


@dataclass(frozen=True, slots=True)
class Ways:
    """How debug lines can be had: on a second VTY, or from the log buffer."""

    monitor: bool
    buffer: bool


def preflight(
    line: Line, cpu_limit: int, readers: Readers, clock: Callable[[], datetime]
) -> tuple[Ways, tuple[RawOutput, ...]]:
    """How to watch, and what was read to decide it. DebugRefused with a plain reason; nothing has been switched on then."""
    outputs = [debugging_now(line, clock)]
    _no_debugging(line, readers, outputs[0])
    outputs.append(_asked(line, "cpu", OutputKind.PROCESSES_CPU, clock, "cpu-all"))
    _cpu_has_room(line, readers, outputs[1], cpu_limit)
    outputs.append(_asked(line, "logging", OutputKind.LOGGING, clock))
    return _ways(line, readers, outputs[2]), tuple(outputs)


def debugging_now(line: Line, clock: Callable[[], datetime]) -> RawOutput:
    """`show debugging` and, where the release has it, `show crypto debug-condition`, as one output."""
    flags = line.ask("debugging")
    if flags.refusal is not None:
        raise DebugRefused(line.device, f"show debugging is refused ({flags.refusal}), so nobody could prove it off again.")
    conditions = line.ask("debug-condition")
    text = flags.text if conditions.refusal is not None else f"{flags.text.rstrip()}\n{conditions.text}"
    return RawOutput(OutputKind.DEBUGGING, flags.command, text, clock())


def _asked(line: Line, name: str, kind: OutputKind, clock: Callable[[], datetime], instead: str | None = None) -> RawOutput:
    reply: Reply = line.ask(name)
    if reply.refusal is not None and instead is not None:
        reply = line.ask(instead)
    if reply.refusal is not None:
        raise DebugRefused(line.device, f"{reply.command} is refused ({reply.refusal}), so it is not known whether it is safe.")
    return RawOutput(kind, reply.command, reply.text, clock())


def _no_debugging(line: Line, readers: Readers, output: RawOutput) -> None:
    read = readers.debugging(output, line.device)
    if read.value.flags:
        on = "; ".join(flag.text.strip() for flag in read.value.flags)
        raise DebugRefused(line.device, f"somebody else's debugging is on ({on}); let them finish, or switch it off.")
    if read.value.conditions:
        on = ", ".join(condition.value for condition in read.value.conditions)
        raise DebugRefused(line.device, f"somebody else's debug condition is set ({on}); let them finish, or remove it.")
    if read.gaps:
        raise DebugRefused(line.device, f"show debugging has a line that is not understood: {read.gaps[0].text.strip()!r}.")


def _cpu_has_room(line: Line, readers: Readers, output: RawOutput, limit: int) -> None:
    load = readers.cpu(output, line.device).value
    if load is None:
        raise DebugRefused(line.device, "the CPU load could not be read.")
    for what, percent in (("5 seconds", load.five_seconds), ("1 minute", load.one_minute)):
        if percent > limit:
            raise DebugRefused(
                line.device,
                f"the CPU was {percent} % busy over {what}, the limit is {limit} %; try later, or raise cpu_limit for it.",
            )


def _ways(line: Line, readers: Readers, output: RawOutput) -> Ways:
    state = readers.logging(output, line.device).value
    if state is None:
        raise DebugRefused(line.device, "the head of show logging could not be read, so the console may get every debug line.")
    if _is_debugging(state.console_level):
        raise DebugRefused(
            line.device,
            "logging console is at debugging level: a debug would block the router at the speed of its console; "
            "lower it (logging console informational) and try again.",
        )
    ways = Ways(monitor=state.enabled is not False and _is_debugging(state.monitor_level), buffer=_has_buffer(state))
    if not ways.monitor and not ways.buffer:
        raise DebugRefused(
            line.device, "debug lines would reach nobody: neither logging monitor nor logging buffered is at debugging level."
        )
    return ways


def _has_buffer(state: LoggingState) -> bool:
    return state.enabled is not False and _is_debugging(state.buffer_level)


def _is_debugging(level: str | None) -> bool:
    return level is not None and level.lower() in ("debugging", "debug", "7")

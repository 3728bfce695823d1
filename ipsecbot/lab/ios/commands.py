"""The exec commands as one table: pattern, who may use it, what it does.

`user`: allowed before `enable`. A pattern's `<…>` words are handed to the action in order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.lab.ios import commands_act as act
from ipsecbot.lab.ios import commands_show as show
from ipsecbot.lab.ios.machine import Machine

Action = Callable[..., str | Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Command:
    action: Action
    user: bool = False


ROWS: tuple[tuple[str, Action, bool], ...] = (
    ("enable", act.enable, True),
    ("disable", act.disable, True),
    ("exit", act.leave, True),
    ("logout", act.leave, True),
    ("quit", act.leave, True),
    ("end", act.nothing, False),
    ("terminal length <number>", act.terminal_length, True),
    ("terminal width <number>", act.terminal_width, True),
    ("terminal no length", act.terminal_default_length, True),
    ("terminal monitor", act.terminal_monitor, False),
    ("terminal no monitor", act.terminal_no_monitor, False),
    ("configure terminal", act.configure, False),
    ("write", act.write_memory, False),
    ("write memory", act.write_memory, False),
    ("copy running-config startup-config", act.copy, False),
    ("ping <address>", act.ping, True),
    ("ping <address> repeat <number>", act.ping_repeat, True),
    ("ping <address> source <word>", act.ping_source, True),
    ("ping <address> source <word> repeat <number>", act.ping_source_repeat, True),
    ("ping <address> repeat <number> source <word>", act.ping_repeat_source, True),
    ("ping ip <address> source <word> repeat <number>", act.ping_source_repeat, True),
    ("ping <address> source <word> repeat <number> timeout <number>", act.ping_timed, True),
    ("clear crypto isakmp", act.clear_isakmp, False),
    ("clear crypto sa", act.clear_sa, False),
    ("clear crypto sa peer <address>", act.clear_sa_peer, False),
    ("clear crypto session", act.clear_session, False),
    ("clear crypto session remote <address>", act.clear_session_remote, False),
    ("clear crypto ikev2 sa", act.clear_ikev2, False),
    ("clear logging", act.clear_logging, False),
    ("debug crypto isakmp", act.debug_isakmp, False),
    ("debug crypto ipsec", act.debug_ipsec, False),
    ("debug crypto ikev2", act.debug_ikev2, False),
    ("debug crypto kmi", act.debug_kmi, False),
    ("debug crypto engine", act.debug_engine, False),
    ("debug crypto condition peer ipv4 <address>", act.condition, False),
    ("debug crypto condition peer ipv6 <word>", act.condition, False),
    ("debug crypto condition reset", act.condition_reset, False),
    ("no debug crypto isakmp", act.no_isakmp, False),
    ("no debug crypto ipsec", act.no_ipsec, False),
    ("no debug crypto ikev2", act.no_ikev2, False),
    ("no debug crypto kmi", act.no_kmi, False),
    ("no debug crypto engine", act.no_engine, False),
    ("no debug crypto condition peer ipv4 <address>", act.no_condition, False),
    ("no debug crypto condition peer ipv6 <word>", act.no_condition, False),
    ("no debug crypto condition", act.condition_reset, False),
    ("no debug all", act.undebug_all, False),
    ("undebug all", act.undebug_all, False),
    ("undebug crypto isakmp", act.no_isakmp, False),
    ("undebug crypto ipsec", act.no_ipsec, False),
    ("undebug crypto ikev2", act.no_ikev2, False),
    ("undebug crypto kmi", act.no_kmi, False),
    ("undebug crypto engine", act.no_engine, False),
    *show.ROWS,
)

TABLE = {pattern: Command(action, user) for pattern, action, user in ROWS}
_USER = tuple(pattern for pattern, command in TABLE.items() if command.user)
_ALL = tuple(TABLE)


def patterns(*, enabled: bool) -> tuple[str, ...]:
    return _ALL if enabled else _USER


def help_text(line: str, *, enabled: bool) -> str:
    """What may follow the words before the `?`."""
    typed = line.rstrip("?")
    words = typed.split()
    open_word = words.pop() if words and not typed.endswith(" ") else ""
    following: set[str] = set()
    for pattern in patterns(enabled=enabled):
        parts = pattern.split()
        fits = all(part.startswith(word) or part[0] == "<" for part, word in zip(parts, words, strict=False))
        if fits and len(parts) > len(words) and parts[len(words)].startswith(open_word):
            following.add(parts[len(words)])
    return "".join(f"  {word.upper().strip('<>') if word[0] == '<' else word}\n" for word in sorted(following)) + "\n"


def after(machine: Machine, seconds: float, action: Callable[[], None]) -> None:
    machine.router.world.after(timedelta(seconds=seconds), action)

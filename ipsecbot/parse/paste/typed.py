"""Configuration that somebody types: `R1(config-if)#ip address …` → the line as the running configuration has it.

The mode in the prompt says what block a line belongs to (IOS Configuration Fundamentals, "CLI modes"); a command of global
mode is also taken in any other mode, so its words decide, not the prompt alone. Every line stays one line.
"""

from __future__ import annotations

import re

_TYPED = re.compile(
    r"\s*[A-Za-z][\w.\-]{0,62}(?:/[\w./]{1,20})?\((?P<mode>c[\w-]{2,40}|ipsec-profile)\)\\?#\s*(?P<command>\S.*)$"
)
_TABLE_END = re.compile(r"(?:\s+\|)+\s*$")  # a line of a table in Markdown
# Commands that look, or that leave the mode: they configure nothing.
_LOOKING = re.compile(r"(?:do|sh\w*|end|exit|quit|ping|clear|debug|un\w*|wr\w*|copy|term\w*)\b|[?^]", re.IGNORECASE)
# Modes in which `(config)` itself stands: nothing is above their commands.
_GLOBAL_MODES = frozenset(("config", "conf"))
# Commands of global mode, which any mode takes: rows for network engineers to review.
_GLOBAL = re.compile(
    r"int\w* (?:range )?[A-Za-z]|ho\w* \S+$|crypto\s+(?:isa|ike|ipsec|key|pki|ca|dyn|engine|call|gdoi)|cry\w*\s+map\s+\S+\s+\S|"
    r"ip\s+(?:acc|rou\w*\s+[\dv]|nat\s+(?:pool|inside\s+source|outside\s+source)|vrf\s+(?!f)|local\s+pool|cef|domain)|"
    r"access-list\s|route-map\s|router\s|vrf\s+def|tunnel-group\s|group-policy\s|object|nat\s+\(|line\s|aaa\s|username\s|ntp\s",
    re.IGNORECASE,
)


def is_typed(line: str) -> bool:
    """Whether this is a prompt of a configuration mode with a command that configures."""
    typed = _TYPED.match(line)
    return typed is not None and _LOOKING.match(typed["command"]) is None


def as_configured(line: str) -> str:
    """The command without its prompt, indented where it belongs to a block; a line without such a prompt as it is."""
    typed = _TYPED.match(line)
    if typed is None:
        return line
    command = _TABLE_END.sub("", typed["command"])
    is_global = typed["mode"].lower() in _GLOBAL_MODES or _GLOBAL.match(command) is not None
    return command if is_global else f" {command}"

"""Role, state and ports at the end of a packet's line, and what a change of state tells of."""

from __future__ import annotations

import re
from functools import lru_cache

from ipsecbot.model.sa import Role
from ipsecbot.parse.ios.log.isakmp_names import STATE_NAMES, TRANSITION_NAMES
from ipsecbot.parse.remembered import Remembered

ROLES = {"I": Role.INITIATOR, "R": Role.RESPONDER, "N": Role.RESPONDER}
ROLE_STATE = re.compile(r"\((?P<role>[IRN])\)\s*(?P<state>[A-Z_0-9]*)")
_TAIL = re.compile(r" (?:peer_port|sport) (?P<port>\d+)(?: Global)? \((?P<role>[IRN])\) (?P<state>[A-Z_0-9]*)")
_PORTS = re.compile(r"(?:sport|p\s?e\s?e\s?r_port)\s*(?P<remote>\d+)")

Way = tuple[str, Role | None, str, int | None]


def way(match: re.Match[str]) -> Way:
    """Role letter, role, state and the peer's port behind what `match` found of a packet's line."""
    tail = _TAILS[match.string[match.end() :]]
    if tail is not None:
        return tail
    found, port = ROLE_STATE.search(match.string), _PORTS.search(match.string)
    letter, state = (found["role"], found["state"]) if found is not None else ("", "")
    return letter, ROLES.get(letter), state, int(port["remote"]) if port is not None else None


def _tail(text: str) -> Way | None:
    found = _TAIL.match(text)
    return (found["role"], ROLES.get(found["role"]), found["state"], int(found["port"])) if found is not None else None


_TAILS = Remembered(_tail)


@lru_cache(maxsize=512)
def transition(old: str, new: str) -> tuple[str, bool, tuple[str, str] | None]:
    """The new state, whether it is another, and the message that the transition tells of."""
    old, new = old.upper(), new.upper()
    told = TRANSITION_NAMES.get((old, new)) or (STATE_NAMES.get(new) if not new.startswith("IKE_QM") else None)
    return new, old != new, told

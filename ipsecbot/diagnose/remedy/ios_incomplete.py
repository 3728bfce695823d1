"""What an IOS configuration lacks in itself, as the lines that complete it: one row for each problem that the parser names.

Source: Cisco IOS Security Command Reference, `crypto map`, `set peer`, `set transform-set`, `match address`, `tunnel
protection`; Interface Command Reference, `tunnel source`, `tunnel destination`, `shutdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ipsecbot.diagnose.remedy.edits import Plan
from ipsecbot.diagnose.remedy.ios_words import UNNAMED, Lines, keyword_of, label, opening, permit_rule

Write = Callable[[Plan, re.Match[str]], Lines]


def incomplete(plan: Plan) -> Lines | None:
    """The lines for one problem; None where there is nothing to type."""
    for pattern, write in _ROWS:
        found = pattern.match(plan.edit.problem or "")
        if found is not None:
            return write(plan, found)
    return None


def _entry(plan: Plan) -> str:
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    return near if near.startswith(("crypto map", "crypto dynamic-map", "crypto ipsec profile")) else opening(plan)


def _rules(plan: Plan) -> Lines:
    told = [rule for pair in plan.edit.selectors if (rule := permit_rule(pair)) is not None]
    return tuple(f" {rule}" for rule in told or ["permit ip <own network> <network behind the peer>"])


def _list(plan: Plan, match: re.Match[str]) -> Lines:
    return (f"ip access-list extended {match[1]}", *_rules(plan))


def _new_list(plan: Plan, match: re.Match[str]) -> Lines:
    name = label(plan)
    return (f"ip access-list extended {name}", *_rules(plan), _entry(plan), f" match address {name}")


def _peer(plan: Plan, match: re.Match[str]) -> Lines:
    return (_entry(plan), f" set peer {plan.edit.address or '<peer address>'}")


def _set(plan: Plan, match: re.Match[str]) -> Lines:
    name = plan.edit.proposal.name if plan.edit.proposal is not None and plan.edit.proposal.name else "<transform set>"
    return (_entry(plan), f" set transform-set {name}")


def _apply(plan: Plan, match: re.Match[str]) -> Lines:
    return (f"interface {plan.edit.interface or '<the interface towards the peer>'}", f" crypto map {match[1]}")


def _no_shutdown(plan: Plan, match: re.Match[str]) -> Lines:
    return (f"interface {match[1]}", " no shutdown")


def _protection(plan: Plan, match: re.Match[str]) -> Lines:
    source = next((child.source for child in (plan.connection.children if plan.connection is not None else ())), None)
    name = keyword_of(source.text, "crypto ipsec profile") if source is not None else None
    return (f"interface {match[1]}", f" tunnel protection ipsec profile {name or UNNAMED}")


def _destination(plan: Plan, match: re.Match[str]) -> Lines:
    return (f"interface {match[1]}", f" tunnel destination {plan.edit.address or '<peer address>'}")


def _source(plan: Plan, match: re.Match[str]) -> Lines:
    return (f"interface {match[1]}", f" tunnel source {plan.edit.interface or plan.edit.own_address or '<outside interface>'}")


_ROWS: tuple[tuple[re.Pattern[str], Write], ...] = tuple(
    (re.compile(pattern), write)
    for pattern, write in (
        (r"crypto map (\S+) is not applied", _apply),
        (r"interface (\S+) is shut down", _no_shutdown),
        (r"no peer", _peer),
        (r"no transform set(?!:)", _set),
        (r"no access list", _new_list),
        (r"access list (\S+) (?:is not defined|permits nothing)", _list),
        (r"(\S+) has no tunnel protection", _protection),
        (r"(\S+) has no tunnel destination", _destination),
        (r"(\S+) has no tunnel source", _source),
        (r"(\S+) is shut down", _no_shutdown),
        (r"ISAKMP is disabled", lambda plan, match: ("crypto isakmp enable",)),
    )
)

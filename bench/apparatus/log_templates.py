"""TextFSM templates that find the events which the log engines find: one rule for each row of the engines' tables.

A rule has the row's own pattern behind the vendor's frame (stamp, tag, context) and takes what the row's groups take. It
records where the engine writes an event down. Where the engine only remembers something for a later event (the attributes of
a transform, the first half of a message), the rule takes its values and records nothing, so that they stand in the later
record. Rows that mean nothing are left out. A template does less than an engine: it keeps no negotiation's state, makes no
values of the words, quotes no line and reports no unknown one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

import textfsm

from ipsecbot.parse.ios.log.isakmp_rows import IKEV1_ROWS, IPSEC
from ipsecbot.parse.phrase import _pattern as pattern_of_sentence
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HOST
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS

_IOS_FRAME = r"^[*.]?(?P<stamp>\w{3} +\d+ [\d:.]+): ISAKMP(?P<tag>-\w+)?:? ?(?P<conn>\([\d:]+\))?:? *"
_IPSEC_FRAME = r"^[*.]?(?P<stamp>\w{3} +\d+ [\d:.]+): IPSEC\((?P<tag>\w+)\):? *"
_CHARON_FRAME = r"^(?P<stamp>\w{3} +\d+ [\d:]+) \S+ charon: \d+\[[A-Z]+\] <(?P<conn>[^>]*)> "


# Steps of the IOS engine that remember something and write no event.
_REMEMBERED = frozenset(
    (
        *("check", "check_child", "child_transform", "word", "life_type", "life", "payload", "identity", "own_identity"),
        *("input", "node", "new_node", "quick_answer", "quick_done", "installed", "retransmitting", "goes_out"),
        *("peer_created", "peer_pair", "handle", "local_key", "no_nat", "state_cut", "state"),
    )
)
# A change of state is an event where it ends a negotiation.
_ENDS = r"(?=.*New State = (?:IKE_P1_COMPLETE|IKE_QM_PHASE2_COMPLETE))"
# Of charon's messages the line that comes first.
_FIRST_HALVES = ("generating {exchange}", "received packet: ")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a template: what it matches, and whether it records."""

    pattern: str
    records: bool = True


def ios_rules() -> tuple[Rule, ...]:
    """Of `debug crypto isakmp` and `debug crypto ipsec`."""
    found: list[Rule] = []
    for frame, rows in ((_IOS_FRAME, IKEV1_ROWS), (_IPSEC_FRAME, IPSEC)):
        for row in rows:
            pattern = f"{frame}(?i:{row.pattern.replace('(?P<value>', f'(?P<{row.detail or row.step}>')})"
            if row.step == "state":
                found.append(Rule(f"{frame}{_ENDS}(?i:{row.pattern})"))
            if row.kind is not None or row.step is not None:
                found.append(Rule(pattern, row.step not in _REMEMBERED))
    return tuple(found)


def charon_rules() -> tuple[Rule, ...]:
    rows = (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST)
    return tuple(
        Rule(f"{_CHARON_FRAME}{pattern_of_sentence(row.sentence)}\\s*$", not row.sentence.startswith(_FIRST_HALVES))
        for row in rows
        if row.kind is not None
    )


def used(rules: Iterable[Rule], text: str) -> tuple[Rule, ...]:
    """The rules that are the first to match some line of `text`: the smallest template that finds the same there."""
    compiled = [(rule, re.compile(rule.pattern)) for rule in rules]
    found = {next((rule for rule, pattern in compiled if pattern.match(line)), None) for line in text.splitlines()[:20000]}
    return tuple(rule for rule, _ in compiled if rule in found)


def template(rules: Iterable[Rule]) -> textfsm.TextFSM:
    """A template of these rules."""
    rules = tuple(rules)
    names = dict.fromkeys(name for rule in rules for name in re.compile(rule.pattern).groupindex)
    values = "".join(f"Value {name} (.*)\n" for name in names)
    body = "".join(f"  {rule.pattern.replace('$', '$$')}{' -> Record' if rule.records else ''}\n" for rule in rules)
    return textfsm.TextFSM(io.StringIO(f"{values}\nStart\n{body}"))

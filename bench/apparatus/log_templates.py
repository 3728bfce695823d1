"""TextFSM templates that find the events which the log engines find: one rule for each row of the engines' tables.

A rule has the row's own pattern behind the vendor's frame (stamp, tag, context), records on a match, and takes what the row's
groups take. Rows that mean nothing are left out. A template does less than an engine: it keeps no negotiation's state, makes no
values of the words, quotes no line and reports no unknown one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import textfsm

from ipsecbot.parse.ios.log.isakmp_rows import IKEV1_ROWS, IPSEC
from ipsecbot.parse.phrase import _pattern as pattern_of_sentence
from ipsecbot.parse.strongswan.phrases_exchange import CHOICE, LIFE, WIRE
from ipsecbot.parse.strongswan.phrases_host import HOST
from ipsecbot.parse.strongswan.phrases_identity import CERTIFICATES, IDENTITY, USERS

_IOS_FRAME = r"^[*.]?(?P<stamp>\w{3} +\d+ [\d:.]+): ISAKMP(?P<tag>-\w+)?:? ?(?P<conn>\([\d:]+\))?:? *"
_IPSEC_FRAME = r"^[*.]?(?P<stamp>\w{3} +\d+ [\d:.]+): IPSEC\((?P<tag>\w+)\):? *"
_CHARON_FRAME = r"^(?P<stamp>\w{3} +\d+ [\d:]+) \S+ charon: \d+\[[A-Z]+\] <(?P<conn>[^>]*)> "


def ios_rules() -> tuple[str, ...]:
    """Of `debug crypto isakmp` and `debug crypto ipsec`."""
    tables = ((_IOS_FRAME, IKEV1_ROWS), (_IPSEC_FRAME, IPSEC))
    return tuple(
        f"{frame}(?i:{row.pattern})" for frame, rows in tables for row in rows if row.kind is not None or row.step is not None
    )


def charon_rules() -> tuple[str, ...]:
    rows = (*WIRE, *CHOICE, *LIFE, *IDENTITY, *CERTIFICATES, *USERS, *HOST)
    return tuple(f"{_CHARON_FRAME}{pattern_of_sentence(row.sentence)}\\s*$" for row in rows if row.kind is not None)


def used(rules: Iterable[str], text: str) -> tuple[str, ...]:
    """The rules that are the first to match some line of `text`: the smallest template that finds the same there."""
    compiled = [(rule, re.compile(rule)) for rule in rules]
    found = {next((rule for rule, pattern in compiled if pattern.match(line)), None) for line in text.splitlines()[:20000]}
    return tuple(rule for rule, _ in compiled if rule in found)


def template(rules: Iterable[str]) -> textfsm.TextFSM:
    """A template of these rules, each of which records."""
    rules = tuple(rules)
    names = dict.fromkeys(name for rule in rules for name in re.compile(rule).groupindex)
    values = "".join(f"Value {name} (.*)\n" for name in names)
    body = "".join(f"  {rule.replace('$', '$$')} -> Record\n" for rule in rules)
    return textfsm.TextFSM(io.StringIO(f"{values}\nStart\n{body}"))

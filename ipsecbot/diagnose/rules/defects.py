"""Published defects of named software.

A row speaks only where its symptom is said in the vendor's own words and the feature it needs was seen too; every row names
the publication it was taken from. Anything less is no defect but a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Clue, Strength, Witness, rule
from ipsecbot.diagnose.testimony import change_of
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind, LogEvent
from ipsecbot.model.proposal import TransformType


@dataclass(frozen=True, slots=True)
class Defect:
    """`symptom`: what the line says; `applies`: the feature or platform it needs; `cure`: the published way out."""

    name: str
    source: str
    kind: EventKind
    symptom: re.Pattern[str]
    applies: Callable[[Facts, Side, LogEvent], bool]
    what: str
    cure: str
    at_peer: bool
    weight: float


def _is_asa_debug(facts: Facts, side: Side, event: LogEvent) -> bool:
    return event.source.text.lstrip().startswith("IKEv2-PROTO")


def _has_pfs_group_21(facts: Facts, side: Side, event: LogEvent) -> bool:
    installed = any(sa.pfs_group == _GROUP_21 for sa in facts.state(side).children or ())
    children = [child for connection in facts.connections(side) or () for child in connection.children]
    groups = {group.keyword for child in children for one in child.proposals for group in one.of(TransformType.KE)}
    return installed or _GROUP_21 in groups


_GROUP_21 = "ecp521"
DEFECTS = (
    Defect(
        name="CSCul48246",
        source="Cisco TechNote 117337, Site-to-Site IKEv2 Tunnel between ASA and Router Configuration Examples",
        kind=EventKind.CERTIFICATE_REFUSED,
        symptom=re.compile(r"Unsupported cert encoding found or Peer requested\s+HTTP URL"),
        applies=_is_asa_debug,
        what="does not negotiate the HTTP lookup of certificates that the IOS router uses by default",
        cure="`no crypto ikev2 http-url cert` on the router, or an ASA release with the fix",
        at_peer=True,
        weight=0.78,
    ),
    Defect(
        name="CSCuv74256",
        source="https://www.findbugzero.com/operational-defect-database/vendors/cisco/defects/CSCuv74256",
        kind=EventKind.VERIFY_FAILED,
        symptom=re.compile(r"HMAC[ _]error|mac verify failed", re.IGNORECASE),
        applies=_has_pfs_group_21,
        what="may calculate wrong keys at a rekey while PFS uses group 21",
        cure="another PFS group on both ends, or a release with the fix",
        at_peer=False,
        weight=0.65,
    ),
)


@rule("software-bug", Need.LOG)
def published_defect(facts: Facts) -> Iterator[Clue]:
    """A defect that the vendor has published, with its symptom in the vendor's words and the feature it needs in sight.

    Seen: the line that the publication quotes, on the platform or with the setting it names.
    Mended: by the published workaround or release.
    """
    for side in SIDES:
        for row in DEFECTS:
            told = [one.event for one in facts.events(row.kind, side=side) if row.symptom.search(_words(one.event))]
            seen = [event for event in told if row.applies(facts, side, event)]
            if seen:
                headline = f"{facts.name(side)} {row.what} (Cisco bug {row.name}): {row.cure}."
                change = change_of(side.other if row.at_peer else side)
                evidence = lines(*(event.source for event in seen[-2:]))
                yield Clue(Strength.STRONG, Witness.RESPONDER, evidence, headline, change=change, weight=row.weight)


def _words(event: LogEvent) -> str:
    return f"{event.source.text} {event.detail or ''}"

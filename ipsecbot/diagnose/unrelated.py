"""Texts in which nothing is about IPsec: what they hold instead, and what to paste in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipsecbot.diagnose.facts import SIDES, Facts
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Missing
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.surroundings import Surroundings
from ipsecbot.model.tunnel import Endpoint

_OF_ANY_HOST = frozenset({EventKind.LINK, EventKind.DAEMON_STARTED, EventKind.DAEMON_STOPPED})
_IOS = (
    "`show running-config`, `show crypto session detail`, `show crypto ipsec sa`, the log of `debug crypto isakmp` or `ikev2`"
)
_LINUX = "`swanctl --list-conns`, `swanctl --list-sas` (or `ipsec statusall`), the configuration, and the log of charon"
_OURS = re.compile(r"ipsec|isakmp|\bike|\besp\b|crypto|charon|swanctl|\bSAs?\b", re.IGNORECASE)
_PASTE: dict[Platform | None, str] = {Platform.CISCO_IOS: _IOS, Platform.STRONGSWAN: _LINUX}
_WHY = "nothing that was recognised in the text is about IKE, ESP or the configuration of a tunnel"


def is_without_ipsec(facts: Facts) -> bool:
    """Whether texts were given, and none of them is about IPsec at all: no configuration, table, message or rule of it."""
    ends = _ends(facts)
    return bool(ends) and all(end.device.address is None and not end.failure and _is_other(end) for end in ends)


def what_is_there(facts: Facts) -> str:
    """`3 messages about interfaces, a routing table`: for a sentence."""
    found = [what for end in _ends(facts) for what in _contents(end)]
    return ", ".join(dict.fromkeys(found)) or "nothing that is known here"


def what_to_paste(facts: Facts) -> Iterator[Missing]:
    """One line per end."""
    for end in _ends(facts):
        yield Missing(end.device.name, _PASTE.get(end.device.platform, f"on a router {_IOS}; on Linux {_LINUX}"), _WHY)


def _ends(facts: Facts) -> list[Endpoint]:
    return [end for side in SIDES if (end := facts.end(side)) is not None]


def _is_other(end: Endpoint) -> bool:
    told = (end.connections, end.keys, end.ike_sas, end.child_sas, end.ike_running)
    around = end.around
    ours = (around.incomplete, around.not_loaded, around.daemon_down, around.port_unreachable)
    events = [event for event in end.events or () if event.kind not in _OF_ANY_HOST]
    unread = any(_OURS.search(f"{gap.text} {gap.why}") for gap in end.gaps)
    return all(one is None for one in told) and not any(ours) and not events and not unread


def _contents(end: Endpoint) -> Iterator[str]:
    links = sum(event.kind is EventKind.LINK for event in end.events or ())
    if links:
        yield f"{links} {'message' if links == 1 else 'messages'} about interfaces"
    around: Surroundings = end.around
    if around.routes is not None:
        yield "a routing table"
    if around.translations or around.translated:
        yield "rules of address translation"
    if around.filters or around.dropped:
        yield "packet filters"
    if end.pings or around.pings:
        yield "pings"
    odd = len(end.gaps)
    if odd:
        yield f"{odd} {'line' if odd == 1 else 'lines'} of something else"

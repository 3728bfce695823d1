"""How Cisco IOS spells what remedies have to write: contexts, algorithms, access list entries, names for new things."""

from __future__ import annotations

import re

from ipsecbot.diagnose.remedy.edits import Plan
from ipsecbot.model.connection import Connection
from ipsecbot.model.proposal import Algorithm
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.spellings import ios_words

SECRET = "<the shared secret>"  # noqa: S105  the words that stand where only the operator knows what to type
OLD_SECRET = "<the present secret>"  # noqa: S105
UNNAMED = "<name>"
Lines = tuple[str, ...]
_PROTOCOLS = {0: "ip", 1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ahp"}
_CONTEXT = re.compile(
    r"^(crypto (map|dynamic-map|ipsec profile|isakmp profile|ikev2 profile|keyring|ikev2 keyring)|interface)\b"
)


def is_v1(connection: Connection | None) -> bool:
    return connection is not None and connection.ike.versions[:1] == (1,)


def context(plan: Plan, words: str) -> str:
    """The configuration line that opens the part of this connection which begins with `words`."""
    places = [plan.edit.near]
    if plan.child is not None:
        places += [plan.child.source, plan.child.pfs_source, plan.child.mode_source]
    if plan.connection is not None:
        ike = plan.connection.ike
        places += [plan.connection.source, plan.connection.address_source, ike.source, ike.auth_source, ike.version_source]
    texts = [place.text.strip() for place in places if place is not None]
    found = next((text for text in texts if text.startswith(words) and _CONTEXT.match(text)), None)
    return found or f"{words} {UNNAMED}"


def opening(plan: Plan) -> str:
    """The crypto map entry or IPsec profile of this connection."""
    found = [context(plan, words) for words in ("crypto map", "crypto dynamic-map", "crypto ipsec profile")]
    return next((text for text in found if UNNAMED not in text), "crypto map <name> <number> ipsec-isakmp")


def spelled(field: str, algorithms: tuple[Algorithm, ...]) -> str | None:
    words = [ios_words(field, algorithm) for algorithm in algorithms]
    return None if not words or None in words else " ".join(word for word in words if word)


def end_of_rule(selector: TrafficSelector) -> str | None:
    network = selector.network
    if network is None:
        return None
    if network.prefixlen == 0:
        words = "any"
    elif network.prefixlen == network.max_prefixlen:
        words = f"host {network.network_address}"
    else:
        words = f"{network.network_address} {network.hostmask}"
    if (selector.first_port, selector.last_port) == (0, 65535):
        return words
    if selector.first_port == selector.last_port:
        return f"{words} eq {selector.first_port}"
    return f"{words} range {selector.first_port} {selector.last_port}"


def permit_rule(pair: SelectorPair) -> str | None:
    ends = (end_of_rule(pair.local), end_of_rule(pair.remote))
    protocol = _PROTOCOLS.get(pair.local.protocol, str(pair.local.protocol))
    return None if None in ends else f"permit {protocol} {ends[0]} {ends[1]}"


def label(plan: Plan) -> str:
    """A name for something new: the other end's, in letters that IOS takes."""
    return re.sub(r"[^\w-]", "-", plan.edit.label or "") or UNNAMED


def keyword_of(text: str, word: str) -> str | None:
    """The word behind `word` in a configuration line: `CM` of `crypto map CM 10 ipsec-isakmp`."""
    found = re.search(rf"\b{word}\s+(\S+)", text)
    return found[1] if found else None

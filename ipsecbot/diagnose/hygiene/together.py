"""What only both ends together show: they would renew an SA in the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ipsecbot.model.comparison import Match
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Caution, Source
from ipsecbot.model.negotiation import Rekeying

_HELP = "give one end a shorter lifetime, or let both start at random (strongSwan: rand_time)"
_WHY = {
    1: f"both start a negotiation, and of the two new SAs each end may go on with another one; {_HELP}",
    2: f"both start a rekeying and one of the two new SAs has to go again, which not every release survives; {_HELP}",
}
_REFERENCE = {1: "", 2: "RFC 7296 section 2.8"}  # no RFC of IKEv1 says what to do then
_MOST_NAMED = 3
Group = tuple[str, str, int, int]


def rekey_together(matches: Iterable[Match]) -> Iterator[Caution]:
    """One caution for all tunnels of one device whose SAs of one kind have the same lifetime at both ends, which neither
    spreads at random; it quotes the lines of the first."""
    found: dict[Group, dict[str, tuple[Source, ...]]] = {}
    for match in matches:
        version = match.pairing.left_initiates.ike_version or 2
        for kind, seconds, name, sources in _of(match):
            known = tuple(source for source in sources if source is not None)
            if known:
                found.setdefault((match.left.end.device.name, kind, seconds, version), {})[name] = known
    for (device, kind, seconds, version), named in found.items():
        names, left = list(named)[:_MOST_NAMED], len(named) - _MOST_NAMED
        who = ", ".join(names) + (f" and {left} more" if left > 0 else "")
        headline = f"{who}: both ends renew the {kind} after {seconds} s."
        yield Caution(device, "rekey-together", headline, _WHY[version], next(iter(named.values())), _REFERENCE[version])


def _of(match: Match) -> Iterator[tuple[str, int, str, tuple[Source | None, ...]]]:
    replay, left, right = match.pairing.left_initiates, match.pairing.left, match.pairing.right
    seconds = _at_once(replay.rekeying)
    if seconds and not (_spreads(left) and _spreads(right)):
        yield "IKE SA", seconds, f"{left.name} ⇄ {right.name}", (left.ike.source, right.ike.source)
    for child in replay.children:
        mine, yours, seconds = child.left_child, child.right_child, _at_once(child.rekeying)
        if seconds and mine is not None and yours is not None and not (_child_spreads(mine) and _child_spreads(yours)):
            yield "CHILD_SA", seconds, f"{mine.name} ⇄ {yours.name}", (mine.source, yours.source)


def _at_once(one: Rekeying | None) -> int:
    """After how many seconds; 0 when they do not."""
    return int(one.left.total_seconds()) if one is not None and one.together and one.left is not None else 0


def _spreads(connection: Connection) -> bool:
    return connection.ike.times is not None and connection.ike.times.spread > timedelta(0)


def _child_spreads(child: ChildPolicy) -> bool:
    return child.time_limit is not None and child.time_limit.spread > 0

"""What the two configurations of one tunnel come to, by the rules that judge every tunnel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.comparison import Agreement, ComparedTunnel, Match
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Finding, Remedy, Side, Source, Verdict
from ipsecbot.model.tunnel import Endpoint, Pairing, Tunnel

Line = tuple[str, str, int]
Users = Mapping[Line, tuple[str, ...]]


def weigh(match: Match, users: Users) -> ComparedTunnel:
    """The verdict on one match. `users`: which connections use each line of the configurations (see `users_of`).

    A direction in which nothing is ever started is not held against the tunnel.
    """
    starts = tuple(side for side in Side if match.replay(side).cannot_start is None) or tuple(Side)
    up = tuple(side for side in starts if not match.replay(side).blocking)
    unknown = tuple(dict.fromkeys(words for side in starts for words in match.replay(side).unknown))
    late = any(found.late for side in starts for found in match.replay(side).mismatches)
    findings = tuple(_with_users(finding, match, users) for finding in _findings(match.tunnel, starts, up, match))
    if not up:
        agreement = Agreement.MISMATCHED
    elif len(up) < len(starts):
        agreement = Agreement.ONE_WAY
    elif late:
        agreement = Agreement.LATE
    elif findings:
        agreement = Agreement.FAULTY
    else:
        agreement = Agreement.UNDECIDED if unknown else Agreement.AGREES
    return ComparedTunnel(match, agreement, starts, up, findings, unknown)


def _findings(tunnel: Tunnel, starts: tuple[Side, ...], up: tuple[Side, ...], match: Match) -> Iterator[Finding]:
    """What the rules find. Of a one-way tunnel they judge the direction that fails, and then both for what comes late."""
    if not up or len(up) == len(starts):
        yield from _found(_started_by(tunnel, starts, match) if len(starts) == 1 else tunnel)
        return
    told = set()
    for finding in _found(_started_by(tunnel, tuple(side for side in starts if side not in up), match)):
        told.add(finding.cause)
        yield _one_way(finding, tunnel, up[0])
    yield from (finding for finding in _found(_started_by(tunnel, up, match)) if finding.cause not in told)


def _found(tunnel: Tunnel) -> Iterator[Finding]:
    return (one for one in conclude(tunnel).findings if one.verdict is Verdict.FOUND and one.cause != "healthy")


def _started_by(tunnel: Tunnel, sides: tuple[Side, ...], match: Match) -> Tunnel:
    """The tunnel as if only one side ever started it."""
    replay = match.replay(sides[0])
    return replace(tunnel, pairings=(Pairing(match.pairing.left, match.pairing.right, replay, replay),))


def _one_way(finding: Finding, tunnel: Tunnel, side: Side) -> Finding:
    starter, other = tunnel.end(side), tunnel.end(side.other)
    assert starter is not None  # both ends of a match are known
    assert other is not None
    headline = (
        f"One-way: the tunnel comes up only when {starter.device.name} starts it. When {other.device.name} does: "
        f"{finding.headline}"
    )
    return replace(finding, headline=headline, only_from=side)


def users_of(ends: Iterable[Endpoint]) -> Users:
    """Which connections each policy, transform set or list of proposals serves, by the line it stands at."""
    found: dict[Line, dict[str, None]] = {}
    for end in ends:
        for connection in end.connections or ():
            for source in _shared_lines(connection):
                found.setdefault((source.device, source.output, source.first_line), {})[connection.name] = None
    return {line: tuple(names) for line, names in found.items() if len(names) > 1}


def _shared_lines(connection: Connection) -> Iterator[Source]:
    sources = [proposal.source for proposal in connection.ike.proposals]
    for child in connection.children:
        sources += [proposal.source for proposal in child.proposals]
        sources += [child.proposal_source, child.selector_source, child.pfs_source, child.mode_source]
    yield from (source for source in sources if source is not None)


def _with_users(finding: Finding, match: Match, users: Users) -> Finding:
    own = {match.left.connection.name, match.right.connection.name}
    return replace(finding, remedies=tuple(_shared(remedy, finding, own, users) for remedy in finding.remedies))


def _shared(remedy: Remedy, finding: Finding, own: set[str], users: Users) -> Remedy:
    lines = ((s.device, s.output, s.first_line) for s in finding.evidence if s.device == remedy.device)
    others = dict.fromkeys(name for line in lines for name in users.get(line, ()) if name not in own)
    return replace(remedy, shared_with=tuple(others)) if others else remedy

"""What the two configurations of one tunnel come to, by the rules that judge every tunnel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ipsecbot.diagnose.conclude import faults_of
from ipsecbot.diagnose.remedy import remedies
from ipsecbot.diagnose.renewal import when_it_breaks
from ipsecbot.model.comparison import Agreement, ComparedTunnel, Match
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Finding, Side, Verification
from ipsecbot.model.negotiation import Negotiation
from ipsecbot.model.tunnel import Endpoint, Pairing, Tunnel

Line = tuple[str, str, int]
Users = Mapping[Line, Mapping[int, Connection]]
_MOST_USERS = 1000  # of one line; more of them are of one kind


def weigh(match: Match, users: Users) -> ComparedTunnel:
    """The verdict on one match. `users`: which connections use each line of the configurations (see `users_of`).

    A direction in which nothing is ever started is not held against the tunnel.
    """
    starts = tuple(side for side in Side if match.replay(side).cannot_start is None) or tuple(Side)
    up = tuple(side for side in starts if not match.replay(side).blocking)
    unknown = tuple(dict.fromkeys(words for side in starts for words in match.replay(side).unknown))
    late = any(found.late for side in Side for found in match.replay(side).mismatches)  # whoever started, either end may rekey
    findings = tuple(_with_remedies(finding, match, users) for finding in _findings(match.tunnel, starts, up, match))
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
    """What the rules find. Of a one-way tunnel they judge the direction that fails first, then the other."""
    told: list[Finding] = []
    if up and len(up) < len(starts):
        down = next(side for side in starts if side not in up)
        told += (_one_way(finding, tunnel, up[0]) for finding in faults_of(_started_by(tunnel, match.replay(down))))
        tunnel = _started_by(tunnel, match.replay(up[0]))
    elif len(starts) == 1:
        tunnel = _started_by(tunnel, match.replay(starts[0]))
    for finding in (*faults_of(tunnel), *_late(tunnel, match)):
        if finding.cause not in {other.cause for other in told}:
            told.append(finding)
    yield from told


def _late(tunnel: Tunnel, match: Match) -> Iterator[Finding]:
    """What the rules say when the first rekey comes and its differences are there, and when that is."""

    def name(side: Side) -> str:
        end = match.tunnel.end(side)
        return end.device.name if end is not None else side.value

    when = when_it_breaks(match.pairing, name)
    for side in Side:
        replay = match.replay(side)
        waiting = tuple(replace(found, late=False) for found in replay.mismatches if found.late)
        if waiting:
            then = _started_by(tunnel, replace(replay, mismatches=waiting, unknown=()))
            for one in faults_of(then):
                yield replace(one, headline=f"From the first rekey on: {one.headline}{f' {when}' if when else ''}")


def _started_by(tunnel: Tunnel, replay: Negotiation) -> Tunnel:
    """The tunnel as if nothing else ever happened."""
    return replace(tunnel, pairings=(Pairing(replay.left, replay.right, replay, replay),))


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
    """Which connections each policy, transform set, list or block of settings serves, by the line it stands at."""
    found: dict[Line, dict[int, Connection]] = {}
    for end in ends:
        for connection in end.connections or ():
            for line in _lines(connection):
                alike = found.setdefault(line, {})
                if len(alike) < _MOST_USERS:
                    alike[id(connection)] = connection
    return {line: alike for line, alike in found.items() if len(alike) > 1}


def _lines(connection: Connection) -> Iterator[Line]:
    sources = [connection.ike.source, *(proposal.source for proposal in connection.ike.proposals)]
    for child in connection.children:
        sources += [child.source, child.proposal_source, child.selector_source, child.pfs_source, child.mode_source]
        sources += [proposal.source for proposal in child.proposals]
    yield from ((s.device, s.output, s.first_line) for s in sources if s is not None)


def _with_remedies(finding: Finding, match: Match, users: Users) -> Finding:
    """With the changes that mend it in both directions of the whole tunnel; what else uses the lines they change is in sight
    while they are written. What replay shows not to help is left out where something else does."""
    tunnel = match.tunnel
    assert tunnel.right is not None  # a match has two ends
    whole = replace(tunnel, left=_with_users(tunnel.left, users), right=_with_users(tunnel.right, users))
    every = remedies(whole, finding)
    tried = tuple(one for one in every if one.verified is Verification.SIMULATED) or every
    return replace(finding, remedies=tried)


def _with_users(end: Endpoint, users: Users) -> Endpoint:
    mine = end.connections or ()
    others: dict[int, Connection] = {}
    for line in (line for own in mine for line in _lines(own)):
        others.update(users.get(line, {}))
    for own in mine:
        others.pop(id(own), None)
    return replace(end, connections=(*mine, *others.values()))

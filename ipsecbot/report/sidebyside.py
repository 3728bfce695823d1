"""What both ends want, side by side, with the difference marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ipsecbot.model.connection import ChildPolicy, Connection, IkePolicy
from ipsecbot.model.evidence import Side
from ipsecbot.model.identity import AuthMethod, IkeIdentity
from ipsecbot.model.negotiation import Aspect, ChildNegotiation, Choice, Negotiation
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.selectors import SelectorPair, mirrored
from ipsecbot.model.tunnel import Pairing, Tunnel

UNKNOWN = "not known"
CHOSEN = " ✓"  # behind the proposals that meet
_WITH_KEY = (AuthMethod.PSK, AuthMethod.XAUTH_PSK)


class Mark(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Line:
    """One property of both ends; DIFFERENT only when it stops or endangers the tunnel."""

    label: str
    left: str
    right: str
    mark: Mark


Marker = Callable[[str, Aspect, str, str], Line]


@dataclass(frozen=True, slots=True)
class Comparison:
    left: str
    right: str
    lines: tuple[Line, ...]


def compare_ends(tunnel: Tunnel) -> Comparison | None:
    """The best pairing's two connections line by line; None when there is nothing to set side by side."""
    if not tunnel.pairings or tunnel.right is None:
        return None
    pairing = tunnel.pairings[0]
    return Comparison(tunnel.left.device.name, tunnel.right.device.name, tuple(_lines(tunnel, pairing)))


def _marker(wrong: set[Aspect]) -> Marker:
    def line(label: str, aspect: Aspect, a: str, b: str) -> Line:
        mark = Mark.DIFFERENT if aspect in wrong else Mark.OPEN if UNKNOWN in (a, b) else Mark.SAME
        return Line(label, a, b, mark)

    return line


def _lines(tunnel: Tunnel, pairing: Pairing) -> Iterator[Line]:
    both = (pairing.left_initiates, pairing.right_initiates)
    wrong = {mismatch.aspect for negotiation in both for mismatch in negotiation.mismatches}
    left, right = pairing.left, pairing.right
    line = _marker(wrong)
    met = tuple(_meeting(side, *((one.initiator, one.ike) for one in both)) for side in Side)
    yield line("connection", Aspect.ADDRESS, left.name, right.name)
    yield line("addresses", Aspect.ADDRESS, _addresses(left), _addresses(right))
    yield line("IKE version", Aspect.VERSION, _versions(left), _versions(right))
    if Aspect.EXCHANGE_MODE in wrong or (1 in left.ike.versions and 1 in right.ike.versions):
        yield line("exchange mode", Aspect.EXCHANGE_MODE, _mode(left.ike, right.ike), _mode(right.ike, left.ike))
    yield line(
        "IKE proposals", Aspect.IKE_PROPOSAL, _proposals(left.ike.proposals, met[0]), _proposals(right.ike.proposals, met[1])
    )
    yield line("authentication", Aspect.AUTH_METHOD, _authentication(left), _authentication(right))
    yield from _keys(tunnel, both, wrong)
    yield line("own identity", Aspect.IDENTITY, _identity(left.ike.local_id), _identity(right.ike.local_id))
    yield line("expected identity", Aspect.IDENTITY, _identities(left.ike.remote_ids), _identities(right.ike.remote_ids))
    yield from _every_child(both)


def _every_child(both: tuple[Negotiation, Negotiation]) -> Iterator[Line]:
    """Each child with its partner, as either end would start it; one alone needs no heading."""
    pairs: dict[tuple[str | None, str | None], list[tuple[Side, ChildNegotiation]]] = {}
    for negotiation in both:
        for one in negotiation.children or (_only_child(negotiation),):
            names = tuple(child.name if child is not None else None for child in (one.left_child, one.right_child))
            pairs.setdefault((names[0], names[1]), []).append((negotiation.initiator, one))
    for names, replays in pairs.items():
        if len(pairs) > 1:
            missing = None in names and any(one.mismatches for _, one in replays)
            yield Line("child", names[0] or "none", names[1] or "none", Mark.DIFFERENT if missing else Mark.SAME)
        yield from _child_lines(replays)


def _only_child(one: Negotiation) -> ChildNegotiation:
    return ChildNegotiation(one.left_child, one.right_child, one.child, one.selectors, None, one.mismatches)


def _child_lines(replays: list[tuple[Side, ChildNegotiation]]) -> Iterator[Line]:
    left, right = replays[0][1].left_child, replays[0][1].right_child
    if left is None or right is None:
        return
    line = _marker({mismatch.aspect for _, one in replays for mismatch in one.mismatches})
    met = tuple(_meeting(side, *((initiator, one.choice) for initiator, one in replays)) for side in Side)
    yield line(
        "ESP/AH proposals", Aspect.CHILD_PROPOSAL, _proposals(left.proposals, met[0]), _proposals(right.proposals, met[1])
    )
    yield line("PFS", Aspect.PFS, _pfs(left), _pfs(right))
    yield line("protects", Aspect.SELECTORS, _selectors(left.selectors), _selectors(right.selectors, turned=True))
    yield line("encapsulation", Aspect.ENCAPSULATION, left.mode or UNKNOWN, right.mode or UNKNOWN)


def _meeting(side: Side, *choices: tuple[Side, Choice | None]) -> frozenset[tuple[object, ...]]:
    """Which of one side's proposals meet one of the other side's, whoever starts."""
    met = []
    for initiator, choice in choices:
        if choice is not None and choice.selected is not None and choice.attempts:
            last = choice.attempts[-1]
            met.append(_key(last.offered if initiator is side else last.configured))
    return frozenset(met)


def _key(proposal: Proposal) -> tuple[object, ...]:
    """A replay fills in what a proposal leaves to its connection, but neither its number nor its algorithms."""
    return proposal.number, proposal.algorithms


def _addresses(connection: Connection) -> str:
    return f"{', '.join(connection.local_addresses) or 'any'} → {', '.join(connection.remote_addresses) or 'none'}"


def _versions(connection: Connection) -> str:
    return ", ".join(f"IKEv{version}" for version in connection.ike.versions) or UNKNOWN


def _mode(mine: IkePolicy, yours: IkePolicy) -> str:
    """The mode that an end starts with; beside it the other end's, where it is another one that this end answers."""
    if mine.initiates_mode is None:
        return UNKNOWN
    answers = yours.initiates_mode is not None and yours.initiates_mode in mine.accepts_modes
    other = yours.initiates_mode if answers and yours.initiates_mode is not mine.initiates_mode else None
    return f"{mine.initiates_mode}, answers {other}" if other is not None else mine.initiates_mode


def _proposals(proposals: tuple[Proposal, ...], met: frozenset[tuple[object, ...]]) -> str:
    lines = (f"{_proposal(one)}{CHOSEN if _key(one) in met else ''}" for one in proposals)
    return "\n".join(lines) or UNKNOWN


def _proposal(proposal: Proposal) -> str:
    words = proposal.keywords
    return f"{words} ({proposal.auth})" if proposal.auth else words


def _authentication(connection: Connection) -> str:
    """IKEv2 says it per end; in IKEv1 it is an attribute of the proposals."""
    if connection.ike.local_auth is not None:
        return connection.ike.local_auth
    return ", ".join(dict.fromkeys(proposal.auth for proposal in connection.ike.proposals if proposal.auth)) or UNKNOWN


def _keys(tunnel: Tunnel, both: tuple[Negotiation, Negotiation], wrong: set[Aspect]) -> Iterator[Line]:
    """Only where one of the ends uses one. What replay could not compare is open, although each end has a key."""
    missing = {found.at_fault for one in both for found in one.mismatches if found.aspect is Aspect.KEY_MISSING}
    if not missing and Aspect.KEY not in wrong and not any(_uses_key(one) for one in (both[0].left, both[0].right)):
        return
    ends = ((Side.LEFT, tunnel.left), (Side.RIGHT, tunnel.right))
    words = ["missing" if side in missing else UNKNOWN if end is None or end.keys is None else "set" for side, end in ends]
    if missing or Aspect.KEY in wrong:
        yield Line("pre-shared key", words[0], words[1] if missing else "differs", Mark.DIFFERENT)
    else:
        starts = [one for one in both if one.cannot_start is None] or both
        doubtful = any("pre-shared key" in told for one in starts for told in one.unknown)
        yield Line("pre-shared key", words[0], words[1], Mark.OPEN if doubtful or UNKNOWN in words else Mark.SAME)


def _uses_key(connection: Connection) -> bool:
    """Also where the configuration does not say how the end proves itself."""
    ike = connection.ike
    methods = {ike.local_auth, ike.remote_auth, *(one.auth for one in ike.proposals)} - {None}
    return not methods or not methods.isdisjoint(_WITH_KEY)


def _identity(identity: IkeIdentity | None) -> str:
    return str(identity) if identity else "its address"


def _identities(identities: tuple[IkeIdentity, ...]) -> str:
    return ", ".join(str(identity) for identity in identities) or "any"


def _pfs(child: ChildPolicy) -> str:
    groups = sorted(
        {algorithm.keyword for proposal in child.proposals for algorithm in proposal.algorithms if algorithm.type == "dh"}
    )
    return ", ".join(groups) or "none"


def _selectors(pairs: tuple[SelectorPair, ...] | None, *, turned: bool = False) -> str:
    if pairs is None:
        return UNKNOWN
    return "\n".join(str(mirrored(pair) if turned else pair) for pair in pairs) or "nothing"

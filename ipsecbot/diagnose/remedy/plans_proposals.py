"""Plans for proposals: one end takes what the other has. Raising comes first; what would weaken an end goes behind its present
choice where it can, and says so.

Source: RFC 8247 sections 2.1 to 2.4 and RFC 8221 sections 5 and 6 for the floor of `strength`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.plans_auth import auth_method
from ipsecbot.diagnose.remedy.strength import is_stronger, sound, weakened
from ipsecbot.diagnose.remedy.whom import child_of, connection_of, failing_replay, is_router, name_of, with_child
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.negotiation import Aspect, Choice, Negotiation
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.tunnel import Tunnel

_KINDS = {
    "encryption": TransformType.ENCR,
    "key-length": TransformType.ENCR,
    "integrity": TransformType.INTEG,
    "prf": TransformType.PRF,
    "dh": TransformType.KE,
    "esn": TransformType.ESN,
}
_ORDER = (TransformType.ENCR, TransformType.INTEG, TransformType.PRF, TransformType.KE, TransformType.ESN)
_NOTHING_SOUND = (TransformType.ENCR, TransformType.INTEG, TransformType.KE)


def adopt(mine: Proposal, theirs: Proposal, kinds: tuple[TransformType, ...]) -> Proposal:
    """My proposal with their algorithms of these types, the sound ones where there are any; an AEAD cipher takes integrity
    along."""
    algorithms = tuple(algorithm for kind in _ORDER for algorithm in (sound(theirs, kind) if kind in kinds else mine.of(kind)))
    together = mine.beside is not None and theirs.beside is not None and TransformType.INTEG in kinds
    return replace(mine, algorithms=algorithms, beside=theirs.beside if together else mine.beside)


def _kinds_of(choice: Choice, *, ike: bool) -> tuple[TransformType, ...]:
    """The transform types in which the nearest miss differs; what hangs together changes together."""
    if choice.nearest is None:
        return ()
    kinds = {_KINDS[m.attribute] for m in choice.nearest.mismatches if m.attribute in _KINDS}
    pair = (choice.nearest.offered, choice.nearest.configured)
    aead = [any(algorithm.aead for algorithm in proposal.of(TransformType.ENCR)) for proposal in pair]
    if TransformType.ENCR in kinds and aead[0] is not aead[1]:
        kinds.add(TransformType.INTEG)
    if ike and TransformType.INTEG in kinds:
        kinds.add(TransformType.PRF)
    return tuple(kind for kind in _ORDER if kind in kinds)


def _own(proposals: tuple[Proposal, ...], near: Proposal) -> Proposal | None:
    """The configured proposal that a replay's proposal was made from."""
    return next((p for p in proposals if p.number == near.number and p.algorithms == near.algorithms), None)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a refused choice: its proposal that came nearest, and all of that list."""

    tunnel: Tunnel
    side: Side
    what: What
    connection: Connection
    child: ChildPolicy | None
    listed: tuple[Proposal, ...]
    mine: Proposal

    @property
    def name(self) -> str:
        return name_of(self.tunnel, self.side)

    @property
    def other(self) -> str:
        return name_of(self.tunnel, self.side.other)


def _listed(connection: Connection, child: ChildPolicy | None, what: What) -> tuple[Proposal, ...]:
    return connection.ike.proposals if what is What.IKE_PROPOSAL else child.proposals if child is not None else ()


def _proposal_plans(tunnel: Tunnel, replay: Negotiation, choice: Choice | None, what: What) -> Iterator[Plan]:
    kinds = _kinds_of(choice, ike=what is What.IKE_PROPOSAL) if choice is not None else ()
    if choice is None or choice.nearest is None:
        return
    attributes = {m.attribute for m in choice.nearest.mismatches}
    if not (kinds or "protocol" in attributes):
        return
    by_side = {replay.initiator: choice.nearest.offered, replay.initiator.other: choice.nearest.configured}
    for side in SIDES:
        connection, child = connection_of(replay, side), child_of(replay, side)
        listed, mine = _listed(connection, child, what), _own(_listed(connection, child, what), by_side[side])
        if mine is None:
            continue
        end = _End(tunnel, side, what, connection, child, listed, mine)
        theirs = _listed(connection_of(replay, side.other), child_of(replay, side.other), what)
        yield _best(end, by_side[side.other], theirs, kinds, attributes)


def _best(
    end: _End, near: Proposal, theirs: tuple[Proposal, ...], kinds: tuple[TransformType, ...], attributes: set[str | None]
) -> Plan:
    """What is nearest, unless that weakens this end and another proposal of the peer does not."""
    whole = "protocol" in attributes
    wanted = replace(near, name=end.mine.name, number=end.mine.number, source=end.mine.source) if whole else None
    wanted = wanted or adopt(end.mine, near, kinds)
    auth = near.auth if "auth" in attributes and end.mine.auth is not None else None
    if auth is not None:
        wanted = replace(wanted, auth=auth)
    plan = _instead(end, wanted, kinds, whole=whole)
    plan = replace(plan, edit=replace(plan.edit, auth=auth))
    if not (low := weakened(wanted, end.mine, kinds or _NOTHING_SOUND)):
        return plan
    others = [adopt(end.mine, one, _ORDER) for one in theirs if one.protocol is end.mine.protocol]
    better = [one for one in others if not weakened(one, end.mine, _NOTHING_SOUND)]
    if better and not whole:
        best = next((one for one in better if all(not is_stronger(other, one, _ORDER) for other in better)), better[0])
        return replace(_instead(end, best, _differing(best, end.mine)), fallbacks=(plan,))
    why = (
        f"weakens {end.name}: {end.other} has nothing stronger than {', '.join(low)}; only where {end.other} cannot be changed"
    )
    lowered = replace(plan, why=f"{why} ({wanted.keywords})", strength=-1, weakens=True)
    beside = None if whole or auth is not None else _beside(end, wanted, kinds, why)
    return replace(beside, fallbacks=(lowered,)) if beside is not None else lowered


def _differing(one: Proposal, other: Proposal) -> tuple[TransformType, ...]:
    return tuple(kind for kind in _ORDER if one.of(kind) != other.of(kind))


def _instead(end: _End, wanted: Proposal, kinds: tuple[TransformType, ...], *, whole: bool = False) -> Plan:
    """The proposal in the place of the nearest one."""
    proposals = tuple(wanted if proposal is end.mine else proposal for proposal in end.listed)
    others = tuple(proposal for proposal in end.listed if proposal is not end.mine)
    raises = is_stronger(wanted, end.mine, kinds or (TransformType.ENCR, TransformType.INTEG))
    why = f"{'raises it to' if raises else 'makes it equal to'} what {end.other} uses: {wanted.keywords}"
    edit = Edit(end.what, near=end.mine.source, proposal=wanted, kinds=kinds, others=others, whole=whole)
    becomes = _with_proposals(end.connection, end.child, proposals, end.what)
    return Plan(end.side, edit, why, end.connection, end.child, becomes=becomes, strength=1 if raises else 0)


def _beside(end: _End, wanted: Proposal, kinds: tuple[TransformType, ...], why: str) -> Plan | None:
    """The weaker proposal behind all that are there, which go on being preferred."""
    mixed = any(one.aead for one in wanted.algorithms) is not any(one.aead for one in end.mine.algorithms)
    if is_router(end.tunnel, end.side) and (end.what is What.PFS or mixed):
        return None  # one group for each entry; a proposal of IOS holds either kind of cipher
    number = max((proposal.number or 0 for proposal in end.listed), default=0) + 1
    added = replace(wanted, number=number)
    edit = Edit(end.what, near=end.mine.source, proposal=added, kinds=kinds, others=end.listed, beside=True)
    becomes = _with_proposals(end.connection, end.child, (*end.listed, added), end.what)
    told = f"{why} ({added.keywords} behind what is there, which stays preferred)"
    return Plan(end.side, edit, told, end.connection, end.child, becomes=becomes, strength=-1, weakens=True)


def _with_proposals(
    connection: Connection, child: ChildPolicy | None, proposals: tuple[Proposal, ...], what: What
) -> Connection:
    if what is What.IKE_PROPOSAL:
        return replace(connection, ike=replace(connection.ike, proposals=proposals))
    assert child is not None  # only a child has ESP proposals
    protocol = proposals[0].protocol if proposals else child.protocol
    return with_child(connection, child, replace(child, proposals=proposals, protocol=protocol))


def ike_proposal(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """IKE proposals; where they differ in how the ends authenticate alone, that."""
    replay = failing_replay(tunnel, Aspect.IKE_PROPOSAL)
    if replay is None:
        return
    nearest = replay.ike.nearest if replay.ike is not None else None
    if nearest is not None and {m.attribute for m in nearest.mismatches} == {"auth"}:
        yield from auth_method(tunnel, finding)
    else:
        yield from _proposal_plans(tunnel, replay, replay.ike, What.IKE_PROPOSAL)


def child_proposal(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """ESP or AH proposals."""
    replay = failing_replay(tunnel, Aspect.CHILD_PROPOSAL)
    if replay is not None:
        yield from _proposal_plans(tunnel, replay, replay.child, What.CHILD_PROPOSAL)


def pfs(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The same group on both: the stronger one, and PFS rather than none."""
    replay = failing_replay(tunnel, Aspect.PFS)
    children = [child_of(replay, side) for side in SIDES] if replay is not None else []
    if replay is None or any(child is None or not child.proposals for child in children):
        return
    for side in SIDES:
        child, other = child_of(replay, side), child_of(replay, side.other)
        assert child is not None  # checked above
        assert other is not None
        end = _End(tunnel, side, What.PFS, connection_of(replay, side), child, child.proposals, child.proposals[0])
        yield _same_group(end, child, other)


def _same_group(end: _End, child: ChildPolicy, other: ChildPolicy) -> Plan:
    source, mine, kinds = other.proposals[0], end.mine, (TransformType.KE,)
    proposals = tuple(adopt(proposal, source, kinds) for proposal in child.proposals)
    becomes = with_child(end.connection, child, replace(child, proposals=proposals))
    groups = ", ".join(algorithm.keyword for algorithm in source.of(TransformType.KE)) or "no group"
    near = child.pfs_source or child.proposal_source
    edit = Edit(What.PFS, near=near, proposal=proposals[0], kinds=kinds, others=proposals[1:])
    raises = is_stronger(proposals[0], mine, kinds)
    why = f"{end.other} uses {groups} for perfect forward secrecy"
    plan = Plan(end.side, edit, why, end.connection, child, becomes=becomes, strength=1 if raises else 0)
    if not weakened(proposals[0], mine, kinds):
        return plan
    why = f"weakens {end.name}: {why}; only where {end.other} cannot be changed"
    lowered = replace(plan, why=why, strength=-1, weakens=True)
    beside = _beside(end, proposals[0], kinds, why)
    return replace(beside, fallbacks=(lowered,)) if beside is not None else lowered

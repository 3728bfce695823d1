"""What else of one end uses the thing that a plan would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ipsecbot.diagnose.remedy.edits import Plan, What
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.tunnel import Endpoint

_MOST_NAMED = 3


def shared_with(end: Endpoint, plan: Plan) -> tuple[str, ...]:
    """The names of the other connections of this end that would change too."""
    mine, test = plan.connection, _USES.get(plan.edit.what)
    if mine is None or test is None:
        return ()
    return tuple(dict.fromkeys(one.name for one in end.connections or () if one != mine and test(one, plan)))


def named(others: tuple[str, ...]) -> str:
    """`A, B, C and 4 more`."""
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    return f"{', '.join(others[:_MOST_NAMED])}{more}"


def _ike_proposal(other: Connection, plan: Plan) -> bool:
    place = plan.edit.near
    return place is not None and any(proposal.source == place for proposal in other.ike.proposals)


def _child_proposal(other: Connection, plan: Plan) -> bool:
    place = plan.edit.proposal.source if plan.edit.proposal is not None else None
    return place is not None and any(proposal.source == place for child in other.children for proposal in child.proposals)


def _of_child(other: Connection, plan: Plan, of: Callable[[ChildPolicy], object]) -> bool:
    wanted = of(plan.child) if plan.child is not None else None
    return wanted is not None and any(of(child) == wanted for child in other.children)


def _list(other: Connection, plan: Plan) -> bool:
    return _of_child(other, plan, lambda child: child.selector_list)


def _profile(other: Connection, plan: Plan) -> bool:
    return _of_child(other, plan, lambda child: child.source)


def _identity(other: Connection, plan: Plan) -> bool:
    return plan.connection is not None and other.ike.source is not None and other.ike.source == plan.connection.ike.source


_USES: Mapping[What, Callable[[Connection, Plan], bool]] = {
    What.IKE_PROPOSAL: _ike_proposal,
    What.AUTH_METHOD: lambda other, plan: _ike_proposal(other, plan) or _identity(other, plan),
    What.CHILD_PROPOSAL: _child_proposal,
    What.ENCAPSULATION: _child_proposal,
    What.SELECTORS: _list,
    What.PFS: _profile,
    What.LOCAL_ID: _identity,
    What.REMOTE_ID: _identity,
}

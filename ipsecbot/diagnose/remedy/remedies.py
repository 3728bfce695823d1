"""From a finding to remedies: plan, write in the device's syntax, try in replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ipsecbot.diagnose.remedy import ios, strongswan
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.plans import PLANNERS
from ipsecbot.diagnose.remedy.sharing import named, shared_with
from ipsecbot.diagnose.remedy.whom import name_of
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Change, Finding, Remedy, Side, Verification
from ipsecbot.model.negotiation import Aspect, Negotiation
from ipsecbot.model.tunnel import Endpoint, Pairing, Tunnel
from ipsecbot.negotiate.replay import replay

_WRITERS: Mapping[Platform, Callable[[Plan], tuple[str, ...] | None]] = {
    Platform.CISCO_IOS: ios.write,
    Platform.STRONGSWAN: strongswan.write,
}
# Which differences a remedy has to make disappear
_ASPECTS: Mapping[str, tuple[Aspect, ...]] = {
    "ike-proposal-mismatch": (Aspect.IKE_PROPOSAL,),
    "esp-proposal-mismatch": (Aspect.CHILD_PROPOSAL,),
    "pfs-mismatch": (Aspect.PFS,),
    "traffic-selector-mismatch": (Aspect.SELECTORS,),
    "encapsulation-mode-mismatch": (Aspect.ENCAPSULATION, Aspect.SELECTORS),
    "ike-version-mismatch": (Aspect.VERSION,),
    "exchange-mode-mismatch": (Aspect.EXCHANGE_MODE, Aspect.CHILDLESS),
    "id-mismatch": (Aspect.IDENTITY,),
    "profile-not-matched": (Aspect.IDENTITY,),
    "psk-mismatch": (Aspect.KEY, Aspect.KEY_MISSING),
    "psk-missing": (Aspect.KEY, Aspect.KEY_MISSING),
    "wrong-peer-address": (Aspect.ADDRESS,),
    "auth-method-mismatch": (Aspect.AUTH_METHOD, Aspect.IKE_PROPOSAL),
}


def remedies(tunnel: Tunnel, finding: Finding) -> tuple[Remedy, ...]:
    """One remedy per end that could change (each by itself is enough where `change` is either), the better one first.

    Nothing is applied and no secret appears. SIMULATED: the change was made on the model, and in replay the difference is
    gone in both directions; NOT_VERIFIED where replay cannot tell (paths, daemons, one configuration only).
    """
    planner = PLANNERS.get(finding.cause)
    if planner is None:
        return ()
    plans = [_settled(tunnel, finding, plan) for plan in planner(tunnel, finding) if _is_asked(plan, finding)]
    written = [(plan, remedy) for plan in plans if (remedy := _written(tunnel, finding, plan)) is not None]
    written.sort(key=lambda item: (item[0].weakens, item[1].verified is not Verification.SIMULATED, -item[0].strength))
    return tuple(remedy for _, remedy in written)


def _settled(tunnel: Tunnel, finding: Finding, plan: Plan) -> Plan:
    """The first of what this end could do that replay finds to mend it."""
    every = (plan, *plan.fallbacks)
    return next((one for one in every if len(every) == 1 or _holds(tunnel, finding, one)), plan)


def _is_asked(plan: Plan, finding: Finding) -> bool:
    """A finding that blames one side gets remedies for that side only."""
    if finding.change in (Change.LEFT, Change.RIGHT):
        return plan.side is Side(finding.change.value)
    return True


def _written(tunnel: Tunnel, finding: Finding, plan: Plan) -> Remedy | None:
    end = tunnel.end(plan.side)
    if end is not None:
        plan = replace(plan, edit=_told(tunnel, end, plan))
    writer = _WRITERS.get(end.device.platform) if end is not None and end.device.platform is not None else None
    lines = writer(plan) if writer is not None else None
    if end is None or not lines:
        return None
    near = plan.edit.near
    now = ""
    if near is not None:
        words = (
            "" if plan.edit.what is What.KEY else f"now `{near.text.strip()}`, "
        )  # a key's line is not repeated, even redacted
        now = f" ({words}{near.output} line {near.first_line})"
    verified = Verification.SIMULATED if _holds(tunnel, finding, plan) else Verification.NOT_VERIFIED
    stays = end.device.platform is Platform.CISCO_IOS and ios.goes_beside(plan)
    others = plan.edit.used_by
    kept = f"; what {named(others)} also use{'s' if len(others) == 1 else ''} stays as it is" if stays and others else ""
    device, platform = end.device.name, str(end.device.platform)
    return Remedy(device, platform, lines, f"{plan.why}{now}{kept}", verified, () if stays else others)


def _told(tunnel: Tunnel, end: Endpoint, plan: Plan) -> Edit:
    """The edit with what every writer may want to know: the other end's name, and who else uses what is changed."""
    return replace(plan.edit, label=name_of(tunnel, plan.side.other), used_by=shared_with(end, plan))


def _no_worse(was: Negotiation, becomes: Negotiation, mended: Iterable[Aspect]) -> bool:
    """A change that brings another difference, or a new doubt (a key that only a name server could find), is not proved."""
    allowed = {found.aspect for found in was.mismatches} - set(mended)
    return all(found.aspect in allowed for found in becomes.mismatches) and set(was.unknown).issuperset(becomes.unknown)


def _holds(tunnel: Tunnel, finding: Finding, plan: Plan) -> bool:
    """Whether replay with the changed end shows no such difference any more, and no new one, whichever end starts."""
    aspects = _ASPECTS.get(finding.cause)
    pairing = next((pair for pair in tunnel.pairings or () if _connection(pair, plan.side) == plan.connection), None)
    end, other = tunnel.end(plan.side), tunnel.end(plan.side.other)
    if other is not None and pairing is not None and plan.together is not None:
        theirs = _connection(pairing, plan.side.other)
        other = replace(other, connections=tuple(plan.together if one == theirs else one for one in other.connections or ()))
    if aspects is None or pairing is None or plan.becomes is None or end is None or other is None:
        return False
    changed = _changed(end, plan)
    mine, theirs = plan.becomes, plan.together or _connection(pairing, plan.side.other)
    left, right = (mine, theirs) if plan.side is Side.LEFT else (theirs, mine)
    left_end, right_end = (changed, other) if plan.side is Side.LEFT else (other, changed)
    after = [
        replay(
            left,
            right,
            initiator,
            left_end=left_end,
            right_end=right_end,
            left_address=tunnel.left_address,
            right_address=tunnel.right_address,
        )
        for initiator in Side
    ]
    before = (pairing.left_initiates, pairing.right_initiates)
    return all(_no_worse(was, becomes, aspects) for was, becomes in zip(before, after, strict=True))


def _connection(pair: Pairing, side: Side) -> Connection:
    return pair.left if side is Side.LEFT else pair.right


def _changed(end: Endpoint, plan: Plan) -> Endpoint:
    """The end as it would be: the connection in place of the old one, the keys with the new one."""
    connections = tuple(
        plan.becomes if each == plan.connection and plan.becomes is not None else each for each in end.connections or ()
    )
    return replace(end, connections=connections, keys=plan.keys if plan.keys is not None else end.keys)

"""Which change would mend a finding, planned on the model. One function per cause; `PLANNERS` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.plans_auth import auth_method, certificate
from ipsecbot.diagnose.remedy.plans_host import daemon, new_connection, peer_address, permit, reload, traffic
from ipsecbot.diagnose.remedy.plans_incomplete import incomplete
from ipsecbot.diagnose.remedy.plans_keys import shared_key
from ipsecbot.diagnose.remedy.strength import is_stronger
from ipsecbot.diagnose.remedy.whom import address_of, child_of, connection_of, failing_replay, is_router, name_of, with_child
from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode
from ipsecbot.model.evidence import Finding
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.negotiation import Aspect, Choice, Negotiation
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.identity import address_identity

Planner = Callable[[Tunnel, Finding], Iterator[Plan]]

_KINDS = {
    "encryption": TransformType.ENCR,
    "key-length": TransformType.ENCR,
    "integrity": TransformType.INTEG,
    "prf": TransformType.PRF,
    "dh": TransformType.KE,
    "esn": TransformType.ESN,
}
_ORDER = (TransformType.ENCR, TransformType.INTEG, TransformType.PRF, TransformType.KE, TransformType.ESN)


def _adopt(mine: Proposal, theirs: Proposal, kinds: tuple[TransformType, ...]) -> Proposal:
    """My proposal with their algorithms of these types; an AEAD cipher takes integrity along."""
    algorithms = tuple(algorithm for kind in _ORDER for algorithm in (theirs.of(kind) if kind in kinds else mine.of(kind)))
    return replace(mine, algorithms=algorithms)


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


def _proposal_plans(tunnel: Tunnel, replay: Negotiation, choice: Choice | None, what: What) -> Iterator[Plan]:
    kinds = _kinds_of(choice, ike=what is What.IKE_PROPOSAL) if choice is not None else ()
    attributes = (
        {m.attribute for m in choice.nearest.mismatches} if choice is not None and choice.nearest is not None else set()
    )
    if choice is None or choice.nearest is None or not (kinds or "protocol" in attributes):
        return
    by_side = {replay.initiator: choice.nearest.offered, replay.initiator.other: choice.nearest.configured}
    for side in SIDES:
        connection, child = connection_of(replay, side), child_of(replay, side)
        listed = connection.ike.proposals if what is What.IKE_PROPOSAL else child.proposals if child is not None else ()
        mine = _own(listed, by_side[side])
        if mine is None:
            continue
        theirs = by_side[side.other]
        wanted = _adopt(mine, theirs, kinds)
        if "protocol" in attributes:  # ESP and AH have nothing in common: the other end's proposal, under the name of this one
            wanted = replace(theirs, name=mine.name, number=mine.number, source=mine.source)
        auth = theirs.auth if "auth" in attributes and mine.auth is not None else None
        if auth is not None:
            wanted = replace(wanted, auth=auth)
        proposals = tuple(wanted if proposal is mine else proposal for proposal in listed)
        becomes = _with_proposals(connection, child, proposals, what)
        others = tuple(proposal for proposal in listed if proposal is not mine)
        raises = is_stronger(wanted, mine, kinds or (TransformType.ENCR, TransformType.INTEG))
        way = "raises it to" if raises else "makes it equal to"
        why = f"{way} what {name_of(tunnel, side.other)} uses: {wanted.keywords}"
        edit = Edit(
            what, near=mine.source, proposal=wanted, kinds=kinds, others=others, auth=auth, whole="protocol" in attributes
        )
        yield Plan(side, edit, why, connection, child, becomes=becomes, strength=1 if raises else 0)


def _with_proposals(
    connection: Connection, child: ChildPolicy | None, proposals: tuple[Proposal, ...], what: What
) -> Connection:
    if what is What.IKE_PROPOSAL:
        return replace(connection, ike=replace(connection.ike, proposals=proposals))
    assert child is not None  # only a child has ESP proposals
    protocol = proposals[0].protocol if proposals else child.protocol
    return with_child(connection, child, replace(child, proposals=proposals, protocol=protocol))


def _ike_proposal(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.IKE_PROPOSAL)
    if replay is None:
        return
    nearest = replay.ike.nearest if replay.ike is not None else None
    if nearest is not None and {m.attribute for m in nearest.mismatches} == {"auth"}:
        yield from auth_method(tunnel, finding)
    else:
        yield from _proposal_plans(tunnel, replay, replay.ike, What.IKE_PROPOSAL)


def _child_proposal(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.CHILD_PROPOSAL)
    if replay is not None:
        yield from _proposal_plans(tunnel, replay, replay.child, What.CHILD_PROPOSAL)


def _pfs(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The same group on both: the stronger one, and PFS rather than none."""
    replay = failing_replay(tunnel, Aspect.PFS)
    children = [child_of(replay, side) for side in SIDES] if replay is not None else []
    if replay is None or any(child is None or not child.proposals for child in children):
        return
    for side in SIDES:
        child, other = child_of(replay, side), child_of(replay, side.other)
        assert child is not None  # checked above
        assert other is not None
        source, mine = other.proposals[0], child.proposals[0]
        proposals = tuple(_adopt(proposal, source, (TransformType.KE,)) for proposal in child.proposals)
        becomes = with_child(connection_of(replay, side), child, replace(child, proposals=proposals))
        groups = ", ".join(algorithm.keyword for algorithm in source.of(TransformType.KE)) or "no group"
        edit = Edit(
            What.PFS,
            near=child.pfs_source or child.proposal_source,
            proposal=proposals[0],
            kinds=(TransformType.KE,),
            others=proposals[1:],
        )
        raises = is_stronger(proposals[0], mine, (TransformType.KE,))
        why = f"{name_of(tunnel, side.other)} uses {groups} for perfect forward secrecy"
        yield Plan(side, edit, why, connection_of(replay, side), child, becomes=becomes, strength=1 if raises else 0)


def _selectors(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.SELECTORS)
    if replay is None:
        return
    for side in SIDES:
        child, other = child_of(replay, side), child_of(replay, side.other)
        if child is None or other is None or not other.selectors:
            continue
        pairs = tuple(mirrored(pair) for pair in other.selectors)
        becomes = with_child(connection_of(replay, side), child, replace(child, selectors=pairs))
        every = (pair for one in connection_of(replay, side.other).children for pair in one.selectors or ())
        keep = tuple(mirrored(pair) for pair in every)  # what another child of theirs asks for is no mistake
        edit = Edit(What.SELECTORS, near=child.selector_source or child.source, selectors=pairs, keep=keep)
        why = f"mirrors what {name_of(tunnel, side.other)} protects"
        yield Plan(side, edit, why, connection_of(replay, side), child, becomes=becomes)


def _encapsulation(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.ENCAPSULATION, Aspect.SELECTORS)
    if replay is None:
        return
    for side in SIDES:
        child, other = child_of(replay, side), child_of(replay, side.other)
        if child is None or other is None or other.mode is None or other.mode is child.mode:
            continue
        becomes = with_child(connection_of(replay, side), child, replace(child, mode=other.mode))
        edit = Edit(
            What.ENCAPSULATION,
            near=child.mode_source or child.source,
            encapsulation=other.mode,
            proposal=next(iter(child.proposals), None),
        )
        why = f"{name_of(tunnel, side.other)} uses {other.mode} mode"
        tunnels = other.mode is EncapsulationMode.TUNNEL
        yield Plan(side, edit, why, connection_of(replay, side), child, becomes=becomes, strength=1 if tunnels else 0)


def _version(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.VERSION)
    if replay is None:
        return
    for side in SIDES:
        connection, other = connection_of(replay, side), connection_of(replay, side.other)
        versions = other.ike.versions
        if not versions:
            continue
        becomes = replace(connection, ike=replace(connection.ike, versions=versions[:1]))
        near = connection.ike.version_source or connection.source
        end = tunnel.end(side)
        speaks = end is not None and any(versions[0] in one.ike.versions for one in end.connections or ())
        why = f"{name_of(tunnel, side.other)} speaks IKEv{versions[0]}"
        edit = Edit(
            What.VERSION,
            near=near,
            version=versions[0],
            address=address_of(tunnel, side.other),
            proposal=None if speaks else next(iter(other.ike.proposals), None),
            needs_key=end is not None and not end.keys,
        )
        yield Plan(side, edit, why, connection, becomes=becomes, strength=versions[0])


def is_by_address(identity: IkeIdentity) -> bool:
    return identity.type in (IdType.IPV4, IdType.IPV6)


def _exchange_mode(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """Main mode on the end that is aggressive; never the other way, which would expose a hash of the key."""
    replay = failing_replay(tunnel, Aspect.EXCHANGE_MODE)
    if replay is None:
        return
    for side in SIDES:
        connection = connection_of(replay, side)
        if connection.ike.initiates_mode is not ExchangeMode.AGGRESSIVE and ExchangeMode.MAIN in connection.ike.accepts_modes:
            continue
        own = address_of(tunnel, side)
        ike = replace(connection.ike, initiates_mode=ExchangeMode.MAIN, accepts_modes=(ExchangeMode.MAIN,))
        also = ""
        if is_router(tunnel, side) and ike.local_id is not None and not is_by_address(ike.local_id) and own is not None:
            # the name was that of aggressive mode; in main mode the key is looked up before any name is known
            ike = replace(ike, local_id=address_identity(own))
            also = f"; {name_of(tunnel, side.other)} then also needs a key for {own}"
        edit = Edit(
            What.EXCHANGE_MODE,
            near=connection.ike.mode_source or connection.source,
            exchange_mode=ExchangeMode.MAIN,
            address=address_of(tunnel, side.other),
        )
        why = f"{name_of(tunnel, side.other)} uses main mode, which does not expose a hash of the key{also}"
        yield Plan(side, edit, why, connection, becomes=replace(connection, ike=ike))


def _identity(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.IDENTITY)
    found = next((m for m in replay.mismatches if m.aspect is Aspect.IDENTITY), None) if replay is not None else None
    if replay is None or found is None:
        return
    sender = found.offered_by or replay.initiator
    proving, judging = connection_of(replay, sender), connection_of(replay, sender.other)
    expected, sent = next(iter(judging.ike.remote_ids), None), proving.ike.local_id
    if expected is not None and "*" not in expected.value:
        becomes = replace(proving, ike=replace(proving.ike, local_id=expected))
        edit = Edit(What.LOCAL_ID, near=proving.ike.local_id_source or proving.source, identity=expected)
        yield Plan(sender, edit, f"{name_of(tunnel, sender.other)} expects {expected}", proving, becomes=becomes)
    if sent is not None:
        becomes = replace(judging, ike=replace(judging.ike, remote_ids=(sent,)))
        near = (expected.source if expected is not None else None) or judging.source
        edit = Edit(What.REMOTE_ID, near=near, identity=sent)
        yield Plan(sender.other, edit, f"{name_of(tunnel, sender)} sends {sent}", judging, becomes=becomes)


PLANNERS: Mapping[str, Planner] = {
    "ike-proposal-mismatch": _ike_proposal,
    "esp-proposal-mismatch": _child_proposal,
    "pfs-mismatch": _pfs,
    "traffic-selector-mismatch": _selectors,
    "encapsulation-mode-mismatch": _encapsulation,
    "ike-version-mismatch": _version,
    "exchange-mode-mismatch": _exchange_mode,
    "id-mismatch": _identity,
    "profile-not-matched": _identity,
    "psk-mismatch": shared_key,
    "psk-missing": shared_key,
    "wrong-peer-address": peer_address,
    "no-config-for-peer": new_connection,
    "peer-not-listening": daemon,
    "config-not-loaded": reload,
    "peer-unreachable": permit(500, 4500),
    "nat-t-blocked": permit(4500),
    "esp-blocked": permit(4500),
    "no-interesting-traffic": traffic,
    "auth-method-mismatch": auth_method,
    "crypto-map-incomplete": incomplete,
    "cert-expired": certificate,
    "cert-missing": certificate,
    "cert-untrusted": certificate,
    "cert-revoked-or-crl": certificate,
    "clock-skew": certificate,
}

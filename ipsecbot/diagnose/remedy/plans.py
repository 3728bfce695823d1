"""Which change would mend a finding, planned on the model. One function per cause; `PLANNERS` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from itertools import chain

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.strength import is_stronger
from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, StartAction
from ipsecbot.model.evidence import Finding, Side
from ipsecbot.model.exchange import EventKind
from ipsecbot.model.identity import IkeIdentity, SharedKey
from ipsecbot.model.negotiation import Aspect, Choice, Negotiation
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.negotiate.pairing import candidates

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


def failing_replay(tunnel: Tunnel, *aspects: Aspect) -> Negotiation | None:
    """The first replay that stumbles over one of these aspects; else the first of all."""
    replays = [replay for pair in tunnel.pairings or () for replay in (pair.left_initiates, pair.right_initiates)]
    hit = [replay for replay in replays if any(found.aspect in aspects for found in replay.mismatches)]
    return next(iter(hit or replays), None)


def meant(tunnel: Tunnel, side: Side, finding: Finding) -> Connection | None:
    """The connection of this end that the finding is about: the one whose lines prove it, the paired one, the one that fits
    the addresses; any where nothing tells."""
    end = tunnel.end(side)
    every = end.connections or () if end is not None else ()
    quoted = (c for c in every if {c.source, c.address_source} & set(finding.evidence) - {None})
    paired = (pair.left if side is Side.LEFT else pair.right for pair in tunnel.pairings or ())
    own, peer = _address(tunnel, side), _address(tunnel, side.other)
    fitting = candidates(end, own, peer) if end is not None else ()
    return next(chain(quoted, paired, fitting, every), None)


def connection_of(replay: Negotiation, side: Side) -> Connection:
    return replay.left if side is Side.LEFT else replay.right


def child_of(replay: Negotiation, side: Side) -> ChildPolicy | None:
    return replay.left_child if side is Side.LEFT else replay.right_child


def _name(tunnel: Tunnel, side: Side) -> str:
    end = tunnel.end(side)
    if end is not None:
        return end.device.name
    return (tunnel.left_address if side is Side.LEFT else tunnel.right_address) or "the peer"


def _address(tunnel: Tunnel, side: Side) -> str | None:
    end = tunnel.end(side)
    given = tunnel.left_address if side is Side.LEFT else tunnel.right_address
    return given or (end.addresses[0] if end is not None and end.addresses else None)


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
    if choice is None or choice.nearest is None or not kinds:
        return
    by_side = {replay.initiator: choice.nearest.offered, replay.initiator.other: choice.nearest.configured}
    for side in SIDES:
        connection, child = connection_of(replay, side), child_of(replay, side)
        listed = connection.ike.proposals if what is What.IKE_PROPOSAL else child.proposals if child is not None else ()
        mine = _own(listed, by_side[side])
        if mine is None:
            continue
        wanted = _adopt(mine, by_side[side.other], kinds)
        proposals = tuple(wanted if proposal is mine else proposal for proposal in listed)
        becomes = _with_proposals(connection, child, proposals, what)
        others = tuple(proposal for proposal in listed if proposal is not mine)
        raises = is_stronger(wanted, mine, kinds)
        way = "raises it to" if raises else "makes it equal to"
        why = f"{way} what {_name(tunnel, side.other)} uses: {wanted.keywords}"
        edit = Edit(what, near=mine.source, proposal=wanted, kinds=kinds, others=others)
        yield Plan(side, edit, why, connection, child, becomes=becomes, strength=1 if raises else 0)


def _with_proposals(
    connection: Connection, child: ChildPolicy | None, proposals: tuple[Proposal, ...], what: What
) -> Connection:
    if what is What.IKE_PROPOSAL:
        return replace(connection, ike=replace(connection.ike, proposals=proposals))
    assert child is not None  # only a child has ESP proposals
    return with_child(connection, child, replace(child, proposals=proposals))


def with_child(connection: Connection, child: ChildPolicy, becomes: ChildPolicy) -> Connection:
    return replace(connection, children=tuple(becomes if each == child else each for each in connection.children))


def _ike_proposal(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    replay = failing_replay(tunnel, Aspect.IKE_PROPOSAL)
    if replay is not None:
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
        why = f"{_name(tunnel, side.other)} uses {groups} for perfect forward secrecy"
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
        edit = Edit(What.SELECTORS, near=child.selector_source or child.source, selectors=pairs)
        why = f"mirrors what {_name(tunnel, side.other)} protects"
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
        why = f"{_name(tunnel, side.other)} uses {other.mode} mode"
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
        why = f"{_name(tunnel, side.other)} speaks IKEv{versions[0]}"
        edit = Edit(What.VERSION, near=near, version=versions[0])
        yield Plan(side, edit, why, connection, becomes=becomes, strength=versions[0])


def _exchange_mode(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """Main mode on the end that is aggressive; never the other way, which would expose a hash of the key."""
    replay = failing_replay(tunnel, Aspect.EXCHANGE_MODE)
    if replay is None:
        return
    for side in SIDES:
        connection = connection_of(replay, side)
        if connection.ike.initiates_mode is not ExchangeMode.AGGRESSIVE and ExchangeMode.MAIN in connection.ike.accepts_modes:
            continue
        ike = replace(connection.ike, initiates_mode=ExchangeMode.MAIN, accepts_modes=(ExchangeMode.MAIN,))
        edit = Edit(
            What.EXCHANGE_MODE,
            near=connection.ike.mode_source or connection.source,
            exchange_mode=ExchangeMode.MAIN,
            address=_address(tunnel, side.other),
        )
        why = f"{_name(tunnel, side.other)} uses main mode, which does not expose a hash of the key"
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
        yield Plan(sender, edit, f"{_name(tunnel, sender.other)} expects {expected}", proving, becomes=becomes)
    if sent is not None:
        becomes = replace(judging, ike=replace(judging.ike, remote_ids=(sent,)))
        near = (expected.source if expected is not None else None) or judging.source
        edit = Edit(What.REMOTE_ID, near=near, identity=sent)
        yield Plan(sender.other, edit, f"{_name(tunnel, sender)} sends {sent}", judging, becomes=becomes)


def _key(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    """The same key again on one end. The value is never known here: replay takes the other end's fingerprint."""
    replay = failing_replay(tunnel, Aspect.KEY, Aspect.KEY_MISSING)
    for side in SIDES:
        end, other = tunnel.end(side), tunnel.end(side.other)
        if end is None:
            continue
        connection = connection_of(replay, side) if replay is not None else meant(tunnel, side, finding)
        peer = _address(tunnel, side.other)
        identity = _peer_identity(tunnel, side, connection, replay)
        names = tuple(str(item) for item in (identity, peer) if item is not None)
        used = _key_in_use(replay, side, end.keys or (), names, finding)
        theirs = _key_in_use(replay, side.other, other.keys or (), (), finding) if other is not None else None
        mine = tuple(key for key in end.keys or () if key is not used and not (used is None and set(key.owners) & set(names)))
        owners = names if used is None else used.owners
        keys = (
            (*mine, replace(theirs, owners=owners, direction=None, keyring=_ring(connection))) if theirs is not None else None
        )
        edit = Edit(What.KEY, near=used.source if used is not None else None, identity=identity, address=peer, key=used)
        why = f"both ends need the same pre-shared key for each other ({_name(tunnel, side.other)} as the model)"
        yield Plan(side, edit, why, connection, keys=keys, becomes=connection)


def _peer_identity(tunnel: Tunnel, side: Side, connection: Connection | None, replay: Negotiation | None) -> IkeIdentity | None:
    """Whom this end has to have a key for: who its log says it looked for, who its connection names, or who comes."""
    name = _name(tunnel, side)
    asked = [e for x in tunnel.ladder.of_device(name) for e in x.events if e.kind is EventKind.KEY_MISSING and e.identity]
    expected = next(iter(connection.ike.remote_ids), None) if connection is not None else None
    if asked and (expected is None or "*" in expected.value):
        return asked[-1].identity
    if expected is not None and "*" not in expected.value:
        return expected
    return connection_of(replay, side.other).ike.local_id if replay is not None else None


def _key_in_use(
    replay: Negotiation | None, side: Side, keys: tuple[SharedKey, ...], names: tuple[str, ...], finding: Finding
) -> SharedKey | None:
    """The entry that replay says this end took; failing that, one that names the peer. None where one is missing."""
    found = [m for m in replay.mismatches if m.aspect in (Aspect.KEY, Aspect.KEY_MISSING)] if replay is not None else []
    places = [m.initiator if replay is not None and replay.initiator is side else m.responder for m in found]
    used = next((key for key in keys for place in places if place is not None and key.source == place), None)
    if used is not None or (finding.cause == "psk-missing" and names):
        return used
    return next((key for key in keys if not names or set(key.owners) & set(names)), None)


def _ring(connection: Connection | None) -> str | None:
    return connection.ike.keyring if connection is not None else None


def _peer_address(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        end, address = tunnel.end(side), _address(tunnel, side.other)
        connection = meant(tunnel, side, finding) if end is not None else None
        if connection is not None and address is not None and address not in connection.remote_addresses:
            edit = Edit(What.PEER_ADDRESS, near=connection.address_source or connection.source, address=address)
            why = f"{address} is the address of {_name(tunnel, side.other)}"
            yield Plan(side, edit, why, connection, becomes=replace(connection, remote_addresses=(address,)))


def _new_connection(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        address, own = _address(tunnel, side.other), _address(tunnel, side)
        end = tunnel.end(side)
        if end is not None and address is not None:
            other = tunnel.end(side.other)
            theirs = meant(tunnel, side.other, finding) if other is not None else None
            version = next(iter(theirs.ike.versions), None) if theirs is not None else None
            edit = Edit(What.NEW_CONNECTION, address=address, own_address=own, version=version)
            why = f"{_name(tunnel, side)} has nothing for {_name(tunnel, side.other)} ({address})"
            taken = {connection.name for connection in end.connections or ()}
            becomes = _mirrored(theirs, own, address) if theirs is not None else None
            if becomes is not None and becomes.name in taken:
                becomes = replace(becomes, name=f"{becomes.name}-{_name(tunnel, side.other)}")
            yield Plan(side, edit, why, meant(tunnel, side, finding), becomes=becomes)


def _mirrored(theirs: Connection, own: str | None, address: str) -> Connection:
    """What one end has, as the other has to have it."""
    ike = theirs.ike
    children = tuple(
        replace(child, selectors=tuple(mirrored(pair) for pair in child.selectors or ())) for child in theirs.children
    )
    return replace(
        theirs,
        local_addresses=(own,) if own else (),
        remote_addresses=(address,),
        children=children,
        ike=replace(
            ike,
            local_id=next((name for name in ike.remote_ids if "*" not in name.value), None),
            remote_ids=(ike.local_id,) if ike.local_id is not None else (),
            local_auth=ike.remote_auth,
            remote_auth=ike.local_auth,
        ),
    )


def _daemon(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        yield Plan(side, Edit(What.DAEMON), "nothing speaks IKE there", meant(tunnel, side, finding))


def _reload(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        connection = meant(tunnel, side, finding)
        yield Plan(side, Edit(What.RELOAD), "the daemon does not run what the file says", connection)


def _permit(*ports: int) -> Planner:
    def plan(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
        for side in SIDES:
            edit = Edit(What.PERMIT, address=_address(tunnel, side.other), own_address=_address(tunnel, side), ports=ports)
            why = f"if a filter on or before {_name(tunnel, side)} drops what {_name(tunnel, side.other)} sends"
            yield Plan(side, edit, why)

    return plan


def _traffic(tunnel: Tunnel, finding: Finding) -> Iterator[Plan]:
    for side in SIDES:
        connection = meant(tunnel, side, finding)
        child = next(iter(connection.children), None) if connection is not None else None
        if connection is None or child is None:
            continue
        waits = child.start_action is StartAction.TRAP
        near = None if waits else child.source
        edit = Edit(What.TRAFFIC, near=near, selectors=child.selectors or (), own_address=_inside(tunnel, side, child))
        why = "the policy waits for such a packet" if waits else "the tunnel comes up when matching traffic asks for it"
        becomes = with_child(connection, child, replace(child, start_action=StartAction.TRAP))
        yield Plan(side, edit, why, connection, child, becomes=becomes)


def _inside(tunnel: Tunnel, side: Side, child: ChildPolicy) -> str | None:
    """An address of this end's own that the child protects."""
    end = tunnel.end(side)
    networks = [pair.local.network for pair in child.selectors or () if pair.local.network is not None]
    own = (address for address in (end.addresses if end is not None else ()))
    return next((address for address in own for network in networks if ip_address(address) in network), None)


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
    "psk-mismatch": _key,
    "psk-missing": _key,
    "wrong-peer-address": _peer_address,
    "no-config-for-peer": _new_connection,
    "peer-not-listening": _daemon,
    "config-not-loaded": _reload,
    "peer-unreachable": _permit(500, 4500),
    "nat-t-blocked": _permit(4500),
    "esp-blocked": _permit(4500),
    "no-interesting-traffic": _traffic,
}

"""Which change would mend a finding, planned on the model. One function per cause; `PLANNERS` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ipsecbot.diagnose.facts import SIDES
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.plans_auth import auth_method, certificate
from ipsecbot.diagnose.remedy.plans_exchange import exchange
from ipsecbot.diagnose.remedy.plans_host import daemon, new_connection, peer_address, permit, reload, traffic
from ipsecbot.diagnose.remedy.plans_incomplete import incomplete
from ipsecbot.diagnose.remedy.plans_keys import shared_key
from ipsecbot.diagnose.remedy.plans_proposals import child_proposal, ike_proposal, pfs
from ipsecbot.diagnose.remedy.whom import address_of, child_of, connection_of, failing_replay, name_of, with_child
from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Finding
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.selectors import mirrored
from ipsecbot.model.tunnel import Tunnel

Planner = Callable[[Tunnel, Finding], Iterator[Plan]]


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
        lowers = versions[0] == 1 and connection.ike.versions[:1] == (2,)
        if lowers:
            why += f", which RFC 9395 deprecates: only where {name_of(tunnel, side.other)} cannot speak IKEv2"
        edit = Edit(
            What.VERSION,
            near=near,
            version=versions[0],
            address=address_of(tunnel, side.other),
            proposal=None if speaks else next(iter(other.ike.proposals), None),
            needs_key=end is not None and not end.keys,
        )
        yield Plan(side, edit, why, connection, becomes=becomes, strength=versions[0], weakens=lowers)


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
    "ike-proposal-mismatch": ike_proposal,
    "esp-proposal-mismatch": child_proposal,
    "pfs-mismatch": pfs,
    "traffic-selector-mismatch": _selectors,
    "encapsulation-mode-mismatch": _encapsulation,
    "ike-version-mismatch": _version,
    "exchange-mode-mismatch": exchange,
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

"""The JSON of a comparison, per comparison.schema.json (`ipsecbot.comparison/1`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ipsecbot.model.comparison import Agreement, ComparedTunnel, Comparison, Placed
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.negotiation import (
    CHILD_ASPECTS,
    Aspect,
    ChildNegotiation,
    Choice,
    Mismatch,
    Negotiation,
    Refusal,
    Rekeying,
    Upkeep,
)
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.report.choices import reason_in_words
from ipsecbot.report.document import caution_document, evidence_document, finding_document, gap_document

SCHEMA = "ipsecbot.comparison/1"
_UNREACHED = (Aspect.ADDRESS, Aspect.VERSION)  # what comes before the responder looks at any proposal
_IKE = (*_UNREACHED, Aspect.EXCHANGE_MODE, Aspect.IKE_PROPOSAL, Aspect.CHILDLESS)
_PROOF = (Aspect.AUTH_METHOD, Aspect.KEY, Aspect.KEY_MISSING)


def to_json(comparison: Comparison) -> str:
    """The comparison as one JSON text, indented, ending in a newline."""
    return json.dumps(document(comparison), indent=2, ensure_ascii=False) + "\n"


def document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON values."""
    return {
        "schema": SCHEMA,
        "left": {"name": comparison.left_name, "devices": [end.device.name for end in comparison.left]},
        "right": {"name": comparison.right_name, "devices": [end.device.name for end in comparison.right]},
        "summary": summary(comparison),
        "tunnels": [_tunnel(one) for one in comparison.tunnels],
        "unpaired": [{"side": one.side.value, **_placed(one)} for one in comparison.unpaired],
        "hygiene": [caution_document(caution) for caution in comparison.cautions],
        "gaps": [gap_document(gap) for gap in comparison.gaps],
        "notes": list(comparison.notes),
    }


def summary(comparison: Comparison) -> dict[str, int]:
    """How many tunnels come to what, and how many connections have no partner."""
    counts = {one.value.replace("-", "_"): comparison.count(one) for one in reversed(Agreement)}
    return {**counts, **{f"unpaired_{side}": len(comparison.unpaired_of(side)) for side in Side}}


def _tunnel(one: ComparedTunnel) -> dict[str, Any]:
    match = one.match
    versions = {match.replay(side).ike_version for side in one.starts} - {None}
    return {
        "left": match.left.connection.name,
        "right": match.right.connection.name,
        "ends": {"left": _placed(match.left), "right": _placed(match.right)},
        "ike_version": versions.pop() if len(versions) == 1 else None,
        "agreement": one.agreement.value,
        "comes_up_from": [side.value for side in one.comes_up_from],
        "paired_by": [bond.value for bond in match.bonds],
        "ambiguous_with": [{"side": rival.side.value, **_placed(rival)} for rival in match.rivals],
        "left_initiates": _direction(one, Side.LEFT),
        "right_initiates": _direction(one, Side.RIGHT),
        "findings": [finding_document(finding) for finding in one.findings],
        "unknown": list(one.unknown),
    }


def _placed(one: Placed) -> dict[str, Any]:
    connection, platform = one.connection, one.end.device.platform
    return {
        "device": one.end.device.name,
        "platform": platform.value if platform is not None else None,
        "connection": connection.name,
        "local": list(connection.local_addresses),
        "remote": list(connection.remote_addresses),
        "source": connection.source.output if connection.source is not None else None,
        "line": connection.source.first_line if connection.source is not None else None,
    }


def _direction(one: ComparedTunnel, side: Side) -> dict[str, Any]:
    replay = one.match.replay(side)
    children = replay.children or (_only_child(replay),)
    decisive = next((child for child in children if child.blocking), children[0])
    up = not replay.blocking
    return {
        "starts": side in one.starts,
        "cannot_start": replay.cannot_start,
        "comes_up": up,
        "ike": _ike(replay),
        "child": _child(decisive, replay),
        "children": [_child(child, replay) for child in children],
        "selectors": _pairs(decisive.selectors if up else ()),
        "identities": _identities(replay),
        "authentication": _authentication(replay),
        "reasons": _reasons(replay.mismatches, side),
        "refusal": _refusal(replay.refusal),
        "rekeying": _rekeying(replay.rekeying),
        "upkeep": _upkeep(replay.upkeep),
        "unknown": list(replay.unknown),
    }


def _ike(replay: Negotiation) -> dict[str, Any]:
    reached = not any(found.aspect in _UNREACHED for found in replay.blocking)
    return {
        "selected": _selected(replay.ike) if reached else None,
        "asked_group": replay.ike.asked_group.keyword if reached and replay.ike and replay.ike.asked_group else None,
        "attempts": _attempts(replay.ike, replay.initiator),
        "reasons": _reasons((found for found in replay.mismatches if found.aspect in _IKE), replay.initiator),
    }


def _child(one: ChildNegotiation, replay: Negotiation) -> dict[str, Any]:
    """`selected` is what comes up: null also where something before or beside the proposals stops it; `agreed` is
    what the responder's walk over the proposals alone gives."""
    stopped = bool(replay.ike_blocking or one.blocking)
    return {
        "left": one.left_child.name if one.left_child is not None else None,
        "right": one.right_child.name if one.right_child is not None else None,
        "selected": None if stopped else _selected(one.choice),
        "agreed": _selected(one.choice),
        "attempts": _attempts(one.choice, replay.initiator),
        "reasons": _reasons((found for found in one.mismatches if found.aspect in CHILD_ASPECTS), replay.initiator),
        "selectors": _pairs(() if one.blocking else one.selectors),
        "mode": _mode(one) if not one.blocking else None,
        "refusal": _refusal(one.refusal),
        "rekeying": _rekeying(one.rekeying),
        "rekey_choice": _rekey_choice(one, replay.initiator),
    }


def _rekey_choice(one: ChildNegotiation, initiator: Side) -> dict[str, Any] | None:
    """What a CREATE_CHILD_SA of this end comes to; None in IKEv1, where every quick mode is like the first."""
    if one.rekey_choice is None:
        return None
    late = (found for found in one.mismatches if found.late)
    return {"selected": _selected(one.rekey_choice), "reasons": _reasons(late, initiator)}


def _only_child(one: Negotiation) -> ChildNegotiation:
    mine = tuple(found for found in one.mismatches if found.aspect in CHILD_ASPECTS)
    return ChildNegotiation(one.left_child, one.right_child, one.child, one.selectors, None, mine)


def _mode(one: ChildNegotiation) -> str | None:
    modes = {child.mode for child in (one.left_child, one.right_child) if child is not None}
    agreed = one.mode or (modes.pop() if len(modes) == 1 else None)
    return agreed.value if agreed is not None else None


def _selected(choice: Choice | None) -> str | None:
    return choice.selected.keywords if choice is not None and choice.selected is not None else None


def _attempts(choice: Choice | None, initiator: Side) -> list[dict[str, Any]]:
    return [
        {
            "offered": one.offered.keywords,
            "configured": one.configured.keywords,
            "offered_number": one.offered.number,
            "configured_number": one.configured.number,
            "matches": not one.mismatches,
            "reasons": _reasons(one.mismatches, initiator),
        }
        for one in (choice.attempts if choice is not None else ())
    ]


def _reasons(mismatches: Iterable[Mismatch], initiator: Side) -> list[dict[str, Any]]:
    return [_reason(found, initiator) for found in mismatches]


def _reason(found: Mismatch, initiator: Side) -> dict[str, Any]:
    places = {initiator: found.initiator, initiator.other: found.responder}
    return {
        "aspect": found.aspect.value,
        "attribute": found.attribute,
        "offered": found.offered,
        "accepted": found.accepted,
        "late": found.late,
        "at_fault": found.at_fault.value if found.at_fault is not None else None,
        "left": _line(places[Side.LEFT]),
        "right": _line(places[Side.RIGHT]),
        "text": reason_in_words(found),
    }


def _line(source: Source | None) -> dict[str, Any] | None:
    return evidence_document(source) if source is not None else None


def _pairs(pairs: tuple[SelectorPair, ...]) -> list[dict[str, str]]:
    """As the initiator writes them."""
    return [{"local": str(pair.local), "remote": str(pair.remote)} for pair in pairs]


def _identities(replay: Negotiation) -> dict[str, Any]:
    """What each end sends, and what the other expects of it; an empty list expects nobody in particular."""
    proofs = {proof.prover: proof for proof in replay.proofs}
    sides: dict[str, Any] = {}
    for side in Side:
        mine, theirs = (replay.left, replay.right) if side is Side.LEFT else (replay.right, replay.left)
        proof = proofs.get(side)
        sent, expected = (proof.sent, proof.expected) if proof is not None else (mine.ike.local_id, theirs.ike.remote_ids)
        sides[side.value] = {"sends": str(sent) if sent is not None else None, "expected": [str(one) for one in expected]}
    reasons = _reasons((found for found in replay.mismatches if found.aspect is Aspect.IDENTITY), replay.initiator)
    return {**sides, "agree": not reasons, "reasons": reasons}


def _authentication(replay: Negotiation) -> dict[str, Any]:
    """How each end proves itself, and what the other accepts; the keys are only ever equal or not."""
    proofs = {proof.prover: proof for proof in replay.proofs}
    sides: dict[str, Any] = {}
    for side in Side:
        proof = proofs.get(side)
        connection = replay.left if side is Side.LEFT else replay.right
        methods = proof.methods if proof is not None else (connection.ike.local_auth,)
        accepted = proof.accepted if proof is not None else ()
        sides[side.value] = {
            "uses": [method.value for method in methods if method is not None],
            "accepted": [method.value for method in accepted],
        }
    reasons = _reasons((found for found in replay.mismatches if found.aspect in _PROOF), replay.initiator)
    return {**sides, "agree": not reasons, "reasons": reasons}


def _refusal(one: Refusal | None) -> dict[str, Any] | None:
    """Who says no, and the notify that the wire shows; none where the other end waits in vain."""
    return {"by": one.by.value, "notify": one.notify} if one is not None else None


def _rekeying(one: Rekeying | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "left": _seconds(one.left),
        "right": _seconds(one.right),
        "first": one.first.value if one.first is not None else None,
        "together": one.together,
    }


def _seconds(after: timedelta | None) -> int | None:
    return int(after.total_seconds()) if after is not None else None


def _upkeep(one: Upkeep | None) -> dict[str, Any] | None:
    """Through a NAT, and when the peer falls silent; null where a configuration does not say."""
    if one is None:
        return None
    return {
        "encapsulated": one.encapsulated,
        "traverses": one.traverses,
        "encapsulates": [side.value for side in one.encapsulates],
        "probes": [side.value for side in one.probes],
    }

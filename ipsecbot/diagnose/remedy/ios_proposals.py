"""Proposals and transform sets as IOS configuration lines. What others use too is left alone: the new choice goes beside it.

Source: Cisco IOS Security Command Reference, `crypto isakmp policy`, `authentication (IKE policy)`, `crypto ikev2 proposal`,
`crypto ipsec transform-set`, `set transform-set`, `set pfs`.
"""

from __future__ import annotations

from dataclasses import replace

from ipsecbot.diagnose.remedy.edits import Plan
from ipsecbot.diagnose.remedy.ios_words import UNNAMED, Lines, is_v1, label, opening, spelled
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.spellings import group_number

_ISAKMP_COMMANDS = {TransformType.ENCR: "encr", TransformType.INTEG: "hash", TransformType.KE: "group"}
_IKEV2_COMMANDS = {
    TransformType.ENCR: "encryption",
    TransformType.INTEG: "integrity",
    TransformType.PRF: "prf",
    TransformType.KE: "group",
}
AUTHENTICATION = {AuthMethod.PSK: "pre-share", AuthMethod.PUBKEY: "rsa-sig", AuthMethod.RSA_ENCR: "rsa-encr"}


def ike_proposal(plan: Plan) -> Lines | None:
    proposal = plan.edit.proposal
    if proposal is None:
        return None
    return _policy(plan, proposal) if is_v1(plan.connection) else _ikev2_proposal(plan, proposal)


def _policy(plan: Plan, proposal: Proposal) -> Lines | None:
    """The policy with another choice; where other connections match it too, one of its own beside it."""
    if plan.edit.beside:
        return policy(proposal)
    if plan.edit.used_by and proposal.number is not None:
        taken = {other.number for other in (*plan.edit.others, proposal)}
        number = next((n for n in range(proposal.number + 1, 10_000) if n not in taken), None)
        return policy(replace(proposal, number=number)) if number is not None else None
    lines = _settings(_ISAKMP_COMMANDS, "isakmp", proposal, plan.edit.kinds, first_only=True)
    if lines is None:
        return None
    auth = AUTHENTICATION.get(plan.edit.auth) if plan.edit.auth is not None else None
    told = (*lines, f" authentication {auth}") if auth is not None else lines
    return (f"crypto isakmp policy {proposal.number or '<number>'}", *told)


def policy(proposal: Proposal) -> Lines | None:
    """A whole ISAKMP policy."""
    lines = _settings(_ISAKMP_COMMANDS, "isakmp", proposal, tuple(_ISAKMP_COMMANDS), first_only=True)
    if lines is None:
        return None
    auth = (f" authentication {AUTHENTICATION[proposal.auth]}",) if proposal.auth in AUTHENTICATION else ()
    lifetime = (f" lifetime {int(proposal.lifetime.total_seconds())}",) if proposal.lifetime is not None else ()
    return (f"crypto isakmp policy {proposal.number or '<number>'}", *lines, *auth, *lifetime)


def _ikev2_proposal(plan: Plan, proposal: Proposal) -> Lines | None:
    """The proposal with another choice; where other connections offer it too, the new choice before the present ones; one that
    is weaker behind them."""
    before = next((one for one in _listed(plan) if one.source == plan.edit.near), None)
    if plan.edit.beside and before is not None:
        present = (algorithm for kind in plan.edit.kinds for algorithm in before.of(kind))
        proposal = replace(proposal, algorithms=tuple(dict.fromkeys((*present, *proposal.algorithms))))
    elif plan.edit.used_by and before is not None:
        kept = (algorithm for kind in plan.edit.kinds for algorithm in before.of(kind))
        proposal = replace(proposal, algorithms=tuple(dict.fromkeys((*proposal.algorithms, *kept))))
    lines = _settings(_IKEV2_COMMANDS, "ikev2", proposal, plan.edit.kinds, first_only=False)
    return (f"crypto ikev2 proposal {proposal.name or UNNAMED}", *lines) if lines is not None else None


def ikev2_proposal(proposal: Proposal) -> Lines | None:
    """A whole IKEv2 proposal."""
    kinds = tuple(kind for kind in _IKEV2_COMMANDS if proposal.of(kind))
    lines = _settings(_IKEV2_COMMANDS, "ikev2", proposal, kinds, first_only=False)
    return (f"crypto ikev2 proposal {proposal.name or UNNAMED}", *lines) if lines is not None else None


def _listed(plan: Plan) -> tuple[Proposal, ...]:
    return plan.connection.ike.proposals if plan.connection is not None else ()


def _settings(
    commands: dict[TransformType, str], field: str, proposal: Proposal, kinds: tuple[TransformType, ...], *, first_only: bool
) -> Lines | None:
    """One line for each transform type; None where IOS has no word for an algorithm."""
    lines: list[str] = []
    for kind in kinds:
        algorithms = proposal.of(kind)
        if kind in commands and not algorithms:
            lines.append(f" no {commands[kind]}")
        elif kind in commands:
            words = spelled(field, algorithms[:1] if first_only else algorithms)
            if words is None:
                return None
            lines.append(f" {commands[kind]} {words}")
    return tuple(lines)


def transform_set(proposal: Proposal, mode: str | None, name: str | None = None) -> Lines | None:
    field = proposal.protocol.lower()
    words = [spelled(field, proposal.of(kind)[:1]) for kind in (TransformType.ENCR, TransformType.INTEG) if proposal.of(kind)]
    if proposal.beside is not None:
        words.insert(0, spelled(proposal.beside.protocol.lower(), proposal.beside.of(TransformType.INTEG)[:1]))
    if not words or None in words:
        return None
    named = name or proposal.name or UNNAMED
    lines = [f"crypto ipsec transform-set {named} {' '.join(word for word in words if word)}"]
    return (*lines, f" mode {mode}") if mode else tuple(lines)


def _set_of(plan: Plan, mode: str | None) -> Lines | None:
    """The set with another choice; where others use it too, one of its own, which this entry takes."""
    proposal = plan.edit.proposal
    if proposal is None:
        return None
    if not plan.edit.used_by and not plan.edit.beside:
        return transform_set(proposal, mode)
    name = f"{proposal.name or 'SET'}-{label(plan)}"
    made = transform_set(proposal, mode, name)
    present = [one.name for one in plan.edit.others if one.name] if plan.edit.beside else []
    return (*made, opening(plan), f" set transform-set {' '.join([*present, name])}") if made is not None else None


def child_proposal(plan: Plan) -> Lines | None:
    return _set_of(plan, str(plan.child.mode) if plan.child is not None and plan.child.mode is not None else None)


def encapsulation(plan: Plan) -> Lines | None:
    return _set_of(plan, str(plan.edit.encapsulation)) if plan.edit.encapsulation is not None else None


def pfs(plan: Plan) -> Lines | None:
    groups = plan.edit.proposal.of(TransformType.KE) if plan.edit.proposal is not None else ()
    if not groups:
        return (opening(plan), " no set pfs")
    number = group_number(groups[0])
    return (opening(plan), f" set pfs group{number}") if number is not None else None


def auth_method(plan: Plan) -> Lines | None:
    """`authentication` of the policy in IKEv1, of the profile and for each direction in IKEv2."""
    own, peer = plan.edit.own_auth, plan.edit.auth
    if is_v1(plan.connection):
        proposal, word = plan.edit.proposal, AUTHENTICATION.get(peer) if peer is not None else None
        if proposal is None or word is None:
            return None
        if plan.edit.used_by:
            return _policy(plan, proposal)
        return (f"crypto isakmp policy {proposal.number or '<number>'}", f" authentication {word}")
    lines = [f" authentication local {AUTHENTICATION[own]}"] if own in AUTHENTICATION else []
    lines += [f" authentication remote {AUTHENTICATION[peer]}"] if peer in AUTHENTICATION else []
    profile = plan.connection.ike.source if plan.connection is not None else None
    return (profile.text.strip(), *lines) if lines and profile is not None and profile.text else None

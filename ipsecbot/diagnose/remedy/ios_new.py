"""A whole connection as IOS configuration lines: the mirror image of what the other end has, where this end has nothing.

Source: Cisco IOS Security Command Reference, `crypto map`, `crypto ikev2 profile`, `crypto ipsec transform-set`, `set
ikev2-profile`; an ISAKMP policy and a key are the router's own, so they are given only where none would do.
"""

from __future__ import annotations

import re

from ipsecbot.diagnose.remedy.edits import Plan
from ipsecbot.diagnose.remedy.ios_keys import new_peer
from ipsecbot.diagnose.remedy.ios_proposals import AUTHENTICATION, policy, transform_set
from ipsecbot.diagnose.remedy.ios_words import SECRET, Lines, label, permit_rule
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import TransformType
from ipsecbot.spellings import group_number

_MAP = re.compile(r"crypto map (?P<name>\S+) (?P<number>\d+)")


def new_connection(plan: Plan) -> Lines | None:
    """Key, policy or profile, transform set, list and map entry, applied where the map is (or has to be)."""
    becomes, name, address = plan.becomes, label(plan), plan.edit.address or "<peer address>"
    child = next(iter(becomes.children), None) if becomes is not None else None
    version = plan.edit.version or 1
    found = _MAP.match(plan.edit.near.text.strip()) if plan.edit.near is not None else None
    entry = f"crypto map {found['name']} {int(found['number']) + 10}" if found else f"crypto map {name} 10"
    where = plan.edit.interface or "<the interface towards the peer>"
    applied: Lines = () if found else (f"interface {where}", f" crypto map {name}")
    return (
        *(_ikev2(plan, becomes, name, address) if version == 2 else _v1(plan, becomes, address)),
        *_set(child, name),
        *_list(child, name),
        f"{entry} ipsec-isakmp",
        f" set peer {address}",
        f" set transform-set {name}",
        *_pfs(child),
        *((f" set ikev2-profile {name}",) if version == 2 else ()),
        f" match address {name}",
        *applied,
    )


def _v1(plan: Plan, becomes: Connection | None, address: str) -> Lines:
    proposal = next(iter(becomes.ike.proposals), None) if becomes is not None else None
    known = {one.algorithms for one in (plan.connection.ike.proposals if plan.connection is not None else ())}
    needed = proposal is not None and not any(set(proposal.algorithms) <= set(one) for one in known)
    made = policy(proposal) if proposal is not None and needed else None
    is_psk = proposal is None or proposal.auth in (None, AuthMethod.PSK)
    return (*(made or ()), *((f"crypto isakmp key {SECRET} address {address}",) if is_psk else ()))


def _ikev2(plan: Plan, becomes: Connection | None, name: str, address: str) -> Lines:
    ike = becomes.ike if becomes is not None else None
    own, peer = (ike.local_auth, ike.remote_auth) if ike is not None else (AuthMethod.PSK, AuthMethod.PSK)
    psk = AuthMethod.PSK in (own, peer) or own is None
    return (
        *(new_peer(plan, name, address) if psk else ()),
        f"crypto ikev2 profile {name}",
        f" match identity remote address {address} 255.255.255.255",
        f" authentication local {AUTHENTICATION.get(own or AuthMethod.PSK, 'pre-share')}",
        f" authentication remote {AUTHENTICATION.get(peer or AuthMethod.PSK, 'pre-share')}",
        *((f" keyring local {name}",) if psk else (" pki trustpoint <trustpoint>",)),
    )


def _set(child: ChildPolicy | None, name: str) -> Lines:
    proposal = next(iter(child.proposals), None) if child is not None else None
    mode = str(child.mode) if child is not None and child.mode is not None else None
    made = transform_set(proposal, mode, name) if proposal is not None else None
    return made or (f"crypto ipsec transform-set {name} <as the other end has it>",)


def _list(child: ChildPolicy | None, name: str) -> Lines:
    rules = [permit_rule(pair) for pair in (child.selectors or ())] if child is not None else []
    told = [rule for rule in rules if rule is not None] or ["permit ip <own network> <network behind the peer>"]
    return (f"ip access-list extended {name}", *(f" {rule}" for rule in told))


def _pfs(child: ChildPolicy | None) -> Lines:
    groups = child.proposals[0].of(TransformType.KE) if child is not None and child.proposals else ()
    number = group_number(groups[0]) if groups else None
    return (f" set pfs group{number}",) if number is not None else ()

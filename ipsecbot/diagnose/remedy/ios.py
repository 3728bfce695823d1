"""Edits as Cisco IOS configuration lines, each under the line that opens its context.

Sources: Cisco IOS Security Command Reference, entries `crypto isakmp policy`, `crypto ikev2 proposal`, `crypto ipsec
transform-set`, `set pfs`, `set peer`, `crypto isakmp key`, `crypto ikev2 keyring`, `match identity remote`, `identity local`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ipsecbot.diagnose.remedy.edits import Plan, What
from ipsecbot.diagnose.remedy.ios_incomplete import incomplete
from ipsecbot.diagnose.remedy.ios_keys import key, key_for_new_address, new_peer
from ipsecbot.diagnose.remedy.ios_new import new_connection
from ipsecbot.diagnose.remedy.ios_proposals import (
    auth_method,
    child_proposal,
    encapsulation,
    ike_proposal,
    ikev2_proposal,
    pfs,
    policy,
)
from ipsecbot.diagnose.remedy.ios_words import SECRET, UNNAMED, Lines, context, is_v1, keyword_of, label, opening, permit_rule
from ipsecbot.model.connection import ExchangeMode
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.selectors import SelectorPair

_PORTS = {500: "isakmp", 4500: "non500-isakmp"}
_ACL = re.compile(r"^(?:ip access-list extended|access-list|match address)\s+(\S+)")


def _selectors(plan: Plan) -> Lines | None:
    rules = [permit_rule(pair) for pair in plan.edit.selectors]
    if not rules or None in rules:
        return None
    if plan.child is not None and plan.child.selector_source is not None:
        words = plan.child.selector_source.text.strip()
        if words.startswith(("interface", "tunnel mode")):
            return _tunnel_mode(plan)
    places = [plan.edit.near, *((plan.child.selector_source,) if plan.child is not None else ())]
    names = [match[1] for place in places if place is not None and (match := _ACL.match(place.text.strip()))]
    listed = plan.child.selector_list if plan.child is not None else None
    name = listed or (names[0] if names else "<crypto ACL>")
    present = plan.child.selectors or () if plan.child is not None else ()
    added = [pair for pair in plan.edit.selectors if pair not in present]
    gone = [pair for pair in present if pair not in plan.edit.selectors and any(_is_meant_by(pair, new) for new in added)]
    old = [rule for pair in gone if pair not in plan.edit.keep and (rule := permit_rule(pair)) is not None]
    new = [rule for pair in added or plan.edit.selectors if (rule := permit_rule(pair)) is not None]
    return (f"ip access-list extended {name}", *(f" no {rule}" for rule in old), *(f" {rule}" for rule in new))


def _is_meant_by(old: SelectorPair, new: SelectorPair) -> bool:
    """Whether one line is the wrong form of another: on one side at least they speak of the same network."""
    ends = ((old.local.network, new.local.network), (old.remote.network, new.remote.network))
    return any(
        one is not None and other is not None and one.version == other.version and one.overlaps(other) for one, other in ends
    )


def _tunnel_mode(plan: Plan) -> Lines:
    """A tunnel interface protects by its mode: everything, or the GRE between its ends."""
    everything = all(pair.local.network is not None and not pair.local.network.prefixlen for pair in plan.edit.selectors)
    return (context(plan, "interface"), f" tunnel mode {'ipsec ipv4' if everything else 'gre ip'}")


def _version(plan: Plan) -> Lines | None:
    """The profile that makes an entry speak IKEv2, or its absence; with proposals like the peer's where this router has none
    of that version yet, and a key: the two versions keep theirs apart."""
    name, peer, proposal = label(plan), plan.edit.address or "<peer address>", plan.edit.proposal
    if plan.edit.version != 2:
        needed = policy(replace(proposal, number=proposal.number or 10)) if proposal is not None else None
        return (*(needed or ()), f"crypto isakmp key {SECRET} address {peer}", opening(plan), " no set ikev2-profile")
    offered = ikev2_proposal(replace(proposal, name=name)) if proposal is not None else None
    return (
        *((*offered, f"crypto ikev2 policy {name}", f" proposal {name}") if offered is not None else ()),
        *new_peer(plan, name, peer),
        f"crypto ikev2 profile {name}",
        f" match identity remote address {peer} 255.255.255.255",
        " authentication local pre-share",
        " authentication remote pre-share",
        f" keyring local {name}",
        opening(plan),
        f" set ikev2-profile {name}",
    )


def _exchange_mode(plan: Plan) -> Lines | None:
    if plan.edit.exchange_mode is not ExchangeMode.MAIN or plan.edit.address is None:
        return None
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("initiate mode"):
        return (context(plan, "crypto isakmp profile"), " no initiate mode aggressive")
    lines: Lines = (f"no crypto isakmp peer address {plan.edit.address}",)
    # the peer's entry may hold the key as well
    return (*lines, f"crypto isakmp key {SECRET} address {plan.edit.address}") if "password" in near else lines


def _identity_words(identity: IkeIdentity, *, v1: bool, matching: bool) -> str | None:
    kind, value = identity.type, identity.value
    if kind in (IdType.IPV4, IdType.IPV6):
        return f"address {value} 255.255.255.255" if matching and kind is IdType.IPV4 else f"address {value}"
    if kind is IdType.FQDN:
        return f"{'host' if v1 and matching else 'fqdn'} {value}"
    if kind is IdType.EMAIL:
        return f"{'user-fqdn' if v1 else 'email'} {value}"
    return f"key-id {value}" if kind is IdType.KEY_ID and not v1 else None


def _local_id(plan: Plan) -> Lines | None:
    identity, v1 = plan.edit.identity, is_v1(plan.connection)
    if identity is None:
        return None
    if v1 and identity.type is IdType.IPV4:
        return ("crypto isakmp identity address",)
    words = _identity_words(identity, v1=v1, matching=False)
    if words is None:
        return None
    profile = context(plan, "crypto isakmp profile" if v1 else "crypto ikev2 profile")
    if v1 and profile.endswith(UNNAMED):  # there is none: one is made, with the keys that are there
        name = label(plan)
        peer = f"{plan.edit.address} 255.255.255.255" if plan.edit.address else "<peer address>"
        made = (f"crypto isakmp profile {name}", " keyring default", f" match identity address {peer}")
        return (*made, f" self-identity {words}", opening(plan), f" set isakmp-profile {name}")
    return (profile, f" {'self-identity' if v1 else 'identity local'} {words}")


def _remote_id(plan: Plan) -> Lines | None:
    v1 = is_v1(plan.connection)
    words = _identity_words(plan.edit.identity, v1=v1, matching=True) if plan.edit.identity is not None else None
    if words is None:
        return None
    profile = context(plan, "crypto isakmp profile" if v1 else "crypto ikev2 profile")
    return (profile, f" match identity {'' if v1 else 'remote '}{words}")


def _peer_address(plan: Plan) -> Lines | None:
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("tunnel destination"):
        lines: Lines = (context(plan, "interface"), f" tunnel destination {plan.edit.address}")
    else:
        old = [f" no set peer {address}" for address in (plan.connection.remote_addresses if plan.connection else ())]
        lines = (opening(plan), *old, f" set peer {plan.edit.address}")
    return (*lines, *(key_for_new_address(plan) if plan.edit.needs_key else ()), *_matching(plan))


def _matching(plan: Plan) -> Lines:
    """An IKEv2 profile that matches the old address alone has to match the new one."""
    ike = plan.connection.ike if plan.connection is not None else None
    if ike is None or is_v1(plan.connection) or not ike.remote_ids or not plan.edit.address:
        return ()
    if any(identity.type not in (IdType.IPV4, IdType.IPV6) or "/" in identity.value for identity in ike.remote_ids):
        return ()
    return (context(plan, "crypto ikev2 profile"), f" match identity remote address {plan.edit.address} 255.255.255.255")


def _permit(plan: Plan) -> Lines | None:
    ends = (
        f"host {plan.edit.address} host {plan.edit.own_address}" if plan.edit.address and plan.edit.own_address else "any any"
    )
    rules = [f"permit udp {ends} eq {_PORTS.get(port, str(port))}" for port in plan.edit.ports]
    rules += [f"permit esp {ends}"] if 500 not in plan.edit.ports or len(plan.edit.ports) > 1 else []
    known = plan.edit.packet_filter
    if known is None:
        return ("ip access-list extended <inbound ACL of the outside interface>", *(f" {rule}" for rule in rules))
    # what is typed without a number goes behind the last entry, which may deny everything
    return (f"ip access-list extended {known.name}", *(f" {number} {rule}" for number, rule in enumerate(rules, 1)))


def _traffic(plan: Plan) -> Lines | None:
    for pair in plan.edit.selectors:
        ends = [pair.remote.network, pair.local.network]
        if all(network is not None and network.num_addresses > 1 for network in ends):
            remote, local = (network[1] for network in ends if network is not None)
            return (f"ping {remote} source {local}",)
    return None


def _local_address(plan: Plan) -> Lines | None:
    """A tunnel speaks from its source, a crypto map from the interface it is on unless `local-address` names another."""
    text = plan.connection.source.text.strip() if plan.connection is not None and plan.connection.source is not None else ""
    if text.startswith("interface"):
        return (text, f" tunnel source {plan.edit.interface or plan.edit.address}")
    name = keyword_of(text, "crypto (?:dynamic-)?map")
    return (f"crypto map {name or UNNAMED} local-address {plan.edit.interface or f'<the interface with {plan.edit.address}>'}",)


_CERTIFICATES = {
    "cert-expired": "crypto pki enroll {}",
    "cert-missing": "crypto pki enroll {}",
    "cert-untrusted": "crypto pki authenticate {}",
    "cert-revoked-or-crl": "crypto pki crl request {}",
    "clock-skew": "ntp server <an NTP server>",
}


def _certificate(plan: Plan) -> Lines | None:
    """What a trustpoint needs again. Security Command Reference: `crypto pki enroll`, `authenticate`, `crl request`."""
    name = plan.connection.ike.trustpoint if plan.connection is not None else None
    command = _CERTIFICATES.get(plan.edit.cause or "")
    return (command.format(name or "<trustpoint>"),) if command is not None else None


_BESIDE = (What.IKE_PROPOSAL, What.CHILD_PROPOSAL, What.ENCAPSULATION)
WRITERS: Mapping[What, Callable[[Plan], Lines | None]] = {
    What.IKE_PROPOSAL: ike_proposal,
    What.AUTH_METHOD: auth_method,
    What.CHILD_PROPOSAL: child_proposal,
    What.ENCAPSULATION: encapsulation,
    What.PFS: pfs,
    What.SELECTORS: _selectors,
    What.VERSION: _version,
    What.EXCHANGE_MODE: _exchange_mode,
    What.LOCAL_ID: _local_id,
    What.REMOTE_ID: _remote_id,
    What.KEY: key,
    What.PEER_ADDRESS: _peer_address,
    What.LOCAL_ADDRESS: _local_address,
    What.NEW_CONNECTION: new_connection,
    What.INCOMPLETE: incomplete,
    What.CERTIFICATE: _certificate,
    What.DAEMON: lambda plan: ("crypto isakmp enable",),
    What.PERMIT: _permit,
    What.TRAFFIC: _traffic,
}


def goes_beside(plan: Plan) -> bool:
    """Whether something new is put beside what others use as well, which then stays as it is."""
    return plan.edit.what in _BESIDE or (plan.edit.what is What.AUTH_METHOD and is_v1(plan.connection))


def write(plan: Plan) -> Lines | None:
    """Configuration lines for one plan; None where IOS has no way to say it."""
    writer = WRITERS.get(plan.edit.what)
    return writer(plan) if writer is not None else None

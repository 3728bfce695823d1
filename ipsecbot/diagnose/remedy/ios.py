"""Edits as Cisco IOS configuration lines, each under the line that opens its context.

Sources: Cisco IOS Security Command Reference, entries `crypto isakmp policy`, `crypto ikev2 proposal`, `crypto ipsec
transform-set`, `set pfs`, `set peer`, `crypto isakmp key`, `crypto ikev2 keyring`, `match identity remote`, `identity local`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ipsecbot.diagnose.remedy.edits import Plan, What
from ipsecbot.model.connection import Connection, ExchangeMode
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.proposal import Algorithm, Proposal, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.spellings import group_number, ios_words

SECRET = "<the shared secret>"  # noqa: S105  the words that stand where only the operator knows what to type
Lines = tuple[str, ...]

_ISAKMP_COMMANDS = {TransformType.ENCR: "encr", TransformType.INTEG: "hash", TransformType.KE: "group"}
_IKEV2_COMMANDS = {
    TransformType.ENCR: "encryption",
    TransformType.INTEG: "integrity",
    TransformType.PRF: "prf",
    TransformType.KE: "group",
}
_PROTOCOLS = {0: "ip", 1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ahp"}
_PORTS = {500: "isakmp", 4500: "non500-isakmp"}
_CONTEXT = re.compile(
    r"^(crypto (map|dynamic-map|ipsec profile|isakmp profile|ikev2 profile|keyring|ikev2 keyring)|interface)\b"
)
_ACL = re.compile(r"^(?:ip access-list extended|access-list|match address)\s+(\S+)")


def _is_v1(connection: Connection | None) -> bool:
    return connection is not None and connection.ike.versions[:1] == (1,)


def _context(plan: Plan, words: str) -> str:
    """The configuration line that opens the part of this connection which begins with `words`."""
    places = [plan.edit.near]
    if plan.child is not None:
        places += [plan.child.source, plan.child.pfs_source, plan.child.mode_source]
    if plan.connection is not None:
        ike = plan.connection.ike
        places += [plan.connection.source, plan.connection.address_source, ike.source, ike.auth_source, ike.version_source]
    texts = [place.text.strip() for place in places if place is not None]
    return next((text for text in texts if text.startswith(words) and _CONTEXT.match(text)), f"{words} <name>")


def _opening(plan: Plan) -> str:
    """The crypto map entry or IPsec profile of this connection."""
    found = [_context(plan, words) for words in ("crypto map", "crypto dynamic-map", "crypto ipsec profile")]
    return next((text for text in found if "<name>" not in text), "crypto map <name> <number> ipsec-isakmp")


def _spelled(field: str, algorithms: tuple[Algorithm, ...]) -> str | None:
    words = [ios_words(field, algorithm) for algorithm in algorithms]
    return None if not words or None in words else " ".join(word for word in words if word)


def _ike_proposal(plan: Plan) -> Lines | None:
    proposal = plan.edit.proposal
    if proposal is None:
        return None
    v1 = _is_v1(plan.connection)
    commands, field = (_ISAKMP_COMMANDS, "isakmp") if v1 else (_IKEV2_COMMANDS, "ikev2")
    opening = (
        f"crypto isakmp policy {proposal.number or '<number>'}" if v1 else f"crypto ikev2 proposal {proposal.name or '<name>'}"
    )
    lines = [opening]
    for kind in plan.edit.kinds:
        if kind not in commands:
            continue
        algorithms = proposal.of(kind)
        if not algorithms:
            lines.append(f" no {commands[kind]}")
            continue
        words = _spelled(field, algorithms[:1] if v1 else algorithms)
        if words is None:
            return None
        lines.append(f" {commands[kind]} {words}")
    return tuple(lines)


def _transform_set(proposal: Proposal, mode: str | None) -> Lines | None:
    field = proposal.protocol.lower()
    words = [_spelled(field, proposal.of(kind)[:1]) for kind in (TransformType.ENCR, TransformType.INTEG) if proposal.of(kind)]
    if not words or None in words:
        return None
    lines = [f"crypto ipsec transform-set {proposal.name or '<name>'} {' '.join(word for word in words if word)}"]
    return (*lines, f" mode {mode}") if mode else tuple(lines)


def _child_proposal(plan: Plan) -> Lines | None:
    mode = str(plan.child.mode) if plan.child is not None and plan.child.mode is not None else None
    return _transform_set(plan.edit.proposal, mode) if plan.edit.proposal is not None else None


def _encapsulation(plan: Plan) -> Lines | None:
    if plan.edit.proposal is None or plan.edit.encapsulation is None:
        return None
    return _transform_set(plan.edit.proposal, str(plan.edit.encapsulation))


def _pfs(plan: Plan) -> Lines | None:
    groups = plan.edit.proposal.of(TransformType.KE) if plan.edit.proposal is not None else ()
    if not groups:
        return (_opening(plan), " no set pfs")
    number = group_number(groups[0])
    return (_opening(plan), f" set pfs group{number}") if number is not None else None


def _end_of_rule(selector: TrafficSelector) -> str | None:
    network = selector.network
    if network is None:
        return None
    if network.prefixlen == 0:
        words = "any"
    elif network.prefixlen == network.max_prefixlen:
        words = f"host {network.network_address}"
    else:
        words = f"{network.network_address} {network.hostmask}"
    if (selector.first_port, selector.last_port) == (0, 65535):
        return words
    if selector.first_port == selector.last_port:
        return f"{words} eq {selector.first_port}"
    return f"{words} range {selector.first_port} {selector.last_port}"


def _permit_rule(pair: SelectorPair) -> str | None:
    ends = (_end_of_rule(pair.local), _end_of_rule(pair.remote))
    protocol = _PROTOCOLS.get(pair.local.protocol, str(pair.local.protocol))
    return None if None in ends else f"permit {protocol} {ends[0]} {ends[1]}"


def _selectors(plan: Plan) -> Lines | None:
    rules = [_permit_rule(pair) for pair in plan.edit.selectors]
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
    old = [_permit_rule(pair) for pair in (plan.child.selectors or ()) if pair not in plan.edit.selectors] if plan.child else []
    gone = [f" no {rule}" for rule in old if rule is not None]
    return (f"ip access-list extended {name}", *gone, *(f" {rule}" for rule in rules))


def _tunnel_mode(plan: Plan) -> Lines:
    """A tunnel interface protects by its mode: everything, or the GRE between its ends."""
    everything = all(pair.local.network is not None and not pair.local.network.prefixlen for pair in plan.edit.selectors)
    return (_context(plan, "interface"), f" tunnel mode {'ipsec ipv4' if everything else 'gre ip'}")


def _version(plan: Plan) -> Lines | None:
    command = " set ikev2-profile <IKEv2 profile>" if plan.edit.version == 2 else " no set ikev2-profile"
    return (_opening(plan), command)


def _exchange_mode(plan: Plan) -> Lines | None:
    if plan.edit.exchange_mode is not ExchangeMode.MAIN or plan.edit.address is None:
        return None
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("initiate mode"):
        return (_context(plan, "crypto isakmp profile"), " no initiate mode aggressive")
    return (f"no crypto isakmp peer address {plan.edit.address}",)


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
    identity, v1 = plan.edit.identity, _is_v1(plan.connection)
    if identity is None:
        return None
    if v1 and identity.type is IdType.IPV4:
        return ("crypto isakmp identity address",)
    words = _identity_words(identity, v1=v1, matching=False)
    if words is None:
        return None
    opening = _context(plan, "crypto isakmp profile" if v1 else "crypto ikev2 profile")
    return (opening, f" {'self-identity' if v1 else 'identity local'} {words}")


def _remote_id(plan: Plan) -> Lines | None:
    v1 = _is_v1(plan.connection)
    words = _identity_words(plan.edit.identity, v1=v1, matching=True) if plan.edit.identity is not None else None
    if words is None:
        return None
    opening = _context(plan, "crypto isakmp profile" if v1 else "crypto ikev2 profile")
    return (opening, f" match identity {'' if v1 else 'remote '}{words}")


def _key(plan: Plan) -> Lines | None:
    peer = plan.edit.address or "<peer address>"
    ring = plan.connection.ike.keyring if plan.connection is not None else None
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("set aggressive-mode password"):
        return (f"crypto isakmp peer address {peer}", f" set aggressive-mode password {SECRET}")
    if plan.connection is not None and not _is_v1(plan.connection):
        return (
            f"crypto ikev2 keyring {ring or '<keyring>'}",
            " peer <name>",
            f"  address {peer}",
            f"  pre-shared-key {SECRET}",
        )
    if ring is not None:
        return (f"crypto keyring {ring}", f" pre-shared-key address {peer} key {SECRET}")
    return (f"crypto isakmp key {SECRET} address {peer}",)


def _peer_address(plan: Plan) -> Lines | None:
    near = plan.edit.near.text.strip() if plan.edit.near is not None else ""
    if near.startswith("tunnel destination"):
        return (_context(plan, "interface"), f" tunnel destination {plan.edit.address}")
    old = [f" no set peer {address}" for address in (plan.connection.remote_addresses if plan.connection else ())]
    return (_opening(plan), *old, f" set peer {plan.edit.address}")


def _new_connection(plan: Plan) -> Lines | None:
    key: Lines = (f"crypto isakmp key {SECRET} address {plan.edit.address}",)
    profile: Lines = ()
    if plan.edit.version == 2:
        key = ("crypto ikev2 keyring <keyring>", " peer <name>", f"  address {plan.edit.address}", f"  pre-shared-key {SECRET}")
        matching = f" match identity remote address {plan.edit.address} 255.255.255.255"
        key = (*key, "crypto ikev2 profile <profile>", matching, " keyring local <keyring>")
        profile = (" set ikev2-profile <profile>",)
    return (
        *key,
        "crypto map <name> <number> ipsec-isakmp",
        f" set peer {plan.edit.address}",
        " set transform-set <transform set>",
        *profile,
        " match address <crypto ACL>",
    )


def _permit(plan: Plan) -> Lines | None:
    ends = (
        f"host {plan.edit.address} host {plan.edit.own_address}" if plan.edit.address and plan.edit.own_address else "any any"
    )
    names = [_PORTS.get(port, str(port)) for port in plan.edit.ports]
    return (
        "ip access-list extended <inbound ACL of the outside interface>",
        *(f" permit udp {ends} eq {name}" for name in names),
    )


def _traffic(plan: Plan) -> Lines | None:
    for pair in plan.edit.selectors:
        ends = [pair.remote.network, pair.local.network]
        if all(network is not None and network.num_addresses > 1 for network in ends):
            remote, local = (network[1] for network in ends if network is not None)
            return (f"ping {remote} source {local}",)
    return None


WRITERS: Mapping[What, Callable[[Plan], Lines | None]] = {
    What.IKE_PROPOSAL: _ike_proposal,
    What.CHILD_PROPOSAL: _child_proposal,
    What.ENCAPSULATION: _encapsulation,
    What.PFS: _pfs,
    What.SELECTORS: _selectors,
    What.VERSION: _version,
    What.EXCHANGE_MODE: _exchange_mode,
    What.LOCAL_ID: _local_id,
    What.REMOTE_ID: _remote_id,
    What.KEY: _key,
    What.PEER_ADDRESS: _peer_address,
    What.NEW_CONNECTION: _new_connection,
    What.DAEMON: lambda plan: ("crypto isakmp enable",),
    What.PERMIT: _permit,
    What.TRAFFIC: _traffic,
}


def write(plan: Plan) -> Lines | None:
    """Configuration lines for one plan; None where IOS has no way to say it."""
    writer = WRITERS.get(plan.edit.what)
    return writer(plan) if writer is not None else None

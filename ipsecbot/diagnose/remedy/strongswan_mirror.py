"""A whole connection as strongSwan writes it: the mirror image of what the other end has, where this end has nothing."""

from __future__ import annotations

from collections.abc import Callable

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode
from ipsecbot.model.proposal import Proposal, Protocol

Words = Callable[[Proposal], str]
Quoted = Callable[[object], str]
Lines = tuple[str, ...]


def _proposals(proposals: tuple[Proposal, ...], words: Words) -> str:
    return ",".join(dict.fromkeys(words(proposal) for proposal in proposals))


def swanctl(connection: Connection, words: Words, quoted: Quoted) -> Lines:
    """The connection as a section of swanctl.conf, two blanks a level."""
    ike = connection.ike
    lines = ["connections {", f"  {connection.name} {{"]
    lines += [f"    version = {ike.versions[0]}"] if len(ike.versions) == 1 else []
    lines += ["    aggressive = yes"] if ike.initiates_mode is ExchangeMode.AGGRESSIVE else []
    lines += [f"    local_addrs = {', '.join(connection.local_addresses)}"] if connection.local_addresses else []
    lines += [f"    remote_addrs = {', '.join(connection.remote_addresses)}"]
    lines += [f"    proposals = {_proposals(ike.proposals, words)}"] if ike.proposals else []
    for name, method, identity in (
        ("local", ike.local_auth, ike.local_id),
        ("remote", ike.remote_auth, next(iter(ike.remote_ids), None)),
    ):
        lines += [f"    {name} {{", f"      auth = {method or 'psk'}"]
        lines += [f"      id = {quoted(identity)}"] if identity is not None else []
        lines += ["    }"]
    lines += ["    children {"]
    for child in connection.children:
        lines += [f"      {child.name} {{", *(f"        {setting}" for setting in _child(child, words)), "      }"]
    return (*lines, "    }", "  }", "}")


def _child(child: ChildPolicy, words: Words) -> Lines:
    lines = []
    for key, selectors in (
        ("local_ts", [pair.local for pair in child.selectors or ()]),
        ("remote_ts", [pair.remote for pair in child.selectors or ()]),
    ):
        lines += [f"{key} = {','.join(dict.fromkeys(map(str, selectors)))}"] if selectors else []
    protocol = "ah" if child.protocol is Protocol.AH else "esp"
    lines += [f"{protocol}_proposals = {_proposals(child.proposals, words)}"] if child.proposals else []
    lines += ["mode = transport"] if child.mode is EncapsulationMode.TRANSPORT else []
    return tuple(lines)


def ipsec_conf(connection: Connection, words: Words, quoted: Quoted) -> Lines:
    """The connection as one conn of ipsec.conf for each child, loaded by itself."""
    ike, lines = connection.ike, []
    for child in connection.children:
        pairs = child.selectors or ()
        settings = [
            ("keyexchange", f"ikev{ike.versions[0]}" if len(ike.versions) == 1 else None),
            ("aggressive", "yes" if ike.initiates_mode is ExchangeMode.AGGRESSIVE else None),
            ("left", ",".join(connection.local_addresses)),
            ("leftid", quoted(ike.local_id) if ike.local_id is not None else None),
            ("leftsubnet", ",".join(dict.fromkeys(str(pair.local) for pair in pairs if pair.local.network))),
            ("right", ",".join(connection.remote_addresses)),
            ("rightid", quoted(ike.remote_ids[0]) if ike.remote_ids else None),
            ("rightsubnet", ",".join(dict.fromkeys(str(pair.remote) for pair in pairs if pair.remote.network))),
            ("authby", "secret" if (ike.local_auth or "psk") == "psk" else None),
            ("ike", f"{_proposals(ike.proposals, words)}!" if ike.proposals else None),
            ("esp", f"{_proposals(child.proposals, words)}!" if child.proposals else None),
            ("type", "transport" if child.mode is EncapsulationMode.TRANSPORT else None),
            ("auto", "add"),
        ]
        lines += [f"conn {child.name}", *(f"    {key}={value}" for key, value in settings if value)]
    return tuple(lines)

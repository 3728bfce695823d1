"""What each device of the text is configured to want, as a model: connections, keys (never the secret) and daemon settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.tunnel import Diagnosis, Endpoint
from ipsecbot.report.decided import chosen
from ipsecbot.report.state import ends_of


def configuration(diagnosis: Diagnosis) -> list[dict[str, Any]]:
    """`configuration` of the JSON: one entry per device with a configuration, the ends of the tunnel first."""
    ends = (*ends_of(diagnosis), *diagnosis.bystanders)
    return [_end(end) for end in ends if end.connections or end.keys or end.settings]


def _end(end: Endpoint) -> dict[str, Any]:
    return {
        "device": end.device.name,
        "addresses": list(end.addresses),
        "connections": [_connection(one) for one in end.connections or ()],
        "keys": [_key(key) for key in end.keys or ()],
        "settings": [{"topic": one.topic.value, "value": one.value, **_place(one.source)} for one in end.settings],
    }


def _connection(one: Connection) -> dict[str, Any]:
    ike = one.ike
    return {
        "name": one.name,
        "ike_versions": list(ike.versions),
        "mode": ike.initiates_mode.value if ike.initiates_mode else None,
        "local": list(one.local_addresses),
        "remote": list(one.remote_addresses),
        "local_auth": ike.local_auth.value if ike.local_auth else None,
        "remote_auth": ike.remote_auth.value if ike.remote_auth else None,
        "local_id": str(ike.local_id) if ike.local_id else None,
        "remote_ids": [str(identity) for identity in ike.remote_ids],
        "gives_addresses": list(one.gives_addresses),
        "asks_addresses": list(one.asks_addresses),
        "applied": one.applied,
        "proposals": [asdict(chosen(proposal, proposal.source)) for proposal in ike.proposals],
        "children": [_child(child) for child in one.children],
        **_place(one.source),
    }


def _child(one: ChildPolicy) -> dict[str, Any]:
    return {
        "name": one.name,
        "protocol": one.protocol.value,
        "mode": one.mode.value if one.mode else None,
        "local_selectors": [str(pair.local) for pair in one.selectors or ()],
        "remote_selectors": [str(pair.remote) for pair in one.selectors or ()],
        "lifetime": int(one.lifetime.total_seconds()) if one.lifetime is not None else None,
        "lifetime_bytes": one.lifetime_bytes,
        "start": one.start_action.value if one.start_action else None,
        "proposals": [asdict(chosen(proposal, proposal.source)) for proposal in one.proposals],
    }


def _key(key: SharedKey) -> dict[str, Any]:
    return {"kind": key.kind, "for": list(key.owners), "keyring": key.keyring, **_place(key.source)}


def _place(source: Source | None) -> dict[str, Any]:
    return {"source": source.output, "line": source.first_line} if source is not None else {}


def bystanders_in_words(diagnosis: Diagnosis) -> Iterator[str]:
    """What the text says of devices that are no end of this tunnel; the ends themselves are compared elsewhere."""
    for end in diagnosis.bystanders:
        name = end.device.name
        for one in end.connections or ():
            yield f"{name}: {_in_words(one)}"
        for key in end.keys or ():
            yield f"{name}: a secret ({key.kind}) for {', '.join(key.owners) or 'everybody'}"


def _in_words(one: Connection) -> str:
    auth = " / ".join(str(method) for method in dict.fromkeys((one.ike.local_auth, one.ike.remote_auth)) if method)
    words = [
        f"{one.name}: {', '.join(f'IKEv{version}' for version in one.ike.versions)}",
        f"peers {', '.join(one.remote_addresses)}",
        *((f"authentication {auth}",) if auth else ()),
        *((f"gives virtual addresses: {', '.join(one.gives_addresses)}",) if one.gives_addresses else ()),
        *((f"asks for virtual addresses: {', '.join(one.asks_addresses)}",) if one.asks_addresses else ()),
        *(f"protects {pair}" for child in one.children for pair in child.selectors or ()),
    ]
    return "; ".join(words)

"""Where our reading of configuration files differs from what a charon made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charon_answers import Answer, Tree
from model_view import differences
from printed import printed_identity

from ipsecbot.lab.strongswan.hostconfig import strongswan_conf
from ipsecbot.model.connection import Connection
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.read import EndConfig
from ipsecbot.parse.strongswan.config import read_config
from ipsecbot.parse.strongswan.files import ConfigFile
from ipsecbot.parse.strongswan.ipsec_sections import read_sections
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.secrets import canonical_owners
from ipsecbot.parse.strongswan.settings import read_settings

OWN = ("192.0.2.1", "2001:db8::1", "10.1.0.1", "2001:db8:1::1")  # of the lab's left host
STOPS = "charon reads no further: "
_DAEMON = RawOutput(OutputKind.STRONGSWAN_CONF, "/etc/strongswan.conf", strongswan_conf())


def swanctl_disagreements(files: dict[str, str], answer: Answer) -> Iterator[str]:
    """`files`: path below /etc/swanctl → text."""
    outputs = tuple(RawOutput(OutputKind.SWANCTL_CONF, f"/etc/swanctl/{name}", text) for name, text in files.items())
    broken = read_settings(tuple(ConfigFile.of(output, "gw") for output in outputs)).broken
    if bool(broken) != bool(answer.broken):
        yield f"the file: ours {broken or 'fine'}, charon's {answer.broken or 'fine'}"
    if broken or answer.broken:
        return
    end = read_config((_DAEMON, *outputs), "gw", OWN).value
    ours, theirs = {one.name for one in end.connections}, answer.conns.keys() | answer.refused.keys()
    if ours != theirs:
        yield f"connections: ours {sorted(ours)}, charon's {sorted(theirs)}"
    for connection in end.connections:
        yield from (f"{connection.name} {each}" for each in _swanctl_connection(connection, answer))
    yield from _supplies(end, answer)


def _swanctl_connection(connection: Connection, answer: Answer) -> Iterator[str]:
    reasons = [why for why, _ in connection.problems]
    refused = answer.refused.get(connection.name)
    if refused is not None and refused not in reasons:
        yield f"is refused for {refused!r}, ours {reasons}"
    elif refused is None and reasons:
        yield f"is accepted, ours {reasons}"
    elif refused is None and connection.name in answer.conns:
        yield from differences(connection, answer.logged.get(connection.name), answer.conns[connection.name])


def _supplies(end: EndConfig, answer: Answer) -> Iterator[str]:
    """Keys by their owners, pools by their first address and size."""
    owners = {key.name: _shown(key.owners) for key in end.keys or () if key.name in answer.shared}
    theirs = {name: _owners(printed) for name, printed in answer.shared.items()}
    if owners != theirs:
        yield f"keys: ours {owners}, charon's {theirs}"
    pools = {pool.name: (str(pool.first), str(pool.size)) for pool in end.pools if not pool.problems}
    loaded = {name: (pool["base"], pool["size"]) for name, pool in answer.pools.items()}
    if pools != loaded:
        yield f"pools: ours {pools}, charon's {loaded}"


def _shown(owners: tuple[str, ...]) -> list[str]:
    """As charon shows them: octets that are no text with colons between."""
    return sorted(":".join(re.findall("..", one[1:])) if one.startswith("#") else one.casefold() for one in owners)


def _owners(printed: list[str]) -> list[str]:
    """`%any` alone, and `%any` beside another, as canonical_owners has them."""
    read = [printed_identity(one) for one in printed]
    return [] if all(one == "%any" for one in read) else sorted({one.casefold() for one in read})


_KINDS = {"psk": "IKE", "eap": "EAP", "xauth": "EAP", "ntlm": "NTLM"}


def secrets_disagreements(text: str, answer: Answer) -> Iterator[str]:
    """`text`: an ipsec.secrets, its secrets fingerprints."""
    read = read_config((RawOutput(OutputKind.IPSEC_SECRETS, "/etc/ipsec.secrets", text),), "gw")
    ours = [(_KINDS[key.kind], sorted(key.owners)) for key in read.value.keys or ()]
    owners = ([one.strip('"') for one in printed] for printed in answer.shared.values())
    theirs = [(name.split()[1], sorted(canonical_owners(one))) for name, one in zip(answer.shared, owners, strict=True)]
    if ours != theirs:
        yield f"keys: ours {ours}, charon's {theirs}"
    stops = [gap.why.removeprefix(STOPS) for gap in read.gaps if gap.why.startswith(STOPS)]
    if (stops or [""])[0] != answer.broken:
        yield f"the end: ours {stops}, charon's {answer.broken!r}"


def ipsec_disagreements(files: dict[str, str], answer: Answer) -> Iterator[str]:
    """`files`: path below /etc → text."""
    outputs = tuple(RawOutput(OutputKind.IPSEC_CONF, f"/etc/{name}", text) for name, text in files.items())
    broken = read_sections(tuple(ConfigFile.of(output, "gw") for output in outputs), Notes("gw", "")).broken
    if bool(broken) != bool(answer.broken):
        yield f"the file: ours {broken or 'fine'}, starter's {answer.broken or 'fine'}"
    if broken or answer.broken:
        return
    loaded: dict[str, Tree] = {}
    for conn in answer.conns.values():
        children = conn["children"]
        assert isinstance(children, dict)
        loaded |= {child: {**conn, "children": {child: tree}} for child, tree in children.items()}
    for connection in read_config((_DAEMON, *outputs), "gw", OWN).value.connections:
        yield from (f"{connection.name} {each}" for each in _conn(connection, loaded.get(connection.name)))


def _conn(connection: Connection, loaded: Tree | None) -> Iterator[str]:
    """What starter loads with the same two ends becomes one connection: each conn is looked for by its child."""
    reasons = [why for why, _ in connection.problems]
    if loaded is None and connection.applied is not False and not reasons:
        yield "is not loaded, ours sees no reason"
    elif loaded is not None and (reasons or connection.applied is False):
        yield f"is loaded, ours {reasons or 'auto=ignore'}"
    elif loaded is not None:
        yield from differences(connection, None, loaded)

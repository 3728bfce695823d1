"""`swanctl --list-conns` (and the Connections of `ipsec statusall`): what the daemon really runs, and how a file differs.

The listing holds neither proposals nor keys, so it never makes a Connection; it tells which of those in the files are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.selectors import read_pair
from ipsecbot.parse.textfsm import Row, run_template

_OCTETS = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2})*")
LIST_CONNS, STATUSALL = "swanctl --list-conns", "ipsec statusall"
_VERSIONS = {"IKEv1": (1,), "IKEv2": (2,), "IKEv1/2": (2, 1)}
_MODES: tuple[tuple[str, EncapsulationMode], ...] = (
    ("TUNNEL", EncapsulationMode.TUNNEL),
    ("TRANSPORT", EncapsulationMode.TRANSPORT),
    ("TRANSPORT_PROXY", EncapsulationMode.TRANSPORT),
)
_METHODS: tuple[tuple[str, AuthMethod], ...] = (
    ("pre-shared key", AuthMethod.PSK),
    ("public key", AuthMethod.PUBKEY),
    ("XAuth", AuthMethod.HYBRID),
    ("EAP", AuthMethod.EAP),
)


@dataclass(frozen=True, slots=True)
class RunningChild:
    name: str
    mode: EncapsulationMode | None
    selectors: tuple[SelectorPair, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class RunningConnection:
    """One loaded connection. Of several rounds of one end the first counts; an id that is not printed is None."""

    name: str
    versions: tuple[int, ...]
    local_addresses: tuple[str, ...]
    remote_addresses: tuple[str, ...]
    source: Source
    aggressive: bool | None = None
    local_auth: AuthMethod | None = None
    remote_auth: AuthMethod | None = None
    local_id: IkeIdentity | None = None
    remote_id: IkeIdentity | None = None
    children: tuple[RunningChild, ...] = ()
    rounds: tuple[str, ...] = ()  # the ends of which a round was seen


@dataclass(frozen=True, slots=True)
class Running:
    """Everything loaded, and (statusall only) the addresses the daemon listens on."""

    connections: tuple[RunningConnection, ...]
    addresses: tuple[str, ...] = ()


def read_conns(output: RawOutput, device: str) -> Parsed[Running]:
    """Every connection the daemon has loaded, in the order printed."""
    statusall = output.kind is OutputKind.STATUSALL
    parsed = run_template("strongswan", STATUSALL if statusall else LIST_CONNS, output, device)
    gaps = list(parsed.gaps)
    connections: list[RunningConnection] = []
    addresses: list[str] = []
    for row in parsed.value:
        if statusall and row["ADDRESS"]:
            addresses.append(canonical_address(row["ADDRESS"]))
        elif row["VERSION"]:
            connections.append(_connection(row, statusall))
        elif connections and row["SIDE"]:
            connections[-1] = _with_round(connections[-1], row)
        elif connections and (row["CHILD_TS"] if statusall else row["MODE"]):
            connections[-1] = replace(connections[-1], children=(*connections[-1].children, _child(row, statusall, gaps)))
    return Parsed(Running(tuple(connections), tuple(addresses)), tuple(gaps), answered=parsed.answered)


def _connection(row: Row, statusall: bool) -> RunningConnection:
    return RunningConnection(
        name=row["NAME"],
        versions=_VERSIONS[row["VERSION"]],
        local_addresses=_addresses(row.many("LOCAL")),
        remote_addresses=_addresses(row.many("REMOTE")),
        source=row.source,
        aggressive=bool(row["AGGRESSIVE"]) if statusall else None,
    )


def _addresses(lines: tuple[str, ...]) -> tuple[str, ...]:
    words = " ".join(lines).replace(",", " ").split()
    return tuple(canonical_address(word) for word in _named(words))


def _named(words: Iterable[str]) -> tuple[str, ...]:
    """The addresses, none where anybody is among them."""
    listed = tuple(words)
    return () if any(word in ("%any", "%any4", "%any6") for word in listed) else listed


def _with_round(connection: RunningConnection, row: Row) -> RunningConnection:
    method = next((method for word, method in _METHODS if row["AUTH"].startswith(word)), None)
    identity = read_identity(row["ID"], row.source) if row["ID"] else None
    side = row["SIDE"]
    if side in connection.rounds:
        return connection
    connection = replace(connection, rounds=(*connection.rounds, side))
    if side == "local":
        return replace(connection, local_auth=method, local_id=identity)
    return replace(connection, remote_auth=method, remote_id=identity)


def _child(row: Row, statusall: bool, gaps: list[Gap]) -> RunningChild:
    text = row["CHILD_TS"] if statusall else f"{row['LOCAL_TS']} === {row['REMOTE_TS']}"
    selectors, unknown = read_pair(text, row.source)
    gaps += [
        Gap(row.source.device, row.source.output, f"not a traffic selector: {word}", row.source.first_line, row.source.text)
        for word in unknown
    ]
    return RunningChild(row["NAME"], dict(_MODES).get(row["MODE"]), selectors, row.source)


def compared(connection: Connection, running: RunningConnection, names: Collection[str] = ()) -> Connection:
    """`connection` of a file, marked as running, with every difference between the file and the daemon.

    `names`: all connections of the files; a running child of such a name is that connection's.
    """
    return replace(connection, running=True, drift=tuple(_drift(connection, running, names)))


def _drift(wanted: Connection, running: RunningConnection, names: Collection[str]) -> Iterator[tuple[str, Source]]:
    local, remote = _named(wanted.local_addresses), _named(wanted.remote_addresses)
    pairs = (
        ("IKE version", _text(wanted.ike.versions), _text(running.versions)),
        ("local address", _text(local), _text(running.local_addresses)),
        ("remote address", _text(remote), _text(running.remote_addresses)),
        ("local identity", *_identities(wanted.ike.local_id, running.local_id)),
        ("remote identity", *_identities(wanted.ike.remote_ids[0] if wanted.ike.remote_ids else None, running.remote_id)),
    )
    for what, file, daemon in pairs:
        if file != daemon:
            yield f"{what}: the file says {file}, the daemon runs {daemon}", running.source
    children = {child.name: child for child in running.children}
    for child in wanted.children:
        yield from _child_drift(child, children.pop(child.name, None), running)
    for left in children.values():
        if left.name in names:
            continue
        yield f"the daemon runs the child {left.name}, the file has none of that name", left.source


def _child_drift(
    wanted: ChildPolicy, running: RunningChild | None, connection: RunningConnection
) -> Iterator[tuple[str, Source]]:
    if running is None:
        yield f"the file has the child {wanted.name}, the daemon does not run it", connection.source
        return
    if wanted.mode is not running.mode and wanted.mode is not None and running.mode is not None:
        yield f"mode of {wanted.name}: the file says {wanted.mode}, the daemon runs {running.mode}", running.source
    if wanted.selectors is not None and not _covered(wanted.selectors, running.selectors):
        file, daemon = _text(wanted.selectors), _text(running.selectors)
        yield f"traffic selectors of {wanted.name}: the file says {file}, the daemon runs {daemon}", running.source


def _covered(wanted: tuple[SelectorPair, ...], running: tuple[SelectorPair, ...]) -> bool:
    """Whether they are the same, but for those that others hold, which the daemon leaves out of its listing."""
    return set(running) <= set(wanted) and all(any(_holds(one, pair) for one in running) for pair in wanted)


def _holds(outer: SelectorPair, inner: SelectorPair) -> bool:
    return _within(outer.local, inner.local) and _within(outer.remote, inner.remote)


def _within(outer: TrafficSelector, inner: TrafficSelector) -> bool:
    """Whether `inner` is `outer` or a part of it."""
    if outer.protocol not in (0, inner.protocol):
        return False
    if outer.first_port > inner.first_port or inner.last_port > outer.last_port:
        return False
    if isinstance(outer.network, IPv4Network) and isinstance(inner.network, IPv4Network):
        return inner.network.subnet_of(outer.network)
    if isinstance(outer.network, IPv6Network) and isinstance(inner.network, IPv6Network):
        return inner.network.subnet_of(outer.network)
    return outer.network is None and inner.network is None


def _identities(file: IkeIdentity | None, daemon: IkeIdentity | None) -> tuple[str, str]:
    """An identity that the daemon does not print was not configured; the file's is then the default, no difference."""
    if daemon is None or daemon.type is IdType.ANY or file is None:
        return "", ""
    if _comparable(file) == _comparable(daemon):
        return "", ""
    return str(file), str(daemon)


def _comparable(identity: IkeIdentity) -> str:
    """Upper case is no difference, nor are the colons that charon prints between octets that are no text."""
    value = identity.value.casefold()
    return value.removeprefix("#") if value.startswith("#") else value.replace(":", "") if _OCTETS.fullmatch(value) else value


def _text(values: tuple[object, ...]) -> str:
    return ", ".join(str(value) for value in values) or "%any"

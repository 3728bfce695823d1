"""All configuration of one strongSwan host → EndConfig: the one entry into this folder's readers of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.model.supplies import AddressPool, Authority
from ipsecbot.parse.read import EndConfig, Parsed
from ipsecbot.parse.strongswan.daemon import DaemonSettings, read_daemon
from ipsecbot.parse.strongswan.files import ConfigFile
from ipsecbot.parse.strongswan.identity import canonical_address
from ipsecbot.parse.strongswan.ipsec_conf import read_conns as read_ipsec_conns
from ipsecbot.parse.strongswan.ipsec_sections import read_sections
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.running import Running, compared, read_conns
from ipsecbot.parse.strongswan.secrets import is_secret_line, read_secrets_files, read_secrets_section
from ipsecbot.parse.strongswan.settings import read_settings
from ipsecbot.parse.strongswan.swanctl import read_connections
from ipsecbot.parse.strongswan.swanctl_supplies import read_authorities, read_pools

__all__ = ["DaemonSettings", "read_config", "read_daemon"]


def read_config(outputs: tuple[RawOutput, ...], device: str, own_addresses: tuple[str, ...] = ()) -> Parsed[EndConfig]:
    """Connections and keys of all files among `outputs`, marked by what the daemon runs.

    Kinds read: SWANCTL_CONF, IPSEC_CONF, IPSEC_SECRETS, STRONGSWAN_CONF (`name` is the path, so that includes are found among
    them), LIST_CONNS and STATUSALL (what runs). `own_addresses`: addresses the host is known to own, which tell an ipsec.conf
    which of left and right it is. A connection that runs but stands in no file is a gap: its proposals are not known.
    Never raises on any text.
    """
    daemon = read_daemon(outputs, device)
    running = _running(outputs, device)
    notes = Notes(device, "configuration", [*daemon.gaps, *(running.gaps if running else ())])
    known = frozenset((*(canonical_address(one) for one in own_addresses), *(running.value.addresses if running else ())))
    swanctl = read_settings(_files(outputs, OutputKind.SWANCTL_CONF, device), complete=running is not None)
    notes.gaps += swanctl.gaps
    ipsec = _files(outputs, OutputKind.IPSEC_CONF, device)
    sections = read_sections(ipsec, notes, complete=running is not None)
    told = {(gap.output, gap.line) for gap in notes.gaps}
    for why, source in sections.broken:
        if (source.output, source.first_line) not in told:
            told.add((source.output, source.first_line))
            notes.gap(source, f"starter refuses the file: {why}")
    connections = (
        *read_connections(swanctl.root, daemon.value, notes),
        *read_ipsec_conns(sections, known, daemon.value, notes, _local_ends(running)),
    )
    secrets = (*_files(outputs, OutputKind.IPSEC_SECRETS, device), *_pasted_secrets(ipsec))
    keys = (*read_secrets_section(swanctl.root, notes), *read_secrets_files(secrets, notes, strict=True))
    shown = bool(secrets) or swanctl.root.section("secrets") is not None
    pools, authorities = read_pools(swanctl.root, notes), read_authorities(swanctl.root, notes)
    if running is not None:
        reasons = (
            *(("syntax error: the file is not loaded", source) for source in swanctl.broken),
            *((f"{error}: starter refuses the file", source) for error, source in sections.broken),
            *_stopping(authorities, pools),
        )
        connections = tuple(_blamed(one, reasons) for one in _marked(connections, running.value, notes))
    addresses = _addresses(connections, known)
    end = EndConfig(connections, keys if shown else None, addresses, pools=pools, authorities=authorities)
    return Parsed(end, tuple(notes.gaps))


def _local_ends(running: Parsed[Running] | None) -> Mapping[str, tuple[str, ...]]:
    """What the daemon itself calls local in each connection: it knows addresses that it does not listen on, too."""
    loaded = running.value.connections if running else ()
    names = ((one, name) for one in loaded for name in (*(child.name for child in one.children), one.name))
    return {name: one.local_addresses for one, name in names}


def _stopping(authorities: tuple[Authority, ...], pools: tuple[AddressPool, ...]) -> Iterator[tuple[str, Source]]:
    """Why `swanctl --load-all` never came to the connections, in words that name the object."""
    for kind, objects in (("authority", authorities), ("pool", pools)):
        for one in objects:
            if one.problems and one.source is not None:
                yield f"swanctl --load-all stops at the {kind} {one.name}: {one.problems[0]}", one.source


def _files(outputs: tuple[RawOutput, ...], kind: OutputKind, device: str) -> tuple[ConfigFile, ...]:
    return tuple(ConfigFile.of(output, device) for output in outputs if output.kind is kind)


def _pasted_secrets(files: tuple[ConfigFile, ...]) -> tuple[ConfigFile, ...]:
    """Entries of ipsec.secrets that were pasted below an ipsec.conf, at their own line numbers."""
    found = []
    for file in files:
        lines = [line if is_secret_line(line) else "" for line in file.lines]
        if any(lines):
            found.append(replace(file, lines=tuple(lines)))
    return tuple(found)


def _running(outputs: tuple[RawOutput, ...], device: str) -> Parsed[Running] | None:
    """What runs: by list-conns, else by statusall; None when neither was answered. The addresses are statusall's."""
    read = [
        read_conns(output, device)
        for kind in (OutputKind.LIST_CONNS, OutputKind.STATUSALL)
        for output in outputs
        if output.kind is kind and output.complete
    ]
    answered = [one for one in read if one.answered and (one.value.connections or not one.gaps)]
    if not answered:
        return None
    addresses = tuple(address for one in answered for address in one.value.addresses)
    return Parsed(Running(answered[0].value.connections, addresses), answered[0].gaps)


def _marked(connections: tuple[Connection, ...], running: Running, notes: Notes) -> tuple[Connection, ...]:
    """Connections marked by whether they run. What starter loads with the same two ends becomes one connection, of which
    the later `conn` is only a child."""
    loaded = {one.name: one for one in running.connections}
    children = {child.name for one in running.connections for child in one.children}
    names = {one.name for one in connections}
    for one in running.connections:
        if one.name not in names:
            notes.gap(one.source, f"the daemon runs {one.name}, which stands in no file that was read")
    return tuple(
        compared(one, loaded[one.name], names)
        if one.name in loaded
        else replace(one, running=[child.name for child in one.children] == [one.name] and one.name in children)
        for one in connections
    )


def _blamed(connection: Connection, why: tuple[tuple[str, Source], ...]) -> Connection:
    """A connection that does not run although its file has it: an error anywhere in the file keeps all of it from loading."""
    source = connection.source
    if connection.running or source is None or not any(one.output == source.output for _, one in why):
        return connection
    return replace(connection, problems=(*connection.problems, *why))


def _addresses(connections: tuple[Connection, ...], known: frozenset[str]) -> tuple[str, ...]:
    """The addresses this end owns: those known, and single local addresses of its connections."""
    configured = (address for one in connections for address in one.local_addresses)
    single = (address for address in configured if "/" not in address and "-" not in address)
    return tuple(dict.fromkeys((*sorted(known), *single)))

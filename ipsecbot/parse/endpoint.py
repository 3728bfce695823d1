"""A stored snapshot → all that is known of that end. Which reader understands which output is a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ipsecbot.errors import ParseError
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.identity import SharedKey
from ipsecbot.model.sa import ChildSa, IkeSa, SaState
from ipsecbot.model.snapshot import Gap, OutputKind, RawOutput, Snapshot
from ipsecbot.model.surroundings import Surroundings
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.parse.around.read import read_surroundings
from ipsecbot.parse.asa import sas as asa_sas
from ipsecbot.parse.ios import config as ios_config
from ipsecbot.parse.ios import ike_sas
from ipsecbot.parse.ios import log as ios_log
from ipsecbot.parse.ios import sas as ios_sas
from ipsecbot.parse.ios import sessions as ios_sessions
from ipsecbot.parse.ios import state as ios_state
from ipsecbot.parse.ios import trace as ios_trace
from ipsecbot.parse.ios.cef import read_lookups
from ipsecbot.parse.libreswan import config as pluto_config
from ipsecbot.parse.libreswan import log as pluto_log
from ipsecbot.parse.libreswan.status import read_status
from ipsecbot.parse.ping import read_pings
from ipsecbot.parse.read import EndConfig, Parsed
from ipsecbot.parse.strongswan import config as host_config
from ipsecbot.parse.strongswan import host
from ipsecbot.parse.strongswan import log as host_log
from ipsecbot.parse.strongswan import sas as host_sas
from ipsecbot.parse.strongswan.global_settings import read_daemon_settings

K = OutputKind


@dataclass(slots=True)
class _Facts:
    """What the readers have said so far; None stays None until an output of that kind was understood."""

    device: str
    addresses: dict[str, None] = field(default_factory=dict)
    connections: tuple[Connection, ...] | None = None
    keys: tuple[SharedKey, ...] | None = None
    ike_sas: list[IkeSa] | None = None
    child_sas: list[ChildSa] | None = None
    events: dict[tuple[object, ...], LogEvent] | None = None
    pings: list[tuple[str, int, int, Source]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    running: tuple[bool, Source] | None = None
    around: Surroundings | None = None  # as the configuration has it
    sketched: list[ChildSa] = field(default_factory=list)  # CHILD_SAs as tables about something else show them
    sketch_answered: bool = False

    def take_config(self, parsed: Parsed[EndConfig]) -> None:
        self.connections = (self.connections or ()) + parsed.value.connections
        if parsed.value.keys is not None:
            self.keys = (self.keys or ()) + parsed.value.keys
        self.addresses.update(dict.fromkeys(parsed.value.addresses))
        self.around = parsed.value.around or self.around
        if parsed.value.ike_disabled is not None:
            self.running = (False, parsed.value.ike_disabled)
        self.gaps += parsed.gaps

    def take_ike_sas(self, parsed: Parsed[tuple[IkeSa, ...]]) -> None:
        if parsed.answered and (parsed.value or not parsed.gaps):  # a line that was not understood may be an SA
            self.ike_sas = [*(self.ike_sas or ()), *parsed.value]
        self.gaps += parsed.gaps

    def take_child_sas(self, parsed: Parsed[tuple[ChildSa, ...]]) -> None:
        if parsed.answered and (parsed.value or not parsed.gaps):
            self.child_sas = [*(self.child_sas or ()), *parsed.value]
        self.gaps += parsed.gaps

    def take_events(self, parsed: Parsed[tuple[LogEvent, ...]]) -> None:
        """A line that stands in the buffer and in the debug is one event: same time, same words."""
        known = self.events or {}
        for number, event in enumerate(parsed.value):
            unstamped = (id(parsed), number) if event.at is None else ()
            known.setdefault((event.kind, event.at, event.source.text, event.attribute, event.notify, unstamped), event)
        self.events = known
        self.gaps += parsed.gaps


Reader = Callable[[RawOutput, _Facts], None]


def _ios_isakmp_sa(output: RawOutput, facts: _Facts) -> None:
    if asa_sas.is_asa(output.text):
        facts.take_ike_sas(asa_sas.read_ikev1_sas(output, facts.device))
        return
    spoken = dict.fromkeys(sa.local for sa in (*(facts.child_sas or ()), *(facts.ike_sas or ())) if sa.local is not None)
    facts.take_ike_sas(ios_sas.read_isakmp_sas(output, facts.device, (*facts.addresses, *spoken)))


def _ios_ikev2_sa(output: RawOutput, facts: _Facts) -> None:
    parsed = ike_sas.read_ikev2_sessions(output, facts.device)
    facts.take_ike_sas(Parsed(parsed.value.ike_sas, parsed.gaps, parsed.answered))
    facts.sketched += parsed.value.child_sas


def _ios_sessions(output: RawOutput, facts: _Facts) -> None:
    """What the tables of each phase show in full stands here once more, in brief."""
    parsed = ios_sessions.read_sessions(output, facts.device)
    known = {sa.remote for sa in facts.ike_sas or ()}
    found = tuple(sa for sa in parsed.value.ike_sas if sa.state is not SaState.ABSENT and sa.remote not in known)
    facts.take_ike_sas(Parsed(found, parsed.gaps, parsed.answered))
    facts.sketched += parsed.value.child_sas
    facts.sketch_answered |= parsed.answered


def _ios_dmvpn(output: RawOutput, facts: _Facts) -> None:
    """How far NHRP's peers came, which says something of SAs where no table of SAs does."""
    parsed = ios_trace.read_dmvpn(output, facts.device)
    known = {sa.remote for sa in facts.ike_sas or ()}
    ike, children = ios_trace.sas_of(parsed.value)
    found = tuple(sa for sa in ike if sa.remote not in known)
    if found:
        facts.ike_sas = [*(facts.ike_sas or ()), *found]
    facts.sketched += children
    facts.gaps += parsed.gaps


def _ios_ikev2_errors(output: RawOutput, facts: _Facts) -> None:
    parsed = ios_trace.read_diagnose_errors(output, facts.device)
    if parsed.answered or parsed.value:
        facts.take_events(parsed)


def _ios_ipsec_sa(output: RawOutput, facts: _Facts) -> None:
    facts.take_child_sas(ios_sas.read_ipsec_sas(output, facts.device))


def _ios_interfaces(output: RawOutput, facts: _Facts) -> None:
    parsed = ios_state.read_interface_addresses(output, facts.device)
    facts.addresses.update(dict.fromkeys(interface.address for interface in parsed.value if interface.address))
    facts.gaps += parsed.gaps


def _ios_log(output: RawOutput, facts: _Facts) -> None:
    facts.take_events(ios_log.read_events(output, facts.device))


def _host_sas(output: RawOutput, facts: _Facts) -> None:
    if output.kind is K.STATUSALL and facts.ike_sas is not None:
        return  # the same SAs, told once more by the other tool
    parsed = host_sas.read_sas(output, facts.device)
    ike_sas, child_sas = parsed.value
    facts.take_ike_sas(Parsed(ike_sas, parsed.gaps, parsed.answered))
    facts.take_child_sas(Parsed(child_sas, (), parsed.answered and (bool(child_sas) or not parsed.gaps)))


def _host_interfaces(output: RawOutput, facts: _Facts) -> None:
    facts.addresses.update(dict.fromkeys(host.read_addresses(output)))


def _host_system(output: RawOutput, facts: _Facts) -> None:
    facts.running = facts.running or host.read_listening(output, facts.device)


def _host_log(output: RawOutput, facts: _Facts) -> None:
    facts.take_events(host_log.read_events(output, facts.device))


def _pluto_status(output: RawOutput, facts: _Facts) -> None:
    parsed = read_status(output, facts.device)
    listed = bool(parsed.value.ike_sas or parsed.value.child_sas) or (parsed.answered and parsed.value.complete)
    facts.take_ike_sas(Parsed(parsed.value.ike_sas, parsed.gaps, listed))
    facts.take_child_sas(Parsed(parsed.value.child_sas, (), listed))


def _pluto_log(output: RawOutput, facts: _Facts) -> None:
    """whack prints its listings and its log in one stream."""
    facts.take_events(pluto_log.read_events(output, facts.device))
    _pluto_status(output, facts)


def _ping(output: RawOutput, facts: _Facts) -> None:
    facts.pings += read_pings(output, facts.device)


# Order matters: addresses are known before the tables that need them are read.
READERS: Mapping[Platform, tuple[tuple[OutputKind, Reader], ...]] = {
    Platform.CISCO_IOS: (
        (K.INTERFACES, _ios_interfaces),
        (K.IPSEC_SA, _ios_ipsec_sa),
        (K.IKEV2_SA, _ios_ikev2_sa),
        (K.ISAKMP_SA, _ios_isakmp_sa),
        (K.CRYPTO_SESSION, _ios_sessions),
        (K.DMVPN, _ios_dmvpn),
        (K.LOGGING, _ios_log),
        (K.LOG, _ios_log),
        (K.DEBUG, _ios_log),
        (K.IKEV2_ERRORS, _ios_ikev2_errors),
        (K.PING, _ping),
    ),
    Platform.STRONGSWAN: (
        (K.INTERFACES, _host_interfaces),
        (K.LIST_SAS, _host_sas),
        (K.STATUSALL, _host_sas),
        (K.SYSTEM, _host_system),
        (K.LOG, _host_log),
        (K.DEBUG, _host_log),
        (K.PING, _ping),
    ),
    Platform.LIBRESWAN: (
        (K.INTERFACES, _host_interfaces),
        (K.STATUSALL, _pluto_status),
        (K.SYSTEM, _host_system),
        (K.LOG, _pluto_log),
        (K.DEBUG, _pluto_log),
        (K.PING, _ping),
    ),
}

_EVENTS: Mapping[Platform, Callable[[RawOutput, str], Parsed[tuple[LogEvent, ...]]]] = {
    Platform.CISCO_IOS: ios_log.read_events,
    Platform.STRONGSWAN: host_log.read_events,
    Platform.LIBRESWAN: pluto_log.read_events,
}

HOST_CONFIG = (K.SWANCTL_CONF, K.IPSEC_CONF, K.IPSEC_SECRETS, K.STRONGSWAN_CONF, K.LIST_CONNS, K.STATUSALL)


def read_endpoint(snapshot: Snapshot) -> Endpoint:
    """Everything the snapshot says, as one Endpoint. An output that cannot be understood at all becomes a gap."""
    platform = snapshot.device.platform or Platform.CISCO_IOS
    facts = _Facts(snapshot.device.name)
    if platform is Platform.CISCO_IOS:
        _take_ios_config(snapshot, facts)
    for kind, reader in READERS[platform]:
        for output in snapshot.of_kind(kind):
            try:
                reader(output, facts)
            except ParseError as error:
                facts.gaps.append(Gap(error.device, error.output, error.message, error.line))
    files = tuple(output for output in snapshot.outputs if output.kind in HOST_CONFIG)
    if platform is Platform.STRONGSWAN and files:
        facts.take_config(host_config.read_config(files, facts.device, tuple(facts.addresses)))
    if platform is Platform.LIBRESWAN and files:
        facts.take_config(pluto_config.read_config(snapshot.outputs, facts.device, tuple(facts.addresses)))
    return _endpoint(snapshot, facts)


def _take_ios_config(snapshot: Snapshot, facts: _Facts) -> None:
    """All parts of a router's configuration at once; answers that restate it only where a part is missing."""
    parts = tuple(output for output in snapshot.outputs if output.kind is K.RUNNING_CONFIG)
    shown = tuple(output for output in snapshot.outputs if output.kind in ios_config.SHOWN)
    versions = (ios_state.read_version(output, facts.device).value for output in snapshot.of_kind(K.VERSION))
    image = next((version.release for version in versions if version is not None), "")
    if parts:
        facts.take_config(ios_config.read_config(parts[0], facts.device, (*parts[1:], *shown), image))
    elif shown:
        restated = ios_config.read_config(shown[0], facts.device, shown[1:], image)
        if restated.value.connections:
            facts.take_config(restated)


def read_events(output: RawOutput, device: Device) -> tuple[LogEvent, ...]:
    """The events of one text of one device, as they come while it is watched."""
    reader = _EVENTS.get(device.platform or Platform.CISCO_IOS, ios_log.read_events)
    return reader(output, device.name).value


def _endpoint(snapshot: Snapshot, facts: _Facts) -> Endpoint:
    running, running_source = facts.running or (None, None)
    if facts.child_sas is None and (facts.sketched or facts.sketch_answered):
        facts.child_sas = facts.sketched
    return replace(
        Endpoint(snapshot.device),
        addresses=tuple(facts.addresses),
        connections=facts.connections,
        keys=facts.keys,
        ike_sas=None if facts.ike_sas is None else tuple(facts.ike_sas),
        child_sas=None if facts.child_sas is None else tuple(facts.child_sas),
        events=None if facts.events is None else tuple(facts.events.values()),
        ike_running=running,
        ike_running_source=running_source,
        pings=tuple(facts.pings),
        gaps=snapshot.gaps + tuple(facts.gaps),
        failure=snapshot.failure,
        failure_kind=snapshot.failure_kind,
        watched=tuple(output.name for output in snapshot.outputs if output.watched),
        around=_around(snapshot, facts),
        settings=read_daemon_settings(snapshot.outputs, snapshot.device.name),
    )


def _around(snapshot: Snapshot, facts: _Facts) -> Surroundings:
    """What the texts show, with what the configuration says in place of its lines read one by one."""
    seen, configured = read_surroundings(snapshot.outputs, snapshot.device.name), facts.around
    seen = replace(seen, lookups=read_lookups(snapshot.outputs, snapshot.device.name))
    if configured is None:
        return seen
    return replace(
        seen,
        translations=configured.translations or seen.translations,
        configured_routes=configured.configured_routes,
        learns_routes=configured.learns_routes,
        filters=configured.filters,
    )

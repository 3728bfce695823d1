"""ipsec.conf and ipsec.secrets of libreswan and openswan → EndConfig.

The grammar (sections, `also=`, `%default`, secrets) is FreeS/WAN's, which strongSwan inherited too: read_sections and the
secrets reader are shared. What differs is what the words mean. Source: ipsec.conf(5) of Libreswan 3 to 5 and Openswan 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.libreswan import config_words as words
from ipsecbot.parse.libreswan.status import read_status
from ipsecbot.parse.libreswan.suites import Suites, read_suites, with_pfs
from ipsecbot.parse.networks import read_network
from ipsecbot.parse.read import EndConfig, Parsed
from ipsecbot.parse.strongswan.config_selectors import read_protocol_ports
from ipsecbot.parse.strongswan.files import ConfigFile
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.ipsec_sections import IpsecSection, Parameter, read_sections
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.secrets import is_secret_line, read_secrets_files

T = TypeVar("T")
_LISTINGS = (OutputKind.STATUSALL, OutputKind.LOG, OutputKind.DEBUG)


def read_config(outputs: tuple[RawOutput, ...], device: str, own_addresses: tuple[str, ...] = ()) -> Parsed[EndConfig]:
    """Connections and keys of all files among `outputs` (kinds IPSEC_CONF, IPSEC_SECRETS; a listing in STATUSALL, LOG or DEBUG
    tells which connections are loaded and which end this host is). Never raises on any text."""
    notes = Notes(device, "configuration")
    status = [read_status(output, device).value for output in outputs if output.kind in _LISTINGS]
    loaded = {one.name: one for each in status for one in each.connections}
    complete = any(each.complete for each in status)
    seen = (one.local for one in loaded.values() if one.local is not None)
    own = frozenset((*(canonical_address(one) for one in own_addresses), *seen))
    conf = tuple(ConfigFile.of(output, device) for output in outputs if output.kind is OutputKind.IPSEC_CONF)
    sections = read_sections(conf, notes).all
    setup = next((one for one in sections if one.kind == "config"), None)
    old = any(section.parameter(key) for section in sections for key in words.OLD)
    connections = [
        connection
        for section in sections
        if section.kind == "conn"
        for connection in _Conn(section, setup, own, old, notes).read()
    ]
    connections = [replace(one, running=_is_loaded(one.name, frozenset(loaded), complete)) for one in connections]
    files = tuple(ConfigFile.of(output, device) for output in outputs if output.kind is OutputKind.IPSEC_SECRETS)
    holders = (*files, *_pasted(conf))
    keys = read_secrets_files(holders, notes) if holders else None
    return Parsed(EndConfig(tuple(connections), keys, tuple(sorted(own))), tuple(notes.gaps))


def _is_loaded(name: str, loaded: frozenset[str], complete: bool) -> bool | None:
    """None where the listing may be a part of what is loaded (`ipsec status | grep …`)."""
    return any(one == name or one.partition("/")[0] == name for one in loaded) or (False if complete else None)


def _pasted(files: tuple[ConfigFile, ...]) -> tuple[ConfigFile, ...]:
    """Entries of ipsec.secrets that were pasted below an ipsec.conf, at their own line numbers."""
    found = []
    for file in files:
        lines = [line if is_secret_line(line) else "" for line in file.lines]
        if any(lines):
            found.append(replace(file, lines=tuple(lines)))
    return tuple(found)


@dataclass(slots=True)
class _Conn:
    """One `conn` on its way to a Connection."""

    section: IpsecSection
    setup: IpsecSection | None
    own: frozenset[str]
    old: bool
    notes: Notes
    local: str = "left"
    remote: str = "right"

    def read(self) -> tuple[Connection, ...]:
        """The connection; none for a section that only others inherit from (no end of it has an address)."""
        self.notes = self.notes.of_connection()
        section = self.section
        if section.first("left", "right") is None or self._word("type", words.TYPES, EncapsulationMode.TUNNEL) is None:
            return ()
        if self._is_right():
            self.local, self.remote = "right", "left"
        for parameter in section.parameters:
            if not words.is_known(parameter.key):
                self.notes.gap(parameter.source, f"unknown keyword {parameter.key}")
        versions = self._versions()
        auto = section.parameter("auto")
        connection = Connection(
            name=section.name,
            local_addresses=self._addresses(self.local),
            remote_addresses=self._addresses(self.remote) or ("%any",),
            ike=self._ike(versions),
            children=(self._child(versions),),
            applied=False if auto is not None and auto.value == "ignore" else None,
            problems=tuple(self.notes.problems),
            address_source=self._source(self.remote) or self._source(self.local),
            source=section.source,
        )
        return (connection,)

    def _is_right(self) -> bool:
        """Whether this host is the right end: it owns its address, or only that end is said to be here."""
        left, right = self._addresses("left"), self._addresses("right")
        if any(one in self.own for one in (*left, *right)):
            return any(one in self.own for one in right) and not any(one in self.own for one in left)
        here = [side for side in ("left", "right") if self._value(side) in ("%defaultroute", "%eth0")]
        return here == ["right"] or self._value("left") in ("%any", "0.0.0.0")  # noqa: S104  # a word of the file

    def _versions(self) -> tuple[int, ...]:
        exchange = self.section.parameter("keyexchange")
        if exchange is not None and exchange.value.lower() in dict(words.KEYEXCHANGE):
            return dict(words.KEYEXCHANGE)[exchange.value.lower()]
        if self._flag("aggressive", False) or self._flag("aggrmode", False):
            return (1,)
        return self._word("ikev2", words.IKEV2, (1, 2) if self.old else (2,))

    def _ike(self, versions: tuple[int, ...]) -> IkePolicy:
        section = self.section
        local_auth, remote_auth = self._auth(self.local, versions), self._auth(self.remote, versions)
        aggressive = self._flag("aggressive", False) or self._flag("aggrmode", False)
        mode = ExchangeMode.AGGRESSIVE if aggressive else ExchangeMode.MAIN
        by = section.first(f"{self.local}auth", "authby", "auth")
        local_id, remote_id = self._identity(self.local), self._identity(self.remote)
        return IkePolicy(
            versions=versions,
            proposals=self._ike_proposals(versions, local_auth),
            initiates_mode=mode if 1 in versions else None,
            accepts_modes=(mode,) if 1 in versions else (),
            local_id=local_id,
            remote_ids=() if remote_id is None or remote_id.type is IdType.ANY else (remote_id,),
            local_auth=local_auth,
            remote_auth=remote_auth,
            lifetime=self._time(timedelta(hours=1 if self.old else 8), "ikelifetime"),
            dpd_interval=self._time(timedelta(0), "dpddelay"),
            nat_traversal=self._value("encapsulation") != "no",
            force_encapsulation=self._value("encapsulation") == "yes" or self._flag("forceencaps", False),
            fragmentation=self._flag("fragmentation", True) or self._value("fragmentation") == "force",
            source=section.source,
            auth_source=by.source if by else section.source,
            local_id_source=self._source(f"{self.local}id"),
            version_source=self._source("keyexchange") or self._source("ikev2") or section.source,
            mode_source=self._source("aggressive") or self._source("aggrmode") or section.source,
        )

    def _ike_proposals(self, versions: tuple[int, ...], method: AuthMethod | None) -> tuple[Proposal, ...]:
        found = self._suites(("ike",), Protocol.IKE, versions).proposals
        if versions != (1,):
            return found
        lifetime = self._time(timedelta(hours=1 if self.old else 8), "ikelifetime")
        return tuple(replace(proposal, auth=method, lifetime=lifetime) for proposal in found)

    def _suites(self, keys: tuple[str, ...], protocol: Protocol, versions: tuple[int, ...]) -> Suites:
        parameter = self.section.first(*keys)
        source = parameter.source if parameter else self.section.source
        suites = read_suites(parameter.value if parameter else None, protocol, versions[0], source)
        for word in suites.unknown:
            self.notes.gap(source, f"unknown algorithm {word}")
        return suites

    def _auth(self, side: str, versions: tuple[int, ...]) -> AuthMethod | None:
        parameter = self.section.first(f"{side}auth", "authby")
        method: AuthMethod | None = AuthMethod.PUBKEY
        if parameter is not None:
            found = [dict(words.AUTHBY).get(word) for word in parameter.value.lower().replace("|", ",").split(",")]
            if not any(found) and parameter.value.lower() not in words.NO_AUTH:
                self.notes.gap(parameter.source, f"bad value: {parameter.key}={parameter.value}")
            method = next((one for one in found if one is not None), None)
        if versions[0] == 1 and (self._flag("leftxauthclient", False) or self._flag("leftxauthserver", False)):
            return AuthMethod.XAUTH_PSK if method is AuthMethod.PSK else AuthMethod.XAUTH_PUBKEY
        return method

    def _identity(self, side: str) -> IkeIdentity | None:
        parameter = self.section.parameter(f"{side}id")
        if parameter is not None and parameter.value.startswith("%"):
            return None  # %fromcert, %none, %null: the file does not say which
        if parameter is not None:
            return read_identity(parameter.value, parameter.source)
        addresses = self._addresses(side)
        if self.section.parameter(f"{side}cert") is not None or len(addresses) != 1:
            return None
        return read_identity(addresses[0], self._source(side))

    def _child(self, versions: tuple[int, ...]) -> ChildPolicy:
        section = self.section
        is_ah = self._value("phase2") == "ah" or (section.parameter("ah") is not None and section.parameter("esp") is None)
        protocol = Protocol.AH if is_ah else Protocol.ESP
        keys = ("ah", "phase2alg") if is_ah else ("esp", "phase2alg")
        suites = self._suites(keys, protocol, versions)
        proposals: tuple[Proposal, ...] = suites.proposals
        if versions[0] == 1 and self._flag("pfs", True) and not suites.groups:
            proposals = with_pfs(proposals, self._suites(("ike",), Protocol.IKE, versions).proposals)
        chosen = section.first(*keys)
        return ChildPolicy(
            name=section.name,
            protocol=protocol,
            proposals=proposals,
            selectors=self._selectors(),
            mode=self._word("type", words.TYPES, EncapsulationMode.TUNNEL),
            lifetime=self._time(timedelta(hours=8), "ipsec-lifetime", "salifetime", "keylife", "lifetime"),
            start_action=self._word("auto", words.AUTO, StartAction.NONE),
            source=section.source,
            proposal_source=chosen.source if chosen else section.source,
            selector_source=self._subnet_source(self.remote) or self._subnet_source(self.local) or section.source,
            mode_source=self._source("type") or section.source,
            pfs_source=self._source("pfs") or (chosen.source if chosen else section.source),
        )

    def _subnet_source(self, side: str) -> Source | None:
        parameter = self.section.first(f"{side}subnet", f"{side}subnets")
        return parameter.source if parameter else None

    def _selectors(self) -> tuple[SelectorPair, ...]:
        """`leftsubnets=` times `rightsubnets=`: a child for each pair."""
        return tuple(SelectorPair(left, right) for left in self._subnets(self.local) for right in self._subnets(self.remote))

    def _subnets(self, side: str) -> tuple[TrafficSelector, ...]:
        parameter = self.section.first(f"{side}subnets", f"{side}subnet")
        found: tuple[TrafficSelector, ...] = (TrafficSelector(None, source=self._source(side) or self.section.source),)
        if parameter is not None and not parameter.value.startswith(("vhost:", "vnet:")):
            found = ()
            for word in parameter.value.strip("{} \t").replace(",", " ").split():
                network = read_network(word.partition("-")[0].partition(":")[0] if word.count(":") == 1 else word)
                if network is None:
                    self._bad(parameter)
                else:
                    found = (*found, TrafficSelector(network, source=parameter.source))
        port = self.section.parameter(f"{side}protoport")
        if port is None:
            return found
        narrowed = read_protocol_ports(port.value)
        if narrowed is None:
            self._bad(port)
            return ()
        protocol, first, last = narrowed
        return tuple(replace(one, protocol=protocol, first_port=first, last_port=last) for one in found)

    def _addresses(self, side: str) -> tuple[str, ...]:
        value = self._value(side)
        if value is None or value.startswith("%") or value == "0.0.0.0":  # noqa: S104  # a word of the file
            return ()
        return (canonical_address(value),)

    def _value(self, key: str) -> str | None:
        parameter = self.section.parameter(key)
        return parameter.value if parameter else None

    def _flag(self, key: str, default: bool) -> bool:
        found = words.read_flag(self._value(key) or "")
        return default if found is None else found

    def _time(self, default: timedelta, *keys: str) -> timedelta:
        parameter = self.section.first(*keys)
        found = words.read_duration(parameter.value) if parameter else default
        if parameter is not None and found is None:
            self._bad(parameter)
        return default if found is None else found

    def _word(self, key: str, table: tuple[tuple[str, T], ...], default: T) -> T:
        parameter = self.section.parameter(key)
        if parameter is not None and parameter.value.lower() not in dict(table):
            self._bad(parameter)
        return dict(table).get(parameter.value.lower(), default) if parameter else default

    def _source(self, key: str) -> Source | None:
        parameter = self.section.parameter(key)
        return parameter.source if parameter else None

    def _bad(self, parameter: Parameter) -> None:
        self.notes.gap(parameter.source, f"bad value: {parameter.key}={parameter.value}")

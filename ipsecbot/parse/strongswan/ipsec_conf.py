"""ipsec.conf → Connections: one per `conn`, with one child each.

Source: ipsec.conf(5) of strongSwan 5.9.8, defaults included. Which of left and right is this host is decided as starter does:
by the addresses the host owns; left, where they are not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.strongswan import ipsec_words as words
from ipsecbot.parse.strongswan.authentication import Round, combined, default_identity, ikev1_method, read_method
from ipsecbot.parse.strongswan.daemon import DaemonSettings
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.ipsec_sections import IpsecSection, Parameter
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.proposals import read_cipher_suites
from ipsecbot.parse.strongswan.quantities import read_bool, read_list, read_number, read_time
from ipsecbot.parse.strongswan.selectors import pairs, read_port_protocol, read_selectors

T = TypeVar("T")
IKE_DEFAULT, ESP_DEFAULT = "aes128-sha256-modp3072", "aes128-sha256"
IKE_LIFETIME, LIFETIME = timedelta(hours=3), timedelta(hours=1)
DPD_DELAY = timedelta(seconds=30)


def read_conns(
    sections: tuple[IpsecSection, ...], own: frozenset[str], daemon: DaemonSettings, notes: Notes
) -> tuple[Connection, ...]:
    """Every `conn`; `own`: canonical addresses this host is known to own (empty: not known)."""
    return tuple(_Conn(section, own, daemon, notes).read() for section in sections if section.kind == "conn")


class _Conn:
    """One `conn` on its way to a Connection."""

    def __init__(self, section: IpsecSection, own: frozenset[str], daemon: DaemonSettings, notes: Notes) -> None:
        self.section, self.daemon, self.notes = section, daemon, notes.of_connection()
        swapped = self._is_own("right", own) and not self._is_own("left", own)
        self.local, self.remote = ("right", "left") if swapped else ("left", "right")

    def read(self) -> Connection:
        section = self.section
        for parameter in section.parameters:
            if parameter.key in words.DROPPED:
                self.notes.gap(parameter.source, f"{parameter.key} is ignored by charon")
            elif parameter.key not in words.CONN:
                self.notes.gap(parameter.source, f"unknown keyword {parameter.key}")
        versions = self._word("keyexchange", words.VERSIONS, (2, 1))
        auto = section.parameter("auto")
        local, remote = self._addresses(self.local), self._addresses(self.remote)
        return Connection(
            name=section.name,
            local_addresses=local,
            remote_addresses=remote or ("%any",),
            ike=self._ike(versions, local, remote),
            children=(self._child(versions),),
            applied=False if auto is None or auto.value == "ignore" else None,  # ignore is the default
            problems=tuple(self.notes.problems),
            address_source=self._source(self.remote) or self._source(self.local),
            source=section.source,
            gives_addresses=self._virtual(self.remote),
            asks_addresses=self._virtual(self.local),
            virtual_source=self._source(f"{self.remote}sourceip") or self._source(f"{self.local}sourceip"),
        )

    def _virtual(self, side: str) -> tuple[str, ...]:
        """`%config`, `%cfg`, `%modeconfig` and `%modecfg` are one word (ipsec.conf(5), `leftsourceip`)."""
        parameter = self.section.parameter(f"{side}sourceip")
        listed = read_list(parameter.value) if parameter else ()
        return tuple("%config" if word.lower() in words.VIRTUAL else word for word in listed)

    def _is_own(self, side: str, own: frozenset[str]) -> bool:
        return any(address in own for address in self._addresses(side))

    def _addresses(self, side: str) -> tuple[str, ...]:
        parameter = self.section.parameter(side)
        listed = read_list(parameter.value) if parameter else ()
        named = [word.lstrip("%") for word in listed if word.lower() not in words.ANY_ADDRESS]
        return tuple(canonical_address(word) for word in named)

    def _ike(self, versions: tuple[int, ...], local: tuple[str, ...], remote: tuple[str, ...]) -> IkePolicy:
        section = self.section
        mine, theirs = self._rounds(self.local, local), self._rounds(self.remote, remote)
        local_auth, remote_auth = combined(mine), combined(theirs)
        remote_id = theirs[0].identity
        mode = ExchangeMode.AGGRESSIVE if self._get("aggressive", read_bool, False) else ExchangeMode.MAIN
        fragmentation = section.parameter("fragmentation")
        identified = section.parameter(f"{self.local}id")
        return IkePolicy(
            versions=versions,
            proposals=self._ike_proposals(versions, ikev1_method(local_auth, remote_auth)),
            initiates_mode=mode if 1 in versions else None,
            accepts_modes=self._accepted(mode, local_auth) if 1 in versions else (),
            local_id=None if mine[0].identity is None or mine[0].identity.type is IdType.ANY else mine[0].identity,
            remote_ids=() if remote_id is None or remote_id.type is IdType.ANY else (remote_id,),
            local_auth=local_auth,
            remote_auth=remote_auth,
            lifetime=self._get("ikelifetime", read_time, IKE_LIFETIME),
            dpd_interval=self._dpd(),
            nat_traversal=True,
            force_encapsulation=self._get("forceencaps", read_bool, False),
            fragmentation=fragmentation is None or fragmentation.value != "no",
            prefers_own_proposals=self.daemon.prefers_own_proposals is not False if self.daemon.read else None,
            source=section.source,
            auth_source=theirs[0].source or mine[0].source or section.source,
            local_id_source=identified.source if identified else None,
            version_source=self._source("keyexchange") or section.source,
            mode_source=self._source("aggressive") or section.source,
        )

    def _accepted(self, mode: ExchangeMode, local_auth: AuthMethod | None) -> tuple[ExchangeMode, ...]:
        psk = local_auth in (AuthMethod.PSK, AuthMethod.XAUTH_PSK)
        refused = mode is ExchangeMode.AGGRESSIVE and psk and self.daemon.read and not self.daemon.aggressive_psk
        return () if refused else (mode,)

    def _ike_proposals(self, versions: tuple[int, ...], method: AuthMethod | None) -> tuple[Proposal, ...]:
        found = self._proposals("ike", IKE_DEFAULT, Protocol.IKE)
        if versions != (1,):
            return found
        lifetime = self._get("ikelifetime", read_time, IKE_LIFETIME)
        return tuple(replace(proposal, auth=method, lifetime=lifetime) for proposal in found)

    def _proposals(self, key: str, default: str, protocol: Protocol) -> tuple[Proposal, ...]:
        parameter = self.section.parameter(key)
        source = parameter.source if parameter else self.section.source
        read = read_cipher_suites(parameter.value if parameter else default, protocol, source)
        for problem in read.problems:
            self.notes.problem(problem, source)
        for word in read.unknown:
            self.notes.gap(source, f"unknown algorithm {word}")
        return read.value

    def _dpd(self) -> timedelta:
        """Without a dpdaction nothing is sent (ipsec.conf(5), dpdaction)."""
        action = self.section.parameter("dpdaction")
        if action is None or action.value == "none":
            return timedelta(0)
        return self._get("dpddelay", read_time, DPD_DELAY)

    def _rounds(self, side: str, addresses: tuple[str, ...]) -> tuple[Round, ...]:
        """One or two rounds of one end; `leftauth` wins over `authby`."""
        first = self.section.parameter(f"{side}auth")
        by = first or self.section.parameter("authby")
        certificate = self.section.first(f"{side}cert", f"{side}sigkey", f"{side}rsasigkey")
        method: AuthMethod | None = AuthMethod.PUBKEY
        if first is not None:
            method = read_method(first.value)
        elif by is not None:
            method = self._word("authby", words.AUTHBY, AuthMethod.PUBKEY)
        if by is not None and method is None and by.value != "never":
            self._bad(by)
        source = by.source if by else self.section.source
        one = Round(method, certified=certificate is not None, source=source)
        one = replace(one, identity=self._identity(side, one, addresses))
        second = self.section.parameter(f"{side}auth2")
        return (one, Round(read_method(second.value), source=second.source)) if second else (one,)

    def _identity(self, side: str, one: Round, addresses: tuple[str, ...]) -> IkeIdentity | None:
        parameter = self.section.parameter(f"{side}id")
        if parameter is not None:
            # `%` in front keeps an initiator from sending the identity, it is the identity all the same
            value = parameter.value
            return read_identity(value[1:] if value[:1] == "%" and value not in words.ANY_ADDRESS else value, parameter.source)
        if one.method is AuthMethod.PUBKEY and not one.certified:
            one = replace(one, method=AuthMethod.PSK)  # here a public key without a certificate defaults to the address too
        return default_identity((one,), addresses, self._source(side) or self.section.source, by_name=True)

    def _child(self, versions: tuple[int, ...]) -> ChildPolicy:
        section = self.section
        ah = section.parameter("ah")
        protocol = Protocol.AH if ah is not None else Protocol.ESP
        proposals = self._proposals("ah" if ah else "esp", ESP_DEFAULT, protocol)
        key = self._source("ah") or self._source("esp") or section.source
        return ChildPolicy(
            name=section.name,
            protocol=protocol,
            proposals=proposals,
            selectors=self._selectors(versions),
            mode=self._word("type", words.TYPES, EncapsulationMode.TUNNEL),
            lifetime=self._lifetime(),
            lifetime_bytes=self._get("lifebytes", read_number, None),
            start_action=self._word("auto", words.AUTO, StartAction.NONE),
            source=section.source,
            proposal_source=key,
            selector_source=self._source(f"{self.remote}subnet") or self._source(f"{self.local}subnet") or section.source,
            mode_source=self._source("type") or section.source,
            pfs_source=next((one.source for one in proposals if one.of(TransformType.KE)), key),
        )

    def _lifetime(self) -> timedelta:
        key = "lifetime" if self.section.parameter("lifetime") else "keylife"
        return self._get(key, read_time, LIFETIME)

    def _selectors(self, versions: tuple[int, ...]) -> tuple[SelectorPair, ...]:
        local, remote = self._subnets(self.local), self._subnets(self.remote)
        return pairs(local[:1], remote[:1]) if versions == (1,) else pairs(local, remote)

    def _subnets(self, side: str) -> tuple[TrafficSelector, ...]:
        parameter = self.section.first(f"{side}subnet", f"{side}subnetwithin")
        if parameter is None:
            found: tuple[TrafficSelector, ...] = (TrafficSelector(None, source=self._source(side) or self.section.source),)
        else:
            found, unknown = read_selectors(parameter.value, parameter.source)
            if unknown:
                self._bad(parameter)
        port = self.section.parameter(f"{side}protoport")
        if port is None:
            return found
        narrowed = [read_port_protocol(port.value, selector) for selector in found]
        if any(selector is None for selector in narrowed):
            self._bad(port)
        return tuple(selector for selector in narrowed if selector is not None)

    def _get(self, key: str, read: Callable[[str], T | None], default: T) -> T:
        parameter = self.section.parameter(key)
        value = read(parameter.value) if parameter else default
        if parameter is not None and value is None:
            self._bad(parameter)
        return default if value is None else value

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
        self.notes.problem(f"bad argument value: {parameter.key}={parameter.value}", parameter.source)

"""swanctl.conf → Connections: every option of `connections` that decides a negotiation.

Source: swanctl.conf(5) of strongSwan 5.9.8, defaults included, checked against `swanctl --list-conns` after loading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy, StartAction
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IdType
from ipsecbot.model.proposal import Proposal, Protocol, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.strongswan import words
from ipsecbot.parse.strongswan.authentication import (
    Round,
    combined,
    default_identity,
    first_identity,
    ikev1_method,
    read_method,
)
from ipsecbot.parse.strongswan.daemon import DaemonSettings
from ipsecbot.parse.strongswan.identity import canonical_address, read_identity
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.proposals import default_proposals, read_proposals
from ipsecbot.parse.strongswan.quantities import read_bool, read_list, read_number, read_time
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors
from ipsecbot.parse.strongswan.settings import Section, Setting

T = TypeVar("T")
IKE_REKEY = timedelta(hours=4)
CHILD_REKEY = timedelta(hours=1)


def read_connections(root: Section, daemon: DaemonSettings, notes: Notes) -> tuple[Connection, ...]:
    """Every connection of the tree; what is not understood goes into `notes`."""
    referenced = {name.partition(".")[0] for name in _references(root)}
    for section in root.sections:
        if section.name not in words.TOP_LEVEL and section.name not in referenced:
            notes.gap(section.source, f"unknown section {section.name}")
    connections = root.section("connections")
    return tuple(_Connection(one, daemon, notes).read() for one in connections.sections) if connections else ()


def _references(section: Section) -> Iterator[str]:
    yield from section.references
    for child in section.sections:
        yield from _references(child)


class _Connection:
    """One section of `connections` on its way to a Connection."""

    def __init__(self, section: Section, daemon: DaemonSettings, notes: Notes) -> None:
        self.section, self.daemon = section, daemon
        self.notes = notes.of_connection()

    def read(self) -> Connection:
        section = self.section
        self._refuse_unknown(section, words.CONNECTION)
        versions = self._versions()
        local, remote = self._addresses("local_addrs"), self._addresses("remote_addrs")
        ike = self._ike(versions, local)
        children = section.section("children")
        return Connection(
            name=section.name,
            local_addresses=tuple(address for address in local if address != "%any"),
            remote_addresses=remote or ("%any",),
            ike=ike,
            children=tuple(self._child(child, versions) for child in children.sections) if children else (),
            problems=tuple(self.notes.problems),
            address_source=_source(section, "remote_addrs") or _source(section, "local_addrs"),
            source=section.source,
            gives_addresses=self._list("pools"),
            asks_addresses=self._list("vips"),
            virtual_source=_source(section, "pools") or _source(section, "vips"),
        )

    def _list(self, key: str) -> tuple[str, ...]:
        setting = self.section.setting(key)
        return read_list(setting.value) if setting else ()

    def _versions(self) -> tuple[int, ...]:
        setting = self.section.setting("version")
        if setting is None:
            return (2, 1)
        found = dict(words.VERSIONS).get(setting.value)
        if found is None:
            self._invalid(setting)
        return found or (2, 1)

    def _addresses(self, key: str) -> tuple[str, ...]:
        setting = self.section.setting(key)
        return tuple(canonical_address(word) for word in read_list(setting.value)) if setting else ()

    def _ike(self, versions: tuple[int, ...], local: tuple[str, ...]) -> IkePolicy:
        section = self.section
        mine, theirs = self._rounds("local"), self._rounds("remote")
        local_auth, remote_auth = combined(mine), combined(theirs)
        local_id, remote_id = first_identity(mine), first_identity(theirs)
        accepts_any = remote_id is None or remote_id.type is IdType.ANY
        mode = ExchangeMode.AGGRESSIVE if self._get("aggressive", read_bool, False) else ExchangeMode.MAIN
        encap, fragmentation = self._get("encap", read_bool, False), section.setting("fragmentation")
        return IkePolicy(
            versions=versions,
            proposals=self._ike_proposals(versions, ikev1_method(local_auth, remote_auth)),
            initiates_mode=mode if 1 in versions else None,
            accepts_modes=self._accepted(mode, local_auth) if 1 in versions else (),
            local_id=local_id or default_identity(mine, local, _source(section, "local_addrs")),
            remote_ids=() if accepts_any or remote_id is None else (remote_id,),
            local_auth=local_auth,
            remote_auth=remote_auth,
            lifetime=self._rekey_time(),
            dpd_interval=self._get("dpd_delay", read_time, timedelta(0)),
            nat_traversal=True,
            force_encapsulation=encap,
            fragmentation=fragmentation is None or fragmentation.value != "no",
            prefers_own_proposals=_prefers_own(self.daemon),
            source=section.source,
            auth_source=_round_source(theirs) or _round_source(mine) or section.source,
            local_id_source=local_id.source if local_id else None,
            version_source=_source(section, "version") or section.source,
            mode_source=_source(section, "aggressive") or section.source,
            local_round=mine[0].name if mine else None,
            remote_round=theirs[0].name if theirs else None,
        )

    def _accepted(self, mode: ExchangeMode, local_auth: AuthMethod | None) -> tuple[ExchangeMode, ...]:
        """A responder takes the mode its connection names only; aggressive mode with a PSK needs strongswan.conf as well."""
        refused = (
            mode is ExchangeMode.AGGRESSIVE
            and local_auth in (AuthMethod.PSK, AuthMethod.XAUTH_PSK)
            and self.daemon.read
            and not self.daemon.aggressive_psk
        )
        return () if refused else (mode,)

    def _ike_proposals(self, versions: tuple[int, ...], method: AuthMethod | None) -> tuple[Proposal, ...]:
        setting = self.section.setting("proposals")
        if setting is None:
            found = default_proposals(Protocol.IKE, source=self.section.source)
        else:
            found = self._proposals(setting, Protocol.IKE)
        if versions != (1,):
            return found
        rekey, over = self._rekey_time(), self._get("over_time", read_time, None)
        lifetime = rekey + (over if over is not None else rekey / 10)
        return tuple(replace(proposal, auth=method, lifetime=lifetime) for proposal in found)

    def _proposals(self, setting: Setting, protocol: Protocol) -> tuple[Proposal, ...]:
        read = read_proposals(setting.value, protocol, setting.source)
        for problem in read.problems:
            self.notes.problem(problem, setting.source)
        for word in read.unknown:
            self.notes.gap(setting.source, f"unknown algorithm {word}")
        return read.value

    def _rekey_time(self) -> timedelta:
        """IKEv1 reauthenticates where IKEv2 rekeys; one time set switches the default of the other off."""
        reauth = self._get("reauth_time", read_time, timedelta(0))
        rekey = self._get("rekey_time", read_time, timedelta(0) if reauth else IKE_REKEY)
        return rekey or reauth

    def _rounds(self, prefix: str) -> tuple[Round, ...]:
        sections = sorted(self.section.starting(prefix), key=_round_number)
        return tuple(self._round(one) for one in sections)

    def _round(self, section: Section) -> Round:
        self._refuse_unknown(section, words.ROUND)
        auth, identity = section.setting("auth"), section.setting("id")
        method = read_method(auth.value) if auth else AuthMethod.PUBKEY
        if auth is not None and method is None:
            self._invalid(auth)
        return Round(
            method=method,
            identity=read_identity(identity.value, identity.source) if identity else None,
            certified=bool(section.setting("certs") or section.setting("pubkeys") or section.starting("cert")),
            source=auth.source if auth else section.source,
            name=section.name,
        )

    def _child(self, section: Section, versions: tuple[int, ...]) -> ChildPolicy:
        self._refuse_unknown(section, words.CHILD)
        protocol, proposals = self._child_proposals(section)
        mode, action = section.setting("mode"), section.setting("start_action")
        rekey = self._get("rekey_time", read_time, CHILD_REKEY, section)
        group = next((one.source for one in proposals if one.of(TransformType.KE)), None)
        return ChildPolicy(
            name=section.name,
            protocol=protocol,
            proposals=proposals,
            selectors=self._selectors(section, versions),
            mode=self._word(mode, words.MODES, EncapsulationMode.TUNNEL),
            lifetime=rekey or self._get("life_time", read_time, None, section),
            lifetime_bytes=self._get("rekey_bytes", read_number, None, section)
            or self._get("life_bytes", read_number, None, section),
            start_action=self._word(action, words.START_ACTIONS, StartAction.NONE),
            source=section.source,
            proposal_source=proposals[0].source if proposals else section.source,
            selector_source=_source(section, "remote_ts") or _source(section, "local_ts") or section.source,
            mode_source=mode.source if mode else section.source,
            pfs_source=group or (proposals[0].source if proposals else section.source),
        )

    def _child_proposals(self, section: Section) -> tuple[Protocol, tuple[Proposal, ...]]:
        """ESP and AH are alternatives: with AH proposals only, AH is proposed and no ESP (swanctl.conf(5))."""
        esp, ah = section.setting("esp_proposals"), section.setting("ah_proposals")
        if ah is not None and esp is None:
            return Protocol.AH, self._proposals(ah, Protocol.AH)
        if esp is not None:
            both = self._proposals(esp, Protocol.ESP) + (self._proposals(ah, Protocol.AH) if ah else ())
            return Protocol.ESP, both
        return Protocol.ESP, default_proposals(Protocol.ESP, source=section.source, aead_first=True)

    def _selectors(self, section: Section, versions: tuple[int, ...]) -> tuple[SelectorPair, ...]:
        local, remote = self._selector_list(section, "local_ts"), self._selector_list(section, "remote_ts")
        if versions == (1,):
            # "When IKEv1 is used only the first selector is interpreted" (swanctl.conf(5), local_ts)
            local, remote = local[:1], remote[:1]
        return pairs(local, remote)

    def _selector_list(self, section: Section, key: str) -> tuple[TrafficSelector, ...]:
        setting = section.setting(key)
        if setting is None:
            return (TrafficSelector(None, source=section.source),)
        found, unknown = read_selectors(setting.value, setting.source)
        if unknown:
            self._invalid(setting)
        return found

    def _get(self, key: str, read: Callable[[str], T | None], default: T, section: Section | None = None) -> T:
        setting = (section or self.section).setting(key)
        if setting is None:
            return default
        value = read(setting.value)
        if value is None:
            self._invalid(setting)
            return default
        return value

    def _word(self, setting: Setting | None, table: tuple[tuple[str, T], ...], default: T) -> T:
        if setting is None:
            return default
        word = setting.value.lower().replace(" ", "")
        if word not in dict(table):
            self._invalid(setting)
        return dict(table).get(word, default)

    def _invalid(self, setting: Setting) -> None:
        """charon's words for a value it cannot take; it then refuses the whole connection."""
        self.notes.gap(setting.source, f"invalid value for: {setting.key}")
        self.notes.problem(f"invalid value for: {setting.key}, config discarded", setting.source)

    def _refuse_unknown(self, section: Section, known: frozenset[str]) -> None:
        for setting in section.settings:
            if setting.key not in known:
                self.notes.gap(setting.source, f"unknown option: {setting.key}")
                self.notes.problem(f"unknown option: {setting.key}, config discarded", setting.source)


def _round_number(section: Section) -> int:
    setting = section.setting("round")
    return (read_number(setting.value) or 0) if setting else 0


def _round_source(rounds: tuple[Round, ...]) -> Source | None:
    return rounds[0].source if rounds else None


def _source(section: Section, key: str) -> Source | None:
    setting = section.setting(key)
    return setting.source if setting else None


def _prefers_own(daemon: DaemonSettings) -> bool | None:
    """charon prefers its own order unless strongswan.conf says otherwise (`prefer_configured_proposals`, default yes)."""
    if not daemon.read:
        return None
    return daemon.prefers_own_proposals is not False

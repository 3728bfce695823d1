"""swanctl.conf → Connections: every option of `connections`.

Source: swanctl.conf(5) of strongSwan 5.9.8, defaults included, tried against `swanctl --list-conns` and charon's log at
`cfg = 2` after loading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from ipsecbot.model.connection import Connection, ExchangeMode, IkePolicy
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.wishes import (
    AuthRound,
    CertificateSending,
    Childless,
    Fragmentation,
    IkeOptions,
    IkeTimes,
    Uniqueness,
)
from ipsecbot.parse.strongswan import words
from ipsecbot.parse.strongswan.authentication import combined, default_identity, ikev1_method
from ipsecbot.parse.strongswan.daemon import DaemonSettings
from ipsecbot.parse.strongswan.identity import canonical_address
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.proposals import default_proposals
from ipsecbot.parse.strongswan.quantities import span
from ipsecbot.parse.strongswan.sections import Section
from ipsecbot.parse.strongswan.swanctl_child import checked_proposals, read_child
from ipsecbot.parse.strongswan.swanctl_rounds import CHILDREN, SIDES, read_rounds
from ipsecbot.parse.strongswan.values import Values

IKE_REKEY = 4 * 3600  # seconds
_ANY = ("%any", "%any4", "%any6")
_EVERY_VERSION = (2, 1)
_NO_VERSION = "IKE version not supported: charon loads the connection, which neither starts nor answers"
_PREFERS = "childless = prefer is known to strongSwan from 5.9.10 on; an older one refuses the connection"  # its NEWS
_SECRET_AUTH = (AuthMethod.PSK, AuthMethod.XAUTH_PSK)


def read_connections(root: Section, daemon: DaemonSettings, notes: Notes) -> tuple[Connection, ...]:
    """Every connection of the tree; what is not understood goes into `notes`."""
    referenced = {name.partition(".")[0] for name in _references(root)}
    for section in root.sections:
        if section.name not in words.TOP_LEVEL and section.name not in referenced:
            notes.gap(section.source, f"unknown section {section.name}")
    for section in (root, *(one for one in root.sections if one.name in words.TOP_LEVEL)):
        for setting in section.settings:
            notes.gap(setting.source, f"{setting.key} stands in no section that is read")
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
        self.values = Values(section, words.CONNECTION, self.notes)
        for one in section.sections:
            known = one.name.lower() == CHILDREN or one.name.lower().startswith(SIDES)
            if not known and one.source is not None:
                self.notes.problem(f"invalid section: {one.name}", one.source)
                self.notes.gap(one.source, f"invalid section: {one.name}")

    def read(self) -> Connection:
        section, values = self.section, self.values
        versions = values.get("version", _EVERY_VERSION)
        if not versions:
            versions, source = _EVERY_VERSION, values.source("version") or section.source
            self.notes.gap(source, _NO_VERSION)
            self.notes.problem(_NO_VERSION, source)
        local, remote = self._addresses("local_addrs"), self._addresses("remote_addrs")
        ike = self._ike(versions, local)
        children = [child for one in section.sections if one.name.lower() == CHILDREN for child in one.sections]
        return Connection(
            name=section.name,
            local_addresses=() if all(address in _ANY for address in local) else local,
            remote_addresses=remote or ("%any",),
            ike=ike,
            children=tuple(read_child(child, self.notes) for child in children),
            problems=tuple(self.notes.problems),
            address_source=values.source("remote_addrs", "local_addrs"),
            source=section.source,
            gives_addresses=values.get("pools", ()),
            asks_addresses=values.get("vips", ()),
            virtual_source=values.source("pools", "vips"),
        )

    def _addresses(self, key: str) -> tuple[str, ...]:
        listed: tuple[str, ...] = self.values.get(key, ())
        return tuple(canonical_address(word) for word in listed)

    def _ike(self, versions: tuple[int, ...], local: tuple[str, ...]) -> IkePolicy:
        section, values = self.section, self.values
        mine, theirs = (read_rounds(section, side, self.notes) for side in SIDES)
        local_auth, remote_auth = combined(mine), combined(theirs)
        if local_auth is None and 2 in versions:
            local_auth = AuthMethod.PUBKEY  # IKEv1 does without a default
        local_id, remote_id = _first_identity(mine), _first_identity(theirs)
        accepts_any = remote_id is None or remote_id.type is IdType.ANY
        mode = ExchangeMode.AGGRESSIVE if values.get("aggressive", False) else ExchangeMode.MAIN
        times = self._times()
        fragmentation = values.get("fragmentation", Fragmentation.YES)
        return IkePolicy(
            versions=versions,
            proposals=self._proposals(versions, ikev1_method(local_auth, remote_auth), times),
            initiates_mode=mode if 1 in versions else None,
            accepts_modes=self._accepted(mode, local_auth) if 1 in versions else (),
            local_id=local_id or default_identity(mine, local, values.source("local_addrs")),
            remote_ids=() if accepts_any or remote_id is None else (remote_id,),
            local_auth=local_auth,
            remote_auth=remote_auth,
            lifetime=times.rekey or times.reauthentication,
            dpd_interval=span(values.get("dpd_delay", 0)),
            nat_traversal=True,
            force_encapsulation=values.get("encap", False),
            fragmentation=fragmentation is not Fragmentation.NO,
            prefers_own_proposals=_prefers_own(self.daemon),
            source=section.source,
            auth_source=next((one.source for one in (*theirs, *mine)), section.source),
            local_id_source=local_id.source if local_id else None,
            version_source=values.source("version") or section.source,
            mode_source=values.source("aggressive") or section.source,
            local_round=mine[0].name if mine else None,
            remote_round=theirs[0].name if theirs else None,
            local_rounds=mine,
            remote_rounds=theirs,
            times=times,
            options=self._options(fragmentation),
        )

    def _options(self, fragmentation: Fragmentation) -> IkeOptions:
        values, nobody = self.values, None
        childless = values.get("childless", Childless.ALLOW)
        if childless is Childless.PREFER:
            self.notes.gap(values.source("childless"), _PREFERS)
        unique = Uniqueness.REPLACE if values.get("mediation", False) else values.get("unique", Uniqueness.NO)
        ppk: IkeIdentity | None = values.get("ppk_id", nobody)
        return IkeOptions(
            local_port=values.get("local_port", 0) or self.daemon.port or 500,
            remote_port=values.get("remote_port", 500),
            mobike=values.get("mobike", True),
            pulls=values.get("pull", True),
            fragmentation=fragmentation,
            childless=childless,
            unique=unique,
            asks_certificates=values.get("send_certreq", True),
            sends_certificates=values.get("send_cert", CertificateSending.IF_ASKED),
            tries=values.get("keyingtries", 1),
            dscp=values.get("dscp", 0),
            ppk_identity=ppk,
            ppk_required=values.get("ppk_required", False),
            answers_aggressive_psk=self.daemon.aggressive_psk is True or not self.daemon.read,
        )

    def _times(self) -> IkeTimes:
        """What is not said: rekeying after four hours, but only where neither time is set; the rest follows from the longer."""
        values = self.values
        neither = not any(self.section.setting(key) for key in ("rekey_time", "reauth_time"))
        rekey = values.get("rekey_time", IKE_REKEY if neither else 0)
        reauth = values.get("reauth_time", 0)
        over = values.get("over_time", max(rekey, reauth) // 10)
        soonest = min(rekey, reauth) if rekey and reauth else max(rekey, reauth)
        spread = values.get("rand_time", min(over, soonest // 2))
        timeout = values.get("dpd_timeout", 0)
        timeout = max(timeout, values.get("dpd_delay", 0)) if timeout else 0
        return IkeTimes(span(rekey), span(reauth), span(over), span(spread), span(timeout))

    def _accepted(self, mode: ExchangeMode, local_auth: AuthMethod | None) -> tuple[ExchangeMode, ...]:
        """A responder takes the mode its connection names only; aggressive mode with a PSK needs strongswan.conf as well."""
        refused = (
            mode is ExchangeMode.AGGRESSIVE
            and local_auth in _SECRET_AUTH
            and self.daemon.read
            and not self.daemon.aggressive_psk
        )
        return () if refused else (mode,)

    def _proposals(self, versions: tuple[int, ...], method: AuthMethod | None, times: IkeTimes) -> tuple[Proposal, ...]:
        setting = self.section.setting("proposals")
        found: tuple[Proposal, ...] = ()
        if setting is not None:
            found = checked_proposals(setting, Protocol.IKE, self.values, self.notes, self.daemon.plugins)
        if setting is None or not (found or self.values.refused):
            found = default_proposals(Protocol.IKE, source=self.section.source, plugins=self.daemon.plugins)
        if versions != (1,):
            return found
        lifetime: timedelta = (times.reauthentication or times.rekey) + times.over
        return tuple(replace(proposal, auth=method, lifetime=lifetime) for proposal in found)


def _first_identity(rounds: tuple[AuthRound, ...]) -> IkeIdentity | None:
    return rounds[0].identity if rounds else None


def _prefers_own(daemon: DaemonSettings) -> bool | None:
    """charon prefers its own order unless strongswan.conf says otherwise (`prefer_configured_proposals`, default yes)."""
    if not daemon.read:
        return None
    return daemon.prefers_own_proposals is not False

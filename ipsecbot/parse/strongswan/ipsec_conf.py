"""ipsec.conf → Connections: one per `conn`, with one child each.

Source: ipsec.conf(5) of strongSwan 5.9.8, defaults included, tried against `swanctl --list-conns` after `ipsec start`. Which of
left and right is this host is decided as charon does: by the addresses the host owns; left, where they are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from ipsecbot.model.connection import Connection, ExchangeMode, IkePolicy
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.wishes import (
    CertificateSending,
    Fragmentation,
    IkeOptions,
    IkeTimes,
    Revocation,
    Uniqueness,
)
from ipsecbot.parse.strongswan import ipsec_words as words
from ipsecbot.parse.strongswan.authentication import combined, ikev1_method
from ipsecbot.parse.strongswan.daemon import DaemonSettings
from ipsecbot.parse.strongswan.ipsec_child import MARGIN, read_child, read_suites
from ipsecbot.parse.strongswan.ipsec_ends import EVERYBODY, read_addresses, read_end
from ipsecbot.parse.strongswan.ipsec_sections import IpsecSection, Sections
from ipsecbot.parse.strongswan.ipsec_values import ConnValues
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.quantities import read_list, span

IKE_LIFETIME = 3 * 3600  # seconds
DPD_DELAY, DPD_TIMEOUT = 30, 150
_STRICT = {"yes": Revocation.STRICT, "ifuri": Revocation.IF_URI}


def read_conns(
    sections: Sections,
    own: frozenset[str],
    daemon: DaemonSettings,
    notes: Notes,
    local: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[Connection, ...]:
    """Every `conn`; `own`: canonical addresses this host is known to own (empty: not known); `local`: what the daemon calls the
    local addresses of a conn that it has loaded."""
    setup = sections.setup()
    conns = (section for section in sections.all if section.kind == "conn")
    return tuple(_Conn(one, setup, own | frozenset(local.get(one.name, ())), daemon, notes).read() for one in conns)


class _Conn:
    """One `conn` on its way to a Connection."""

    def __init__(
        self, section: IpsecSection, setup: IpsecSection | None, own: frozenset[str], daemon: DaemonSettings, notes: Notes
    ) -> None:
        self.section, self.setup, self.daemon = section, setup, daemon
        self.notes = notes.of_connection()
        self.values = ConnValues(section, self.notes)
        swapped = any(address in own for address in read_addresses("right", self.values) if address not in EVERYBODY)
        strict = _STRICT.get(self._setup("strictcrlpolicy"), Revocation.RELAXED)
        local, remote = ("right", "left") if swapped else ("left", "right")
        self.local = read_end(local, self.values, here=True, strict=strict)
        self.remote = read_end(remote, self.values, here=False, strict=strict)

    def _setup(self, key: str) -> str:
        parameter = self.setup.parameter(key) if self.setup else None
        return parameter.value if parameter else ""

    def read(self) -> Connection:
        section, values = self.section, self.values
        versions = values.get("keyexchange", (2, 1))
        auto = values.text("auto")
        ike = self._ike(versions)
        child = read_child(values, self.local.side, self.remote.side)
        gives = self._virtual(self.remote.side)
        return Connection(
            name=section.name,
            local_addresses=self.local.addresses,
            remote_addresses=self.remote.addresses or ("%any",),
            ike=ike,
            children=(child,),
            applied=False if auto is None or auto == "ignore" else None,  # ignore is the default
            problems=tuple(self.notes.problems),
            address_source=values.source(self.remote.side, self.local.side),
            source=section.source,
            gives_addresses=gives,
            asks_addresses=() if gives else self._virtual(self.local.side),
            virtual_source=values.source(f"{self.remote.side}sourceip", f"{self.local.side}sourceip"),
        )

    def _virtual(self, side: str) -> tuple[str, ...]:
        """`%config`, `%cfg`, `%modeconfig` and `%modecfg` are one word (ipsec.conf(5), `leftsourceip`)."""
        listed = read_list(self.values.text(f"{side}sourceip") or "")
        return tuple("%config" if word.lower() in words.VIRTUAL else word for word in listed)

    def _ike(self, versions: tuple[int, ...]) -> IkePolicy:
        section, values = self.section, self.values
        mine, theirs = self.local.rounds, self.remote.rounds
        local_auth, remote_auth = combined(mine), combined(theirs)
        remote_id = theirs[0].identity
        mode = ExchangeMode.AGGRESSIVE if values.get("aggressive", False) else ExchangeMode.MAIN
        options = self._options()
        return IkePolicy(
            versions=versions,
            proposals=self._proposals(versions, ikev1_method(local_auth, remote_auth)),
            initiates_mode=mode if 1 in versions else None,
            accepts_modes=self._accepted(mode, local_auth) if 1 in versions else (),
            local_id=mine[0].identity,
            remote_ids=() if remote_id is None else (remote_id,),
            local_auth=local_auth,
            remote_auth=remote_auth,
            lifetime=span(self._lifetime()),
            dpd_interval=self._dpd(),
            nat_traversal=True,
            force_encapsulation=values.get("forceencaps", False),
            fragmentation=options.fragmentation is not Fragmentation.NO,
            prefers_own_proposals=self.daemon.prefers_own_proposals is not False if self.daemon.read else None,
            source=section.source,
            auth_source=theirs[0].source or mine[0].source or section.source,
            local_id_source=values.source(f"{self.local.side}id"),
            version_source=values.source("keyexchange") or section.source,
            mode_source=values.source("aggressive") or section.source,
            local_rounds=mine,
            remote_rounds=theirs,
            times=self._times(),
            options=options,
        )

    def _accepted(self, mode: ExchangeMode, local_auth: AuthMethod | None) -> tuple[ExchangeMode, ...]:
        psk = local_auth in (AuthMethod.PSK, AuthMethod.XAUTH_PSK)
        refused = mode is ExchangeMode.AGGRESSIVE and psk and self.daemon.read and not self.daemon.aggressive_psk
        return () if refused else (mode,)

    def _lifetime(self) -> int:
        return self.values.get("ikelifetime", IKE_LIFETIME) if self.values.get("rekey", True) else 0

    def _times(self) -> IkeTimes:
        """`reauth=yes`, the default, authenticates again where `reauth=no` rekeys."""
        values, timeout = self.values, span(self.values.get("dpdtimeout", DPD_TIMEOUT))
        timeout = max(timeout, self._dpd()) if timeout else timeout
        if not values.get("rekey", True):
            return IkeTimes(span(0), span(0), span(0), span(0), timeout)
        margin = values.get("margintime", MARGIN)
        spread = span(margin * values.get("rekeyfuzz", 100) // 100)
        renewed, never = span((self._lifetime() - margin) % (1 << 32)), span(0)
        if values.get("reauth", True):
            return IkeTimes(never, renewed, span(margin), spread, timeout)
        return IkeTimes(renewed, never, span(margin), spread, timeout)

    def _options(self) -> IkeOptions:
        values = self.values
        unique = dict(words.UNIQUE).get(self._setup("uniqueids") or "yes", Uniqueness.REPLACE)
        asks = values.get(f"{self.remote.side}sendcert", CertificateSending.IF_ASKED) is not CertificateSending.NEVER
        return IkeOptions(
            local_port=values.get(f"{self.local.side}ikeport", 500),
            remote_port=values.get(f"{self.remote.side}ikeport", 500),
            mobike=values.get("mobike", True),
            pulls=values.get("modeconfig", True),
            fragmentation=values.get("fragmentation", Fragmentation.YES),
            unique=Uniqueness.REPLACE if values.get("mediation", False) else unique,
            asks_certificates=asks,
            sends_certificates=values.get(f"{self.local.side}sendcert", CertificateSending.IF_ASKED),
            tries=values.get("keyingtries", 3),
            dscp=values.get("ikedscp", 0),
            answers_aggressive_psk=self.daemon.aggressive_psk is True or not self.daemon.read,
        )

    def _proposals(self, versions: tuple[int, ...], method: AuthMethod | None) -> tuple[Proposal, ...]:
        found = read_suites(self.values, "ike", Protocol.IKE, self.daemon.plugins)
        if versions != (1,):
            return found
        lifetime = span(self._lifetime())
        return tuple(replace(proposal, auth=method, lifetime=lifetime) for proposal in found)

    def _dpd(self) -> timedelta:
        """Without a dpdaction nothing is sent (ipsec.conf(5), dpdaction)."""
        if self.values.text("dpdaction") in (None, "none"):
            return timedelta(0)
        return span(self.values.get("dpddelay", DPD_DELAY))

"""The parts of an IOS configuration as they stand, before they are put together (assemble.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity, SharedKey
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.selectors import SelectorPair


@dataclass(slots=True)
class IsakmpProfile:
    name: str
    source: Source
    keyring: str | None = None
    remote_ids: list[IkeIdentity] = field(default_factory=list)
    self_identity: IkeIdentity | None = None
    self_identity_kind: str | None = None
    aggressive: Source | None = None
    keepalive: timedelta | None = None


@dataclass(slots=True)
class Ikev2Policy:
    name: str
    source: Source
    proposals: list[str] = field(default_factory=list)
    local_addresses: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ikev2Profile:
    name: str
    source: Source
    remote_ids: list[IkeIdentity] = field(default_factory=list)
    local_id: IkeIdentity | None = None
    local_id_kind: str | None = None
    local_id_source: Source | None = None
    local_auth: AuthMethod | None = None
    remote_auth: AuthMethod | None = None
    auth_source: Source | None = None
    keyring: str | None = None
    lifetime: timedelta = timedelta(seconds=86400)
    dpd: timedelta | None = None


@dataclass(slots=True)
class TransformSet:
    name: str
    proposal: Proposal | None
    source: Source
    mode: EncapsulationMode = EncapsulationMode.TUNNEL
    mode_source: Source | None = None


@dataclass(slots=True)
class IpsecPolicy:
    """What crypto map entries, dynamic maps and IPsec profiles have in common."""

    name: str
    source: Source
    peers: list[str] = field(default_factory=list)
    peer_source: Source | None = None
    sets: list[str] = field(default_factory=list)
    set_source: Source | None = None
    acl: str | None = None
    acl_source: Source | None = None
    pfs: str | None = None
    pfs_source: Source | None = None
    seconds: int | None = None
    kilobytes: int | None = None
    volume_disabled: bool = False
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    dynamic: str | None = None
    responder_only: bool = False
    map_name: str | None = None
    sequence: int = 0
    is_excerpt: bool = False  # taken from an answer that may show some lines only: what is not there is not known


@dataclass(slots=True)
class Interface:
    name: str
    source: Source
    addresses: list[str] = field(default_factory=list)
    dynamic_address: bool = False
    crypto_map: str | None = None
    map_source: Source | None = None
    vrf: str | None = None
    shutdown: bool = False
    tunnel_source: str | None = None
    tunnel_destination: str | None = None
    tunnel_mode: str = "gre ip"
    tunnel_vrf: str | None = None
    protection: str | None = None
    protection_source: Source | None = None
    address_source: Source | None = None
    destination_source: Source | None = None
    mode_source: Source | None = None


@dataclass(slots=True)
class AccessList:
    name: str
    source: Source
    pairs: list[SelectorPair] = field(default_factory=list)


@dataclass(slots=True)
class Router:
    """Everything that one configuration says, by name."""

    hostname: str | None = None
    domain: str | None = None
    release: tuple[int, int] | None = None
    policies: list[Proposal] = field(default_factory=list)
    no_default_policies: bool = False
    keys: list[SharedKey] = field(default_factory=list)
    isakmp_profiles: dict[str, IsakmpProfile] = field(default_factory=dict)
    identity: str = "address"
    identity_source: Source | None = None
    aggressive_disabled: Source | None = None
    aggressive_peers: dict[str, Source] = field(default_factory=dict)
    aggressive_identities: dict[str, IkeIdentity] = field(default_factory=dict)
    isakmp_disabled: Source | None = None
    nat_disabled: Source | None = None
    keepalive: timedelta | None = None
    ikev2_proposals: dict[str, Proposal] = field(default_factory=dict)
    ikev2_policies: dict[str, Ikev2Policy] = field(default_factory=dict)
    ikev2_profiles: dict[str, Ikev2Profile] = field(default_factory=dict)
    no_default_ikev2: bool = False
    ikev2_dpd: timedelta | None = None
    ikev2_fragmentation: bool | None = None
    sets: dict[str, TransformSet] = field(default_factory=dict)
    profiles: dict[str, IpsecPolicy] = field(default_factory=dict)
    maps: dict[str, list[IpsecPolicy]] = field(default_factory=dict)
    dynamic_maps: dict[str, list[IpsecPolicy]] = field(default_factory=dict)
    local_address_of_map: dict[str, str] = field(default_factory=dict)
    stray_maps: dict[str, Source] = field(default_factory=dict)
    stray_protections: list[tuple[str, Source]] = field(default_factory=list)
    seconds: int | None = None
    kilobytes: int | None = None
    acls: dict[str, AccessList] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether what is not there is known to be absent: a filtered configuration shows neither name nor interfaces."""
        return (self.hostname is not None or self.release is not None) and bool(self.interfaces)

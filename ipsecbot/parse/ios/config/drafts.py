"""The parts of an IOS configuration as they stand, before they are put together (assemble.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from ipsecbot.model.certificate import CertificateRule
from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import AuthMethod, IkeIdentity, SharedKey
from ipsecbot.model.proposal import Proposal
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.surroundings import FilterRule

Network = IPv4Network | IPv6Network
Ports = tuple[int, int]


@dataclass(slots=True)
class IsakmpProfile:
    name: str
    source: Source
    keyring: str | None = None
    keyring_source: Source | None = None
    remote_ids: list[IkeIdentity] = field(default_factory=list)
    self_identity: IkeIdentity | None = None
    self_identity_kind: str | None = None
    self_identity_source: Source | None = None
    trustpoints: list[tuple[str, Source]] = field(default_factory=list)
    aggressive: Source | None = None
    keepalive: timedelta | None = None
    certificate_maps: list[tuple[str, Source]] = field(default_factory=list)
    front: list[tuple[str, Source]] = field(default_factory=list)  # the VRF behind each matched address
    local_places: list[tuple[str, Source]] = field(default_factory=list)


@dataclass(slots=True)
class Ikev2Policy:
    name: str
    source: Source
    proposals: list[str] = field(default_factory=list)
    local_addresses: list[str] = field(default_factory=list)
    front: str | None = None  # the front VRF; None is the global table, `any` every one


@dataclass(slots=True)
class Ikev2Profile:
    name: str
    source: Source
    remote_ids: list[IkeIdentity] = field(default_factory=list)
    local_id: IkeIdentity | None = None
    local_id_kind: str | None = None
    local_id_source: Source | None = None
    local_auth: AuthMethod | None = None
    remote_auths: list[AuthMethod] = field(default_factory=list)
    auth_source: Source | None = None
    keyring: str | None = None
    lifetime: timedelta = timedelta(seconds=86400)
    dpd: timedelta | None = None
    keyring_source: Source | None = None
    trustpoints: list[tuple[str, Source]] = field(default_factory=list)
    force_encapsulation: bool | None = None
    certificate_maps: list[tuple[str, Source]] = field(default_factory=list)
    front: list[tuple[str, Source]] = field(default_factory=list)  # `match fvrf`
    local_places: list[tuple[str, Source]] = field(default_factory=list)  # `match address local`


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
    pfs_is_named: bool = True
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
class AccessGroup:
    """A list that filters what comes in or goes out."""

    name: str
    inbound: bool
    source: Source


@dataclass(slots=True)
class StaticRoute:
    network: Network
    via: str | None
    interface: str | None
    vrf: str | None
    source: Source


@dataclass(slots=True)
class Clause:
    """One clause of a route map; `lists` are those of `match ip address`."""

    permit: bool
    lists: list[str]


@dataclass(slots=True)
class NatRule:
    """`ip nat inside source …`, by a list, a route map, or of one host or network as a whole (`static`)."""

    source: Source
    acl: str | None = None
    route_map: str | None = None
    static: Network | None = None


@dataclass(slots=True)
class Interface:
    name: str
    source: Source
    addresses: list[str] = field(default_factory=list)
    dynamic_address: bool = False
    networks: list[tuple[Network, Source]] = field(default_factory=list)
    access_groups: list[AccessGroup] = field(default_factory=list)
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
    protection_acl: str | None = None  # `tunnel protection ipsec policy ipv4 …`: a tunnel with the SAs of a crypto map
    protection_acl_source: Source | None = None
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    address_source: Source | None = None
    destination_source: Source | None = None
    mode_source: Source | None = None

    @property
    def is_template(self) -> bool:
        """A virtual template: each session makes an interface of it, with its own ends."""
        return self.name.lower().startswith("virtual-template")


@dataclass(slots=True)
class AccessList:
    name: str
    source: Source
    pairs: list[SelectorPair] = field(default_factory=list)  # what is permitted, of lists that crypto uses
    denied: list[SelectorPair] = field(default_factory=list)  # by the entries so far, of lists that crypto uses
    excluded: list[SelectorPair] = field(default_factory=list)  # what they take out of a later permit
    unread: int = 0  # entries that could not be read
    rules: list[FilterRule] = field(default_factory=list)  # every entry, of lists that filter or translate


@dataclass(slots=True)
class Trustpoint:
    """A certification authority and this router's enrolment with it. The counts are None where its chain was not shown."""

    name: str
    source: Source
    own_certificates: int | None = None
    ca_certificates: int | None = None
    subject: str | None = None  # asked for at enrolment


@dataclass(slots=True)
class Router:
    """Everything that one configuration says, by name."""

    hostname: str | None = None
    domain: str | None = None
    release: tuple[int, int] | None = None
    image: str = ""  # the release as `show version` names it
    policy_words: dict[int, tuple[dict[str, str], Source]] = field(default_factory=dict)
    policies: list[Proposal] = field(default_factory=list)
    no_default_policies: bool = False
    shield_disabled: bool = False
    keys: list[SharedKey] = field(default_factory=list)
    keyrings: set[str] = field(default_factory=set)
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
    no_default_ikev2_proposal: bool = False
    no_default_sets: bool = False
    no_default_profile: bool = False
    profile_of_map: dict[str, str] = field(default_factory=dict)
    trustpoints: dict[str, Trustpoint] = field(default_factory=dict)
    certificate_maps: dict[str, dict[int, list[CertificateRule]]] = field(default_factory=dict)  # by name, then by number
    map_sources: dict[str, Source] = field(default_factory=dict)
    ikev2_dpd: timedelta | None = None
    ikev2_fragmentation: bool | None = None
    sets: dict[str, TransformSet] = field(default_factory=dict)
    profiles: dict[str, IpsecPolicy] = field(default_factory=dict)
    maps: dict[str, dict[int, IpsecPolicy]] = field(default_factory=dict)  # by name, then by number
    dynamic_maps: dict[str, dict[int, IpsecPolicy]] = field(default_factory=dict)
    local_address_of_map: dict[str, str] = field(default_factory=dict)
    stray_maps: dict[str, Source] = field(default_factory=dict)
    stray_protections: list[tuple[str, Source]] = field(default_factory=list)
    seconds: int | None = None
    kilobytes: int | None = None
    acls: dict[str, AccessList] = field(default_factory=dict)
    network_groups: dict[str, list[Network]] = field(default_factory=dict)
    network_nests: dict[str, list[str]] = field(default_factory=dict)  # the groups named in a group
    service_groups: dict[str, list[tuple[int, Ports, Ports]]] = field(default_factory=dict)  # protocol, from, to
    service_nests: dict[str, list[str]] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    routes: list[StaticRoute] = field(default_factory=list)
    learns_routes: Source | None = None
    nat_rules: list[NatRule] = field(default_factory=list)
    route_maps: dict[str, dict[int, Clause]] = field(default_factory=dict)
    keyring_places: dict[str, list[str]] = field(default_factory=dict)  # `local-address` of a keyring, as written
    hosts: dict[str, list[str]] = field(default_factory=dict)  # `ip host`: the addresses of a name
    looks_up_names: bool = True

    @property
    def whole(self) -> bool:
        """Whether what is not there is known to be absent: a filtered configuration shows neither name nor interfaces."""
        return (self.hostname is not None or self.release is not None) and bool(self.interfaces)

    def interface(self, name: str) -> Interface | None:
        """The interface of a name as commands write it: `GigabitEthernet0/1`, `gi0/1`, `Tunnel 3`."""
        return self.interfaces.get(interface_key(name))


# the more usual first: what is typed short means the first that fits
_KINDS = (
    *("gigabitethernet", "fastethernet", "ethernet", "serial", "loopback", "tunnel", "tengigabitethernet", "vlan", "dialer"),
    *("port-channel", "virtual-template", "cellular", "multilink", "bdi", "bvi", "atm"),
)


def interface_key(name: str) -> str:
    """One spelling for an interface: without blanks, in small letters, its kind in full."""
    bare = "".join(name.lower().split())
    kind = bare.rstrip("0123456789/.:")
    full = next((known for known in _KINDS if known.startswith(kind)), kind) if kind else kind
    return full + bare[len(kind) :]

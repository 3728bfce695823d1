"""What one emulated router is configured to want: the nouns of its running-config, in IOS words.

IPv4 only: the emulated routers speak no IPv6 of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

ANY = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Interface:
    """`protection` is the IPsec profile of `tunnel protection`, `tunnel_mode` the words after `tunnel mode`."""

    name: str
    address: IPv4Interface | None = None
    shutdown: bool = False
    crypto_map: str | None = None
    tunnel_source: str | None = None
    tunnel_destination: IPv4Address | None = None
    tunnel_mode: str = "gre ip"
    protection: str | None = None
    description: str | None = None
    unnumbered: str | None = None


@dataclass(frozen=True, slots=True)
class AclEntry:
    """`protocol` is the IP protocol number, 0 for `ip`. `text` is the entry as configured, without its sequence number."""

    permits: bool
    protocol: int
    source: IPv4Network
    destination: IPv4Network
    text: str


@dataclass(frozen=True, slots=True)
class IsakmpPolicy:
    """`crypto isakmp policy`; what the running-config leaves out has IOS's default. `lifetime` in seconds."""

    priority: int
    encryption: str = "des"
    key_bits: int = 0
    hash: str = "sha"
    authentication: str = "rsa-sig"
    group: int = 1
    lifetime: int = 86400


@dataclass(frozen=True, slots=True)
class IsakmpKey:
    """One pre-shared key: for an address with its mask, or for a host name. `keyring` None is the global one."""

    secret: str
    network: IPv4Network | None = None
    hostname: str | None = None
    keyring: str | None = None


@dataclass(frozen=True, slots=True)
class IsakmpProfile:
    """`identities` holds (`address`, network) or (`host`, name) pairs of `match identity`."""

    name: str
    keyring: str | None = None
    identities: tuple[tuple[str, str], ...] = ()
    self_identity: tuple[str, str] | None = None
    aggressive: bool = False


@dataclass(frozen=True, slots=True)
class AggressivePeer:
    """`crypto isakmp peer address A` with `set aggressive-mode client-endpoint fqdn F` and `… password P`."""

    address: str
    client_endpoint: tuple[str, str] | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class TransformSet:
    """`words` as configured, for example (`esp-aes`, `256`, `esp-sha-hmac`)."""

    name: str
    words: tuple[str, ...]
    transport: bool = False
    transport_required: bool = False

    @property
    def cipher(self) -> tuple[str, int]:
        """Cipher keyword and key length in bits; an AES without a number has 128, other ciphers 0."""
        for index, word in enumerate(self.words):
            if word.startswith("esp-") and not word.endswith("-hmac"):
                number = self.words[index + 1] if index + 1 < len(self.words) else ""
                bits = int(number) if number.isdigit() else 128
                return word, bits if word in {"esp-aes", "esp-gcm", "esp-gmac"} else 0
        return "", 0

    @property
    def authenticator(self) -> str:
        """The HMAC keyword (`esp-sha-hmac`, `ah-sha256-hmac`), empty when there is none."""
        return next((word for word in self.words if word.endswith("-hmac")), "")

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class CryptoMapEntry:
    """`transform_sets` are names in order; `dynamic` the dynamic map that an entry refers to."""

    name: str
    sequence: int
    peers: tuple[str, ...] = ()
    transform_sets: tuple[str, ...] = ()
    acl: str | None = None
    pfs: int | None = None
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    lifetime: int | None = None
    dynamic: str | None = None


@dataclass(frozen=True, slots=True)
class IpsecProfile:
    name: str
    transform_sets: tuple[str, ...] = ()
    pfs: int | None = None
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    lifetime: int | None = None


@dataclass(frozen=True, slots=True)
class Ikev2Proposal:
    """Words as configured (`aes-cbc-256`, `sha256`, `14`); `prfs` equals `integrities` where none is configured."""

    name: str
    encryptions: tuple[str, ...]
    integrities: tuple[str, ...]
    prfs: tuple[str, ...]
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ikev2Policy:
    name: str
    proposals: tuple[str, ...]
    local_address: str | None = None


@dataclass(frozen=True, slots=True)
class Ikev2Peer:
    """One `peer` block of a keyring. `identity` is (`address`|`fqdn`|`email`|`key-id`, value)."""

    name: str
    network: IPv4Network | None = None
    identity: tuple[str, str] | None = None
    local_secret: str | None = None
    remote_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Ikev2Keyring:
    name: str
    peers: tuple[Ikev2Peer, ...] = ()


@dataclass(frozen=True, slots=True)
class Ikev2Profile:
    """`matches` are the `match identity remote` lines as (kind, value); an address's value is a network. The secrets are those
    of `authentication local|remote pre-share key`."""

    name: str
    matches: tuple[tuple[str, str], ...] = ()
    local_identity: tuple[str, str] | None = None
    local_auth: str | None = None
    remote_auths: tuple[str, ...] = ()
    keyring: str | None = None
    local_secret: str | None = None
    remote_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    network: IPv4Network
    next_hop: str


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """One running-config, read. `release` is (15, 7) for `version 15.7`: 16 and later print debugs as IOS XE does."""

    hostname: str = "Router"
    release: tuple[int, int] = (15, 7)
    interfaces: tuple[Interface, ...] = ()
    acls: tuple[tuple[str, tuple[AclEntry, ...]], ...] = ()
    routes: tuple[Route, ...] = ()
    isakmp_enabled: bool = True
    aggressive_disabled: bool = False
    isakmp_identity: str = "address"
    nat_traversal: bool = True
    domain: str | None = None
    policies: tuple[IsakmpPolicy, ...] = ()
    keys: tuple[IsakmpKey, ...] = ()
    isakmp_profiles: tuple[IsakmpProfile, ...] = ()
    aggressive_peers: tuple[AggressivePeer, ...] = ()
    transform_sets: tuple[TransformSet, ...] = ()
    crypto_maps: tuple[CryptoMapEntry, ...] = ()
    dynamic_maps: tuple[CryptoMapEntry, ...] = ()
    map_sources: tuple[tuple[str, str], ...] = ()
    ipsec_profiles: tuple[IpsecProfile, ...] = ()
    ikev2_proposals: tuple[Ikev2Proposal, ...] = ()
    ikev2_policies: tuple[Ikev2Policy, ...] = ()
    ikev2_keyrings: tuple[Ikev2Keyring, ...] = ()
    ikev2_profiles: tuple[Ikev2Profile, ...] = ()
    privileged_users: tuple[str, ...] = ()
    vty_count: int = 5

    @property
    def is_xe(self) -> bool:
        return self.release >= (16, 0)

    @property
    def fqdn(self) -> str:
        return f"{self.hostname}.{self.domain}" if self.domain else self.hostname

    def acl(self, name: str | None) -> tuple[AclEntry, ...] | None:
        return next((entries for known, entries in self.acls if known == name), None)

    def interface(self, name: str) -> Interface | None:
        """By full or abbreviated name (`gi0/1`, `GigabitEthernet0/1`), as IOS takes it."""
        wanted = name.lower().replace(" ", "")
        letters = wanted.rstrip("0123456789/.")
        digits = wanted[len(letters) :]
        for known in self.interfaces:
            full = known.name.lower()
            stem = full.rstrip("0123456789/.")
            if full[len(stem) :] == digits and letters and stem.startswith(letters):
                return known
        return None

    def transform_set(self, name: str) -> TransformSet | None:
        return next((known for known in self.transform_sets if known.name == name), None)

    def ipsec_profile(self, name: str) -> IpsecProfile | None:
        return next((known for known in self.ipsec_profiles if known.name == name), None)

    def ikev2_profile(self, name: str | None) -> Ikev2Profile | None:
        return next((known for known in self.ikev2_profiles if known.name == name), None)

    def ikev2_keyring(self, name: str | None) -> Ikev2Keyring | None:
        return next((known for known in self.ikev2_keyrings if known.name == name), None)

    def keys_of(self, profile: Ikev2Profile) -> Ikev2Keyring | None:
        """The keyring of a profile, or the keys that stand in the profile itself."""
        if profile.local_secret or profile.remote_secret:
            own = Ikev2Peer(profile.name, ANY, None, profile.local_secret, profile.remote_secret)
            return Ikev2Keyring(profile.name, (own,))
        return self.ikev2_keyring(profile.keyring)

    def isakmp_profile(self, name: str | None) -> IsakmpProfile | None:
        return next((known for known in self.isakmp_profiles if known.name == name), None)

    def owns(self, address: str) -> bool:
        return any(str(known.address.ip) == address for known in self.interfaces if known.address and not known.shutdown)

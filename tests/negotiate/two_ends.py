"""A tiny builder for the negotiation tests: two ends written in strongSwan's proposal notation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.model.wishes import AuthRound, IkeOptions
from ipsecbot.spellings import read_keywords

LEFT, RIGHT = "192.0.2.1", "198.51.100.2"
LEFT_NET, RIGHT_NET = "10.1.0.0/24", "10.2.0.0/24"
MODERN_IKE, MODERN_ESP = "aes256-sha256-modp2048", "aes256-sha256"


def proposals(text: str, protocol: Protocol) -> tuple[Proposal, ...]:
    """`aes256-sha256-modp2048, aes128-sha1-modp1024` as proposals; an unknown word is a mistake in the test."""
    found = []
    for number, words in enumerate(text.split(","), 1):
        proposal, unknown = read_keywords(words, protocol, number=number)
        assert not unknown, unknown
        found.append(proposal)
    return tuple(found)


def ike(text: str, *, auth: AuthMethod | None = None, lifetime: int | None = None) -> tuple[Proposal, ...]:
    life = timedelta(seconds=lifetime) if lifetime else None
    return tuple(replace(proposal, auth=auth, lifetime=life) for proposal in proposals(text, Protocol.IKE))


def esp(text: str) -> tuple[Proposal, ...]:
    return proposals(text, Protocol.ESP)


def selector(text: str) -> TrafficSelector:
    """`10.1.0.0/24`, `dynamic`, `10.1.0.1/32[6/443]`."""
    address, _, rest = text.partition("[")
    protocol, _, port = rest.rstrip("]").partition("/")
    network = None if address == "dynamic" else ip_network(address)
    first, last = (int(port), int(port)) if port else (0, 65535)
    return TrafficSelector(network, int(protocol or 0), first, last)


def pairs(*texts: str) -> tuple[SelectorPair, ...]:
    """`10.1.0.0/24 === 10.2.0.0/24` each."""
    split = (text.split(" === ") for text in texts)
    return tuple(SelectorPair(selector(local), selector(remote)) for local, remote in split)


def fqdn(name: str) -> IkeIdentity:
    return IkeIdentity(IdType.FQDN, name)


def ipv4(address: str) -> IkeIdentity:
    return IkeIdentity(IdType.IPV4, address)


@dataclass(frozen=True)
class End:
    """One end of a healthy tunnel; tests change what they are about."""

    name: str
    address: str
    peer: str
    platform: Platform = Platform.STRONGSWAN
    versions: tuple[int, ...] = (2,)
    ike: tuple[Proposal, ...] = ike(MODERN_IKE)
    esp: tuple[Proposal, ...] = esp(MODERN_ESP)
    selectors: tuple[SelectorPair, ...] | None = ()
    mode: EncapsulationMode | None = EncapsulationMode.TUNNEL
    initiates: ExchangeMode = ExchangeMode.MAIN
    accepts: tuple[ExchangeMode, ...] = (ExchangeMode.MAIN,)
    local_auth: AuthMethod | None = AuthMethod.PSK
    remote_auth: AuthMethod | None = AuthMethod.PSK
    local_id: IkeIdentity | None = None
    remote_ids: tuple[IkeIdentity, ...] = ()
    keyring: str | None = None
    keys: tuple[SharedKey, ...] | None = (SharedKey(Secret("aaaaaaaaaaaa")),)
    local_addresses: tuple[str, ...] = ()
    remote_addresses: tuple[str, ...] = ()
    children: tuple[ChildPolicy, ...] | None = None
    options: IkeOptions | None = None
    remote_rounds: tuple[AuthRound, ...] | None = None
    lifetime: timedelta | None = None
    child_lifetime: timedelta | None = None

    @property
    def connection(self) -> Connection:
        child = ChildPolicy("net", Protocol.ESP, self.esp, self.selectors, self.mode, lifetime=self.child_lifetime)
        policy = IkePolicy(
            self.versions,
            self.ike,
            initiates_mode=self.initiates,
            accepts_modes=self.accepts,
            local_id=self.local_id,
            remote_ids=self.remote_ids,
            local_auth=self.local_auth,
            remote_auth=self.remote_auth,
            keyring=self.keyring,
            lifetime=self.lifetime,
            options=self.options,
            remote_rounds=self.remote_rounds,
        )
        return Connection(
            "tunnel",
            self.local_addresses or (self.address,),
            self.remote_addresses or (self.peer,),
            policy,
            (child,) if self.children is None else self.children,
        )

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(
            Device(self.name, self.platform), addresses=(self.address,), connections=(self.connection,), keys=self.keys
        )


def two_ends(**both: object) -> tuple[End, End]:
    """A healthy pair; keyword arguments change both ends alike."""
    left = End("west", LEFT, RIGHT, selectors=pairs(f"{LEFT_NET} === {RIGHT_NET}"), **both)  # type: ignore[arg-type]
    right = End("east", RIGHT, LEFT, selectors=pairs(f"{RIGHT_NET} === {LEFT_NET}"), **both)  # type: ignore[arg-type]
    return left, right


def key(fingerprint: str | None, *owners: str, **more: object) -> SharedKey:
    return SharedKey(Secret(fingerprint), owners, **more)  # type: ignore[arg-type]

"""Two ends and what they say happened, from model values only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network
from itertools import count

from ipsecbot.model.connection import ChildPolicy, Connection, EncapsulationMode, ExchangeMode, IkePolicy, StartAction
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import (
    Direction,
    EventKind,
    Exchange,
    ExchangeKind,
    Ladder,
    LogEvent,
    Message,
    Outcome,
)
from ipsecbot.model.identity import AuthMethod, IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import ChildSa, Counters, IkeSa, Role, SaState
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.negotiate.pairing import pair
from ipsecbot.spellings import read_keywords

WEST, EAST = "192.0.2.1", "192.0.2.2"
WEST_NET, EAST_NET = "10.1.0.0/16", "10.2.0.0/16"
_LINES = count(1)


def line(device: str, text: str = "", output: str = "log") -> Source:
    number = next(_LINES)
    return Source(device, output, number, number, text)


def selector(network: str) -> TrafficSelector:
    return TrafficSelector(ip_network(network))


def proposal(words: str, protocol: Protocol, device: str = "west", number: int = 1, name: str | None = None) -> Proposal:
    made, unknown = read_keywords(words, protocol, number=number)
    assert not unknown
    return replace(made, source=line(device, words, "config"), name=name)


def ip(address: str) -> IkeIdentity:
    return IkeIdentity(IdType.IPV4, address)


def fqdn(name: str) -> IkeIdentity:
    return IkeIdentity(IdType.FQDN, name)


@dataclass(frozen=True)
class End:
    """The wishes of one end in short words; `connection` and `endpoint` spell them out."""

    name: str
    address: str
    peer: str
    net: str
    peer_net: str
    platform: Platform = Platform.STRONGSWAN
    versions: tuple[int, ...] = (2,)
    ike: str = "aes256-sha256-modp2048"
    esp: str = "aes256-sha256"
    mode: ExchangeMode = ExchangeMode.MAIN
    encapsulation: EncapsulationMode = EncapsulationMode.TUNNEL
    secret: str | None = "aaaaaaaaaaaa"
    has_key: bool = True
    keyring: str | None = None
    auth: AuthMethod = AuthMethod.PSK
    local_id: IkeIdentity | None = None
    remote_id: IkeIdentity | None = None
    start: StartAction = StartAction.TRAP

    @property
    def connection(self) -> Connection:
        def at(text: str) -> Source:
            return line(self.name, text, "config")

        ike = IkePolicy(
            versions=self.versions,
            proposals=(proposal(self.ike, Protocol.IKE, self.name, name="PROP"),),
            initiates_mode=self.mode,
            accepts_modes=(self.mode,),
            local_id=self.local_id or ip(self.address),
            remote_ids=(self.remote_id or ip(self.peer),),
            local_auth=self.auth,
            remote_auth=self.auth,
            keyring=self.keyring,
            source=at("connection"),
            auth_source=at("auth"),
            local_id_source=at("id"),
            version_source=at("version"),
            mode_source=at("mode"),
        )
        child = ChildPolicy(
            "net",
            Protocol.ESP,
            (proposal(self.esp, Protocol.ESP, self.name, name="TS"),),
            (SelectorPair(selector(self.net), selector(self.peer_net)),),
            mode=self.encapsulation,
            start_action=self.start,
            selector_list="VPN",
            source=at("child"),
            proposal_source=at("esp"),
            selector_source=at("ts"),
            mode_source=at("child mode"),
        )
        return Connection(
            "gw", (self.address,), (self.peer,), ike, (child,), address_source=at("peer"), source=at("conn"), applied=True
        )

    @property
    def endpoint(self) -> Endpoint:
        keys = (
            (SharedKey(Secret(self.secret), keyring=self.keyring, source=line(self.name, "key", "config")),)
            if self.has_key
            else ()
        )
        return Endpoint(Device(self.name, self.platform), addresses=(self.address,), connections=(self.connection,), keys=keys)


LEFT = End("west", WEST, EAST, WEST_NET, EAST_NET)
RIGHT = End("east", EAST, WEST, EAST_NET, WEST_NET)


def both(**changes: object) -> tuple[End, End]:
    return replace(LEFT, **changes), replace(RIGHT, **changes)


def event(device: str, kind: EventKind, **more: object) -> LogEvent:
    return LogEvent(kind, line(device, str(kind)), **more)


_KINDS = {"MM": ExchangeKind.MAIN, "AM": ExchangeKind.AGGRESSIVE, "QM": ExchangeKind.QUICK}


def exchange(
    device: str, role: Role, messages: str, outcome: Outcome, *events: LogEvent, child: Outcome | None = None
) -> Exchange:
    """`messages`: `> MM1, < MM2 …` as this device saw them, comma separated."""
    local, remote = (WEST, EAST) if device == "west" else (EAST, WEST)
    parsed = []
    for words in messages.split(","):
        arrow, _, name = words.strip().partition(" ")
        direction = Direction.SENT if arrow == ">" else Direction.RECEIVED
        parsed.append(Message(name, direction, sources=(line(device, name),)))
    kind = _KINDS.get(parsed[0].name[:2], ExchangeKind.IKEV2)
    version = 2 if kind is ExchangeKind.IKEV2 else 1
    return Exchange(device, version, kind, role, local, remote, tuple(parsed), events, parsed[-1].name, outcome, child=child)


def tunnel(
    left: End | Endpoint, right: End | Endpoint | None, *exchanges: Exchange, loose: tuple[LogEvent, ...] = (), **more: object
) -> Tunnel:
    ends = [end.endpoint if isinstance(end, End) else end for end in (left, right)]
    for number, end in enumerate(ends):
        if end is None:
            continue
        mine = [e for ex in exchanges if ex.device == end.device.name for e in ex.events]
        mine += [e for e in loose if e.source.device == end.device.name]
        if mine or any(ex.device == end.device.name for ex in exchanges):
            ends[number] = replace(end, events=tuple(mine))
    pairings = None
    if ends[1] is not None and ends[0].connections is not None and ends[1].connections is not None:
        pairings = pair(ends[0], ends[1], WEST, EAST)
    return Tunnel("lab", ends[0], ends[1], WEST, EAST, Ladder(tuple(exchanges), loose), pairings, **more)


def unread(name: str, platform: Platform = Platform.STRONGSWAN) -> Endpoint:
    """An end of which only the name is known."""
    return Endpoint(Device(name, platform))


def child_sa(device: str, packets_in: int | None, packets_out: int | None, **more: object) -> ChildSa:
    state = more.pop("state", SaState.ESTABLISHED)
    counters = Counters(packets_in=packets_in, packets_out=packets_out, send_errors=more.pop("send_errors", None),
                        replay_failed=more.pop("replay_failed", None))  # fmt: skip
    remote = EAST if device == "west" else WEST
    return ChildSa(state, Protocol.ESP, remote=remote, counters=counters, source=line(device, "child sa", "sas"), **more)


def ike_sa(device: str, state: SaState = SaState.ESTABLISHED, vendor_state: str = "ESTABLISHED", version: int = 2) -> IkeSa:
    remote = EAST if device == "west" else WEST
    return IkeSa(version, state, vendor_state, remote=remote, source=line(device, vendor_state, "sas"))

"""Beside each message of the ladder, the configuration lines that decide it; where none were read, how to get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto

from ipsecbot.diagnose.addressing import addresses_of
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.tunnel import Endpoint, Related, Tunnel
from ipsecbot.negotiate.addresses import matches
from ipsecbot.negotiate.pairing import candidates

MOST_LINES = 8


class Topic(Enum):
    """What a message settles."""

    PEER = auto()
    IKE_PROPOSALS = auto()
    KEY = auto()
    IDENTITY = auto()
    CHILD = auto()


_OPENING = (Topic.PEER, Topic.IKE_PROPOSALS)
_PROVING = (Topic.KEY, Topic.IDENTITY)

# RFC 2409 section 5 (main, aggressive and quick mode), RFC 7296 sections 1.2 and 1.3
TOPICS: dict[str, tuple[Topic, ...]] = {
    "MM1": _OPENING,
    "MM2": _OPENING,
    "MM3": (Topic.IKE_PROPOSALS,),
    "MM4": (Topic.KEY,),
    "MM5": _PROVING,
    "MM6": _PROVING,
    "AM1": (*_OPENING, Topic.IDENTITY),
    "AM2": (Topic.IKE_PROPOSALS, *_PROVING),
    "AM3": _PROVING,
    "QM1": (Topic.CHILD,),
    "QM2": (Topic.CHILD,),
    "QM3": (Topic.CHILD,),
    "IKE_SA_INIT": _OPENING,
    "IKE_AUTH": (*_PROVING, Topic.CHILD),
    "CREATE_CHILD_SA": (Topic.CHILD,),
}

# What shows these lines when no configuration was read
COMMANDS: dict[Platform | None, dict[Topic, str]] = {
    Platform.CISCO_IOS: {
        Topic.PEER: "show crypto map",
        Topic.IKE_PROPOSALS: "show running-config | section crypto (isakmp policy|ikev2 proposal|ikev2 policy)",
        Topic.KEY: "show running-config | section crypto (isakmp key|keyring)",
        Topic.IDENTITY: "show running-config | section crypto (isakmp profile|ikev2 profile)",
        Topic.CHILD: "show running-config | section crypto (ipsec|map)",
    },
    Platform.STRONGSWAN: dict.fromkeys(Topic, "swanctl --list-conns, and swanctl.conf or ipsec.conf"),
}


def related(tunnel: Tunnel) -> tuple[Related, ...]:
    """For every kind of message that each end logged: the lines of its own configuration that decide it, in file order."""
    found: dict[tuple[str, str], Related] = {}
    for exchange in tunnel.ladder.exchanges:
        side = tunnel.side_of(exchange.device)
        end = tunnel.end(side) if side is not None else None
        if side is None or end is None:
            continue
        for message in exchange.messages:
            topics = TOPICS.get(message.name.split(" ", maxsplit=1)[0], ())
            if topics and (exchange.device, message.name) not in found:
                found[exchange.device, message.name] = _related(tunnel, side, end, message.name, topics)
    return tuple(found.values())


def _related(tunnel: Tunnel, side: Side, end: Endpoint, message: str, topics: tuple[Topic, ...]) -> Related:
    meant = _meant(tunnel, side, end)
    found = (source for topic in topics for connection in meant for source in READERS[topic](tunnel, side, connection))
    sources = {(source, source.text): source for source in found}.values()  # a page may have put several commands in one line
    lines = tuple(sorted(sources, key=lambda source: (source.output, source.first_line)))[:MOST_LINES]
    commands = COMMANDS.get(end.device.platform, {}) if not lines else {}
    return Related(
        end.device.name, message, lines, tuple(dict.fromkeys(commands[topic] for topic in topics if topic in commands))
    )


def _meant(tunnel: Tunnel, side: Side, end: Endpoint) -> tuple[Connection, ...]:
    if tunnel.pairings:
        return (tunnel.pairings[0].left if side is Side.LEFT else tunnel.pairings[0].right,)
    own, peer = tunnel.left_address, tunnel.right_address
    return candidates(end, *((own, peer) if side is Side.LEFT else (peer, own)))[:1]


def _known(*sources: Source | None) -> Iterator[Source]:
    yield from (source for source in sources if source is not None)


def _peer(_tunnel: Tunnel, _side: Side, connection: Connection) -> Iterator[Source]:
    yield from _known(connection.address_source, connection.ike.version_source, connection.ike.mode_source)


def _ike_proposals(_tunnel: Tunnel, _side: Side, connection: Connection) -> Iterator[Source]:
    yield from _known(*(proposal.source for proposal in connection.ike.proposals))


def _key(tunnel: Tunnel, side: Side, connection: Connection) -> Iterator[Source]:
    end = tunnel.end(side)
    peers = addresses_of(tunnel, side.other) | set(connection.remote_addresses)
    peers |= {identity.value for identity in connection.ike.remote_ids}
    known = (end.keys if end else None) or ()
    keys = (key for key in known if not key.owners or any(matches(key.owners, peer) for peer in peers))
    yield from _known(connection.ike.auth_source, *(key.source for key in keys))


def _identity(_tunnel: Tunnel, _side: Side, connection: Connection) -> Iterator[Source]:
    yield from _known(connection.ike.local_id_source, *(identity.source for identity in connection.ike.remote_ids))


def _child(_tunnel: Tunnel, _side: Side, connection: Connection) -> Iterator[Source]:
    for child in connection.children:
        yield from _known(child.proposal_source, child.selector_source, child.pfs_source, child.mode_source)


READERS: dict[Topic, Callable[[Tunnel, Side, Connection], Iterator[Source]]] = {
    Topic.PEER: _peer,
    Topic.IKE_PROPOSALS: _ike_proposals,
    Topic.KEY: _key,
    Topic.IDENTITY: _identity,
    Topic.CHILD: _child,
}

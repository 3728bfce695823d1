"""The laboratory on configurations of other hands: what real IOS would do with each."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

import pytest
from strangers import DYNAMIC_HUB, FVRF, GRE, HUB, SDM

from ipsecbot.lab.ios.by_hand import protected_pair
from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.configreader import read_config
from ipsecbot.lab.ios.flows import GRE as GRE_PROTOCOL
from ipsecbot.lab.ios.flows import leaving, outermost
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.world import Packet, World


def test_the_primary_address_is_the_interfaces_own() -> None:
    """IOS prints secondary addresses before it."""
    interface = read_config(HUB.left).interface("GigabitEthernet0/1")
    assert interface is not None
    assert str(interface.address) == "10.1.1.1/24"


def test_a_plain_gre_tunnel_meets_the_crypto_map_as_gre() -> None:
    """The map on the physical interface sees the tunnel's outer header."""
    config = read_config(GRE.left)
    header = outermost(config, "10.11.0.1", "10.22.0.1")
    assert (header.source, header.destination, header.protocol) == ("172.16.1.1", "172.16.2.2", GRE_PROTOCOL)


def test_a_next_hop_leads_to_its_interface() -> None:
    """Also the next hop of a default route."""
    interface = leaving(read_config(SDM.left), "192.168.20.9")
    assert interface is not None
    assert interface.name == "FastEthernet0/1"


@pytest.mark.parametrize(
    ("pair", "wanted"),
    [
        (HUB, ("10.1.1.1", "10.17.0.1")),
        (FVRF, ("10.66.0.1", "10.77.0.1")),
        (GRE, ("10.11.0.1", "10.22.0.1")),
        (DYNAMIC_HUB, ("10.1.1.1", "10.99.1.1")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_inventorys_ping_goes_through_the_tunnel_between_the_two(pair: object, wanted: tuple[str, str]) -> None:
    """Not through another partner's entry, nor from the outside interface."""
    assert protected_pair(read_config(pair.left), read_config(pair.right)) == wanted


def test_a_numbered_list_is_one_list_under_both_commands() -> None:
    """`ip access-list extended 102` edits what `access-list 102` wrote."""
    machine = Machine("r1", SDM.left, World())
    mode = ConfigMode(machine.router)
    for line in (
        "ip access-list extended 102",
        "no permit ip 192.168.10.0 0.0.0.255 192.168.20.0 0.0.0.255",
        "permit ip 192.168.10.0 0.0.0.255 192.168.21.0 0.0.0.255",
    ):
        assert mode.enter(line).invalid_at is None
    entries = machine.router.config.acl("102") or ()
    assert [entry.text for entry in entries] == ["permit ip 192.168.10.0 0.0.0.255 192.168.21.0 0.0.0.255"]


def test_packets_of_one_direction_arrive_in_order() -> None:
    """A jitter that reorders would let a quick mode overtake the message that authenticates it."""

    class Sink:
        name = "sink"

        def __init__(self) -> None:
            self.seen: list[object] = []

        def owns(self, address: str) -> bool:
            return address == "192.0.2.2"

        def receive(self, packet: Packet) -> None:
            self.seen.append(packet.payload)

    world, sink = World(seed=3), Sink()
    world.nodes.append(sink)
    for number in range(50):
        world.send(sink, Packet("192.0.2.1", "192.0.2.2", 500, 500, number))
    world.run(timedelta(seconds=1))
    assert sink.seen == list(range(50))

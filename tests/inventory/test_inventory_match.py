"""Which tunnel a PEER argument means."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipsecbot.errors import AmbiguousPeer, UnknownPeer
from ipsecbot.inventory.inventory import Inventory
from ipsecbot.inventory.load import load

TEXT = """
defaults: {username: u, password: 'env:P'}
devices:
  - {name: hub, address: 192.0.2.1, platform: strongswan}
  - {name: spoke-1, address: 192.0.2.11, platform: cisco_ios}
  - {name: spoke-12, address: '2001:db8::12', platform: cisco_ios}
  - {name: spare, address: 192.0.2.200, platform: cisco_ios}
tunnels:
  - name: hub-one
    ends: [{device: spoke-1, address: 198.51.100.11}, {device: hub}]
  - name: hub-twelve
    ends: [{device: spoke-12}, {device: hub}]
  - name: spoke-12
    ends: [{device: hub}, {peer: 203.0.113.77}]
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    path = tmp_path / "i.yaml"
    path.write_text(TEXT)
    return load(path)


@pytest.mark.parametrize(
    ("peer", "tunnel"),
    [
        ("hub-one", "hub-one"),
        ("HUB-One", "hub-one"),
        ("spoke-1", "hub-one"),  # exact device name, although spoke-12 contains it
        ("spoke-12", "spoke-12"),  # a tunnel's name beats the device of the same name
        ("192.0.2.11", "hub-one"),
        ("198.51.100.11", "hub-one"),
        ("2001:DB8:0:0::12", "hub-twelve"),
        ("203.0.113.77", "spoke-12"),
        ("113.77", "spoke-12"),
        ("twel", "hub-twelve"),
        (" hub-one ", "hub-one"),
    ],
)
def test_a_peer_is_a_name_an_address_or_a_unique_part(inventory: Inventory, peer: str, tunnel: str) -> None:
    """Exact beats partial; case and the spelling of an address do not matter."""
    assert inventory.match(peer).name == tunnel


def test_a_device_without_a_tunnel_is_an_entry_with_one_end(inventory: Inventory) -> None:
    """`spare` stands in no tunnel and can still be diagnosed alone."""
    entry = inventory.match("spare")
    assert [end.device and end.device.name for end in entry.ends] == ["spare"]


def test_an_ambiguous_peer_lists_the_candidates(inventory: Inventory) -> None:
    """A device of several tunnels, and a part of several names, name all of them."""
    with pytest.raises(AmbiguousPeer) as hub:
        inventory.match("hub")
    assert hub.value.candidates == ("hub-one", "hub-twelve", "spoke-12")
    with pytest.raises(AmbiguousPeer) as part:
        inventory.match("192.0.2.")
    assert "spare" in part.value.candidates


def test_an_unknown_peer_names_the_nearest(inventory: Inventory) -> None:
    """A typing error gets a proposal; nothing at all gets none."""
    with pytest.raises(UnknownPeer) as typo:
        inventory.match("hub-onne")
    assert typo.value.nearest[0] == "hub-one"
    with pytest.raises(UnknownPeer):
        inventory.match("  ")

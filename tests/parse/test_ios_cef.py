"""`show ip cef ADDRESS`: which way, or none."""

from __future__ import annotations

import pytest

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.cef import read_lookups

ANSWERS = [
    ("0.0.0.0/0\n  nexthop 203.0.113.254 GigabitEthernet0/0\n", ("0.0.0.0/0", "203.0.113.254", "GigabitEthernet0/0")),
    ("203.0.113.0/24\n  attached to GigabitEthernet0/0\n", ("203.0.113.0/24", None, "GigabitEthernet0/0")),
    ("203.0.113.1/32\n  receive for GigabitEthernet0/0\n", ("203.0.113.1/32", None, "GigabitEthernet0/0")),
    ("0.0.0.0/0\n  no route\n", (None, None, None)),
    (
        "198.51.100.0/24, version 25, epoch 0\n0 packets, 0 bytes\n  via 203.0.113.254, Serial0/0, 0 dependencies\n",
        ("198.51.100.0/24", "203.0.113.254", "Serial0/0"),
    ),
    ("2001:DB8::/32\n  nexthop FE80::1 GigabitEthernet0/0\n", ("2001:db8::/32", "FE80::1", "GigabitEthernet0/0")),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
def test_an_answer(text: str, expected: tuple[str | None, ...]) -> None:
    """IP Switching Command Reference: 15.x and XE, and the form of 12.x; live and pasted with its prompt."""
    live = RawOutput(OutputKind.SURROUNDINGS, "show ip cef 198.51.100.9", text)
    pasted = RawOutput(OutputKind.SURROUNDINGS, "notes.txt", f"r9#sh ip cef 198.51.100.9\n{text}r9#\n")
    for output in (live, pasted):
        (one,) = read_lookups((output,), "r9")
        network = None if one.network is None else str(one.network)
        assert (one.address, network, one.via, one.interface) == ("198.51.100.9", *expected)
        assert one.source.text in text


@pytest.mark.parametrize(
    "text", ["", "%IPv4 CEF not running\n", "Prefix              Next Hop             Interface\n", "garbage\n"]
)
def test_what_is_no_answer(text: str) -> None:
    """Nothing is made of it."""
    assert read_lookups((RawOutput(OutputKind.SURROUNDINGS, "show ip cef 198.51.100.9", text),), "r9") == ()

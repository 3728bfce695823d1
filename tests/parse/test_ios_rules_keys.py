"""IKEv1 keys in an IOS configuration, a rule a test. The source of each rule is in its docstring; all texts are our own."""

from __future__ import annotations

import pytest

from ipsecbot.model.identity import SharedKey
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config

HEAD = "version 15.4\nhostname r9\ninterface Loopback7\n ip address 192.0.2.7 255.255.255.255\n"


def only_key(text: str, head: str = HEAD) -> SharedKey:
    (found,) = read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", head + text), "r9").value.keys
    return found


KEY = "crypto isakmp key <secret:0123456789ab> hostname hub.example.net\n"
NAMES = [
    ("", None),  # a name server may know it
    ("ip host hub.example.net 198.51.100.1\n", ("198.51.100.1",)),
    ("ip host hub.example.net 22 198.51.100.1 198.51.100.2\n", ("198.51.100.1", "198.51.100.2")),
    ("ip host vrf WAN Hub.Example.Net 198.51.100.1\n", ("198.51.100.1",)),
    ("ip host other.example.net 198.51.100.1\n", None),
    ("no ip domain lookup\n", ()),
    ("no ip domain-lookup\n", ()),
    ("no ip domain lookup\nip host hub.example.net 198.51.100.1\n", ("198.51.100.1",)),
]


@pytest.mark.parametrize(("lines", "resolved"), NAMES)
@pytest.mark.parametrize("first", [True, False])
def test_the_routers_own_host_table_tells_what_a_name_stands_for(
    lines: str, resolved: tuple[str, ...] | None, first: bool
) -> None:
    """`ip host`, `ip domain lookup` (Cisco IOS IP Addressing Command Reference): without a name server only the table tells."""
    assert only_key(lines + KEY if first else KEY + lines).resolved == resolved


def test_an_excerpt_does_not_tell_that_there_is_no_name_server() -> None:
    """Of `| section crypto` nothing follows from what it does not show."""
    assert only_key("no ip domain lookup\n" + KEY, head="").resolved is None


def test_a_key_for_an_address_needs_no_name() -> None:
    """Nothing to look up is known."""
    assert only_key("crypto isakmp key <secret:0123456789ab> address 198.51.100.1\n").resolved == ()


RINGS = [
    (" local-address 203.0.113.9\n", ("203.0.113.9",)),
    (" local-address Loopback7\n", ("192.0.2.7",)),
    (" local-address lo7\n", ("192.0.2.7",)),
    (" local-address 203.0.113.9 WAN\n", ("203.0.113.9",)),
    (" local-address Dialer1\n", ("Dialer1",)),  # not known
    ("", ()),
]


@pytest.mark.parametrize(("line", "places"), RINGS)
def test_a_keyring_says_on_which_address_it_counts(line: str, places: tuple[str, ...]) -> None:
    """`local-address {interface-name | ip-address [vrf-tag]}` (Security Command Reference), before or behind the keys."""
    key = " pre-shared-key address 198.51.100.1 key <secret:0123456789ab>\n"
    for ring in (line + key, key + line):
        found = only_key(f"crypto keyring KR vrf WAN\n{ring}")
        assert (found.keyring, found.vrf, found.local_addresses) == ("KR", "WAN", places)

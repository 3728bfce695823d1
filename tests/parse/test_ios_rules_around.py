"""Routes, translation and filters in an IOS configuration, a rule a test, each with its source; our own texts."""

from __future__ import annotations

import pytest

from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.model.surroundings import Surroundings
from ipsecbot.parse.endpoint import read_endpoint

HEAD = "version 15.4\nhostname r9\n"
WAN = "interface GigabitEthernet0/0\n ip address 203.0.113.1 255.255.255.0\n ip nat outside\n"


def around(text: str, *others: RawOutput) -> Surroundings:
    output = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text)
    return read_endpoint(Snapshot(Device("r9", Platform.CISCO_IOS), None, (output, *others))).around


EXEMPT = (
    "access-list 110 deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\naccess-list 110 permit ip 10.1.0.0 0.0.255.255 any\n"
)
A_TO_B, A_TO_ANY = ("10.1.0.0/16", "10.2.0.0/16", True), ("10.1.0.0/16", "0.0.0.0/0", False)
NAT = [
    ("ip nat inside source list 110 interface GigabitEthernet0/0 overload\n" + EXEMPT, [A_TO_B, A_TO_ANY]),
    ("ip nat source list 110 interface GigabitEthernet0/0 overload\n" + EXEMPT, [A_TO_B, A_TO_ANY]),
    (
        "ip nat inside source list 1 interface GigabitEthernet0/0 overload\naccess-list 1 permit 10.1.0.0 0.0.255.255\n",
        [A_TO_ANY],
    ),
    ("ip nat inside source list LAN pool P\nip access-list standard LAN\n permit 10.1.0.0 0.0.255.255\n", [A_TO_ANY]),
    ("ip nat inside source list 1 pool P\naccess-list 1 permit any\n", [("0.0.0.0/0", "0.0.0.0/0", False)]),
    (
        "ip nat inside source route-map RM interface Dialer1 overload\nroute-map RM permit 10\n match ip address 110\n"
        + EXEMPT,
        [A_TO_B, A_TO_ANY],
    ),
    (
        "ip nat inside source route-map RM interface Dialer1 overload\nroute-map RM deny 5\n match ip address VPN\n"
        "route-map RM permit 10\n match ip address 1\naccess-list 1 permit 10.1.0.0 0.0.255.255\n"
        "ip access-list extended VPN\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n deny ip any any\n",
        [A_TO_B, A_TO_ANY],
    ),
    ("ip nat inside source static 10.1.0.5 203.0.113.5 extendable\n", [("10.1.0.5/32", "0.0.0.0/0", False)]),
    ("ip nat inside source static network 10.1.0.0 192.0.2.0 /24\n", [("10.1.0.0/24", "0.0.0.0/0", False)]),
    ("ip nat inside source static tcp 10.1.0.5 80 203.0.113.5 80\n", []),
    (
        "ip nat inside source static 10.1.0.5 203.0.113.5 route-map RM\nroute-map RM permit 10\n match ip address 110\n"
        + EXEMPT,
        [("10.1.0.5/32", "10.2.0.0/16", True), ("10.1.0.5/32", "0.0.0.0/0", False)],
    ),
    ("ip nat inside source list NIX interface GigabitEthernet0/0 overload\n" + EXEMPT, []),
]


@pytest.mark.parametrize(("text", "rules"), NAT)
def test_source_translation_and_its_exemptions(text: str, rules: list[tuple[str, str, bool]]) -> None:
    """IP Addressing Services Command Reference, `ip nat inside source`: by list (standard, extended), route map, static;
    what a list denies, or a refusing clause of a route map permits, is exempt."""
    seen = [(str(one.flow.origin), str(one.flow.destination), one.exempt) for one in around(HEAD + WAN + text).translations]
    assert seen == rules


def test_translation_without_indentation() -> None:
    """A page that ate the leading blanks changes nothing."""
    text = "ip nat inside source route-map RM interface Dialer1 overload\nroute-map RM permit 10\n match ip address 110\n"
    text += EXEMPT
    flat = "\n".join(line.strip() for line in (HEAD + WAN + text).splitlines())
    seen = [(str(one.flow.origin), str(one.flow.destination), one.exempt) for one in around(flat).translations]
    assert seen == [A_TO_B, A_TO_ANY]


def test_translation_by_object_group() -> None:
    """Object groups in the list of a translation are resolved."""
    text = (
        "object-group network LAN\n 10.1.0.0 255.255.0.0\nip nat inside source list 110 interface GigabitEthernet0/0 overload\n"
    )
    rules = around(HEAD + WAN + text + "access-list 110 permit ip object-group LAN any\n").translations
    assert [str(one.flow.origin) for one in rules] == ["10.1.0.0/16"]


def test_a_list_may_be_shown_beside_the_rule() -> None:
    """`| section nat` has the rule, `show access-lists` the list: both together say it."""
    lists = RawOutput(
        OutputKind.SURROUNDINGS,
        "show access-lists",
        "Extended IP access list 110\n    10 permit ip 10.1.0.0 0.0.255.255 any (7 matches)\n",
    )
    rules = around("ip nat inside source list 110 interface GigabitEthernet0/0 overload\n", lists).translations
    assert [(str(one.flow.origin), one.flow.count) for one in rules] == [("10.1.0.0/16", 7)]


def test_routes() -> None:
    """IP Routing Command Reference, `ip route`: by next hop, interface or both; those of a VRF are not the table's."""
    text = "ip route 10.2.0.0 255.255.0.0 Tunnel0\nip route 10.3.0.0 255.255.255.0 203.0.113.9 200 name x\n"
    text += "ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0 203.0.113.254\nip route vrf RED 10.4.0.0 255.255.0.0 192.0.2.1\n"
    text += "ipv6 route 2001:DB8:2::/48 Tunnel6\n"
    seen = around(HEAD + WAN + text)
    assert [(str(one.network), one.via, one.interface, one.connected) for one in seen.configured_routes or ()] == [
        ("203.0.113.0/24", None, "GigabitEthernet0/0", True),
        ("10.2.0.0/16", None, "Tunnel0", False),
        ("10.3.0.0/24", "203.0.113.9", None, False),
        ("0.0.0.0/0", "203.0.113.254", "GigabitEthernet0/0", False),
        ("2001:db8:2::/48", None, "Tunnel6", False),
    ]
    assert (seen.learns_routes, seen.routes) == (None, None)


@pytest.mark.parametrize(
    "text", ["router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n", "interface Dialer1\n ip address negotiated\n"]
)
def test_there_may_be_more_routes_than_are_configured(text: str) -> None:
    """A routing protocol, or an address that a provider gives (with a default route), brings routes nobody typed."""
    learns = around(HEAD + WAN + text).learns_routes
    assert learns is not None
    assert learns.text == text.splitlines()[0]


def test_a_part_of_a_configuration_has_no_routes_to_show() -> None:
    """Not known is not none."""
    assert around("crypto isakmp policy 1\nip route 10.2.0.0 255.255.0.0 Tunnel0\n").configured_routes is None


def test_filters_on_interfaces() -> None:
    """Security Command Reference, `ip access-group`: entries in order, permits and denies, in or out."""
    text = WAN.replace(" ip nat", " ip access-group EDGE in\n ip access-group 120 out\n ip nat")
    text += (
        "ip access-list extended EDGE\n permit udp any host 203.0.113.1 eq isakmp\n permit frob any any\n deny ip any any log\n"
    )
    inward, outward = around(HEAD + text).filters
    assert (inward.name, inward.interface, inward.inbound) == ("EDGE", "GigabitEthernet0/0", True)
    assert inward.rules is not None
    assert [(rule.permit, None if rule.pairs is None else [str(pair) for pair in rule.pairs]) for rule in inward.rules] == [
        (True, ["0.0.0.0/0[17] === 203.0.113.1/32[17/500]"]),
        (True, None),
        (False, ["0.0.0.0/0 === 0.0.0.0/0"]),
    ]
    assert (outward.name, outward.inbound, outward.rules) == ("120", False, None)
    assert inward.source.text.strip() == "ip access-group EDGE in"

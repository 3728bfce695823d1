"""Transform sets, crypto maps, tunnels and crypto access lists of IOS, a rule a test, each with its source; our own texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipsecbot.model.connection import Connection, EncapsulationMode, StartAction
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config
from ipsecbot.parse.read import EndConfig, Parsed

HEAD = "version 15.4\nhostname r9\ncrypto isakmp policy 1\n"
SET = "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
ENTRY = "crypto map CM 10 ipsec-isakmp\n set peer 198.51.100.9\n set transform-set T\n match address 101\n"
LIST = "access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
OUTSIDE = "interface GigabitEthernet0/0\n ip address 203.0.113.1 255.255.255.0\n crypto map CM\n"


def read(text: str) -> Parsed[EndConfig]:
    return read_config(RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text), "r9")


def connections(text: str) -> tuple[Connection, ...]:
    return read(HEAD + text).value.connections


def only(text: str) -> Connection:
    (connection,) = connections(text)
    return connection


def selectors(entries: str, more: str = "") -> list[str] | None:
    pairs = only(SET + ENTRY + more + entries + OUTSIDE).children[0].selectors
    return None if pairs is None else [str(pair) for pair in pairs]


SETS = [
    ("esp-des esp-md5-hmac", "des-md5", Protocol.ESP),
    ("esp-3des esp-sha-hmac", "3des-sha1", Protocol.ESP),
    ("esp-sha-hmac esp-3des", "3des-sha1", Protocol.ESP),
    ("esp-aes", "aes128", Protocol.ESP),
    ("esp-aes 128 esp-sha-hmac", "aes128-sha1", Protocol.ESP),
    ("esp-aes 192 esp-sha256-hmac", "aes192-sha256", Protocol.ESP),
    ("esp-aes 256 esp-sha384-hmac", "aes256-sha384", Protocol.ESP),
    ("esp-256-aes esp-sha512-hmac", "aes256-sha512", Protocol.ESP),
    ("esp-gcm", "aes128gcm16", Protocol.ESP),
    ("esp-gcm 256", "aes256gcm16", Protocol.ESP),
    ("esp-gmac 256", "aes256gmac", Protocol.ESP),
    ("esp-null esp-sha-hmac", "null-sha1", Protocol.ESP),
    ("esp-seal esp-sha-hmac", "seal-sha1", Protocol.ESP),
    ("ah-md5-hmac", "md5", Protocol.AH),
    ("ah-sha256-hmac", "sha256", Protocol.AH),
    ("esp-aes esp-sha-hmac comp-lzs", "aes128-sha1", Protocol.ESP),
    ("ah-sha-hmac esp-aes 256 esp-sha256-hmac", "aes256-sha256 with AH sha1", Protocol.ESP),
    ("esp-3des ah-md5-hmac", "3des with AH md5", Protocol.ESP),
]


@pytest.mark.parametrize(("words", "keywords", "protocol"), SETS)
def test_transform_sets(words: str, keywords: str, protocol: Protocol) -> None:
    """Security Command Reference, `crypto ipsec transform-set`: the allowed combinations, in either order."""
    child = only(f"crypto ipsec transform-set T {words}\n" + ENTRY + LIST + OUTSIDE).children[0]
    assert [proposal.keywords for proposal in child.proposals] == [keywords]
    assert child.protocol is protocol


def test_several_sets_are_offered_in_order() -> None:
    """`set transform-set`: up to six (older) or eleven, in order of priority."""
    text = SET + "crypto ipsec transform-set U esp-3des\n" + ENTRY.replace("set T\n", "set U T\n")
    proposals = only(text + LIST + OUTSIDE).children[0].proposals
    assert [(one.number, one.name, one.keywords) for one in proposals] == [(1, "U", "3des"), (2, "T", "aes128-sha1")]


@pytest.mark.parametrize(
    ("mode", "acl", "expected"),
    [
        ("", LIST, EncapsulationMode.TUNNEL),
        (" mode tunnel\n", LIST, EncapsulationMode.TUNNEL),
        (" mode transport\n", LIST, EncapsulationMode.TUNNEL),
        (" mode transport\n", "access-list 101 permit gre host 203.0.113.1 host 198.51.100.9\n", EncapsulationMode.TRANSPORT),
        (
            " mode transport require\n",
            "access-list 101 permit gre host 203.0.113.1 host 198.51.100.9\n",
            EncapsulationMode.TRANSPORT,
        ),
    ],
)
def test_transport_mode_is_for_the_endpoints_alone(mode: str, acl: str, expected: EncapsulationMode) -> None:
    """Command Reference, `mode (IPsec)`: for all other traffic tunnel mode is used."""
    assert only(SET + mode + ENTRY + acl + OUTSIDE).children[0].mode is expected


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("", None),
        (" set pfs\n", "modp768"),
        (" set pfs group2\n", "modp1024"),
        (" set pfs group5\n", "modp1536"),
        (" set pfs group14\n", "modp2048"),
        (" set pfs group19\n", "ecp256"),
        (" set pfs group24\n", "modp2048s256"),
        (" no set pfs\n", None),
    ],
)
def test_pfs(line: str, group: str | None) -> None:
    """Command Reference, `set pfs`: group 1 where no group is named; none without the command."""
    child = only(SET + ENTRY + line + LIST + OUTSIDE).children[0]
    assert child.proposals[0].keywords == ("aes128-sha1" if group is None else f"aes128-sha1-{group}")
    assert [one.keyword for one in child.answers_groups] == (["modp1024"] if line == " set pfs\n" else [])


@pytest.mark.parametrize(
    ("top", "entry", "seconds", "volume"),
    [
        ("", "", 3600, 4608000 * 1024),
        ("crypto ipsec security-association lifetime seconds 1800\n", "", 1800, 4608000 * 1024),
        ("crypto ipsec security-association lifetime kilobytes 5000\n", "", 3600, 5000 * 1024),
        (
            "crypto ipsec security-association lifetime seconds 1800\n",
            " set security-association lifetime seconds 900\n",
            900,
            4608000 * 1024,
        ),
        ("", " set security-association lifetime days 2\n", 172800, 4608000 * 1024),
        ("", " set security-association lifetime kilobytes disable\n", 3600, None),
    ],
)
def test_lifetimes(top: str, entry: str, seconds: int, volume: int | None) -> None:
    """Command Reference, `crypto ipsec security-association lifetime` (3600 seconds, 4608000 kilobytes), `set
    security-association lifetime`, which counts first."""
    child = only(top + SET + ENTRY + entry + LIST + OUTSIDE).children[0]
    assert (child.lifetime, child.lifetime_bytes) == (timedelta(seconds=seconds), volume)


def test_several_peers_and_a_default_one() -> None:
    """Command Reference, `set peer`: `default` marks one of them, `dynamic` a name looked up when it is used."""
    text = ENTRY.replace(" set peer 198.51.100.9\n", " set peer 198.51.100.9 default\n set peer Far.example.net dynamic\n")
    assert only(SET + text + LIST + OUTSIDE).remote_addresses == ("198.51.100.9", "far.example.net")


def test_local_address_and_where_a_map_is_applied() -> None:
    """`crypto map … local-address`: IKE speaks from that interface; a map may be applied to several interfaces."""
    loopback = "interface Loopback0\n ip address 192.0.2.1 255.255.255.255\n"
    second = OUTSIDE.replace("0/0", "0/1").replace("113.1", "113.129")
    text = SET + ENTRY + LIST + OUTSIDE + second + loopback
    assert only(text).local_addresses == ("203.0.113.1", "203.0.113.129")
    connection = only(text + "crypto map CM local-address Loopback0\n")
    assert (connection.local_addresses, connection.interface) == (("192.0.2.1",), "GigabitEthernet0/0")


def test_front_vrf_of_a_map() -> None:
    """ "VRF-Aware IPsec": the front VRF is that of the interface the map is applied to."""
    text = OUTSIDE.replace(" ip address", " ip vrf forwarding INET\n ip address")
    assert only(SET + ENTRY + LIST + text).vrf == "INET"
    assert only(SET + ENTRY + LIST + text.replace("ip vrf", "vrf")).vrf == "INET"


def test_dynamic_maps_answer_anybody() -> None:
    """Command Reference, `crypto dynamic-map`: what is not set there is taken from the peer."""
    text = (
        SET + "crypto dynamic-map DM 10\n set transform-set T\n reverse-route\ncrypto dynamic-map DM 20\n set peer 192.0.2.9\n"
    )
    text += " set transform-set T\n match address 101\ncrypto map CM 65000 ipsec-isakmp dynamic DM\n" + LIST + OUTSIDE
    first, second = connections(text)
    assert (first.name, first.remote_addresses, first.problems) == ("CM 65000 (DM 10)", ("%any",), ())
    assert [str(pair) for pair in first.children[0].selectors or ()] == ["0.0.0.0/0 === 0.0.0.0/0"]
    assert first.children[0].start_action is StartAction.NONE
    assert second.remote_addresses == ("192.0.2.9",)
    (lost,) = connections("crypto map CM 1 ipsec-isakmp dynamic NIX\n" + OUTSIDE)
    assert [what for what, _ in lost.problems] == ["dynamic map NIX is not defined"]


def test_a_dynamic_map_that_is_not_applied_names_the_static_one() -> None:
    """What has to be put on an interface is the map, not the dynamic map it names."""
    text = SET + "crypto dynamic-map DM 10\n set transform-set T\ncrypto map CM 5 ipsec-isakmp dynamic DM\n"
    (connection,) = connections(text + OUTSIDE.replace(" crypto map CM\n", ""))
    assert [what for what, _ in connection.problems] == ["crypto map CM is not applied to any interface"]


def test_maps_of_another_kind_are_gaps() -> None:
    """`ipsec-manual` and `gdoi` entries negotiate nothing that could be compared, and are said."""
    parsed = read(HEAD + "crypto map CM 5 gdoi\n set group G\ncrypto map CM 6 ipsec-manual\n set peer 192.0.2.1\n" + OUTSIDE)
    assert [gap.why for gap in parsed.gaps] == [
        "a crypto map entry of another kind: gdoi",
        "a crypto map entry of another kind: ipsec-manual",
    ]


def test_ipv6_maps() -> None:
    """`crypto map ipv6 … ipsec-isakmp`, `ipv6 crypto map`, `ipv6 access-list` ("IPsec IPv6 Phase 2 Support")."""
    text = SET + "crypto map ipv6 M6 10 ipsec-isakmp\n set peer 2001:DB8::9\n set transform-set T\n match address ipv6 L6\n"
    text += "ipv6 access-list L6\n sequence 10 permit ipv6 2001:DB8:1::/64 2001:DB8:2::/64\n"
    connection = only(text + "interface Gi0/0\n ipv6 address 2001:DB8::1/64\n ipv6 crypto map M6\n")
    assert (connection.local_addresses, connection.remote_addresses) == (("2001:db8::1",), ("2001:db8::9",))
    assert [str(pair) for pair in connection.children[0].selectors or ()] == ["2001:db8:1::/64 === 2001:db8:2::/64"]


ENTRIES = [
    ("permit ip 10.1.0.0 0.0.255.255 10.2.3.0 0.0.0.255", ["10.1.0.0/16 === 10.2.3.0/24"]),
    ("permit ip host 10.1.1.1 any", ["10.1.1.1/32 === 0.0.0.0/0"]),
    ("permit ip any any", ["0.0.0.0/0 === 0.0.0.0/0"]),
    ("permit tcp any host 10.2.2.2 eq www", ["0.0.0.0/0[6] === 10.2.2.2/32[6/80]"]),
    ("permit tcp any eq 22 any", ["0.0.0.0/0[6/22] === 0.0.0.0/0[6]"]),
    ("permit tcp any any eq 80 443", ["0.0.0.0/0[6] === 0.0.0.0/0[6/80]", "0.0.0.0/0[6] === 0.0.0.0/0[6/443]"]),
    ("permit udp any range 100 200 any gt 1023", ["0.0.0.0/0[17/100-200] === 0.0.0.0/0[17/1024-65535]"]),
    ("permit udp any lt 1024 any", ["0.0.0.0/0[17/0-1023] === 0.0.0.0/0[17]"]),
    ("permit udp any any eq isakmp", ["0.0.0.0/0[17] === 0.0.0.0/0[17/500]"]),
    ("permit gre host 203.0.113.1 host 198.51.100.9", ["203.0.113.1/32[47] === 198.51.100.9/32[47]"]),
    ("permit 89 any any", ["0.0.0.0/0[89] === 0.0.0.0/0[89]"]),
    ("permit icmp any any echo log", ["0.0.0.0/0[1] === 0.0.0.0/0[1]"]),
    ("permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255 log time-range NIGHT", ["10.1.0.0/16 === 10.2.0.0/16"]),
    ("deny ip host 10.1.1.1 any", []),
]


@pytest.mark.parametrize(("entry", "expected"), ENTRIES)
def test_crypto_access_lists(entry: str, expected: list[str]) -> None:
    """Command Reference, `access-list (IP extended)`, `ip access-list extended`: what is permitted is protected."""
    assert selectors(f"access-list 101 {entry}\n") == expected
    assert selectors(f"ip access-list extended 101\n 10 {entry}\n remark x\n") == expected


NET, WIDE = "ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255", "10.1.0.0/16 === 10.2.0.0/16"
PRINTER = "10.1.9.9/32 === 10.2.0.0/16"
DENIED = [
    # entries, what is protected, what is kept out of it
    ((f"permit {NET}",), [WIDE], []),
    (("deny ip host 10.1.9.9 any", f"permit {NET}"), [WIDE], [PRINTER]),
    ((f"permit {NET}", "deny ip host 10.1.9.9 any"), [WIDE], []),  # the first entry that matches decides
    (("deny ip 10.0.0.0 0.255.255.255 any", f"permit {NET}"), [], []),
    (("deny ip host 10.3.3.3 any", f"permit {NET}"), [WIDE], []),
    (("deny tcp any any eq 22", f"permit {NET}"), [WIDE], ["10.1.0.0/16[6] === 10.2.0.0/16[6/22]"]),
    (("deny ip 10.1.0.0 0.0.255.255 10.2.7.0 0.0.0.255", f"permit tcp {NET[3:]}"), ["10.1.0.0/16[6] === 10.2.0.0/16[6]"],
     ["10.1.0.0/16[6] === 10.2.7.0/24[6]"]),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "protected", "excluded"), DENIED)
def test_an_earlier_deny_takes_traffic_out_of_a_later_permit(
    entries: tuple[str, ...], protected: list[str], excluded: list[str]
) -> None:
    """ "Using the deny keyword prevents traffic from being protected by crypto IPSec in the context of that particular
    crypto map entry" (Security Command Reference, `match address (IPSec)`); the first entry that matches decides."""
    text = "ip access-list extended 101\n" + "".join(f" {entry}\n" for entry in entries)
    child = only(SET + ENTRY + text + OUTSIDE).children[0]
    assert [str(pair) for pair in child.selectors or ()] == protected
    assert [str(pair) for pair in child.excluded] == excluded


def test_a_list_of_denials_alone_permits_nothing() -> None:
    """What is left when a deny covers every permit is an entry that never protects."""
    connection = only(SET + ENTRY + "access-list 101 deny ip any any\naccess-list 101 permit ip any any\n" + OUTSIDE)
    assert [words for words, _ in connection.problems] == ["access list 101 permits nothing"]


def test_numbered_lists_of_the_expanded_range() -> None:
    """2000 to 2699 are extended lists too."""
    entry = ENTRY.replace("101", "2600")
    text = SET + entry + "access-list 2600 remark x\naccess-list 2600 permit ip host 10.0.0.1 host 10.0.0.2\n" + OUTSIDE
    assert [str(pair) for pair in only(text).children[0].selectors or ()] == ["10.0.0.1/32 === 10.0.0.2/32"]


def test_network_object_groups() -> None:
    """Command Reference, `object-group network`: hosts, networks, ranges, any, and groups within groups, in any order."""
    groups = (
        "object-group network ALL\n group-object A\n group-object B\nobject-group network A\n description x\n host 10.1.1.1\n"
    )
    groups += " 10.2.0.0 255.255.0.0\n 10.3.0.0 /24\nobject-group network B\n range 10.4.0.0 10.4.0.7\n group-object ALL\n"
    assert selectors("access-list 101 permit ip object-group ALL host 192.0.2.1\n", groups) == [
        f"{network} === 192.0.2.1/32" for network in ("10.1.1.1/32", "10.2.0.0/16", "10.3.0.0/24", "10.4.0.0/29")
    ]


def test_service_object_groups() -> None:
    """Command Reference, `object-group service`: protocols with their ports on either side, and groups within groups."""
    groups = "object-group service WEB\n tcp eq www\n tcp source gt 1023 eq 443\n tcp-udp eq domain\n group-object MORE\n"
    groups += "object-group service MORE\n icmp\n udp range 100 200\n tcp 8080\n esp\n"
    assert selectors("access-list 101 permit object-group WEB any host 10.2.2.2\n", groups) == [
        f"0.0.0.0/0[{left}] === 10.2.2.2/32[{right}]"
        for left, right in (
            *(("6", "6/80"), ("6/1024-65535", "6/443"), ("6", "6/53"), ("17", "17/53")),
            *(("1", "1"), ("17", "17/100-200"), ("6", "6/8080"), ("50", "50")),
        )
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "permit ip 10.0.0.0 0.255.0.255 any",
        "permit ip object-group NIX any",
        "permit object-group NIX any any",
        "permit tcp any neq 80 any",
        "permit tcp any eq frob any",
        "permit frob any any",
        "permit ip 10.0.0.0 any",
    ],
)
def test_entries_that_are_no_selectors_are_gaps(entry: str) -> None:
    """A wildcard with holes, an unknown group, `neq`: the list is then not known, and never "permits nothing"."""
    parsed = read(HEAD + SET + ENTRY + f"access-list 101 {entry}\n" + OUTSIDE)
    connection = parsed.value.connections[0]
    assert len(parsed.gaps) == 1
    assert connection.children[0].selectors is None
    assert connection.problems == ()


def test_object_groups_do_not_explode() -> None:
    """A thousand networks on each side are a million pairs: too many to mean anything, so a gap."""
    many = "object-group network M\n" + "".join(f" host 10.0.{n // 250}.{n % 250}\n" for n in range(1000))
    parsed = read(HEAD + SET + ENTRY + many + "access-list 101 permit ip object-group M object-group M\n" + OUTSIDE)
    assert ["1000000 pairs" in gap.why for gap in parsed.gaps] == [True]


IPSEC_PROFILE = SET + "crypto ipsec profile P\n set transform-set T\n"
WAN = "interface GigabitEthernet0/0\n ip address 203.0.113.1 255.255.255.0\n ipv6 address 2001:DB8::1/64\n"


def tunnel(*lines: str, name: str = "Tunnel0", more: str = "") -> Connection:
    text = IPSEC_PROFILE + more + WAN + f"interface {name}\n" + "".join(f" {line}\n" for line in lines)
    return only(text)


SOURCE, FAR = "tunnel source GigabitEthernet0/0", "tunnel destination 198.51.100.9"
PROTECT = "tunnel protection ipsec profile P"
ANY, ANY6 = "0.0.0.0/0 === 0.0.0.0/0", "::/0 === ::/0"
GRE = "203.0.113.1/32[47] === 198.51.100.9/32[47]"
TUNNELS = [
    ((SOURCE, FAR, PROTECT), [GRE], ("198.51.100.9",)),
    ((SOURCE, FAR, "tunnel mode gre ip", PROTECT), [GRE], ("198.51.100.9",)),
    ((SOURCE, FAR, "tunnel mode ipsec ipv4", PROTECT), [ANY], ("198.51.100.9",)),
    ((SOURCE, "tunnel mode gre multipoint", PROTECT + " shared"), ["203.0.113.1/32[47] === dynamic[47]"], ("%any",)),
    ((SOURCE, "tunnel destination dynamic", "tunnel mode ipsec ipv4", PROTECT), [ANY], ("%any",)),
    ((SOURCE, "tunnel destination 2001:DB8::9", "tunnel mode ipsec ipv6", PROTECT), [ANY6], ("2001:db8::9",)),
    (
        (SOURCE, "tunnel destination 2001:DB8::9", "tunnel mode gre ipv6", PROTECT),
        ["2001:db8::1/128[47] === 2001:db8::9/128[47]"],
        ("2001:db8::9",),
    ),
    (("tunnel source gi0/0", "tunnel dest 198.51.100.9", PROTECT), [GRE], ("198.51.100.9",)),
    (("tunnel source 192.0.2.1", FAR, PROTECT), ["192.0.2.1/32[47] === 198.51.100.9/32[47]"], ("198.51.100.9",)),
]


@pytest.mark.parametrize(("lines", "expected", "peers"), TUNNELS)
def test_what_a_tunnel_protects(lines: tuple[str, ...], expected: list[str], peers: tuple[str, ...]) -> None:
    """GRE between its ends, or everything ("IPsec Virtual Tunnel Interface", "Dynamic Multipoint VPN", "IPv6 Virtual Tunnel
    Interface"); `shared` is for several tunnels from one source."""
    connection = tunnel(*lines)
    assert [str(pair) for pair in connection.children[0].selectors or ()] == expected
    assert (connection.remote_addresses, connection.applied, connection.problems) == (peers, True, ())


def test_a_tunnel_with_the_selectors_of_a_list() -> None:
    """ "Configure a Multi-SA Virtual Tunnel Interface" (16.12): `tunnel protection ipsec policy ipv4 LIST`."""
    acl = "ip access-list extended L\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
    policy = "tunnel protection ipsec policy ipv4 L"
    connection = tunnel(SOURCE, FAR, "tunnel mode ipsec ipv4", policy, PROTECT, more=acl)
    child = connection.children[0]
    assert [str(pair) for pair in child.selectors or ()] == ["10.1.0.0/16 === 10.2.0.0/16"]
    assert child.selector_list == "L"
    lost = tunnel(SOURCE, FAR, "tunnel mode ipsec ipv4", policy, PROTECT)
    assert [what for what, _ in lost.problems] == ["access list L is not defined"]


def test_front_vrf_of_a_tunnel() -> None:
    """Interface Command Reference, `tunnel vrf`: where the outer packets go; `vrf forwarding` is about the inner ones."""
    assert tunnel("vrf forwarding INSIDE", SOURCE, FAR, "tunnel vrf FRONT", PROTECT).vrf == "FRONT"
    assert tunnel("vrf forwarding INSIDE", SOURCE, FAR, PROTECT).vrf is None


def test_a_profile_named_by_the_tunnel_itself() -> None:
    """Security Command Reference, `tunnel protection ipsec profile … isakmp-profile …`."""
    more = "crypto isakmp profile PF\n match identity address 198.51.100.9 255.255.255.255\n keepalive 25 retry 2\n"
    connection = tunnel(SOURCE, FAR, PROTECT + " isakmp-profile PF", more=more)
    assert connection.ike.dpd_interval == timedelta(seconds=25)


def test_a_virtual_template_needs_no_ends() -> None:
    """Each session makes an interface of it; without `tunnel mode` it is GRE ("FlexVPN Server", "Dynamic VTI")."""
    vti = tunnel("ip unnumbered GigabitEthernet0/0", "tunnel mode ipsec ipv4", PROTECT, name="Virtual-Template1 type tunnel")
    assert (vti.remote_addresses, vti.problems) == (("%any",), ())
    assert [str(pair) for pair in vti.children[0].selectors or ()] == [ANY]
    gre = tunnel("ip unnumbered GigabitEthernet0/0", PROTECT, name="Virtual-Template1 type tunnel")
    assert [str(pair) for pair in gre.children[0].selectors or ()] == ["dynamic[47] === dynamic[47]"]
    auto = tunnel("tunnel mode auto", PROTECT, name="Virtual-Template1 type tunnel")
    assert auto.children[0].selectors is None


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((SOURCE, PROTECT), "Tunnel0 has no tunnel destination"),
        ((FAR, PROTECT), "Tunnel0 has no tunnel source"),
        ((SOURCE, FAR, "shutdown", PROTECT), "Tunnel0 is shut down"),
        ((SOURCE, FAR, PROTECT.replace(" P", " Q")), "IPsec profile Q is not defined"),
        ((SOURCE, FAR), "Tunnel0 has no tunnel protection"),
    ],
)
def test_what_a_tunnel_lacks(lines: tuple[str, ...], problem: str) -> None:
    """Each with its line."""
    assert [what for what, _ in tunnel(*lines).problems] == [problem]


def test_an_entry_without_transform_set_uses_the_default_ones() -> None:
    """ "IPsec Usability Enhancements" (12.4(20)T): the default transform sets are used by any crypto map or IPsec profile that
    has none of its own, as `show crypto map` prints (`Transform sets={ default: … }`); still it is pointed out."""
    connection = only(ENTRY.replace(" set transform-set T\n", "") + LIST + OUTSIDE)
    assert [one.keywords for one in connection.children[0].proposals] == ["aes128-sha1", "3des-sha1"]
    assert ["no transform set" in what for what, _ in connection.problems] == [True]
    named = only(ENTRY.replace("set T\n", "set default\n") + LIST + OUTSIDE)
    assert (named.problems, len(named.children[0].proposals)) == ((), 2)
    without = only("no crypto ipsec transform-set default\n" + ENTRY.replace("set T\n", "set default\n") + LIST + OUTSIDE)
    assert [what for what, _ in without.problems] == ["transform set default is not defined"]


def test_abbreviated_commands() -> None:
    """IOS takes every unambiguous beginning of a keyword, and people type them in mails."""
    text = "cry ipsec trans T esp-aes esp-sha-hmac\ncry map CM 10 ipsec-isakmp\n set pe 198.51.100.9\n"
    text += " set trans T\n match add 101\n"
    connection = only(text + LIST + "int gi0/0\n ip add 203.0.113.1 255.255.255.0\n cry map CM\n")
    assert (connection.remote_addresses, connection.applied, connection.problems) == (("198.51.100.9",), True, ())
    assert connection.children[0].proposals[0].keywords == "aes128-sha1"


def test_what_is_typed_piece_by_piece() -> None:
    """A range of interfaces, an interface by its short name, and a block that adds to a tunnel which is not shown."""
    typed = (
        SET + "crypto ipsec profile P\n set transform-set T\ninterface range tunnel 0-1\n tunnel protection ipsec profile P\n"
    )
    both = read(typed).value.connections
    assert [(one.name, one.remote_addresses, one.problems) for one in both] == [("tunnel0", (), ()), ("tunnel1", (), ())]
    whole = "int tun 0\n tunnel source 203.0.113.1\n tunnel destination 198.51.100.9\n" + typed
    assert [one.remote_addresses for one in read(whole).value.connections] == [("198.51.100.9",), ()]


ALL = """\
version 15.7
hostname r9
crypto isakmp default policy
no crypto isakmp aggressive-mode disable
crypto isakmp nat keepalive 0
crypto isakmp policy 10
 encr aes 256
 hash sha
 authentication pre-share
 group 14
 lifetime 86400
crypto isakmp identity address
crypto isakmp enable
no crypto isakmp fragmentation
crypto ikev2 proposal default
 encryption aes-cbc-256 aes-cbc-192 aes-cbc-128
 integrity sha512 sha384 sha256 sha1 md5
 group 5 2
crypto ikev2 policy default
 match fvrf any
 proposal default
no crypto ikev2 fragmentation
no crypto ikev2 cookie-challenge
crypto ikev2 window 5
crypto ipsec security-association lifetime kilobytes 4608000
crypto ipsec security-association lifetime seconds 3600
no crypto ipsec security-association replay disable
crypto ipsec security-association replay window-size 64
crypto ipsec nat-transparency udp-encapsulation
no crypto ipsec optional
crypto ipsec df-bit copy
crypto ipsec fragmentation before-encryption
crypto ipsec transform-set default esp-aes esp-sha-hmac
 mode transport
crypto ipsec transform-set T esp-aes 256 esp-sha-hmac
 mode tunnel
crypto ipsec profile default
 set security-association lifetime kilobytes 4608000
 set security-association lifetime seconds 3600
 no set security-association idle-time
 no set pfs
 set transform-set default
crypto map CM 10 ipsec-isakmp
 set peer 198.51.100.9
 no set ip access-group
 set security-association lifetime kilobytes 4608000
 set security-association lifetime seconds 3600
 no set security-association replay
 set transform-set T
 no set pfs
 no set identity
 match address 101
 no reverse-route
access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
interface GigabitEthernet0/0
 no shutdown
 ip address 203.0.113.1 255.255.255.0
 no ip proxy-arp
 crypto map CM
"""


def test_running_config_all_says_the_same_as_without_its_defaults() -> None:
    """`show running-config all` prints every default: no gap comes of it, and the model is that of the short form."""
    parsed = read(ALL)
    assert parsed.gaps == ()
    short = "version 15.7\nhostname r9\ncrypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\n"
    short += SET.replace("aes", "aes 256") + ENTRY + LIST + OUTSIDE
    assert parsed.value == read(short).value

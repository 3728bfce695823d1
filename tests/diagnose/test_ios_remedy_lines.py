"""What a remedy tells a Cisco IOS router to do: lines that can be typed as they stand, and harm no other tunnel."""

from __future__ import annotations

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.remedy import remedies
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Change, Finding, Remedy, Verdict, Verification
from ipsecbot.model.snapshot import OutputKind, RawOutput, Snapshot
from ipsecbot.model.tunnel import Endpoint, Tunnel
from ipsecbot.parse.endpoint import read_endpoint
from ipsecbot.understand import join

T1, T2 = "<secret:0123456789ab>", "<secret:ffffffffffff>"
WEST, EAST = "192.0.2.1", "192.0.2.2"
LANS = ("10.1.0.0", "10.2.0.0")


def config(own: str = WEST, peer: str = EAST, lans: tuple[str, str] = LANS, name: str = "west") -> str:
    return f"""\
version 15.4
hostname {name}
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {T1} address {peer}
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
crypto map CM 10 ipsec-isakmp
 set peer {peer}
 set transform-set T
 set pfs group14
 match address VPN
ip access-list extended VPN
 permit ip {lans[0]} 0.0.255.255 {lans[1]} 0.0.255.255
interface GigabitEthernet0/0
 ip address {own} 255.255.255.0
 crypto map CM
interface Loopback7
 ip address 198.51.100.7 255.255.255.255
ip route 0.0.0.0 0.0.0.0 192.0.2.254
"""


def ikev2(own: str = WEST, peer: str = EAST, lans: tuple[str, str] = LANS, name: str = "west") -> str:
    return f"""\
version 16.9
hostname {name}
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy POL
 proposal P
crypto ikev2 keyring KR
 peer FAR
  address {peer}
  pre-shared-key {T1}
crypto ikev2 profile PF
 match identity remote address {peer} 255.255.255.255
 authentication local pre-share
 authentication remote pre-share
 keyring local KR
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
crypto map CM 10 ipsec-isakmp
 set peer {peer}
 set transform-set T
 set ikev2-profile PF
 match address VPN
ip access-list extended VPN
 permit ip {lans[0]} 0.0.255.255 {lans[1]} 0.0.255.255
interface GigabitEthernet0/0
 ip address {own} 255.255.255.0
 crypto map CM
"""


EAST_V1 = config(EAST, WEST, (LANS[1], LANS[0]), "east").replace("198.51.100.7", "198.51.100.8")
EAST_V2 = ikev2(EAST, WEST, (LANS[1], LANS[0]), "east")
OTHER = "crypto map CM 20 ipsec-isakmp\n set peer 192.0.2.77\n set transform-set T\n match address OTHER\n"
OTHER += "ip access-list extended OTHER\n permit ip 10.1.0.0 0.0.255.255 10.7.0.0 0.0.255.255\n"


def end(name: str, text: str) -> Endpoint:
    output = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text)
    return read_endpoint(Snapshot(Device(name, Platform.CISCO_IOS), None, (output,)))


def between(west: str, east: str) -> Tunnel:
    return join("lab", end("west", west), end("east", east), WEST, EAST)


def of_west(west: str, east: str, cause: str) -> Remedy:
    """The first remedy on west, after the finding was seen to be what was meant."""
    finding = conclude(between(west, east)).findings[0]
    assert finding.cause == cause
    return next(remedy for remedy in finding.remedies if remedy.device == "west")


def test_a_key_has_to_go_before_another_is_taken() -> None:
    """`crypto isakmp key`: "A pre-shared key for address mask … already exists". The present one is not known here."""
    given = of_west(config().replace(T1, T2), EAST_V1, "psk-mismatch")
    assert given.lines == (
        f"no crypto isakmp key <the present secret> address {EAST}",
        f"crypto isakmp key <the shared secret> address {EAST}",
    )
    assert given.verified is Verification.SIMULATED


def test_a_key_for_many_stays() -> None:
    """A longer match goes before a wildcard, whose key other peers need."""
    given = of_west(config().replace(f"{T1} address {EAST}", f"{T2} address 0.0.0.0"), EAST_V1, "psk-mismatch")
    assert given.lines == (f"crypto isakmp key <the shared secret> address {EAST}",)


def test_a_key_of_a_keyring_is_replaced_there() -> None:
    """`crypto keyring`, taken by an ISAKMP profile."""
    ring = f"crypto keyring KR\n pre-shared-key address {EAST} key {T2}\ncrypto isakmp profile PF\n keyring KR\n"
    ring += f" match identity address {EAST} 255.255.255.255\n"
    west = ring + config().replace(f"crypto isakmp key {T1} address {EAST}\n", "").replace(
        " match a", " set isakmp-profile PF\n match a"
    )
    assert of_west(west, EAST_V1, "psk-mismatch").lines == (
        "crypto keyring KR",
        f" no pre-shared-key address {EAST} key <the present secret>",
        f" pre-shared-key address {EAST} key <the shared secret>",
    )


def test_an_ikev2_key_is_changed_under_its_peer() -> None:
    """The peer of the keyring has a name, and the command takes the place of the present key."""
    assert of_west(ikev2().replace(T1, T2), EAST_V2, "psk-mismatch").lines == (
        "crypto ikev2 keyring KR",
        " peer FAR",
        "  pre-shared-key <the shared secret>",
    )


def test_a_missing_ikev2_key_gets_a_peer_of_its_own() -> None:
    """Named after the other end."""
    lines = of_west(ikev2().replace(f"  address {EAST}\n", "  address 198.51.100.99\n"), EAST_V2, "psk-missing").lines
    assert lines == ("crypto ikev2 keyring KR", " peer east", f"  address {EAST}", "  pre-shared-key <the shared secret>")


def test_a_wrong_peer_address_brings_its_key() -> None:
    """The key is for the wrong address as well."""
    given = of_west(config(peer="203.0.113.77"), EAST_V1, "wrong-peer-address")
    assert given.lines == (
        "crypto map CM 10 ipsec-isakmp",
        " no set peer 203.0.113.77",
        f" set peer {EAST}",
        f"crypto isakmp key <the shared secret> address {EAST}",
    )


def test_a_wrong_peer_address_in_ikev2_brings_key_and_match() -> None:
    """Keyring and profile name the address too."""
    lines = of_west(ikev2(peer="203.0.113.77"), EAST_V2, "wrong-peer-address").lines
    assert lines[2:] == (
        f" set peer {EAST}",
        *("crypto ikev2 keyring KR", " peer east", f"  address {EAST}", "  pre-shared-key <the shared secret>"),
        *("crypto ikev2 profile PF", f" match identity remote address {EAST} 255.255.255.255"),
    )


def test_a_peer_that_expects_another_address() -> None:
    """`crypto map … local-address` where the address that the peer names is this router's too."""
    east = EAST_V1.replace(f"peer {WEST}", "peer 198.51.100.7").replace(f"address {WEST}\n", "address 198.51.100.7\n")
    given = of_west(config(), east, "wrong-peer-address")
    assert given.lines == ("crypto map CM local-address Loopback7",)


def test_a_policy_that_others_use_stays() -> None:
    """ISAKMP policies are the router's own: another one goes beside, so that no other tunnel changes."""
    weak = config().replace("aes 256\n hash", "aes\n hash")
    assert of_west(weak, EAST_V1, "ike-proposal-mismatch").lines == ("crypto isakmp policy 10", " encr aes 256")
    given = of_west(weak + OTHER, EAST_V1, "ike-proposal-mismatch")
    assert given.lines == (
        "crypto isakmp policy 11",
        " encr aes 256",
        " hash sha256",
        " group 14",
        " authentication pre-share",
        " lifetime 86400",
    )
    assert "what CM 20 also uses stays as it is" in given.why


def test_a_transform_set_that_others_use_stays() -> None:
    """A set of its own, which this entry takes."""
    weak = config().replace("T esp-aes 256", "T esp-aes")
    alone = ("crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac", " mode tunnel")
    assert of_west(weak, EAST_V1, "esp-proposal-mismatch").lines == alone
    assert of_west(weak + OTHER, EAST_V1, "esp-proposal-mismatch").lines == (
        "crypto ipsec transform-set T-east esp-aes 256 esp-sha256-hmac",
        " mode tunnel",
        "crypto map CM 10 ipsec-isakmp",
        " set transform-set T-east",
    )


def test_an_ikev2_proposal_that_others_use_gets_one_more_choice() -> None:
    """A list: the new algorithm before the present one."""
    weak = ikev2().replace("group 14", "group 5")
    assert of_west(weak, EAST_V2, "ike-proposal-mismatch").lines == ("crypto ikev2 proposal P", " group 14")
    other = OTHER.replace(" match", " set ikev2-profile PF\n match")
    assert of_west(weak + other, EAST_V2, "ike-proposal-mismatch").lines == ("crypto ikev2 proposal P", " group 14 5")


def test_authentication_methods() -> None:
    """`authentication` in the policy, or in the profile for either direction."""
    lines = of_west(
        config().replace("authentication pre-share", "authentication rsa-sig"), EAST_V1, "auth-method-mismatch"
    ).lines
    assert lines == ("crypto isakmp policy 10", " authentication pre-share")
    signed = ikev2().replace("pre-share\n", "rsa-sig\n")
    lines = of_west(signed, EAST_V2, "auth-method-mismatch").lines
    assert lines == ("crypto ikev2 profile PF", " authentication local pre-share", " authentication remote pre-share")


def test_ah_against_esp() -> None:
    """The other end's whole proposal, in the set that is there; ESP comes first of both."""
    diagnosis = conclude(between(config().replace("T esp-aes 256 esp-sha256-hmac", "T ah-sha256-hmac"), EAST_V1))
    assert diagnosis.cause == "esp-proposal-mismatch"
    first, second = diagnosis.findings[0].remedies
    assert (first.device, first.lines[0]) == ("west", "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac")
    assert second.lines[0] == "crypto ipsec transform-set T ah-sha256-hmac"


def test_a_good_line_of_an_access_list_stays() -> None:
    """Of two lines one has no mirror: only that one goes."""
    two = " permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n permit ip 10.3.0.0 0.0.255.255 10.4.0.0 0.0.255.255\n"
    wrong = config().replace(" permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n", two.replace("10.4.0.0", "10.5.0.0"))
    back = " permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
    east = EAST_V1.replace(back, back + " permit ip 10.4.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n")
    assert of_west(wrong, east, "traffic-selector-mismatch").lines == (
        "ip access-list extended VPN",
        " no permit ip 10.3.0.0 0.0.255.255 10.5.0.0 0.0.255.255",
        " permit ip 10.3.0.0 0.0.255.255 10.4.0.0 0.0.255.255",
    )


def test_a_map_that_is_not_applied() -> None:
    """On the interface that leads to the peer, by the configured routes."""
    lines = of_west(config().replace(" crypto map CM\n", ""), EAST_V1, "crypto-map-incomplete").lines
    assert lines == ("interface GigabitEthernet0/0", " crypto map CM")


def test_an_entry_without_peer_or_list() -> None:
    """The other end's address, and the mirror image of what it protects."""
    given = of_west(config().replace(f" set peer {EAST}\n", ""), EAST_V1, "crypto-map-incomplete")
    assert given.lines == ("crypto map CM 10 ipsec-isakmp", f" set peer {EAST}")
    given = of_west(config().replace(" match address VPN\n", ""), EAST_V1, "crypto-map-incomplete")
    assert given.lines == (
        "ip access-list extended east",
        " permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255",
        "crypto map CM 10 ipsec-isakmp",
        " match address east",
    )


def test_a_connection_that_is_not_there() -> None:
    """Key, set, list and entry, in the map that is applied already."""
    west = config(peer="192.0.2.99", lans=("10.1.0.0", "10.9.0.0"))
    finding = Finding("no-config-for-peer", Verdict.FOUND, 0.9, "", (), change=Change.LEFT)
    (given,) = remedies(between(west, EAST_V1), finding)
    assert given.lines == (
        f"crypto isakmp key <the shared secret> address {EAST}",
        *("crypto ipsec transform-set east esp-aes 256 esp-sha256-hmac", " mode tunnel"),
        *("ip access-list extended east", " permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"),
        *("crypto map CM 20 ipsec-isakmp", f" set peer {EAST}", " set transform-set east", " set pfs group14"),
        " match address east",
    )
    (given,) = remedies(between("version 16.9\nhostname west\n" + west[west.index("interface Gig") :], EAST_V2), finding)
    assert given.lines == (
        *("crypto ikev2 keyring east", " peer east", f"  address {EAST}", "  pre-shared-key <the shared secret>"),
        *("crypto ikev2 profile east", f" match identity remote address {EAST} 255.255.255.255"),
        *(" authentication local pre-share", " authentication remote pre-share", " keyring local east"),
        *("crypto ipsec transform-set east esp-aes 256 esp-sha256-hmac", " mode tunnel"),
        *("ip access-list extended east", " permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"),
        *("crypto map east 10 ipsec-isakmp", f" set peer {EAST}", " set transform-set east", " set ikev2-profile east"),
        *(" match address east", "interface GigabitEthernet0/0", " crypto map east"),
    )


def test_no_placeholder_where_the_configurations_tell() -> None:
    """Every line can be typed as it stands, but for the secret."""
    wests = (config(), ikev2(), config() + OTHER)
    changes = (
        ("group 14", "group 5"),
        ("esp-aes 256", "esp-3des"),
        ("10.2.0.0 0.0.255.255", "10.9.0.0 0.0.255.255"),
        (T1, T2),
        (f"set peer {EAST}", "set peer 192.0.2.99"),
    )
    for west in wests:
        for old, new in changes:
            east = EAST_V2 if west is wests[1] else EAST_V1
            for finding in conclude(between(west.replace(old, new), east)).findings[:1]:
                assert finding.remedies, (old, finding.cause)
                words = "\n".join(line for remedy in finding.remedies for line in remedy.lines)
                told = words.replace("<the shared secret>", "").replace("<the present secret>", "")
                assert "<" not in told, told

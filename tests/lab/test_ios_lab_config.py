"""The laboratory's own reading and editing of running-configs."""

from __future__ import annotations

import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

from emulated_pairs import KEYRING_V1, MAP_V1, MAP_V2, PAIRS, VTI_V1, Pair

from ipsecbot.errors import InputError
from ipsecbot.lab.ios import by_hand
from ipsecbot.lab.ios.configmode import ConfigMode
from ipsecbot.lab.ios.configreader import acl_entry, read_config
from ipsecbot.lab.ios.configtree import read_tree, write_tree
from ipsecbot.lab.ios.flows import exit_interface, flow_for, flows_of
from ipsecbot.lab.ios.ike_policy import find_key, policies_of
from ipsecbot.lab.ios.router import Router
from ipsecbot.lab.ios.world import World


def test_defaults_are_filled_in() -> None:
    """What a running-config leaves out has IOS's default: DES, SHA, RSA signatures, group 1, a day."""
    policy = read_config("crypto isakmp policy 5\n").policies[0]
    assert (policy.encryption, policy.hash, policy.authentication, policy.group, policy.lifetime) == (
        "des",
        "sha",
        "rsa-sig",
        1,
        86400,
    )
    assert read_config("crypto isakmp policy 5\n encr aes\n").policies[0].key_bits == 128
    assert [known.priority for known in policies_of(read_config("hostname r\n"))] == list(range(65507, 65515))


def test_the_longest_key_wins() -> None:
    """A key for one address goes before a key for a network and one for everybody; host names are looked up by name."""
    config = read_config(
        "crypto isakmp key all address 0.0.0.0\n"
        "crypto isakmp key net address 192.0.2.0 255.255.255.0\n"
        "crypto isakmp key one address 192.0.2.7 no-xauth\n"
        "crypto isakmp key named hostname b.example\n"
    )
    found = [find_key(config, address=address) for address in ("192.0.2.7", "192.0.2.8", "198.51.100.1")]
    assert [key.secret if key else None for key in found] == ["one", "net", "all"]
    named = find_key(config, address="198.51.100.1", hostname="b.example")
    assert named is not None
    assert named.secret == "named"


@pytest.mark.parametrize(
    ("text", "source", "destination"),
    [
        ("permit ip 10.1.0.0 0.0.255.255 any", "10.1.0.0/16", "0.0.0.0/0"),
        ("permit gre host 192.0.2.1 host 192.0.2.2", "192.0.2.1/32", "192.0.2.2/32"),
        ("deny ip any 10.0.0.0 0.255.255.255", "0.0.0.0/0", "10.0.0.0/8"),
    ],
)
def test_access_list_entries(text: str, source: str, destination: str) -> None:
    """Wildcards, hosts and any; what is not simulated is left out."""
    entry = acl_entry(text.split())
    assert entry is not None
    assert (entry.source, entry.destination) == (IPv4Network(source), IPv4Network(destination))
    assert acl_entry(["permit", "tcp", "any", "eq", "80", "any"]) is None
    assert acl_entry(["remark", "to", "the", "branch"]) is None


def test_flows_follow_maps_and_tunnels() -> None:
    """A crypto map's flow leaves where it is applied; a VTI's is found by routing; an exempted packet is nobody's."""
    config = read_config(MAP_V1.left)
    flow = flow_for(config, "10.10.1.1", "10.20.5.9")
    assert flow is not None
    assert (flow.tag, flow.local_address, flow.peer, flow.version) == ("WAN", "198.51.100.10", "203.0.113.20", 1)
    assert flow_for(config, "10.10.1.1", "8.8.8.8") is None
    vti = read_config(VTI_V1.left)
    assert exit_interface(vti, "10.20.5.9") == "Tunnel7"
    assert flow_for(vti, "10.10.1.1", "10.20.5.9") is not None
    denied = MAP_V1.left.replace(" permit ip 10.10", " deny ip host 10.10.1.1 10.20.5.0 0.0.0.255\n permit ip 10.10")
    assert flow_for(read_config(denied), "10.10.1.1", "10.20.5.9") is None
    assert flow_for(read_config(denied), "10.10.1.2", "10.20.5.9") is not None
    unapplied = MAP_V1.left.replace(" crypto map WAN\n", "", 1) if MAP_V1.left.count(" crypto map WAN\n") == 1 else ""
    assert flows_of(read_config(unapplied)) == ()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_config_survives_being_rewritten(pair: Pair) -> None:
    """Tree and text are the same thing: what is read and written again reads alike."""
    for text in (pair.left, pair.right):
        assert read_config(write_tree(read_tree(text))) == read_config(text)


def typed(text: str, *lines: str) -> tuple[Router, list[str]]:
    router = Router("r", text, World())
    mode = ConfigMode(router)
    answers = []
    for line in lines:
        reply = mode.enter(line)
        answers.append("invalid" if reply.invalid_at is not None else reply.text)
    return router, answers


def test_settings_replace_their_predecessor() -> None:
    """encr, group, set transform-set, set pfs stand once; set peer and ACL entries add up; `no` takes them out."""
    router, answers = typed(
        MAP_V1.left,
        "crypto isakmp policy 10",
        "encryption aes 192",
        "group 19",
        "crypto map WAN 10 ipsec-isakmp",
        "set pfs group14",
        "set peer 203.0.113.21",
        "no set peer 203.0.113.20",
        "ip access-list extended TO-BRANCH",
        "no permit ip 10.10.0.0 0.0.255.255 10.20.5.0 0.0.0.255",
        "10 permit ip 10.10.0.0 0.0.255.255 10.20.0.0 0.0.255.255",
        "end",
    )
    assert set(answers) == {""}
    config = router.config
    assert (config.policies[0].key_bits, config.policies[0].group) == (192, 19)
    assert (config.crypto_maps[0].peers, config.crypto_maps[0].pfs) == (("203.0.113.21",), 14)
    (entry,) = config.acl("TO-BRANCH") or ()
    assert entry.destination == IPv4Network("10.20.0.0/16")


def test_blocks_come_and_go() -> None:
    """New policies, keys, transform sets, interfaces' maps and IKEv2 blocks; `no` with a block's name removes it whole."""
    router, _ = typed(
        MAP_V2.left,
        "crypto ikev2 proposal PROP",
        "integrity sha512",
        "crypto ikev2 keyring KR",
        "peer BRANCH",
        "pre-shared-key another",
        "exit",
        "exit",
        "crypto ikev2 profile IKE2",
        "no match identity remote address 203.0.113.20 255.255.255.255",
        "match identity remote fqdn branch.example",
        "identity local fqdn hq.example",
        "interface gi0/0",
        "no crypto map WAN",
        "no crypto ipsec transform-set TS-AES",
        "crypto ipsec transform-set TS-AES esp-gcm 256",
        "mode tunnel",
        "end",
    )
    config = router.config
    assert config.ikev2_proposals[0].integrities == ("sha512",)
    assert config.ikev2_keyrings[0].peers[0].local_secret == "another"
    assert config.ikev2_profiles[0].matches == (("fqdn", "branch.example"),)
    assert flows_of(config) == ()
    assert config.transform_sets[0].cipher == ("esp-gcm", 256)


def test_switches_that_are_on_by_default() -> None:
    """`no crypto isakmp enable` stands in the text, `crypto isakmp enable` takes it out again."""
    router, _ = typed(MAP_V1.left, "no crypto isakmp enable")
    assert not router.config.isakmp_enabled
    assert "no crypto isakmp enable" in router.text
    router, _ = typed(router.text, "crypto isakmp enable", "crypto isakmp aggressive-mode disable")
    assert router.config.isakmp_enabled
    assert router.config.aggressive_disabled
    assert "crypto isakmp enable" not in router.text


def test_a_second_key_for_an_address_is_refused() -> None:
    """IOS keeps the first key and says so; after `no` the new one is taken."""
    router, answers = typed(
        MAP_V1.left,
        "crypto isakmp key Other address 203.0.113.20",
        "no crypto isakmp key whatever address 203.0.113.20",
        "crypto isakmp key Other address 203.0.113.20",
    )
    assert answers[0].startswith("A pre-shared key for address mask 203.0.113.20 255.255.255.255 already exists!")
    assert answers[1:] == ["", ""]
    assert [key.secret for key in router.config.keys] == ["Other"]


def test_nonsense_is_invalid_input() -> None:
    """Unknown words, and values that cannot be read, change nothing."""
    router, answers = typed(
        KEYRING_V1.left,
        "flumox",
        "crypto isakmp policy 10",
        "encr aes 256",
        "group many",
        "interface gi0/0",
        "ip address 1.2 3",
    )
    assert answers == ["invalid", "", "", "invalid", "", "invalid"]
    assert read_config(router.text) == read_config(KEYRING_V1.left)


def test_a_ping_that_fits_the_tunnel() -> None:
    """The inventory's trigger: an own address that is protected, and one behind the other end."""
    for pair in PAIRS:
        left, right = read_config(pair.left), read_config(pair.right)
        assert by_hand.protected_pair(left, right) == ("10.10.1.1", "10.20.5.1")


def test_a_file_that_is_no_config(tmp_path: Path) -> None:
    """One clear sentence, no traceback."""
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as a running-config"):
        by_hand.run(bad, bad, None, print)
    bad.write_text("interface Gi0\n ip address 300.1.1.1 255.0.0.0\n")
    with pytest.raises(InputError, match="cannot be read as a running-config"):
        by_hand.run(bad, bad, None, print)

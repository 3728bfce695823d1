"""Remedies: in the device's own syntax, tried in replay, the stronger choice first, never a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_tunnels import EAST, LEFT, RIGHT, WEST, both, fqdn, line, tunnel
from test_further_outages import OUTAGES as FURTHER
from test_outages import ALL_CONFIG_ONLY, OUTAGES

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.remedy.strength import is_stronger
from ipsecbot.model.connection import EncapsulationMode, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Remedy, Verification
from ipsecbot.model.proposal import Protocol, TransformType
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.spellings import read_keywords

IOS1 = {"platform": Platform.CISCO_IOS, "versions": (1,)}
IOS2 = {"platform": Platform.CISCO_IOS, "keyring": "KR"}
SWAN2: dict[str, object] = {}
LOAD = "swanctl --load-all"


def remedies(shown: Tunnel) -> tuple[Remedy, ...]:
    return conclude(shown).findings[0].remedies


def swan(*settings: str, section: tuple[str, ...] = ()) -> tuple[str, ...]:
    path = ("connections", "gw", *section)
    opening = [f"{'  ' * depth}{name} {{" for depth, name in enumerate(path)]
    closing = [f"{'  ' * depth}}}" for depth in reversed(range(len(path)))]
    return (*opening, *(f"{'  ' * len(path)}{setting}" for setting in settings), *closing, LOAD)


NET = ("children", "net")
LINES = [
    ("encryption v1", IOS1, {"ike": "aes128-sha256-modp2048"}, ("crypto isakmp policy 1", " encr aes 256")),
    ("hash v1", IOS1, {"ike": "aes256-md5-modp2048"}, ("crypto isakmp policy 1", " hash sha256")),
    ("group v1", IOS1, {"ike": "aes256-sha256-modp1024"}, ("crypto isakmp policy 1", " group 14")),
    ("encryption v2", IOS2, {"ike": "aes128-sha256-modp2048"}, ("crypto ikev2 proposal PROP", " encryption aes-cbc-256")),
    ("group v2", IOS2, {"ike": "aes256-sha256-modp1536"}, ("crypto ikev2 proposal PROP", " group 14")),
    ("swanctl ike", SWAN2, {"ike": "aes256-sha256-modp1024"}, swan("proposals = aes256-sha256-modp2048")),
    (
        "transform set",
        IOS1,
        {"esp": "aes256-sha1"},
        ("crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac", " mode tunnel"),
    ),
    ("swanctl esp", SWAN2, {"esp": "3des-sha256"}, swan("esp_proposals = aes256-sha256", section=NET)),
    (
        "acl",
        IOS1,
        {"peer_net": "10.9.0.0/16"},
        (
            "ip access-list extended VPN",
            " no permit ip 10.2.0.0 0.0.255.255 10.9.0.0 0.0.255.255",
            " permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255",
        ),
    ),
    ("swanctl ts", SWAN2, {"peer_net": "10.9.0.0/16"}, swan("local_ts = 10.2.0.0/16", "remote_ts = 10.1.0.0/16", section=NET)),
    ("swanctl version", SWAN2, {"versions": (1,)}, swan("version = 2")),
    ("swanctl id", SWAN2, {"remote_id": fqdn("w.example")}, swan("id = 192.0.2.1", section=("remote",))),
    ("swanctl key", SWAN2, {"has_key": False}, ('    secret = "<the shared secret>"',)),
    ("ios key", IOS1, {"has_key": False}, ("crypto isakmp key <the shared secret> address 192.0.2.1",)),
    (
        "ios keyring",
        IOS2,
        {"has_key": False},
        ("crypto ikev2 keyring KR", " peer west", "  address 192.0.2.1", "  pre-shared-key <the shared secret>"),
    ),
]


@pytest.mark.parametrize(("platforms", "wrong", "lines"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_the_lines_are_what_one_would_type(platforms: dict, wrong: dict, lines: tuple[str, ...]) -> None:
    """The end that differs from a healthy pair gets these lines, and replay with them comes up."""
    left, right = both(**platforms)
    given = [remedy for remedy in remedies(tunnel(left, replace(right, **wrong))) if remedy.device == "east"]
    assert given
    assert set(lines) <= set(given[0].lines), given
    assert given[0].verified is Verification.SIMULATED


def test_the_better_choice_comes_first_and_quotes_the_line() -> None:
    """Raise the weak end rather than lower the strong one."""
    best, other = remedies(tunnel(LEFT, replace(RIGHT, ike="aes256-sha256-modp1024")))
    assert (best.device, other.device) == ("east", "west")
    assert "raises" in best.why
    assert "aes256-sha256-modp1024" in best.why
    assert "config line" in best.why


def test_a_side_at_fault_is_the_only_one_to_change() -> None:
    """A missing key is missing on one end."""
    assert {remedy.device for remedy in remedies(tunnel(LEFT, replace(RIGHT, has_key=False)))} == {"east"}


def test_pfs_on_one_end_is_wanted_on_both() -> None:
    """IOS says `set pfs` in the crypto map entry, whose line is quoted as it stands."""
    left, right = both(**IOS1)
    opened = line("west", "crypto map CM 10 ipsec-isakmp", "config")
    west = replace(left.endpoint, connections=(replace(left.connection, source=opened),))
    first = remedies(tunnel(west, replace(right, esp="aes256-sha256-modp2048")))[0]
    assert first.lines == ("crypto map CM 10 ipsec-isakmp", " set pfs group14")
    assert first.verified is Verification.SIMULATED


def test_aggressive_mode_is_never_recommended() -> None:
    """Only the aggressive end gets a remedy."""
    left, right = both(versions=(1,))
    given = remedies(tunnel(replace(left, mode=ExchangeMode.AGGRESSIVE), right))
    assert [(remedy.device, "aggressive = no" in "\n".join(remedy.lines)) for remedy in given] == [("west", True)]


def test_encapsulation_prefers_tunnel_mode() -> None:
    """Between gateways that is the mode that works."""
    left, right = both(**IOS1)
    left, right = (
        replace(left, net=f"{WEST}/32", peer_net=f"{EAST}/32"),
        replace(right, net=f"{EAST}/32", peer_net=f"{WEST}/32"),
    )
    given = remedies(tunnel(replace(left, encapsulation=EncapsulationMode.TRANSPORT), right))
    assert given[0].lines[-1] == " mode tunnel"


def test_ipsec_conf_gets_its_own_keys() -> None:
    """What was read from ipsec.conf is answered in ipsec.conf."""
    changed = RIGHT.connection
    source = replace(line("east", "conn gw"), output="/etc/ipsec.conf")
    weak = replace(RIGHT, ike="aes256-sha256-modp1024").connection
    ike = replace(weak.ike, proposals=tuple(replace(p, source=source) for p in weak.ike.proposals))
    east = replace(RIGHT.endpoint, connections=(replace(changed, ike=ike, source=source),))
    first = remedies(tunnel(LEFT, east))[0]
    assert first.lines == ("conn gw", "    ike=aes256-sha256-modp2048!", "ipsec reload")


def test_a_filter_is_described_not_verified() -> None:
    """Replay knows nothing of the path."""
    from test_outages import nat_t_v1

    given = remedies(nat_t_v1())
    assert all(remedy.verified is Verification.NOT_VERIFIED for remedy in given)
    assert any("non500-isakmp" in text for remedy in given for text in remedy.lines)


@pytest.mark.parametrize("row", [*OUTAGES, *ALL_CONFIG_ONLY, *FURTHER])
def test_no_remedy_holds_a_secret(row: tuple) -> None:
    """Not even a fingerprint of one."""
    diagnosis = conclude(row[0]())
    text = "\n".join(text for f in diagnosis.findings for r in f.remedies for text in (*r.lines, r.why)) + diagnosis.headline
    assert "aaaaaaaaaaaa" not in text
    assert "bbbbbbbbbbbb" not in text
    assert all("aaaaaaaaaaaa" not in (f.offered or "") + (f.accepted or "") for f in diagnosis.findings)


STRONGER = [
    ("aes256-sha256", "aes128-sha256", TransformType.ENCR),
    ("aes128gcm16", "aes256-sha256", TransformType.ENCR),
    ("aes128-sha256", "aes128-md5", TransformType.INTEG),
    ("aes128-sha256-ecp384", "aes128-sha256-modp2048", TransformType.KE),
    ("aes128-sha256-modp2048", "aes128-sha256", TransformType.KE),
]


@pytest.mark.parametrize(("better", "worse", "kind"), STRONGER)
def test_strength(better: str, worse: str, kind: TransformType) -> None:
    """The table ranks as RFC 8221 and RFC 8247 do."""
    one, other = (read_keywords(words, Protocol.ESP)[0] for words in (better, worse))
    assert is_stronger(one, other, (kind,))
    assert not is_stronger(other, one, (kind,))


def test_wrong_peer_address_is_corrected_on_the_end_that_has_it() -> None:
    """`set peer` under the entry that names the wrong one."""
    left, right = both(**IOS1)
    given = remedies(tunnel(replace(left, peer="203.0.113.77"), right))
    assert given[0].lines[1:] == (" no set peer 203.0.113.77", f" set peer {EAST}")

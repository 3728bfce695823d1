"""What other engineers' configurations do that ours did not: each claim was a wrong diagnosis once."""

from __future__ import annotations

from datetime import UTC, datetime

from ipsecbot.model.connection import Connection
from ipsecbot.model.proposal import TransformType
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.config import read_config

HEAD = "version 15.4\nhostname r9\n"
PROFILE = "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec profile P\n set transform-set T\n"
OUTSIDE = (
    "interface GigabitEthernet0/0\n ip address 203.0.113.9 255.255.255.0 secondary\n ip address 203.0.113.1 255.255.255.0\n"
)


def _connections(text: str) -> tuple[Connection, ...]:
    output = RawOutput(OutputKind.RUNNING_CONFIG, "show running-config", text, datetime(2026, 1, 1, tzinfo=UTC))
    return read_config(output, "r9").value.connections or ()


def _tunnel(*lines: str) -> str:
    return "interface Tunnel3\n" + "".join(f" {line}\n" for line in lines)


TO_PEER = ("tunnel source GigabitEthernet0/0", "tunnel mode ipsec ipv4", "tunnel destination 198.51.100.9")


def test_ike_speaks_from_the_primary_address() -> None:
    """IOS prints secondary addresses first; the primary one is what a tunnel or map speaks from."""
    text = HEAD + PROFILE + OUTSIDE + _tunnel(*TO_PEER, "tunnel protection ipsec profile P")
    assert _connections(text)[0].local_addresses == ("203.0.113.1",)


def test_a_tunnel_points_at_its_destination_line() -> None:
    """What a remedy has to change is the destination, not the source."""
    source = _connections(HEAD + PROFILE + OUTSIDE + _tunnel(*TO_PEER, "tunnel protection ipsec profile P"))[0].address_source
    assert source is not None
    assert source.text.strip() == "tunnel destination 198.51.100.9"


def test_a_tunnel_without_protection_beside_an_idle_profile_is_incomplete() -> None:
    """The profile that no tunnel uses tells that the tunnel was meant to be protected."""
    (connection,) = _connections(HEAD + PROFILE + OUTSIDE + _tunnel(*TO_PEER))
    assert [words for words, _ in connection.problems] == ["Tunnel3 has no tunnel protection"]


def test_a_plain_tunnel_is_no_connection() -> None:
    """Without any IPsec profile, or where a crypto map has the peer, a GRE tunnel is just that."""
    assert _connections(HEAD + OUTSIDE + _tunnel(*TO_PEER)) == ()


def test_keyring_default_means_the_global_keys() -> None:
    """`keyring default` in an ISAKMP profile is no keyring of that name."""
    profile = "crypto isakmp profile AM\n keyring default\n match identity address 198.51.100.9 255.255.255.255\n"
    protected = PROFILE + " set isakmp-profile AM\n"
    connection = _connections(HEAD + profile + protected + OUTSIDE + _tunnel(*TO_PEER, "tunnel protection ipsec profile P"))[0]
    assert connection.ike.keyring is None


def test_the_default_ikev2_proposal_can_be_changed_in_part() -> None:
    """What is typed under `crypto ikev2 proposal default` replaces that part of the smart default only."""
    ikev2 = "crypto ikev2 proposal default\n group 14\ncrypto ikev2 profile V2\n match identity remote any\n"
    protected = PROFILE + " set ikev2-profile V2\n"
    connection = _connections(HEAD + ikev2 + protected + OUTSIDE + _tunnel(*TO_PEER, "tunnel protection ipsec profile P"))[0]
    (proposal,) = connection.ike.proposals
    assert [algorithm.keyword for algorithm in proposal.of(TransformType.KE)] == ["modp2048"]
    assert [algorithm.keyword for algorithm in proposal.of(TransformType.ENCR)] == ["aes256", "aes192", "aes128"]

"""Which connections belong together."""

from __future__ import annotations

from dataclasses import replace

from two_ends import LEFT, LEFT_NET, RIGHT, RIGHT_NET, End, esp, pairs, two_ends

from ipsecbot.model.connection import Connection
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.pairing import candidates, elsewhere, pair


def named(end: End, name: str) -> Connection:
    return replace(end.connection, name=name)


def with_connections(end: End, *connections: Connection) -> Endpoint:
    return replace(end.endpoint, connections=connections)


def names(left: Endpoint, right: Endpoint) -> list[tuple[str, str]]:
    return [(found.left.name, found.right.name) for found in pair(left, right, LEFT, RIGHT)]


def test_two_ends_that_name_each_other_are_paired_and_replayed_both_ways() -> None:
    """One pairing, with the replay of both directions."""
    left, right = two_ends()
    found = pair(left.endpoint, right.endpoint, LEFT, RIGHT)
    assert len(found) == 1
    assert (found[0].left_initiates.initiator, found[0].right_initiates.initiator) == ("left", "right")
    assert found[0].left_initiates.mismatches == ()


def test_the_closest_address_comes_first_and_a_broken_pair_is_still_a_pair() -> None:
    """A connection for this peer is meant, even when a catch-all would negotiate."""
    left, right = two_ends()
    exact = named(replace(right, esp=esp("aes128-sha256")), "exact")
    catch_all = named(replace(right, remote_addresses=("%any",)), "catch-all")
    found = names(left.endpoint, with_connections(right, catch_all, exact))
    assert found[0] == ("tunnel", "exact")


def test_selectors_tell_connections_to_the_same_peer_apart() -> None:
    """Two crypto map entries with one peer: crosswise differences are no faults."""
    left, right = two_ends()
    other = "10.3.0.0/24 === 10.4.0.0/24", "10.4.0.0/24 === 10.3.0.0/24"
    lefts = with_connections(left, named(left, "l1"), named(replace(left, selectors=pairs(other[0])), "l2"))
    rights = with_connections(right, named(replace(right, selectors=pairs(other[1])), "r2"), named(right, "r1"))
    assert sorted(names(lefts, rights)) == [("l1", "r1"), ("l2", "r2")]


def test_nothing_for_the_peer_pairs_with_nothing_and_the_candidates_say_which_end() -> None:
    """The left end wants the right one, which has no connection for it: no-config-for-peer."""
    left, right = two_ends()
    right = replace(right, remote_addresses=("203.0.113.9",))
    assert pair(left.endpoint, right.endpoint, LEFT, RIGHT) == ()
    assert [found.name for found in candidates(left.endpoint, LEFT, RIGHT)] == ["tunnel"]
    assert candidates(right.endpoint, RIGHT, LEFT) == ()


def test_candidates_match_networks_names_and_own_addresses() -> None:
    """A network and %any match, a host name stays possible, another own address does not match."""
    left, _ = two_ends()
    rows = [
        named(replace(left, remote_addresses=("gw.example.org",)), "by name"),
        named(replace(left, remote_addresses=("%any",)), "anybody"),
        named(replace(left, remote_addresses=("198.51.100.0/24",)), "network"),
        named(replace(left, remote_addresses=(RIGHT,)), "exact"),
        named(replace(left, remote_addresses=(RIGHT,), local_addresses=("192.0.2.77",)), "elsewhere"),
        replace(named(left, "not applied"), applied=False),
    ]
    found = candidates(with_connections(left, *rows), LEFT, RIGHT)
    assert [connection.name for connection in found] == ["exact", "network", "anybody", "by name", "not applied"]


def test_addresses_that_nobody_told_come_from_the_ends_themselves() -> None:
    """Without an inventory the ends' own addresses find the connections."""
    left, right = two_ends()
    found = pair(left.endpoint, right.endpoint)
    assert len(found) == 1
    assert found[0].left_initiates.mismatches == ()
    assert [str(one) for one in found[0].left_initiates.selectors] == [f"{LEFT_NET} === {RIGHT_NET}"]


def test_an_end_whose_configuration_was_not_read_pairs_with_nothing() -> None:
    """Unknown is not none: the caller sees `connections is None`."""
    left, right = two_ends()
    assert pair(left.endpoint, replace(right.endpoint, connections=None), LEFT, RIGHT) == ()


def test_an_end_behind_a_nat_is_known_by_what_both_protect() -> None:
    """The right end names the translated address, which nobody owns: mirrored selectors tell who is meant, and no wrong
    address is claimed."""
    left, right = two_ends()
    inside = "192.168.178.2"
    left = replace(left, address=inside)
    right = replace(right, remote_addresses=("203.0.113.99",))
    found = pair(left.endpoint, right.endpoint, inside, RIGHT)
    assert [(pairing.left.name, pairing.right.name) for pairing in found] == [("tunnel", "tunnel")]
    replayed = found[0].left_initiates
    assert "address" not in [mismatch.aspect for mismatch in replayed.mismatches]
    assert any("behind a NAT" in word for word in replayed.unknown)


def test_a_private_end_that_protects_something_else_is_not_meant() -> None:
    """Behind a NAT, other networks mean another tunnel."""
    left, right = two_ends()
    inside = "192.168.178.2"
    left = replace(left, address=inside)
    elsewhere = pairs("10.9.0.0/24 === 10.8.0.0/24")
    right = replace(right, remote_addresses=("203.0.113.99",), selectors=elsewhere)
    assert pair(left.endpoint, right.endpoint, inside, RIGHT) == ()


def test_a_second_uplink_to_the_same_peer_is_another_tunnel() -> None:
    """Both connections of the left end name the right one; only the one that starts from the tunnel's address is meant, and
    what the hub has for the second address is not what it lacks for the first."""
    left, right = two_ends()
    second = replace(left, local_addresses=("192.0.2.50",))
    lefts = with_connections(left, named(second, "second"), named(replace(left, local_addresses=(LEFT,)), "first"))
    lefts = replace(lefts, addresses=(LEFT, "192.0.2.50"))
    for_second = named(replace(right, remote_addresses=("192.0.2.50",)), "for-second")
    assert names(lefts, with_connections(right, for_second, named(right, "for-first"))) == [("first", "for-first")]
    assert names(lefts, with_connections(right, for_second)) == []
    assert elsewhere(lefts, LEFT, RIGHT) == {"192.0.2.50"}
    assert elsewhere(lefts, None, RIGHT) == frozenset()

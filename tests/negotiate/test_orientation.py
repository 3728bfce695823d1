"""One ipsec.conf on both hosts: each reads itself out of it."""

from __future__ import annotations

from dataclasses import replace

from two_ends import two_ends

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, LogEvent
from ipsecbot.negotiate.orientation import oriented
from ipsecbot.negotiate.pairing import pair


def test_the_same_file_at_both_ends_is_turned_at_one() -> None:
    """Then both agree with each other, instead of differing in everything."""
    left, right = two_ends()
    twin = replace(right.endpoint, connections=left.endpoint.connections, keys=left.endpoint.keys, addresses=())
    west, east = oriented(left.endpoint, twin)
    assert west == left.endpoint
    found = pair(west, east)
    assert len(found) == 1
    assert found[0].left_initiates.mismatches == ()
    assert found[0].right_initiates.mismatches == ()


def test_the_log_tells_which_end_is_which() -> None:
    """Who talks to an address does not own it."""
    left, right = two_ends()
    talk = LogEvent(EventKind.STARTED, Source("right", "log", 1, 1), remote=left.address)
    twin = replace(right.endpoint, connections=left.endpoint.connections, events=(talk,), addresses=())
    assert oriented(left.endpoint, twin)[0] == left.endpoint
    first = replace(left.endpoint, events=(replace(talk, remote=left.address),), addresses=())
    turned, kept = oriented(first, replace(twin, events=()))
    assert kept.connections == left.endpoint.connections
    assert turned.connections != left.endpoint.connections


def test_two_different_files_are_left_alone() -> None:
    """Also those of two ends that nobody told from each other."""
    left, right = two_ends()
    assert oriented(left.endpoint, right.endpoint) == (left.endpoint, right.endpoint)

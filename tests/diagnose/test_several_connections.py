"""An end with more than one connection or child: the verdict speaks of the one that was meant."""

from __future__ import annotations

from dataclasses import replace

from broken_tunnels import LEFT, RIGHT, End, selector, tunnel

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.connection import ChildPolicy, Connection
from ipsecbot.model.selectors import SelectorPair
from ipsecbot.model.tunnel import Endpoint


def _child(end: End, name: str, local: str, remote: str) -> ChildPolicy:
    template = end.connection.children[0]
    return replace(template, name=name, selectors=(SelectorPair(selector(local), selector(remote)),))


def _with(end: End, *connections: Connection) -> Endpoint:
    return replace(end.endpoint, connections=connections)


def test_a_template_that_is_not_loaded_is_not_compared() -> None:
    """`conn peer` that others include by `also=` is in the file, names the peer, and is no tunnel."""
    used = replace(LEFT, esp="chacha20poly1305").connection
    template = replace(LEFT.connection, name="peer", running=False, children=(_child(LEFT, "peer", "192.0.2.1", "192.0.2.2"),))
    diagnosis = conclude(tunnel(_with(LEFT, template, replace(used, running=True)), RIGHT))
    assert [finding.cause for finding in diagnosis.findings] == ["esp-proposal-mismatch"]


def test_a_connection_that_is_not_loaded_is_compared_where_there_is_no_other() -> None:
    """Then it says that it is not loaded."""
    idle = replace(LEFT.connection, running=False)
    assert conclude(tunnel(_with(LEFT, idle), RIGHT)).cause == "config-not-loaded"


def test_a_child_without_a_partner_is_compared_with_the_one_nobody_else_uses() -> None:
    """`net` fits `net`; what `voice` misses is shown beside the other end's `voice`."""
    left = replace(
        LEFT.connection,
        children=(*LEFT.connection.children, _child(LEFT, "voice", LEFT.net, "10.99.0.0/24")),
    )
    right = replace(
        RIGHT.connection,
        children=(*RIGHT.connection.children, _child(RIGHT, "voice", "10.98.0.0/24", LEFT.net)),
    )
    best = conclude(tunnel(_with(LEFT, left), _with(RIGHT, right))).findings[0]
    assert (best.cause, best.offered, best.accepted) == (
        "traffic-selector-mismatch",
        f"{LEFT.net} === 10.99.0.0/24",
        f"{LEFT.net} === 10.98.0.0/24",
    )

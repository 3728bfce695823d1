from __future__ import annotations

import json
from dataclasses import replace

from report_sample import diagnosis

from ipsecbot.diagnose.related import related
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Source
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.report.document import to_json

POLICY = Source("branch-17", "show running-config", 14, 14, "crypto isakmp policy 10")
PEER = Source("branch-17", "show running-config", 30, 30, " set peer 203.0.113.1")


def with_lines(connection: Connection) -> Connection:
    proposals = tuple(replace(proposal, source=POLICY) for proposal in connection.ike.proposals)
    return replace(connection, address_source=PEER, ike=replace(connection.ike, proposals=proposals))


def read_left(tunnel: Tunnel) -> Tunnel:
    assert tunnel.pairings is not None
    pairing = tunnel.pairings[0]
    return replace(tunnel, pairings=(replace(pairing, left=with_lines(pairing.left)),))


def test_each_message_has_the_lines_that_decide_it() -> None:
    """MM1 offers the policies to the configured peer: those lines stand beside it, in the order of the file."""
    found = related(read_left(diagnosis().tunnel))
    (mine,) = [one for one in found if one.device == "branch-17"]
    assert (mine.message, mine.lines, mine.commands) == ("MM1", (POLICY, PEER), ())


def test_where_no_configuration_was_read_the_commands_that_show_it_are_named() -> None:
    """The other router's configuration is not there: what would show its lines is said instead."""
    found = related(read_left(diagnosis().tunnel))
    (theirs,) = [one for one in found if one.device == "hq"]
    assert theirs.lines == ()
    assert theirs.commands[0] == "show crypto map"


def test_the_document_carries_them_with_the_exchange() -> None:
    """`related_config` of an exchange holds the lines of its own device."""
    page = diagnosis()
    page = replace(page, related=related(read_left(page.tunnel)))
    exchanges = json.loads(to_json(page))["exchanges"]
    assert [line["line"] for line in exchanges[0]["related_config"][0]["lines"]] == [14, 30]

"""Remedies on strongSwan name the sections and entries that are really there: a new one beside them would mend nothing."""

from __future__ import annotations

from dataclasses import replace

from broken_tunnels import EAST, LEFT, RIGHT, WEST, event, exchange, fqdn, tunnel

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.strongswan import write
from ipsecbot.diagnose.remedy.whom import meant
from ipsecbot.model.connection import Connection, StartAction
from ipsecbot.model.evidence import Finding, Side, Source, Verdict
from ipsecbot.model.exchange import EventKind, Outcome
from ipsecbot.model.identity import IdType, IkeIdentity, Secret, SharedKey
from ipsecbot.model.sa import Role

DN = IkeIdentity(IdType.DN, "C=CH, O=Lab AG, CN=left")
KEY = SharedKey(Secret("aa"), ("hq.example", "%any"), source=Source("gw", "/etc/ipsec.d/lab.secrets", 3, 3), name="ike-branch")
PEER = fqdn("branch.example")


def named(local: str | None, remote: str | None) -> Connection:
    return replace(LEFT.connection, ike=replace(LEFT.connection.ike, local_round=local, remote_round=remote))


def lines(edit: Edit, connection: Connection) -> tuple[str, ...]:
    return write(Plan(Side.LEFT, edit, "", connection)) or ()


def test_an_identity_goes_into_the_round_that_is_there() -> None:
    """`local { … }` beside `local-main { … }` would be a second round of authentication."""
    assert "    local-main {" in lines(Edit(What.LOCAL_ID, identity=PEER), named("local-main", "remote-1"))
    assert "    remote-1 {" in lines(Edit(What.REMOTE_ID, identity=PEER), named("local-main", "remote-1"))
    assert "    local {" in lines(Edit(What.LOCAL_ID, identity=PEER), named(None, None))


def test_a_distinguished_name_is_quoted() -> None:
    """It holds blanks, commas and equal signs."""
    assert '      id = "C=CH, O=Lab AG, CN=left"' in lines(Edit(What.LOCAL_ID, identity=DN), named("local", "remote"))
    assert "      id = branch.example" in lines(Edit(What.LOCAL_ID, identity=PEER), named("local", "remote"))


def test_the_entry_of_a_wrong_key_is_replaced() -> None:
    """A second entry for the same identities would leave it to chance which of them is taken."""
    found = lines(Edit(What.KEY, identity=PEER, key=KEY), LEFT.connection)
    assert found[1:3] == ("  ike-branch {", '    secret = "<the shared secret>"')


def test_a_missing_key_becomes_an_entry_of_its_own() -> None:
    """With the identities it is looked for by."""
    found = lines(Edit(What.KEY, identity=PEER), LEFT.connection)
    assert "    id-2 = branch.example" in found


def test_ipsec_secrets_says_which_line_of_which_file() -> None:
    """The key may stand in an included file, and keeps its owners."""
    stroke = replace(LEFT.connection, source=Source("gw", "/etc/ipsec.conf", 1, 1))
    found = lines(Edit(What.KEY, near=KEY.source, identity=PEER, key=KEY), stroke)
    assert found[0] == "# /etc/ipsec.d/lab.secrets, instead of line 3:"
    assert found[1] == 'hq.example %any : PSK "<the shared secret>"'


def test_a_policy_that_waits_for_traffic_gets_some() -> None:
    """Where `start_action = trap` is set already, setting it again would change nothing."""
    child = replace(LEFT.connection.children[0], start_action=StartAction.TRAP)
    edit = Edit(What.TRAFFIC, selectors=child.selectors or (), own_address="10.1.0.1")
    assert write(Plan(Side.LEFT, edit, "", LEFT.connection, child)) == ("ping -c 3 -I 10.1.0.1 10.2.0.1",)


def test_the_service_is_the_one_that_reads_the_file() -> None:
    """ipsec.conf belongs to strongswan-starter."""
    stroke = replace(LEFT.connection, source=Source("gw", "/etc/ipsec.conf", 1, 1))
    assert lines(Edit(What.DAEMON), stroke) == ("systemctl enable --now strongswan-starter",)
    assert lines(Edit(What.DAEMON), LEFT.connection) == ("systemctl enable --now strongswan",)


def test_of_many_connections_the_one_that_is_meant_is_mended() -> None:
    """The first of a hub's connections is another peer's."""
    stranger = replace(RIGHT.connection, name="stranger", remote_addresses=("203.0.113.9",))
    hub = replace(RIGHT.endpoint, connections=(stranger, RIGHT.connection))
    finding = Finding("no-interesting-traffic", Verdict.FOUND, 0.8, "", ())
    assert meant(tunnel(LEFT, hub), Side.RIGHT, finding) == RIGHT.connection


def test_a_connection_that_is_missing_is_the_mirror_image_of_the_others() -> None:
    """Proposals, identities and networks as the other end has them, swapped."""
    elsewhere = replace(RIGHT, peer="203.0.113.9")
    refused = event("east", EventKind.NO_CONNECTION, local=EAST, remote=WEST)
    talk = exchange("east", Role.RESPONDER, "< IKE_SA_INIT request, > IKE_SA_INIT response", Outcome.REFUSED, refused)
    best = conclude(tunnel(LEFT, elsewhere, talk)).findings[0]
    assert best.cause == "no-config-for-peer"
    typed = best.remedies[0].lines
    assert {"    local_addrs = 192.0.2.2", "    remote_addrs = 192.0.2.1", "        remote_ts = 10.1.0.0/16"} <= set(typed)
    assert typed[-1] == "swanctl --load-all"

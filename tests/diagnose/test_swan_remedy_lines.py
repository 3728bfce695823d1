"""Remedies on strongSwan name the sections and entries that are really there: a new one beside them would mend nothing."""

from __future__ import annotations

from dataclasses import replace

from broken_tunnels import LEFT, fqdn

from ipsecbot.diagnose.remedy.edits import Edit, Plan, What
from ipsecbot.diagnose.remedy.strongswan import write
from ipsecbot.model.connection import Connection
from ipsecbot.model.evidence import Side, Source
from ipsecbot.model.identity import IdType, IkeIdentity, Secret, SharedKey

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

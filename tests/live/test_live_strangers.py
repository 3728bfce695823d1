"""Strange tunnels end in the right cause all the same, and what the program says to type mends them."""

from __future__ import annotations

import re

import pytest
from swan_confs import SECRET
from swan_diagnosis import run_diagnosis
from swan_strangers import SPOKE, STRANGERS, Stranger, hub, left, right, swan

from ipsecbot.lab.strongswan.pair import StrongswanPair

pytestmark = pytest.mark.live


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.name)
def test_stranger(pair: StrongswanPair, stranger: Stranger) -> None:
    """The cause and attribute of what is wrong now, and the side where only one is."""
    pair.reconfigure(stranger.left, stranger.right, stranger.path)
    stranger.act(pair)
    answer = run_diagnosis(pair)
    told = answer.diagnosis.get("headline"), answer.stderr
    assert (answer.diagnosis.get("cause"), answer.diagnosis.get("attribute")) == (stranger.cause, stranger.attribute), told
    if stranger.change is not None:
        assert answer.best["change"] == stranger.change, told


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (left(psk="wrong-1"), right()),
        (left(lid="id=x.example"), right(rid='id="C=CH, O=Lab, CN=left"')),
        (left(), right(r="192.0.2.99")),
        (left(esp="aes128gcm16"), right()),
        (SPOKE.replace("10.1.0.0/16", "10.11.0.0/16"), hub()),
    ],
    ids=["key", "identity", "connection", "proposal", "selectors"],
)
def test_what_it_says_to_type_mends_the_tunnel(pair: StrongswanPair, mine: str, theirs: str) -> None:
    """The best remedy, appended to the file of its end as it stands and loaded by its last line: the tunnel comes up."""
    pair.reconfigure(swan(mine), swan(theirs))
    pair.initiate("left", "net")
    remedy = run_diagnosis(pair).best["remedies"][0]
    pair.left.exec(["swanctl", "--terminate", "--ike", "vpn", "--force"])
    *lines, load = remedy["lines"]
    typed = "\n".join(lines).replace("<the shared secret>", SECRET)
    pair.host(remedy["device"]).write_swanctl((mine if remedy["device"] == "left" else theirs) + typed + "\n")
    assert re.fullmatch(r"swanctl --load-(all|creds)", load)
    pair.host(remedy["device"]).exec(load.split())
    assert pair.initiate("left", "net").returncode == 0, (typed, pair.left.log_text()[-2000:])

"""What a page, a mail or a writer put around or in place of characters is taken away again, line by line."""

from __future__ import annotations

import pytest

from ipsecbot.parse.paste.characters import clean_characters

REPAIRED = [
    ("Session status: \u2605 UP-ACTIVE \u2605", "Session status: UP-ACTIVE"),
    ("    #pkts decaps: 7, #pkts verify: 7   \u2190 grows", "    #pkts decaps: 7, #pkts verify: 7"),
    ("    State   : MM_ACTIVE <<OUR SIDE", "    State   : MM_ACTIVE"),
    ("   current_peer 192.0.2.9 port 500   <-- theirs", "   current_peer 192.0.2.9 port 500"),
    ("set peer 192.0.2.9 | |", "set peer 192.0.2.9"),
    ("%FTD-7-711001: IKEv2-PROTO-4: (3): Processing IKE_AUTH message", "IKEv2-PROTO-4: (3): Processing IKE_AUTH message"),
    (
        "Since the upgrade each of our routers logs a %CERM-4-TX_BW_LIMIT Maximum Tx Bandwidth limit of 85000 Kbps reached",
        "%CERM-4-TX_BW_LIMIT: Maximum Tx Bandwidth limit of 85000 Kbps reached",
    ),
    ("4d02h:%CRYPTO4IKMP_BAD_MESSAGE: IKE message", "4d02h: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message"),
]
UNTOUCHED = [
    "%ASA-5-713041: phase 1 completed (192.0.2.1 <-> 198.51.100.2)",
    "05[NET] <rw|1> sending packet: from 192.0.2.1[500] to 192.0.2.2[500]",
    "  child{1}:   10.1.0.0/24 === 10.2.0.0/24",
    "<166>Nov 09 2022 10:01:59: %ASA-6-302013: Built inbound TCP connection",
    "ip vrf <name> | include x",
]


@pytest.mark.parametrize(("damaged", "whole"), REPAIRED)
def test_a_line_is_as_the_device_printed_it(damaged: str, whole: str) -> None:
    """And the number of lines stays."""
    text, repairs = clean_characters(f"{damaged}\n{damaged}\n")
    assert [line.rstrip() for line in text.split("\n")] == [whole, whole, ""]
    assert repairs


@pytest.mark.parametrize("line", UNTOUCHED)
def test_what_only_looks_like_a_remark_stays(line: str) -> None:
    """Arrows and angles that devices print themselves."""
    assert clean_characters(line)[0] == line

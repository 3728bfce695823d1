"""`show crypto isakmp key` prints keys as they are: none may pass the door."""

from __future__ import annotations

import pytest

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.model.device import Platform

HEADING = "Keyring      Hostname/Address                            Preshared Key"
ROWS = [
    "default      198.51.100.7                                 Plain-Key",
    "default      0.0.0.0        [0.0.0.0]                     Plain-Key",
    "vpn1         2001:db8::7                                  Plain#Key>1",
    "vpn1         hub.example.net                              Plain-Key",
    "vpn1         hub                                          Plain-Key",
    "default      198.51.100.7                                 Plain-Key with blanks",
    "             198.51.100.8                                 Plain-Key",
]


@pytest.mark.parametrize("blank", ["\n", ""])
@pytest.mark.parametrize("row", ROWS)
def test_no_key_of_the_table_passes(row: str, blank: str) -> None:
    """Cisco IOS Security Command Reference, `show crypto isakmp key`; a blank line may stand below the heading."""
    text = f"r9#show crypto isakmp key\n{HEADING}\n{blank}{row}\n{ROWS[0]}\nr9#show clock\n10:00:00 UTC Mon Mar 3 2025\n"
    told = redact(text, Platform.CISCO_IOS, KeyedFingerprinter(b"k" * 32))
    assert "Plain" not in told
    assert "blanks" not in told
    assert told.count("\n") == text.count("\n")
    assert told.endswith("r9#show clock\n10:00:00 UTC Mon Mar 3 2025\n")
    assert "198.51.100.7" in told


def test_what_follows_the_table_stays() -> None:
    """Without a prompt behind it the table ends where no row can be."""
    after = "interface Tunnel0\n ip address 10.0.0.1 255.255.255.0\n tunnel source Gi0/0\n"
    text = f"{HEADING}\n\n{ROWS[0]}\n{after}"
    assert redact(text, None, KeyedFingerprinter(b"k" * 32)).endswith(after)

"""Tunnels of one end that want the same packets."""

from __future__ import annotations

import time

from test_hygiene import K, cautions, topics

from ipsecbot.diagnose.hygiene.overlaps import shadowed
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import RawOutput, Snapshot
from ipsecbot.parse.endpoint import read_endpoint

HEAD = """\
crypto isakmp policy 5
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
"""
ENTRY = "crypto map M {n} ipsec-isakmp\n set peer 198.51.100.{n}\n set transform-set T\n set pfs group14\n match address A{n}\n"
OUTSIDE = "interface Ethernet0/0\n ip address 192.0.2.1 255.255.255.0\n crypto map M\n"
SWAN = """\
connections {{
  one {{ remote_addrs = 198.51.100.1
    dpd_delay = 30s
    proposals = aes256-sha256-modp2048
    children {{ net {{ local_ts = 10.1.0.0/16
      remote_ts = 10.2.0.0/16
      esp_proposals = aes256-sha256-modp2048 }} }} }}
  two {{ remote_addrs = 198.51.100.2
    dpd_delay = 30s
    proposals = aes256-sha256-modp2048
    children {{ lan {{ local_ts = {local}
      remote_ts = {remote}
      esp_proposals = aes256-sha256-modp2048 }} }} }}
}}
"""


def router(*lists: str) -> list[str]:
    """Topics for crypto map entries 10, 20, … with these access list lines."""
    numbers = range(10, 10 * len(lists) + 10, 10)
    text = HEAD + "".join(ENTRY.format(n=n) for n in numbers) + OUTSIDE
    text += "".join(f"ip access-list extended A{n}\n permit {rule}\n" for n, rule in zip(numbers, lists, strict=True))
    return [one for one in topics(cautions((K.RUNNING_CONFIG, text), platform=Platform.CISCO_IOS)) if one == "tunnel-shadowed"]


SITE = "ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"
HOST = "ip host 10.1.0.7 10.2.3.0 0.0.0.255"
TCP = "tcp 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255 eq 443"
OTHER = "ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255"
WIDE = "ip any any"


def test_an_entry_behind_one_that_takes_all_its_packets() -> None:
    """IOS looks from the lowest sequence number on: the same networks, a part of them, one protocol of them, anything."""
    for first, later in ((SITE, SITE), (SITE, HOST), (SITE, TCP), (WIDE, HOST)):
        assert router(first, later) == ["tunnel-shadowed"], (first, later)


def test_the_more_specific_entry_first_is_what_one_should_do() -> None:
    """Nor is there anything to say of networks that are apart."""
    for first, later in ((HOST, SITE), (TCP, SITE), (HOST, WIDE), (SITE, OTHER)):
        assert router(first, later) == [], (first, later)


def test_both_lines_are_quoted() -> None:
    """What comes first and what it takes the packets of."""
    text = HEAD + ENTRY.format(n=10) + ENTRY.format(n=20) + OUTSIDE
    text += f"ip access-list extended A10\n permit {SITE}\nip access-list extended A20\n permit {HOST}\n"
    found = cautions((K.RUNNING_CONFIG, text), platform=Platform.CISCO_IOS)
    (one,) = (caution for caution in found if caution.topic == "tunnel-shadowed")
    assert [source.text.strip() for source in one.evidence] == [f"permit {HOST}", f"permit {SITE}"]


def test_strongswan_children_with_the_same_selectors() -> None:
    """Of different selectors the kernel takes the more specific ones, in whatever order they stand."""
    alike = cautions((K.SWANCTL_CONF, SWAN.format(local="10.1.0.0/16", remote="10.2.0.0/16")))
    assert topics(alike) == ["tunnel-shadowed"]
    assert "two/lan" in alike[0].headline
    assert "one/net" in alike[0].headline
    for local, remote in (("10.1.0.0/16", "10.2.0.0/24"), ("10.1.0.0/16", "10.3.0.0/16"), ("10.1.0.0/16[tcp]", "10.2.0.0/16")):
        assert topics(cautions((K.SWANCTL_CONF, SWAN.format(local=local, remote=remote)))) == []


def test_a_thousand_entries_take_no_longer_than_their_number() -> None:
    """Each line is compared with the networks around it only."""

    def seconds(count: int) -> float:
        text = (
            HEAD + "".join(ENTRY.replace("198.51.100.{n}", "198.51.100.1").format(n=n) for n in range(1, count + 1)) + OUTSIDE
        )
        text += "".join(
            f"ip access-list extended A{n}\n permit ip 10.0.0.0 0.0.255.255 172.{n // 250}.{n % 250}.0 0.0.0.255\n"
            for n in range(1, count + 1)
        )
        device = Device("gw", Platform.CISCO_IOS)
        end = read_endpoint(Snapshot(device, None, (RawOutput(K.RUNNING_CONFIG, "running-config", text),)))
        begin = time.process_time()
        assert list(shadowed(end)) == []
        return time.process_time() - begin

    small, large = min(seconds(200) for _ in range(3)), min(seconds(1000) for _ in range(3))
    assert large < 15 * small

"""Lines that tell what is around a tunnel, in whatever text they stand."""

from __future__ import annotations

import pytest

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.model.surroundings import Surroundings
from ipsecbot.parse.around.read import read_surroundings


def read(text: str, kind: OutputKind = OutputKind.SURROUNDINGS) -> Surroundings:
    return read_surroundings((RawOutput(kind, "text", text),), "gw")


def test_an_ios_routing_table() -> None:
    """Connected, static and learnt routes, and whether there is a default."""
    seen = read(
        "Gateway of last resort is not set\n\n"
        "      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks\n"
        "C        10.7.0.0/24 is directly connected, Vlan7\n"
        "S        10.8.0.0/16 [1/0] via 10.7.0.254\n"
        "O E2  172.16.3.0/24 [110/20] via 10.7.0.253, 01:12:05, Vlan7\n"
    )
    assert [(str(r.network), r.connected, r.via) for r in seen.routes or ()] == [
        ("10.7.0.0/24", True, None),
        ("10.8.0.0/16", False, "10.7.0.254"),
        ("172.16.3.0/24", False, "10.7.0.253"),
    ]
    assert seen.no_default is not None
    assert seen.no_default.first_line == 1


def test_a_default_route_is_a_route_to_everything() -> None:
    """Of IOS and of Linux."""
    ios = read("Gateway of last resort is 203.0.113.1 to network 0.0.0.0\n")
    linux = read("default via 203.0.113.1 dev eth0 proto static\n10.7.0.0/24 dev eth1 proto kernel scope link src 10.7.0.1\n")
    assert [str(r.network) for r in ios.routes or ()] == ["0.0.0.0/0"]
    assert [(str(r.network), r.connected) for r in linux.routes or ()] == [("0.0.0.0/0", False), ("10.7.0.0/24", True)]
    assert ios.no_default is None
    assert read("nothing of that kind\n").routes is None


NAT = """ip nat inside source list INTERNET interface GigabitEthernet0/0 overload
ip access-list extended INTERNET
 deny   ip 10.7.0.0 0.0.255.255 10.8.0.0 0.0.255.255
 permit ip 10.7.0.0 0.0.255.255 any
ip access-list extended VPN
 permit ip 10.7.0.0 0.0.255.255 10.8.0.0 0.0.255.255
"""
BY_MAP = """ip nat inside source route-map RM interface Dialer1 overload
route-map RM permit 10
 match ip address 120
access-list 120 permit ip 10.7.0.0 0.0.0.255 any
"""
HOST = """*nat
-A POSTROUTING -s 10.7.0.0/16 -d 10.8.0.0/16 -j ACCEPT
-A POSTROUTING -o eth0 -m policy --dir out --pol ipsec -j ACCEPT
-A POSTROUTING -s 10.7.0.0/16 -o eth0 -j MASQUERADE
"""


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (NAT, [("10.7.0.0/16", "10.8.0.0/16", True), ("10.7.0.0/16", "0.0.0.0/0", False)]),
        (BY_MAP, [("10.7.0.0/24", "0.0.0.0/0", False)]),
        (
            HOST,
            [("10.7.0.0/16", "10.8.0.0/16", True), ("0.0.0.0/0", "0.0.0.0/0", True), ("10.7.0.0/16", "0.0.0.0/0", False)],
        ),
    ],
)
def test_the_rules_of_source_translation_in_order(text: str, rules: list[tuple[str, str, bool]]) -> None:
    """Of the lists that a translation names, and no others."""
    assert [(str(t.flow.origin), str(t.flow.destination), t.exempt) for t in read(text).translations] == rules


def test_a_translation_table() -> None:
    """Inside local and outside, whatever the protocol; what keeps its address is not translated."""
    seen = read(
        "Pro Inside global      Inside local       Outside local      Outside global\n"
        "icmp 203.0.113.4:3     10.7.0.9:3         10.8.0.2:3         10.8.0.2:3\n"
        "--- 10.7.0.8           10.7.0.8           198.51.100.5       198.51.100.5\n"
    )
    assert [(str(f.origin), str(f.destination)) for f in seen.translated] == [("10.7.0.9/32", "10.8.0.2/32")]


@pytest.mark.parametrize(
    "line",
    [
        "%SEC-6-IPACCESSLOGP: list OUTSIDE denied tcp 10.8.0.2(44321) -> 10.7.0.9(445), 3 packets",
        "kernel: [812.3] FW-DROP: IN=eth0 OUT=eth1 MAC=00 SRC=10.8.0.2 DST=10.7.0.9 LEN=60 PROTO=TCP",
    ],
)
def test_a_filter_that_logs_what_it_drops(line: str) -> None:
    """In the middle of a log."""
    (dropped,) = read(line, OutputKind.LOG).dropped
    assert (str(dropped.origin), str(dropped.destination)) == ("10.8.0.2/32", "10.7.0.9/32")


def test_counters_of_a_packet_filter() -> None:
    """Only rules that dropped something."""
    seen = read(
        "Chain FORWARD (policy ACCEPT 12 packets, 900 bytes)\n"
        " pkts bytes target     prot opt in     out     source               destination\n"
        "   41  3444 DROP       all  --  *      *       10.8.0.0/16          10.7.0.0/16\n"
        "    0     0 DROP       all  --  *      *       10.9.0.0/16          10.7.0.0/16\n"
    )
    assert [(str(f.origin), f.count) for f in seen.dropped] == [("10.8.0.0/16", 41)]


def test_forwarding_switched_off_and_martians() -> None:
    """sysctl, IOS, and the kernel's complaint."""
    seen = read("net.ipv4.ip_forward = 0\nno ip routing\nnet.ipv4.conf.all.rp_filter = 1\n")
    assert [source.text for source in seen.unforwarded] == ["net.ipv4.ip_forward = 0", "no ip routing"]
    (martian,) = read("IPv4: martian source 10.7.0.9 from 10.8.0.2, on dev eth0", OutputKind.LOG).martians
    assert str(martian.origin) == "10.8.0.2/32"


def test_pings_with_size_source_and_result() -> None:
    """IOS and Linux."""
    ios = read(
        "Sending 5, 1400-byte ICMP Echos to 10.8.0.2, timeout is 2 seconds:\nPacket sent with a source address of 10.7.0.1 \n"
        "Packet sent with the DF bit set\n.....\nSuccess rate is 0 percent (0/5)\n"
    )
    linux = read("PING 10.8.0.2 (10.8.0.2) from 10.7.0.1 : 56(84) bytes of data.\n3 packets transmitted, 3 received, 0% loss\n")
    assert [(p.destination, p.size, p.sent, p.received, p.origin, p.intact) for p in (*ios.pings, *linux.pings)] == [
        ("10.8.0.2", 1400, 5, 0, "10.7.0.1", True),
        ("10.8.0.2", 56, 3, 3, "10.7.0.1", False),
    ]


def test_idle_timers_and_own_complaints() -> None:
    """In the words of both vendors."""
    assert len(read("crypto ipsec security-association idle-time 900\n  inactivity = 300s\n inactivity = 0\n").idle_timers) == 2
    assert read("        WARNING: This access list has not been configured\n").incomplete


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (
            "10:00:05.2 IP 203.0.113.44 > 198.51.100.8: ICMP 203.0.113.44 udp port 500 unreachable, length 36",
            "port_unreachable",
        ),
        ("connecting to 'unix:///var/run/charon.vici' failed: No such file or directory", "daemon_down"),
        ("initiate failed: CHILD_SA config 'lan' not found", "not_loaded"),
        ("no config named 'site'", "not_loaded"),
        ("From 198.51.100.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)", "too_big"),
    ],
)
def test_what_tools_say_about_the_daemon_and_the_path(line: str, field: str) -> None:
    """Also in the middle of a log."""
    assert len(getattr(read(line), field)) == 1
    assert len(getattr(read(line, OutputKind.LOG), field)) == 1


def test_odd_lines_are_no_trouble() -> None:
    """Cut, empty and very long ones."""
    odd = "\n".join(
        ("C  10.", "permit ip", "access-list 1 permit ip 999.1.1.1 0.0.0.0 any", "Chain", "*", "x" * 100_000, " SRC= DST=")
    )
    assert read(odd).routes is None
    assert read(odd, OutputKind.LOG) == Surroundings()

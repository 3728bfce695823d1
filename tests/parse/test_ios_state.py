"""What an IOS router says about itself: the facts that decide whether a debug may run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ipsecbot.model.router import DebugState
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.state import (
    read_cpu,
    read_debugging,
    read_interface_addresses,
    read_logging,
    read_users,
    read_version,
)

SAMPLES = Path(__file__).parents[1] / "templates"


def sample(name: str) -> RawOutput:
    return RawOutput(OutputKind.PASTED, name, (SAMPLES / f"cisco_ios_show_{name}.txt").read_text())


def text(words: str) -> RawOutput:
    return RawOutput(OutputKind.PASTED, "pasted", words)


def test_flags_and_conditions_of_ios() -> None:
    """Every flag as printed with its heading, and the interface condition."""
    parsed = read_debugging(sample("debugging/ios15"), "r1")
    assert parsed.gaps == ()
    assert [(flag.text, flag.subsystem) for flag in parsed.value.flags] == [
        ("IP packet debugging is on (detailed) for access list 100", "Generic IP"),
        ("Crypto ISAKMP debugging is on", "Cryptographic Subsystem"),
        ("Crypto IPSEC debugging is on", "Cryptographic Subsystem"),
    ]
    assert [condition.value for condition in parsed.value.conditions] == ["interface Gi0/0 (1 flags triggered)"]
    assert not parsed.value.quiet


def test_the_frame_of_ios_xe_is_no_debug_and_crypto_conditions_are_read() -> None:
    """IOS-XE's packet-tracing frame says nothing; each peer of `show crypto debug-condition` is one condition."""
    parsed = read_debugging(sample("debugging/xe_and_crypto_condition"), "r1")
    assert parsed.gaps == ()
    assert [flag.text for flag in parsed.value.flags] == ["IKEv2 error debugging is on", "IKEv2 default debugging is on"]
    assert [(condition.kind, condition.value) for condition in parsed.value.conditions] == [
        ("IKE peer IP address", "192.0.2.2"),
        ("IKE peer IP address", "2001:DB8:2::2"),
        ("Connection-id", "2001:1,"),
    ]
    assert parsed.value.crypto_condition is True


QUIET_XE = """IOSXE Conditional Debug Configs:

Conditional Debug Global State: Stop


IOSXE Packet Tracing Configs:


Packet Infra debugs:

Ip Address                                               Port
------------------------------------------------------|----------
"""


@pytest.mark.parametrize(
    "words", ["", "hub#show debugging\n\nhub#", QUIET_XE, "Crypto conditional debug currently is turned OFF\n"]
)
def test_nothing_on_is_quiet(words: str) -> None:
    """The proof that all is off: an empty answer, or IOS-XE's empty frame."""
    parsed = read_debugging(text(words), "r1")
    assert (parsed.value.quiet, parsed.gaps) == (True, ())
    assert parsed.value.flags == DebugState(()).flags


def test_platform_conditions_that_run_and_unknown_lines_are_not_quiet() -> None:
    """A started platform condition counts as a flag; a line that nobody knows is a gap that the caller has to see."""
    assert not read_debugging(text(QUIET_XE.replace("Stop", "Start")), "r1").value.quiet
    assert read_debugging(text("mystery probe 7 armed\n"), "r1").gaps


def test_cpu_load_from_the_head_line() -> None:
    """Percent values; the process table is not read; several cores give the highest."""
    whole = read_cpu(sample("processes_cpu/whole"), "r1")
    assert whole.gaps == ()
    assert whole.value is not None
    assert (whole.value.five_seconds, whole.value.interrupt, whole.value.one_minute, whole.value.five_minutes) == (17, 4, 12, 9)
    cores = read_cpu(sample("processes_cpu/per_core"), "r1").value
    assert cores is not None
    assert (cores.five_seconds, cores.one_minute, cores.five_minutes) == (61, 52, 43)


@pytest.mark.parametrize("words", ["", "% Invalid input detected at '^' marker.\n", "nonsense\n"])
def test_no_load_is_not_zero_load(words: str) -> None:
    """Where the load is not printed the answer is None with a gap, never 0."""
    parsed = read_cpu(text(words), "r1")
    assert parsed.value is None
    assert parsed.gaps


def test_logging_head_and_where_the_messages_begin() -> None:
    """Levels, buffer size, rate limiting; the log lines behind are neither read nor reported as gaps."""
    output = sample("logging/whole")
    parsed = read_logging(output, "r1")
    assert parsed.gaps == ()
    state = parsed.value
    assert state is not None
    assert (state.enabled, state.console_level, state.monitor_level) == (True, "debugging", "informational")
    assert (state.buffer_level, state.buffer_bytes) == ("notifications", 16384)
    assert (state.dropped, state.rate_limited, state.rate_limit) == (11, 12, "10 messages/s except errors")
    assert state.first_log_line is not None
    assert output.text.split("\n")[state.first_log_line - 1].startswith("*Nov 12 10:11:12.123")


def test_logging_that_is_off_says_so() -> None:
    """`disabled` is a level of its own kind, and there are no messages."""
    parsed = read_logging(sample("logging/all_off"), "r1")
    assert parsed.gaps == ()
    assert parsed.value is not None
    assert (parsed.value.enabled, parsed.value.console_level, parsed.value.monitor_level) == (False, "disabled", "disabled")
    assert parsed.value.first_log_line is None


def test_lines_in_use() -> None:
    """Who is logged in where, since when idle, and which line is our own; a line without user name is a line too."""
    parsed = read_users(sample("users/four_lines"), "r1")
    assert parsed.gaps == ()
    assert [(line.kind, line.index, line.user, line.current) for line in parsed.value] == [
        ("con", "0", "ops", False),
        ("vty", "0", "anna", True),
        ("vty", "1", None, False),
        ("vty", "0/0/1", "bob", False),
    ]
    assert [line.idle for line in parsed.value] == [
        timedelta(weeks=2, days=3),
        timedelta(0),
        timedelta(minutes=5, seconds=41),
        timedelta(days=1, hours=2),
    ]
    assert parsed.value[2].location == "noc.example.net"


def test_versions() -> None:
    """Release, image, host name and uptime of IOS and IOS-XE."""
    old, new = read_version(sample("version/ios15"), "r1").value, read_version(sample("version/xe"), "r1").value
    assert old is not None
    assert new is not None
    assert (old.release, old.image, old.hostname, old.xe_release) == ("15.7(3)M8", "C2900-UNIVERSALK9-M", "branch17", None)
    assert (new.release, new.xe_release, new.hostname, new.uptime) == ("17.3.4a", "17.03.04a", "hub", timedelta(minutes=41))


def test_interface_addresses() -> None:
    """Addresses and whether an interface is up in both senses; `unassigned` is no address."""
    parsed = read_interface_addresses(sample("ip_interface_brief/mixed"), "r1")
    assert parsed.gaps == ()
    assert [(entry.interface, entry.address, entry.up) for entry in parsed.value] == [
        ("GigabitEthernet0/0", "192.0.2.1", True),
        ("GigabitEthernet0/1", None, False),
        ("Loopback0", "10.17.255.1", True),
        ("Tunnel13", "172.16.13.1", False),
        ("Virtual-Access2", "192.0.2.1", False),
    ]

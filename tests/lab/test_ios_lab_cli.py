"""The emulated routers' command line over real SSH: modes, abbreviations, refusals, paging, VTYs and debugging."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))
sys.path.insert(0, str(Path(__file__).parent))

from emulated_pairs import LEFT, MAP_V1, RIGHT
from ios_shell import Shell

from ipsecbot.lab.ios.lab import IosLab

SCALE = 20.0


@pytest.fixture
def lab() -> Iterator[IosLab]:
    """hq and branch, with ISAKMP policies that do not agree on the key length."""
    texts = {LEFT: MAP_V1.left, RIGHT: MAP_V1.right.replace(" encr aes 256", " encr aes")}
    with IosLab(texts, time_scale=SCALE) as lab:
        yield lab


def test_enable_needs_the_secret(lab: IosLab) -> None:
    """User mode shows what it may and refuses the rest; three wrong secrets end in `% Bad secrets`."""
    with Shell(lab[LEFT]) as shell:
        shell.until("hq>$")
        assert "% Invalid input detected at '^' marker." in shell.run("show running-config")
        assert "IPv4 Crypto ISAKMP SA" in shell.run("show crypto isakmp sa")
        shell.type("enable\n")
        for _ in range(3):
            shell.until("Password: $")
            shell.type("wrong\n")
        assert "% Bad secrets" in shell.until("hq>$")
        shell.enable()
        assert "crypto isakmp policy 10" in shell.run("show running-config")


def test_a_privileged_account_needs_no_enable() -> None:
    """`username … privilege 15` begins in enable mode."""
    text = MAP_V1.left.replace("username netops secret", "username netops privilege 15 secret")
    with IosLab({LEFT: text}) as lab, Shell(lab[LEFT]) as shell:
        shell.until("hq#$")


def test_words_may_be_abbreviated(lab: IosLab) -> None:
    """Unique beginnings are enough; an ambiguous, incomplete or wrong word is answered in IOS's three ways."""
    with Shell(lab[LEFT]) as shell:
        shell.enabled()
        assert shell.run("sh cry isa sa") == shell.run("show crypto isakmp sa")
        assert '% Ambiguous command:  "sh cry i"' in shell.run("sh cry i")
        assert "% Incomplete command." in shell.run("show crypto isakmp")
        assert "% Unknown command or computer name" in shell.run("shwo")
        answer = shell.run("show crypto foo bar")
        marked, sentence = answer.split("\n")[:2]
        assert sentence == "% Invalid input detected at '^' marker."
        assert marked.index("^") == len("hq#show crypto ")


def test_answers_are_filtered(lab: IosLab) -> None:
    """include, exclude, begin, section and count; a section is a line that matches with what is indented below it."""
    with Shell(lab[LEFT]) as shell:
        shell.enabled()
        assert shell.run("show running-config | include set peer") == " set peer 203.0.113.20"
        section = shell.run("show run | section crypto map").split("\n")
        assert section == [
            "crypto map WAN 10 ipsec-isakmp",
            " set peer 203.0.113.20",
            " set transform-set TS-AES",
            " match address TO-BRANCH",
            " crypto map WAN",
        ]
        assert shell.run("show run | begin line vty").startswith("line vty 0 4")
        assert "hostname" not in shell.run("show run | exclude hostname")
        assert shell.run("show run | count crypto map") == "Number of lines which match regexp = 2"
        assert "CPU utilization for five seconds: 3%/0%" in shell.run("show processes cpu | include CPU utilization")


def test_long_answers_are_paged(lab: IosLab) -> None:
    """`--More--` at the end of each screen: a blank for the next one, Enter for one line, q to stop; length 0 for all."""
    with Shell(lab[LEFT], width=80, height=15) as shell:
        shell.enabled()
        shell.type("show running-config\n")
        first = shell.until("--More-- $")
        assert first.count("\n") == 15
        shell.type(" ")
        shell.until("--More-- $")
        shell.type("\r")
        assert shell.until("--More-- $").count("\n") == 1
        shell.type("q")
        shell.until("hq#$")
        shell.run("terminal length 0")
        assert shell.run("show running-config").rstrip().endswith("end")


def test_width_wraps_long_lines(lab: IosLab) -> None:
    """A line longer than the terminal goes on in the next one; width 0 leaves it whole."""
    with Shell(lab[LEFT], width=40) as shell:
        shell.enabled()
        long = max((len(line) for line in shell.run("show version").split("\n")), default=0)
        assert long == 40
        shell.run("terminal width 0")
        assert max(len(line) for line in shell.run("show version").split("\n")) > 40


def test_the_line_can_be_edited(lab: IosLab) -> None:
    """Backspace takes one character back, Ctrl-U the line; CR LF is one Enter, Ctrl-C none."""
    with Shell(lab[LEFT]) as shell:
        shell.enabled()
        shell.type("nonsense\x15show clocm\x7fk\r\n")
        assert re.search(r"\*\d\d:\d\d:\d\d\.\d{3} UTC ", shell.until(r"\n\S+#$"))
        shell.type("show vers\x03")
        shell.until("hq#$")
        assert [heard.line for heard in lab.sent(LEFT)][-1] == "show clock"


def test_five_vtys_and_no_more(lab: IosLab) -> None:
    """`show users` lists the lines in use; a sixth connection is closed before it can log in, and a left line is free again."""
    shells = [Shell(lab[LEFT]) for _ in range(5)]
    try:
        shells[0].until(">$")
        assert len(re.findall(r"vty \d +netops", shells[0].run("show users"))) == 5
        with pytest.raises((paramiko.SSHException, OSError, EOFError)):
            Shell(lab[LEFT])
        shells[4].client.close()
        deadline = time.monotonic() + 10
        while lab.users(LEFT) == 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        with Shell(lab[LEFT]) as again:
            again.until(">$")
    finally:
        for shell in shells:
            shell.client.close()


def test_debug_reaches_monitoring_lines_only(lab: IosLab) -> None:
    """Flags are global, `terminal monitor` is per line; the refused transform is explained at the responder."""
    with Shell(lab[RIGHT]) as watcher, Shell(lab[RIGHT]) as worker, Shell(lab[LEFT]) as trigger:
        for shell in (watcher, worker, trigger):
            shell.enabled()
        watcher.run("terminal monitor")
        assert worker.run("debug crypto isakmp") == "Crypto ISAKMP debugging is on"
        assert "Crypto ISAKMP debugging is on" in worker.run("show debugging")
        assert lab.debugging(RIGHT) == {"isakmp"}
        answer = trigger.run("ping 10.20.5.1 source GigabitEthernet0/1 repeat 2")
        assert "Success rate is 0 percent (0/2)" in answer
        story = watcher.until("phase 1 SA policy not acceptable!")
        assert "Proposed key length does not match policy" in story
        assert "MM_NO_STATE" in trigger.run("show crypto isakmp sa")
        assert worker.run("undebug all") == "All possible debugging has been turned off"
        assert lab.debugging(RIGHT) == frozenset()
        assert "received packet" not in worker.text


def test_a_condition_hides_other_peers(lab: IosLab) -> None:
    """With a condition for somebody else nothing of this peer is printed; syslog messages are."""
    with Shell(lab[RIGHT]) as worker, Shell(lab[LEFT]) as trigger:
        worker.enabled()
        trigger.enabled()
        worker.run("debug crypto condition peer ipv4 192.0.2.77")
        worker.run("debug crypto isakmp")
        assert "IKE peer IP address filters:" in worker.run("show crypto debug-condition")
        trigger.run("ping 10.20.5.1 source 10.10.1.1 repeat 1")
        assert not any("ISAKMP" in entry for entry in lab.log(RIGHT))
        worker.run("no debug crypto condition peer ipv4 192.0.2.77")
        worker.run("debug crypto condition peer ipv4 198.51.100.10")
        trigger.run("ping 10.20.5.1 source 10.10.1.1 repeat 6")
        assert any("phase 1 packet is a duplicate" in entry for entry in lab.log(RIGHT))


def test_a_remedy_can_be_typed_in(lab: IosLab) -> None:
    """Configuration mode changes the running-config, and the tunnel comes up with the next packet."""
    with Shell(lab[RIGHT]) as right, Shell(lab[LEFT]) as left:
        right.enabled()
        left.enabled()
        right.run("configure terminal")
        right.run("crypto isakmp policy 10")
        assert right.run("encr aes 256") == ""
        assert right.text.endswith("branch(config-isakmp)#")
        right.run("end")
        assert " encr aes 256" in lab.running_config(RIGHT)
        answer = left.run("ping 10.20.5.1 source 10.10.1.1 repeat 3")
        assert ".!!" in answer.replace("\n", "")
        assert "Success rate is 66 percent (2/3), round-trip min/avg/max = " in answer
        assert "QM_IDLE" in left.run("show crypto isakmp sa")
        assert "#pkts encaps: 2, #pkts encrypt: 2, #pkts digest: 2" in left.run("show crypto ipsec sa")
        assert "Session status: UP-ACTIVE" in right.run("show crypto session detail")


def test_lines_can_be_applied_without_a_session(lab: IosLab) -> None:
    """`apply` types lines in for the demo, and says what the router objected to."""
    assert lab.apply(RIGHT, ["crypto isakmp policy 10", "encr aes 256", "exit"]) == ()
    assert " encr aes 256" in lab.running_config(RIGHT)
    (objection,) = lab.apply(RIGHT, ["crypto isakmp key another address 198.51.100.10"])
    assert "already exists" in objection
    (objection,) = lab.apply(RIGHT, ["flumox"])
    assert "Invalid input" in objection


def test_a_ping_can_be_aborted(lab: IosLab) -> None:
    """Ctrl-Shift-6 ends a ping that nobody answers."""
    with Shell(lab[LEFT]) as shell:
        shell.enabled()
        shell.type("ping 10.20.5.1 source 10.10.1.1 repeat 1000\n")
        shell.until(r"\.\.")
        shell.type("\x1e")
        assert "Success rate is 0 percent" in shell.until("hq#$")

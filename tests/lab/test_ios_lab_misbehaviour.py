"""Each way in which an emulated router can be told to misbehave really happens, as netmiko and a plain shell see it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import paramiko
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))
sys.path.insert(0, str(Path(__file__).parent))

from emulated_pairs import LEFT, MAP_V1, RIGHT
from ios_shell import Shell

from ipsecbot.lab.ios.lab import IosLab
from ipsecbot.lab.ios.misbehaviour import Misbehaviour


def one(misbehaviour: Misbehaviour) -> IosLab:
    return IosLab({LEFT: MAP_V1.left, RIGHT: MAP_V1.right}, misbehaviour={LEFT: misbehaviour}, time_scale=20)


def test_slow_answers() -> None:
    """Every answer takes its time."""
    with one(Misbehaviour(slow=0.4)) as lab, Shell(lab[LEFT]) as shell:
        shell.until(">$")
        begun = time.monotonic()
        shell.run("show clock")
        assert time.monotonic() - begun >= 0.4


def test_session_cut_after_some_bytes() -> None:
    """The line goes dead in the middle of an answer; the next login works and is cut again."""
    with one(Misbehaviour(cut_after=400)) as lab:
        for _ in range(2):
            with Shell(lab[LEFT]) as shell:
                shell.enabled()
                shell.type("show running-config\n")
                assert shell.closed()


def test_session_cut_during_debug() -> None:
    """The monitoring session dies after some debug lines, and debugging stays on at the router."""
    with one(Misbehaviour(cut_at_debug=5)) as lab, Shell(lab[LEFT]) as watcher, Shell(lab[LEFT]) as worker:
        watcher.enabled()
        worker.enabled()
        watcher.run("terminal monitor")
        worker.run("debug crypto isakmp")
        worker.run("ping 10.20.5.1 source 10.10.1.1 repeat 1")
        assert watcher.closed()
        assert lab.debugging(LEFT) == {"isakmp"}
        assert worker.run("undebug all").startswith("All possible debugging")


def test_hang_after_login() -> None:
    """The login succeeds and nothing follows: no prompt, no echo."""
    with one(Misbehaviour(hang_after_login=True)) as lab, Shell(lab[LEFT]) as shell:
        shell.type("\n")
        shell.channel.settimeout(0.5)
        with pytest.raises(TimeoutError):
            shell.channel.recv(100)


def test_refused_password_and_enable() -> None:
    """The right password is refused; so is the right enable secret."""
    with one(Misbehaviour(refuse_password=True)) as lab, pytest.raises(paramiko.AuthenticationException):
        Shell(lab[LEFT])
    with one(Misbehaviour(refuse_enable=True)) as lab, Shell(lab[LEFT]) as shell:
        shell.until(">$")
        shell.type("enable\n")
        for _ in range(3):
            shell.until("Password: $")
            shell.type(lab[LEFT].enable + "\n")
        assert "% Bad secrets" in shell.until(">$")


def test_banner_and_noise() -> None:
    """A banner before the prompt, and syslog messages that nobody asked for."""
    with one(Misbehaviour(banner="*** Property of nobody #1 > go away ***\n", noise=0.1)) as lab, Shell(lab[LEFT]) as shell:
        assert "Property of nobody" in shell.until("hq>$")
        assert "%LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan99" in shell.until("Vlan99")


def test_paging_that_cannot_be_switched_off() -> None:
    """`--More--` comes after `terminal length 0` as well."""
    with one(Misbehaviour(more_always=True)) as lab, Shell(lab[LEFT]) as shell:
        shell.enabled()
        shell.run("terminal length 0")
        shell.type("show running-config\n")
        shell.until("--More-- $")
        shell.type("q")
        shell.until("#$")


def test_crypto_commands_refused() -> None:
    """Every command about crypto is invalid input; others work."""
    with one(Misbehaviour(reject_crypto=True)) as lab, Shell(lab[LEFT]) as shell:
        shell.enabled()
        for command in ("show crypto isakmp sa", "debug crypto isakmp", "sh cry ips sa"):
            assert "% Invalid input detected at '^' marker." in shell.run(command)
        assert "hostname hq" in shell.run("show running-config")


def test_reasons_to_refuse_a_debug() -> None:
    """Somebody else's debugging, a busy CPU and a console at debugging level can be seen."""
    state = Misbehaviour(foreign_debug=True, cpu=(91, 77, 50), console_debugging=True)
    with one(state) as lab, Shell(lab[LEFT]) as shell:
        shell.enabled()
        assert "ICMP packet debugging is on" in shell.run("show debugging")
        assert "five seconds: 91%/0%; one minute: 77%" in shell.run("show processes cpu")
        assert "Console logging: level debugging" in shell.run("show logging")


def test_another_platforms_prompt() -> None:
    """The prompt of something that is no IOS."""
    with one(Misbehaviour(prompt="admin@box:~$ ")) as lab, Shell(lab[LEFT]) as shell:
        shell.until(r"admin@box:~\$ $")


def test_old_ssh_offers_sha1_only() -> None:
    """A client that takes SHA-1 key exchange gets in, one that does not fails to agree."""
    with one(Misbehaviour(old_ssh=True)) as lab:
        with Shell(lab[LEFT]) as shell:
            shell.until(">$")
            transport = shell.client.get_transport()
            assert transport is not None
            assert transport.host_key_type == "ssh-rsa"
            assert transport.local_cipher == "aes128-cbc"
        modern = paramiko.Transport((lab[LEFT].address, lab[LEFT].port))
        try:
            modern.get_security_options().kex = ("curve25519-sha256@libssh.org",)
            with pytest.raises(paramiko.SSHException):
                modern.start_client(timeout=10)
        finally:
            modern.close()


def test_a_router_that_is_gone() -> None:
    """Stopping a router closes its sessions and its port."""
    with one(Misbehaviour()) as lab, Shell(lab[LEFT]) as shell:
        shell.until(">$")
        lab.stop_router(LEFT)
        with pytest.raises(OSError, match=r"."):
            Shell(lab[LEFT])


def test_netmiko_finds_its_way() -> None:
    """netmiko logs in, enables, reads the configuration and sees the answer to each command."""
    from netmiko import ConnectHandler

    with one(Misbehaviour()) as lab:
        access = lab[LEFT]
        session = ConnectHandler(
            device_type="cisco_ios",
            host=access.address,
            port=access.port,
            username=access.username,
            password=access.password,
            secret=access.enable,
        )
        try:
            session.enable()
            assert "crypto map WAN 10 ipsec-isakmp" in session.send_command("show running-config")
            assert session.send_command("show crypto isakmp sa").startswith("IPv4 Crypto ISAKMP SA")
        finally:
            session.disconnect()

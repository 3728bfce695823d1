"""A Cisco router over SSH: one login, every answer whole, every kind of trouble a leaf with a sentence."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path

import pytest
from collect_routers import PSK, pair, target, with_login
from collect_sshd import Host

from ipsecbot.collect.commands import CommandRefused, render
from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.session import open_session
from ipsecbot.collect.snapshot import Plan, collect, reread, visit
from ipsecbot.collect.trigger import Ping, fire
from ipsecbot.errors import DeviceError, HostKeyRefused, LoginRefused, Unreachable
from ipsecbot.lab.ios.misbehaviour import Misbehaviour
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.model.target import HostKeyPolicy, Login
from ipsecbot.parse.endpoint import read_endpoint

F = KeyedFingerprinter(b"k" * 32)


def test_one_login_brings_everything_and_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every kind of output in one session; the key is a token; neither key nor passwords are in the snapshot or any log."""
    caplog.set_level(logging.DEBUG)
    with pair() as lab:
        access = lab["r1"]
        snapshot = collect(target(access, tmp_path), fingerprinter=F)
        heard = lab.sent("r1")
        assert lab.users("r1") == 0
    assert snapshot.failure is None
    kinds = {output.kind for output in snapshot.outputs}
    assert {OutputKind.VERSION, OutputKind.RUNNING_CONFIG, OutputKind.ISAKMP_SA, OutputKind.LOGGING, OutputKind.CLOCK} <= kinds
    (running,) = snapshot.of_kind(OutputKind.RUNNING_CONFIG)
    assert f"crypto isakmp key {F.token(PSK.encode())} address 192.0.2.2" in running.text
    assert running.text.rstrip().endswith("end")
    assert len({entry.vty for entry in heard}) == 1
    assert not any("clear" in entry.line or "configure" in entry.line for entry in heard)
    for secret in (PSK, access.password, access.enable):
        assert secret not in repr(snapshot)
        assert secret not in caplog.text.replace("write_channel", "")


def test_the_way_to_the_peer_is_asked_in_the_same_session(tmp_path: Path) -> None:
    """One address alone, and only where the peer is known by one."""
    with pair() as lab:
        snapshot = collect(target(lab["r1"], tmp_path), fingerprinter=F, plan=Plan("192.0.2.2"))
        named = collect(target(lab["r1"], tmp_path), fingerprinter=F, plan=Plan("far.example.net"))
    (way,) = snapshot.of_kind(OutputKind.SURROUNDINGS)
    assert way.name == "show ip cef 192.0.2.2"
    assert [one.network is None for one in read_endpoint(snapshot).around.lookups] == [False]
    assert named.of_kind(OutputKind.SURROUNDINGS) == ()


@pytest.mark.parametrize(
    "misbehaviour",
    [
        Misbehaviour(old_ssh=True),
        Misbehaviour(banner="\r\n*** r1# authorised > use only $ ***\r\n# -- #\r\n"),
        Misbehaviour(more_always=True),
        Misbehaviour(noise=0.05),
        Misbehaviour(slow=0.1),
    ],
    ids=["old SSH", "banner", "paging", "noise", "slow"],
)
def test_an_odd_router_is_read_all_the_same(tmp_path: Path, misbehaviour: Misbehaviour) -> None:
    """SHA-1 only, banners that look like prompts, paging that cannot be switched off, unsolicited lines, slowness."""
    with pair(misbehaviour=misbehaviour) as lab:
        snapshot = collect(target(lab["r1"], tmp_path, seconds=10), fingerprinter=F)
    assert snapshot.failure is None, snapshot.failure
    (running,) = snapshot.of_kind(OutputKind.RUNNING_CONFIG)
    assert "hostname r1" in running.text
    assert "permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255" in running.text
    assert "More" not in running.text
    (policy,) = snapshot.of_kind(OutputKind.ISAKMP_POLICY)
    assert "Protection suite of priority 10" in policy.text


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "words"),
    [
        (Misbehaviour(refuse_password=True), "LoginRefused", "check username, password"),
        (Misbehaviour(refuse_enable=True), "EnableRefused", "check enable"),
        (Misbehaviour(hang_after_login=True), "DeviceHung", "log in by hand"),
        (Misbehaviour(prompt="user@box:~$ "), "WrongPlatform", "correct platform"),
    ],
)
def test_a_refusing_router_is_a_failure_with_the_next_move(
    tmp_path: Path, misbehaviour: Misbehaviour, kind: str, words: str
) -> None:
    """The failure names the leaf and says what to do; it comes within the target's timeout and a bit."""
    with pair(misbehaviour=misbehaviour) as lab:
        started = time.monotonic()
        snapshot = collect(target(lab["r1"], tmp_path, seconds=2), fingerprinter=F)
        assert time.monotonic() - started < 15
    assert snapshot.failure_kind == kind, snapshot.failure
    assert words in (snapshot.failure or "")


def test_without_an_enable_secret_a_user_mode_login_is_refused(tmp_path: Path) -> None:
    """The login works, privileged mode does not: the sentence names `enable:`."""
    with pair() as lab:
        snapshot = collect(with_login(target(lab["r1"], tmp_path), enable=None), fingerprinter=F)
    assert snapshot.failure_kind == "EnableRefused"
    assert "add enable:" in (snapshot.failure or "")


def test_a_refused_crypto_is_gaps_not_a_failure(tmp_path: Path) -> None:
    """`% Invalid input` to every crypto command: each is a gap, the rest is there."""
    with pair(misbehaviour=Misbehaviour(reject_crypto=True)) as lab:
        snapshot = collect(target(lab["r1"], tmp_path), fingerprinter=F)
    assert snapshot.failure is None
    assert snapshot.of_kind(OutputKind.RUNNING_CONFIG)
    assert not snapshot.of_kind(OutputKind.ISAKMP_SA)
    assert {"show crypto isakmp policy", "show crypto map"} <= {gap.output for gap in snapshot.gaps}
    assert all("Invalid input" in gap.why for gap in snapshot.gaps)


def test_what_was_read_before_the_cut_is_kept(tmp_path: Path) -> None:
    """The session is cut in the middle: SessionLost, with the outputs that were whole by then."""
    with pair(misbehaviour=Misbehaviour(cut_after=2500)) as lab:
        snapshot = collect(target(lab["r1"], tmp_path), fingerprinter=F)
    assert snapshot.failure_kind == "SessionLost"
    assert snapshot.of_kind(OutputKind.VERSION)
    assert not snapshot.of_kind(OutputKind.USERS)


def test_a_closed_port_and_a_strict_host_key(tmp_path: Path) -> None:
    """Unreachable says what to check; strict refuses a key that known_hosts does not have."""
    with pair() as lab:
        known = target(lab["r1"], tmp_path)
        with pytest.raises(HostKeyRefused):
            open_session(replace(known, host_keys=HostKeyPolicy.STRICT))
        open_session(known).close()
        open_session(replace(known, host_keys=HostKeyPolicy.STRICT)).close()
    with pytest.raises(Unreachable, match="nothing listens"):
        open_session(known)


def test_a_refused_password_is_in_no_text(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Wrong password: LoginRefused; the password is neither in the exception, its context nor a log."""
    caplog.set_level(logging.DEBUG)
    wrong = "Falsches-Passwort-0815"
    with pair() as lab, pytest.raises(LoginRefused) as caught:
        open_session(with_login(target(lab["r1"], tmp_path), password=wrong))
    trouble: BaseException | None = caught.value
    while trouble is not None:
        assert wrong not in repr(trouble)
        trouble = trouble.__context__
    assert wrong not in caplog.text


def test_an_ios_router_is_no_strongswan_host(tmp_path: Path) -> None:
    """Platform strongswan in the inventory, a router behind it: WrongPlatform."""
    with pair() as lab:
        snapshot = collect(target(lab["r1"], tmp_path, platform=Platform.STRONGSWAN), fingerprinter=F)
    assert snapshot.failure_kind == "WrongPlatform", snapshot.failure


@pytest.mark.live
def test_a_host_is_no_ios_router(host: Host) -> None:
    """Platform cisco_ios in the inventory, a shell behind it: WrongPlatform, and nothing but questions was typed."""
    wrong = host.target(device=Device("gw", Platform.CISCO_IOS, "127.0.0.1", host.port), login=Login("root", key=host.key))
    snapshot = collect(wrong, fingerprinter=F)
    assert snapshot.failure_kind == "WrongPlatform", snapshot.failure


def test_only_commands_of_the_table_are_sent(tmp_path: Path) -> None:
    """A text or another platform's command never reaches the router, neither by us nor through NAPALM's driver."""
    from ipsecbot.collect.drivers import driver_for

    with pair() as lab:
        session = open_session(target(lab["r1"], tmp_path))
        before = len(lab.sent("r1"))
        with pytest.raises(CommandRefused):
            session.send("reload")  # type: ignore[arg-type]
        with pytest.raises(CommandRefused):
            session.send(render(Platform.STRONGSWAN, "clock"))
        driver = driver_for(session)  # type: ignore[arg-type]
        with pytest.raises(CommandRefused):
            driver.get_ntp_servers()
        with pytest.raises(CommandRefused):
            driver.cli(["clear crypto sa"])
        assert len(lab.sent("r1")) == before
        assert driver.get_facts()["vendor"] == "Cisco"
        assert "hostname r1" in driver.get_config(retrieve="running")["running"]
        session.close()


def test_a_triggered_tunnel_is_seen_on_the_same_session(tmp_path: Path) -> None:
    """A ping from the protected network starts the negotiation; the SAs are read anew without another login."""
    with pair() as lab, visit(target(lab["r1"], tmp_path), fingerprinter=F) as done:
        assert done.session is not None
        (ping,) = fire(done.session, Ping("10.1.0.1", "10.2.0.1"), fingerprinter=F)
        again = reread(done.session, fingerprinter=F)
        assert len({entry.vty for entry in lab.sent("r1")}) == 1
    assert "Success rate is" in ping.text
    assert "192.0.2.2" in again.of_kind(OutputKind.ISAKMP_SA)[0].text
    assert "192.0.2.2" not in done.snapshot.of_kind(OutputKind.ISAKMP_SA)[0].text


def test_every_failure_is_a_leaf() -> None:
    """What DeviceError has as leaves is what a snapshot's failure_kind can be."""
    names = {leaf.__name__ for leaf in DeviceError.__subclasses__()}
    assert {"Unreachable", "NoCommonAlgorithms", "HostKeyRefused", "LoginRefused", "EnableRefused"} <= names

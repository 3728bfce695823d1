"""A strongSwan host over a real sshd: exact answers, failures as leaves, files and logs wherever they are."""

from __future__ import annotations

import logging
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from collect_sshd import SSHD, Host, free_port, wait_for_port

from ipsecbot.collect.commands import CommandRefused, render
from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.host import HostSession
from ipsecbot.collect.napalm_strongswan import StrongswanDriver
from ipsecbot.collect.snapshot import Plan, collect, visit
from ipsecbot.errors import DeviceHung, HostKeyRefused, LoginRefused, SessionLost, Unreachable
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.snapshot import OutputKind
from ipsecbot.model.target import HostKeyPolicy, Login, SudoUse

pytestmark = pytest.mark.live

F = KeyedFingerprinter(b"k" * 32)
PSK = "Kuckucksuhr-1738"
PASSWORD = "login-Passw0rd-xyz"
TOKEN = F.token(PSK.encode())


@pytest.fixture
def session(host: Host) -> Iterator[HostSession]:
    opened = HostSession(host.target())
    yield opened
    opened.close()


@pytest.fixture
def configured(host: Host) -> Host:
    """swanctl with an include, ipsec.secrets, and a filelog in each form."""
    (host.etc / "swanctl/swanctl.conf").write_text("include conf.d/*.conf\n")
    (host.etc / "swanctl/conf.d/a.conf").write_text(f'secrets {{\n  ike-1 {{\n    secret = "{PSK}"\n  }}\n}}\n')
    (host.etc / "swanctl/conf.d/extra.conf").write_text("include ../deep/*.inc\n")
    (host.etc / "swanctl/deep").mkdir(exist_ok=True)
    (host.etc / "swanctl/deep/x.inc").write_text("# the deepest\n")
    (host.etc / "ipsec.secrets").write_text(f": PSK {PSK}")
    (host.etc / "strongswan.conf").write_text(
        "charon {\n  filelog {\n    /var/log/one.log {\n      default = 1\n    }\n"
        "    two {\n      path = /var/log/two.log\n    }\n"
        "    gone {\n path = /var/log/gone.log\n }\n    stderr { ike = 2 }\n  }\n}\ninclude strongswan.d/*.conf\n"
    )
    (host.log / "one.log").write_text("01[IKE] first\n")
    (host.log / "two.log").write_text("02[IKE] second")
    return host


def test_answers_are_exact(session: HostSession) -> None:
    """Text, exit status and stderr of each command of one exec are told apart; a missing program is a refusal."""
    found = session.send_all(
        tuple(render(Platform.STRONGSWAN, name) for name in ("kernel", "account", "which-journal", "clock"))
    )
    assert [answer.text.strip() for answer in found[:2]] == ["Linux", "0"]
    assert found[0].text == "Linux\n"
    assert all(answer.status == 0 for answer in (found[0], found[1], found[3]))
    missing = session.send(render(Platform.STRONGSWAN, "log-file", path="/nowhere/at/all"))
    assert missing.status == 1
    assert "No such file" in (missing.refusal or "")


def test_only_commands_of_the_table_are_sent(session: HostSession) -> None:
    """A text, and a command of the other platform, are refused before anything is sent."""
    with pytest.raises(CommandRefused):
        session.send("rm -rf /")  # type: ignore[arg-type]
    with pytest.raises(CommandRefused):
        session.send(render(Platform.CISCO_IOS, "version"))
    with pytest.raises(CommandRefused):
        next(session.follow("id", timedelta(seconds=1), lambda: False))  # type: ignore[arg-type]


def test_a_snapshot_holds_files_includes_and_logs_without_secrets(configured: Host, caplog: pytest.LogCaptureFixture) -> None:
    """Files with what they include, both filelog forms, the missing one as a gap, the key as a token on both places."""
    caplog.set_level(logging.DEBUG)
    snapshot = collect(configured.target(), fingerprinter=F, plan=Plan(peer="127.0.0.1"))
    assert snapshot.failure is None
    names = {output.name for output in snapshot.outputs}
    assert {"/etc/swanctl/swanctl.conf", "/etc/swanctl/conf.d/a.conf", "/etc/swanctl/deep/x.inc"} <= names
    assert [output.name for output in snapshot.of_kind(OutputKind.LOG)] == ["/var/log/one.log", "/var/log/two.log"]
    assert snapshot.of_kind(OutputKind.LOG)[1].text == "02[IKE] second\n"
    assert any(gap.output == "/var/log/gone.log" for gap in snapshot.gaps)
    (secrets,) = snapshot.of_kind(OutputKind.IPSEC_SECRETS)
    assert secrets.text == f": PSK {TOKEN}\n"
    assert any(f'secret = "{TOKEN}"' in output.text for output in snapshot.of_kind(OutputKind.SWANCTL_CONF))
    assert any(output.name.startswith("ss ") for output in snapshot.of_kind(OutputKind.SYSTEM))
    assert any("ip route get 127.0.0.1" in output.name for output in snapshot.outputs)
    for text in (repr(snapshot), caplog.text):
        assert PSK not in text
        assert "PRIVATE KEY" not in text


def test_without_a_filelog_the_system_logs_are_read(configured: Host) -> None:
    """No filelog: the lines of syslog that speak of charon, and only those."""
    (configured.etc / "strongswan.conf").write_text("charon { }\n")
    (configured.log / "syslog").write_text("Nov 1 10:00:00 gw charon: 01[IKE] hello\nNov 1 10:00:01 gw cron: other\n")
    with visit(configured.target(), fingerprinter=F) as done:
        (log,) = done.snapshot.of_kind(OutputKind.LOG)
        assert [place.name for place in done.logs] == ["/var/log/syslog"]
    (configured.log / "syslog").unlink()
    assert (log.name, log.text) == ("/var/log/syslog", "Nov 1 10:00:00 gw charon: 01[IKE] hello\n")


def test_the_log_is_followed_beside_other_questions(configured: Host, session: HostSession) -> None:
    """While one channel follows a file, the other answers; what is appended arrives at once."""
    log = configured.log / "one.log"
    heard: list[str] = []
    command = render(Platform.STRONGSWAN, "follow-file", path="/var/log/one.log", seconds=20)
    for piece in session.follow(command, timedelta(seconds=15), lambda: "appended" in "".join(heard)):
        heard.append(piece)
        assert session.send(render(Platform.STRONGSWAN, "account")).text == "0\n"
        with log.open("a") as stream:
            stream.write("03[IKE] appended\n")
    assert "appended" in "".join(heard)


def test_the_driver_has_napalms_form(configured: Host) -> None:
    """open, is_alive, get_facts, get_config, cli, close; cli takes reading commands of the table only."""
    options = {"port": configured.port, "key": configured.key, "known_hosts": str(configured.known_hosts)}
    driver = StrongswanDriver("127.0.0.1", "root", "", 10, options)
    driver.open()
    assert driver.is_alive() == {"is_alive": True}
    facts = driver.get_facts()
    assert facts["vendor"] == "strongSwan"
    assert "lo" in facts["interface_list"]
    assert "# /etc/swanctl/conf.d/a.conf" in driver.get_config()["running"]
    assert driver.cli(["uname -s"]) == {"uname -s": "Linux\n"}
    with pytest.raises(CommandRefused):
        driver.cli(["reboot"])
    driver.close()
    assert driver.is_alive() == {"is_alive": False}
    with pytest.raises(SessionLost):
        driver.get_facts()


def test_sudo_is_used_when_the_target_says_so(host: Host) -> None:
    """sudo: true puts `sudo -n` before what needs root and before nothing else; a host without sudo says so in gaps."""
    session = HostSession(host.target(sudo=SudoUse.ALWAYS))
    script, _ = session._script((render(Platform.STRONGSWAN, "list-sas"), render(Platform.STRONGSWAN, "clock")))
    session.close()
    assert "sudo -n swanctl --list-sas" in script
    assert "sudo -n date" not in script


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never speaks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        kept: list[socket.socket] = []
        done = threading.Event()

        def accept() -> None:
            listener.settimeout(0.1)
            while not done.is_set():
                try:
                    kept.append(listener.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield int(listener.getsockname()[1])
        done.set()
        thread.join()
        for connection in kept:
            connection.close()


def test_a_closed_port_is_unreachable(host: Host) -> None:
    """Nothing listens: Unreachable, with what to check."""
    with pytest.raises(Unreachable, match="nothing listens"):
        HostSession(host.target(device=Device("gw", Platform.STRONGSWAN, "127.0.0.1", free_port())))


def test_an_unknown_name_is_unreachable(host: Host) -> None:
    """A name that cannot be resolved is said so."""
    with pytest.raises(Unreachable, match="cannot be resolved"):
        HostSession(host.target(device=Device("gw", Platform.STRONGSWAN, "no-such-host.invalid", 22)))


def test_a_server_that_never_speaks_is_unreachable(host: Host, silent_port: int) -> None:
    """Accepted, then silence before any SSH banner."""
    target = host.target(device=Device("gw", Platform.STRONGSWAN, "127.0.0.1", silent_port), timeout=timedelta(seconds=1))
    with pytest.raises((Unreachable, DeviceHung)):
        HostSession(target)


def test_a_refused_login_names_the_user_and_no_password(host: Host) -> None:
    """LoginRefused; the password stands in no message."""
    with pytest.raises(LoginRefused) as caught:
        HostSession(host.target(login=Login("nobody-there", PASSWORD)))
    assert "nobody-there" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(caught.value.__context__)


def test_host_keys_are_checked(host: Host, tmp_path: Path) -> None:
    """strict refuses an unknown key, accept-new writes it down once, a changed one is refused by both."""
    known = tmp_path / "known_hosts"
    with pytest.raises(HostKeyRefused, match="accept-new"):
        HostSession(host.target(known_hosts=str(known)))
    HostSession(host.target(known_hosts=str(known), host_keys=HostKeyPolicy.ACCEPT_NEW)).close()
    HostSession(host.target(known_hosts=str(known))).close()
    assert len(known.read_text().splitlines()) == 1
    other = known.read_text().split()
    blob = list(other[2])
    blob[-5] = "A" if blob[-5] != "A" else "B"
    known.write_text(f"{other[0]} {other[1]} {''.join(blob)}\n")
    for policy in HostKeyPolicy:
        with pytest.raises(HostKeyRefused, match="differs"):
            HostSession(host.target(known_hosts=str(known), host_keys=policy))


def test_a_server_without_common_algorithms_is_said_so(host: Host) -> None:
    """Only key exchanges that this client does not have: NoCommonAlgorithms on both platforms, not a timeout."""
    port = free_port()
    config = host.etc.parent / "sshd_other"
    text = (host.etc.parent / "sshd_config").read_text().replace(f"Port {host.port}", f"Port {port}")
    config.write_text(text.replace("sshd.pid", "other.pid") + "KexAlgorithms sntrup761x25519-sha512@openssh.com\n")
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, server)
        for platform in Platform:
            snapshot = collect(host.target(device=Device("gw", platform, "127.0.0.1", port)), fingerprinter=F)
            assert snapshot.failure_kind == "NoCommonAlgorithms", snapshot.failure
    finally:
        server.terminate()
        server.wait(10)

"""The strongSwan laboratory itself: real daemons in namespaces, and nothing left of them afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ipsecbot.errors import InputError, LabError
from ipsecbot.inventory import load as inventory
from ipsecbot.lab.strongswan import leftovers, requirements, standing
from ipsecbot.lab.strongswan.host import Host
from ipsecbot.lab.strongswan.hostconfig import HostConfig, HostTraits, Tools, strongswan_conf
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.path import PathFault, drop_udp

MISSING = requirements.requirements()
live = [
    pytest.mark.live,
    pytest.mark.skipif(bool(MISSING), reason=f"left out: the strongSwan laboratory ({'; '.join(MISSING)})"),
]

SWANCTL = """
connections {{
  t {{
    local_addrs = 192.0.2.{me}
    remote_addrs = 192.0.2.{peer}
    version = 2
    proposals = aes128-sha256-x25519
    local {{ auth = psk }}
    remote {{ auth = psk }}
    children {{ c {{
      local_ts = 10.{me}.0.0/16
      remote_ts = 10.{peer}.0.0/16
      esp_proposals = {esp}
    }} }}
  }}
}}
secrets {{ ike-1 {{ secret = laboratory-only }} }}
"""
IPSEC_CONF = """conn c
  keyexchange=ikev2
  authby=secret
  left=192.0.2.{me}
  leftsubnet=10.{me}.0.0/16
  right=192.0.2.{peer}
  rightsubnet=10.{peer}.0.0/16
  ike=aes128-sha256-x25519!
  esp=aes128-sha256!
  auto=add
"""


def swanctl(me: int, esp: str = "aes128-sha256", strongswan: str | None = None) -> HostConfig:
    return HostConfig(swanctl_conf=SWANCTL.format(me=me, peer=3 - me, esp=esp), strongswan_conf=strongswan)


def stroke(me: int) -> HostConfig:
    return HostConfig(ipsec_conf=IPSEC_CONF.format(me=me, peer=3 - me), ipsec_secrets=": PSK laboratory-only\n")


def ssh(host: Host, command: str) -> subprocess.CompletedProcess[str]:
    access = host.ssh
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={access.known_hosts}"]
    words = ["ssh", "-F", "none", *options, "-i", str(access.key), "-p", str(access.port)]
    return subprocess.run(
        [*words, f"{access.username}@{access.address}", command], capture_output=True, text=True, timeout=20, check=False
    )


def eventually(done: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def folders_of(pid: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{leftovers.FOLDER_PREFIX}{pid}-*"))


def addresses() -> str:
    return subprocess.run(["ip", "-o", "-4", "addr"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def pair() -> Iterator[StrongswanPair]:
    with StrongswanPair(swanctl(1), swanctl(2)) as pair:
        yield pair


class TestAPair:
    pytestmark = live

    def test_a_tunnel_comes_up_and_carries_traffic(self, pair: StrongswanPair) -> None:
        """Real IKE, real ESP: the SA is up, pings pass in both directions and the counters say so."""
        pair.reconfigure(swanctl(1), swanctl(2))
        assert not pair.ping(seconds=1)
        assert pair.initiate("left", "c").returncode == 0
        assert pair.ping("left")
        assert pair.ping("right")
        assert "168 bytes,     2 packets" in pair.left.exec(["swanctl", "--list-sas"]).stdout

    def test_both_hosts_are_reached_by_ssh_with_a_known_host_key(self, pair: StrongswanPair) -> None:
        """Each login lands on its own host, as root, with the files and the daemon of that host alone."""
        pair.reconfigure(swanctl(1), swanctl(2))
        for host in (pair.left, pair.right):
            answer = ssh(host, "hostname; id -un; grep local_addrs /etc/swanctl/swanctl.conf; pgrep -c charon")
            assert answer.stdout.split() == [host.name, "root", "local_addrs", "=", host.address, "1"], answer.stderr

    def test_reconfiguring_forgets_log_and_associations(self, pair: StrongswanPair) -> None:
        """A reused pair starts every fault from nothing."""
        pair.reconfigure(swanctl(1), swanctl(2))
        pair.initiate("left", "c")
        assert "CHILD_SA c{1} established" in pair.right.log_text()
        pair.reconfigure(swanctl(1), swanctl(2))
        assert "established" not in pair.left.log_text() + pair.right.log_text()
        assert pair.left.exec(["swanctl", "--list-sas"]).stdout == ""

    def test_reloading_keeps_the_daemon(self, pair: StrongswanPair) -> None:
        """`reload` changes what the running daemon wants without a restart."""
        pair.reconfigure(swanctl(1), swanctl(2))
        before = pair.left.exec(["cat", "/run/charon.pid"]).stdout
        assert pair.reload("left", SWANCTL.format(me=1, peer=2, esp="aes256-sha256")).returncode == 0
        assert pair.left.exec(["cat", "/run/charon.pid"]).stdout == before
        assert pair.initiate("left", "c").returncode != 0
        assert "no acceptable proposal found" in pair.right.log_text()

    def test_a_faulty_path_loses_packets_silently(self, pair: StrongswanPair) -> None:
        """UDP 4500 dropped on arrival: the sender sees no error, only silence; the next configuration mends the path."""
        pair.reconfigure(swanctl(1), swanctl(2), PathFault(right_rules=drop_udp(4500)))
        assert pair.initiate("left", "c").returncode != 0
        assert "giving up after 2 retransmits" in pair.left.log_text()
        assert "error writing to socket" not in pair.left.log_text()
        pair.reconfigure(swanctl(1), swanctl(2), PathFault(right_down=True))
        assert pair.initiate("left", "c").returncode != 0
        pair.reconfigure(swanctl(1), swanctl(2))
        assert pair.initiate("left", "c").returncode == 0

    def test_a_stopped_daemon_is_gone(self, pair: StrongswanPair) -> None:
        """After `stop_daemon` no charon runs on that host, and the host itself still answers."""
        pair.reconfigure(swanctl(1), swanctl(2))
        pair.stop_daemon("right")
        assert ssh(pair.right, "pgrep -x charon").returncode == 1
        assert ssh(pair.left, "pgrep -x charon").returncode == 0

    def test_stroke_and_swanctl_talk_to_each_other(self, pair: StrongswanPair) -> None:
        """One end is driven by ipsec.conf, the other by swanctl.conf."""
        pair.reconfigure(stroke(1), swanctl(2))
        pair.initiate("left", "c")
        assert "INSTALLED" in pair.left.exec(["ipsec", "statusall"]).stdout
        assert pair.ping()

    def test_ipv6_addresses_survive_a_link_that_was_down(self, pair: StrongswanPair) -> None:
        """The wire carries IPv6 from the start and again after a path fault."""
        pair.reconfigure(swanctl(1), swanctl(2), PathFault(left_down=True))
        pair.reconfigure(swanctl(1), swanctl(2))
        assert eventually(lambda: pair.ping_from("left", "2001:db8::1", "2001:db8::2", seconds=1))

    def test_a_standing_pair_is_found_by_its_inventory(self, pair: StrongswanPair, tmp_path: Path) -> None:
        """The inventory that `ipsecbot lab strongswan` writes has nothing to complain about and leads to both hosts."""
        path = tmp_path / "inventory.yaml"
        path.write_text(standing.inventory_text(pair))
        assert inventory.check(path) == ()
        tunnel = inventory.load(path).match("lab")
        assert [device.device.address for device in tunnel.devices] == [pair.left.ssh.address, pair.right.ssh.address]


class TestTraits:
    pytestmark = live

    def test_hosts_can_lack_either_control_program(self) -> None:
        """A host with only stroke has no swanctl (127, as where it is not installed), and the other way round."""
        traits = {"left_traits": HostTraits(tools=Tools.STROKE), "right_traits": HostTraits(tools=Tools.SWANCTL)}
        with StrongswanPair(stroke(1), swanctl(2), **traits) as pair:
            assert ssh(pair.left, "swanctl --stats").returncode == 127
            assert ssh(pair.left, "ls /etc/swanctl").returncode != 0
            assert ssh(pair.right, "ipsec statusall").returncode == 127
            pair.initiate("left", "c")
            assert pair.ping()

    def test_logs_go_where_they_are_told(self) -> None:
        """A syslog, a file of another name, and nowhere."""
        elsewhere = strongswan_conf(log_file="/var/log/ike.log")
        nowhere = strongswan_conf(log_file=None)
        syslog = strongswan_conf(log_file=None, syslog=True)
        with StrongswanPair(
            swanctl(1, strongswan=syslog), swanctl(2, strongswan=elsewhere), left_traits=HostTraits(syslog=True)
        ) as pair:
            pair.initiate("left", "c")
            assert eventually(lambda: "IKE_SA t[1] established" in pair.left.log_text("syslog"))
            assert " left charon: " in pair.left.log_text("syslog")
            assert pair.left.log_text() == ""
            assert "IKE_SA t[1] established" in pair.right.log_text("ike.log")
            pair.reconfigure(swanctl(1), swanctl(2, strongswan=nowhere))
            pair.initiate("left", "c")
            assert ssh(pair.right, "find /var/log -type f").stdout == ""

    def test_an_ordinary_user_has_no_rights(self) -> None:
        """Without sudo rights neither the daemon nor the configuration can be read."""
        with StrongswanPair(swanctl(1), swanctl(2), left_traits=HostTraits(username="netops")) as pair:
            assert ssh(pair.left, "id -un").stdout == "netops\n"
            assert ssh(pair.left, "cat /etc/swanctl/swanctl.conf").returncode != 0
            assert ssh(pair.left, "sudo -n true").returncode != 0

    @pytest.mark.skipif(shutil.which("sudo") is None, reason="left out: a user with sudo -n (sudo is not installed)")
    def test_an_ordinary_user_may_use_sudo(self) -> None:
        """`sudo -n` works at once, without a password, for the account that may."""
        with StrongswanPair(swanctl(1), swanctl(2), left_traits=HostTraits(username="netops", sudo=True)) as pair:
            answer = ssh(pair.left, "sudo -n swanctl --list-conns")
            assert answer.returncode == 0, answer.stderr
            assert answer.stdout.startswith("t: IKEv2")


PROGRAM = """
import sys, time
from ipsecbot.lab.strongswan.hostconfig import HostConfig
from ipsecbot.lab.strongswan.pair import StrongswanPair
with StrongswanPair(HostConfig(), HostConfig()) as pair:
    print(*(host.ssh.address for host in (pair.left, pair.right)), flush=True)
    time.sleep(60)
"""


class TestNothingIsLeft:
    pytestmark = live

    @pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
    def test_after_the_death_of_the_process(self, kind: signal.Signals) -> None:
        """However the process ends, its daemons, namespaces, interfaces and files end with it."""
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        with process:
            assert process.stdout is not None
            hosts = process.stdout.readline().split()
            assert len(hosts) == 2
            charons = [pid for pid in _processes("charon") if _folder_of(pid, process.pid)]
            assert len(charons) == 2
            process.send_signal(kind)
            process.wait(timeout=20)
        assert eventually(lambda: folders_of(process.pid) == [])
        assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in charons))
        assert eventually(lambda: not any(_net(host) in addresses() for host in hosts))

    def test_after_an_exception(self) -> None:
        """An exception in the block takes the pair away before it is seen."""
        seen = []

        def stumble(pair: StrongswanPair) -> None:
            seen.append((pair.folder, _net(pair.left.ssh.address), _net(pair.right.ssh.address)))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), StrongswanPair(swanctl(1), swanctl(2)) as pair:
            stumble(pair)
        [(folder, left, right)] = seen
        assert not folder.exists()
        assert left not in addresses()
        assert right not in addresses()

    def test_two_pairs_at_once_do_not_meet(self) -> None:
        """Same addresses, same names, two laboratories: each ping stays in its own, each login too."""
        with StrongswanPair(swanctl(1), swanctl(2)) as one, StrongswanPair(swanctl(1), swanctl(2)) as two:
            assert len({host.ssh.address for pair in (one, two) for host in (pair.left, pair.right)}) == 4
            one.initiate("left", "c")
            assert one.ping()
            assert not two.ping(seconds=1)

    def test_a_failure_to_start_leaves_nothing(self) -> None:
        """A charon that cannot start is a LabError that says so, and the half-built pair is gone."""
        before = set(folders_of(os.getpid()))
        broken = HostConfig(swanctl_conf="", strongswan_conf="charon { load = nonsense }\n")
        with pytest.raises(LabError, match="left: charon"), StrongswanPair(broken, swanctl(2)):
            pass
        assert set(folders_of(os.getpid())) == before

    def test_sweep_removes_only_what_the_dead_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Folders of live processes or live keepers stay."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        dead, alive, kept = (
            tmp_path / f"{leftovers.FOLDER_PREFIX}{name}" for name in ("99999999-a", f"{os.getpid()}-b", "99999999-c")
        )
        for folder in (dead, alive, kept):
            folder.mkdir()
        (kept / "keeper.pid").write_text(f"{os.getpid()}\n")
        assert leftovers.sweep() == (dead,)
        assert sorted(tmp_path.iterdir()) == sorted((alive, kept))


class TestStanding:
    pytestmark = live

    def test_run_announces_writes_the_inventory_and_ends(self, tmp_path: Path) -> None:
        """`run` says where to log in, writes the inventory, and SIGINT ends it with exit code 0 and nothing left."""
        for name, config in (("left", swanctl(1)), ("right", stroke(2))):
            (tmp_path / name).mkdir()
            for file, text in (
                ("swanctl.conf", config.swanctl_conf),
                ("ipsec.conf", config.ipsec_conf),
                ("ipsec.secrets", config.ipsec_secrets),
            ):
                if text is not None:
                    (tmp_path / name / file).write_text(text)
        code = (
            "import sys; from pathlib import Path; from ipsecbot.lab.strongswan import run\n"
            "run(Path('left'), Path('right'), Path('inventory.yaml'), lambda line: print(line, flush=True))"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(4)]
            assert lines[0].startswith("left (192.0.2.1, protects 10.1.0.1/16): ssh -i ")
            assert inventory.check(tmp_path / "inventory.yaml") == ()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        assert folders_of(process.pid) == []


def test_requirements_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lacks root, packages or the tun device is told so by name, and a pair refuses with the same words."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None if name == "nft" else f"/usr/sbin/{name}")
    missing = requirements.requirements()
    assert missing[0] == "not running as root"
    assert missing[1].startswith("packages not installed: nftables")
    with pytest.raises(LabError, match="not running as root"), StrongswanPair():
        pass


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    """One clear sentence, naming the folder."""
    with pytest.raises(InputError, match=r"holds neither swanctl\.conf nor ipsec\.conf"):
        standing.read_folder(tmp_path)


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    """The four known files by name, everything else with its path, byte for byte."""
    (tmp_path / "swanctl.conf").write_text("connections {}\n")
    (tmp_path / "swanctl/x509ca").mkdir(parents=True)
    (tmp_path / "swanctl/x509ca/ca.der").write_bytes(b"\x30\x82\xff")
    config = standing.read_folder(tmp_path)
    assert config == HostConfig(swanctl_conf="connections {}\n", files=(("swanctl/x509ca/ca.der", b"\x30\x82\xff"),))


def _processes(name: str) -> list[int]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                if (path / "comm").read_text().strip() == name:
                    found.append(int(path.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def _folder_of(pid: int, owner: int) -> bool:
    """Whether a process runs in a laboratory of `owner`: its /etc is bound from that laboratory's folder."""
    try:
        return f"{leftovers.FOLDER_PREFIX}{owner}-" in Path(f"/proc/{pid}/mountinfo").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _net(address: str) -> str:
    """The caller's end of a management /30 as `ip addr` prints it, given the host's end."""
    head, _, tail = address.rpartition(".")
    return f"inet {head}.{int(tail) - 1}/30"

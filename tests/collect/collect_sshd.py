"""A real sshd on loopback whose users see a strongSwan configuration of the test's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ipsecbot.model.device import Device, Platform
from ipsecbot.model.target import HostKeyPolicy, Login, Target

SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True)
class Host:
    """`etc` holds what the users see as /etc/swanctl, strongswan.conf, ipsec.conf and ipsec.secrets; `log` as /var/log."""

    port: int
    etc: Path
    log: Path
    key: str
    known_hosts: Path
    process: subprocess.Popen[bytes]

    def target(self, **changes: object) -> Target:
        settings: dict[str, object] = {
            "device": Device("gw", Platform.STRONGSWAN, "127.0.0.1", self.port),
            "login": Login("root", key=self.key),
            "host_keys": HostKeyPolicy.STRICT,
            "known_hosts": str(self.known_hosts),
        }
        return Target(**{**settings, **changes})  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("no server came up")


def _keys(folder: Path) -> None:
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    (folder / "authorized").write_text((folder / "user.pub").read_text())


def _mounts(folder: Path) -> str:
    binds = {
        "etc/swanctl": "/etc/swanctl",
        "etc/strongswan.conf": "/etc/strongswan.conf",
        "etc/strongswan.d": "/etc/strongswan.d",
        "etc/ipsec.conf": "/etc/ipsec.conf",
        "etc/ipsec.secrets": "/etc/ipsec.secrets",
        "log": "/var/log",
    }
    return "; ".join(f"mount --bind {folder}/{ours} {theirs}" for ours, theirs in binds.items())


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    missing = [path for path in (SSHD, "/etc/swanctl", "/etc/ipsec.conf", "/etc/strongswan.d") if not Path(path).exists()]
    if os.geteuid() != 0 or missing or not shutil.which("ssh-keygen"):
        pytest.skip(f"the SSH session on a real host needs root, sshd and strongSwan's folders (missing: {missing or 'root'})")
    folder = tmp_path_factory.mktemp("host")
    (folder / "etc/swanctl/conf.d").mkdir(parents=True)
    (folder / "etc/strongswan.d").mkdir()
    (folder / "log").mkdir()
    for name in ("strongswan.conf", "ipsec.conf", "ipsec.secrets"):
        (folder / "etc" / name).touch()
    _keys(folder)
    port = free_port()
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        f"StrictModes no\nUsePAM no\nPidFile {folder}/sshd.pid\nPermitRootLogin yes\nMaxAuthTries 10\nLogLevel ERROR\n"
    )
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {' '.join((folder / 'host.pub').read_text().split()[:2])}\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    script = f"{_mounts(folder)}; exec {SSHD} -D -e -f {folder}/sshd_config"
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        yield Host(port, folder / "etc", folder / "log", (folder / "user").read_text(), known, process)
    finally:
        process.terminate()
        process.wait(10)

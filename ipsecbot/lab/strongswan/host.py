"""One host of the laboratory: its namespaces, its files, its charon, and how to log in to it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ipsecbot.errors import LabError
from ipsecbot.lab.strongswan.folder import HostFolder
from ipsecbot.lab.strongswan.hostconfig import HostConfig, HostTraits
from ipsecbot.lab.strongswan.namespace import Namespace

_CHARON = "/usr/lib/ipsec/charon"
_STOP_CHARON = r"""
for file in /run/starter.charon.pid /run/charon.pid; do
    [ -s $file ] || continue
    read -r pid < $file
    kill "$pid" 2>/dev/null || continue
    for try in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.01; done
    kill -9 "$pid" 2>/dev/null && echo "process $pid of $file had to be killed" >&2
done
true
"""
_CONN = re.compile(r"^conn\s+(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_LOADED = re.compile(r"^\s+auto\s*=\s*(add|route|start)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SshAccess:
    """How to log in to a host: `key` is a private key file, `known_hosts` a file that has the host's key."""

    address: str
    port: int
    username: str
    key: Path
    known_hosts: Path


class Host:
    """One running host. Made by StrongswanPair, which also ends it."""

    def __init__(self, namespace: Namespace, folder: HostFolder, traits: HostTraits, ssh: SshAccess, address: str) -> None:
        self.name = namespace.name
        self.address = address
        self.ssh = ssh
        self.traits = traits
        self._namespace = namespace
        self._folder = folder
        self._config = HostConfig()

    def exec(
        self, arguments: list[str], *, stdin: str | None = None, seconds: float = 30.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on the host as root, as if logged in; the answer has both streams and the exit status."""
        return subprocess.run(
            self._namespace.command(tuple(arguments)),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            cwd="/",
            check=False,
        )

    def require(self, arguments: list[str], *, stdin: str | None = None) -> str:
        """Run a command that must succeed; its standard output. Raises LabError with what it said."""
        done = self.exec(arguments, stdin=stdin)
        if done.returncode != 0:
            raise LabError(f"{self.name}: {' '.join(arguments)}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def await_ssh(self) -> None:
        """Wait until sshd accepts a connection on the management address."""

        def accepts() -> bool:
            try:
                socket.create_connection((self.ssh.address, self.ssh.port), timeout=0.5).close()
            except OSError:
                return False
            return True

        self._poll(accepts, "sshd does not listen")

    def start_syslog(self) -> None:
        """Start what listens on /dev/log; it ends with the host."""
        script = Path(__file__).with_name("syslog.py")
        self._spawn([sys.executable, str(script)])
        self._poll((self._folder.path / "dev/log").exists, "syslog does not listen")

    def configure(self, config: HostConfig) -> None:
        """Stop the daemon, forget its log and replace all its files; `start_daemon` comes next."""
        self.stop_daemon()
        self._folder.clear_logs()
        self._folder.write_config(config, self.traits)
        self._config = config

    def start_daemon(self) -> None:
        """Start charon (through starter where an ipsec.conf is given) and load the configuration."""
        if self._config.uses_stroke:
            self.require(["ipsec", "start"])
            self._poll(self._stroke_loaded, "starter did not load its connections", seconds=3.0, fatal=False)
        else:
            self._spawn([_CHARON])
        if self._config.swanctl_conf is not None:
            self._poll(self._vici_answers, "charon does not answer on its vici socket")
            self.load_all()
        elif not self._config.uses_stroke:
            self._poll((self._folder.run / "charon.ctl").exists, "charon did not start")

    def stop_daemon(self) -> None:
        """End charon and starter, if they run, and wait until they are gone."""
        self.require(["sh", "-c", _STOP_CHARON])

    def load_all(self) -> subprocess.CompletedProcess[str]:
        """`swanctl --load-all`: its answer, refusals and all (a broken configuration is a fault worth studying)."""
        return self.exec(["swanctl", "--load-all", "--noprompt"])

    def write_swanctl(self, text: str) -> None:
        """Replace swanctl.conf on disk; the daemon keeps what it runs until `load_all`."""
        self.replace_files(replace(self._config, swanctl_conf=text))

    def replace_files(self, config: HostConfig) -> None:
        """Replace all configuration files on disk; the daemon keeps what it runs until it is told to load them."""
        self._config = config
        self._folder.write_config(config, self.traits)

    def initiate(self, child: str, *, seconds: float = 6.0) -> subprocess.CompletedProcess[str]:
        """Start a CHILD_SA (or a stroke connection) and wait for the outcome, at most `seconds`."""
        if self._config.swanctl_conf is not None:
            return self.exec(["swanctl", "--initiate", "--child", child, "--timeout", str(int(seconds))], seconds=seconds + 10)
        return self.exec(["timeout", str(int(seconds)), "ipsec", "up", child], seconds=seconds + 10)

    def log_text(self, name: str = "charon.log") -> str:
        """What a file of /var/log holds; empty when there is none."""
        path = self._folder.log / name
        return path.read_text(errors="replace") if path.exists() else ""

    def _vici_answers(self) -> bool:
        path = self._folder.run / "charon.vici"
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(os.fspath(path))
            except OSError:
                return False
        return True

    def _stroke_loaded(self) -> bool:
        wanted = _loaded_conns(self._config.ipsec_conf or "")
        status = self.exec(["ipsec", "statusall"])
        return status.returncode == 0 and all(
            re.search(rf"^\s*{re.escape(name)}:", status.stdout, re.MULTILINE) for name in wanted
        )

    def _spawn(self, arguments: list[str]) -> None:
        # The shell leaves at once, so that the program belongs to the host's first process and ends with it.
        self.require(["sh", "-c", '"$@" < /dev/null > /dev/null 2>&1 &', "spawn", *arguments])

    def _poll(self, done: Callable[[], bool], complaint: str, *, seconds: float = 5.0, fatal: bool = True) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                if fatal:
                    raise LabError(f"{self.name}: {complaint} after {seconds:g} s")
                return
            time.sleep(0.01)


def _loaded_conns(ipsec_conf: str) -> set[str]:
    """The conns that starter loads: those whose own section, or %default, says auto=add, route or start."""
    sections = dict(_CONN.findall(ipsec_conf))
    by_default = _LOADED.search(sections.pop("%default", "")) is not None
    return {name for name, body in sections.items() if _LOADED.search(body) or (by_default and "auto" not in body)}

"""The files of one host: what it sees as /etc, /usr/sbin, /run, /var/log and, where it has a syslog, /dev.

/etc and /usr/sbin are folders of links to the machine's own entries, so that a host can have files of its own and can
lack programs which the machine has.
"""

from __future__ import annotations

import os
from pathlib import Path

from ipsecbot.lab.strongswan.hostconfig import HostConfig, HostTraits, Tools, strongswan_conf

_OWN_ETC = frozenset(
    (
        *("strongswan.conf", "swanctl", "ipsec.conf", "ipsec.secrets", "ipsec.d"),
        *("ssh", "hostname", "hosts", "passwd", "shadow", "sudoers", "sudoers.d"),
    )
)
_SWANCTL_FOLDERS = (
    "conf.d",
    "ecdsa",
    "pkcs12",
    "pkcs8",
    "private",
    "pubkey",
    "rsa",
    "x509",
    "x509aa",
    "x509ac",
    "x509ca",
    "x509crl",
)
_IPSEC_FOLDERS = ("aacerts", "acerts", "cacerts", "certs", "crls", "ocspcerts", "private", "reqs")
_MISSING_PROGRAMS = {Tools.BOTH: frozenset[str](), Tools.SWANCTL: frozenset({"ipsec"}), Tools.STROKE: frozenset({"swanctl"})}
_DEVICE_NODES = ("null", "zero", "full", "random", "urandom", "tty")

_SSHD_CONFIG = """\
HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PasswordAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
MaxStartups 100
PidFile /run/sshd.pid
LogLevel VERBOSE
"""


class HostFolder:
    """The folder of one host below the laboratory's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.etc = path / "etc"
        self.run = path / "run"
        self.log = path / "log"
        self._further: tuple[Path, ...] = ()

    def build(self, name: str, traits: HostTraits, host_key: Path, user_key: Path) -> None:
        """Lay out everything but the IPsec configuration."""
        for folder in ("etc/ssh", "sbin", "run/sshd", "log", "real/etc", "real/sbin", "dev/net", "dev/pts"):
            (self.path / folder).mkdir(parents=True)
        _link_entries(Path("/etc"), self.path / "real/etc", self.etc, _OWN_ETC)
        _link_entries(Path("/usr/sbin"), self.path / "real/sbin", self.path / "sbin", _MISSING_PROGRAMS[traits.tools])
        for node in (*_DEVICE_NODES, "net/tun"):
            (self.path / "dev" / node).touch()
        (self.etc / "hostname").write_text(f"{name}\n")
        (self.etc / "hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {name}\n")
        self._write_accounts(traits)
        _write_private(self.etc / "ssh/host_key", host_key.read_text())
        (self.etc / "ssh/sshd_config").write_text(_SSHD_CONFIG)
        (self.etc / "ssh/authorized_keys").write_text(user_key.with_suffix(".pub").read_text())
        if traits.tools is not Tools.STROKE:
            for folder in _SWANCTL_FOLDERS:
                (self.etc / "swanctl" / folder).mkdir(parents=True)
        if traits.tools is not Tools.SWANCTL:
            for folder in _IPSEC_FOLDERS:
                (self.etc / "ipsec.d" / folder).mkdir(parents=True)

    def _write_accounts(self, traits: HostTraits) -> None:
        passwd = Path("/etc/passwd").read_text()
        shadow = "root:*:19000:0:99999:7:::\n"
        if traits.username != "root":
            home = self.path / "home"
            home.mkdir()
            os.chown(home, 4242, 100)
            passwd += f"{traits.username}:x:4242:100::{home}:/bin/sh\n"
            shadow += f"{traits.username}:*:19000:0:99999:7:::\n"
        (self.etc / "passwd").write_text(passwd)
        _write_private(self.etc / "shadow", shadow)
        rights = "Defaults secure_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nroot ALL=(ALL:ALL) ALL\n"
        if traits.sudo:
            rights += f"{traits.username} ALL=(ALL) NOPASSWD: ALL\n"
        _write_private(self.etc / "sudoers", rights, mode=0o440)

    def write_config(self, config: HostConfig, traits: HostTraits) -> None:
        """Replace the IPsec configuration files; those that the configuration lacks are removed."""
        default = strongswan_conf(syslog=traits.syslog)
        _write_or_remove(self.etc / "strongswan.conf", default if config.strongswan_conf is None else config.strongswan_conf)
        if traits.tools is not Tools.STROKE:
            _write_or_remove(self.etc / "swanctl/swanctl.conf", config.swanctl_conf)
        if traits.tools is not Tools.SWANCTL:
            _write_or_remove(self.etc / "ipsec.conf", config.ipsec_conf)
            _write_or_remove(self.etc / "ipsec.secrets", config.ipsec_secrets)
        for path in self._further:
            path.unlink(missing_ok=True)
        self._further = tuple(self.etc / name for name, _ in config.files)
        for path, (_, content) in zip(self._further, config.files, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o600)

    def clear_logs(self) -> None:
        """Remove what the daemon has logged and the sockets that a dead one may have left."""
        for path in self.log.iterdir():
            if path.is_file():
                path.unlink()
        for name in ("charon.vici", "charon.ctl", "charon.pid", "starter.charon.pid"):
            (self.run / name).unlink(missing_ok=True)


def _link_entries(source: Path, target: Path, into: Path, without: frozenset[str]) -> None:
    for entry in source.iterdir():
        if entry.name not in without:
            (into / entry.name).symlink_to(target / entry.name)


def _write_private(path: Path, text: str, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)


def _write_or_remove(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        _write_private(path, text)

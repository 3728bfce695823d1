"""What this machine lacks for a real strongSwan pair, in plain sentences."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# program or file → the Debian package that brings it
_PROGRAMS = (
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("ping", "iputils-ping"),
    ("ssh-keygen", "openssh-client"),
    ("sshd", "openssh-server"),
    ("swanctl", "strongswan-swanctl"),
    ("ipsec", "strongswan-starter"),
)
_FILES = (
    ("/usr/lib/ipsec/charon", "strongswan-charon"),
    ("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so", "libcharon-extra-plugins"),
    ("/usr/lib/ipsec/plugins/libstrongswan-openssl.so", "libstrongswan-standard-plugins"),
    ("/usr/lib/ipsec/plugins/libstrongswan-chapoly.so", "libstrongswan-extra-plugins"),
)
_PATH = f"{os.defpath}:/usr/local/sbin:/usr/sbin:/sbin"


def requirements() -> tuple[str, ...]:
    """One sentence for everything that is missing; empty when a pair can run here."""
    missing = []
    if not sys.platform.startswith("linux"):
        return ("network namespaces exist on Linux only",)
    if os.geteuid() != 0:
        missing.append("not running as root")
    path = f"{os.environ.get('PATH', '')}:{_PATH}"
    packages = [package for program, package in _PROGRAMS if shutil.which(program, path=path) is None]
    packages += [package for file, package in _FILES if not Path(file).exists()]
    if packages:
        missing.append(f"packages not installed: {', '.join(dict.fromkeys(packages))}")
    if not Path("/dev/net/tun").exists():
        missing.append("/dev/net/tun does not exist (ESP in user space needs it)")
    if not missing and (refusal := _namespaces_refused()):
        missing.append(f"namespaces cannot be made here, although this is root: {refusal}")
    return tuple(missing)


def _namespaces_refused() -> str:
    """Why the kernel (or a container without CAP_SYS_ADMIN) refuses namespaces; empty when it does not."""
    command = ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"

"""Namespaces that cannot be forgotten: the kernel takes them away when the process that made them ends, however it ends.

Nothing is named in /run/netns. A keeper (a shell in a session of its own) holds one `unshare` per host; the first process
inside each reads a pipe whose other end this process holds. End of file ends it, with it its PID namespace, with that its
mounts and its network; the keeper then removes the folder.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ipsecbot.errors import LabError

_INIT = r"""
set -eu
d=$1 name=$2 syslog=$3
trap 'echo "failed $name"' EXIT
hostname "$name"
mount --bind /etc "$d/real/etc"
mount --bind /usr/sbin "$d/real/sbin"
mount --bind "$d/run" /run
mount --bind "$d/log" /var/log
if [ "$syslog" = yes ]; then
    for node in null zero full random urandom tty; do mount --bind "/dev/$node" "$d/dev/$node"; done
    mount --bind /dev/net/tun "$d/dev/net/tun"
    mount --bind /dev/pts "$d/dev/pts"
    mount --rbind "$d/dev" /dev
fi
mount --bind "$d/sbin" /usr/sbin
mount --bind "$d/etc" /etc
ip link set lo up
echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
echo 1 > /proc/sys/net/ipv4/ip_forward
/usr/sbin/sshd -E /run/sshd.log
trap - EXIT
echo "ready $name"
exec 1>&-
cat > /dev/null
"""

_KEEPER = r"""
d=$1 init=$2; shift 2
exec 3<&0
for host in "$@"; do
    name=${host%%:*}
    unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
        sh -c "$init" init "$d/$name" "$name" "${host#*:}" <&3 &
    echo "pid $name $!"
done
exec 1>&-
wait
rm -rf "$d"
"""


@dataclass(frozen=True, slots=True)
class Namespace:
    """One host's namespaces, by the process that made them."""

    name: str
    pid: int

    def command(self, arguments: tuple[str, ...]) -> list[str]:
        """The words that run `arguments` inside."""
        return [
            "nsenter",
            f"--net=/proc/{self.pid}/ns/net",
            f"--mount=/proc/{self.pid}/ns/mnt",
            f"--uts=/proc/{self.pid}/ns/uts",
            f"--pid=/proc/{self.pid}/ns/pid_for_children",
            "--",
            *arguments,
        ]


class Keeper:
    """The process that holds the namespaces of some hosts below one folder, and removes the folder at the end."""

    def __init__(self, folder: Path, hosts: tuple[tuple[str, bool], ...]) -> None:
        """Make one set of namespaces per host, given as (name, has syslog). Raises LabError with what the shells said."""
        errors = folder / "keeper.log"
        arguments = [f"{name}:{'yes' if syslog else 'no'}" for name, syslog in hosts]
        with errors.open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _KEEPER, "keeper", str(folder), _INIT, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
        try:
            self.namespaces = self._await_ready(tuple(name for name, _ in hosts))
        except LabError as error:
            said = errors.read_text(errors="replace").strip()
            self.end()
            raise LabError(f"{error}{': ' + said if said else ''}") from None
        except BaseException:
            self.end()
            raise

    def _await_ready(self, names: tuple[str, ...]) -> dict[str, Namespace]:
        assert self._process.stdout is not None
        pids: dict[str, int] = {}
        ready: set[str] = set()
        for line in _lines(self._process.stdout.fileno(), seconds=10.0):
            match line.split():
                case ["pid", name, pid]:
                    pids[name] = int(pid)
                case ["ready", name]:
                    ready.add(name)
                case ["failed", _]:
                    break
            if ready == set(names):
                return {name: Namespace(name, pids[name]) for name in names}
        raise LabError(f"namespaces for {', '.join(sorted(set(names) - ready))} could not be made")

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        """Take everything away and wait until it is gone."""
        process = self._process
        for stream in (process.stdin, process.stdout):
            if stream is not None and not stream.closed:
                stream.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _lines(descriptor: int, *, seconds: float) -> Iterator[str]:
    """The lines of a pipe until its end or until so many seconds have passed."""
    deadline = time.monotonic() + seconds
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while selector.select(timeout=max(0.0, deadline - time.monotonic())):
            chunk = os.read(descriptor, 4096)
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            yield from (line.decode() for line in lines)

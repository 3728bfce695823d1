"""Two strongSwan hosts with one wire between them, for as long as a `with` block lasts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from ipsecbot.errors import LabError
from ipsecbot.lab.strongswan.folder import HostFolder
from ipsecbot.lab.strongswan.host import Host, SshAccess
from ipsecbot.lab.strongswan.hostconfig import HostConfig, HostTraits
from ipsecbot.lab.strongswan.leftovers import FOLDER_PREFIX
from ipsecbot.lab.strongswan.management import ManagementLink, attach
from ipsecbot.lab.strongswan.namespace import Keeper
from ipsecbot.lab.strongswan.path import PathFault
from ipsecbot.lab.strongswan.requirements import requirements
from ipsecbot.model.evidence import Side

ADDRESSES = {Side.LEFT: ("192.0.2.1/24", "2001:db8::1/64"), Side.RIGHT: ("192.0.2.2/24", "2001:db8::2/64")}
PROTECTED = {Side.LEFT: ("10.1.0.1/16", "2001:db8:1::1/64"), Side.RIGHT: ("10.2.0.1/16", "2001:db8:2::1/64")}


class StrongswanPair:
    """`with StrongswanPair(left, right) as pair:` two hosts, charon running and loaded, sshd listening.

    `left` is 192.0.2.1 and 2001:db8::1 and protects 10.1.0.0/16 and 2001:db8:1::/64, `right` .2 with 10.2 and :2:. Every
    address of a protected IPv4 network answers a ping. Raises LabError when this machine cannot do it.
    """

    def __init__(
        self,
        left: HostConfig | None = None,
        right: HostConfig | None = None,
        path: PathFault | None = None,
        *,
        left_traits: HostTraits | None = None,
        right_traits: HostTraits | None = None,
    ) -> None:
        self._configs = {Side.LEFT: left or HostConfig(), Side.RIGHT: right or HostConfig()}
        self._path = path or PathFault()
        self._traits = {Side.LEFT: left_traits or HostTraits(), Side.RIGHT: right_traits or HostTraits()}
        self._folder: Path | None = None
        self._keeper: Keeper | None = None
        self._links: list[ManagementLink] = []
        self._hosts: dict[Side, Host] = {}

    def __enter__(self) -> Self:
        missing = requirements()
        if missing:
            raise LabError("a strongSwan pair cannot run here: " + "; ".join(missing))
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
        self._folder = folder
        try:
            self._build(folder)
            self.reconfigure(self._configs[Side.LEFT], self._configs[Side.RIGHT], self._path)
        except BaseException:
            self.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Take everything away; safe to call twice."""
        for link in self._links:
            link.remove()
        self._links.clear()
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None

    @property
    def folder(self) -> Path:
        """The laboratory's own folder; it goes away with the pair, however that ends."""
        if self._folder is None:
            raise LabError("the pair has not been started")
        return self._folder

    @property
    def left(self) -> Host:
        return self._hosts[Side.LEFT]

    @property
    def right(self) -> Host:
        return self._hosts[Side.RIGHT]

    def host(self, side: Side | str) -> Host:
        return self._hosts[Side(side)]

    def reconfigure(self, left: HostConfig, right: HostConfig, path: PathFault | None = None) -> None:
        """Give both hosts other files and fresh daemons with empty logs and no SAs, and the path other faults."""
        path = path or PathFault()
        for side, config in ((Side.LEFT, left), (Side.RIGHT, right)):
            self._hosts[side].configure(config)
            self._clear_path(side)
        for side, rules, down in (
            (Side.LEFT, path.left_rules, path.left_down),
            (Side.RIGHT, path.right_rules, path.right_down),
        ):
            if rules:
                self.drop(side, rules)
            if down:
                self._hosts[side].require(["ip", "link", "set", "wan", "down"])
        # The right end first: a left end that starts by itself then finds somebody to talk to.
        for side in (Side.RIGHT, Side.LEFT):
            self._hosts[side].start_daemon()
        for side, stopped in ((Side.LEFT, path.left_daemon_stopped), (Side.RIGHT, path.right_daemon_stopped)):
            if stopped:
                self.stop_daemon(side)

    def reload(self, side: Side | str, swanctl_conf: str) -> subprocess.CompletedProcess[str]:
        """Replace one swanctl.conf and load it into the running daemon; what swanctl answered."""
        self.host(side).write_swanctl(swanctl_conf)
        return self.host(side).load_all()

    def initiate(self, side: Side | str, child: str, *, seconds: float = 6.0) -> subprocess.CompletedProcess[str]:
        """Start a CHILD_SA from one side; the answer tells whether it came up."""
        return self.host(side).initiate(child, seconds=seconds)

    def drop(self, side: Side | str, rules: str) -> None:
        """Load nftables text on one host."""
        self.host(side).require(["nft", "-f", "-"], stdin=rules)

    def stop_daemon(self, side: Side | str) -> None:
        """End charon on one host; nothing listens on its IKE ports any more."""
        self.host(side).stop_daemon()

    def ping(self, side: Side | str = Side.LEFT, *, seconds: float = 2.0) -> bool:
        """Whether one protected network reaches the other."""
        source, target = PROTECTED[Side(side)][0], PROTECTED[Side(side).other][0]
        return self.ping_from(side, source.partition("/")[0], target.partition("/")[0], seconds=seconds)

    def ping_from(self, side: Side | str, source: str, target: str, *, seconds: float = 2.0) -> bool:
        """Whether one packet from `source` on one host to `target` is answered."""
        command = ["ping", "-n", "-c", "1", "-w", str(max(1, int(seconds))), "-I", source, target]
        return self.host(side).exec(command).returncode == 0

    def _build(self, folder: Path) -> None:
        folder.chmod(0o711)
        host_key, user_key = folder / "host_key", folder / "user_key"
        for key in (host_key, user_key):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
        folders = {side: HostFolder(folder / side) for side in Side}
        for side in Side:
            folders[side].build(side, self._traits[side], host_key, user_key)
        self._keeper = Keeper(folder, tuple((side.value, self._traits[side].syslog) for side in Side))
        (folder / "keeper.pid").write_text(f"{self._keeper.pid}\n")
        self._wire()
        known_hosts = folder / "known_hosts"
        public = host_key.with_suffix(".pub").read_text()
        known_hosts.write_text("".join(f"{link.host_address} {public}" for link in self._links))
        for side, link in zip(Side, self._links, strict=True):
            ssh = SshAccess(link.host_address, 22, self._traits[side].username, user_key, known_hosts)
            address = ADDRESSES[side][0].partition("/")[0]
            host = Host(self._keeper.namespaces[side], folders[side], self._traits[side], ssh, address)
            self._hosts[side] = host
            self._address(side)
        for host in self._hosts.values():
            host.await_ssh()
            if host.traits.syslog:
                host.start_syslog()

    def _wire(self) -> None:
        assert self._keeper is not None
        spaces = self._keeper.namespaces
        left, right = (str(spaces[side].pid) for side in Side)
        done = subprocess.run(
            ["ip", "link", "add", "wan", "netns", left, "type", "veth", "peer", "name", "wan", "netns", right],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LabError(f"ip link add wan: {done.stderr.strip()}")
        for side in Side:
            self._links.append(attach(spaces[side]))

    def _address(self, side: Side) -> None:
        batch = [f"addr add {address} dev wan" for address in ADDRESSES[side][:1]]
        batch += [f"addr add {address} dev wan nodad" for address in ADDRESSES[side][1:]]
        batch += [f"addr add {address} dev lo" for address in PROTECTED[side]]
        batch += ["link set wan up"]
        self._hosts[side].require(["ip", "-batch", "-"], stdin="\n".join(batch) + "\n")

    def _clear_path(self, side: Side) -> None:
        host = self._hosts[side]
        host.require(["sh", "-c", "nft flush ruleset && ip link set wan up"])
        # Taking an interface down loses its IPv6 addresses.
        host.require(["ip", "-6", "addr", "replace", ADDRESSES[side][1], "dev", "wan", "nodad"])

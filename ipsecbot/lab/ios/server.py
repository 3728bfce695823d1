"""The emulated routers behind real SSH servers: asyncssh on loopback, unprivileged, any port."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import asyncssh

from ipsecbot.lab.ios.clock import Clock
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.misbehaviour import OLD_SSH, WELL_BEHAVED, Misbehaviour
from ipsecbot.lab.ios.session import Session
from ipsecbot.lab.ios.show_system import Line
from ipsecbot.lab.ios.terminal import Geometry, Hangup, Terminal

INTERRUPT = "\x03"


@dataclass(frozen=True, slots=True)
class Heard:
    """One command line as a router received it."""

    vty: int
    line: str


@functools.cache
def host_key() -> asyncssh.SSHKey:
    """One RSA key for every router of this process: making one takes a third of a second."""
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


def host_keys(*, sha1: bool) -> list[asyncssh.SSHKeyPair]:
    """The key as the server offers it: an old router signs with `ssh-rsa` (SHA-1) only."""
    pairs = list(asyncssh.load_keypairs([host_key()]))
    if sha1:
        for pair in pairs:
            pair.host_key_algorithms = [b"ssh-rsa"]
    return pairs


@dataclass(slots=True)
class SshRouter:
    """One router with its SSH server. It is the sessions' `Home`."""

    machine: Machine
    clock: Clock
    username: str
    password: str
    enable_secret: str
    misbehaviour: Misbehaviour = WELL_BEHAVED
    address: str = "127.0.0.1"
    port: int = 0
    received: list[Heard] = field(default_factory=list)
    foreign_debug: bool = False
    _vtys: dict[int, tuple[str, str]] = field(default_factory=dict)
    _connections: set[asyncssh.SSHServerConnection] = field(default_factory=set)
    _server: asyncssh.SSHAcceptor | None = None

    async def start(self) -> None:
        self.foreign_debug = self.misbehaviour.foreign_debug
        options = OLD_SSH if self.misbehaviour.old_ssh else {}
        self._server = await asyncssh.listen(
            self.address,
            self.port,
            server_host_keys=host_keys(sha1=self.misbehaviour.old_ssh),
            server_factory=lambda: _Login(self),
            process_factory=self._serve,
            line_editor=False,
            encoding="utf-8",
            errors="replace",
            login_timeout=60,
            server_version="Cisco-1.25",
            **options,
        )
        self.port = self._server.get_port()

    async def stop(self) -> None:
        """Closes the port and every session."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()
        for connection in tuple(self._connections):
            connection.abort()
            await connection.wait_closed()

    def sync(self) -> None:
        self.clock.sync()

    def wake(self) -> None:
        self.clock.wake()

    def heard(self, vty: int, line: str) -> None:
        self.received.append(Heard(vty, line))

    def lines(self, own: int) -> list[Line]:
        return [Line(vty, user, origin, vty == own) for vty, (user, origin) in sorted(self._vtys.items())]

    def take_vty(self, origin: str) -> int | None:
        """The lowest free line; None when all are in use."""
        for vty in range(self.machine.router.config.vty_count):
            if vty not in self._vtys:
                self._vtys[vty] = ("", origin)
                return vty
        return None

    def free_vty(self, vty: int) -> None:
        self._vtys.pop(vty, None)

    def connected(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connections.add(connection)

    def disconnected(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connections.discard(connection)

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        login = process.channel.get_connection().get_owner()
        assert isinstance(login, _Login)
        user = process.get_extra_info("username")
        vty = login.vty
        if vty is None:
            process.close()
            return
        self._vtys[vty] = (user, self._vtys[vty][1])
        columns, rows, _, _ = process.get_terminal_size()
        geometry = Geometry(rows or 24, columns or 80)
        terminal = Terminal(_Channel(process), geometry, cut_after=self.misbehaviour.cut_after)
        try:
            await Session(self, terminal, vty, user).run()
        except (Hangup, asyncssh.DisconnectError, ConnectionError, BrokenPipeError):
            pass
        finally:
            process.close()
            process.channel.get_connection().close()


class _Login(asyncssh.SSHServer):
    """Password login, and one VTY per connection."""

    def __init__(self, home: SshRouter) -> None:
        self.home = home
        self.vty: int | None = None
        self.connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.home.connected(conn)
        peer = conn.get_extra_info("peername")
        self.vty = self.home.take_vty(peer[0] if peer else "")
        if self.vty is None:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.vty is not None:
            self.home.free_vty(self.vty)
            self.vty = None
        if self.connection is not None:
            self.home.disconnected(self.connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        if self.home.misbehaviour.refuse_password:
            return False
        return username == self.home.username and password == self.home.password


class _Channel:
    """asyncssh's process as the terminal wants it."""

    def __init__(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self._process = process

    def write(self, text: str) -> None:
        if not self._process.is_closing():
            self._process.stdout.write(text)

    async def read(self) -> str:
        while True:
            try:
                return str(await self._process.stdin.read(4096))
            except asyncssh.TerminalSizeChanged:
                continue
            except (asyncssh.BreakReceived, asyncssh.SignalReceived):
                return INTERRUPT
            except (asyncssh.DisconnectError, ConnectionError):
                return ""

    def close(self) -> None:
        self._process.close()
        self._process.channel.get_connection().abort()

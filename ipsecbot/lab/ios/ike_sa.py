"""One ISAKMP SA as one router keeps it, and how IOS prefixes the debug lines about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ike_messages import Identity, Message, P1Transform
from ipsecbot.lab.ios.router import Debug, Router
from ipsecbot.lab.ios.world import Packet, Timer

QM_IDLE = "QM_IDLE"


@dataclass(slots=True)
class Quick:
    """One quick mode in progress."""

    mid: int
    flow: Flow
    spi: int
    fsm: str
    timer: Timer | None = None
    message: Message | None = None
    tries: int = 0


@dataclass(slots=True)
class Phase1:
    """`state` is what `show crypto isakmp sa` prints, `fsm` the state machine's name in debug lines, `conn` 0 until keys exist.

    `errors` is the error counter of the debug lines (`attempt 1 of 5`); `sent` the message to transmit again.
    """

    router: Router
    local: str
    peer: str
    role: str
    cookie: int
    state: str = "MM_NO_STATE"
    fsm: str = "IKE_READY"
    conn: int = 0
    local_port: int = 500
    peer_port: int = 500
    struct: int = 0
    handle: int = 0
    sa_address: int = 0
    errors: int = 0
    sent: Message | None = None
    sent_at: datetime | None = None
    timer: Timer | None = None
    deleted: bool = False
    established: datetime | None = None
    natt: bool = False
    nat: str = ""
    aggressive: bool = False
    transform: P1Transform | None = None
    secret: str | None = None
    profile: str | None = None
    peer_identity: Identity | None = None
    waiting: list[Flow] = field(default_factory=list)
    quicks: dict[int, Quick] = field(default_factory=dict)
    lifetime: int = 86400

    @property
    def initiator(self) -> bool:
        return self.role == "I"

    @property
    def state_word(self) -> str:
        """In `sending packet … (I) QM_IDLE      ` the state has six blanks behind it."""
        return self.state + ("      " if self.state == QM_IDLE else "")

    def _print(self, text: str) -> None:
        self.router.debug(Debug.ISAKMP, text, self.peer)

    def _xe(self, text: str, conn: int, severity: str = "") -> None:
        self._print(f"ISAKMP{severity}: ({conn}):{text}")

    def say(self, text: str, *, error: bool = False, conn: int | None = None) -> None:
        """`ISAKMP:(1001):text`; whether a blank precedes the text is the caller's (classic IOS is not consistent)."""
        number = self.conn if conn is None else conn
        if self.router.config.is_xe:
            self._xe(text.lstrip(), number, "-ERROR" if error else "")
        else:
            self._print(f"ISAKMP:({number}):{text}")

    def paren(self, text: str, *, error: bool = False, packet: bool = False) -> None:
        """`ISAKMP (1001): text` on classic IOS."""
        if self.router.config.is_xe:
            self._xe(text, self.conn, "-PAK" if packet else "-ERROR" if error else "")
        else:
            self._print(f"ISAKMP ({self.conn}): {text}")

    def bare(self, text: str, *, gap: str = " ") -> None:
        """`ISAKMP: text`, without a connection number on classic IOS."""
        if self.router.config.is_xe:
            self._xe(text, self.conn)
        else:
            self._print(f"ISAKMP:{gap}{text}")

    def attribute(self, text: str, *, indent: int = 6) -> None:
        """A transform's attribute. XE prints volume lifetimes without the connection number."""
        if self.router.config.is_xe and "(VPI)" not in text:
            self._xe(" " * indent + text, self.conn)
        else:
            self._print(f"ISAKMP:{' ' * indent}{text}")

    def raw(self, text: str) -> None:
        """A line whose prefix is the same everywhere."""
        self._print(text)

    def ipsec(self, text: str) -> None:
        self.router.debug(Debug.IPSEC, text, self.peer)

    def move(self, cause: str, target: str) -> None:
        """`Input = …` and the state line of phase 1, which has an empty line behind it."""
        self.say(f"Input = {cause}")
        self.say(f"Old State = {self.fsm}  New State = {target} \n")
        self.fsm = target

    def received(self, packet: Packet, *, new: bool = False) -> None:
        where = "(N) NEW SA" if new else f"({self.role}) {self.state_word}"
        self.paren(
            f"received packet from {packet.source} dport {packet.destination_port} sport {packet.source_port} Global {where}",
            packet=True,
        )

    def transmit(self, message: Message, *, remember: bool = True) -> None:
        """Prints and sends. What is remembered is what a retransmission repeats."""
        ports = f"my_port {self.local_port} peer_port {self.peer_port}"
        text = f"sending packet to {self.peer} {ports} ({self.role}) {self.state_word}"
        if self.router.config.is_xe:
            self.paren(text, packet=True)
        else:
            self.say(f" {text}")
        self.say("Sending an IKE IPv4 Packet.")
        if remember:
            self.sent = message
            self.sent_at = self.router.world.now
        self.router.send(Packet(self.local, self.peer, self.local_port, self.peer_port, message))

    def stop_timer(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def node_number(self, mid: int) -> int:
        """Classic IOS prints message ids signed."""
        return mid if self.router.config.is_xe or mid < 0x80000000 else mid - 0x100000000

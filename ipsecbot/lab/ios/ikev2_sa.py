"""One IKEv2 SA as one router keeps it, and how IOS prefixes the debug lines about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ipsecbot.lab.ios.config import Ikev2Profile, Ikev2Proposal
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ikev2_messages import Id, Message
from ipsecbot.lab.ios.router import Debug, Router
from ipsecbot.lab.ios.world import Packet, Timer


@dataclass(slots=True)
class Ike2Sa:
    """`stage`: what this end waits for next (`init`, `auth`, `up`, `deleting`, `gone`). `number` is the tunnel id."""

    router: Router
    local: str
    peer: str
    initiator: bool
    spi_i: int
    spi_r: int
    session: int
    number: int
    stage: str = "init"
    local_port: int = 500
    peer_port: int = 500
    profile: Ikev2Profile | None = None
    chosen: Ikev2Proposal | None = None
    offered: tuple[Ikev2Proposal, ...] = ()
    group: int = 0
    local_secret: str | None = None
    remote_secret: str | None = None
    own_id: Id | None = None
    peer_id: Id | None = None
    flow: Flow | None = None
    child_spi: int = 0
    nat: str = ""
    message_id: int = 0
    sent: Message | None = None
    sent_as: tuple[str, str, str] = ("", "", "")
    tries: int = 0
    timer: Timer | None = None
    established: datetime | None = None
    lifetime: int = 86400

    def _print(self, text: str) -> None:
        self.router.debug(Debug.IKEV2, text, self.peer)

    def say(self, text: str) -> None:
        self._print(f"IKEv2:(SESSION ID = {self.session},SA ID = {self.number}):{text}")

    def engine(self, text: str) -> None:
        """Lines about the crypto engine and IPsec name the SA only."""
        self._print(f"IKEv2:(SA ID = {self.number}):{text}")

    def plain(self, text: str) -> None:
        self._print(f"IKEv2:{text}")

    def error(self, text: str) -> None:
        """`: text` behind the SA; XE says ERROR in the prefix."""
        word = "IKEv2-ERROR" if self.router.config.is_xe else "IKEv2"
        self._print(f"{word}:(SESSION ID = {self.session},SA ID = {self.number}):{text}")

    def plain_error(self, text: str) -> None:
        word = "IKEv2-ERROR" if self.router.config.is_xe else "IKEv2"
        self._print(f"{word}:{text}")

    def ipsec(self, text: str) -> None:
        self.router.debug(Debug.IPSEC, text, self.peer)

    def _header(self, exchange: str, direction: str, payloads: str) -> str:
        return (
            f"Initiator SPI : {self.spi_i:016X} - Responder SPI : {self.spi_r:016X} Message id: {self.message_id}\n"
            f"IKEv2 {exchange} Exchange {direction} \nPayload contents: \n {payloads} \n"
        )

    def received(self, packet: Packet, exchange: str, direction: str, payloads: str, *, first: bool = False) -> None:
        text = (
            f"Received Packet [From {packet.source}:{packet.source_port}/"
            f"To {packet.destination}:{packet.destination_port}/VRF i0:f0] \n{self._header(exchange, direction, payloads)}"
        )
        if first:
            self.plain(text)
        else:
            self.say(text)

    def transmit(self, message: Message, exchange: str, direction: str, payloads: str) -> None:
        """Prints and sends; a request is kept for retransmission by the engine."""
        self.say(
            f"Sending Packet [To {self.peer}:{self.peer_port}/From {self.local}:{self.local_port}/VRF i0:f0] \n"
            f"{self._header(exchange, direction, payloads)}"
        )
        self.sent = message
        self.sent_as = (exchange, direction, payloads)
        self.router.send(Packet(self.local, self.peer, self.local_port, self.peer_port, message))

    def again(self) -> None:
        """The last message once more."""
        assert self.sent is not None
        self.say("Retransmitting packet")
        self.transmit(self.sent, *self.sent_as)

    def encrypting(self, payloads: str) -> None:
        self.say(f"Building packet for encryption.  \nPayload contents: \n {payloads} \n")

    def stop_timer(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

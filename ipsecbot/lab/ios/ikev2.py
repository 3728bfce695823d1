"""The IKEv2 engine of one router: its SAs, who gets a message, retransmission and deletion.

The exchanges stand in ikev2_init.py and ikev2_auth.py. Rekeying (CREATE_CHILD_SA) is not simulated: the laboratory looks at
tunnels that do not come up.
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.lab.ios import debugtext_ikev2 as text
from ipsecbot.lab.ios import debugtext_ipsec, ikev2_auth, ikev2_init
from ipsecbot.lab.ios import ikev2_messages as messages
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ikev2_sa import Ike2Sa
from ipsecbot.lab.ios.ipsec import Ipsec
from ipsecbot.lab.ios.router import Debug, Handler, Router
from ipsecbot.lab.ios.world import Packet

# seconds between transmissions; IOS doubles from about two
BACKOFF = (1.9, 3.7, 7.6, 15.1, 30.3)


class Ikev2:
    """IKEv2 on one router. It answers with its smart defaults even where nothing is configured, as IOS 15 and later does."""

    def __init__(self, router: Router, ipsec: Ipsec) -> None:
        self.router = router
        self.ipsec = ipsec
        self.sas: list[Ike2Sa] = []
        self._sessions = router.world.random.randrange(2, 90)
        ipsec.initiators[2] = self.start
        router.handlers.append(Handler(messages.Message, self._receive))

    def new_spi(self) -> int:
        return self.router.world.random.randrange(1 << 56, 1 << 64)

    def new_sa(self, local: str, peer: str, *, initiator: bool, spi_i: int) -> Ike2Sa:
        self._sessions += 1
        used = {sa.number for sa in self.sas}
        number = next(candidate for candidate in range(1, 1000) if candidate not in used)
        sa = Ike2Sa(self.router, local, peer, initiator, spi_i, 0, self._sessions, number)
        self.sas.append(sa)
        return sa

    def find(self, spi_i: int, peer: str) -> Ike2Sa | None:
        return next((sa for sa in self.sas if sa.spi_i == spi_i and sa.peer == peer), None)

    def remove(self, sa: Ike2Sa) -> None:
        sa.stop_timer()
        sa.stage = "gone"
        if sa in self.sas:
            self.sas.remove(sa)

    def supersede(self, fresh: Ike2Sa) -> None:
        """INITIAL_CONTACT: what this router still has with the same peer goes."""
        self.ipsec.forget(peer=fresh.peer)
        for sa in [known for known in self.sas if known.peer == fresh.peer and known is not fresh and known.stage == "up"]:
            self.remove(sa)

    def start(self, flow: Flow) -> None:
        """Traffic asks for an SA; while one is being negotiated with the peer nothing new begins."""
        if flow.peer is None or any(sa.peer == flow.peer and sa.stage in {"init", "auth", "deleting"} for sa in self.sas):
            return
        for stale in [sa for sa in self.sas if sa.peer == flow.peer and sa.stage == "up"]:
            self.remove(stale)
        self.router.debug(Debug.IPSEC, debugtext_ipsec.request(flow), flow.peer)
        ikev2_init.start(self, flow)

    def arm(self, sa: Ike2Sa) -> None:
        sa.stop_timer()
        wait = timedelta(seconds=BACKOFF[min(sa.tries, len(BACKOFF) - 1)])
        sa.timer = self.router.world.after(wait, lambda: self._again(sa))

    def _again(self, sa: Ike2Sa) -> None:
        if sa.tries >= len(BACKOFF):
            sa.error(": Maximum number of retransmissions reached")
            if sa.stage == "init":
                text.init_failed(sa)
            else:
                text.auth_failed(sa)
            self.remove(sa)
            return
        sa.tries += 1
        sa.again()
        self.arm(sa)

    def _receive(self, packet: Packet) -> None:
        message = packet.payload
        assert isinstance(message, messages.Message)
        if isinstance(message, messages.InitRequest):
            ikev2_init.respond(self, packet, message)
            return
        sa = self.find(message.spi_i, packet.source)
        if sa is None:
            return
        if sa.initiator and sa.stage == "init":
            self._init_response(sa, packet, message)
        elif sa.stage == "auth":
            self._auth(sa, packet, message)
        elif isinstance(message, messages.AuthRequest) and sa.sent:
            sa.say("Retransmitting packet")
            sa.transmit(sa.sent, *sa.sent_as)
        elif isinstance(message, messages.DeleteRequest):
            self._deleted_by_peer(sa, packet, message)
        elif isinstance(message, messages.DeleteResponse):
            self._delete_acknowledged(sa, packet)

    def _init_response(self, sa: Ike2Sa, packet: Packet, message: messages.Message) -> None:
        if isinstance(message, messages.InitResponse):
            ikev2_init.answered(self, sa, packet, message)
        elif isinstance(message, messages.InvalidKe):
            ikev2_init.other_group(self, sa, packet, message)
        elif isinstance(message, messages.InitRefused):
            ikev2_init.refused(self, sa, packet, message)

    def _auth(self, sa: Ike2Sa, packet: Packet, message: messages.Message) -> None:
        if isinstance(message, messages.AuthRequest) and not sa.initiator:
            ikev2_auth.respond(self, sa, packet, message)
        elif isinstance(message, messages.AuthResponse) and sa.initiator:
            ikev2_auth.answered(self, sa, packet, message)
        elif isinstance(message, messages.AuthRefused) and sa.initiator:
            ikev2_auth.refused(self, sa, packet, message)

    def delete(self, sa: Ike2Sa) -> None:
        """This end wants the SA no longer and tells the peer."""
        sa.message_id += 1
        sa.stage = "deleting"
        sa.say("Queuing IKE SA delete request reason: unknown")
        sa.say(f"Sending DELETE INFO message for IKEv2 SA [ISPI: 0x{sa.spi_i:016X} RSPI: 0x{sa.spi_r:016X}]")
        sa.say("Building packet for encryption.  \nPayload contents: \n DELETE")
        sa.say("Checking if request will fit in peer window\n")
        sa.transmit(messages.DeleteRequest(sa.spi_i, sa.message_id), "INFORMATIONAL", "REQUEST", text.ENCRYPTED)
        self.ipsec.forget(ike=sa.spi_i)
        self.router.world.after(timedelta(seconds=10), lambda: self.remove(sa))

    def _deleted_by_peer(self, sa: Ike2Sa, packet: Packet, message: messages.DeleteRequest) -> None:
        sa.message_id = message.number
        sa.received(packet, "INFORMATIONAL", "REQUEST", "DELETE")
        sa.encrypting("DELETE")
        sa.transmit(messages.DeleteResponse(sa.spi_i, message.number), "INFORMATIONAL", "RESPONSE", text.ENCRYPTED)
        sa.say("Process delete request from peer")
        sa.say(f"Processing DELETE INFO message for IKEv2 SA [ISPI: 0x{sa.spi_i:016X} RSPI: 0x{sa.spi_r:016X}]")
        sa.say("Check for existing active SA")
        sa.say("Delete all IKE SAs")
        sa.say("Deleting SA")
        self.ipsec.forget(ike=sa.spi_i)
        self.remove(sa)

    def _delete_acknowledged(self, sa: Ike2Sa, packet: Packet) -> None:
        sa.received(packet, "INFORMATIONAL", "RESPONSE", "")
        sa.say("Processing ACK to informational exchange")
        sa.say("Check for existing IPSEC SA")
        sa.say("Deleting SA")
        self.remove(sa)

    def clear(self, peer: str | None = None) -> None:
        """`clear crypto ikev2 sa`, `clear crypto session`."""
        for sa in [known for known in self.sas if peer in {None, known.peer}]:
            if sa.stage == "up":
                self.delete(sa)
            else:
                self.remove(sa)

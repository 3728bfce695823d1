"""The IKEv1 engine of one router: its SAs, who gets a message, retransmission, and how an SA dies.

The exchanges themselves stand in ike_main.py, ike_aggressive.py and ike_quick.py.
"""

from __future__ import annotations

from datetime import timedelta

from ipsecbot.lab.ios import debugtext_ipsec, ike_aggressive, ike_main, ike_quick
from ipsecbot.lab.ios import debugtext_isakmp as text
from ipsecbot.lab.ios import ike_messages as messages
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1
from ipsecbot.lab.ios.ipsec import Ipsec
from ipsecbot.lab.ios.router import Debug, Handler, Router
from ipsecbot.lab.ios.world import Packet

RETRANSMIT = timedelta(seconds=10)
REQUEST_TIMER = timedelta(seconds=30)
PURGE = timedelta(seconds=60)
TOO_SOON = timedelta(milliseconds=500)
MOST_ERRORS = 5


class Isakmp:
    """IKEv1 on one router. It does nothing at all while `no crypto isakmp enable` is configured."""

    def __init__(self, router: Router, ipsec: Ipsec) -> None:
        self.router = router
        self.ipsec = ipsec
        self.sas: list[Phase1] = []
        self._conn = 1000 + router.world.random.randrange(60)
        ipsec.initiators[1] = self.start
        router.handlers.append(Handler(messages.Message, self._receive))

    def next_conn(self) -> int:
        self._conn += 1
        return self._conn

    def new_sa(self, local: str, peer: str, role: str, cookie: int) -> Phase1:
        random = self.router.world.random
        wide = 0x7F0000000000 if self.router.config.is_xe else 0
        sa = Phase1(
            router=self.router,
            local=local,
            peer=peer,
            role=role,
            cookie=cookie,
            struct=wide + random.randrange(0x62000000, 0x69000000),
            handle=0x80000000 + random.randrange(2, 300),
            sa_address=wide + random.randrange(0x62000000, 0x69000000),
        )
        self.sas.append(sa)
        return sa

    def live(self, peer: str) -> Phase1 | None:
        return next((sa for sa in self.sas if sa.peer == peer and not sa.deleted), None)

    def start(self, flow: Flow) -> None:
        """Traffic asks for SAs. A flow that is being negotiated is left alone."""
        if flow.peer is None or not self.router.config.isakmp_enabled:
            return
        sa = self.live(flow.peer)
        if sa and (flow in sa.waiting or any(quick.flow == flow for quick in sa.quicks.values())):
            return
        self.router.debug(Debug.IPSEC, debugtext_ipsec.request(flow), flow.peer)
        if sa is None:
            self._watch(flow)
            if ike_aggressive.wanted(self.router.config, flow):
                ike_aggressive.start(self, flow)
            else:
                ike_main.start(self, flow)
        elif sa.state == QM_IDLE:
            ike_quick.start(self, sa, flow)
        else:
            sa.waiting.append(flow)
            self._attached(sa)

    def _attached(self, sa: Phase1) -> None:
        sa.bare("set new node 0 to QM_IDLE      ")
        sa.say(f"SA is still budding. Attached new ipsec request to it. (local {sa.local}, remote {sa.peer})")

    def _watch(self, flow: Flow) -> None:
        """The key engine asks once more after 30 s when no SA has come up by then."""

        def fire() -> None:
            assert flow.peer is not None
            sa = self.live(flow.peer)
            if sa is None or sa.state == QM_IDLE:
                return
            self.router.debug(
                Debug.IPSEC,
                "IPSEC(key_engine): request timer fired: count = 1,\n"
                f"  (identity) local= {flow.local_address}:0, remote= {flow.peer}:0, \n"
                f"    local_proxy= {debugtext_ipsec.proxy(flow.local)},\n"
                f"    remote_proxy= {debugtext_ipsec.proxy(flow.remote)}",
                flow.peer,
            )
            self.router.debug(Debug.IPSEC, debugtext_ipsec.request(flow), flow.peer)
            self._attached(sa)

        self.router.world.after(REQUEST_TIMER, fire)

    def _receive(self, packet: Packet) -> None:
        message = packet.payload
        assert isinstance(message, messages.Message)
        if not self.router.config.isakmp_enabled:
            return
        sa = next((known for known in self.sas if known.cookie == message.cookie and known.peer == packet.source), None)
        if sa is None or (sa.deleted and not isinstance(message, messages.Offer | messages.Refusal)):
            self._orphan(packet, message, sa)
        elif isinstance(message, messages.QuickOffer | messages.QuickAnswer | messages.QuickDone | messages.QuickRefusal):
            ike_quick.receive(self, sa, packet, message)
        elif isinstance(message, messages.Delete):
            self._deleted_by_peer(sa, packet, message)
        elif sa.aggressive:
            ike_aggressive.receive(self, sa, packet, message)
        else:
            ike_main.receive(self, sa, packet, message)

    def _orphan(self, packet: Packet, message: messages.Message, sa: Phase1 | None) -> None:
        if isinstance(message, messages.Offer) and sa is None:
            if message.identity is None:
                ike_main.respond(self, packet, message)
            else:
                ike_aggressive.respond(self, packet, message)
        elif not isinstance(message, messages.Refusal):
            self.router.syslog(
                f"%CRYPTO-4-IKMP_NO_SA: IKE message from {packet.source} has no SA and is not an initialization offer"
            )

    def arm(self, sa: Phase1, delay: timedelta = RETRANSMIT) -> None:
        sa.stop_timer()
        sa.timer = self.router.world.after(delay, lambda: self._retransmit(sa))

    def _retransmit(self, sa: Phase1) -> None:
        text.retransmitting(sa)
        if sa.errors >= MOST_ERRORS or sa.sent is None:
            self.die(sa, "Death by retransmission P1")
            return
        sa.errors += 1
        text.counted(sa, "retransmit phase 1")
        sa.say(f" retransmitting phase 1 {sa.state}")
        sa.transmit(sa.sent)
        self.arm(sa)

    def duplicate(self, sa: Phase1, packet: Packet) -> None:
        """The peer repeats what was answered already: the answer seems to be lost, so it goes out again soon."""
        sa.received(packet)
        sa.say(" phase 1 packet is a duplicate of a previous packet.")
        sa.say(" retransmitting due to retransmit phase 1")
        if sa.sent is None or sa.deleted or sa.sent_at is None:
            sa.say(f" no outgoing phase 1 packet to retransmit. {sa.state}")
            return
        since = self.router.world.now - sa.sent_at
        if since < TOO_SOON:
            milliseconds = since // timedelta(milliseconds=1)
            sa.say(f" retransmission skipped for phase 1 (time since last transmission {milliseconds})")
        else:
            self.arm(sa, TOO_SOON)

    def undecryptable(self, sa: Phase1, packet: Packet, payload: str) -> None:
        """A message that was made with another key: garbage after decryption. The own last message goes out again."""
        sa.received(packet)
        text.bad_message(sa, payload)
        if sa.errors < MOST_ERRORS:
            sa.errors += 1
            text.counted(sa, "reset_retransmission")
        self.arm(sa, timedelta(seconds=1))

    def die(self, sa: Phase1, reason: str) -> None:
        """Ends an SA; it stays in the table as MM_NO_STATE `ACTIVE (deleted)` for a minute."""
        sa.stop_timer()
        sa.say("peer does not do paranoid keepalives.\n")
        text.deleting(sa, reason)
        text.deleting(sa, reason, tail=" ")
        text.reaped(sa)
        for _ in sa.waiting[:2]:
            node = sa.node_number(self.router.world.random.randrange(1 << 32))
            sa.say(f'deleting node {node} error FALSE reason "IKE deleted"')
        sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_DEL", "IKE_DEST_SA")
        self.bury(sa)
        sa.ipsec(debugtext_ipsec.QUEUE)

    def bury(self, sa: Phase1) -> None:
        """Marks an SA deleted and takes it out of the table after the purge time."""
        sa.stop_timer()
        sa.deleted = True
        sa.state = "MM_NO_STATE"
        sa.waiting.clear()
        for quick in sa.quicks.values():
            if quick.timer:
                quick.timer.cancel()
        sa.quicks.clear()

        def purge() -> None:
            if sa in self.sas:
                sa.say(f"purging SA., sa={sa.sa_address:X}, delme={sa.sa_address:X}")
                self.sas.remove(sa)

        self.router.world.after(PURGE, purge)

    def clear(self, peer: str | None = None) -> None:
        """`clear crypto isakmp|session`: deletes SAs and tells the peer."""
        for sa in [known for known in self.sas if peer in {None, known.peer} and not known.deleted]:
            if sa.state == QM_IDLE:
                mid = self.router.world.random.randrange(1 << 32)
                sa.bare(f"set new node {sa.node_number(mid)} to QM_IDLE      ")
                sa.transmit(messages.Delete(sa.cookie, mid, None), remember=False)
                sa.say(f"purging node {sa.node_number(mid)}")
            sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_DEL", "IKE_DEST_SA")
            text.deleting(sa, "No reason")
            text.reaped(sa)
            self.ipsec.forget(ike=sa.cookie)
            self.bury(sa)

    def _deleted_by_peer(self, sa: Phase1, packet: Packet, message: messages.Delete) -> None:
        node = sa.node_number(message.mid)
        sa.received(packet)
        sa.bare(f"set new node {node} to QM_IDLE      ")
        sa.say(f" processing HASH payload. message ID = {node}")
        sa.say(f" processing DELETE payload. message ID = {node}")
        sa.say("peer does not do paranoid keepalives.\n")
        if message.spi is not None:
            sa.say(f'deleting node {node} error FALSE reason "Informational (in) state 1"')
            self.ipsec.forget(peer=sa.peer)
            return
        text.deleting(sa, "No reason")
        sa.say(f'deleting node {node} error FALSE reason "Informational (in) state 1"')
        sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_DEL", "IKE_DEST_SA")
        text.deleting(sa, "No reason", tail=" ")
        text.reaped(sa)
        self.ipsec.forget(ike=sa.cookie)
        self.bury(sa)

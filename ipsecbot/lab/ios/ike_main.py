"""IKEv1 main mode, one function per message and role (RFC 2409 section 5.4).

Line order: Cisco TechNote 113594 for IOS 15.2 in both roles, IOS XE captures for 16.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_isakmp as text
from ipsecbot.lab.ios import ike_messages as messages
from ipsecbot.lab.ios import ike_quick
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ike_phase1 import (
    abort,
    identify_peer,
    initial_contact,
    judge_nat,
    look_up_key,
    natd,
    open_responder,
    open_sa,
    scanning,
)
from ipsecbot.lab.ios.ike_policy import choose, offers_of, own_identity
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1
from ipsecbot.lab.ios.world import Packet

if TYPE_CHECKING:
    from ipsecbot.lab.ios.ike import Isakmp

FROM_PEER = "IKE_MESG_FROM_PEER, IKE_MM_EXCH"
PROCESS = "IKE_MESG_INTERNAL, IKE_PROCESS_MAIN_MODE"
COMPLETE = "IKE_MESG_INTERNAL, IKE_PROCESS_COMPLETE"


def start(engine: Isakmp, flow: Flow) -> None:
    """MM1 out, unless this router has nothing to authenticate with."""
    sa = open_sa(engine, flow)
    sa.say("Can not start Aggressive mode, trying Main mode.")
    profile = engine.router.config.isakmp_profile(flow.isakmp_profile)
    key = look_up_key(sa, keyring=profile.keyring if profile else None)
    offers = offers_of(engine.router.config, has_key=key is not None)
    if not offers:
        _cannot_start(engine, sa)
        return
    if engine.router.config.nat_traversal:
        text.natt_offered(sa)
    sa.move("IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM", "IKE_I_MM1")
    sa.say(" beginning Main Mode exchange")
    sa.transmit(messages.Offer(sa.cookie, offers, engine.router.config.nat_traversal))
    engine.arm(sa)


def _cannot_start(engine: Isakmp, sa: Phase1) -> None:
    sa.say("No Cert or pre-shared address key.", error=True)
    sa.say("construct_initial_message: Can not start Main mode", error=True)
    sa.bare(f"Unlocking peer struct 0x{sa.struct:X} for isadb_unlock_peer_delete_sa(), count 0")
    sa.bare(f"Deleting peer node by peer_reap for {sa.peer}: {sa.struct:X}")
    sa.say(f"purging SA., sa={sa.sa_address:X}, delme={sa.sa_address:X}")
    sa.say(f"purging node {sa.node_number(engine.router.world.random.randrange(1 << 32))}")
    sa.say("Error while processing SA request: Failed to initialize SA", error=True)
    sa.say("Error while processing KMI message 0, error 2.", error=True)
    engine.sas.remove(sa)


def respond(engine: Isakmp, packet: Packet, message: messages.Offer) -> None:
    """MM1 in, MM2 (or a refusal) out."""
    sa = open_responder(engine, packet, message.cookie)
    sa.natt = message.natt and engine.router.config.nat_traversal
    sa.move(FROM_PEER, "IKE_R_MM1")
    sa.say(" processing SA payload. message ID = 0")
    if message.natt:
        text.natt_seen(sa, 4)
    key = look_up_key(sa)
    if key:
        sa.say(" local preshared key found")
    scanning(sa)
    sa.transform = choose(sa, message.transforms, has_key=key is not None)
    if sa.transform is None:
        _refuse(engine, sa, natt=message.natt)
        return
    if message.natt:
        text.natt_seen(sa, 4)
    sa.move(PROCESS, "IKE_R_MM1")
    if sa.natt:
        sa.say(" constructed NAT-T vendor-rfc3947 ID")
    sa.state = "MM_SA_SETUP"
    sa.transmit(messages.Answer(sa.cookie, sa.transform, sa.natt))
    sa.move(COMPLETE, "IKE_R_MM2")
    engine.arm(sa)


def _refuse(engine: Isakmp, sa: Phase1, *, natt: bool) -> None:
    """No transform will do: an unencrypted notify goes out and the SA is gone."""
    sa.say("no offers accepted!", error=True)
    sa.say(f" phase 1 SA policy not acceptable! (local {sa.local} remote {sa.peer})", error=True)
    sa.errors += 1
    text.counted(sa, "construct_fail_ag_init")
    sa.say(" Failed to construct AG informational message.", error=True)
    sa.transmit(messages.Refusal(sa.cookie), remember=False)
    sa.say("peer does not do paranoid keepalives.\n")
    text.deleting(sa, "Phase1 SA policy proposal not accepted")
    if natt:
        text.natt_seen(sa, 4)
    sa.paren("FSM action returned error: 2", error=True)
    sa.move(PROCESS, "IKE_R_MM1")
    sa.say("peer does not do paranoid keepalives.\n")
    text.deleting(sa, "Phase1 SA policy proposal not accepted", tail=" ")
    text.reaped(sa)
    sa.move(FROM_PEER, "IKE_DEST_SA")
    engine.bury(sa)


def receive(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Message) -> None:
    """Whatever follows MM1 of a main mode. What does not fit the state was answered before: a duplicate."""
    if isinstance(message, messages.Refusal):
        _refused(sa, packet)
    elif isinstance(message, messages.Answer) and sa.fsm == "IKE_I_MM1":
        _answered(engine, sa, packet, message)
    elif isinstance(message, messages.KeyExchange) and message.from_initiator and sa.fsm == "IKE_R_MM2":
        _keys_as_responder(engine, sa, packet, message)
    elif isinstance(message, messages.KeyExchange) and not message.from_initiator and sa.fsm == "IKE_I_MM3":
        _keys_as_initiator(engine, sa, packet, message)
    elif isinstance(message, messages.Auth) and message.from_initiator and sa.fsm == "IKE_R_MM4":
        _authenticate_initiator(engine, sa, packet, message)
    elif isinstance(message, messages.Auth) and not message.from_initiator and sa.fsm == "IKE_I_MM5":
        _authenticate_responder(engine, sa, packet, message)
    else:
        engine.duplicate(sa, packet)


def _refused(sa: Phase1, packet: Packet) -> None:
    """An initiator does not believe an unauthenticated notify: it says so and goes on retransmitting."""
    if sa.deleted:
        return
    sa.received(packet)
    sa.say("Notify has no hash. Rejected.", error=True)
    sa.paren(f"Unknown Input IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY:  state = {sa.fsm}", error=True)
    sa.move("IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY", sa.fsm)
    sa.router.syslog(f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Informational mode failed with peer at {sa.peer}")


def _answered(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Answer) -> None:
    """MM2 in, MM3 out."""
    sa.stop_timer()
    sa.errors = 0
    sa.received(packet)
    sa.move(FROM_PEER, "IKE_I_MM2")
    sa.say(" processing SA payload. message ID = 0")
    sa.natt = message.natt
    if message.natt:
        text.natt_seen(sa, 1)
    known = engine.router.config.isakmp_profile(sa.profile)
    if look_up_key(sa, keyring=known.keyring if known else None):
        sa.say(" local preshared key found")
    scanning(sa)
    sa.transform = choose(sa, (message.chosen,), has_key=sa.secret is not None)
    if message.natt:
        text.natt_seen(sa, 1)
    sa.move(PROCESS, "IKE_I_MM2")
    sa.state = "MM_SA_SETUP"
    sa.transmit(messages.KeyExchange(sa.cookie, natd(sa), True))
    sa.move(COMPLETE, "IKE_I_MM3")
    engine.arm(sa)


def _keys_as_responder(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.KeyExchange) -> None:
    """MM3 in, MM4 out."""
    sa.stop_timer()
    sa.errors = 0
    sa.received(packet)
    sa.move(FROM_PEER, "IKE_R_MM3")
    _derive(engine, sa)
    judge_nat(sa, message.seen, packet)
    sa.move(PROCESS, "IKE_R_MM3")
    sa.state = "MM_KEY_EXCH"
    sa.transmit(messages.KeyExchange(sa.cookie, natd(sa), False))
    sa.move(COMPLETE, "IKE_R_MM4")
    engine.arm(sa)


def _derive(engine: Isakmp, sa: Phase1) -> None:
    """Diffie-Hellman takes its time; the connection gets its number once the keys exist."""
    sa.say(" processing KE payload. message ID = 0")
    engine.router.world.elapse(8 + engine.router.world.random.randrange(16))
    sa.say(" processing NONCE payload. message ID = 0")
    if sa.transform and sa.transform.authentication == "pre-share":
        known = engine.router.config.isakmp_profile(sa.profile) if sa.initiator else None
        look_up_key(sa, keyring=known.keyring if known else None)
    sa.conn = engine.next_conn()
    text.peer_vendors(sa)


def _keys_as_initiator(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.KeyExchange) -> None:
    """MM4 in, MM5 out: on port 4500 once a NAT was found."""
    sa.stop_timer()
    sa.errors = 0
    sa.received(packet)
    sa.move(FROM_PEER, "IKE_I_MM4")
    _derive(engine, sa)
    judge_nat(sa, message.seen, packet)
    sa.move(PROCESS, "IKE_I_MM4")
    sa.say("Send initial contact")
    if sa.nat:
        sa.local_port = sa.peer_port = 4500
    identity = own_identity(engine.router.config, sa.local, sa.profile)
    if sa.transform and sa.transform.authentication != "pre-share":
        sa.say("Unable to get router cert or routerdoes not have a cert: needed to find DN!", error=True)
        text.announces_identity(sa, identity, following=6)
        sa.paren("no valid cert found to return", error=True)
        sa.paren("FSM action returned error: 4", error=True)
        sa.state = "MM_KEY_EXCH"
        sa.sent = None
        sa.move(COMPLETE, "IKE_I_MM5")
        return
    text.announces_identity(sa, identity)
    sa.state = "MM_KEY_EXCH"
    sa.transmit(messages.Auth(sa.cookie, sa.secret or "", identity, True, initial_contact=True))
    sa.move(COMPLETE, "IKE_I_MM5")
    engine.arm(sa)


def _authenticate_initiator(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Auth) -> None:
    """MM5 in, MM6 out; garbage when the two ends have different keys."""
    if message.secret != sa.secret or message.identity is None:
        engine.undecryptable(sa, packet, "ID")
        return
    sa.stop_timer()
    sa.errors = 0
    floated = packet.destination_port != sa.local_port
    sa.received(packet)
    sa.local_port, sa.peer_port = packet.destination_port, packet.source_port
    sa.move(FROM_PEER, "IKE_R_MM5")
    if not identify_peer(engine, sa, message.identity):
        abort(engine, sa, "Main")
        return
    sa.say(" processing HASH payload. message ID = 0")
    initial_contact(engine, sa, floated=floated)
    sa.move(PROCESS, "IKE_R_MM5")
    identity = own_identity(engine.router.config, sa.local, sa.profile)
    text.announces_identity(sa, identity)
    sa.transmit(messages.Auth(sa.cookie, sa.secret or "", identity, False))
    sa.move(COMPLETE, "IKE_P1_COMPLETE")
    sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_COMPLETE", "IKE_P1_COMPLETE")
    sa.state = QM_IDLE
    sa.established = engine.router.world.now


def _authenticate_responder(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Auth) -> None:
    """MM6 in: phase 1 is complete, quick mode begins."""
    sa.stop_timer()
    sa.errors = 0
    sa.received(packet)
    assert message.identity is not None
    if not identify_peer(engine, sa, message.identity):
        abort(engine, sa, "Main")
        return
    sa.say(" processing HASH payload. message ID = 0")
    text.authenticated(sa)
    text.peer_inserted(sa)
    sa.move(FROM_PEER, "IKE_I_MM6")
    sa.move(PROCESS, "IKE_I_MM6")
    sa.move(COMPLETE, "IKE_P1_COMPLETE")
    ike_quick.begin_waiting(engine, sa)

"""IKEv1 aggressive mode with pre-shared keys in both roles (RFC 2409 section 5.4).

The responder's lines follow a capture of IOS 15 (Cisco EzVPN and strongSwan initiators); the initiator's follow the IOS
command reference for `crypto isakmp peer … set aggressive-mode`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_isakmp as text
from ipsecbot.lab.ios import ike_messages as messages
from ipsecbot.lab.ios import ike_quick
from ipsecbot.lab.ios.config import AggressivePeer, RouterConfig
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

FROM_PEER = "IKE_MESG_FROM_PEER, IKE_AM_EXCH"
STATE = "AG_INIT_EXCH"
DISABLED = "%CRYPTO-5-IKMP_AG_MODE_DISABLED: Unable to initiate or respond to Aggressive Mode while disabled"
ENDPOINTS = {"ipv4-address": "ID_IPV4_ADDR", "fqdn": "ID_FQDN", "user-fqdn": "ID_USER_FQDN"}


def _peer(config: RouterConfig, flow: Flow) -> AggressivePeer | None:
    return next((known for known in config.aggressive_peers if known.address == flow.peer and known.client_endpoint), None)


def wanted(config: RouterConfig, flow: Flow) -> bool:
    """True when the flow's profile or `crypto isakmp peer` asks for aggressive mode."""
    profile = config.isakmp_profile(flow.isakmp_profile)
    return bool(profile and profile.aggressive) or _peer(config, flow) is not None


def start(engine: Isakmp, flow: Flow) -> None:
    """AM1 out."""
    config = engine.router.config
    if config.aggressive_disabled:
        engine.router.syslog(DISABLED)
        return
    sa = open_sa(engine, flow)
    sa.aggressive = True
    attributes = _peer(config, flow)
    profile = config.isakmp_profile(flow.isakmp_profile)
    if attributes:
        sa.say("SA has tunnel attributes set.")
    if attributes and attributes.password:
        sa.secret = attributes.password
    else:
        look_up_key(sa, keyring=profile.keyring if profile else None)
    identity = own_identity(config, sa.local, flow.isakmp_profile)
    if attributes and attributes.client_endpoint:
        kind, value = attributes.client_endpoint
        identity = messages.Identity(ENDPOINTS.get(kind, "ID_FQDN"), value)
    if config.nat_traversal:
        text.natt_offered(sa)
    text.announces_identity(sa, identity, following=13)
    sa.move("IKE_MESG_FROM_IPSEC, IKE_SA_REQ_AM", "IKE_I_AM1")
    sa.say(" beginning Aggressive Mode exchange")
    sa.state = STATE
    offers = offers_of(config, has_key=sa.secret is not None)
    sa.transmit(messages.Offer(sa.cookie, offers, config.nat_traversal, identity))
    engine.arm(sa)


def respond(engine: Isakmp, packet: Packet, message: messages.Offer) -> None:
    """AM1 in, AM2 (or a refusal) out."""
    assert message.identity is not None
    if engine.router.config.aggressive_disabled:
        engine.router.syslog(DISABLED)
        return
    sa = open_responder(engine, packet, message.cookie)
    sa.aggressive = True
    sa.state = "AG_NO_STATE"
    sa.natt = message.natt and engine.router.config.nat_traversal
    sa.say(" processing SA payload. message ID = 0")
    identify_peer(engine, sa, message.identity)
    if message.natt:
        text.natt_seen(sa, 4)
    named = message.identity.value if message.identity.kind == "ID_FQDN" else None
    key = look_up_key(sa, hostname=named)
    if key:
        sa.say(" local preshared key found")
    scanning(sa)
    sa.transform = choose(sa, message.transforms, has_key=key is not None)
    if sa.transform is None:
        _refuse(engine, sa)
        return
    _key_exchange(engine, sa)
    if sa.natt:
        sa.say(" constructed NAT-T vendor-rfc3947 ID")
    identity = own_identity(engine.router.config, sa.local, sa.profile)
    text.announces_identity(sa, identity, following=10)
    sa.state = STATE
    sa.transmit(messages.AggressiveAnswer(sa.cookie, sa.transform, identity, sa.secret or "", natd(sa)))
    sa.move(FROM_PEER, "IKE_R_AM2")
    engine.arm(sa)


def _key_exchange(engine: Isakmp, sa: Phase1) -> None:
    sa.say(" processing KE payload. message ID = 0")
    engine.router.world.elapse(8 + engine.router.world.random.randrange(16))
    sa.say(" processing NONCE payload. message ID = 0")
    sa.conn = engine.next_conn()


def _refuse(engine: Isakmp, sa: Phase1) -> None:
    sa.say("no offers accepted!", error=True)
    sa.say(f" phase 1 SA policy not acceptable! (local {sa.local} remote {sa.peer})", error=True)
    sa.errors += 1
    text.counted(sa, "construct_fail_ag_init")
    sa.say(" Failed to construct AG informational message.", error=True)
    sa.transmit(messages.Refusal(sa.cookie), remember=False)
    sa.say("peer does not do paranoid keepalives.\n")
    text.deleting(sa, "Phase1 SA policy proposal not accepted")
    text.reaped(sa)
    sa.move(FROM_PEER, "IKE_DEST_SA")
    engine.bury(sa)


def receive(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Message) -> None:
    """Whatever follows AM1."""
    if isinstance(message, messages.Refusal) and not sa.deleted:
        sa.received(packet)
        sa.say("Notify has no hash. Rejected.", error=True)
        sa.paren(f"Unknown Input IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY:  state = {sa.fsm}", error=True)
        sa.move("IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY", sa.fsm)
        sa.router.syslog(f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Informational mode failed with peer at {sa.peer}")
    elif isinstance(message, messages.AggressiveAnswer) and sa.fsm == "IKE_I_AM1":
        _answered(engine, sa, packet, message)
    elif isinstance(message, messages.Auth) and sa.fsm == "IKE_R_AM2":
        _authenticate_initiator(engine, sa, packet, message)
    else:
        engine.duplicate(sa, packet)


def _answered(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.AggressiveAnswer) -> None:
    """AM2 in, AM3 out: the responder proves its key first."""
    sa.stop_timer()
    sa.errors = 0
    sa.received(packet)
    sa.say(" processing SA payload. message ID = 0")
    fits = identify_peer(engine, sa, message.identity)
    sa.natt = message.seen is not None
    if sa.natt:
        text.natt_seen(sa, 1)
    scanning(sa)
    sa.transform = choose(sa, (message.chosen,), has_key=sa.secret is not None)
    _key_exchange(engine, sa)
    text.peer_vendors(sa)
    judge_nat(sa, message.seen, packet)
    sa.say(" processing HASH payload. message ID = 0")
    if message.secret != sa.secret or not fits:
        abort(engine, sa, "Aggressive")
        return
    text.authenticated(sa)
    text.peer_inserted(sa)
    sa.say("Send initial contact")
    if sa.nat:
        sa.local_port = sa.peer_port = 4500
    sa.transmit(messages.Auth(sa.cookie, sa.secret or "", None, True, initial_contact=True))
    sa.move(FROM_PEER, "IKE_P1_COMPLETE")
    ike_quick.begin_waiting(engine, sa)


def _authenticate_initiator(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Auth) -> None:
    """AM3 in; garbage when the initiator's key is another one."""
    if message.secret != sa.secret:
        engine.undecryptable(sa, packet, "HASH")
        return
    sa.stop_timer()
    sa.errors = 0
    floated = packet.destination_port != sa.local_port
    sa.received(packet)
    sa.local_port, sa.peer_port = packet.destination_port, packet.source_port
    sa.say(" processing HASH payload. message ID = 0")
    initial_contact(engine, sa, floated=floated)
    sa.move(FROM_PEER, "IKE_P1_COMPLETE")
    sa.state = QM_IDLE
    sa.established = engine.router.world.now

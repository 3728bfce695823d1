"""IKE_SA_INIT in both roles (RFC 7296 section 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_ikev2 as text
from ipsecbot.lab.ios import ikev2_auth
from ipsecbot.lab.ios import ikev2_messages as messages
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ikev2_choice import choose, find_key, find_policy, own_id, proposals_of
from ipsecbot.lab.ios.ikev2_sa import Ike2Sa
from ipsecbot.lab.ios.world import Packet

if TYPE_CHECKING:
    from ipsecbot.lab.ios.ikev2 import Ikev2

EXCHANGE = "IKE_SA_INIT"


def start(engine: Ikev2, flow: Flow) -> None:
    """The request out, when there is a profile and a key to go on with."""
    assert flow.peer is not None
    config = engine.router.config
    sa = engine.new_sa(flow.local_address, flow.peer, initiator=True, spi_i=engine.new_spi())
    sa.flow = flow
    sa.profile = config.ikev2_profile(flow.ikev2_profile)
    if sa.profile is None:
        sa.plain_error("% IKEv2 profile not found")
        engine.remove(sa)
        return
    key = find_key(config.keys_of(sa.profile), address=flow.peer)
    text.keyring(sa, key)
    if key.peer is None and sa.profile.local_auth == "pre-share":
        sa.error(": Failed to locate an item in the database")
        text.init_failed(sa)
        engine.remove(sa)
        return
    if key.peer:
        sa.local_secret, sa.remote_secret = key.peer.local_secret, key.peer.remote_secret
    sa.own_id = own_id(sa.profile, sa.local, config.fqdn)
    policy = find_policy(config, sa.local)
    text.policy(sa, policy)
    sa.offered = proposals_of(config, policy)
    sa.group = sa.offered[0].groups[0]
    _request(engine, sa)


def _request(engine: Ikev2, sa: Ike2Sa) -> None:
    text.public_key(sa)
    sa.plain("IKEv2 initiator - no config data to send in IKE_SA_INIT exch")
    sa.say("Generating IKE_SA_INIT message")
    for number, proposal in enumerate(sa.offered, 1):
        text.ike_proposal(sa, number, proposal)
    sa.transmit(messages.InitRequest(sa.spi_i, sa.offered, sa.group, (sa.local, sa.peer)), EXCHANGE, "REQUEST", text.INIT)
    sa.say("Insert SA ")
    engine.arm(sa)


def respond(engine: Ikev2, packet: Packet, message: messages.InitRequest) -> None:
    """The request in; a response, another group, or a refusal out."""
    sa = engine.find(message.spi_i, packet.source)
    if sa and sa.stage in {"auth", "up"} and sa.sent:
        sa.received(packet, EXCHANGE, "REQUEST", text.INIT)
        sa.again()
        return
    if sa:
        engine.remove(sa)
    fresh = sa
    sa = engine.new_sa(packet.destination, packet.source, initiator=False, spi_i=message.spi_i)
    if fresh:
        sa.session, sa.number = fresh.session, fresh.number
    sa.local_port, sa.peer_port = packet.destination_port, packet.source_port
    sa.received(packet, EXCHANGE, "REQUEST", text.INIT, first=True)
    sa.spi_r = fresh.spi_r if fresh else engine.new_spi()
    sa.say("Verify SA init message")
    sa.say("Insert SA")
    policy = find_policy(engine.router.config, sa.local)
    text.policy(sa, policy)
    sa.say("Processing IKE_SA_INIT message")
    ours = proposals_of(engine.router.config, policy)
    sa.chosen = choose(ours, message.proposals)
    sa.nat = "remote" if message.seen[0] != packet.source else "local" if message.seen[1] != sa.local else ""
    if sa.chosen is None:
        text.ike_refused(sa, message.proposals, ours)
        sa.transmit(
            messages.InitRefused(sa.spi_i, sa.spi_r, "NO_PROPOSAL_CHOSEN"), EXCHANGE, "RESPONSE", "NOTIFY(NO_PROPOSAL_CHOSEN)"
        )
        text.init_failed(sa)
        engine.remove(sa)
    elif sa.chosen.groups[0] != message.group:
        _wants_other_group(engine, sa, message.group)
    else:
        _answer(engine, sa)


def _wants_other_group(engine: Ikev2, sa: Ike2Sa, sent: int) -> None:
    assert sa.chosen is not None
    wanted = sa.chosen.groups[0]
    sa.error(": The peer's KE payload contained the wrong DH group")
    sa.say(f"Sending invalid ke notification, peer sent group {sent}, local policy prefers group {wanted}")
    sa.transmit(messages.InvalidKe(sa.spi_i, sa.spi_r, wanted), EXCHANGE, "RESPONSE", "NOTIFY(INVALID_KE_PAYLOAD)")
    sa.stage = "init"


def _answer(engine: Ikev2, sa: Ike2Sa) -> None:
    assert sa.chosen is not None
    sa.group = sa.chosen.groups[0]
    text.public_key(sa)
    text.secret_key(sa)
    sa.plain("IKEv2 responder - no config data to send in IKE_SA_INIT exch")
    sa.say("Generating IKE_SA_INIT message")
    text.ike_proposal(sa, 1, sa.chosen)
    sa.transmit(messages.InitResponse(sa.spi_i, sa.spi_r, sa.chosen, (sa.local, sa.peer)), EXCHANGE, "RESPONSE", text.INIT)
    sa.say("Completed SA init exchange")
    sa.say("Starting timer (30 sec) to wait for auth message \n")
    sa.stage = "auth"
    ikev2_auth.wait_for_auth(engine, sa)


def refused(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.InitRefused) -> None:
    sa.stop_timer()
    sa.spi_r = message.spi_r
    sa.received(packet, EXCHANGE, "RESPONSE", f"NOTIFY({message.notify})")
    sa.say("Processing IKE_SA_INIT message")
    sa.error(": Received no proposal chosen notify")
    text.init_failed(sa)
    engine.remove(sa)


def other_group(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.InvalidKe) -> None:
    """INVALID_KE_PAYLOAD: once more, with the group the peer prefers. Not a failure."""
    sa.stop_timer()
    sa.spi_r = message.spi_r
    sa.received(packet, EXCHANGE, "RESPONSE", "NOTIFY(INVALID_KE_PAYLOAD)")
    sa.say("Processing IKE_SA_INIT message")
    sa.say(f"Processing invalid ke notification, we sent group {sa.group}, peer prefers group {message.group}")
    sa.spi_r = 0
    sa.group = message.group
    _request(engine, sa)


def answered(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.InitResponse) -> None:
    """The response in: keys exist, IKE_AUTH follows."""
    sa.stop_timer()
    sa.tries = 0
    sa.spi_r = message.spi_r
    sa.received(packet, EXCHANGE, "RESPONSE", text.INIT)
    sa.say("Processing IKE_SA_INIT message")
    sa.say("Verify SA init message")
    sa.say("Processing IKE_SA_INIT message")
    sa.nat = "remote" if message.seen[0] != packet.source else "local" if message.seen[1] != sa.local else ""
    text.nat(sa)
    sa.chosen = message.chosen
    text.secret_key(sa)
    sa.say("Completed SA init exchange")
    if sa.nat:
        sa.local_port = sa.peer_port = 4500
    sa.stage = "auth"
    ikev2_auth.request(engine, sa)

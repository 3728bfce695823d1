"""IKE_AUTH with pre-shared keys in both roles (RFC 7296 sections 1.2 and 2.15), and the first CHILD_SA inside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_ikev2 as text
from ipsecbot.lab.ios import debugtext_ipsec
from ipsecbot.lab.ios import ikev2_messages as messages
from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ikev2_choice import METHODS, accepts, find_key, find_policy, find_profile, own_id
from ipsecbot.lab.ios.ikev2_sa import Ike2Sa
from ipsecbot.lab.ios.ipsec_match import NO_MAP, NO_PEER, NO_PROXY, Judgement, Wish, judge
from ipsecbot.lab.ios.world import Packet

if TYPE_CHECKING:
    from ipsecbot.lab.ios.ikev2 import Ikev2

EXCHANGE = "IKE_AUTH"
AUTH_WAIT = timedelta(seconds=30)
TS_UNACCEPTABLE, NO_PROPOSAL_CHOSEN = "TS_UNACCEPTABLE", "NO_PROPOSAL_CHOSEN"


def wait_for_auth(engine: Ikev2, sa: Ike2Sa) -> None:
    """A responder gives the initiator 30 s."""

    def fire() -> None:
        sa.error(": Failed to receive the AUTH msg before the timer expired")
        text.auth_failed(sa)
        engine.remove(sa)

    sa.stop_timer()
    sa.timer = engine.router.world.after(AUTH_WAIT, fire)


def _payloads(who: str, *, contact: bool, transport: bool) -> str:
    mode = "NOTIFY(USE_TRANSPORT_MODE) " if transport else ""
    first = "NOTIFY(INITIAL_CONTACT) " if contact else ""
    return f"VID {who} AUTH SA TSi TSr {first}{mode}{text.AUTH_TAIL}"


def request(engine: Ikev2, sa: Ike2Sa) -> None:
    """The request out: identity, proof, and the wishes for the first CHILD_SA."""
    assert sa.profile is not None
    assert sa.own_id is not None
    assert sa.flow is not None
    flow = sa.flow
    sa.message_id = 1
    sa.say("Check for EAP exchange")
    sa.say("Generate my authentication data")
    method = METHODS.get(sa.profile.local_auth or "", "PSK")
    if method == "PSK":
        text.authentication_data(sa, sa.own_id.value, sa.local_secret or "")
    sa.say("Get my authentication method")
    sa.say(f"My authentication method is '{method}'")
    sa.say("Check for EAP exchange")
    sa.say("Generating IKE_AUTH message")
    sa.say(f"Constructing IDi payload: '{sa.own_id.value}' of type '{sa.own_id.kind}'")
    for number, transform in enumerate(flow.transform_sets, 1):
        text.esp_proposal(sa, number, transform)
    transport = flow.wants_transport
    sa.encrypting(_payloads("IDi", contact=True, transport=transport))
    sa.child_spi = engine.router.world.spi()
    child = messages.ChildOffer(flow.transform_sets, transport, flow.local, flow.remote, sa.child_spi)
    sa.transmit(
        messages.AuthRequest(sa.spi_i, sa.own_id, method, sa.local_secret or "", child), EXCHANGE, "REQUEST", text.ENCRYPTED
    )
    engine.arm(sa)


def respond(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.AuthRequest) -> None:
    """The request in; a response out, or AUTHENTICATION_FAILED."""
    sa.stop_timer()
    sa.message_id = 1
    sa.local_port, sa.peer_port = packet.destination_port, packet.source_port
    sa.received(packet, EXCHANGE, "REQUEST", _payloads("IDi", contact=True, transport=message.child.transport))
    sa.say("Stopping timer to wait for auth message")
    text.nat(sa)
    if not _believes_initiator(engine, sa, message):
        _refuse(engine, sa)
        return
    assert sa.profile is not None
    sa.say("Verification of peer's authenctication data PASSED")
    sa.say("Processing INITIAL_CONTACT")
    engine.supersede(sa)
    sa.say("Processing IKE_AUTH message")
    sa.say(f"IPSec policy validate request sent for profile {sa.profile.name} with psh index {sa.number}.\n")
    offered, verdict = _judge(engine, sa, message)
    if verdict.error:
        sa.engine("[IPsec -> IKEv2] Callback received for the validate proposal - FAILED.\n")
    else:
        sa.engine("[IPsec -> IKEv2] Callback received for the validate proposal - PASSED.\n")
    _answer(engine, sa, message, offered, verdict)


def _find_profile(engine: Ikev2, sa: Ike2Sa, identity: messages.Id) -> bool:
    """The profile by the peer's identity, with its keyring's keys; False with IOS's words when one of them is missing."""
    config = engine.router.config
    sa.peer_id = identity
    sa.say(f"Searching policy based on peer's identity '{identity.value}' of type '{identity.kind}'")
    sa.profile = find_profile(config, identity)
    if sa.profile is None:
        sa.plain_error("% IKEv2 profile not found")
        sa.error(": Failed to locate an item in the database")
        return False
    sa.plain(f"found matching IKEv2 profile '{sa.profile.name}'")
    key = find_key(config.keys_of(sa.profile), address=sa.peer, identity=identity)
    if "pre-share" in sa.profile.remote_auths or sa.profile.local_auth == "pre-share":
        text.keyring(sa, key)
        if key.peer is None:
            sa.error(": Failed to locate an item in the database")
            return False
        sa.local_secret, sa.remote_secret = key.peer.local_secret, key.peer.remote_secret
    sa.own_id = own_id(sa.profile, sa.local, config.fqdn)
    return True


def _believes_initiator(engine: Ikev2, sa: Ike2Sa, message: messages.AuthRequest) -> bool:
    if not _find_profile(engine, sa, message.identity):
        sa.say("Verification of peer's authentication data FAILED")
        return False
    text.policy(sa, find_policy(engine.router.config, sa.local))
    return _verify(sa, message.identity, message.method, message.secret)


def _verify(sa: Ike2Sa, identity: messages.Id, method: str, secret: str) -> bool:
    """Method and proof of the peer."""
    assert sa.profile is not None
    sa.say("Verify peer's policy")
    sa.say("Peer's policy verified")
    sa.say("Get peer's authentication method")
    sa.say(f"Peer's authentication method is '{method}'")
    if method not in {METHODS.get(known) for known in sa.profile.remote_auths}:
        sa.error(": Peer authentication method configured is mismatching with the method proposed by peer")
        sa.say("Verification of peer's authentication data FAILED")
        return False
    sa.say(f"Get peer's preshared key for {identity.value}")
    sa.say("Verify peer's authentication data")
    text.authentication_data(sa, identity.value, sa.remote_secret or "")
    if secret != sa.remote_secret:
        sa.error(": Failed to authenticate the IKE SA")
        sa.say("Verification of peer's authentication data FAILED")
        return False
    return True


def _refuse(engine: Ikev2, sa: Ike2Sa) -> None:
    sa.say("Sending authentication failure notify")
    sa.encrypting("NOTIFY(AUTHENTICATION_FAILED)")
    sa.transmit(messages.AuthRefused(sa.spi_i), EXCHANGE, "RESPONSE", text.ENCRYPTED)
    text.auth_failed(sa)
    engine.remove(sa)


def _judge(engine: Ikev2, sa: Ike2Sa, message: messages.AuthRequest) -> tuple[TransformSet | None, Judgement]:
    """The first proposal that the key engine takes, or its last word. PFS is not part of the first CHILD_SA."""
    child = message.child
    assert sa.profile is not None
    verdict = Judgement(NO_PROXY, ())
    for offered in child.proposals:
        wish = Wish(
            local=sa.local,
            peer=sa.peer,
            ours=child.remote,
            theirs=child.local,
            offered=offered,
            transport=False,
            group=None,
            profile=sa.profile.name,
            version=2,
            check_group=False,
        )
        for line in debugtext_ipsec.validate(
            sa.local, sa.peer, wish.ours, wish.theirs, offered.cipher[1], transport=child.transport, udp=bool(sa.nat)
        ):
            sa.ipsec(line)
        verdict = judge(engine.ipsec, wish)
        for line in verdict.lines:
            sa.ipsec(line)
        if verdict.error == 0:
            return offered, verdict
    return None, verdict


def _answer(engine: Ikev2, sa: Ike2Sa, message: messages.AuthRequest, offered: TransformSet | None, verdict: Judgement) -> None:
    """The response out: with a CHILD_SA, or with the reason why there is none."""
    assert sa.profile is not None
    assert sa.own_id is not None
    notify = None
    if verdict.error in {NO_PROXY, NO_PEER, NO_MAP}:
        notify = TS_UNACCEPTABLE
        sa.error(": There was no IPSEC policy found for received TS")
        sa.say("Sending TS unacceptable notify")
    elif verdict.error:
        notify = NO_PROPOSAL_CHOSEN
        text.esp_refused(sa, message.child.proposals, verdict.flow.transform_sets if verdict.flow else ())
    method = METHODS.get(sa.profile.local_auth or "", "PSK")
    sa.say("Get my authentication method")
    sa.say(f"My authentication method is '{method}'")
    sa.say(f"Get peer's preshared key for {message.identity.value}")
    sa.say("Generate my authentication data")
    text.authentication_data(sa, sa.own_id.value, sa.local_secret or "")
    sa.say("Get my authentication method")
    sa.say(f"My authentication method is '{method}'")
    sa.say("Generating IKE_AUTH message")
    sa.say(f"Constructing IDr payload: '{sa.own_id.value}' of type '{sa.own_id.kind}'")
    secret = sa.local_secret or ""
    if notify:
        sa.encrypting(f"VID IDr AUTH NOTIFY({notify})")
        answer = messages.AuthResponse(sa.spi_i, sa.own_id, method, secret, notify=notify)
    else:
        assert verdict.transform is not None
        transport = message.child.transport and verdict.transform.transport
        text.esp_proposal(sa, 1, verdict.transform)
        sa.encrypting(_payloads("IDr", contact=False, transport=transport))
        sa.child_spi = engine.router.world.spi()
        answer = messages.AuthResponse(
            sa.spi_i, sa.own_id, method, secret, chosen=verdict.transform, spi=sa.child_spi, transport=transport
        )
    sa.transmit(answer, EXCHANGE, "RESPONSE", text.ENCRYPTED)
    _established(engine, sa)
    text.up(sa, child=notify is None)
    if verdict.flow and verdict.transform and notify is None:
        _install(engine, sa, verdict.flow, verdict.transform, message.child.spi, transport=answer.transport)
    sa.say("Starting timer (8 sec) to delete negotiation context\n")


def _established(engine: Ikev2, sa: Ike2Sa) -> None:
    sa.stage = "up"
    sa.established = engine.router.world.now


def _install(engine: Ikev2, sa: Ike2Sa, flow: Flow, transform: TransformSet, spi_out: int, *, transport: bool) -> None:
    sa.ipsec(f"IPSEC:(SESSION ID = {sa.session}) (key_engine) got a queue event with 1 KMI message(s)")
    engine.ipsec.install(
        flow,
        sa.peer,
        transform,
        spis=(sa.child_spi, spi_out),
        transport=transport,
        udp=bool(sa.nat),
        initiator=sa.initiator,
        pfs=None,
        lifetime=flow.lifetime,
        ike=sa.spi_i,
    )


def refused(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.AuthRefused) -> None:
    """The responder does not believe this end (or found no profile for it)."""
    sa.stop_timer()
    sa.received(packet, EXCHANGE, "RESPONSE", f"NOTIFY({message.notify})")
    sa.say("Process auth response notify")
    sa.error(": Failed to authenticate the IKE SA")
    text.auth_failed(sa)
    engine.remove(sa)


def answered(engine: Ikev2, sa: Ike2Sa, packet: Packet, message: messages.AuthResponse) -> None:
    """The response in: now this end checks who answered."""
    sa.stop_timer()
    sa.tries = 0
    contents = (
        f"VID IDr AUTH NOTIFY({message.notify})"
        if message.notify
        else _payloads("IDr", contact=False, transport=message.transport)
    )
    sa.received(packet, EXCHANGE, "RESPONSE", contents)
    sa.say("Process auth response notify")
    if message.notify and engine.router.config.is_xe:
        sa.error("")
    if not _believes_responder(engine, sa, message):
        text.auth_failed(sa)
        engine.remove(sa)
        return
    sa.say("Verification of peer's authenctication data PASSED")
    sa.say("Check for EAP exchange")
    _established(engine, sa)
    text.up(sa, child=message.notify is None)
    if message.notify:
        engine.delete(sa)
        return
    assert sa.flow is not None
    assert message.chosen is not None
    _install(engine, sa, sa.flow, message.chosen, message.spi, transport=message.transport)


def _believes_responder(engine: Ikev2, sa: Ike2Sa, message: messages.AuthResponse) -> bool:
    assert sa.profile is not None
    sa.peer_id = message.identity
    sa.say(f"Searching policy based on peer's identity '{message.identity.value}' of type '{message.identity.kind}'")
    if not accepts(sa.profile, message.identity):
        sa.plain_error("% IKEv2 profile not found")
        sa.error(": Failed to locate an item in the database")
        sa.say("Verification of peer's authentication data FAILED")
        return False
    text.policy(sa, find_policy(engine.router.config, sa.local))
    return _verify(sa, message.identity, message.method, message.secret)

"""IKEv1 quick mode in both roles (RFC 2409 section 5.5), with IOS's own words for each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_ipsec
from ipsecbot.lab.ios import ike_messages as messages
from ipsecbot.lab.ios.config import TransformSet
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1, Quick
from ipsecbot.lab.ios.ipsec_match import Judgement, Wish, judge
from ipsecbot.lab.ios.world import Packet

if TYPE_CHECKING:
    from ipsecbot.lab.ios.ike import Isakmp

AUTHENTICATORS = {
    "esp-md5-hmac": "HMAC-MD5",
    "esp-sha-hmac": "HMAC-SHA",
    "esp-sha256-hmac": "HMAC-SHA256",
    "esp-sha384-hmac": "HMAC-SHA384",
    "esp-sha512-hmac": "HMAC-SHA512",
}
CIPHERS = {
    "esp-aes": "ESP_AES",
    "esp-gcm": "ESP_AES_GCM",
    "esp-gmac": "ESP_AES_GMAC",
    "esp-3des": "ESP_3DES",
    "esp-des": "ESP_DES",
    "esp-null": "ESP_NULL",
}
RETRANSMIT = timedelta(seconds=10)


def node_state(sa: Phase1, quick: Quick, cause: str, target: str) -> None:
    """The state lines of a quick mode's node: no empty line behind them."""
    sa.say(f"Node {sa.node_number(quick.mid)}, Input = {cause}")
    sa.say(f"Old State = {quick.fsm}  New State = {target}")
    quick.fsm = target


def begin_waiting(engine: Isakmp, sa: Phase1) -> None:
    """Phase 1 has just come up at the initiator: every flow that waited gets its quick mode."""
    sa.state = QM_IDLE
    sa.established = engine.router.world.now
    waiting, sa.waiting = sa.waiting, []
    for flow in waiting:
        start(engine, sa, flow)
    sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_COMPLETE", "IKE_P1_COMPLETE")


def start(engine: Isakmp, sa: Phase1, flow: Flow) -> None:
    """QM1 out."""
    world = engine.router.world
    quick = Quick(world.random.randrange(1, 1 << 32), flow, world.spi(), "IKE_QM_READY")
    sa.quicks[quick.mid] = quick
    sa.say(f"beginning Quick Mode exchange, M-ID of {sa.node_number(quick.mid)}")
    sa.say("QM Initiator gets spi")
    quick.message = messages.QuickOffer(
        sa.cookie,
        quick.mid,
        flow.transform_sets,
        flow.wants_transport,
        bool(sa.nat),
        flow.pfs,
        flow.lifetime,
        flow.local,
        flow.remote,
        quick.spi,
    )
    sa.transmit(quick.message, remember=False)
    node_state(sa, quick, "IKE_MESG_INTERNAL, IKE_INIT_QM", "IKE_QM_I_QM1")
    _arm(engine, sa, quick)


def _arm(engine: Isakmp, sa: Phase1, quick: Quick) -> None:
    if quick.timer:
        quick.timer.cancel()
    quick.timer = engine.router.world.after(RETRANSMIT, lambda: _again(engine, sa, quick))


def _again(engine: Isakmp, sa: Phase1, quick: Quick) -> None:
    number = sa.node_number(quick.mid)
    sa.say(f" retransmitting phase 2 {sa.state_word} {number} ...")
    if quick.tries >= 5 or quick.message is None:
        sa.say(f'deleting node {number} error TRUE reason "Phase 2 err count exceeded"', error=True)
        del sa.quicks[quick.mid]
        return
    quick.tries += 1
    sa.paren(f"incrementing error counter on node, attempt {quick.tries} of 5: retransmit phase 2")
    sa.paren(f"incrementing error counter on sa, attempt {quick.tries} of 5: retransmit phase 2")
    sa.say(f" retransmitting phase 2 {number} {sa.state_word}")
    sa.transmit(quick.message, remember=False)
    _arm(engine, sa, quick)


def receive(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.Message) -> None:
    if isinstance(message, messages.QuickOffer) and message.mid not in sa.quicks:
        _respond(engine, sa, packet, message)
    elif isinstance(message, messages.QuickOffer):
        quick = sa.quicks[message.mid]
        sa.received(packet)
        if quick.message:
            sa.transmit(quick.message, remember=False)
    elif isinstance(message, messages.QuickAnswer) and message.mid in sa.quicks:
        _answered(engine, sa, packet, message)
    elif isinstance(message, messages.QuickDone) and message.mid in sa.quicks:
        _done(sa, packet, message)
    elif isinstance(message, messages.QuickRefusal):
        _refused(sa, packet, message)


def _describe(sa: Phase1, offered: TransformSet, offer: messages.QuickOffer, number: int) -> None:
    sa.say(f"Checking IPSec proposal {number}")
    cipher, bits = offered.cipher
    xe = " " if sa.router.config.is_xe else ""
    sa.bare(f"transform 1, {CIPHERS.get(cipher, 'ESP_NULL' if not cipher else cipher.upper())}{xe}")
    sa.attribute("attributes in transform:", indent=3)
    encaps = 1 + int(offer.transport) + 2 * int(offer.udp)
    sa.attribute(f"encaps is {encaps} ({debugtext_ipsec.mode(transport=offer.transport, udp=offer.udp)})")
    sa.attribute("SA life type in seconds")
    sa.attribute(f"SA life duration (basic) of {offer.lifetime}")
    sa.attribute("SA life type in kilobytes")
    sa.attribute("SA life duration (VPI) of  0x0 0x46 0x50 0x0 ")
    if offered.authenticator:
        sa.attribute(f"authenticator is {AUTHENTICATORS.get(offered.authenticator, offered.authenticator)}")
    if bits:
        sa.attribute(f"key length is {bits}")
    if offer.group:
        sa.attribute(f"group is {offer.group}")
    sa.say("atts are acceptable.")


def _respond(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.QuickOffer) -> None:
    """QM1 in: each proposal is shown, then put before the key engine, until one is accepted."""
    number = sa.node_number(message.mid)
    sa.received(packet)
    sa.bare(f"set new node {number} to QM_IDLE      ")
    sa.say(f" processing HASH payload. message ID = {number}")
    sa.say(f" processing SA payload. message ID = {number}")
    for index, offered in enumerate(message.proposals, 1):
        _describe(sa, offered, message, index)
        verdict = _judge(engine, sa, message, offered)
        if verdict.error == 0:
            _accept(engine, sa, message, verdict)
            return
        sa.say(f" IPSec policy invalidated proposal with error {verdict.error}", error=True)
    _refuse(engine, sa, message)


def _judge(engine: Isakmp, sa: Phase1, message: messages.QuickOffer, offered: TransformSet) -> Judgement:
    """The responder's side of the proxies is what the initiator calls remote."""
    wish = Wish(
        local=sa.local,
        peer=sa.peer,
        ours=message.remote,
        theirs=message.local,
        offered=offered,
        transport=message.transport,
        group=message.group,
        profile=sa.profile,
        version=1,
    )
    for line in debugtext_ipsec.validate(
        sa.local, sa.peer, wish.ours, wish.theirs, offered.cipher[1], transport=message.transport, udp=message.udp
    ):
        sa.ipsec(line)
    verdict = judge(engine.ipsec, wish)
    for line in verdict.lines:
        sa.ipsec(line)
    return verdict


def _refuse(engine: Isakmp, sa: Phase1, message: messages.QuickOffer) -> None:
    number = sa.node_number(message.mid)
    mid = engine.router.world.random.randrange(1, 1 << 32)
    blank = "        " if engine.router.config.is_xe else "\t"
    sa.say(f" phase 2 SA policy not acceptable! (local {sa.local} remote {sa.peer})", error=True)
    sa.bare(f"set new node {sa.node_number(mid)} to QM_IDLE      ")
    sa.say(f"Sending NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n{blank}spi {sa.sa_address}, message ID = {sa.node_number(mid)}")
    sa.transmit(messages.QuickRefusal(sa.cookie, mid, message.mid), remember=False)
    sa.say(f"purging node {sa.node_number(mid)}")
    sa.say(f'deleting node {number} error TRUE reason "QM rejected"', error=True)
    sa.say(f"Node {number}, Input = IKE_MESG_FROM_PEER, IKE_QM_EXCH")
    sa.say("Old State = IKE_QM_READY  New State = IKE_QM_READY")


def _payloads(sa: Phase1, number: int) -> None:
    sa.say(f" processing NONCE payload. message ID = {number}")
    sa.say(f" processing ID payload. message ID = {number}")
    sa.say(f" processing ID payload. message ID = {number}")


def _accept(engine: Isakmp, sa: Phase1, message: messages.QuickOffer, verdict: Judgement) -> None:
    """QM2 out, once the SAs are in the database."""
    assert verdict.flow is not None
    assert verdict.transform is not None
    quick = Quick(message.mid, verdict.flow, engine.router.world.spi(), "IKE_QM_READY")
    sa.quicks[quick.mid] = quick
    _payloads(sa, sa.node_number(message.mid))
    sa.say("QM Responder gets spi")
    node_state(sa, quick, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_SPI_STARVE")
    node_state(sa, quick, "IKE_MESG_INTERNAL, IKE_GOT_SPI", "IKE_QM_IPSEC_INSTALL_AWAIT")
    lifetime = min(message.lifetime, verdict.flow.lifetime)
    _install(engine, sa, quick, verdict.transform, (quick.spi, message.spi), message.transport, message.group, lifetime)
    quick.message = messages.QuickAnswer(sa.cookie, message.mid, verdict.transform, quick.spi, lifetime)
    sa.transmit(quick.message, remember=False)
    node_state(sa, quick, "IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE", "IKE_QM_R_QM2")


def _install(
    engine: Isakmp,
    sa: Phase1,
    quick: Quick,
    transform: TransformSet,
    spis: tuple[int, int],
    transport: bool,
    group: int | None,
    lifetime: int,
) -> None:
    sa.ipsec(debugtext_ipsec.QUEUE)
    engine.ipsec.install(
        quick.flow,
        sa.peer,
        transform,
        spis=spis,
        transport=transport,
        udp=bool(sa.nat),
        initiator=sa.initiator,
        pfs=group,
        lifetime=lifetime,
        ike=sa.cookie,
    )
    if engine.router.config.is_xe:
        sa.say("Failed to find peer index node to update peer_info_list", error=True, conn=0)
    else:
        sa.raw("ISAKMP (0): Failed to find peer index node to update peer_info_list")
    sa.say("Received IPSec Install callback... proceeding with the negotiation")
    sa.say(f"Successfully installed IPSEC SA (SPI:0x{spis[0]:X}) on {quick.flow.interface}")


def _answered(engine: Isakmp, sa: Phase1, packet: Packet, message: messages.QuickAnswer) -> None:
    """QM2 in, QM3 out."""
    quick = sa.quicks[message.mid]
    if quick.timer:
        quick.timer.cancel()
    offer = quick.message
    assert isinstance(offer, messages.QuickOffer)
    number = sa.node_number(message.mid)
    sa.received(packet)
    sa.say(f" processing HASH payload. message ID = {number}")
    sa.say(f" processing SA payload. message ID = {number}")
    _describe(sa, message.chosen, offer, 1)
    for line in debugtext_ipsec.validate(
        sa.local,
        sa.peer,
        quick.flow.local,
        quick.flow.remote,
        message.chosen.cipher[1],
        transport=offer.transport,
        udp=offer.udp,
    ):
        sa.ipsec(line)
    sa.ipsec(debugtext_ipsec.proxy_match(quick.flow.local, quick.flow.remote))
    sa.ipsec(debugtext_ipsec.accepted(quick.flow.label))
    _payloads(sa, number)
    node_state(sa, quick, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_IPSEC_INSTALL_AWAIT")
    _install(engine, sa, quick, message.chosen, (quick.spi, message.spi), offer.transport, offer.group, message.lifetime)
    sa.transmit(messages.QuickDone(sa.cookie, message.mid), remember=False)
    sa.say(f'deleting node {number} error FALSE reason "No Error"')
    node_state(sa, quick, "IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE", "IKE_QM_PHASE2_COMPLETE")
    del sa.quicks[message.mid]


def _done(sa: Phase1, packet: Packet, message: messages.QuickDone) -> None:
    """QM3 in."""
    quick = sa.quicks.pop(message.mid)
    number = sa.node_number(message.mid)
    sa.received(packet)
    sa.say(f'deleting node {number} error FALSE reason "QM done (await)"')
    node_state(sa, quick, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_PHASE2_COMPLETE")
    sa.ipsec(debugtext_ipsec.QUEUE)
    sa.ipsec(debugtext_ipsec.ENABLE)


def _refused(sa: Phase1, packet: Packet, message: messages.QuickRefusal) -> None:
    """The peer wants none of our proposals: the larval SA goes, phase 1 stays."""
    number, about = sa.node_number(message.mid), sa.node_number(message.about)
    blank = "        " if sa.router.config.is_xe else "\t"
    sa.received(packet)
    sa.bare(f"set new node {number} to QM_IDLE      ")
    sa.say(f" processing HASH payload. message ID = {number}")
    sa.say(f" processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n{blank}spi 0, message ID = {number}, sa = 0x{sa.sa_address:X}")
    sa.say(f" deleting spi 0 message ID = {about}")
    sa.say(f'deleting node {about} error TRUE reason "Delete Larval"', error=True)
    sa.say(f'deleting node {number} error FALSE reason "Informational (in) state 1"')
    sa.move("IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY", sa.fsm)
    quick = sa.quicks.pop(message.about, None)
    if quick and quick.timer:
        quick.timer.cancel()

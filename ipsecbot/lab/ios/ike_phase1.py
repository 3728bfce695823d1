"""What main and aggressive mode have in common: keys, NAT, identities, and how an SA begins and is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipsecbot.lab.ios import debugtext_isakmp as text
from ipsecbot.lab.ios import ike_messages as messages
from ipsecbot.lab.ios.config import IsakmpKey
from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ike_policy import find_key, matching_profile
from ipsecbot.lab.ios.ike_sa import QM_IDLE, Phase1
from ipsecbot.lab.ios.world import Packet

if TYPE_CHECKING:
    from ipsecbot.lab.ios.ike import Isakmp


def look_up_key(sa: Phase1, keyring: str | None = None, hostname: str | None = None) -> IsakmpKey | None:
    key = find_key(sa.router.config, address=sa.peer, hostname=hostname, keyring=keyring)
    if key is None:
        sa.say(f"No pre-shared key with {sa.peer}!", error=True)
    elif key.keyring and keyring:
        sa.say(f"Found ADDRESS key in keyring {key.keyring}")
    else:
        sa.say(f"found peer pre-shared key matching {key.hostname if key.hostname and hostname else sa.peer}")
    sa.secret = key.secret if key else None
    return key


def scanning(sa: Phase1) -> None:
    names = "".join(f" {profile.name}" for profile in sa.router.config.isakmp_profiles)
    if sa.router.config.is_xe:
        sa.say(f"Scanning profiles for xauth ...{names}")
    else:
        sa.raw(f"ISAKMP : Scanning profiles for xauth ...{names}")


def natd(sa: Phase1) -> tuple[str, str] | None:
    return (sa.local, sa.peer) if sa.natt else None


def judge_nat(sa: Phase1, seen: tuple[str, str] | None, packet: Packet) -> None:
    if seen is None or not sa.natt:
        return
    peer_behind, self_behind = seen[0] != packet.source, seen[1] != sa.local
    sa.nat = "both" if peer_behind and self_behind else "local" if self_behind else "remote" if peer_behind else ""
    text.nat_discovered(sa, peer_behind=peer_behind, self_behind=self_behind)


def open_sa(engine: Isakmp, flow: Flow) -> Phase1:
    """The lines with which every IKEv1 initiator begins."""
    assert flow.peer is not None
    sa = engine.new_sa(flow.local_address, flow.peer, "I", engine.router.world.spi())
    sa.profile = flow.isakmp_profile
    sa.waiting.append(flow)
    sa.say(f" SA request profile is {flow.isakmp_profile or '(NULL)'}")
    text.peer_created(sa, "isakmp_initiator")
    sa.bare("set new node 0 to QM_IDLE      ")
    text.inserted(sa)
    return sa


def open_responder(engine: Isakmp, packet: Packet, cookie: int) -> Phase1:
    """The lines with which every IKEv1 responder begins."""
    sa = engine.new_sa(packet.destination, packet.source, "R", cookie)
    sa.local_port, sa.peer_port = packet.destination_port, packet.source_port
    sa.received(packet, new=True)
    text.peer_created(sa, "crypto_isakmp_process_block")
    text.inserted(sa)
    return sa


def identify_peer(engine: Isakmp, sa: Phase1, identity: messages.Identity) -> bool:
    """Prints the peer's identity and chooses its profile; False when the exchange cannot go on with it.

    A key from a profile's keyring is good only together with that profile (Cisco TechNote 117258).
    """
    sa.peer_identity = identity
    sa.say(" processing ID payload. message ID = 0")
    text.identity_payload(sa, identity, port=0 if sa.nat else 500)
    found = matching_profile(engine.router.config, identity)
    if found:
        sa.say(f": peer matches {found} profile".removeprefix(": " if engine.router.config.is_xe else ""), conn=0)
    else:
        sa.say(": peer matches *none* of the profiles".removeprefix(": " if engine.router.config.is_xe else ""), conn=0)
    config = engine.router.config
    if sa.initiator and sa.profile:
        return found == sa.profile
    sa.profile = found
    key = find_key(config, address=sa.peer)
    profile = config.isakmp_profile(found)
    if key and key.keyring and (profile is None or profile.keyring != key.keyring):
        sa.say(f"Key not found in keyrings of profile {found or ''}, aborting exchange", error=True)
        return False
    if key and key.keyring:
        sa.say(f"Found ADDRESS key in keyring {key.keyring}")
    return True


def abort(engine: Isakmp, sa: Phase1, mode: str) -> None:
    sa.paren("FSM action returned error: 2", error=True)
    sa.router.syslog(f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of {mode} mode failed with peer at {sa.peer}")
    text.deleting(sa, "No reason")
    text.reaped(sa)
    sa.move("IKE_MESG_INTERNAL, IKE_PHASE1_DEL", "IKE_DEST_SA")
    engine.bury(sa)


def initial_contact(engine: Isakmp, sa: Phase1, *, floated: bool) -> None:
    """The peer says that it knows no older SA: what this router still has with it goes."""
    blank = "\t" if not engine.router.config.is_xe else "        "
    sa.say(f" processing NOTIFY INITIAL_CONTACT protocol 1\n{blank}spi 0, message ID = 0, sa = 0x{sa.sa_address:X}")
    text.authenticated(sa)
    if floated:
        sa.say(f"Detected port floating to port = {sa.peer_port}")
        sa.say(f"Trying to find existing peer {sa.local}/{sa.peer}/{sa.peer_port}/")
    sa.say(f"SA authentication status:\n{blank}authenticated")
    sa.say(
        " Process initial contact,\nbring down existing phase 1 and 2 SA's with local "
        f"{sa.local} remote {sa.peer} remote port {sa.peer_port}"
    )
    engine.ipsec.forget(peer=sa.peer)
    for older in [known for known in engine.sas if known.peer == sa.peer and known is not sa and not known.deleted]:
        if older.state == QM_IDLE:
            engine.bury(older)
    text.peer_inserted(sa)

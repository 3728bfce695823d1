"""Groups of `debug crypto isakmp` lines that several states share.

Source of wording and order: Cisco TechNote 113594 (main mode debugs in both roles), IOS 15.x and XE captures. A line's
classic prefix and the XE severity are chosen in ike_sa.Phase1.
"""

from __future__ import annotations

from ipsecbot.lab.ios.ike_messages import Identity
from ipsecbot.lab.ios.ike_sa import Phase1

# what a peer's NAT-T vendor ids look like to the receiver: hash remainder and name
NATT_VENDORS = ((69, "NAT-T RFC 3947"), (245, "NAT-T v7"), (157, "NAT-T v3"), (123, "NAT-T v2"))
ID_TYPES = {"ID_IPV4_ADDR": 1, "ID_FQDN": 2, "ID_USER_FQDN": 3}
ID_LABELS = {"ID_IPV4_ADDR": "address", "ID_FQDN": "FQDN name", "ID_USER_FQDN": "USER FQDN"}


def peer_created(sa: Phase1, reason: str) -> None:
    sa.bare(f"Created a peer struct for {sa.peer}, peer port {sa.peer_port}")
    sa.bare(f"New peer created peer = 0x{sa.struct:X} peer_handle = 0x{sa.handle:X}")
    sa.bare(f"Locking peer struct 0x{sa.struct:X}, refcount 1 for {reason}")
    sa.bare(f"local port {sa.local_port}, remote port {sa.peer_port}")


def inserted(sa: Phase1) -> None:
    sa.say(f"insert sa successfully sa = {sa.sa_address:X}")


def natt_offered(sa: Phase1) -> None:
    for name in ("rfc3947", "07", "03", "02"):
        sa.say(f" constructed NAT-T vendor-{name} ID")


def natt_seen(sa: Phase1, count: int) -> None:
    for remainder, name in NATT_VENDORS[:count]:
        sa.say(" processing vendor id payload")
        sa.say(f" vendor ID seems Unity/DPD but major {remainder} mismatch")
        if "RFC" in name:
            sa.paren(f"vendor ID is {name}")
        else:
            sa.say(f" vendor ID is {name}")


def peer_vendors(sa: Phase1) -> None:
    """Unity, DPD, IOS and XAUTH ids: the initiator sees Unity first, the responder XAUTH last."""
    if sa.initiator:
        sa.say(" processing vendor id payload")
        sa.say(" vendor ID is Unity")
    sa.say(" processing vendor id payload")
    sa.say(" vendor ID is DPD")
    sa.say(" processing vendor id payload")
    sa.say(" speaking to another IOS box!")
    if not sa.initiator:
        sa.say(" processing vendor id payload")
        sa.say(f" vendor ID seems Unity/DPD but major {sa.router.world.random.randrange(9, 250)} mismatch")
        sa.say(" vendor ID is XAUTH")


def nat_discovered(sa: Phase1, *, peer_behind: bool, self_behind: bool) -> None:
    sa.bare("received payload type 20", gap="")
    if self_behind:
        sa.paren("NAT found, both nodes inside NAT" if peer_behind else "NAT found, this node inside NAT")
        sa.bare("received payload type 20", gap="")
        sa.paren("My hash no match -  this node inside NAT")
        return
    sa.paren("His hash no match - this node outside NAT")
    sa.bare("received payload type 20", gap="")
    sa.paren("His hash no match - this node outside NAT" if peer_behind else "No NAT Found for self or peer")


def identity_payload(sa: Phase1, identity: Identity, *, following: int = 8, port: int = 500) -> None:
    """The ID payload's fields; 12 octets for an address, 8 more than the name else."""
    length = 12 if identity.kind == "ID_IPV4_ADDR" else len(identity.value) + 8
    kind, label = ID_TYPES[identity.kind], ID_LABELS[identity.kind]
    if sa.router.config.is_xe:
        sa.say(f"ID payload \n        next-payload : {following}\n        type         : {kind}")
        sa.attribute(f"{label:<12} : {identity.value}", indent=3)
        sa.attribute(f"protocol     : 17 \n        port         : {port} \n        length       : {length}", indent=3)
        return
    sa.paren(
        f"ID payload \n\tnext-payload : {following}\n\ttype         : {kind} \n\t{label:<12} : {identity.value} \n"
        f"\tprotocol     : 17 \n\tport         : {port} \n\tlength       : {length}"
    )


def announces_identity(sa: Phase1, identity: Identity, *, following: int = 8) -> None:
    """This router says who it is; after NAT was found the port in the payload is 0."""
    method = "RSA signature" if sa.transform and sa.transform.authentication == "rsa-sig" else "pre-shared key"
    if sa.router.config.is_xe:
        sa.say("SA is doing ")
        sa.say(f"{method} authentication using id type {identity.kind}")
    else:
        sa.say(f"SA is doing {method} authentication using id type {identity.kind}")
    port = 0 if sa.local_port == 4500 else 500
    identity_payload(sa, identity, following=following, port=port)
    sa.say(f"Total payload length: {12 if identity.kind == 'ID_IPV4_ADDR' else len(identity.value) + 8}")


def authenticated(sa: Phase1) -> None:
    tab = "        " if sa.router.config.is_xe else "\t"
    sa.say(f"SA authentication status:\n{tab}authenticated")
    sa.say(f"SA has been authenticated with {sa.peer}")


def peer_inserted(sa: Phase1) -> None:
    key = f"{sa.local}/{sa.peer}/{sa.peer_port}/"
    if sa.router.config.is_xe:
        sa.say(f"Trying to insert a peer {key}, ", conn=0)
        sa.say(f"and inserted successfully {sa.struct:X}.", conn=0)
    else:
        sa.bare(f"Trying to insert a peer {key},  and inserted successfully {sa.struct:X}.")


def retransmitting(sa: Phase1) -> None:
    sa.say(f" retransmitting phase 1 {sa.state}...")


def counted(sa: Phase1, what: str) -> None:
    """The error counter: five errors end the SA."""
    prefix = ": " if sa.router.config.is_xe else ""
    sa.paren(f"{prefix}incrementing error counter on sa, attempt {sa.errors} of 5: {what}")


def bad_message(sa: Phase1, payload: str) -> None:
    sa.bare(f"reserved not zero on {payload} payload!")
    sa.router.syslog(f"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {sa.peer} failed its sanity check or is malformed")


def deleting(sa: Phase1, reason: str, *, tail: str = "") -> None:
    sa.say(f'deleting SA reason "{reason}" state ({sa.role}) {sa.state_word} (peer {sa.peer}){tail}', error=True)


def reaped(sa: Phase1) -> None:
    sa.bare(f"Unlocking peer struct 0x{sa.struct:X} for isadb_mark_sa_deleted(), count 0")
    sa.bare(f"Deleting peer node by peer_reap for {sa.peer}: {sa.struct:X}")

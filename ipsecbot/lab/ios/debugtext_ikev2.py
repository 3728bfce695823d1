"""Groups of `debug crypto ikev2` lines that several states share.

Wording and order: Cisco TechNote 115934 (IKEv2 debugs for site-to-site VPN with PSKs) and captures of IOS 15 and XE 16;
the one-line form of refused policies is that of XE 17.9 and later.
"""

from __future__ import annotations

from ipsecbot.lab.ios.config import Ikev2Policy, Ikev2Proposal, TransformSet
from ipsecbot.lab.ios.ikev2_choice import Key, esp_words, ike_words, long_words
from ipsecbot.lab.ios.ikev2_sa import Ike2Sa

INIT = "SA KE N VID VID VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)"
AUTH_TAIL = "NOTIFY(SET_WINDOW_SIZE) NOTIFY(ESP_TFC_NO_SUPPORT) NOTIFY(NON_FIRST_FRAGS)"
ENCRYPTED = "ENCR \n"


def keyring(sa: Ike2Sa, key: Key) -> None:
    sa.plain(f"% Getting preshared key from profile keyring {key.keyring}")
    if key.peer:
        sa.plain(f"% Matched peer block '{key.peer.name}'")


def policy(sa: Ike2Sa, found: Ikev2Policy) -> None:
    sa.plain(f"Searching Policy with fvrf 0, local address {sa.local}")
    if found.name == "default":
        sa.plain("Using the Default Policy for Proposal")
    sa.plain(f"Found Policy '{found.name}'")


def public_key(sa: Ike2Sa) -> None:
    sa.say(f"[IKEv2 -> Crypto Engine] Computing DH public key, DH Group {sa.group}")
    sa.router.world.elapse(3 + sa.router.world.random.randrange(6))
    sa.engine("[Crypto Engine -> IKEv2] DH key Computation PASSED")
    sa.say("Request queued for computation of DH key")


def secret_key(sa: Ike2Sa) -> None:
    sa.say(f"[IKEv2 -> Crypto Engine] Computing DH secret key, DH Group {sa.group}")
    sa.router.world.elapse(6 + sa.router.world.random.randrange(10))
    sa.engine("[Crypto Engine -> IKEv2] DH key Computation PASSED")
    sa.say("Request queued for computation of DH secret")
    sa.engine("[IKEv2 -> Crypto Engine] Calculate SKEYSEED and create rekeyed IKEv2 SA")
    sa.engine("[Crypto Engine -> IKEv2] SKEYSEED calculation and creation of rekeyed IKEv2 SA PASSED")


def ike_proposal(sa: Ike2Sa, number: int, proposal: Ikev2Proposal) -> None:
    words = ike_words(proposal, length=False)
    sa.say(
        f"IKE Proposal: {number}, SPI size: 0 (initial negotiation), \nNum. transforms: {len(words)}\n   {'   '.join(words)}\n"
    )


def esp_proposal(sa: Ike2Sa, number: int, transform: TransformSet) -> None:
    words = esp_words(transform, length=False)
    sa.say(f"ESP Proposal: {number}, SPI size: 4 (IPSec negotiation), \nNum. transforms: {len(words)}\n   {'   '.join(words)}")


def _list(sa: Ike2Sa, title: str, rows: list[str]) -> None:
    body = "\n".join(rows)
    if sa.router.config.release >= (17, 9):
        sa.error(f"{title} Policies: : Failed to find a matching policy{body}")
        return
    sa.error(f"{title} Policies: \n{body}\n" + ("\n" if sa.router.config.is_xe else ""))
    sa.error(": Failed to find a matching policy" if sa.router.config.is_xe else "Failed to find a matching policy")


def _ike_rows(sa: Ike2Sa, proposals: tuple[Ikev2Proposal, ...]) -> list[str]:
    if sa.router.config.release >= (17, 9):
        return [f"Proposal {number}:  {long_words(known)}" for number, known in enumerate(proposals, 1)]
    return [f"Proposal {number}:  {' '.join(ike_words(known, length=True))}" for number, known in enumerate(proposals, 1)]


def ike_refused(sa: Ike2Sa, theirs: tuple[Ikev2Proposal, ...], ours: tuple[Ikev2Proposal, ...]) -> None:
    """What came and what would have been accepted: the responder's answer to "why not"."""
    _list(sa, "Received", _ike_rows(sa, theirs))
    _list(sa, "Expected", _ike_rows(sa, ours))
    sa.say("Sending no proposal chosen notify")


def esp_refused(sa: Ike2Sa, theirs: tuple[TransformSet, ...], ours: tuple[TransformSet, ...]) -> None:
    def rows(sets: tuple[TransformSet, ...]) -> list[str]:
        return [f"ESP: Proposal {index}:  {' '.join(esp_words(known, length=True))}" for index, known in enumerate(sets, 1)]

    _list(sa, "Received", rows(theirs))
    _list(sa, "Expected", rows(ours))
    sa.say("Sending no proposal chosen notify")


def init_failed(sa: Ike2Sa) -> None:
    sa.say("Failed SA init exchange")
    sa.error("Initial exchange failed: Initial exchange failed")
    sa.say("Abort exchange")
    sa.say("Deleting SA")


def auth_failed(sa: Ike2Sa) -> None:
    sa.say("Auth exchange failed")
    sa.error(": Auth exchange failed")
    sa.say("Abort exchange")
    sa.say("Deleting SA")


def nat(sa: Ike2Sa) -> None:
    sa.say("Checking NAT discovery")
    if not sa.nat:
        sa.say("NAT not found")
        return
    sa.say("NAT INSIDE found" if sa.nat == "local" else "NAT OUTSIDE found")
    sa.say("NAT detected float to init port 4500, resp port 4500")


def authentication_data(sa: Ike2Sa, identity: str, secret: str) -> None:
    sa.say(f"Use preshared key for id {identity}, key len {len(secret)}")
    sa.plain("[IKEv2 -> Crypto Engine] Generate IKEv2 authentication data")
    sa.plain("[Crypto Engine -> IKEv2] IKEv2 authentication data generation PASSED")


def up(sa: Ike2Sa, *, child: bool) -> None:
    """Both ends say this once they believe each other; without a CHILD_SA nothing is loaded into IPsec."""
    assert sa.peer_id is not None
    assert sa.own_id is not None
    sa.say(f"IKEV2 SA created; inserting SA into database. SA lifetime timer ({sa.lifetime} sec) started")
    sa.say(f"Session with IKE ID PAIR ({sa.peer_id.value}, {sa.own_id.value}) is UP")
    sa.plain(f"IKEv2 MIB tunnel started, tunnel index {sa.number}")
    if child:
        sa.say("Load IPSEC key material")
        sa.engine("[IKEv2 -> IPsec] Create IPsec SA into IPsec database")
        sa.engine("[IPsec -> IKEv2] Creation of IPsec SA into IPsec database PASSED")
    sa.say("Checking for duplicate IKEv2 SA")
    sa.say("No duplicate IKEv2 SA found")

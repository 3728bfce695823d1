"""The words of ipsec.conf: parameters that starter knows, those it dropped, and the values that decide a negotiation.

Source: ipsec.conf(5) of strongSwan 5.9.8 and the keywords its starter accepts.
"""

from __future__ import annotations

from ipsecbot.model.connection import EncapsulationMode, StartAction
from ipsecbot.model.identity import AuthMethod


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_END = """ikeport subnet subnetwithin protoport sourceip dns firewall hostaccess allowany updown auth auth2 id id2 sigkey
    rsasigkey cert cert2 certpolicy sendcert ca ca2 groups groups2"""
CONN = _words(
    """keyexchange type compress installpolicy aggressive authby eap_identity aaa_identity mobike forceencaps fragmentation
    ikedscp ikelifetime lifetime keylife rekeymargin margintime lifebytes marginbytes lifepackets marginpackets keyingtries
    rekeyfuzz rekey reauth ike esp ah dpddelay dpdtimeout dpdaction closeaction sha256_96 inactivity modeconfig xauth
    xauth_identity mediation mediated_by me_peerid reqid replay_window mark mark_in mark_out tfc left right also auto"""
) | frozenset(f"{side}{word}" for side in ("left", "right") for word in _END.split())
# Parameters that starter warns about and ignores: they decide nothing although they look as if they did.
DROPPED = _words("pfs pfsgroup eap leftnexthop rightnexthop auth")

VERSIONS: tuple[tuple[str, tuple[int, ...]], ...] = (("ike", (2, 1)), ("ikev1", (1,)), ("ikev2", (2,)))
TYPES: tuple[tuple[str, EncapsulationMode | None], ...] = (
    ("tunnel", EncapsulationMode.TUNNEL),
    ("transport", EncapsulationMode.TRANSPORT),
    ("transport_proxy", EncapsulationMode.TRANSPORT),
    ("beet", EncapsulationMode.TUNNEL),
    ("passthrough", None),
    ("pass", None),
    ("drop", None),
    ("reject", None),
)
AUTO: tuple[tuple[str, StartAction], ...] = (
    ("add", StartAction.NONE),
    ("ignore", StartAction.NONE),
    ("route", StartAction.TRAP),
    ("start", StartAction.START),
)
AUTHBY: tuple[tuple[str, AuthMethod | None], ...] = (
    ("psk", AuthMethod.PSK),
    ("secret", AuthMethod.PSK),
    ("pubkey", AuthMethod.PUBKEY),
    ("rsasig", AuthMethod.PUBKEY),
    ("rsa", AuthMethod.PUBKEY),
    ("ecdsasig", AuthMethod.PUBKEY),
    ("ecdsa", AuthMethod.PUBKEY),
    ("xauthpsk", AuthMethod.XAUTH_PSK),
    ("xauthrsasig", AuthMethod.XAUTH_PUBKEY),
    ("never", None),
)
ANY_ADDRESS = ("%any", "%any4", "%any6", "%defaultroute", "")
VIRTUAL = ("%config", "%cfg", "%modeconfig", "%modecfg", "%config4", "%config6")

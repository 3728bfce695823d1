"""The words of a libreswan or openswan ipsec.conf that decide a negotiation, and those that are known.

Source: ipsec.conf(5) of Libreswan 3 to 5 and of Openswan 2.6.
"""

from __future__ import annotations

import re
from datetime import timedelta

from ipsecbot.model.connection import EncapsulationMode, StartAction
from ipsecbot.model.identity import AuthMethod

# Words of times when IKEv1 was the default (Openswan, Libreswan before 4).
OLD = ("nat_traversal", "oe", "interfaces", "klipsdebug", "phase2alg", "phase2", "keyingtries", "virtual_private")

KEYEXCHANGE: tuple[tuple[str, tuple[int, ...]], ...] = (("ikev1", (1,)), ("ikev2", (2,)))  # `ike` leaves it to `ikev2=`
IKEV2: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("insist", (2,)),
    ("yes", (2,)),
    ("always", (2,)),
    ("propose", (2, 1)),
    ("permit", (1, 2)),
    ("no", (1,)),
    ("never", (1,)),
)
TYPES: tuple[tuple[str, EncapsulationMode | None], ...] = (
    ("tunnel", EncapsulationMode.TUNNEL),
    ("transport", EncapsulationMode.TRANSPORT),
    ("passthrough", None),
    ("pass", None),
    ("drop", None),
    ("reject", None),
)
AUTO: tuple[tuple[str, StartAction], ...] = (
    ("add", StartAction.NONE),
    ("ignore", StartAction.NONE),
    ("keep", StartAction.NONE),
    ("manual", StartAction.NONE),
    ("route", StartAction.TRAP),
    ("ondemand", StartAction.TRAP),
    ("start", StartAction.START),
    ("up", StartAction.START),
)
AUTHBY: tuple[tuple[str, AuthMethod], ...] = (
    ("secret", AuthMethod.PSK),
    ("psk", AuthMethod.PSK),
    ("rsasig", AuthMethod.PUBKEY),
    ("rsa", AuthMethod.PUBKEY),
    ("rsa-sha1", AuthMethod.PUBKEY),
    ("rsa-sha2", AuthMethod.PUBKEY),
    ("rsa-sha2_256", AuthMethod.PUBKEY),
    ("rsa-sha2_384", AuthMethod.PUBKEY),
    ("rsa-sha2_512", AuthMethod.PUBKEY),
    ("ecdsa", AuthMethod.PUBKEY),
    ("ecdsa-sha2", AuthMethod.PUBKEY),
    ("eaponly", AuthMethod.EAP),
    ("null", AuthMethod.NULL),
)
NO_AUTH = ("never",)

_END = """subnet subnets nexthop sourceip protoport id rsasigkey rsasigkey2 pubkey cert ckaid ca sendcert updown firewall
    xauthserver xauthclient xauthusername username modecfgserver modecfgclient addresspool cat auth autheap vti
    interface-ip groundhog iptcp ikeport hostaccess dns"""
_CONN = """also auto type keyexchange ikev2 authby auth ike esp ah phase2 phase2alg pfs pfsgroup aggressive aggrmode ikelifetime
    ipsec-lifetime salifetime keylife lifetime rekey rekeymargin rekeyfuzz keyingtries dpddelay dpdtimeout dpdaction
    encapsulation forceencaps nat-keepalive nat_keepalive nat-ikev1-method fragmentation compress mobike narrowing
    sareftrack overlapip reqid priority mtu metric mark mark-in mark-out vti-interface vti-routing vti-shared ipsec-
    interface failureshunt negotiationshunt retransmit-interval retransmit-timeout replay-window esn decap-dscp
    nopmtudisc initial-contact initial_contact cisco-unity remote_peer_type remote-peer-type cisco-peer fake-
    strongswan send-vendorid sha2-truncbug sha2_truncbug ms-dh-downgrade dns-match-id modecfgpull modecfgdns
    modecfgdomains modecfgbanner modecfgwins1 modecfgwins2 modecfgdns1 modecfgdns2 xauthby xauthfail ppk ppk-ids
    intermediate accept-redirect send-redirect policy-label policy_label sec-label labeled_ipsec left right nm-
    configured nic-offload tfc send-no-esp-tfc hostaddrfamily connaddrfamily clientaddrfamily enable-tcp tcp-
    remoteport require-id-on-certificate ikepad ipsec-max-bytes ipsec-max-packets addresspool reauth clones iptfs
    debug nflog nflog-group"""
_KNOWN = frozenset(_CONN.split()) | frozenset(f"{side}{word}" for side in ("left", "right") for word in _END.split())


def is_known(keyword: str) -> bool:
    """Whether a conn may have this parameter; `x-…` is a comment of the user's own."""
    return keyword in _KNOWN or re.match(r"[xX][-_]", keyword) is not None


_FLAGS = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([smhdw]?)", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def read_flag(text: str) -> bool | None:
    return _FLAGS.get(text.strip().lower())


def read_duration(text: str) -> timedelta | None:
    """`8h`, `3600`, `1.5h`; None where it is none."""
    match = _TIME.fullmatch(text.strip())
    seconds = float(match[1]) * _UNITS[match[2].lower()] if match else None
    return timedelta(seconds=seconds) if seconds is not None and seconds < 10**9 else None

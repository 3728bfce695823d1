"""The words of swanctl.conf: every option the daemon knows with the reader of its values.

Source: swanctl.conf(5) of strongSwan 5.9.8, and `per_cpu_sas`, `iptfs*`, `ocsp` of 6.0. charon refuses a whole
connection for one option that it does not know or cannot read ("unknown option: …, config discarded").
"""

from __future__ import annotations

import re

from ipsecbot.model.connection import EncapsulationMode, StartAction
from ipsecbot.model.wishes import CertificateSending, Childless, Fragmentation, Revocation, SaAction, Uniqueness
from ipsecbot.parse.strongswan.authentication import read_method
from ipsecbot.parse.strongswan.identity import read_host, read_identity
from ipsecbot.parse.strongswan.quantities import (
    c_number,
    read_bits,
    read_bool,
    read_list,
    read_number,
    read_seconds,
    read_volume,
    read_word32,
)
from ipsecbot.parse.strongswan.values import Rules, choice

TOP_LEVEL = ("connections", "secrets", "pools", "authorities")

VERSIONS: tuple[tuple[int, tuple[int, ...]], ...] = ((0, (2, 1)), (1, (1,)), (2, (2,)))

# BEET and IP-TFS are negotiated on top of tunnel mode; `pass` and `drop` protect nothing: None.
MODES: tuple[tuple[str, EncapsulationMode | None], ...] = (
    ("tunnel", EncapsulationMode.TUNNEL),
    ("transport", EncapsulationMode.TRANSPORT),
    ("transport_proxy", EncapsulationMode.TRANSPORT),
    ("beet", EncapsulationMode.TUNNEL),
    ("iptfs", EncapsulationMode.TUNNEL),
    ("pass", None),
    ("drop", None),
)
ACTIONS: tuple[tuple[str, SaAction], ...] = (
    ("none", SaAction.NONE),
    ("clear", SaAction.NONE),
    ("trap", SaAction.TRAP),
    ("route", SaAction.TRAP),
    ("start", SaAction.START),
    ("restart", SaAction.START),
)
START_ACTIONS: tuple[tuple[SaAction, StartAction], ...] = (
    (SaAction.NONE, StartAction.NONE),
    (SaAction.TRAP, StartAction.TRAP),
    (SaAction.START, StartAction.START),
    (SaAction.TRAP_AND_START, StartAction.START),
)
_MARK = re.compile(r"(%unique(?:-dir)?|%same)?(.*)", re.IGNORECASE | re.DOTALL)


def read_action(text: str) -> SaAction | None:
    """One word, or `trap|start` in either order."""
    if text.lower() in dict(ACTIONS):
        return dict(ACTIONS)[text.lower()]
    words = {word.strip().lower() for word in text.split("|") if word.strip()} - {"none"}
    if not words <= {"trap", "start"}:
        return None
    return SaAction.TRAP_AND_START if len(words) == 2 else SaAction(words.pop()) if words else SaAction.NONE


def read_mark(text: str) -> str | None:
    """`42`, `0x1/0xff`, `%unique`, `%same`: an XFRM mark, which no negotiation sees."""
    match = _MARK.fullmatch(text)
    if match is None:
        return None
    rest = match[2] if match[1] else c_number(text)[1]
    return text if not rest or (rest.startswith("/") and not c_number(rest[1:])[1]) else None


def read_interface_id(text: str) -> str | None:
    """`42`, `%unique`, `%unique-dir`: an XFRM interface, which no negotiation sees."""
    return text if text.lower() in ("%unique", "%unique-dir") or not c_number(text)[1] else None


def read_padding(text: str) -> int | None:
    return -1 if text == "mtu" else read_word32(text)


def read_virtual(text: str) -> tuple[str, ...] | None:
    """Virtual IPs; one that is no address spoils all."""
    found = tuple(read_host(word) for word in read_list(text))
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


def read_version(text: str) -> tuple[int, ...] | None:
    """The versions of one number; empty where it is a number that charon takes, and no version of IKE."""
    number = read_word32(text)
    return None if number is None else dict(VERSIONS).get(number, ())


_FRAGMENTATION = choice(*((str(one), one) for one in Fragmentation))
_CHILDLESS = choice(*((str(one), one) for one in Childless))
_UNIQUE = choice(*((str(one), one) for one in Uniqueness))
_SENDING = choice(
    ("ifasked", CertificateSending.IF_ASKED), ("always", CertificateSending.ALWAYS), ("never", CertificateSending.NEVER)
)
_REVOCATION = choice(("strict", Revocation.STRICT), ("ifuri", Revocation.IF_URI), ("relaxed", Revocation.RELAXED))

CONNECTION: Rules = (
    ("version", read_version),
    ("local_addrs", read_list),
    ("remote_addrs", read_list),
    ("local_port", read_word32),
    ("remote_port", read_word32),
    ("proposals", read_list),
    ("vips", read_virtual),
    ("pools", read_list),
    ("aggressive", read_bool),
    ("pull", read_bool),
    ("dscp", read_bits),
    ("encap", read_bool),
    ("mobike", read_bool),
    ("dpd_delay", read_seconds),
    ("dpd_timeout", read_seconds),
    ("fragmentation", _FRAGMENTATION),
    ("childless", _CHILDLESS),
    ("send_certreq", read_bool),
    ("send_cert", _SENDING),
    ("ocsp", choice(*((word, word) for word in ("reply", "request", "both", "never")))),
    ("ppk_id", read_identity),
    ("ppk_required", read_bool),
    ("keyingtries", read_word32),
    ("unique", _UNIQUE),
    ("reauth_time", read_seconds),
    ("rekey_time", read_seconds),
    ("over_time", read_seconds),
    ("rand_time", read_seconds),
    ("if_id_in", read_interface_id),
    ("if_id_out", read_interface_id),
    ("mediation", read_bool),
    ("mediated_by", str),
    ("mediation_peer", read_identity),
)
ROUND: Rules = (
    ("round", read_word32),
    ("certs", read_list),
    ("cacerts", read_list),
    ("pubkeys", read_list),
    ("auth", lambda text: read_method(text, strict=True)),
    ("id", read_identity),
    ("ca_id", read_identity),
    ("eap_id", read_identity),
    ("aaa_id", read_identity),
    ("xauth_id", read_identity),
    ("groups", lambda text: tuple(read_identity(word) for word in read_list(text))),
    ("cert_policy", read_list),
    ("revocation", _REVOCATION),
)
CERTIFICATE: Rules = (("handle", str), ("slot", read_word32), ("module", str), ("file", str))
CHILD: Rules = (
    ("ah_proposals", read_list),
    ("esp_proposals", read_list),
    ("local_ts", read_list),
    ("remote_ts", read_list),
    ("sha256_96", read_bool),
    ("rekey_time", read_seconds),
    ("life_time", read_seconds),
    ("rand_time", read_seconds),
    ("rekey_bytes", read_volume),
    ("life_bytes", read_volume),
    ("rand_bytes", read_volume),
    ("rekey_packets", read_number),
    ("life_packets", read_number),
    ("rand_packets", read_number),
    ("updown", str),
    ("hostaccess", read_bool),
    ("mode", lambda text: text.lower() if text.lower() in dict(MODES) else None),
    ("policies", read_bool),
    ("policies_fwd_out", read_bool),
    ("dpd_action", read_action),
    ("start_action", read_action),
    ("close_action", read_action),
    ("ipcomp", read_bool),
    ("inactivity", read_seconds),
    ("reqid", read_word32),
    ("priority", read_word32),
    ("interface", str),
    ("mark_in", lambda text: None if text.lower().startswith("%same") else read_mark(text)),
    ("mark_in_sa", read_bool),
    ("mark_out", lambda text: None if text.lower().startswith("%same") else read_mark(text)),
    ("set_mark_in", lambda text: None if text.lower().startswith("%unique") else read_mark(text)),
    ("set_mark_out", lambda text: None if text.lower().startswith("%unique") else read_mark(text)),
    ("if_id_in", read_interface_id),
    ("if_id_out", read_interface_id),
    ("label", str),
    ("label_mode", choice(*((word, word) for word in ("system", "simple", "selinux")))),
    ("tfc_padding", read_padding),
    ("replay_window", read_word32),
    ("hw_offload", choice(*((word, word) for word in ("no", "yes", "auto", "crypto", "packet")))),
    ("copy_df", read_bool),
    ("copy_ecn", read_bool),
    ("copy_dscp", choice(*((word, word) for word in ("no", "in", "out", "yes")))),
    ("per_cpu_sas", choice(*((word, word) for word in ("no", "yes", "encap")))),
    ("iptfs_packet_size", read_word32),
    ("iptfs_max_queue_size", read_volume),
    ("iptfs_dont_fragment", read_bool),
    ("iptfs_init_delay", read_number),
    ("iptfs_reorder_window", read_word32),
    ("iptfs_drop_time", read_number),
)
# secrets.<prefix>…: which kind of key a section of that name holds (longest prefix first)
SECRETS: tuple[tuple[str, str], ...] = (
    ("ike", "psk"),
    ("eap", "eap"),
    ("xauth", "eap"),
    ("ntlm", "ntlm"),
    ("ppk", "ppk"),
)
KEY_FILES = ("private", "rsa", "ecdsa", "pkcs8", "pkcs12", "token", "bliss")

"""The words of swanctl.conf: every option the daemon knows, so that an unknown one is seen as the mistake it is.

Source: swanctl.conf(5) of strongSwan 5.9.8, and `per_cpu_sas`, `iptfs*`, `ocsp` of 6.0. charon refuses a whole connection for
one unknown option ("unknown option: …, config discarded").
"""

from __future__ import annotations

from ipsecbot.model.connection import EncapsulationMode, StartAction


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONNECTION = _words(
    """version local_addrs remote_addrs local_port remote_port proposals vips aggressive pull dscp encap mobike dpd_delay
    dpd_timeout fragmentation childless send_certreq send_cert ocsp ppk_id ppk_required keyingtries unique reauth_time
    rekey_time over_time rand_time pools if_id_in if_id_out mediation mediated_by mediation_peer"""
)
ROUND = _words("""round certs pubkeys auth id eap_id aaa_id xauth_id groups cert_policy cacerts ca_id revocation""")
CHILD = _words(
    """ah_proposals esp_proposals sha256_96 local_ts remote_ts rekey_time life_time rand_time rekey_bytes life_bytes rand_bytes
    rekey_packets life_packets rand_packets updown hostaccess mode policies policies_fwd_out dpd_action ipcomp inactivity reqid
    priority interface mark_in mark_in_sa mark_out set_mark_in set_mark_out if_id_in if_id_out label label_mode tfc_padding
    replay_window hw_offload copy_df copy_ecn copy_dscp start_action close_action per_cpu_sas iptfs_packet_size
    iptfs_max_queue_size iptfs_dont_fragment iptfs_init_delay iptfs_reorder_window iptfs_drop_time"""
)
TOP_LEVEL = ("connections", "secrets", "pools", "authorities")

VERSIONS: tuple[tuple[str, tuple[int, ...]], ...] = (("0", (2, 1)), ("1", (1,)), ("2", (2,)))

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
START_ACTIONS: tuple[tuple[str, StartAction], ...] = (
    ("none", StartAction.NONE),
    ("clear", StartAction.NONE),
    ("trap", StartAction.TRAP),
    ("hold", StartAction.TRAP),
    ("route", StartAction.TRAP),
    ("start", StartAction.START),
    ("restart", StartAction.START),
    ("trap|start", StartAction.START),
    ("start|trap", StartAction.START),
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

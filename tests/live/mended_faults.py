"""The mismatches of the closed loop, and which of them only one end can sensibly mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from charon_credentials import credentials
from swan_confs import SECRET
from swan_fault import Fault
from swan_faults import FAULTS
from swan_pairs import AEAD, NAMED, V1, V2

from ipsecbot.model.evidence import Side

_WISHES = {
    "ike-version-mismatch",
    "exchange-mode-mismatch",
    "ike-proposal-mismatch",
    "psk-mismatch",
    "psk-missing",
    "id-mismatch",
    "esp-proposal-mismatch",
    "pfs-mismatch",
    "traffic-selector-mismatch",
    "encapsulation-mode-mismatch",
    "no-config-for-peer",
}
LEFT_OUT: Mapping[str, str] = {
    "transport-v1": "transport mode, which kernel-libipsec does not do, or GRE between the hosts in a tunnel, which loops",
    "transport-v1-from-right": "the same",
    "mode-aggressive-refused": "both ends have to change together: a test of its own",
}
"""Faults of the catalogue that this laboratory cannot bring up at any end, and why."""

ONE_END: Mapping[str, str] = {
    "no-config-v2": "right: it has nothing for its peer",
    "no-config-v1-stroke": "right: it has nothing for its peer",
    "mode-aggressive-to-main": "left: aggressive mode with a key at the other end would expose its hash",
    "mode-main-to-aggressive": "right: the same",
    "psk-missing-v2-responder": "right: the key is missing there",
    "psk-missing-v2-initiator": "left: the key is missing there",
    "psk-missing-v1": "right: the key is missing there",
    "psk-missing-v2-stroke": "right: the key is missing there",
    "style-psk-missing-by-name": "right: the key is missing there",
    "id-v2-responder": "left: it expects a pattern, which is nothing that the other end could send",
    "wrong-peer-address-v2": "left: it has the wrong address",
    "transport-v1-nets": "left: transport mode carries no networks",
    "transport-v1-nets-from-right": "left: the same",
    "transport-v2-nets": "left: the same",
    "transport-v2-nets-from-right": "left: the same",
}
"""Faults that one end alone can mend, which one and why."""


def _further() -> tuple[Fault, ...]:
    """Kinds of mismatch that the catalogue of faults lacks."""
    cbc = AEAD.mirrored().with_child(esp="aes256-sha256")
    icmp = V1.with_child(remote_ts="10.2.0.0/16[icmp]")
    tcp = V1.mirrored().with_child(local_ts="10.2.0.0/16[tcp/443]")
    part = V2.with_child(local_ts="10.11.0.0/16", remote_ts="10.22.0.0/16")
    weak = replace(V2, ike="3des-md5-modp1024")
    old = replace(V1, name="net").with_child(name="net")
    force, never = replace(V2, lines=("childless = force",)), replace(V2, lines=("childless = never",)).mirrored()
    elsewhere = replace(V2, remote="192.0.2.77")
    sleeping = replace(NAMED, ike="aes256gcm16-prfsha384-ecp384")
    return (
        Fault("esp-aead-to-cbc", AEAD.swanctl(), cbc.swanctl(), "esp-proposal-mismatch", child="gcm"),
        Fault("ike-aead-to-cbc-named", sleeping.swanctl(), NAMED.mirrored().swanctl(), "ike-proposal-mismatch", child="data"),
        Fault("selectors-v1-protocol", icmp.swanctl(), tcp.swanctl(), "traffic-selector-mismatch", child="lan"),
        Fault("selectors-v2-both-networks", part.swanctl(), V2.mirrored().swanctl(), "traffic-selector-mismatch"),
        Fault("all-weak-v2", weak.swanctl(), V2.mirrored().swanctl(), "ike-proposal-mismatch"),
        Fault("dh-v1-stroke", replace(old, ike="aes128-sha1-modp2048").stroke(), old.mirrored().stroke(),
              "ike-proposal-mismatch"),
        Fault("selectors-v2-stroke", V2.with_child(remote_ts="10.22.0.0/16").stroke(), V2.mirrored().stroke(),
              "traffic-selector-mismatch"),
        Fault("wrong-peer-address-v2", elsewhere.swanctl(), V2.mirrored().swanctl(), "wrong-peer-address"),
        Fault("childless-force-never", force.swanctl(), never.swanctl(), "exchange-mode-mismatch"),
        Fault("childless-allow-force", V2.swanctl(), force.mirrored().swanctl(), "exchange-mode-mismatch"),
    )  # fmt: skip


def with_certificates() -> tuple[Fault, ...]:
    """One end proves itself with a certificate, the other with a key; each has both."""
    named = replace(V2, local_id="left.example.org", remote_id="right.example.org", secrets=(((), SECRET),))
    made, old = credentials(), replace(named, version=1)
    ends = {side: (named if side is Side.LEFT else named.mirrored()).swanctl() for side in Side}
    first = {side: (old if side is Side.LEFT else old.mirrored()).swanctl() for side in Side}
    faults = []
    for name, by_key in (("auth-v2", ends), ("auth-v1", first)):
        left, right = (replace(by_key[side], files=made[side]) for side in Side)
        text = (left.swanctl_conf or "").replace("auth = psk", "auth = pubkey")
        faults.append(Fault(name, replace(left, swanctl_conf=text), right, "auth-method-mismatch"))
    return tuple(faults)


def _harmless() -> tuple[Fault, ...]:
    lines = ("mobike = no", "encap = yes", "rekey_time = 1h", "dpd_delay = 30s", "fragmentation = no")
    late = ("rekey_time = 20m", "reauth_time = 2h", "over_time = 5m")
    v2, v1 = replace(V2, lines=lines), replace(V1, lines=late)
    return (
        Fault("upkeep-v2", v2.swanctl(), V2.mirrored().swanctl(), "healthy"),
        Fault("lifetimes-v1", v1.swanctl(), V1.mirrored().swanctl(), "healthy", child="lan"),
        Fault("start-v2", V2.with_child(start="trap").swanctl(), V2.mirrored().swanctl(), "healthy"),
    )


CASES: tuple[Fault, ...] = (
    *(fault for fault in FAULTS if fault.cause in _WISHES and fault.name not in LEFT_OUT),
    *_further(),
)
HARMLESS = _harmless()

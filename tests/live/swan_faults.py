"""The live faults: what each pair is given, what is done to it, and what the program has to say about it.

Left is 192.0.2.1 and protects 10.1.0.0/16, right is 192.0.2.2 and protects 10.2.0.0/16. Every fault is a difference from a
healthy pair in one of several styles of writing one down.
"""

from __future__ import annotations

from dataclasses import replace

from swan_confs import OTHER_SECRET, SECRET, THIRD_SECRET, End
from swan_fault import Fault, Trigger
from swan_pairs import AEAD, AGGRESSIVE, HOSTS, NAMED, V1, V2
from swan_styles import STYLES

from ipsecbot.lab.strongswan.path import PathFault, drop_udp

_NO_CONFIG = "192.0.2.77"


def _healthy() -> tuple[Fault, ...]:
    narrower = V2.mirrored().with_child(local_ts="10.2.0.0/24")
    half = V1.with_child(remote_ts="10.2.0.0/17")
    wide_offer = replace(V2, ike="aes256-sha256-ecp256-modp2048")
    return (
        Fault("healthy-v2", V2.swanctl(), V2.mirrored().swanctl(), "healthy"),
        Fault("healthy-v1-main", V1.swanctl(), V1.mirrored().swanctl(), "healthy", initiator="right", child="lan"),
        Fault("healthy-v1-aggressive", AGGRESSIVE.swanctl(), AGGRESSIVE.mirrored().swanctl(), "healthy", child="road"),
        Fault("healthy-v2-aead", AEAD.swanctl(), AEAD.mirrored().swanctl(), "healthy", child="gcm"),
        Fault("healthy-v2-stroke", V2.stroke(), V2.mirrored().stroke(), "healthy"),
        Fault("healthy-v2-narrowed", V2.swanctl(), narrower.swanctl(), "healthy"),
        Fault("healthy-v1-narrowed", half.swanctl(), V1.mirrored().swanctl(), "healthy", initiator="right", child="lan"),
        Fault("healthy-v2-ke-retry", wide_offer.swanctl(), V2.mirrored().swanctl(), "healthy"),
    )


def _reachability() -> tuple[Fault, ...]:
    left, right = V2.swanctl(), V2.mirrored().swanctl()
    old_left, old_right = V1.swanctl(), V1.mirrored().swanctl()
    filtered = PathFault(left_rules=drop_udp(500, 4500), right_rules=drop_udp(500, 4500))
    no_nat_t = PathFault(left_rules=drop_udp(4500), right_rules=drop_udp(4500))
    one_way = PathFault(right_rules=drop_udp(4500))
    stopped = PathFault(right_daemon_stopped=True)
    trap = V1.with_child(start="trap")
    return (
        Fault("unreachable-v2-filtered", left, right, "peer-unreachable", path=filtered),
        Fault(
            "unreachable-v1-link-down", old_left, old_right, "peer-unreachable", child="lan", path=PathFault(right_down=True)
        ),
        Fault("not-listening-v2", left, right, "peer-not-listening", change="right", path=stopped),
        Fault("not-listening-v1", old_left, old_right, "peer-not-listening", change="right", child="lan", path=stopped),
        Fault(
            "not-listening-v2-from-right",
            left,
            right,
            "peer-not-listening",
            change="left",
            initiator="right",
            path=PathFault(left_daemon_stopped=True),
        ),
        Fault("nat-t-blocked-v2", left, right, "nat-t-blocked", change="path", path=no_nat_t),
        Fault("nat-t-blocked-v1", old_left, old_right, "nat-t-blocked", change="path", child="lan", path=one_way),
        Fault("no-traffic-v2", left, right, "no-interesting-traffic", trigger=Trigger.NONE),
        Fault("no-traffic-v2-stroke", V2.stroke(), V2.mirrored().stroke(), "no-interesting-traffic", trigger=Trigger.NONE),
        Fault(
            "no-traffic-v1-trap",
            trap.swanctl(),
            trap.mirrored().swanctl(),
            "no-interesting-traffic",
            trigger=Trigger.NONE,
            child="lan",
        ),
    )


def _choosing() -> tuple[Fault, ...]:
    elsewhere = replace(V2.mirrored(), remote=_NO_CONFIG)
    old_elsewhere = replace(V1.mirrored(), remote=_NO_CONFIG)
    old_v2 = replace(V2, version=1)
    main = replace(AGGRESSIVE, aggressive=False)
    careful = replace(AGGRESSIVE.mirrored(), options=())
    return (
        Fault("no-config-v2", V2.swanctl(), elsewhere.swanctl(), "no-config-for-peer", change="right"),
        Fault("no-config-v1-stroke", V1.stroke(), old_elsewhere.stroke(), "no-config-for-peer", change="right", child="lan"),
        Fault("version-2-to-1", V2.swanctl(), old_v2.mirrored().swanctl(), "ike-version-mismatch"),
        Fault("version-1-to-2-stroke", old_v2.stroke(), V2.mirrored().stroke(), "ike-version-mismatch"),
        Fault(
            "mode-aggressive-to-main", AGGRESSIVE.swanctl(), main.mirrored().swanctl(), "exchange-mode-mismatch", child="road"
        ),
        Fault("mode-aggressive-refused", AGGRESSIVE.swanctl(), careful.swanctl(), "exchange-mode-mismatch", child="road"),
        Fault(
            "mode-main-to-aggressive", main.swanctl(), AGGRESSIVE.mirrored().swanctl(), "exchange-mode-mismatch", child="road"
        ),
    )


def _ike_proposals() -> tuple[Fault, ...]:
    def differing(name: str, end: End, offered: str, attribute: str, **more: str) -> Fault:
        left = replace(end, ike=offered).swanctl()
        return Fault(
            name, left, end.mirrored().swanctl(), "ike-proposal-mismatch", attribute, child=end.children[0].name, **more
        )

    several = "aes192-sha256-ecp256, aes192-sha256-modp2048"
    return (
        differing("ike-encryption-v2-key-length", V2, "aes128-sha256-modp2048", "encryption"),
        differing("ike-encryption-v2-several", NAMED, several, "encryption"),
        differing("ike-encryption-v2-from-right", V2, "camellia256-sha256-modp2048", "encryption", initiator="right"),
        differing("ike-encryption-v1", V1, "3des-sha1-modp1536", "encryption"),
        differing("ike-integrity-v2", V2, "aes256-sha1-prfsha256-modp2048", "integrity"),
        differing("ike-integrity-v1", V1, "aes128-sha256-modp1536", "integrity"),
        differing("ike-prf-v2", AEAD, "aes256gcm16-prfsha256-ecp384", "prf"),
        differing("ike-dh-v2", V2, "aes256-sha256-ecp256", "dh"),
        differing("ike-dh-v1", V1, "aes128-sha1-modp2048", "dh", initiator="right"),
        differing("ike-dh-v1-aggressive", AGGRESSIVE, "aes256-sha1-modp1536", "dh"),
    )


def _authentication() -> tuple[Fault, ...]:
    stranger = (("198.51.100.9",), THIRD_SECRET)
    keyless = replace(V2, secrets=(stranger,))
    old_keyless = replace(V1, secrets=(stranger,))
    renamed = replace(NAMED, local_id="headquarters.example.org", secrets=((("branch.example.org",), SECRET),))
    expecting = replace(NAMED, remote_id="branch-17.example.org", secrets=((("hq.example.org",), SECRET),))
    any_branch = replace(NAMED, remote_id="*.example.org", secrets=(((), SECRET),))
    wrong_domain = replace(NAMED.mirrored(), local_id="branch.example.net", secrets=(((), SECRET),))
    by_name = replace(V1, local_id="left.lab", secrets=(((), SECRET),))
    strict = replace(V1.mirrored(), remote_id="192.0.2.1")
    named_road = replace(AGGRESSIVE, local_id="somebody.lab", secrets=(((), SECRET),))
    return (
        Fault("psk-v2", V2.with_secret(OTHER_SECRET).swanctl(), V2.mirrored().swanctl(), "psk-mismatch"),
        Fault(
            "psk-v2-stroke", V2.stroke(), V2.mirrored().with_secret(THIRD_SECRET).stroke(), "psk-mismatch", initiator="right"
        ),
        Fault("psk-v1-main", V1.with_secret(OTHER_SECRET).swanctl(), V1.mirrored().swanctl(), "psk-mismatch", child="lan"),
        Fault(
            "psk-v1-aggressive",
            AGGRESSIVE.with_secret(OTHER_SECRET).swanctl(),
            AGGRESSIVE.mirrored().swanctl(),
            "psk-mismatch",
            child="road",
        ),
        Fault("psk-missing-v2-responder", V2.swanctl(), keyless.mirrored().swanctl(), "psk-missing", change="right"),
        Fault("psk-missing-v2-initiator", keyless.swanctl(), V2.mirrored().swanctl(), "psk-missing", change="left"),
        Fault("psk-missing-v1", V1.swanctl(), old_keyless.mirrored().swanctl(), "psk-missing", change="right", child="lan"),
        Fault("psk-missing-v2-stroke", V2.stroke(), keyless.mirrored().stroke(), "psk-missing", change="right"),
        Fault("id-v2-sent", renamed.swanctl(), NAMED.mirrored().swanctl(), "id-mismatch", child="data"),
        Fault("id-v2-expected", expecting.swanctl(), NAMED.mirrored().swanctl(), "id-mismatch", child="data"),
        Fault("id-v2-responder", any_branch.swanctl(), wrong_domain.swanctl(), "id-mismatch", child="data"),
        Fault(
            "id-v1-responder",
            replace(V1, remote_id="gateway.lab").swanctl(),
            V1.mirrored().swanctl(),
            "id-mismatch",
            child="lan",
        ),
        Fault("id-v1-main", by_name.swanctl(), strict.swanctl(), "id-mismatch", child="lan"),
        Fault("id-v1-aggressive", named_road.swanctl(), AGGRESSIVE.mirrored().swanctl(), "id-mismatch", child="road"),
    )


def _child() -> tuple[Fault, ...]:
    def differing(name: str, end: End, cause: str, attribute: str | None, initiator: str = "left", **child: str) -> Fault:
        left, right = end.with_child(**child).swanctl(), end.mirrored().swanctl()
        return Fault(name, left, right, cause, attribute, initiator=initiator, child=end.children[0].name)

    def transport(name: str, end: End, initiator: str = "left") -> Fault:
        return differing(name, end, "encapsulation-mode-mismatch", None, initiator, mode="transport")

    with_pfs = V1.with_child(esp="aes128-sha1-modp1536")
    rekeyed = V2.with_child(esp="aes256-sha256-modp2048")
    other_group = V2.mirrored().with_child(esp="aes256-sha256-ecp256")
    tcp_only = V2.with_child(remote_ts="10.2.0.0/16[tcp/443]")
    udp_only = V2.mirrored().with_child(local_ts="10.2.0.0/16[udp/514]")
    stroke_left, stroke_right = V1.with_child(esp="aes256-sha1"), V1.mirrored()
    return (
        differing("esp-encryption-v2", V2, "esp-proposal-mismatch", "encryption", esp="aes128-sha256"),
        differing("esp-encryption-v2-aead", AEAD, "esp-proposal-mismatch", "encryption", "right", esp="aes128gcm16"),
        Fault(
            "esp-encryption-v1-stroke",
            stroke_left.stroke(),
            stroke_right.stroke(),
            "esp-proposal-mismatch",
            "encryption",
            child="lan",
        ),
        differing("esp-integrity-v2", V2, "esp-proposal-mismatch", "integrity", esp="aes256-sha512, aes256-sha384"),
        differing("esp-integrity-v1", V1, "esp-proposal-mismatch", "integrity", "right", esp="aes128-sha256"),
        differing("pfs-v1-left-only", V1, "pfs-mismatch", "dh", esp="aes128-sha1-modp1536"),
        differing("pfs-v1-groups", with_pfs, "pfs-mismatch", "dh", esp="aes128-sha1-modp2048"),
        Fault("pfs-v1-right-only", V1.swanctl(), with_pfs.mirrored().swanctl(), "pfs-mismatch", "dh", child="lan"),
        Fault(
            "pfs-v2-at-rekey",
            rekeyed.swanctl(),
            other_group.swanctl(),
            "pfs-mismatch",
            "dh",
            trigger=Trigger.INITIATE_AND_REKEY,
        ),
        differing("selectors-v2-disjoint", V2, "traffic-selector-mismatch", None, remote_ts="10.22.0.0/16"),
        Fault("selectors-v2-protocols", tcp_only.swanctl(), udp_only.swanctl(), "traffic-selector-mismatch", initiator="right"),
        differing("selectors-v1-disjoint", V1, "traffic-selector-mismatch", None, remote_ts="10.22.0.0/16"),
        differing("selectors-v1-from-right", V1, "traffic-selector-mismatch", None, "right", local_ts="10.11.0.0/16"),
        # charon answers a quick mode of the other mode with "no matching CHILD_SA config found", although the selectors match.
        transport("transport-v1", HOSTS),
        transport("transport-v1-from-right", HOSTS, "right"),
        # Transport mode cannot carry networks: it is the end that is in transport mode which has to change.
        replace(transport("transport-v1-nets", V1), change="left"),
        replace(transport("transport-v1-nets-from-right", V1, "right"), change="left"),
        replace(transport("transport-v2-nets", V2), change="left"),
        replace(transport("transport-v2-nets-from-right", V2, "right"), change="left"),
    )


FAULTS: tuple[Fault, ...] = (
    *_healthy(),
    *_reachability(),
    *_choosing(),
    *_ike_proposals(),
    *_authentication(),
    *_child(),
    *STYLES,
)

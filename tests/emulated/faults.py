"""The emulated faults as data: what is changed in a healthy pair, or on the path, and what the program has to say about it.

Each edit replaces one text of a running-config that occurs just once in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emulated_pairs import (
    AGGRESSIVE_V1,
    GRE_V1,
    KEY,
    KEYRING_V1,
    MAP_V1,
    MAP_V2,
    NAT_V1,
    NAT_V2,
    NATTED,
    OTHER_KEY,
    SEVERAL_V1,
    VTI_V1,
    VTI_V2,
    Pair,
)

from ipsecbot.lab.ios.world import Nat, PathFaults

Edits = tuple[tuple[str, str], ...]
BEHIND_NAT = (Nat(*NATTED),)


@dataclass(frozen=True)
class Fault:
    """`cause` and `attribute` as in faults.yaml; `also`: causes that are as right; `change`: any of these sides is right.

    `trigger`: whether the diagnosis may start the negotiation.
    """

    name: str
    pair: Pair
    cause: str
    attribute: str | None = None
    left: Edits = ()
    right: Edits = ()
    path: PathFaults = field(default_factory=PathFaults)
    also: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    trigger: bool = True

    @property
    def configs(self) -> tuple[str, str]:
        """Both running-configs with the fault in them."""
        return edited(self.pair.left, self.left, self.name), edited(self.pair.right, self.right, self.name)


def edited(text: str, edits: Edits, name: str) -> str:
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"{name}: {old!r} occurs {text.count(old)} times")
        text = text.replace(old, new)
    return text


EITHER = ("either", "left", "right")
PROPOSAL, CHILD = "ike-proposal-mismatch", "esp-proposal-mismatch"

HEALTHY = (
    Fault("healthy-map-v1", MAP_V1, "healthy"),
    Fault("healthy-several-v1", SEVERAL_V1, "healthy"),
    Fault("healthy-second-policy-v1", SEVERAL_V1, "healthy", right=((" hash sha512", " hash sha384"),)),
    Fault("healthy-vti-v1", VTI_V1, "healthy"),
    Fault("healthy-gre-v1", GRE_V1, "healthy"),
    Fault("healthy-keyring-v1", KEYRING_V1, "healthy"),
    Fault("healthy-aggressive-v1", AGGRESSIVE_V1, "healthy"),
    Fault("healthy-nat-v1", NAT_V1, "healthy", path=PathFaults(nat=BEHIND_NAT)),
    Fault("healthy-map-v2", MAP_V2, "healthy"),
    Fault("healthy-vti-v2", VTI_V2, "healthy"),
    Fault("healthy-nat-v2", NAT_V2, "healthy", path=PathFaults(nat=BEHIND_NAT)),
    Fault("healthy-invalid-ke-v2", VTI_V2, "healthy", right=((" group 19", " group 14"),)),
)

IKE_V1 = (
    Fault("v1-encryption-length", MAP_V1, PROPOSAL, "encryption", right=((" encr aes 256", " encr aes"),), change=EITHER),
    Fault("v1-encryption-cipher", VTI_V1, PROPOSAL, "encryption", left=((" encr aes 256", " encr 3des"),), change=EITHER),
    Fault("v1-hash", MAP_V1, PROPOSAL, "integrity", right=((" hash sha256\n", ""),), change=EITHER),
    Fault("v1-group", KEYRING_V1, PROPOSAL, "dh", left=((" group 14", " group 5"),), change=EITHER),
    Fault(
        "v1-group-in-several",
        SEVERAL_V1,
        PROPOSAL,
        "dh",
        left=(("crypto isakmp policy 20", "crypto isakmp policy 25"), (" group 19", " group 20"), (" group 14", " group 2")),
        right=(("crypto isakmp policy 30\n encr 3des\n authentication pre-share\n group 5\n", ""),),
        change=EITHER,
    ),
    Fault(
        "v1-certificates-wanted",
        MAP_V1,
        "auth-method-mismatch",
        right=((" authentication pre-share\n", ""),),
        also=(PROPOSAL,),
        change=EITHER,
    ),
    Fault("v1-psk-mismatch", MAP_V1, "psk-mismatch", left=((KEY, OTHER_KEY),), change=(*EITHER, "both")),
    Fault("v1-psk-mismatch-in-keyring", KEYRING_V1, "psk-mismatch", right=((KEY, KEY.lower()),), change=(*EITHER, "both")),
    Fault("v1-psk-mismatch-aggressive", AGGRESSIVE_V1, "psk-mismatch", right=((KEY, OTHER_KEY),), change=(*EITHER, "both")),
    Fault(
        "v1-psk-missing-at-responder",
        MAP_V1,
        "psk-missing",
        right=((f"crypto isakmp key {KEY} address 198.51.100.10", f"crypto isakmp key {KEY} address 198.51.100.11"),),
        change=("right",),
    ),
    Fault(
        "v1-psk-missing-at-initiator",
        VTI_V1,
        "psk-missing",
        left=((f"crypto isakmp key {KEY} address 203.0.113.20\n", ""),),
        change=("left",),
    ),
    Fault(
        "v1-aggressive-disabled",
        AGGRESSIVE_V1,
        "exchange-mode-mismatch",
        right=(("crypto isakmp policy 10", "crypto isakmp aggressive-mode disable\ncrypto isakmp policy 10"),),
        change=EITHER,
    ),
    Fault(
        "v1-identity-in-profile",
        KEYRING_V1,
        "id-mismatch",
        right=((" match identity address 198.51.100.10 255.255.255.255", " match identity host hq.corp.example"),),
        also=("profile-not-matched",),
        change=EITHER,
    ),
    Fault(
        "v1-not-listening",
        MAP_V1,
        "peer-not-listening",
        right=(("crypto isakmp policy 10", "no crypto isakmp enable\ncrypto isakmp policy 10"),),
        change=("right",),
    ),
    Fault(
        "v1-no-config-for-peer",
        MAP_V1,
        "no-config-for-peer",
        right=(
            (f"crypto isakmp key {KEY} address 198.51.100.10", "crypto isakmp key Wacholder-12 address 192.0.2.200"),
            (" set peer 198.51.100.10", " set peer 192.0.2.200"),
            (
                " permit ip 10.20.5.0 0.0.0.255 10.10.0.0 0.0.255.255",
                " permit ip 10.20.5.0 0.0.0.255 10.77.0.0 0.0.255.255",
            ),
        ),
        change=("right",),
    ),
)

CHILD_V1 = (
    Fault(
        "v1-esp-encryption",
        MAP_V1,
        CHILD,
        "encryption",
        right=(("TS-AES esp-aes 256 esp-sha256-hmac", "TS-AES esp-aes esp-sha256-hmac"),),
        change=EITHER,
    ),
    Fault(
        "v1-esp-integrity-in-several",
        SEVERAL_V1,
        CHILD,
        "integrity",
        right=(
            ("SECOND esp-aes esp-sha-hmac", "SECOND esp-aes esp-sha512-hmac"),
            (" set transform-set SECOND FIRST", " set transform-set SECOND"),
        ),
        left=((" set transform-set FIRST SECOND", " set transform-set SECOND"),),
        change=EITHER,
    ),
    Fault("v1-pfs-one-sided", VTI_V1, "pfs-mismatch", "dh", left=((" set pfs group14\n", ""),), change=EITHER),
    Fault("v1-pfs-group", VTI_V1, "pfs-mismatch", "dh", left=((" set pfs group14", " set pfs group5"),), change=EITHER),
    Fault(
        "v1-selectors-wider",
        MAP_V1,
        "traffic-selector-mismatch",
        left=(("10.20.5.0 0.0.0.255\n", "10.20.0.0 0.0.255.255\n"),),
        change=EITHER,
    ),
    Fault(
        "v1-selectors-elsewhere",
        KEYRING_V1,
        "traffic-selector-mismatch",
        right=(("10.10.0.0 0.0.255.255", "10.11.0.0 0.0.255.255"),),
        change=EITHER,
    ),
    Fault(
        "v1-transport-mode", GRE_V1, "encapsulation-mode-mismatch", right=((" mode transport", " mode tunnel"),), change=EITHER
    ),
)

PATH = (
    Fault("v1-peer-down", MAP_V1, "peer-unreachable", path=PathFaults(down=frozenset({"branch"}))),
    Fault("v1-udp-500-filtered", VTI_V1, "peer-unreachable", path=PathFaults(drop_ports=frozenset({500}))),
    Fault(
        "v1-udp-4500-filtered",
        NAT_V1,
        "nat-t-blocked",
        path=PathFaults(nat=BEHIND_NAT, drop_ports=frozenset({4500})),
        change=("path",),
    ),
    Fault("v1-no-traffic", MAP_V1, "no-interesting-traffic", trigger=False),
    Fault("v2-peer-down", MAP_V2, "peer-unreachable", path=PathFaults(down=frozenset({"branch"}))),
    Fault(
        "v2-udp-4500-filtered",
        NAT_V2,
        "nat-t-blocked",
        path=PathFaults(nat=BEHIND_NAT, drop_ports=frozenset({4500})),
        change=("path",),
    ),
)

VERSIONS = (
    Fault("v1-against-v2", Pair("v1-v2", MAP_V1.left, MAP_V2.right, 1), "ike-version-mismatch", change=EITHER),
    Fault("v2-against-v1", Pair("v2-v1", MAP_V2.left, MAP_V1.right, 2), "ike-version-mismatch", change=EITHER),
)

IKE_V2 = (
    Fault(
        "v2-encryption",
        MAP_V2,
        PROPOSAL,
        "encryption",
        right=((" encryption aes-cbc-256", " encryption aes-cbc-128"),),
        change=EITHER,
    ),
    Fault(
        "v2-encryption-aead",
        VTI_V2,
        PROPOSAL,
        "encryption",
        right=((" encryption aes-cbc-256\n integrity sha256", " encryption aes-gcm-256\n prf sha256"),),
        change=EITHER,
    ),
    Fault("v2-integrity", VTI_V2, PROPOSAL, "integrity", right=((" integrity sha256", " integrity sha384"),), change=EITHER),
    Fault("v2-group", MAP_V2, PROPOSAL, "dh", left=((" group 19", " group 14"),), change=EITHER),
    Fault("v2-psk-mismatch", MAP_V2, "psk-mismatch", right=((KEY, OTHER_KEY),), change=(*EITHER, "both")),
    Fault(
        "v2-psk-mismatch-one-direction",
        VTI_V2,
        "psk-mismatch",
        left=((f"  pre-shared-key {KEY}", f"  pre-shared-key local {KEY}\n  pre-shared-key remote {OTHER_KEY}"),),
        change=(*EITHER, "both"),
    ),
    Fault(
        "v2-psk-missing",
        MAP_V2,
        "psk-missing",
        right=(("  address 198.51.100.10", "  address 198.51.100.11"),),
        change=("right",),
    ),
    Fault(
        "v2-identity-at-responder",
        MAP_V2,
        "id-mismatch",
        right=(
            (" match identity remote address 198.51.100.10 255.255.255.255", " match identity remote fqdn hq.corp.example"),
        ),
        also=("profile-not-matched",),
        change=EITHER,
    ),
    Fault(
        "v2-identity-at-initiator",
        VTI_V2,
        "id-mismatch",
        left=((" match identity remote fqdn branch.corp.example", " match identity remote fqdn filiale.corp.example"),),
        also=("profile-not-matched",),
        change=EITHER,
    ),
    Fault(
        "v2-no-config-for-peer",
        MAP_V2,
        "no-config-for-peer",
        right=(
            ("  address 198.51.100.10", "  address 192.0.2.200"),
            (" set peer 198.51.100.10", " set peer 192.0.2.200"),
            (" match identity remote address 198.51.100.10", " match identity remote address 192.0.2.200"),
            (
                " permit ip 10.20.5.0 0.0.0.255 10.10.0.0 0.0.255.255",
                " permit ip 10.20.5.0 0.0.0.255 10.77.0.0 0.0.255.255",
            ),
        ),
        change=("right",),
    ),
)

CHILD_V2 = (
    Fault(
        "v2-esp-encryption",
        MAP_V2,
        CHILD,
        "encryption",
        right=(("TS-AES esp-aes 256 esp-sha256-hmac", "TS-AES esp-gcm 256"),),
        change=EITHER,
    ),
    Fault(
        "v2-esp-integrity",
        VTI_V2,
        CHILD,
        "integrity",
        left=(("TS-AES esp-aes 256 esp-sha256-hmac", "TS-AES esp-aes 256 esp-sha-hmac"),),
        change=EITHER,
    ),
    Fault(
        "v2-selectors",
        MAP_V2,
        "traffic-selector-mismatch",
        right=(("permit ip 10.20.5.0 0.0.0.255 10.10.0.0 0.0.255.255", "permit ip 10.20.6.0 0.0.0.255 10.10.0.0 0.0.255.255"),),
        change=EITHER,
    ),
)

FAULTS = (*HEALTHY, *IKE_V1, *CHILD_V1, *PATH, *VERSIONS, *IKE_V2, *CHILD_V2)

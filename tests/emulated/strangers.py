"""Pairs as other engineers write them, and faults in them: unrelated configuration around, console logging left on (so that a
debug is refused), secondary addresses, VRFs, defaults left out, several maps, peers and policies.

The texts lie in strangers/; names, keys and addresses are invented.
"""

from __future__ import annotations

from pathlib import Path

from emulated_pairs import Pair
from faults import CHILD, EITHER, PROPOSAL, Fault

from ipsecbot.lab.ios.world import PathFaults

FOLDER = Path(__file__).parent / "strangers"


def _pair(name: str, version: int, *, swapped: bool = False) -> Pair:
    left, right = ((FOLDER / f"{name}-{side}.cfg").read_text(encoding="utf-8") for side in ("left", "right"))
    return Pair(name, *((right, left) if swapped else (left, right)), version)


SDM = _pair("sdm", 1)
HUB = _pair("hub", 1)
FVRF = _pair("fvrf", 1)
GRE = _pair("gre-under-map", 1)
DYNAMIC_HUB = _pair("dynamic", 1, swapped=True)
AGGRESSIVE = _pair("aggressive", 1)
DEFAULTS = _pair("default-policies", 1)
SMART = _pair("smart-defaults", 2)
FLEX = _pair("flex", 2)
DEBUGGABLE = (("logging buffered 51200 warnings", "logging buffered 51200 warnings\nno logging console"),)

STRANGERS = (
    Fault("strange-hub", HUB, "healthy"),
    Fault("strange-aggressive", AGGRESSIVE, "healthy"),
    Fault("strange-default-policies", DEFAULTS, "healthy"),
    Fault("strange-dynamic-hub-left", DYNAMIC_HUB, "healthy"),
    Fault(
        "strange-group-left-out", SDM, PROPOSAL, "dh", left=(*DEBUGGABLE, (" group 2\n", "")), right=DEBUGGABLE, change=EITHER
    ),
    Fault(
        "strange-map-nowhere",
        SDM,
        "crypto-map-incomplete",
        left=((" speed auto\n crypto map SDM_CMAP_1\n", " speed auto\n"),),
        change=("left",),
    ),
    Fault("strange-peer-down", SDM, "peer-unreachable", path=PathFaults(down=frozenset({"branch"})), change=("path",)),
    Fault("strange-pfs", HUB, "pfs-mismatch", "dh", left=((" set pfs group14\n", " set pfs group5\n"),), change=EITHER),
    Fault(
        "strange-wildcard-key-taken",
        HUB,
        "psk-mismatch",
        left=(("crypto isakmp key Filiale-17-Quitte address 203.0.113.130\n", ""),),
        change=(*EITHER, "both"),
    ),
    Fault(
        "strange-speaks-from-another-address",
        HUB,
        "wrong-peer-address",
        left=(("crypto map OUTSIDE_MAP local-address Loopback0\n", ""),),
        change=("left",),
    ),
    Fault(
        "strange-line-missing-in-acl",
        HUB,
        "traffic-selector-mismatch",
        right=(("access-list 150 permit ip 10.17.0.0 0.0.0.255 10.1.1.0 0.0.0.255\n", ""),),
        change=EITHER,
    ),
    Fault(
        "strange-keyring-name", FVRF, "psk-missing", left=(("   keyring KR-WAN\n", "   keyring KR-LAN\n"),), change=("left",)
    ),
    Fault(
        "strange-tunnel-in-clear",
        FVRF,
        "crypto-map-incomplete",
        right=((" tunnel protection ipsec profile IPS\n", ""),),
        change=("right",),
    ),
    Fault("strange-gre-mode", GRE, "encapsulation-mode-mismatch", right=((" mode transport\n", ""),), change=EITHER),
    Fault(
        "strange-keys-crossed",
        SMART,
        "psk-mismatch",
        right=(("pre-shared-key local Hamburg-Elbe-1", "pre-shared-key local Berlin-Spree-1"),),
        change=(*EITHER, "both"),
    ),
    Fault("strange-no-keyring", SMART, "psk-missing", right=((" keyring local KEYS\n", ""),), change=("right",)),
    Fault("strange-esp-sha", SMART, CHILD, "integrity", left=(("esp-sha512-hmac", "esp-sha384-hmac"),), change=EITHER),
    Fault(
        "strange-one-group-of-three",
        FLEX,
        PROPOSAL,
        "dh",
        right=((" prf sha384\n group 20", " prf sha384\n group 19"),),
        change=EITHER,
    ),
    Fault(
        "strange-tunnel-destination",
        FLEX,
        "wrong-peer-address",
        left=((" tunnel destination 203.0.113.33", " tunnel destination 203.0.113.34"),),
        change=("left",),
    ),
    Fault("strange-udp-500", FLEX, "peer-unreachable", path=PathFaults(drop_ports=frozenset({500})), change=("path",)),
    Fault(
        "strange-aggressive-key", AGGRESSIVE, "psk-mismatch", left=(("Efeu-Ranke-5", "Efeu-Ranke-6"),), change=(*EITHER, "both")
    ),
)

"""The catalogue: what each code means and where on IKE's way it bites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

import yaml

from ipsecbot.model.evidence import Phase


class Stage(IntEnum):
    """The steps of one negotiation in the order in which IKE takes them; a fault at an earlier one hides all later ones."""

    PLATFORM = 0  # the daemon or the configuration is not there
    START = 1  # nothing has begun
    PATH = 2  # the first message gets no answer
    CONNECTION = 3  # the responder looks for a configuration, a version
    PROPOSAL = 4  # IKE proposals
    FLOAT = 5  # the change to UDP 4500, large messages
    AUTH = 6  # keys, identities, certificates
    CHILD = 7  # CHILD_SA: ESP proposals, PFS, selectors, mode
    DATA = 8  # packets
    LIFE = 9  # rekeying, liveness, deletion


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of faults.yaml: a code, its phase, what it means, and the attributes that may be named with it."""

    code: str
    phase: Phase
    means: str
    attributes: tuple[str, ...] = ()
    seen: str | None = None


# Where each fault stops a negotiation. A code that is missing here is a data-plane fault.
STAGES: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (Stage.PLATFORM, ("config-not-loaded", "algorithm-unsupported", "crypto-engine-or-license", "software-bug")),
    (Stage.START, ("no-interesting-traffic", "crypto-map-incomplete", "no-route", "nat-before-ipsec")),
    (Stage.PATH, ("peer-unreachable", "peer-not-listening", "wrong-peer-address")),
    (Stage.CONNECTION, ("no-config-for-peer", "ike-version-mismatch")),
    (Stage.PROPOSAL, ("ike-proposal-mismatch",)),
    (Stage.FLOAT, ("nat-t-blocked", "ike-fragmentation")),
    (
        Stage.AUTH,
        (
            "exchange-mode-mismatch",  # charon looks at the mode together with the identity
            "auth-method-mismatch",
            "psk-missing",
            "psk-mismatch",
            "id-mismatch",
            "profile-not-matched",
            "cert-expired",
            "clock-skew",
            "cert-untrusted",
            "cert-revoked-or-crl",
            "cert-missing",
        ),
    ),
    (
        Stage.CHILD,
        (
            "xauth-or-eap-failed",  # XAUTH begins when the IKE SA of IKEv1 is up
            "esp-proposal-mismatch",
            "encapsulation-mode-mismatch",
            "pfs-mismatch",
            "traffic-selector-mismatch",
            "virtual-ip-or-modeconfig",
        ),
    ),
    (
        Stage.LIFE,
        ("dpd-timeout", "rekey-failure", "peer-deleted-sa", "idle-timeout", "duplicate-identity"),
    ),
)


@cache
def catalogue() -> tuple[Fault, ...]:
    """Every fault of faults.yaml, in its order."""
    rows = yaml.safe_load(files("ipsecbot.diagnose").joinpath("faults.yaml").read_text(encoding="utf-8"))
    return tuple(
        Fault(code, Phase(row["phase"]), row["means"], tuple(row.get("attributes", ())), row.get("seen"))
        for code, row in rows.items()
    )


@cache
def fault(code: str) -> Fault:
    """The row of one code; KeyError when the catalogue does not have it."""
    for row in catalogue():
        if row.code == code:
            return row
    raise KeyError(code)


@cache
def stage_of(code: str) -> Stage:
    """Where this fault stops a negotiation."""
    return next((stage for stage, codes in STAGES if code in codes), Stage.DATA)

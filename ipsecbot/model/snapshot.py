"""What a device said, when, and what is missing. Secrets are fingerprints already (collect/redact.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ipsecbot.model.device import Device


class OutputKind(StrEnum):
    """The named outputs at which collection and parsing meet."""

    RUNNING_CONFIG = "running-config"
    VERSION = "version"
    CLOCK = "clock"
    INTERFACES = "interfaces"
    USERS = "users"
    PROCESSES_CPU = "processes-cpu"
    LOGGING = "logging"
    DEBUGGING = "debugging"
    ISAKMP_SA = "isakmp-sa"
    ISAKMP_POLICY = "isakmp-policy"
    IKEV2_SA = "ikev2-sa"
    IPSEC_SA = "ipsec-sa"
    CRYPTO_SESSION = "crypto-session"
    CRYPTO_MAP = "crypto-map"
    TRANSFORM_SET = "transform-set"
    SWANCTL_CONF = "swanctl.conf"
    IPSEC_CONF = "ipsec.conf"
    IPSEC_SECRETS = "ipsec.secrets"
    STRONGSWAN_CONF = "strongswan.conf"
    LIST_SAS = "list-sas"
    LIST_CONNS = "list-conns"
    STATUSALL = "statusall"
    COUNTERS = "counters"
    SYSTEM = "system"
    LOG = "log"
    DEBUG = "debug"
    PING = "ping"
    SURROUNDINGS = "surroundings"
    PASTED = "pasted"
    DMVPN = "dmvpn"
    IKEV2_ERRORS = "ikev2-errors"
    ISAKMP_KEYS = "isakmp-keys"
    IKEV2_POLICY = "ikev2-policy"
    IKEV2_PROPOSAL = "ikev2-proposal"
    IPSEC_PROFILE = "ipsec-profile"


@dataclass(frozen=True, slots=True)
class RawOutput:
    """One answer of one device: `name` is the command as typed or the file as read, `complete` whether
    the end of the answer was seen. `watched`: all of it was said while the tunnel was watched, none of it before."""

    kind: OutputKind
    name: str
    text: str
    at: datetime | None = None
    complete: bool = True
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be had or was not understood; `line` counts from 1, None for a whole output."""

    device: str
    output: str
    why: str
    line: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All the words of one device at one time. `failure` is set when the device could not be (fully) asked;
    `failure_kind` then is the name of the errors.py leaf."""

    device: Device
    taken_at: datetime | None
    outputs: tuple[RawOutput, ...] = ()
    gaps: tuple[Gap, ...] = ()
    failure: str | None = None
    failure_kind: str | None = None

    def of_kind(self, kind: OutputKind) -> tuple[RawOutput, ...]:
        return tuple(output for output in self.outputs if output.kind is kind)

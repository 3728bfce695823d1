"""Settings of the IKE daemon itself, beside any connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ipsecbot.model.evidence import Source


class DaemonTopic(StrEnum):
    """What a setting is about. Its `value` is as written, lower case."""

    DUPLICATE_CHECK = "duplicate-check"  # whether a second client with the same identity is looked for (RFC 2407, 4.6.3.3)
    LOG_LEVEL = "log-level"  # -1 … 4; 3 shows raw packets, 4 shows keys
    LOG_APPEND = "log-append"  # whether a restart keeps the log
    LOG_NAMES = "log-names"  # whether each line names its connection
    NAME_SERVER = "name-server"  # handed to clients
    AGGRESSIVE_PSK = "aggressive-psk"  # whether aggressive mode with a pre-shared key is answered
    OWN_PROPOSALS = "own-proposals"  # whether this end's order of proposals counts


@dataclass(frozen=True, slots=True)
class DaemonSetting:
    topic: DaemonTopic
    value: str
    source: Source = field(compare=False, repr=False)

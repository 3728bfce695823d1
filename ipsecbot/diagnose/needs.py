"""Which facts a rule can speak from, and what to collect where they are absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ipsecbot.diagnose.facts import SIDES, Facts
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Missing, Side
from ipsecbot.model.sa import Role
from ipsecbot.model.surroundings import Surroundings


class Need(Enum):
    """One kind of fact. The rows of `_TABLE` say when it is there and how each platform gives it."""

    CONFIG = "config"  # of one end at least
    BOTH_CONFIGS = "both-configs"
    LOG = "log"  # of one end at least
    INITIATOR_LOG = "initiator-log"
    RESPONDER_LOG = "responder-log"
    IKE_SAS = "ike-sas"  # of one end at least
    CHILD_SAS = "child-sas"
    BOTH_CHILD_SAS = "both-child-sas"
    DAEMON = "daemon"
    AROUND = "around"  # routes, translation, filters, forwarding, pings of one end at least


@dataclass(frozen=True, slots=True)
class _Row:
    """`ends`: which ends must have it (a subset is enough when `any_end`); `ios`/`strongswan`: how to collect it."""

    has: Callable[[Facts, Side], bool]
    ends: Callable[[Facts], tuple[Side, ...]]
    any_end: bool
    ios: str
    strongswan: str
    why: str


def _both(facts: Facts) -> tuple[Side, ...]:
    return SIDES


def _initiators(facts: Facts) -> tuple[Side, ...]:
    return SIDES if facts.initiator is None else (facts.initiator,)


def _responders(facts: Facts) -> tuple[Side, ...]:
    return SIDES if facts.initiator is None else (facts.initiator.other,)


def _config(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.connections is not None


def _log(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return any(seen.side is side for seen in facts.seen) or (end is not None and end.events is not None)


def _log_as(role: Role) -> Callable[[Facts, Side], bool]:
    return lambda facts, side: any(seen.side is side and seen.role in (None, role) for seen in facts.seen)


def _ike(facts: Facts, side: Side) -> bool:
    return facts.state(side).ike is not None


def _children(facts: Facts, side: Side) -> bool:
    return facts.state(side).children is not None


def _around(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.around != Surroundings()


def _daemon(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.ike_running is not None


_CONFIG_IOS, _CONFIG_SWAN = "`show running-config`", "swanctl.conf, or ipsec.conf and ipsec.secrets"
_LOG_IOS = "`debug crypto isakmp`, `debug crypto ikev2` and `debug crypto ipsec` during one attempt, and `show logging`"
_LOG_SWAN = "charon's log (filelog, syslog or journal) of one attempt"
_SA_IOS, _SA_SWAN = "`show crypto ipsec sa detail`", "`swanctl --list-sas` or `ipsec statusall`"

_TABLE: dict[Need, _Row] = {
    Need.CONFIG: _Row(_config, _both, True, _CONFIG_IOS, _CONFIG_SWAN, "to see what this end is configured to want"),
    Need.BOTH_CONFIGS: _Row(_config, _both, False, _CONFIG_IOS, _CONFIG_SWAN, "to compare both ends line by line"),
    Need.LOG: _Row(_log, _both, True, _LOG_IOS, _LOG_SWAN, "to see where the negotiation stops"),
    Need.INITIATOR_LOG: _Row(
        _log_as(Role.INITIATOR), _initiators, True, _LOG_IOS, _LOG_SWAN, "to see what was asked and what came back"
    ),
    Need.RESPONDER_LOG: _Row(
        _log_as(Role.RESPONDER),
        _responders,
        True,
        _LOG_IOS,
        _LOG_SWAN,
        "the responder knows why it refused; the initiator is only told no",
    ),
    Need.IKE_SAS: _Row(
        _ike,
        _both,
        True,
        "`show crypto isakmp sa detail` and `show crypto ikev2 sa detailed`",
        _SA_SWAN,
        "to see how far the IKE SA came",
    ),
    Need.CHILD_SAS: _Row(_children, _both, True, _SA_IOS, _SA_SWAN, "to see whether packets are protected and counted"),
    Need.BOTH_CHILD_SAS: _Row(
        _children, _both, False, _SA_IOS, _SA_SWAN, "to compare what one end sends with what the other receives"
    ),
    Need.AROUND: _Row(
        _around,
        _both,
        True,
        "`show ip route`, `show ip nat translations`, `show access-lists`, and a ping between the protected networks",
        "`ip route`, `iptables-save -c` or `nft list ruleset`, `sysctl net.ipv4.ip_forward`, and a ping between the networks",
        "to see what becomes of packets beside the tunnel",
    ),
    Need.DAEMON: _Row(
        _daemon,
        _both,
        True,
        "`show crypto isakmp policy` and `show udp`",
        "`swanctl --stats`",
        "to see whether IKE runs there at all",
    ),
}


def is_present(need: Need, facts: Facts) -> bool:
    """Whether the facts a rule asks for are there."""
    row = _TABLE[need]
    have = [row.has(facts, side) for side in row.ends(facts)]
    return any(have) if row.any_end else all(have)


def missing(need: Need, facts: Facts) -> tuple[Missing, ...]:
    """What to collect, on which end; empty when all of it is there."""
    row = _TABLE[need]
    return tuple(
        Missing(facts.name(side), _how(row, facts, side), row.why) for side in row.ends(facts) if not row.has(facts, side)
    )


def _how(row: _Row, facts: Facts, side: Side) -> str:
    end = facts.end(side)
    platform = end.device.platform if end is not None else None
    if platform is Platform.CISCO_IOS:
        return row.ios
    if platform is Platform.STRONGSWAN:
        return row.strongswan
    return f"{row.ios} (IOS); {row.strongswan} (strongSwan)"

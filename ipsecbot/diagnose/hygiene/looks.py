"""All looks at one end, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ipsecbot.diagnose.hygiene.access import group_key, keys, not_loaded, same_secret, virtual_addresses
from ipsecbot.diagnose.hygiene.algorithms import forward_secrecy, missing_proposals, sha1_signatures, weak_algorithms
from ipsecbot.diagnose.hygiene.daemon import aggressive_daemon, duplicates, log_levels
from ipsecbot.diagnose.hygiene.lifetimes import liveness
from ipsecbot.diagnose.hygiene.overlaps import shadowed
from ipsecbot.diagnose.hygiene.remark import Remark, cautions
from ipsecbot.model.evidence import Caution
from ipsecbot.model.tunnel import Endpoint

LOOKS: tuple[Callable[[Endpoint], Iterator[Remark]], ...] = (
    not_loaded,
    shadowed,
    missing_proposals,
    weak_algorithms,
    sha1_signatures,
    keys,
    same_secret,
    group_key,
    virtual_addresses,
    duplicates,
    log_levels,
    aggressive_daemon,
    forward_secrecy,
    liveness,
)


def hygiene(end: Endpoint) -> tuple[Caution, ...]:
    """What of one end's configuration is better changed, each with the lines that say so. Deterministic, no I/O."""
    return tuple(cautions(end.device.name, (one for look in LOOKS for one in look(end))))

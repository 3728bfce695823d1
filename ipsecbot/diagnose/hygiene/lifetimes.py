"""Peers that vanish unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ipsecbot.diagnose.hygiene.remark import Remark, remark
from ipsecbot.model.connection import Connection
from ipsecbot.model.device import Platform
from ipsecbot.model.tunnel import Endpoint


def liveness(end: Endpoint) -> Iterator[Remark]:
    """Connections that never look whether the peer is still there. A router's configuration shows it when it does; one that
    only answers notices by its clients."""
    first = next((one.source for one in end.connections or () if one.source is not None), None)
    for connection in end.connections or ():
        if _never_looks(connection, end.device.platform) and connection.remote_addresses != ("%any",):
            version1 = connection.ike.versions == (1,)
            yield from remark(
                "no-dpd",
                connection.name,
                "no dead peer detection",
                "when the peer restarts or the path breaks, traffic goes into an SA that nobody holds any more",
                first if end.device.platform is Platform.CISCO_IOS else connection.source,  # a router has one setting for all
                reference="RFC 3706" if version1 else "RFC 7296 section 2.4",
            )


def _never_looks(connection: Connection, platform: Platform | None) -> bool:
    every = connection.ike.dpd_interval
    return every == timedelta(0) or (every is None and platform is Platform.CISCO_IOS)

"""placeholder"""

from __future__ import annotations
from ipsecbot.model.evidence import Finding, Remedy
from ipsecbot.model.tunnel import Tunnel


def remedies(tunnel: Tunnel, finding: Finding) -> tuple[Remedy, ...]:
    return ()

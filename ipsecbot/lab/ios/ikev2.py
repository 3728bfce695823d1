"""The IKEv2 engine of one router (first cut: flows with an IKEv2 profile are not negotiated yet)."""

from __future__ import annotations

from ipsecbot.lab.ios.flows import Flow
from ipsecbot.lab.ios.ipsec import Ipsec
from ipsecbot.lab.ios.router import Router


class Ikev2:
    def __init__(self, router: Router, ipsec: Ipsec) -> None:
        self.router = router
        self.ipsec = ipsec
        ipsec.initiators[2] = self.start

    def start(self, flow: Flow) -> None:
        return

    def clear(self, peer: str | None = None) -> None:
        return

"""One whole emulated router: core, IPsec engine and both IKE engines."""

from __future__ import annotations

from ipsecbot.lab.ios.ike import Isakmp
from ipsecbot.lab.ios.ikev2 import Ikev2
from ipsecbot.lab.ios.ipsec import Ipsec
from ipsecbot.lab.ios.router import Router
from ipsecbot.lab.ios.world import World


class Machine:
    """What a CLI session works on."""

    def __init__(self, name: str, running_config: str, world: World) -> None:
        self.router = Router(name, running_config, world)
        self.ipsec = Ipsec(self.router)
        self.isakmp = Isakmp(self.router, self.ipsec)
        self.ikev2 = Ikev2(self.router, self.ipsec)

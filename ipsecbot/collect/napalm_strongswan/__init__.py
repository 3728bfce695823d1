"""NAPALM's form for a strongSwan host: `StrongswanDriver` has open, close, is_alive, get_facts, get_config and cli.

The class lives in a submodule because NAPALM takes the first NetworkDriver that a module exports.
"""

from ipsecbot.collect.napalm_strongswan.driver import StrongswanDriver

__all__ = ["StrongswanDriver"]

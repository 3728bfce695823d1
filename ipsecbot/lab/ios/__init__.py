"""Emulated Cisco IOS routers: a running-config text each, IKE simulated message by message between two of them.

Independent on purpose of ipsecbot.parse and ipsecbot.negotiate: a diagnosis tested against this package is tested against a
second reading of the same configurations. Import `ipsecbot.lab.ios.lab` for the SSH routers, `…world` for the bare simulation.
"""

"""`show ip route` and `show ip cef ADDRESS` of a router whose routes are connected or static."""

from __future__ import annotations

from ipaddress import ip_address

from ipsecbot.lab.ios.machine import Machine


def routes(machine: Machine) -> str:
    config = machine.router.config
    rows = []
    for known in config.interfaces:
        if known.address and not known.shutdown:
            rows.append(f"C        {known.address.network} is directly connected, {known.name}\n")
            rows.append(f"L        {known.address.ip}/32 is directly connected, {known.name}\n")
    for route in config.routes:
        star = "*" if route.network.prefixlen == 0 else " "
        via = f"via {route.next_hop}" if route.next_hop[0].isdigit() else f"is directly connected, {route.next_hop}"
        rows.append(f"S{star}       {route.network} [1/0] {via}\n")
    default = next((route.next_hop for route in config.routes if route.network.prefixlen == 0), None)
    gateway = f"{default} to network 0.0.0.0" if default else "not set"
    return f"Codes: L - local, C - connected, S - static\n\nGateway of last resort is {gateway}\n\n" + "".join(rows)


def cef(machine: Machine, address: str) -> str:
    """The longest match: attached, by a next hop, or none (IP Switching Command Reference, `show ip cef`)."""
    config, wanted = machine.router.config, ip_address(address)
    found = [
        (known.address.network, f"attached to {known.name}")
        for known in config.interfaces
        if known.address and not known.shutdown and wanted in known.address.network
    ]
    for route in config.routes:
        if wanted in route.network:
            hop = route.next_hop
            out = next(
                (
                    one.name
                    for one in config.interfaces
                    if one.address and hop[0].isdigit() and ip_address(hop) in one.address.network
                ),
                hop,
            )
            found.append((route.network, f"nexthop {hop} {out}" if hop[0].isdigit() else f"attached to {hop}"))
    if not found:
        return "0.0.0.0/0\n  no route\n"
    network, words = max(found, key=lambda one: one[0].prefixlen)
    return f"{network}\n  {words}\n"

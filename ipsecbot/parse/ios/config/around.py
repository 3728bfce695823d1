"""Routes, source translation and filters of a configuration: what decides about packets beside the tunnel.

Source: Cisco IOS IP Routing Command Reference (`ip route`), IP Addressing Services Command Reference (`ip nat inside source`:
static translations come before dynamic ones), Security Command Reference (`ip access-group`: what a list does not permit is
dropped, a list that does not exist drops nothing); `route-map` (a list's `deny` in a permitting clause does not match).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.surroundings import Filter, FilterRule, Flow, Network, Route, Surroundings, Translation
from ipsecbot.parse.ios.config.blocks import Line
from ipsecbot.parse.ios.config.drafts import Clause, NatRule, Router, StaticRoute
from ipsecbot.parse.ios.config.reader import Command, Reader, command
from ipsecbot.parse.networks import read_network

_EVERYTHING = ip_network("0.0.0.0/0")
_V4 = r"\d+\.\d+\.\d+\.\d+"


def surroundings(router: Router) -> Surroundings:
    """What the configuration says of them; routes only where it was seen whole."""
    learnt = next((one.source for one in router.interfaces.values() if one.dynamic_address and not one.shutdown), None)
    return Surroundings(
        translations=tuple(_translations(router)),
        configured_routes=tuple(_routes(router)) if router.whole else None,
        learns_routes=router.learns_routes or learnt,
        filters=tuple(_filters(router)),
    )


def _routes(router: Router) -> Iterator[Route]:
    for interface in router.interfaces.values():
        if interface.vrf is None and not interface.shutdown:
            for network, source in interface.networks:
                yield Route(network, source, interface=interface.name, connected=True)
    for route in router.routes:
        if route.vrf is None:
            yield Route(route.network, route.source, via=route.via, interface=route.interface)


def _translations(router: Router) -> Iterator[Translation]:
    for rule in router.nat_rules:
        if rule.static is not None and rule.route_map is None:
            yield Translation(Flow(rule.static, _EVERYTHING, rule.source), exempt=False)
    for rule in router.nat_rules:
        if rule.route_map is not None:
            for _, clause in sorted(router.route_maps.get(rule.route_map, {}).items()):
                for name in clause.lists:
                    yield from _of_list(router, name, rule.static, clause.permit)
        elif rule.acl is not None:
            yield from _of_list(router, rule.acl, None, True)


def _of_list(router: Router, name: str, only: Network | None, permit: bool) -> Iterator[Translation]:
    acl = router.acls.get(name)
    for entry in acl.rules if acl is not None else ():
        for pair in entry.pairs or ():
            origin, destination = pair.local.network, pair.remote.network
            if origin is not None and destination is not None and (only is None or origin.overlaps(only)):
                exempt = not (permit and entry.permit)
                if permit or entry.permit:  # a `deny` in a refusing clause says nothing
                    yield Translation(Flow(only or origin, destination, entry.source), exempt)


def _filters(router: Router) -> Iterator[Filter]:
    for interface in router.interfaces.values():
        for group in interface.access_groups:
            acl = router.acls.get(group.name)
            rules: tuple[FilterRule, ...] | None = tuple(acl.rules) if acl is not None else None
            yield Filter(group.name, interface.name, group.inbound, rules, group.source, tuple(interface.addresses))


def _static_route(reader: Reader, line: Line, match: re.Match[str]) -> None:
    mask = match["mask"]
    network = read_network(f"{match['network']}/{mask}" if mask else match["network"])
    if network is None:
        return
    words = match["rest"].split()
    via = next((word for word in words[:2] if read_network(word) is not None and not word.isdigit()), None)
    interface = words[0] if words and words[0] != via else None
    reader.router.routes.append(StaticRoute(network, via, interface, match["vrf"], reader.source(line)))


def _protocol(reader: Reader, line: Line, match: re.Match[str]) -> None:
    reader.router.learns_routes = reader.router.learns_routes or reader.source(line)


def _nat(reader: Reader, line: Line, match: re.Match[str]) -> None:
    source: Source = reader.source(line)
    if match["list"] or match["map"]:
        reader.router.nat_rules.append(NatRule(source, match["list"], match["map"]))
        return
    mask = re.search(r"\s/(\d{1,2})\b", match["rest"])
    static = read_network(f"{match['inside']}/{mask[1]}" if match["kind"] and mask else match["inside"])
    condition = re.search(r"\broute-map (\S+)", match["rest"])
    if static is not None:
        reader.router.nat_rules.append(NatRule(source, None, condition[1] if condition else None, static))


def _route_map(reader: Reader, line: Line, match: re.Match[str]) -> None:
    clauses = reader.router.route_maps.setdefault(match["name"], {})
    clause = clauses.setdefault(int(match["number"] or 10), Clause((match["way"] or "permit").lower() == "permit", []))
    for child in line.children:
        if child.words[:3] == ["match", "ip", "address"]:
            clause.lists += [word for word in child.words[3:] if word != "prefix-list" and word not in clause.lists]


AROUND: tuple[Command, ...] = (
    command(
        r"ip route (?:vrf (?P<vrf>\S+) )?(?P<network>\d+\.\d+\.\d+\.\d+)\s+(?P<mask>\d+\.\d+\.\d+\.\d+)\s+(?P<rest>\S.*)",
        _static_route,
    ),
    command(r"ipv6 route (?:vrf (?P<vrf>\S+) )?(?P<network>[\dA-Fa-f:]+/\d+)(?P<mask>)\s+(?P<rest>\S.*)", _static_route),
    command(r"router (?:ospf|ospfv3|eigrp|bgp|rip|isis|odr|lisp)\b", _protocol),
    command(
        r"ip nat (?:inside )?source (?:list (?P<list>\S+)|route-map (?P<map>\S+)|"
        rf"static (?P<kind>network )?(?P<inside>{_V4}))(?P<rest>.*)",
        _nat,
    ),
    command(r"route-map (?P<name>\S+)(?: (?P<way>permit|deny))?(?: (?P<number>\d+))?\s*$", _route_map),
)

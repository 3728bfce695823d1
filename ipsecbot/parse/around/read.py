"""Text of a device → what is around its tunnel. Lines that say nothing of it are passed over: others account for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.model.surroundings import Flow, Network, Ping, Route, Surroundings, Translation
from ipsecbot.parse.around import phrases as say
from ipsecbot.parse.around.pings import PingReader

_LOGGED = (OutputKind.LOG, OutputKind.DEBUG, OutputKind.LOGGING)
_LONGEST = 600
_EVERYTHING = ip_network("0.0.0.0/0")
_EXEMPT_TARGETS = ("ACCEPT", "RETURN")


@dataclass(slots=True)
class _Entry:
    name: str
    permit: bool
    flow: Flow


@dataclass(slots=True)
class _Sights:
    """What was seen so far, of all texts of one device."""

    routes: list[Route] | None = None
    no_default: Source | None = None
    entries: list[_Entry] = field(default_factory=list)
    nat_lists: list[str] = field(default_factory=list)
    nat_maps: list[str] = field(default_factory=list)
    map_lists: dict[str, list[str]] = field(default_factory=dict)
    nat_rules: list[Translation] = field(default_factory=list)
    translated: list[Flow] = field(default_factory=list)
    dropped: list[Flow] = field(default_factory=list)
    unforwarded: list[Source] = field(default_factory=list)
    martians: list[Flow] = field(default_factory=list)
    pings: list[Ping] = field(default_factory=list)
    idle_timers: list[Source] = field(default_factory=list)
    incomplete: list[Source] = field(default_factory=list)
    too_big: list[Source] = field(default_factory=list)
    port_unreachable: list[Source] = field(default_factory=list)
    daemon_down: list[Source] = field(default_factory=list)
    not_loaded: list[Source] = field(default_factory=list)


def read_surroundings(outputs: Iterable[RawOutput], device: str) -> Surroundings:
    """Everything the outputs say about routes, translation, filters, forwarding and pings. Never raises on odd lines."""
    sights = _Sights()
    for output in outputs:
        _Reader(sights, device, output.name).read(output.text, logged=output.kind in _LOGGED)
    return Surroundings(
        routes=None if sights.routes is None else tuple(sights.routes),
        no_default=sights.no_default,
        translations=tuple(_translations(sights)),
        translated=tuple(sights.translated),
        dropped=tuple(sights.dropped),
        unforwarded=tuple(sights.unforwarded),
        martians=tuple(sights.martians),
        pings=tuple(sights.pings),
        idle_timers=tuple(sights.idle_timers),
        incomplete=tuple(sights.incomplete),
        too_big=tuple(sights.too_big),
        port_unreachable=tuple(sights.port_unreachable),
        daemon_down=tuple(sights.daemon_down),
        not_loaded=tuple(sights.not_loaded),
    )


def _translations(sights: _Sights) -> Iterator[Translation]:
    """The entries of every list that a translation rule names, and the rules of a host's own table, in order."""
    lists = list(
        dict.fromkeys((*sights.nat_lists, *(name for one in sights.nat_maps for name in sights.map_lists.get(one, ()))))
    )
    for name in lists:
        yield from (Translation(entry.flow, not entry.permit) for entry in sights.entries if entry.name == name)
    yield from sights.nat_rules


class _Reader:
    """One text, line by line; the few lines that belong together are held until the next of their kind."""

    def __init__(self, sights: _Sights, device: str, output: str) -> None:
        self.sights, self.device, self.output = sights, device, output
        self.list_name: str | None = None
        self.route_map: str | None = None
        self.chain: str | None = None
        self.table_is_nat = False
        self.asked_forwarding = False
        self.pings = PingReader(sights.pings, sights.too_big)

    def read(self, text: str, *, logged: bool) -> None:
        """`logged`: most lines are IKE's own, so only those with a telling word are looked at."""
        words = tuple(word for word in say.IN_A_LOG if word in text) if logged else ()
        if logged and not words:
            return
        for number, line in enumerate(text.split("\n"), 1):
            if line and not line.isspace() and (not logged or any(word in line for word in words)):
                self._take(line[:_LONGEST], Source(self.device, self.output, number, number, line.strip()[:_LONGEST]))

    def _take(self, line: str, source: Source) -> None:
        for look in (self.pings.take, self._route, self._nat, self._list, self._iptables, self._filter, self._rest):
            if look(line, source):
                return

    def _route(self, line: str, source: Source) -> bool:
        seen = self.sights
        if say.NO_DEFAULT.match(line):
            seen.no_default, seen.routes = source, seen.routes or []
            return True
        found = say.DEFAULT.match(line)
        if found is not None:
            seen.routes = [*(seen.routes or []), Route(_EVERYTHING, source, via=found["via"])]
            return True
        found = say.IOS_ROUTE.match(line)
        linux = None if found else say.LINUX_ROUTE.match(line)
        row = found or linux
        network = _network("0.0.0.0/0" if row and row["network"] == "default" else row["network"]) if row else None
        if row is None or network is None:
            return False
        direct = bool(found["connected"]) if found else "scope link" in row["rest"]
        seen.routes = [*(seen.routes or []), Route(network, source, row["via"], row["interface"], direct)]
        return True

    def _nat(self, line: str, source: Source) -> bool:
        entry = say.NAT_ENTRY.match(line)
        if entry is not None:
            inside, outside = _network(entry[2]), _network(entry[3])
            if inside is not None and outside is not None and entry[1] != entry[2]:
                self.sights.translated.append(Flow(inside, outside, source))
            return True
        rule = say.NAT_LIST.match(line)
        if rule is not None:
            (self.sights.nat_lists if rule["list"] else self.sights.nat_maps).append(rule["list"] or rule["map"])
            return True
        named = say.NAT_MAP.match(line)
        if named is not None:
            self.route_map = named["map"]
            return True
        matched = say.MATCH_LIST.match(line)
        if matched is not None and self.route_map is not None:
            self.sights.map_lists.setdefault(self.route_map, []).append(matched["list"])
            return True
        return False

    def _list(self, line: str, source: Source) -> bool:
        named = say.LIST_NAME.match(line)
        if named is not None:
            self.list_name = named["name"]
            return True
        entry = say.LIST_ENTRY.match(line) or say.STANDARD_ENTRY.match(line)
        name = (entry["name"] or self.list_name) if entry is not None else None
        if entry is None or name is None:
            return False
        pair = _wildcards(entry["rest"].replace(",", " ").replace("wildcard bits ", ""))
        if pair is not None:
            hits = say.MATCHES.search(line)
            count = int(hits[1] or hits[2]) if hits else None
            self.sights.entries.append(_Entry(name, entry["action"] == "permit", Flow(*pair, source, count)))
        return True

    def _iptables(self, line: str, source: Source) -> bool:
        if line.startswith("*") and line[1:].strip().isalpha():
            self.table_is_nat = line.strip() == "*nat"
            return True
        rule = say.IPTABLES_NAT.match(line)
        if rule is not None:
            origin, destination = _option(rule["rest"], "-s"), _option(rule["rest"], "-d")
            exempt = rule["target"] in _EXEMPT_TARGETS or "--pol ipsec" in rule["rest"]
            if "! -d" not in line and origin is not None and destination is not None:
                self.sights.nat_rules.append(Translation(Flow(origin, destination, source), exempt))
            return True
        chain = say.IPTABLES_CHAIN.match(line)
        if chain is not None:
            self.chain = chain["chain"]
            count = int(chain["packets"]) if chain["packets"] and chain["packets"].isdecimal() else 0
            if chain["policy"] == "DROP" and count and self.chain == "FORWARD":
                self.sights.dropped.append(Flow(_EVERYTHING, _EVERYTHING, source, count))
            return True
        row = say.IPTABLES_ROW.match(line)
        origin, destination = (_network(row["origin"]), _network(row["destination"])) if row else (None, None)
        if row is None or origin is None or destination is None or self.chain is None:
            return False
        flow, count = Flow(origin, destination, source, int(row["packets"])), int(row["packets"])
        if self.chain == "POSTROUTING" and row["target"] in ("MASQUERADE", "SNAT", *_EXEMPT_TARGETS):
            exempt = row["target"] in _EXEMPT_TARGETS or "pol ipsec" in row["rest"]
            self.sights.nat_rules.append(Translation(flow, exempt))
        elif row["target"] in ("DROP", "REJECT") and count:
            self.sights.dropped.append(flow)
        return True

    def _filter(self, line: str, source: Source) -> bool:
        for pattern, found in (
            (say.IOS_DENIED, self.sights.dropped),
            (say.LINUX_DROPPED, self.sights.dropped),
            (say.MARTIAN, self.sights.martians),
        ):
            hit = pattern.search(line)
            if hit is None:
                continue
            origin, destination = _network(hit["origin"]), _network(hit["destination"])
            if origin is not None and destination is not None:
                told = hit.groupdict()
                port = int(told["port"]) if told.get("port") else None
                found.append(Flow(origin, destination, source, protocol=told.get("protocol"), port=port))
                return True
        return False

    def _rest(self, line: str, source: Source) -> bool:
        seen = self.sights
        if self.asked_forwarding:
            self.asked_forwarding = False
            if line.strip() == "0":
                seen.unforwarded.append(source)
        self.asked_forwarding = say.PROC_FORWARD.search(line) is not None
        for pattern, found in (
            (say.UNFORWARDED, seen.unforwarded),
            (say.IDLE_TIMER, seen.idle_timers),
            (say.INCOMPLETE, seen.incomplete),
            (say.PORT_UNREACHABLE, seen.port_unreachable),
            (say.DAEMON_DOWN, seen.daemon_down),
            (say.NOT_LOADED, seen.not_loaded),
        ):
            if pattern.match(line):
                found.append(source)
                return True
        if say.TOO_BIG.search(line):
            seen.too_big.append(source)
        return False


def _network(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _option(rest: str, name: str) -> Network | None:
    """The network behind `-s` or `-d`; everything where there is none."""
    found = re.search(rf"(?:^|\s){name} (\S+)", rest)
    return _network(found[1]) if found else _EVERYTHING


def _wildcards(rest: str) -> tuple[Network, Network] | None:
    """The two networks of an access list entry: `any`, `host A`, or address and wildcard (or mask); ports are passed over."""
    words = rest.split()
    found: list[Network] = []
    while words and len(found) < 2:
        word = words.pop(0)
        if word == "any":
            found.append(_EVERYTHING)
        elif word == "host" and words:
            found.append(_network(words.pop(0)) or _EVERYTHING)
        elif _is_address(word) and words and _is_address(words[0]):
            one = _network(f"{word}/{words.pop(0)}")
            if one is None:
                return None
            found.append(one)
        elif _is_address(word):
            found.append(ip_network(word))
        elif found and word in ("eq", "gt", "lt", "neq") and words:
            words.pop(0)
        else:
            return None
    return (found[0], found[1]) if len(found) == 2 else (found[0], _EVERYTHING) if found else None


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True

"""What the varying parts of a pluto sentence say: the groups of a phrase, and what stands in braces and brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.parse.libreswan.algorithms import read_agreed, read_dashed, read_offers, read_transform
from ipsecbot.parse.libreswan.lines import LogLine
from ipsecbot.parse.libreswan.phrases_choice import REASONS
from ipsecbot.parse.networks import read_network, read_range
from ipsecbot.parse.phrase import Phrase
from ipsecbot.parse.strongswan.identity import read_identity  # both daemons inherited FreeS/WAN's notation

_NOTIFY = re.compile(r"^(?:v[12]N_|ISAKMP_N_|ISAKMP_)")
_PEER = re.compile(r"\[?(?P<address>[0-9A-Fa-f:.x]+?)\]?(?::(?:(?:UDP|TCP)/)?(?P<port>\d{1,5}))?$")
_PARENT = re.compile(r"(?:isakmp#|\b(?:IKE|ISAKMP|IPsec)(?: SA)? #|using #)(\d{1,9})", re.IGNORECASE)
_CHILD = re.compile(r"\bChild SA #(\d{1,9})")
_MSGID = re.compile(r"\bmsgid[:=] ?(?:0x)?([0-9a-f]{1,8})\b")
_SPIS = re.compile(r"\b(ESP|AH)(?:/[A-Z]+)*=>0x(\w{1,16}) <0x(\w{1,16})")
_ATTRIBUTE = re.compile(r"\b(contains unexpected|missing) (encryption|integrity|PRF|DH)", re.IGNORECASE)
_WORDS = {"encryption": "encryption", "integrity": "integrity", "prf": "prf", "dh": "dh"}
_EXCHANGES = {word: ExchangeType(word) for word in ("IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL")}


@dataclass(frozen=True, slots=True)
class Extras:
    """What a line says beside its sentence: other state objects by number, and what was agreed on."""

    parent: str | None = None
    child: str | None = None
    message_id: int | None = None
    spis: tuple[str, ...] = ()
    agreed: Proposal | None = None
    selectors: tuple[SelectorPair, ...] = ()
    payloads: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def extras_of(message: str, protocol: Protocol, source: Source) -> Extras:
    """What stands in braces and brackets; `protocol` is what `cipher=` speaks of."""
    parent, child, msgid = _PARENT.search(message), _CHILD.search(message), _MSGID.search(message)
    spis = _SPIS.search(message)
    start, end = message.find("{"), message.rfind("}")
    agreed, unknown = (None, ()) if start < 0 or end < start else read_agreed(message[start : end + 1], protocol)
    if spis is not None:
        agreed, unknown = read_agreed(message[start : end + 1], Protocol(spis[1])) if start >= 0 else (None, ())
    return Extras(
        parent[1] if parent else None,
        child[1] if child else None,
        int(msgid[1], 16) if msgid else None,
        tuple(spi for spi in (_spi(spis[3]), _spi(spis[2])) if spi) if spis else (),
        agreed,
        read_pairs(message, source),
        read_payloads(message) if "SK{" in message else (),
        unknown,
    )


def _spi(text: str) -> str | None:
    return text.lower().zfill(8) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else None


def has_child_spis(message: str) -> bool:
    """Whether a line tells of an ESP or AH SA that is up, with legible SPIs or not."""
    return _SPIS.search(message) is not None


_TRIPLE = re.compile(
    r"(?P<left>[0-9A-Fa-f:.]+(?:/\d{1,3})?)(?:===|->)(?P<right>[0-9A-Fa-f:.]+(?:/\d{1,3})?)(?![^\s\]\[]*\.\.\.)"
)
_RANGES = re.compile(
    r"\[([0-9A-Fa-f:.]+?)[-,]([0-9A-Fa-f:.]+?):(\d+)-(\d+) (\d+)\] (?:->|--\(\d+\)-->) "
    r"\[([0-9A-Fa-f:.]+?)[-,]([0-9A-Fa-f:.]+?):(\d+)-(\d+) (\d+)\]"
)
_PORTS = re.compile(r"(?P<l>\S+?/\d{1,3}):(?P<lp>\d+)/(?P<lq>\d+) -> (?P<r>\S+?/\d{1,3}):(?P<rp>\d+)/(?P<rq>\d+)")
_ENDS = re.compile(
    r"(?:(?P<ours>[0-9A-Fa-f:.]+/\d{1,3})===)?(?P<local>[0-9A-Fa-f:.]+)(?:<[^>]*>)?(?:\[.*?\])?(?::\d+/\S+?)?(?:---\S+?)?\.\.\."
    r"(?:\S+?---)?(?P<remote>[0-9A-Fa-f:.%a-z]+)(?:<[^>]*>)?(?:\[.*?\])?(?::\d+/[\d%a-z]+)?(?:===(?P<theirs>[0-9A-Fa-f:.]+/\d{1,3}))?"
)


def read_pairs(message: str, source: Source) -> tuple[SelectorPair, ...]:
    """Traffic selectors in any of pluto's notations: `[10.0.0.0/24===10.0.1.0/24]`, `10.0.0.0/24:0/0 -> 10.0.1.0/24:0/0`,
    `[10.0.0.0-10.0.0.255:0-65535 0] -> […]`; local first, as pluto prints them."""
    if match := _RANGES.search(message):
        left, right = _range(match.groups()[:5], source), _range(match.groups()[5:], source)
        return (SelectorPair(left, right),) if left and right else ()
    if match := _PORTS.search(message):
        left = _selector(match["l"], source, int(match["lp"]), int(match["lq"]))
        right = _selector(match["r"], source, int(match["rp"]), int(match["rq"]))
        return (SelectorPair(left, right),) if left and right else ()
    pairs = []
    for match in _TRIPLE.finditer(message):
        left, right = _selector(match["left"], source), _selector(match["right"], source)
        if left is not None and right is not None:
            pairs.append(SelectorPair(left, right))
    return tuple(pairs)


def _range(groups: tuple[str, ...], source: Source) -> TrafficSelector | None:
    first, last, low, high, protocol = groups
    network = read_range(first, last)
    ports = int(low) % 65536, int(high) % 65536
    return TrafficSelector(network, int(protocol) % 256, *ports, source) if network is not None else None


def _selector(text: str, source: Source, protocol: int = 0, port: int = 0) -> TrafficSelector | None:
    network = read_network(text)
    if network is None:
        return None
    ports = (port % 65536, port % 65536) if port else (0, 65535)
    return TrafficSelector(network, protocol % 256, *ports, source)


def read_ends(text: str, source: Source) -> tuple[str | None, str | None, tuple[SelectorPair, ...]]:
    """`10.0.0.0/24===192.0.2.1<192.0.2.1>[@a]...198.51.100.1[@b]===10.0.1.0/24` → local and remote address and the selectors.
    An end without a network stands for itself."""
    match = _ENDS.search(text[:600])
    if match is None:
        return None, None, ()
    local, remote = match["local"].strip(":."), match["remote"].strip(":.")
    left, right = _selector(match["ours"] or local, source), _selector(match["theirs"] or remote, source)
    known = (SelectorPair(left, right),) if left is not None and right is not None else ()
    return _address(local), _address(remote), known


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def read_peer(text: str | None) -> tuple[str | None, int | None]:
    """`192.0.2.1:500`, `[2001:db8::1]:UDP/500`, `192.0.2.1` → address and port; `None` for what is no address."""
    match = _PEER.match((text or "").rstrip(":;,"))
    if match is None:
        return None, None
    address = _address(match["address"])
    if address is None:
        return _address((text or "").rstrip(":;,")), None
    return address, int(match["port"]) if match["port"] and int(match["port"]) < 65536 else None


def event_of(phrase: Phrase, match: re.Match[str], line: LogLine, source: Source) -> tuple[LogEvent, tuple[str, ...]]:
    """The event of one line, and the algorithm names in it that are not known. `phrase` has a kind."""
    assert phrase.kind is not None
    found = {name: text for name, text in match.groupdict().items() if text is not None}
    remote, remote_port = read_peer(found.get("remote") or line.remote)
    local, local_port = read_peer(found.get("local"))
    event = LogEvent(
        kind=phrase.kind,
        source=source,
        at=line.at,
        local=local,
        remote=remote,
        local_port=local_port,
        remote_port=int(found["remote_port"]) % 65536 if "remote_port" in found else remote_port,
        role=phrase.role,
        ike_version=phrase.version,
        exchange=phrase.exchange or _EXCHANGES.get(found.get("exchange", "")),
        message_id=int(found["message_id"]) % 2**32 if "message_id" in found else None,
        notify=_NOTIFY.sub("", found["notify"]) if "notify" in found else phrase.notify,
        protocol=phrase.protocol,
        identity=read_identity(found["identity"], source) if found.get("identity") else None,
        attribute=_attribute(phrase, found, match.string),
        offered=found.get("offered", phrase.offered),
        accepted=found.get("accepted"),
        detail=found.get("detail", "").strip(" :,;.") or phrase.detail,
    )
    return _with_proposals(event, found)


def _with_proposals(event: LogEvent, found: dict[str, str]) -> tuple[LogEvent, tuple[str, ...]]:
    protocol = event.protocol or Protocol.IKE
    if event.kind is EventKind.TRANSFORM_REFUSED and event.offered:
        proposal, unknown = read_transform(event.offered, protocol)
        return replace(event, proposals=(proposal,) if proposal is not None else ()), unknown
    if "proposals" in found:
        proposals, unknown = read_offers(found["proposals"])
        if not proposals and found["proposals"]:
            one, unknown = read_dashed(found["proposals"], protocol)
            proposals = (one,) if one is not None else ()
        speaks_of = proposals[0].protocol if proposals else event.protocol
        return replace(event, proposals=proposals, protocol=event.protocol or speaks_of), unknown
    return event, ()


def _attribute(phrase: Phrase, found: dict[str, str], message: str) -> str | None:
    if phrase.attribute == "nss":
        return next((attribute for word, attribute in REASONS if word in message), None)
    if phrase.attribute is None and (match := _ATTRIBUTE.search(found.get("detail", ""))):
        return _WORDS[match[2].lower()]
    return phrase.attribute


def read_payloads(text: str) -> tuple[str, ...]:
    """`SK{IDr,AUTH,SA,TSi,TSr}` → the names inside."""
    inside = re.sub(r"^.*?SK\{(.*?)\}.*$", r"\1", text)
    return tuple(word for word in inside.split(",") if re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,9}(?:\([A-Z_0-9]+\))?", word))

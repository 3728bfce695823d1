"""Words of IOS show output about SAs → model values. A reader answers None (or lists the word) where it does not know it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
    summarize_address_range,
)

from ipsecbot.model.evidence import Source
from ipsecbot.model.proposal import Algorithm, Proposal, Protocol, TransformType
from ipsecbot.model.sa import SaState
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.snapshot import Gap
from ipsecbot.spellings import by_ios, prf_of

# IKEv1, `show crypto isakmp sa` (Cisco IOS Security Command Reference, tables "States in Main Mode / Aggressive Mode /
# Quick Mode Exchange"; CONF_* are XAUTH and mode configuration between phase 1 and phase 2; GDOI_* is GET VPN).
ISAKMP_STATES: tuple[tuple[str, SaState], ...] = (
    ("MM_NO_STATE", SaState.NEGOTIATING),
    ("MM_SA_SETUP", SaState.NEGOTIATING),
    ("MM_KEY_EXCH", SaState.NEGOTIATING),
    ("MM_KEY_AUTH", SaState.NEGOTIATING),
    ("AG_NO_STATE", SaState.NEGOTIATING),
    ("AG_INIT_EXCH", SaState.NEGOTIATING),
    ("AG_AUTH", SaState.NEGOTIATING),
    ("CONF_XAUTH", SaState.NEGOTIATING),
    ("CONF_ADDR", SaState.NEGOTIATING),
    ("QM_IDLE", SaState.ESTABLISHED),
    ("GDOI_IDLE", SaState.ESTABLISHED),
    ("GDOI_REKEY", SaState.ESTABLISHED),
)
IKEV2_STATES: tuple[tuple[str, SaState], ...] = (
    ("READY", SaState.ESTABLISHED),
    ("IN-NEG", SaState.NEGOTIATING),
    ("REKEY", SaState.REKEYING),
    ("DELETE", SaState.DELETED),
    ("DELETED", SaState.DELETED),
)
# `Status:` of one IPsec SA; releases before 12.4 print none.
IPSEC_STATES: tuple[tuple[str, SaState], ...] = (
    ("", SaState.ESTABLISHED),
    ("ACTIVE", SaState.ESTABLISHED),
    ("STANDBY", SaState.ESTABLISHED),
    ("DELETED", SaState.DELETED),
)
_UNITS: tuple[tuple[str, timedelta], ...] = (
    ("y", timedelta(days=365)),
    ("w", timedelta(weeks=1)),
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)
# IP protocol words of `IPSEC FLOW:` lines (as in extended access lists).
_PROTOCOLS: tuple[tuple[str, int], ...] = (
    ("ip", 0),
    ("ipv6", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ipinip", 4),
    ("tcp", 6),
    ("udp", 17),
    ("gre", 47),
    ("esp", 50),
    ("ahp", 51),
    ("eigrp", 88),
    ("ospf", 89),
    ("nos", 94),
    ("pim", 103),
    ("pcp", 108),
)


def state_of(table: tuple[tuple[str, SaState], ...], word: str) -> SaState | None:
    return next((state for name, state in table if name == word), None)


def gap_at(source: Source, why: str, line: int | None = None) -> Gap:
    """A gap at one line of a row; the text is at hand for the row's first line only."""
    at = line or source.first_line
    return Gap(source.device, source.output, why, at, source.text if at == source.first_line else "")


def canonical(text: str) -> str:
    """An address as ipaddress prints it; anything else as it stands."""
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def duration(text: str) -> timedelta | None:
    """`05:50:03`, `3d18h`, `1w2d`, `2 hours, 8 mins`, `3060` (seconds); None for anything else."""
    if text.isdecimal():
        return timedelta(seconds=int(text))
    if clock := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    parts = re.findall(r"(\d+)\s*([a-z])[a-z]*", text)
    if not parts or re.sub(r"\d+\s*[a-z]+,?\s*", "", text):
        return None
    lengths = dict(_UNITS)
    if any(letter not in lengths for _, letter in parts):
        return None
    return sum((int(count) * lengths[letter] for count, letter in parts), timedelta())


def transform_words(transform: str) -> tuple[str, ...]:
    """`esp-gcm 256 esp-sha-hmac` → (`esp-gcm 256`, `esp-sha-hmac`): a key length belongs to the word before it."""
    return tuple(re.sub(r"\s+", " ", word.strip()) for word in re.findall(r"[a-z][\w-]*(?:\s+\d+)?", transform))


def transform_proposal(
    transform: str, protocol: Protocol, *, group: str | None = None, esn: bool = False
) -> tuple[Proposal, tuple[str, ...]]:
    """The transforms of one SA as a proposal, and the words that are not known. `group` is the `DH group` of PFS."""
    algorithms: list[Algorithm] = []
    unknown: list[str] = []
    field = "ah" if protocol is Protocol.AH else "esp"
    for word in transform_words(transform):
        if word.startswith("comp-") or word.startswith("ah-") != (field == "ah"):
            continue  # compression is no part of ESP or AH; `ah-… esp-…` is one line for both SAs
        algorithm = by_ios(field, TransformType.ENCR, word) or by_ios(field, TransformType.INTEG, word)
        if algorithm is None:
            unknown.append(word)
        else:
            algorithms.append(algorithm)
    if group:
        ke = by_ios("esp", TransformType.KE, group)
        algorithms += [ke] if ke else []
        unknown += [] if ke else [group]
    algorithms += [Algorithm(TransformType.ESN, "esn")] if esn else []
    return Proposal(protocol, tuple(algorithms)), tuple(unknown)


def ikev2_proposal(encr: str, keysize: str, prf: str, integrity: str, group: str) -> tuple[Proposal, tuple[str, ...]]:
    """`Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:19` → a proposal, and the words that are not known.
    A release that prints no PRF uses the hash for it."""
    encr, prf, integrity, group = ("" if _is_blank(word) else word for word in (encr, prf, integrity, group))
    cipher = f"{encr}-{keysize}" if encr and keysize and keysize != "0" and not encr.upper().endswith("DES") else encr
    wanted = (
        (TransformType.ENCR, cipher),
        (TransformType.PRF, prf),
        (TransformType.INTEG, integrity),
        (TransformType.KE, group),
    )
    found = [(word, by_ios("show", kind, word)) for kind, word in wanted if word]
    algorithms = [algorithm for _, algorithm in found if algorithm is not None]
    if not prf:
        hashes = [prf_of(algorithm) for algorithm in algorithms if algorithm.type is TransformType.INTEG]
        algorithms += [algorithm for algorithm in hashes if algorithm is not None]
    return Proposal(Protocol.IKE, tuple(algorithms)), tuple(word for word, algorithm in found if algorithm is None)


def _is_blank(word: str) -> bool:
    """Before anything is agreed IOS prints `Unknown - 0` and group 0; with an AEAD cipher the hash is `None`."""
    return word.lower() == "none" or word.startswith("Unknown") or word == "0"


def esp_proposal(encr: str, keysize: str, integrity: str) -> tuple[Proposal | None, tuple[str, ...]]:
    """`Encr: AES-CBC, keysize: 256, esp_hmac: SHA256` of an IKEv2 session's CHILD_SA; None where nothing is printed."""
    if not encr:
        return None, ()
    proposal, unknown = ikev2_proposal(encr, keysize, "", integrity, "")
    kept = tuple(algorithm for algorithm in proposal.algorithms if algorithm.type is not TransformType.PRF)
    return replace(proposal, protocol=Protocol.ESP, algorithms=kept), unknown


def ident_selector(ident: str, protocol: str, port: str, source: Source) -> TrafficSelector | None:
    """`10.0.0.0/255.255.255.0`, `FE80::/10` with the protocol and port numbers of an ident line (0: any)."""
    try:
        network = ip_network(ident, strict=False)
    except ValueError:
        return None
    # IOS also writes 256 for "any protocol"
    return _selector(network, int(protocol) % 256, int(port), source)


def flow_selector(words: str, protocol: str, port: str, source: Source) -> TrafficSelector | None:
    """`host 10.0.0.1`, `10.0.0.0/255.255.255.0`, `2001:DB8::/64`, `any` of an `IPSEC FLOW:` line."""
    number = int(protocol) if protocol.isdecimal() else next((n for word, n in _PROTOCOLS if word == protocol), None)
    if number is None:
        return None
    if words == "any":
        words = "::/0" if protocol == "ipv6" else "0.0.0.0/0"
    return ident_selector(words.removeprefix("host "), str(number), port or "0", source)


def range_selectors(words: str, source: Source) -> tuple[TrafficSelector, ...] | None:
    """`10.0.0.0/0 - 10.0.0.255/65535` (address/port - address/port), protocol not printed. A range that is no network
    becomes the networks it consists of; None when it is no range or would fall apart into more than 32."""
    match = re.fullmatch(r"(\S+)/(\d+) - (\S+)/(\d+)", words)
    if match is None:
        return None
    try:
        networks = _networks(ip_address(match[1]), ip_address(match[3]))
    except ValueError:
        return None
    if not networks or len(networks) > 32:
        return None
    first, last = int(match[2]), int(match[4])
    return tuple(replace(_selector(network, 0, 0, source), first_port=first, last_port=last) for network in networks)


def _networks(first: IPv4Address | IPv6Address, last: IPv4Address | IPv6Address) -> list[IPv4Network | IPv6Network]:
    if isinstance(first, IPv4Address) and isinstance(last, IPv4Address):
        return list(summarize_address_range(first, last))
    if isinstance(first, IPv6Address) and isinstance(last, IPv6Address):
        return list(summarize_address_range(first, last))
    return []


def _selector(network: IPv4Network | IPv6Network, protocol: int, port: int, source: Source) -> TrafficSelector:
    first, last = (port, port) if port else (0, 65535)
    return TrafficSelector(network, protocol, first, last, source)


def selector_pairs(
    local: tuple[TrafficSelector, ...] | None, remote: tuple[TrafficSelector, ...] | None
) -> tuple[SelectorPair, ...]:
    return tuple(SelectorPair(one, other) for one in local or () for other in remote or ())

"""Configuration commands and table rows that stand in one line because a page lost their line ends.

Each row is the beginning of a line as the router prints it. A line is cut only when it holds several of them, more than the
router itself ever puts in one line.
"""

from __future__ import annotations

import re

_COMMANDS = (
    r"crypto isakmp (?:policy|key|profile|identity|keepalive|aggressive|invalid)|crypto map \S+ \d+",
    r"crypto ikev2 (?:proposal|policy|keyring|profile)|crypto (?:keyring|dynamic-map|pki) ",
    r"crypto ipsec (?:transform-set|profile|security-association|df-bit)",
    r"encr(?:yption)? (?:aes|3des|des)|hash (?:sha|md5)|authentication (?:pre-share|rsa-|local|remote)|group \d+(?!\d)",
    r"lifetime \d+|integrity (?:sha|md5)|prf (?:sha|md5)|mode (?:tunnel|transport)|pre-shared-key ",
    r"match (?:address|identity|fvrf|certificate) |set (?:transform-set|peer|pfs|ikev2-profile|isakmp-profile) ",
    r"set security-association |tunnel (?:source|destination|mode|protection) |ip address (?:\d|dhcp)|ipv6 address ",
    r"interface (?:[Tt]unnel|Loopback|Vlan|Dialer|(?:Fast|Gigabit|TenGigabit)?Ethernet|Serial|Virtual-Template)\s?\d",
    r"ip route \d|ip nat (?:inside|outside)|ip access-list (?:extended|standard) ",
    r"access-list \S+ (?:permit|deny|extended|remark) |(?:permit|deny) (?:ip|esp|gre|udp|tcp) ",
)
_ROWS = (
    r"interface: [A-Z]|Crypto map tag: |protected vrf: |local\s+ident \(|remote\s+ident \(|current_peer:? |PERMIT, flags=",
    r"#pkts encaps: |#pkts decaps: |#pkts compressed: |#pkts not compressed: |#pkts not decompressed: ",
    r"#send errors |#pkts no sa ",
    r"local crypto endpt\.?: |(?<!, )(?:plaintext|path) mtu \d|current outbound spi: |PFS \(Y/N\): ",
    r"(?:in|out)bound (?:esp|ah|pcp) sas:|(?<!outbound )spi: 0x|transform: (?:esp|ah)-|in use settings ?=",
    r"conn id: \d|sa timing: ",
    r"IV size: |replay detection support: |Status: ACTIVE|ike_cookies: |Kilobyte Volume Rekey",
    r"dst\s+src\s+state\s|IPv[46] Crypto ISAKMP SA|Tunnel-id\s+Local\s+Remote",
    r"Crypto session current status|Session status: ",
    r"Type escape sequence to abort|Sending \d+, \d+-byte ICMP|Packet sent with a source|Success rate is \d",
)
_ANSWERED = re.compile(r"(?<=Status: ACTIVE)(?=[A-Z])|(?<=\dms)(?=[A-Z])|(?<=\d ms)(?=[A-Z])")
_PROMPTED = re.compile(r"(?<![\w-])[A-Za-z][\w-]{0,40}(?:\((?:config[\w-]*)\))?#(?:do )?(?:sh\w*|ping|debug|conf\w*|clear) ")


def _starts(rows: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![([\"'`])(?:{'|'.join(rows)})")


_TABLES: tuple[tuple[re.Pattern[str], int], ...] = ((_starts(_COMMANDS), 3), (_starts(_ROWS), 4))
_SHORTEST = 30
# A line without two of these holds no two beginnings: one quick look passes nearly every line of a log.
_HINT = re.compile(
    r"crypto (?!map:)|set (?!new)|match |interface|tunnel |address |mode |encr|hash |authentication |group \d|lifetime \d"
    r"|permit |deny |integrity |prf |pre-shared-key|#pkts|#send|ident \(|_peer|sas:|spi:|SPI|transform:|settings|conn id|timing"
    r"|IV size|support:|Status: |mtu|endpt|vrf:|flags=|PFS|src|state|ICMP|Type escape|Success|IPv[46] C|Tunnel-id|session"
)
# `crypto map M 10 set peer …` and `crypto dynamic-map D 1 match address …` are one command each on an ASA.
_ENTRY = re.compile(r"crypto (?:dynamic-)?map \S+ \d+ +$")


def split_headings(line: str) -> list[str]:
    """The commands or table rows that one physical line holds; `[line]` for most. Linear in its length."""
    if len(line) < _SHORTEST or len(_HINT.findall(line)) < 2:
        return [line]
    for starts, fewest in _TABLES:
        places = [match.start() for match in starts.finditer(line)]
        is_glued = any(place > 0 and not line[place - 1].isspace() for place in places)
        if len(places) >= (2 if is_glued else fewest):
            return _cut(line, places)
    return [line]


def _cut(line: str, places: list[int]) -> list[str]:
    ends = [match.start() for match in _ANSWERED.finditer(line)]
    prompts = [m.start() for m in _PROMPTED.finditer(line) if not any(m.start() < end < m.end() for end in ends)]
    edges = sorted({0, *places, *ends, *prompts})
    parts: list[str] = []
    for first, last in zip(edges, [*edges[1:], len(line)], strict=True):
        part = line[first:last]
        if parts and _ENTRY.search(parts[-1]):
            parts[-1] += part
        elif part.strip():
            parts.append(part)
    return [part.rstrip() for part in parts] or [line]

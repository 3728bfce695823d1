"""The lines that tell about a tunnel's surroundings: rows for network engineers to review.

Sources: Cisco IOS IP Routing, NAT and Security Command References (`show ip route`, `show ip nat translations`,
`show access-lists`, %SEC-6-IPACCESSLOG…); iproute2 ip-route(8); iptables(8) and its LOG target; sysctl ip(7); ping(8).
"""

from __future__ import annotations

import re

_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_ANY = rf"(?:{_V4}(?:/\d{{1,2}})?|[0-9a-fA-F:]*::?[0-9a-fA-F:]*(?:/\d{{1,3}})?)"

# In a log only lines with one of these words are looked at.
IN_A_LOG = (
    *(" SRC=", "martian", "denied", "Deny", "Frag", "too long", "ICMP", "Success rate", "transmitted", "PING", "Packet sent"),
    *("charon.vici", "no config named", "config '"),
)
# ---- routing tables
IOS_ROUTE = re.compile(
    rf"\s{{0,4}}(?P<code>[A-Za-z][A-Za-z0-9*%+ ]{{0,6}}?)\*?\s+(?P<network>{_V4}(?:/\d{{1,2}})?)\s+"
    rf"(?:\[\d+/\d+\]\s+via\s+(?P<via>{_V4})|(?P<connected>is directly connected))"
    r"(?:,\s*(?:[\dwdhm:]+,\s*)?(?P<interface>\S+))?"
)
NO_DEFAULT = re.compile(r"\s*(?:Gateway of last resort is not set|% ?(?:Network|Subnet) not in table)")
DEFAULT = re.compile(rf"\s*Gateway of last resort is (?P<via>{_V4}) to network (?P<network>{_V4})")
LINUX_ROUTE = re.compile(
    rf"\s*(?P<network>default|{_V4}(?:/\d{{1,2}})?)\s+(?:via (?P<via>{_ANY})\s+)?dev (?P<interface>\S+)(?P<rest>.*)"
)
# ---- translation
NAT_ENTRY = re.compile(
    rf"\s*(?:icmp|tcp|udp|gre|esp|---)\s+({_V4})(?::\d+)?\s+({_V4})(?::\d+)?\s+({_V4})(?::\d+)?\s+({_V4})(?::\d+)?\s*$"
)
NAT_LIST = re.compile(r"\s*ip nat (?:inside )?source (?:list (?P<list>\S+)|route-map (?P<map>\S+))", re.IGNORECASE)
NAT_MAP = re.compile(r"\s*route-map (?P<map>\S+) (?:permit|deny)")
MATCH_LIST = re.compile(r"\s*match ip address (?P<list>\S+)")
LIST_NAME = re.compile(r"\s*(?:Extended |Standard )?IP access[- ]list (?:extended |standard )?(?P<name>\S+)\s*$", re.IGNORECASE)
LIST_ENTRY = re.compile(
    r"\s*(?:access-list (?P<name>\S+) (?:line \d+ )?(?:extended )?)?(?:\d+ )?(?P<action>permit|deny)\s+(?:ip|icmp|tcp|udp)\s+"
    r"(?P<rest>\S.*)$"
)
# a standard list names sources only
STANDARD_ENTRY = re.compile(
    rf"\s*(?:access-list (?P<name>\d{{1,2}}|1[3-9]\d\d)\s+)?(?:\d+\s+)?(?P<action>permit|deny)\s+"
    rf"(?P<rest>any|host\s+{_V4}|{_V4}(?:,?\s+(?:wildcard bits )?{_V4})?)\s*(?:log\s*)?(?:\(\d+ match(?:es)?\))?\s*$"
)
MATCHES = re.compile(r"\((\d+) match(?:es)?\)|\(hitcnt=(\d+)\)")
IPTABLES_NAT = re.compile(r"\s*-A POSTROUTING\b(?P<rest>.*?)-j (?P<target>MASQUERADE|SNAT|ACCEPT|RETURN)\b")
IPTABLES_CHAIN = re.compile(
    r"\s*Chain (?P<chain>\S+) \((?:policy (?P<policy>\w+)(?: (?P<packets>\d+[KMG]?) packets)?|\d+ references)"
)
IPTABLES_ROW = re.compile(
    rf"\s*(?:\d+\s+)?(?P<packets>\d+)[KMG]?\s+\d+[KMG]?\s+(?P<target>[A-Za-z][\w-]*)\s+(?:\w+|\d+)\s+(?:--|-f|!f)\s+\S+\s+\S+\s+"
    rf"(?P<origin>{_ANY})\s+(?P<destination>{_ANY})(?P<rest>.*)"
)
# ---- filters
IOS_DENIED = re.compile(
    rf"%(?:SEC-6-IPACCESSLOG\w*|FW-\w+|ASA-\d-106\d+):.*?\b(?:denied|Deny)\b(?:\s+(?P<protocol>\w+))?"
    rf"(?:\s+for user '[^']*')?.*?(?P<origin>{_V4})\S*.*?"
    rf"(?:->|to|dst)\s*\S*?(?P<destination>{_V4})(?:[(/](?P<port>\d+))?(?:.*?(?P<count>\d+) packets?)?"
)
LINUX_DROPPED = re.compile(
    rf"(?i:drop|block|reject|deny|denied|filter|invalid)[^\n]{{0,60}}\bIN=\S* OUT=.*?"
    rf"\bSRC=(?P<origin>{_ANY}) DST=(?P<destination>{_ANY})\b"
)
# ---- forwarding
UNFORWARDED = re.compile(
    r"\s*(?:net\.ipv4\.(?:ip_forward|conf\.\w[\w.]*\.forwarding)|"
    r"net\.ipv6\.conf\.\w+\.forwarding)\s*=\s*0\s*$|\s*no ip routing\s*$"
)
PROC_FORWARD = re.compile(r"cat /proc/sys/net/ipv4/ip_forward\s*$")
MARTIAN = re.compile(rf"martian source (?P<destination>{_V4}) from (?P<origin>{_V4})")
# ---- pings
PING_IOS = re.compile(r"Sending (?P<sent>\d+), (?P<size>\d+)-byte ICMP Echos to (?P<to>[^\s,]+),")
PING_LINUX = re.compile(r"^PING (?P<to>\S+) .*?(?P<size>\d+)(?:\(\d+\))? (?:data )?bytes")
PING_ORIGIN = re.compile(rf"Packet sent with a source address of (?P<ios>{_ANY})|^PING .* from (?P<linux>{_ANY})")
PING_INTACT = re.compile(r"Packet sent with the DF bit set|ping .*(?:-M do|df-bit)")
# as people quote it: the command, and behind it nothing but the marks
PING_TYPED = re.compile(
    rf"(?:^|[#>]\s?)(?:do )?ping (?:vrf \S+ )?(?:ip )?(?P<to>{_V4})(?P<rest>(?: \S+)*?)\s*(?:[←<!#].*)?$", re.IGNORECASE
)
PING_SIZE = re.compile(r"\bsize (?P<size>\d{2,5})\b")
PING_SOURCE = re.compile(rf"\bsource (?P<origin>{_V4})\b")
PING_MARKS = re.compile(r"\s*(?P<marks>[.!UQMN&?]{3,})(?:\s|$)")
PING_IOS_RATE = re.compile(r"Success rate is \d+ percent \((?P<received>\d+)/(?P<sent>\d+)\)")
PING_LINUX_RATE = re.compile(r"(?P<sent>\d{1,9}) packets transmitted, (?P<received>\d+) (?:packets )?received")
TOO_BIG = re.compile(r"(?:Frag(?:mentation)? needed(?: and DF set)?|[Mm]essage too long,? ?(?:\(?mtu)?)\b")
# ---- timers and complaints
IDLE_TIMER = re.compile(
    r"\s*(?:(?:crypto ipsec|set) security-association idle-time \d+|inactivity\s*=\s*[1-9]|vpn-idle-timeout \d+)", re.IGNORECASE
)
INCOMPLETE = re.compile(
    r"\s*WARNING: This access list has not been configured|\s*ERROR: The specified .*does not exist|\s+! Incomplete\s*$",
    re.IGNORECASE,
)
# ---- what listens, and what it knows (swanctl(8), ipsec(8), tcpdump(8))
PORT_UNREACHABLE = re.compile(r".{0,200}ICMP \S+ udp port (?:500|4500|isakmp|ipsec-nat-t) unreachable")
DAEMON_DOWN = re.compile(
    r"\s*connecting to 'unix://\S*charon\.vici' failed|\s*(?:failed to connect to|no) charon (?:daemon|socket)"
)
NOT_LOADED = re.compile(r".{0,120}(?:no config named '|initiate failed: (?:CHILD_SA|IKE_SA)? ?config '[^']*' not found)")

"""By what a line shows where it comes from: rows for network engineers to review.

A row is anchored at the start of the line (after the stamp where a log line has one), so that prose which mentions a command
is not taken for the command. Sources: Cisco IOS Security, Debug and System Message references; Cisco ASA syslog guide;
swanctl(8), ipsec(8), swanctl.conf(5), ipsec.conf(5), ipsec.secrets(5), strongswan.conf(5); pluto's log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from ipsecbot.model.device import Platform
from ipsecbot.model.snapshot import OutputKind

K, IOS, HOST = OutputKind, Platform.CISCO_IOS, Platform.STRONGSWAN


class Reach(Enum):
    """How far a signature carries."""

    LINE = auto()  # this line; what follows unmarked stays with whatever was open before
    BLOCK = auto()  # this line and what follows, up to the next mark; every block is an output of its own
    FILE = auto()  # like BLOCK, but all blocks of one text are one output (a configuration, a log)


@dataclass(frozen=True, slots=True)
class Signature:
    platform: Platform
    kind: OutputKind
    pattern: re.Pattern[str]
    reach: Reach


_BLANKS = r"\s*"


def _row(platform: Platform, kind: OutputKind, *patterns: str, reach: Reach = Reach.BLOCK) -> Signature:
    return Signature(platform, kind, re.compile("|".join(patterns)), reach)


_SWAN_GROUPS = "DMN|MGR|IKE|CHD|JOB|CFG|KNL|NET|ASN|ENC|TNC|IMC|IMV|PTS|TLS|APP|ESP|LIB"
# One look for each vendor's log lines: most lines of a long text are these. Each expression begins with what stands before a
# mark, so that the search passes all other places quickly; the beginning of the line is a line feed (`has_mark`).
IOS_LOG = re.compile(
    r"[:\s.%](?:(?<!%)(?:ISAKMP(?:-[A-Z]+)?\s?(?=[:(])|IPSEC(?::?\(\w)|I?KEv2(?:-[A-Z]+)*(?:-\d)?:|CRYPTO_(?:PKI|OPSSL|SS)\b|"
    r"Crypto mapdb|map_db|\[IKEv[12]\w*[^\]]{0,8}\]|SA ID:\d+ SESSION ID|IPSEC-EVENT:[A-Z]|NHRP(?:-[A-Z]+)?: |"
    r"%?[A-Z][A-Z0-9_]+(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+\s?:)|"
    r"(?<=%)(?:CRYPTO|IKEV2|IPSEC|CERM|CERM_DP|PKI|DMVPN|NHRP|ASA|PIX|FTD)-[0-7]-[A-Z0-9_]+\b)"  # also as people quote it
)
CHARON_LOG = re.compile(
    rf"[\s:>\]`](?:\d{{1,4}}\[(?:{_SWAN_GROUPS})\d?\] |(?<=\n)\s*\[(?:{_SWAN_GROUPS})\d?\] ?|"
    r"(?<=\s)(?:(?:charon(?:-\w+)?|ipsec_starter|strongswan)(?:\[\d+\])?|swanctl\[\d+\]): )"
)
PLUTO_LOG = re.compile(
    r'\s(?:pluto(?:\[\d+\])?: |(?:\d{3} )?"[^"]{1,80}"(?:\[\d+\])?(?: [0-9a-fA-F.:]+)?(?:/\d+x\d+)?(?: #\d+)?: '
    r"(?!\s*(?:host|myid|their|oriented|ike_life|policy:|conn_prio|our |my_|liveness:|retransmission|initial|iketcp|nat-trav))|"
    r"packet from [0-9a-fA-F.:]+: )"
)
_LOOK = 200  # characters of a line in which a log's mark has to stand


def has_mark(log: re.Pattern[str], line: str) -> bool:
    """Whether a line shows, near its beginning, what the lines of this log do."""
    return log.search("\n" + line[:_LOOK]) is not None


# What only libreswan and its forebears have: their commands and their words in an ipsec.conf.
PLUTO_ONLY = re.compile(
    r"\bipsec\s+(?:auto|whack|start|add|trafficstatus|_kernel|briefstatus|connectionstatus|showhostkey|verify|look|barf|newhostkey)\b"
    r"|[Ll]ibreswan|[Oo]penswan|[Ff]reeS/WAN|\bpluto|ikev1-policy|\bikev2\s*=\s*(?:insist|no|yes|never|permit|propose)"
    r"|\bphase2alg\s*="
)
# charon's messages as `ipsec up`, `strongswan up` and apps print them: bare.
CHARON_SAYS = re.compile(
    r"\s*(?:(?:generating|parsed) [A-Z_0-9]+ (?:request|response) \d+ \[|(?:sending|received) packet: from \S+\[\d+\] to |"
    r"initiating (?:IKE_SA|Main Mode IKE_SA|Aggressive Mode IKE_SA) \S+\[\d+\] to |retransmit \d+ of request with message ID|"
    r"giving up after \d+ retransmits|establishing (?:IKE_SA failed|CHILD_SA |connection '[^']*' )|selected proposal: [A-Z]+:|"
    r"authentication of '[^']*' (?:\([^)]*\) |with )|IKE_SA \S+\[\d+\] (?:established|state)|CHILD_SA \S+\{\d+\} established|"
    r"received [A-Z_0-9]{6,} (?:error )?notify|EAP method \S+ (?:succeeded|failed)|connection '[^']*' established successfully)"
)

SIGNATURES: tuple[Signature, ...] = (
    # ---- pings, of anybody, also in the middle of a debug
    _row(
        IOS,
        K.PING,
        r"\s*(?:Type escape sequence to abort|Sending \d+, \d+-byte ICMP|Packet sent with (?:a source|the DF))",
        r"\s*(?:[.!UQM&?]{2,}\s*)?Success rate is \d+ percent",
        r"\s*(?=!*[.UQM])[.!UQM]{5,}(?:\s|$)",
        reach=Reach.LINE,
    ),
    _row(
        HOST,
        K.PING,
        r"PING \S+ (?:\(\S+\) )?(?:from \S+ )?\S*\s*\d+\(?\d*\)? (?:data )?bytes",
        r"PING \S+ \(\S+\)|--- \S+ ping statistics ---|rtt min/avg",
        r"\d+ bytes from \S+.*(?:icmp_)?seq=",
        r"\d+ packets transmitted, \d+ ",
        reach=Reach.LINE,
    ),
    # ---- IOS: answers, by their heading or by lines that nothing else prints
    _row(IOS, K.ISAKMP_SA, r"\s*IPv[46] Crypto ISAKMP SA", r"\s*dst\s+src\s+state\b", r"\s*f_vrf/i_vrf\s+dst\s+src"),
    _row(IOS, K.ISAKMP_SA, r"\s*C-id\s+Local\s+Remote"),
    _row(IOS, K.ISAKMP_SA, r"\s*IKEv1 SAs:|\s*\d+\s+IKE Peer: \S|\s*There are no IKEv1 SAs"),
    _row(IOS, K.ISAKMP_SA, r"\s*\S+\s+\S+\s+(?:MM_|QM_|AG_|CONF_)[A-Z_0-9]+\s+\d", reach=Reach.FILE),
    _row(IOS, K.IKEV2_SA, r"\s*IPv[46] Crypto IKEv2\s+(?:SA|Session)", r"\s*Tunnel-id\s+Local\s+Remote"),
    _row(
        IOS,
        K.IPSEC_SA,
        r"\s*interface: \S+\s*$",
        r"\s*Crypto map tag: |\s*There are no ipsec sas",
        r"\s*local\s+ident \(addr|\s*remote ident \(addr|\s*#pkts |\s*current_peer[: ]|\s*local crypto endpt",
        r"\s*(?:in|out)bound (?:esp|ah) sas",
        reach=Reach.FILE,
    ),
    _row(IOS, K.CRYPTO_SESSION, r"\s*Crypto session current status", r"\s*Status: A- Active|\s*Peer\s+I/F\s+Username"),
    _row(IOS, K.DMVPN, r"\s*Interface: \S+, IPv[46] NHRP Details|\s*Legend: Attrb -->|\s*# Ent\s+(?:Target Network|Peer NBMA)"),
    _row(IOS, K.IKEV2_ERRORS, r"\s*Exit Path Table - status"),
    _row(
        IOS,
        K.CRYPTO_SESSION,
        r"\s*Session status: |\s*IPSEC FLOW: |\s*IKE(?:v[12])? SA: local ",
        reach=Reach.FILE,
    ),
    _row(IOS, K.ISAKMP_POLICY, r"\s*Global IKE policy|\s*Protection suite of priority"),
    _row(IOS, K.CRYPTO_MAP, r"\s*Crypto Map (?:IPv4 )?\"", r"\s*Interfaces using crypto map"),
    _row(IOS, K.ISAKMP_KEYS, r"\s*Keyring\s+Hostname/Address\s+Preshared Key"),
    _row(IOS, K.IKEV2_POLICY, r"\s*IKEv2 policy ?: ?\S+\s*$", reach=Reach.FILE),
    _row(IOS, K.IKEV2_PROPOSAL, r"\s*IKEv2 proposal ?: ?\S+\s*$", reach=Reach.FILE),
    _row(IOS, K.IPSEC_PROFILE, r"\s*IPSEC profile \S+\s*$", reach=Reach.FILE),
    _row(IOS, K.TRANSFORM_SET, r"\s*Transform set \S+: \{"),
    _row(IOS, K.INTERFACES, r"\s*Interface\s+IP-Address\s+OK\?"),
    _row(IOS, K.VERSION, r"\s*Cisco (?:IOS|Adaptive Security)"),
    _row(IOS, K.LOGGING, r"\s*Syslog logging: |\s*Log Buffer \(\d+ bytes\)"),
    _row(
        IOS,
        K.DEBUGGING,
        r"\s*Cryptographic Subsystem:",
        r"\s*Crypto (?:ISAKMP|IPSEC|IKEv2|Engine)[\w ]* debugging is (?:on|off)",
        reach=Reach.LINE,
    ),
    # ---- what is around a tunnel: routes, translation, filters, forwarding
    _row(
        IOS,
        K.SURROUNDINGS,
        r"\s*(?:Gateway of last resort is |% ?(?:Network|Subnet) not in table)"
        r"|\s*Pro\s+Inside global|(?:Extended|Standard) IP access list \S+\s*$",
    ),
    _row(
        HOST,
        K.SURROUNDINGS,
        r"\s*net\.ipv[46]\.\S+\s*=\s*\d|\s*Chain \S+ \((?:policy|\d+ ref)|\s*-A (?:POSTROUTING|FORWARD|INPUT) ",
        r".{0,120}martian source |.{0,120}IN=(?<!\wIN=)\S* OUT=\S* .*\bSRC=|\s*default (?:via|dev) ",
        reach=Reach.LINE,
    ),
    _row(
        HOST,
        K.SURROUNDINGS,
        r"\s*(?:Error: )?connecting to '(?:unix://\S{1,200}charon\.vici' failed|default' URI failed)",
        reach=Reach.LINE,
    ),
    # ---- IOS and ASA: configuration
    _row(
        IOS,
        K.RUNNING_CONFIG,
        r"\s*Building configuration|\s*Current configuration : \d",
        r"\s*version 1\d\.\d+|\s*ASA Version \d|\s*hostname \S+\s*$",
        r"\s*interface [A-Z][A-Za-z]+[\d/.]+\s*$",
        r"\s*(?:no )?crypto (?:isakmp|ikev[12]|ipsec|keyring|map|dynamic-map|pki|ca|engine|call|gdoi) \S",
        r"\s*ip(?:v6)? access-list (?:extended|standard|\S+)",
        r"\s*access-list \S+ (?:extended |remark |permit|deny|line)",
        r"\s*ip route [\dv]|\s*route \S+ [\d.]+ [\d.]+ |\s*ip nat (?:inside|outside)|\s*nat \(",
        r"\s*tunnel-group \S+|\s*group-policy \S+|\s*object(?:-group)? network",
        reach=Reach.FILE,
    ),
    _row(
        IOS,
        K.RUNNING_CONFIG,
        r"\s*set (?:peer|transform-set|pfs|ikev2-profile|isakmp-profile|security-association)",
        r"\s*match (?:address|identity|fvrf|certificate) ",
        r"\s*tunnel (?:source|destination|mode|protection)|\s*pre-shared-key |\s*crypto map \S+",
        r"\s*permit (?:ip|gre|esp|udp|tcp|icmp|\d+) |\s*deny ip ",
        reach=Reach.FILE,
    ),
    # ---- strongSwan: what its tools print
    _row(
        HOST,
        K.STATUSALL,
        r"Status of IKE (?:charon )?daemon|Status of IKEv[12] (?:charon|pluto) daemon",
        r"Listening IP addresses:|Connections:\s*$|Routed Connections:|Shunted Connections:|Security Associations(?: \(|:)",
        reach=Reach.FILE,
    ),
    _row(HOST, K.LIST_SAS, r"\s*[^\s:]+: #\d+, [A-Z]+, IKEv[12]", reach=Reach.FILE),
    _row(HOST, K.LIST_CONNS, r"\s*[^\s:]+: IKEv[12](?:/2)?(?:, |$)", reach=Reach.FILE),
    # ---- strongSwan and libreswan: configuration files
    _row(HOST, K.SWANCTL_CONF, r"\s*(?:connections|secrets|pools|authorities)\s*\{", reach=Reach.FILE),
    _row(
        HOST,
        K.STRONGSWAN_CONF,
        r"\s*(?:charon(?:-\w+)?|libstrongswan|swanctl|starter|libtls|libimcv|pki)\s*\{",
        reach=Reach.FILE,
    ),
    # the same without their sections, as guides quote them
    _row(
        HOST,
        K.STRONGSWAN_CONF,
        r"\s*(?:charon\.)?(?:duplicheck\.enable|load_modular|compress|i_dont_care_about_security\w*|prefer_configured_proposals|"
        r"append|flush_line|ike_name)\s*=\s*(?:yes|no|true|false|0|1)\s*$",
        r"\s*default\s*=\s*(?:-1|[0-4])\s*$|\s*(?:dns|nbns)[12]\s*=\s*[\d.]+\s*$|\s*time_format\s*=\s*%\S.*$",
        reach=Reach.LINE,
    ),
    _row(HOST, K.IPSEC_CONF, r"(?:config setup|conn [\w%.\"-]+|ca [\w%.-]+)\s*(?:#.*)?$", reach=Reach.FILE),
    _row(
        HOST,
        K.IPSEC_SECRETS,
        r".{0,201}:(?<!\S:)\s*(?:PSK|RSA|ECDSA|EAP|XAUTH|NTLM|P12|PKCS8|PIN)\s+\S",
        reach=Reach.FILE,
    ),
    # all of it commented out: a file of secrets all the same, and it holds none
    _row(
        HOST,
        K.IPSEC_SECRETS,
        r"#.{0,200}(?:^|\s):\s*(?:PSK|RSA|ECDSA|EAP|XAUTH|P12)\s+(?:<secret:|\"|0[sx]).*$",
        reach=Reach.FILE,
    ),
    _row(HOST, K.IPSEC_SECRETS, r"\s*<secret:(?:[0-9a-f]{12}|unknown)>\s*$", reach=Reach.LINE),
)
_ANY = re.compile("|".join(signature.pattern.pattern.removeprefix(_BLANKS) for signature in SIGNATURES))


def may_be_marked(line: str) -> bool:
    """All signatures in one look, where leading blanks count as none: what this says no to, none of them matches."""
    return _ANY.match(line.lstrip()) is not None


COMMANDS: tuple[tuple[Platform, OutputKind, re.Pattern[str]], ...] = tuple(
    (platform, kind, re.compile(pattern, re.IGNORECASE))
    for platform, kind, pattern in (
        (IOS, K.RUNNING_CONFIG, r"(?:do\s+)?(?:sh\w*\s+(?:run|start|conf)|more\s+(?:system:run|nvram:start)|wr\w*\s+t)"),
        (IOS, K.ISAKMP_SA, r"(?:do\s+)?sh\w*\s+(?:cry\w*\s+)?(?:isa\w*|ikev1)\s+sa"),
        (IOS, K.ISAKMP_POLICY, r"(?:do\s+)?sh\w*\s+cry\w*\s+isa\w*\s+pol"),
        (IOS, K.IKEV2_SA, r"(?:do\s+)?sh\w*\s+cry\w*\s+ikev2\s+(?:sa|sess)"),
        (IOS, K.IPSEC_SA, r"(?:do\s+)?sh\w*\s+(?:cry\w*\s+)?ips\w*\s+sa"),
        (IOS, K.CRYPTO_SESSION, r"(?:do\s+)?sh\w*\s+cry\w*\s+se"),
        (IOS, K.DMVPN, r"(?:do\s+)?sh\w*\s+dmv"),
        (IOS, K.IKEV2_ERRORS, r"(?:do\s+)?sh\w*\s+cry\w*\s+ikev2\s+diag"),
        (IOS, K.CRYPTO_MAP, r"(?:do\s+)?sh\w*\s+cry\w*\s+map"),
        (IOS, K.ISAKMP_KEYS, r"(?:do\s+)?sh\w*\s+cry\w*\s+isa\w*\s+k"),
        (IOS, K.IKEV2_POLICY, r"(?:do\s+)?sh\w*\s+cry\w*\s+ikev2\s+pol"),
        (IOS, K.IKEV2_PROPOSAL, r"(?:do\s+)?sh\w*\s+cry\w*\s+ikev2\s+prop"),
        (IOS, K.IPSEC_PROFILE, r"(?:do\s+)?sh\w*\s+cry\w*\s+ips\w*\s+prof"),
        (IOS, K.TRANSFORM_SET, r"(?:do\s+)?sh\w*\s+cry\w*\s+ips\w*\s+tra"),
        (IOS, K.INTERFACES, r"(?:do\s+)?sh\w*\s+ip\s+int\w*\s+br"),
        (IOS, K.VERSION, r"(?:do\s+)?sh\w*\s+ver"),
        (IOS, K.LOGGING, r"(?:do\s+)?sh\w*\s+logg?"),
        (IOS, K.DEBUGGING, r"(?:do\s+)?sh\w*\s+deb"),
        (IOS, K.CLOCK, r"(?:do\s+)?sh\w*\s+clo"),
        (IOS, K.PING, r"(?:do\s+)?ping\b"),
        (IOS, K.SURROUNDINGS, r"(?:do\s+)?sh\w*\s+(?:ip\s+(?:ro|nat|acc|cef)|acc|nat\b|xlate|route\b)"),
        (
            HOST,
            K.SURROUNDINGS,
            r"(?:sudo\s+(?:-n\s+)?)?(?:ip6?tables|nft|sysctl|tcpdump|dmesg|cat\s+/proc|ip\s+(?:-\w+\s+)*r|route\b)",
        ),
        (HOST, K.PING, r"(?:sudo\s+(?:-n\s+)?)?ping\b"),
        (HOST, K.LIST_SAS, r"(?:sudo\s+(?:-n\s+)?)?swanctl\s+(?:--list-sas|-l\b)"),
        (HOST, K.LIST_CONNS, r"(?:sudo\s+(?:-n\s+)?)?swanctl\s+(?:--list-conns|-L\b)"),
        (HOST, K.STATUSALL, r"(?:sudo\s+(?:-n\s+)?)?(?:ipsec|strongswan)\s+status"),
        (
            HOST,
            K.LOG,
            r"(?:sudo\s+(?:-n\s+)?)?(?:swanctl\s+(?:--initiate|-i\b|--log|-T\b|--terminate|--rekey)|(?:ipsec|strongswan)\s+(?:up|down)\b|journalctl)",
        ),
        (HOST, K.SYSTEM, r"(?:sudo\s+(?:-n\s+)?)?(?:ss|netstat)\s+-\w*l"),
        (HOST, K.INTERFACES, r"(?:sudo\s+(?:-n\s+)?)?ip\s+(?:-\w+\s+)*a"),
    )
)
# Commands that say something without an answer of their own worth reading.
QUIET = re.compile(
    r"(?:do\s+)?(?:un|u\s+)?(?:deb\w*|u\b.*|no\s|conf\w*|end|exit|en\w*|ter\w*|clear?|wr\w*|copy|quit|int\w*|ip\s|crypto\s|set\s|cat\b|grep\b|tail\b|less\b)",
    re.IGNORECASE,
)
SHOW = re.compile(r"(?:do\s+)?sh\w*\s+\w", re.IGNORECASE)

IOS_PROMPT = re.compile(r"\s*(?P<host>[A-Za-z][\w.\-/]{0,62})(?:\([\w./ -]+\))?\\?[#>]\s*(?P<command>\S.*)?$")
HOST_PROMPT = re.compile(
    r"\s*(?:\[?[\w.-]+@(?P<host>[\w-]+)[^#$]{0,80}[#$](?:\s+(?P<long>[a-z./].*))?|(?P<short>[\w-]+)\s[#$](?:\s+(?P<mid>[a-z./].*))?|"
    r"[#$]\s+(?P<bare>(?:sudo\s+)?(?:ipsec|swanctl|strongswan|journalctl|systemctl|tail|cat|ip|ping|tcpdump|grep|ss|netstat)\s.*))\s*$"
)
HOST_COMMAND = re.compile(
    r"\s{0,2}(?:sudo\s+)?(?:ipsec\s+(?:auto|whack|start|stop|restart|up|down|status\w*|add|trafficstatus|_kernel|reload|update|rereadsecrets)\b|"
    r"strongswan\s+(?:up|down|start|stop|restart|status\w*)\b|swanctl\s+-)"
)

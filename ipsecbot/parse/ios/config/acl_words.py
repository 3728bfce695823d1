"""Protocol and port words as IOS prints them in access lists.

Source: Cisco IOS Security Command Reference, `access-list (IP extended)`; IANA protocol and port numbers.
"""

from __future__ import annotations

PROTOCOLS = {
    "ip": 0, "ipv6": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "eigrp": 88,
    "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "sctp": 132,
}  # fmt: skip
PORTS = {
    "bgp": 179, "bootpc": 68, "bootps": 67, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "dnsix": 195, "domain": 53,
    "echo": 7, "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "ident": 113, "irc": 194,
    "isakmp": 500, "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "mobile-ip": 434, "msrpc": 135, "nameserver": 42,
    "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139, "nntp": 119, "non500-isakmp": 4500, "ntp": 123,
    "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "rip": 520, "smtp": 25, "snmp": 161, "snmptrap": 162, "sunrpc": 111,
    "syslog": 514, "tacacs": 49, "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "who": 513, "whois": 43,
    "www": 80, "xdmcp": 177, "onep-plain": 15001, "onep-tls": 15002, "ssh": 22, "https": 443,
}  # fmt: skip

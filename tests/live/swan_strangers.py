"""Tunnels as other people write, break, mend and break them again: hubs with many peers, second uplinks, old failures in the
log, silent or talkative logs, keys by distinguished name or from included files. Each is plain text, and what was done to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from swan_confs import AGGRESSIVE_PSK, OTHER_SECRET, SECRET, THIRD_SECRET

from ipsecbot.lab.strongswan.hostconfig import HostConfig, strongswan_conf
from ipsecbot.lab.strongswan.pair import StrongswanPair
from ipsecbot.lab.strongswan.path import PathFault, drop_udp

Act = Callable[[StrongswanPair], object]


@dataclass(frozen=True)
class Stranger:
    """`act`: what happened before the diagnosis. `cause` None: what was seen must not suffice for a verdict."""

    name: str
    left: HostConfig
    right: HostConfig
    cause: str | None
    attribute: str | None = None
    change: str | None = None
    act: Act = field(default=lambda pair: pair.initiate("left", "net"))
    path: PathFault = field(default_factory=PathFault)


def from_right(pair: StrongswanPair) -> None:
    pair.initiate("right", "net")


def second_child(pair: StrongswanPair) -> None:
    for child in ("net", "voice"):
        pair.initiate("left", child)


def hub_at_work(pair: StrongswanPair) -> None:
    """The second uplink fails before and after: its lines are the newest and are not about this tunnel."""
    pair.left.exec(["ip", "addr", "replace", "192.0.2.50/24", "dev", "wan"])
    for child in ("lan2", "net", "lan2"):
        pair.initiate("left", child)


def after(side: str, text: str) -> Act:
    """Something is tried, one end gets another configuration, and it is tried again."""

    def act(pair: StrongswanPair) -> None:
        pair.initiate("left", "net")
        pair.left.exec(["swanctl", "--terminate", "--ike", "vpn"])
        pair.reload(side, text)
        pair.initiate("left", "net")

    return act


def log_conf(*lines: str, options: tuple[str, ...] = ()) -> str:
    """A log in a place of its own, as these lines want it."""
    log = ("filelog { any {", "path = /var/log/charon.log", "append = yes", "flush_line = yes", *lines, "} }")
    return strongswan_conf(log_file=None, options=(*options, *log))


def swan(text: str, conf: str | None = None) -> HostConfig:
    return HostConfig(swanctl_conf=text, strongswan_conf=conf or strongswan_conf())


def stroke(text: str, secrets: str, *files: tuple[str, bytes]) -> HostConfig:
    return HostConfig(ipsec_conf=text, ipsec_secrets=secrets, strongswan_conf=strongswan_conf(), files=files)


_TERSE = """connections {{ vpn {{
 version={v}
 local_addrs={l}
 remote_addrs={r}
 proposals={ike}
 {more}
 local-main {{ auth=psk
 {lid}
 }}
 remote-main {{ auth=psk
 {rid}
 }}
 children {{ net {{
   local_ts={lts}
   remote_ts={rts}
   esp_proposals={esp}
   {child}
 }} }}
}} }}
secrets {{ ike-1 {{ secret = {psk}
 }} }}
"""
_DEFAULTS = {"v": "2", "ike": "aes256-sha256-modp2048", "esp": "aes256-sha256", "psk": f'"{SECRET}"'} | dict.fromkeys(
    ("more", "lid", "rid", "child"), ""
)


def left(**changes: str) -> str:
    mine = {"l": "192.0.2.1", "r": "192.0.2.2", "lts": "10.1.0.0/16", "rts": "10.2.0.0/16"}
    return _TERSE.format(**(_DEFAULTS | mine | changes))


def right(**changes: str) -> str:
    mine = {"l": "192.0.2.2", "r": "192.0.2.1", "lts": "10.2.0.0/16", "rts": "10.1.0.0/16"}
    return _TERSE.format(**(_DEFAULTS | mine | changes))


def _spoke_of_hub(number: int, address: str, ike: str) -> str:
    return f"""  spoke{number} {{
    version = 2
    local_addrs = 192.0.2.2
    remote_addrs = {address}
    proposals = {ike}
    local {{
      auth = psk
      id = hub.corp.example
    }}
    remote {{
      auth = psk
      id = spoke{number}.corp.example
    }}
    children {{
      lan{number} {{
        local_ts = 10.2.0.0/16
        remote_ts = 10.{1 if number == 1 else 100 + number}.0.0/16
        esp_proposals = aes256gcm16
      }}
    }}
  }}
"""


def hub(address: str = "192.0.2.1", secret: str = SECRET) -> str:
    others = ((2, "192.0.2.50"), (3, "192.0.2.33"), (4, "198.51.100.4"), (5, "203.0.113.5"))
    peers = "".join(_spoke_of_hub(number, peer, "aes128-sha256-modp3072") for number, peer in others)
    keys = "".join(f'  ike-s{n} {{\n    id-1 = spoke{n}.corp.example\n    secret = "{THIRD_SECRET}"\n  }}\n' for n, _ in others)
    mine = f'  ike-s1 {{\n    id-1 = spoke1.corp.example\n    secret = "{secret}"\n  }}\n'
    peers += _spoke_of_hub(1, address, "aes256-sha256-modp2048")
    return f"# Managed by ansible\nconnections {{\n{peers}}}\nsecrets {{\n{keys}{mine}}}\n"


SPOKE = f"""connections {{
  uplink2 {{
    local_addrs = 192.0.2.50
    remote_addrs = 192.0.2.2
    proposals = aes192-sha384-ecp384
    local {{ auth = psk
            id = spoke2.corp.example }}
    remote {{ auth = psk }}
    children {{ lan2 {{ local_ts = 10.102.0.0/16
      remote_ts = 10.2.0.0/16 }} }}
  }}
  hub {{
    local_addrs = 192.0.2.1
    remote_addrs = 192.0.2.2
    proposals = aes256-sha256-modp2048
    local {{ auth = psk
            id = spoke1.corp.example }}
    remote {{ auth = psk
             id = hub.corp.example }}
    children {{ net {{ local_ts = 10.1.0.0/16
      remote_ts = 10.2.0.0/16
      esp_proposals = aes256gcm16 }} }}
  }}
}}
secrets {{
  ike-hub {{ id = hub.corp.example
            secret = "{SECRET}" }}
}}
"""

_OLD = """# /etc/ipsec.conf
config setup
        # strictcrlpolicy=yes

conn %default
        keyingtries=1
        keyexchange={kx}
        authby=psk
        ike=aes256-sha1-modp1536!
        esp={esp}

conn base
        {ends}

conn net
        also=base
        {nets}
        auto=add
"""


def old(ends: str, nets: str, *, kx: str = "ikev1", esp: str = "aes256-sha1!") -> str:
    """Settings of one line, separated by blanks, as an ipsec.conf of 2014."""
    indented = {"ends": ends.replace(" ", "\n        "), "nets": nets.replace(" ", "\n        ")}
    return _OLD.format(kx=kx, esp=esp, **indented)


_HERE, _THERE = "leftsubnet=10.1.0.0/16 rightsubnet=10.2.0.0/16", "leftsubnet=10.2.0.0/16 rightsubnet=10.1.0.0/16"
_KEY = f': PSK "{SECRET}"\n'
_TWO = "}}\n voice {{ local_ts={}\n remote_ts={}\n esp_proposals={}"
_ROADS = {"v": "1", "more": "aggressive=yes"}
_CARELESS = strongswan_conf(options=(AGGRESSIVE_PSK,))
_DN = ('id="C=CH, O=Lab AG, CN=left"', 'id="C=CH, O=Lab AG, CN=right"')
_HOSTS = {"lts": "dynamic", "rts": "dynamic"}
_QUIET, _LOUD = log_conf("default = 0"), log_conf("default = 2")

STRANGERS: tuple[Stranger, ...] = (
    Stranger("hub-healthy", swan(SPOKE), swan(hub()), "healthy", act=hub_at_work),
    Stranger("hub-psk", swan(SPOKE), swan(hub(secret=OTHER_SECRET)), "psk-mismatch", act=hub_at_work),
    Stranger("hub-no-config", swan(SPOKE), swan(hub("192.0.2.11")), "no-config-for-peer", change="right", act=hub_at_work),
    Stranger("mended-by-reload", swan(left(psk=THIRD_SECRET)), swan(right()), "healthy", act=after("left", left())),
    Stranger(
        "broken-after-success",
        swan(left()),
        swan(right()),
        "ike-proposal-mismatch",
        "dh",
        act=after("right", right(ike="aes256-sha256-modp3072")),
    ),
    Stranger(
        "another-fault-than-before",
        swan(left(psk=THIRD_SECRET)),
        swan(right()),
        "ike-proposal-mismatch",
        "integrity",
        act=after("left", left(ike="aes256-sha384-modp2048")),
    ),
    Stranger(
        "aggressive-4500-blocked",
        swan(left(**_ROADS, lid="id=l.example", rid="id=r.example"), _CARELESS),
        swan(right(**_ROADS, lid="id=r.example", rid="id=l.example"), _CARELESS),
        "nat-t-blocked",
        change="path",
        path=PathFault(left_rules=drop_udp(4500), right_rules=drop_udp(4500)),
    ),
    Stranger("narrowed-out", swan(left(lts="10.1.128.0/17")), swan(right()), "traffic-selector-mismatch"),
    Stranger(
        "hosts-in-two-modes",
        swan(left(**_HOSTS, child="mode=transport")),
        swan(right(**_HOSTS)),
        "encapsulation-mode-mismatch",
    ),
    Stranger(
        "psk-by-dn",
        swan(left(lid=_DN[0], rid=_DN[1], psk="0x4b6573747265")),
        swan(right(lid=_DN[1], rid=_DN[0])),
        "psk-mismatch",
    ),
    Stranger(
        "psk-in-included-file",
        stroke(old("left=192.0.2.1 right=192.0.2.2", _HERE, kx="ikev2"), _KEY),
        stroke(
            old("left=192.0.2.2 right=192.0.2.1", _THERE, kx="ikev2"),
            "include ipsec.d/*.secrets\n",
            ("ipsec.d/my.secrets", f"192.0.2.1 : PSK '{OTHER_SECRET}'\n".encode()),
        ),
        "psk-mismatch",
        act=from_right,
    ),
    Stranger(
        "id-where-right-is-local",
        stroke(old("right=192.0.2.1 rightid=@sun left=192.0.2.2 leftid=@moon", _THERE, kx="ikev2"), _KEY),
        stroke(old("left=192.0.2.2 leftid=moon2 right=192.0.2.1 rightid=sun", _THERE, kx="ikev2"), _KEY),
        "id-mismatch",
    ),
    Stranger(
        "pfs-stroke",
        stroke(old("left=192.0.2.1 right=192.0.2.2", _HERE, esp="aes256-sha1-modp1536!"), _KEY),
        stroke(old("left=192.0.2.2 right=192.0.2.1", _THERE, esp="aes256-sha1-modp1024!"), _KEY),
        "pfs-mismatch",
        "dh",
        act=from_right,
    ),
    Stranger(
        "esp-of-the-second-child",
        swan(left(child=_TWO.format("10.1.50.0/24", "10.2.50.0/24", "aes128gcm16"))),
        swan(right(child=_TWO.format("10.2.50.0/24", "10.1.50.0/24", "aes256-sha256"))),
        "esp-proposal-mismatch",
        "encryption",
        act=second_child,
    ),
    Stranger(
        "quiet-logs",
        swan(left(ike="aes128-sha256-modp2048"), _QUIET),
        swan(right(), _QUIET),
        "ike-proposal-mismatch",
        "encryption",
    ),
    Stranger("loud-logs-without-time", swan(left(lts="10.3.0.0/16"), _LOUD), swan(right(), _LOUD), "traffic-selector-mismatch"),
    Stranger(
        "trap-without-traffic",
        swan(left(child="start_action = trap")),
        swan(right()),
        "no-interesting-traffic",
        act=lambda pair: None,
    ),
)

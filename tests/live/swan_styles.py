"""The same faults as people really write them: defaults left out, includes, several peers, wildcards, other spellings."""

from __future__ import annotations

from dataclasses import replace

from swan_confs import OTHER_SECRET, SECRET, THIRD_SECRET, Child, End
from swan_fault import Fault
from swan_pairs import NAMED, V1, V2

from ipsecbot.lab.strongswan.hostconfig import HostConfig, strongswan_conf
from ipsecbot.lab.strongswan.path import PathFault, drop_udp

_IPV6 = End(
    local="2001:db8::1",
    remote="2001:db8::2",
    name="six",
    secrets=((("2001:db8::1", "2001:db8::2"), SECRET),),
    children=(Child("six", local_ts="2001:db8:1::/64", remote_ts="2001:db8:2::/64"),),
)

_ANYBODY = """
# One key and one connection for whoever calls.
connections {
  roadwarriors {
    remote_addrs = %%any
    proposals = aes256-sha256-modp2048
    local {
      auth = psk
      id = gw.example.org
    }
    remote {
      auth = psk
    }
    children {
      all { local_ts = 10.2.0.0/16
            remote_ts = 10.0.0.0/8
            esp_proposals = aes256-sha256 }
    }
  }
}
secrets {
  ike-everybody { secret = "%s" }
}
"""

_TWO_PEERS = """
connections {
  elsewhere {
    local_addrs = 192.0.2.2
    remote_addrs = 198.51.100.44
    version = 2
    proposals = aes128-sha256-modp2048
    local { auth = psk }
    remote { auth = psk }
    children { other { local_ts = 10.2.0.0/16
      remote_ts = 10.44.0.0/16 } }
  }
  include conf.d/*.peer
}
secrets {
  ike-elsewhere {
    id = 198.51.100.44
    secret = "%s"
  }
  ike-here {
    id = 192.0.2.1
    secret = "%s"
  }
}
"""

_INCLUDED = """
here {
  local_addrs = 192.0.2.2
  remote_addrs = 192.0.2.1
  version = 2
  proposals = aes256-sha384-modp2048, aes256-sha512-ecp384
  local { auth = psk }
  remote { auth = psk }
  children {
    net {
      local_ts = 10.2.0.0/16
      remote_ts = 10.1.0.0/16
      esp_proposals = aes256-sha256
    }
  }
}
"""

_ALSO = """config setup

conn %default
\tikelifetime=60m
\tkeyexchange=ikev2
\tauthby=psk

conn peer
\tleft=192.0.2.1
\tleftid=@hq.example.org
\tright=192.0.2.2
\trightid=@branch.example.org

conn data
\talso=peer
\tleftsubnet=10.1.0.0/16
\trightsubnet=10.2.0.0/16
\tike=aes128-sha256-ecp256,aes256-sha256-modp2048
\tesp=chacha20poly1305,aes128-sha384!
\tauto=add
"""

_ALSO_SECRETS = f'# keys\n@hq.example.org @branch.example.org : PSK "{SECRET}"\n'


def _caller() -> End:
    return replace(
        V2,
        local_id="caller-9.example.org",
        remote_id="gw.example.org",
        secrets=((("gw.example.org",), SECRET),),
    )


def _plain(swanctl_conf: str, *files: tuple[str, bytes]) -> HostConfig:
    return HostConfig(swanctl_conf=swanctl_conf, strongswan_conf=strongswan_conf(), files=files)


def _healthy() -> tuple[Fault, ...]:
    hexadecimal = V2.mirrored().with_secret(f"0x{SECRET.encode().hex()}")
    unquoted = replace(hexadecimal.swanctl(), swanctl_conf=(hexadecimal.swanctl().swanctl_conf or "").replace('"', ""))
    return (
        Fault("style-healthy-ipv6", _IPV6.swanctl(), _IPV6.mirrored().swanctl(), "healthy", child="six"),
        Fault("style-healthy-anybody", _caller().swanctl(), _plain(_ANYBODY % SECRET), "healthy"),
        Fault("style-healthy-hex-key", V2.swanctl(), unquoted, "healthy"),
        Fault(
            "style-healthy-at-sign",
            NAMED.swanctl(),
            replace(NAMED.mirrored(), local_id="@branch.example.org").swanctl(),
            "healthy",
            child="data",
        ),
        Fault("style-healthy-stroke-to-swanctl", NAMED.stroke(), NAMED.mirrored().swanctl(), "healthy", child="data"),
    )


def _ike() -> tuple[Fault, ...]:
    peers = _plain(_TWO_PEERS % (THIRD_SECRET, SECRET), ("swanctl/conf.d/here.peer", _INCLUDED.encode()))
    cbc_to_gcm = replace(NAMED, ike="aes256-sha384-ecp384"), replace(NAMED.mirrored(), ike="aes256gcm16-prfsha384-ecp384")
    any_version = replace(V2, version=0)
    old = replace(V2.mirrored(), version=1)
    six = replace(_IPV6, ike="aes256-sha256-ecp521")
    wrong_name = replace(NAMED.mirrored(), secrets=((("branch-18.example.org", "hq.example.org-old"), SECRET),))
    starting = V2.with_child(start="start")
    one_way = PathFault(left_rules=drop_udp(4500))
    stopped = PathFault(right_daemon_stopped=True)
    return (
        Fault("style-integrity-included", V2.swanctl(), peers, "ike-proposal-mismatch", "integrity"),
        Fault(
            "style-cbc-to-gcm",
            cbc_to_gcm[0].swanctl(),
            cbc_to_gcm[1].swanctl(),
            "ike-proposal-mismatch",
            "encryption",
            child="data",
        ),
        Fault("style-dh-ipv6", six.swanctl(), _IPV6.mirrored().swanctl(), "ike-proposal-mismatch", "dh", child="six"),
        Fault("style-version-any-to-1", any_version.swanctl(), old.swanctl(), "ike-version-mismatch"),
        Fault("style-psk-anybody", _caller().swanctl(), _plain(_ANYBODY % OTHER_SECRET), "psk-mismatch"),
        Fault("style-psk-missing-by-name", NAMED.swanctl(), wrong_name.swanctl(), "psk-missing", change="right", child="data"),
        Fault(
            "style-started-filtered", starting.swanctl(), V2.mirrored().swanctl(), "nat-t-blocked", change="path", path=one_way
        ),
        Fault(
            "style-not-listening-stroke",
            V1.stroke(),
            V1.mirrored().stroke(),
            "peer-not-listening",
            change="right",
            child="lan",
            path=stopped,
        ),
    )


def _child() -> tuple[Fault, ...]:
    also = HostConfig(ipsec_conf=_ALSO, ipsec_secrets=_ALSO_SECRETS, strongswan_conf=strongswan_conf())
    chacha = NAMED.mirrored().with_child(esp="aes256gcm16, aes256-sha384")
    two = replace(V2, children=(Child("net"), Child("voice", remote_ts="10.99.0.0/24")))
    peer_two = replace(
        V2.mirrored(), children=(Child("net", "10.2.0.0/16", "10.1.0.0/16"), Child("voice", "10.98.0.0/24", "10.1.0.0/16"))
    )
    pfs = V1.with_child(esp="aes128-sha1-modp1024, aes256-sha1-modp1024")
    return (
        Fault("style-esp-also-stroke", also, chacha.swanctl(), "esp-proposal-mismatch", "encryption", child="data"),
        Fault("style-selectors-second-child", two.swanctl(), peer_two.swanctl(), "traffic-selector-mismatch", child="voice"),
        Fault(
            "style-pfs-stroke",
            pfs.stroke(),
            V1.mirrored().with_child(esp="aes128-sha1").stroke(),
            "pfs-mismatch",
            "dh",
            child="lan",
        ),
    )


STYLES: tuple[Fault, ...] = (*_healthy(), *_ike(), *_child())

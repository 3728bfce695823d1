"""Both ends of a tunnel, written in three syntaxes; tests change what they are about."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ipsecbot.report
from ipsecbot.compare import compare_texts
from ipsecbot.model.comparison import Comparison
from ipsecbot.report.comparison_document import document

SCHEMA = json.loads((Path(ipsecbot.report.__file__).parent / "comparison.schema.json").read_text(encoding="utf-8"))
SECRET = "Kastanien-7-Laterne"


@dataclass(frozen=True)
class End:
    """What one end wants, in strongSwan's words; every writer says the same in its own."""

    name: str
    address: str
    peer: str
    network: str  # 10.N.0.0/16
    far: str
    version: int = 2
    encryption: str = "aes256"
    hash: str = "sha256"
    group: str = "modp2048"
    esp: str = "aes256-sha256"
    pfs: str = "modp2048"
    secret: str = SECRET
    mode: str = "tunnel"
    aggressive: bool = False
    identity: str = ""
    expects: str = ""
    more: str = ""


LEFT = End("west", "192.0.2.1", "198.51.100.2", "10.1.0.0/16", "10.2.0.0/16")
RIGHT = End("east", "198.51.100.2", "192.0.2.1", "10.2.0.0/16", "10.1.0.0/16")
_IOS_ENCRYPTION = {"aes256": "aes 256", "aes128": "aes", "3des": "3des"}
_IOS_GROUP = {"modp2048": "14", "modp1536": "5", "ecp256": "19", "ecp384": "20", "modp1024": "2"}
_IOS_ESP = {
    "aes256-sha256": "esp-aes 256 esp-sha256-hmac",
    "aes128-sha256": "esp-aes esp-sha256-hmac",
    "aes256gcm16": "esp-gcm 256",
}


def _wildcard(network: str) -> str:
    return f"{network.split('/')[0]} 0.0.255.255"


def ios(end: End) -> str:
    v2 = end.version == 2
    group = _IOS_GROUP[end.group]
    policy = (
        f"crypto ikev2 proposal P\n encryption aes-cbc-{end.encryption.removeprefix('aes')}\n integrity {end.hash}\n"
        f" group {group}\n"
        f"crypto ikev2 policy POL\n proposal P\ncrypto ikev2 keyring KR\n peer p\n  address {end.peer}\n"
        f"  pre-shared-key {end.secret}\ncrypto ikev2 profile PROF\n"
        f" match identity remote {end.expects or f'address {end.peer} 255.255.255.255'}\n"
        + (f" identity local {end.identity}\n" if end.identity else "")
        + " authentication remote pre-share\n authentication local pre-share\n keyring local KR\n"
        if v2
        else f"crypto isakmp policy 10\n encr {_IOS_ENCRYPTION[end.encryption]}\n hash {end.hash}\n authentication pre-share\n"
        f" group {group}\n lifetime 28800\ncrypto isakmp key {end.secret} address {end.peer}\n"
    )
    return (
        f"hostname {end.name}\n{policy}{end.more}crypto ipsec transform-set T {_IOS_ESP[end.esp]}\n mode {end.mode}\n"
        f"crypto map M 10 ipsec-isakmp\n set peer {end.peer}\n set transform-set T\n"
        + (f" set pfs group{_IOS_GROUP[end.pfs]}\n" if end.pfs else "")
        + (" set ikev2-profile PROF\n" if v2 else "")
        + f" match address A\ninterface GigabitEthernet0/0\n ip address {end.address} 255.255.255.0\n crypto map M\n"
        f"ip access-list extended A\n permit ip {_wildcard(end.network)} {_wildcard(end.far)}\nend\n"
    )


def swanctl(end: End) -> str:
    group = f"-{end.pfs}" if end.pfs else ""
    aggressive = "    aggressive = yes\n" if end.aggressive else ""
    return f"""connections {{
  tunnel {{
    version = {end.version}
    local_addrs = {end.address}
    remote_addrs = {end.peer}
    proposals = {end.encryption}-{end.hash}-{end.group}
{aggressive}    local {{
      auth = psk
      id = {end.identity or end.address}
    }}
    remote {{
      auth = psk
      id = {end.expects or end.peer}
    }}
    children {{
      net {{
        local_ts = {end.network}
        remote_ts = {end.far}
        esp_proposals = {end.esp}{group}
        mode = {end.mode}
        start_action = trap
      }}
    }}
  }}
{end.more}}}
secrets {{
  ike-tunnel {{
    id-1 = {end.identity or end.address}
    id-2 = {end.expects or end.peer}
    secret = "{end.secret}"
  }}
}}
"""


def ipsec_conf(end: End) -> str:
    group = f"-{end.pfs}" if end.pfs else ""
    return f"""conn tunnel
  keyexchange=ikev{end.version}
  ike={end.encryption}-{end.hash}-{end.group}!
  esp={end.esp}{group}!
  left={end.address}
  leftsubnet={end.network}
  right={end.peer}
  rightsubnet={end.far}
  authby=secret
  type={end.mode}
  auto=route
"""


def ipsec_secrets(end: End) -> str:
    return f'{end.address} {end.peer} : PSK "{end.secret}"\n'


def write(folder: Path, end: End, syntax: str) -> Path:
    """One end's files: a file for a router, a folder for a host."""
    if syntax == "ios":
        path = folder / f"{end.name}.cfg"
        path.write_text(ios(end))
        return path
    path = folder / end.name
    path.mkdir()
    if syntax == "swanctl":
        (path / "swanctl.conf").write_text(swanctl(end))
    else:
        (path / "ipsec.conf").write_text(ipsec_conf(end))
        (path / "ipsec.secrets").write_text(ipsec_secrets(end))
    return path


def compared(
    folder: Path, left: tuple[str, dict[str, Any]] = ("swanctl", {}), right: tuple[str, dict[str, Any]] = ("swanctl", {})
) -> Comparison:
    """Two ends, each (syntax, what is different about it), written to files and compared."""
    paths = [
        write(folder, replace(end, **changes), syntax)
        for end, (syntax, changes) in zip((LEFT, RIGHT), (left, right), strict=True)
    ]
    return compare_texts(str(paths[0]), str(paths[1]))


def told(comparison: Comparison) -> dict[str, Any]:
    """The JSON of the only tunnel."""
    tunnels = document(comparison)["tunnels"]
    assert len(tunnels) == 1, [(one["left"], one["right"]) for one in tunnels]
    only: dict[str, Any] = tunnels[0]
    return only

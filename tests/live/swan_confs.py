"""Configuration files of a strongSwan host, written from what one end wants; each fault is a `replace()` away from healthy."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ipsecbot.lab.strongswan.hostconfig import HostConfig, strongswan_conf

SECRET = "Vq7-lemon-Harbour"
OTHER_SECRET = "Vq7-lemon-harbour"
THIRD_SECRET = "completely.different/2"
SECRETS = (SECRET, OTHER_SECRET, THIRD_SECRET)
AGGRESSIVE_PSK = "i_dont_care_about_security_and_use_aggressive_mode_psk = yes"


@dataclass(frozen=True)
class Child:
    """One CHILD_SA of swanctl.conf (or the phase-2 half of a stroke conn)."""

    name: str = "net"
    local_ts: str = "10.1.0.0/16"
    remote_ts: str = "10.2.0.0/16"
    esp: str = "aes256-sha256"
    mode: str = "tunnel"
    start: str = "none"


@dataclass(frozen=True)
class End:
    """One end of the tunnel. `secrets`: (identities, secret) pairs; `lines`: further lines of the connection."""

    local: str = "192.0.2.1"
    remote: str = "192.0.2.2"
    name: str = "site"
    version: int = 2
    aggressive: bool = False
    ike: str = "aes256-sha256-modp2048"
    local_id: str | None = None
    remote_id: str | None = None
    secrets: tuple[tuple[tuple[str, ...], str], ...] = ((("192.0.2.1", "192.0.2.2"), SECRET),)
    children: tuple[Child, ...] = (Child(),)
    lines: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def with_child(self, **changes: str) -> End:
        return replace(self, children=(replace(self.children[0], **changes),))

    def with_secret(self, secret: str) -> End:
        return replace(self, secrets=tuple((ids, secret) for ids, _ in self.secrets))

    def mirrored(self) -> End:
        """The other end of the same tunnel."""
        children = tuple(replace(child, local_ts=child.remote_ts, remote_ts=child.local_ts) for child in self.children)
        return replace(
            self, local=self.remote, remote=self.local, local_id=self.remote_id, remote_id=self.local_id, children=children
        )

    def swanctl(self) -> HostConfig:
        """This end as a host that is driven with swanctl."""
        return HostConfig(swanctl_conf=_swanctl(self), strongswan_conf=strongswan_conf(options=self.options))

    def stroke(self) -> HostConfig:
        """This end as a host that is driven with `ipsec`."""
        secrets = "".join(f'{" ".join(ids)} : PSK "{secret}"\n' for ids, secret in self.secrets)
        return HostConfig(
            ipsec_conf=_ipsec_conf(self), ipsec_secrets=secrets, strongswan_conf=strongswan_conf(options=self.options)
        )


def _swanctl(end: End) -> str:
    lines = ["connections {", f"  {end.name} {{", f"    version = {end.version}"]
    lines += [f"    local_addrs = {end.local}", f"    remote_addrs = {end.remote}", f"    proposals = {end.ike}"]
    lines += ["    aggressive = yes"] * end.aggressive
    lines += [f"    {line}" for line in end.lines]
    for section, identity in (("local", end.local_id), ("remote", end.remote_id)):
        lines += [f"    {section} {{", "      auth = psk"]
        lines += [f"      id = {identity}"] if identity else []
        lines += ["    }"]
    lines += ["    children {"]
    for child in end.children:
        lines += [f"      {child.name} {{", f"        local_ts = {child.local_ts}", f"        remote_ts = {child.remote_ts}"]
        lines += [f"        esp_proposals = {child.esp}", f"        start_action = {child.start}"]
        lines += [f"        mode = {child.mode}"] * (child.mode != "tunnel")
        lines += ["      }"]
    lines += ["    }", "  }", "}", "secrets {"]
    for number, (ids, secret) in enumerate(end.secrets, 1):
        lines += [f"  ike-{number} {{", *(f"    id-{place} = {identity}" for place, identity in enumerate(ids, 1))]
        lines += [f'    secret = "{secret}"', "  }"]
    return "\n".join([*lines, "}"]) + "\n"


def _ipsec_conf(end: End) -> str:
    lines = ["# ipsec.conf - strongSwan IPsec configuration file", "config setup", "  uniqueids=yes", "", "conn %default"]
    lines += ["  keyingtries=1", f"  keyexchange=ikev{end.version}", "  authby=secret", ""]
    for child in end.children:
        lines += [
            f"conn {child.name}",
            f"  left={end.local}",
            f"  right={end.remote}",
            f"  ike={end.ike}!",
            f"  esp={child.esp}!",
        ]
        lines += [f"  leftsubnet={child.local_ts}", f"  rightsubnet={child.remote_ts}", f"  type={child.mode}"]
        lines += ["  aggressive=yes"] * end.aggressive
        lines += [f"  leftid={end.local_id}"] if end.local_id else []
        lines += [f"  rightid={end.remote_id}"] if end.remote_id else []
        lines += [f"  {line}" for line in end.lines]
        lines += [f"  auto={ {'none': 'add', 'trap': 'route', 'start': 'start'}[child.start] }", ""]
    return "\n".join(lines)

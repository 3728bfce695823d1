"""What one end of a generated pair wants, and the swanctl.conf that says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChildWish:
    """One child; None leaves the option out."""

    name: str
    local_ts: str | None
    remote_ts: str | None
    esp: str | None
    mode: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """One end. `local`, `remote`: (method, identity) of the first round, None for no such section; `xauth`: which end has a
    second round of XAUTH. `secrets`: (kind, owners, secret)."""

    local_addrs: str | None
    remote_addrs: str | None
    version: str | None
    ike: str | None
    local: tuple[str, str | None] | None
    remote: tuple[str, str | None] | None
    secrets: tuple[tuple[str, tuple[str, ...], str], ...]
    children: tuple[ChildWish, ...]
    aggressive: str | None = None
    xauth: str | None = None
    lines: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def swanctl(self) -> str:
        lines = ["connections {", "  site {"]
        plain = {"version": self.version, "local_addrs": self.local_addrs, "remote_addrs": self.remote_addrs}
        plain |= {"proposals": self.ike, "aggressive": self.aggressive}
        lines += [f"    {key} = {value}" for key, value in plain.items() if value is not None]
        lines += [f"    {line}" for line in self.lines]
        for name, one in (("local", self.local), ("remote", self.remote)):
            lines += _round(name, one, self.xauth == name)
        lines += ["    children {"]
        for child in self.children:
            words = {"local_ts": child.local_ts, "remote_ts": child.remote_ts, "esp_proposals": child.esp, "mode": child.mode}
            lines += [f"      {child.name} {{", *(f"        {key} = {value}" for key, value in words.items() if value)]
            lines += [*(f"        {line}" for line in child.lines), "      }"]
        lines += ["    }", "  }", "}", "secrets {"]
        for number, (kind, owners, secret) in enumerate(self.secrets, 1):
            lines += [f"  {kind}-{number} {{", *(f'    id-{place} = "{owner}"' for place, owner in enumerate(owners, 1))]
            lines += [f'    secret = "{secret}"', "  }"]
        return "\n".join([*lines, "}"]) + "\n"


def _round(name: str, one: tuple[str, str | None] | None, with_xauth: bool) -> list[str]:
    if one is None:
        return []
    method, identity = one
    lines = [f"    {name} {{", f"      auth = {method}"]
    lines += [f'      id = "{identity}"'] if identity is not None else []
    if name == "local" and method.startswith("eap"):
        lines += ["      eap_id = carol"]
    if name == "remote" and method.startswith("eap"):
        lines += ["      eap_id = %any"]
    if method == "pubkey" and name == "local":
        lines += ["      certs = own.pem"]
    lines += ["    }"]
    if with_xauth:
        lines += [f"    {name}-2 {{", "      auth = xauth", *(["      xauth_id = carol"] if name == "local" else []), "    }"]
    return lines

"""The laboratory for a person: two routers from two files, an inventory that fits, and how to get in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, NetmaskValueError
from pathlib import Path

from ipsecbot.errors import InputError
from ipsecbot.lab.ios.config import Interface, RouterConfig
from ipsecbot.lab.ios.configreader import read_config
from ipsecbot.lab.ios.flows import Flow, exit_interface, flows_of, leaving
from ipsecbot.lab.ios.lab import IosLab

ANYTIME = 3600.0


def _read(path: Path) -> tuple[str, str]:
    """(text, name). InputError when the file cannot be read as a running-config."""
    try:
        text = path.read_text(encoding="utf-8")
        config = read_config(text)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, AddressValueError, NetmaskValueError, ValueError, IndexError) as error:
        raise InputError(f"{path} cannot be read as a running-config: {error}") from error
    return text, config.hostname


def _name(config: RouterConfig, fallback: str) -> str:
    return config.hostname if config.hostname != "Router" else fallback


def protected_pair(left: RouterConfig, right: RouterConfig) -> tuple[str, str] | None:
    """A ping that should go through the tunnel: (source on the left, destination on the right); None when there is no flow."""
    flows = [flow for flow in flows_of(left) if flow.permits]
    meant = [flow for flow in flows if flow.peer and right.owns(flow.peer)]
    for flow in meant or flows:
        if flow.tunnel:
            break
        source, target = _inside(left, flow), _target(right, flow)
        if source and target:
            return source, target
    return _routed(left, right)


def _is_tunnel(interface: Interface) -> bool:
    return interface.tunnel_destination is not None


def _routed(left: RouterConfig, right: RouterConfig) -> tuple[str, str] | None:
    """Two addresses between which both routers route into a tunnel; networks behind the routers before the tunnel's own."""
    ends = [
        [known for known in config.interfaces if known.address and not known.shutdown and _is_tunnel(known) is tunnels]
        for tunnels in (False, True)
        for config in (left, right)
    ]
    for mine in ends[0] + ends[2]:
        for yours in ends[1] + ends[3]:
            assert mine.address
            assert yours.address
            source, target = str(mine.address.ip), str(yours.address.ip)
            if _enters_tunnel(left, target) and _enters_tunnel(right, source):
                return source, target
    return None


def _enters_tunnel(config: RouterConfig, destination: str) -> bool:
    known = leaving(config, destination)
    return known is not None and _is_tunnel(known)


def _inside(config: RouterConfig, flow: Flow) -> str | None:
    for known in config.interfaces:
        if known.address and not known.shutdown and str(known.address.ip) != flow.local_address:
            fits = known.address.ip in flow.local.network or bool(flow.tunnel)
            if fits and (not flow.tunnel or known.name != flow.tunnel):
                return str(known.address.ip)
    return None


def _target(config: RouterConfig, flow: Flow) -> str | None:
    for known in config.interfaces:
        if not known.address or known.shutdown or str(known.address.ip) == flow.peer:
            continue
        if flow.tunnel or known.address.ip in flow.remote.network:
            return str(known.address.ip)
    return str(flow.remote.network.network_address + 1) if flow.remote.network.prefixlen < 31 else None


def inventory_text(lab: IosLab, configs: dict[str, RouterConfig], passwords: Path, *, tunnel: str = "lab") -> str:
    """An inventory for the pair. The login's password and the enable secret lie in files beside it.

    An end behind a translator stands there with the address that the other end knows it by.
    """
    left, right = lab.names
    lines = ["devices:"]
    for name in lab.names:
        access = lab[name]
        lines += [
            f"  - name: {name}",
            f"    address: {access.address}",
            f"    port: {access.port}",
            "    platform: cisco_ios",
            f"    username: {access.username}",
            f"    password: file:{passwords / 'login.txt'}",
            f"    enable: file:{passwords / 'enable.txt'}",
            "    host_keys: accept-new",
            f"    known_hosts: {passwords / 'known_hosts'}",
        ]
    version = next((flow.version for flow in flows_of(configs[left])), None)
    lines += ["tunnels:", f"  - name: {tunnel}"]
    if version:
        lines.append(f"    ike: {version}")
    lines.append("    ends:")
    for name, other in ((left, right), (right, left)):
        lines.append(f"      - device: {name}")
        address = lab.seen_as(_endpoint(configs[name], configs[other]))
        if address:
            lines.append(f"        address: {address}")
        pair = protected_pair(configs[name], configs[other])
        if pair:
            lines.append(f"        protects: {{source: {pair[0]}, destination: {pair[1]}}}")
    return "\n".join(lines) + "\n"


def _endpoint(config: RouterConfig, other: RouterConfig) -> str | None:
    """The address that speaks IKE: a flow's own, else the one that leads towards the other router."""
    flow = next((known for known in flows_of(config)), None)
    if flow:
        return flow.local_address
    for known in other.interfaces:
        towards = exit_interface(config, str(known.address.ip)) if known.address else None
        interface = config.interface(towards) if towards and not _is_address(towards) else None
        if interface and interface.address:
            return str(interface.address.ip)
    return next((str(known.address.ip) for known in config.interfaces if known.address), None)


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def write_inventory(lab: IosLab, configs: dict[str, RouterConfig], path: Path) -> None:
    """Writes the inventory and, beside it, the two secrets it refers to (mode 0600)."""
    folder = path.resolve().parent
    first = lab[lab.names[0]]
    for name, secret in (("login.txt", first.password), ("enable.txt", first.enable)):
        file = folder / name
        file.write_text(secret + "\n", encoding="utf-8")
        file.chmod(0o600)
    path.write_text(inventory_text(lab, configs, folder), encoding="utf-8")


def run(left: Path, right: Path, inventory: Path | None, announce: Callable[[str], None]) -> None:
    """Two emulated routers on loopback until Ctrl-C. InputError when a configuration cannot be read."""
    texts: dict[str, str] = {}
    configs: dict[str, RouterConfig] = {}
    for path, fallback in ((left, "left"), (right, "right")):
        text, _ = _read(path)
        config = read_config(text)
        name = _name(config, fallback)
        name = name if name not in texts else f"{name}-{fallback}"
        texts[name], configs[name] = text, config
    with IosLab(texts) as lab:
        for name in lab.names:
            access = lab[name]
            secrets = f"password {access.password}, enable {access.enable}"
            announce(f"{name}: ssh -p {access.port} {access.username}@{access.address}  ({secrets})")
        if inventory is not None:
            write_inventory(lab, configs, inventory)
            announce(f"inventory: {inventory}")
        announce("Ctrl-C ends both routers.")
        try:
            while True:
                threading.Event().wait(ANYTIME)
        except KeyboardInterrupt:
            announce("both routers are gone.")

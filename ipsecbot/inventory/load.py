"""The inventory file → Inventory. The format is described in this package's docstring."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from ipsecbot.errors import InventoryError
from ipsecbot.inventory.device import DEVICE_KEYS, SHARED_KEYS, read_device
from ipsecbot.inventory.entries import DeviceEntry, InventoryProblem, TunnelEntry
from ipsecbot.inventory.inventory import Inventory
from ipsecbot.inventory.nodes import Fields, Problems, compose
from ipsecbot.inventory.tunnel import read_tunnel

_ROOT_KEYS = ("defaults", "devices", "tunnels")


def find_file(given: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Which file is the inventory: `given` (`--inventory`), $IPSECBOT_INVENTORY, ./ipsecbot.yaml,
    ~/.config/ipsecbot/inventory.yaml. InventoryError when there is none of them."""
    if given is not None:
        return Path(given)
    if environ.get("IPSECBOT_INVENTORY"):
        return Path(environ["IPSECBOT_INVENTORY"])
    usual = (Path("ipsecbot.yaml"), Path("~/.config/ipsecbot/inventory.yaml").expanduser())
    for path in usual:
        if path.is_file():
            return path
    raise InventoryError(
        str(usual[0]),
        0,
        f"no inventory was found, neither here nor at {usual[1]}; name one with --inventory or IPSECBOT_INVENTORY.",
    )


def load(path: str | Path) -> Inventory:
    """The inventory of `path`. InventoryError names the first thing that is wrong, with its line."""
    inventory, problems = _read(Path(path))
    if problems:
        first = problems[0]
        raise InventoryError(first.path, first.line, first.message)
    return inventory


def check(path: str | Path) -> tuple[InventoryProblem, ...]:
    """Everything that is wrong in `path`, in the order of the lines; empty when it can be used."""
    return _read(Path(path))[1]


def _read(path: Path) -> tuple[Inventory, tuple[InventoryProblem, ...]]:
    problems = Problems(str(path))
    root = compose(path, problems)
    devices: tuple[DeviceEntry, ...] = ()
    tunnels: tuple[TunnelEntry, ...] = ()
    if root is not None:
        fields = Fields(root, "the inventory", _ROOT_KEYS, problems)
        devices = _devices(fields, path.parent, problems)
        tunnels = _tunnels(fields, devices, problems)
        if not devices and not problems.found:
            problems.add(root, "the inventory names no device.")
    ordered = tuple(sorted(problems.found, key=lambda problem: problem.line))
    return Inventory(str(path), devices, tunnels), ordered


def _devices(fields: Fields, base: Path, problems: Problems) -> tuple[DeviceEntry, ...]:
    node = fields.node_of("defaults") or yaml.MappingNode("tag:yaml.org,2002:map", [])
    defaults = Fields(node, "defaults", SHARED_KEYS, problems)
    devices: dict[str, DeviceEntry] = {}
    for item in fields.items("devices"):
        entry = read_device(Fields(item, "a device", DEVICE_KEYS, problems), defaults, base, problems)
        if entry is None:
            continue
        if entry.name in devices:
            problems.add(item, f"device {entry.name} stands here and already in line {devices[entry.name].line}.")
            continue
        devices[entry.name] = entry
    return tuple(devices.values())


def _tunnels(fields: Fields, devices: tuple[DeviceEntry, ...], problems: Problems) -> tuple[TunnelEntry, ...]:
    tunnels: dict[str, TunnelEntry] = {}
    for item in fields.items("tunnels"):
        entry = read_tunnel(item, devices, problems)
        if entry is None:
            continue
        if entry.name in tunnels:
            problems.add(item, f"tunnel {entry.name} stands here and already in line {tunnels[entry.name].line}.")
            continue
        tunnels[entry.name] = entry
    return tuple(tunnels.values())

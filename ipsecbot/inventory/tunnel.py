"""One item of `tunnels`."""

from __future__ import annotations

import difflib

import yaml

from ipsecbot.inventory.device import a_name, an_address
from ipsecbot.inventory.entries import DeviceEntry, Ping, TunnelEnd, TunnelEntry
from ipsecbot.inventory.nodes import Fields, Problems, is_null, line_of, one_of

_TUNNEL_KEYS = ("name", "ends", "ike")
_END_KEYS = ("device", "address", "protects", "peer")
_PING_KEYS = ("source", "destination")


def read_tunnel(node: yaml.Node, devices: tuple[DeviceEntry, ...], problems: Problems) -> TunnelEntry | None:
    """The entry, or None when it cannot be used; the reasons are in `problems`."""
    fields = Fields(node, "a tunnel", _TUNNEL_KEYS, problems)
    name = fields.required("name", a_name, "")
    if not name:
        return None
    fields.what = f"tunnel {name}"
    version = fields.scalar("ike", one_of("1", "2"), "")
    items = tuple(fields.items("ends"))
    if len(items) != 2:
        problems.add(fields.node_of("ends") or node, f"tunnel {name} must have exactly two ends, not {len(items)}.")
        return None
    ends = tuple(end for item in items if (end := _read_end(item, name, devices, problems)) is not None)
    if len(ends) != 2:
        return None
    named = [end.device.name for end in ends if end.device is not None]
    if not named:
        problems.add(node, f"tunnel {name} has no device that could be asked: at least one end must be a device.")
        return None
    if len(named) == 2 and named[0] == named[1]:
        problems.add(items[1], f"tunnel {name} has the device {named[0]} at both ends.")
        return None
    return TunnelEntry(name, ends, int(version) if version else None, line_of(node))


def _read_end(node: yaml.Node, tunnel: str, devices: tuple[DeviceEntry, ...], problems: Problems) -> TunnelEnd | None:
    what = f"an end of tunnel {tunnel}"
    fields = Fields(node, what, _END_KEYS, problems)
    if fields.has("peer") == fields.has("device"):
        if isinstance(node, yaml.MappingNode):
            problems.add(node, f"{what} must have either device: NAME or peer: ADDRESS.")
        return None
    if fields.has("peer"):
        for key in ("address", "protects"):
            if fields.has(key):
                problems.add(fields.node_of(key), f"{what} is a third party (peer:) and cannot have {key}.")
        address = fields.scalar("peer", an_address, "")
        return TunnelEnd(None, address) if address else None
    device = _known(fields, devices, problems)
    address = fields.scalar("address", an_address, "")
    return TunnelEnd(device, address or None, _ping(fields, what, problems)) if device is not None else None


def _known(fields: Fields, devices: tuple[DeviceEntry, ...], problems: Problems) -> DeviceEntry | None:
    name = fields.scalar("device", a_name, "")
    if not name:
        return None
    found = next((entry for entry in devices if entry.name == name), None)
    if found is None:
        near = difflib.get_close_matches(name, [entry.name for entry in devices], n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        problems.add(fields.node_of("device"), f"{fields.what} names the device {name}, which devices does not list{hint}")
    return found


def _ping(fields: Fields, what: str, problems: Problems) -> Ping | None:
    node = fields.node_of("protects")
    if node is None or is_null(node):
        return None
    ping = Fields(node, f"protects of {what}", _PING_KEYS, problems)
    source = ping.required("source", an_address, "")
    destination = ping.required("destination", an_address, "")
    if not source or not destination:
        return None
    if (":" in source) != (":" in destination):
        problems.add(node, f"protects of {what} mixes IPv4 and IPv6.")
        return None
    return Ping(source, destination)

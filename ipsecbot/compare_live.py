"""Two devices of the inventory → the comparison of what they are configured to want."""

from __future__ import annotations

from pathlib import Path

from ipsecbot.compare import compare_ends, must_be_configured
from ipsecbot.errors import DeviceError, InputError
from ipsecbot.inventory.entries import TunnelEnd, TunnelEntry
from ipsecbot.inventory.load import find_file, load
from ipsecbot.live.attend import Options, Progress, attend
from ipsecbot.model.comparison import Comparison
from ipsecbot.model.evidence import Side
from ipsecbot.parse.endpoint import read_endpoint


def compare_devices(inventory: Path | None, left: str, right: str, progress: Progress) -> Comparison:
    """Log in to two devices of the inventory, read what they are configured to want, and compare it. Nothing is started.

    UsageError when the inventory or a name will not do, CredentialError when a secret cannot be had, DeviceError when one of
    the devices cannot be asked: one configuration alone cannot be compared.
    """
    known = load(find_file(inventory))
    entries = [known.device_called(name) for name in (left, right)]
    if entries[0] is entries[1]:
        raise InputError(f"{left} and {right} are the same device: give the two ends of the tunnel.")
    entry = TunnelEntry(" - ".join(one.name for one in entries), tuple(TunnelEnd(one) for one in entries))
    attended = attend(entry, Options(), progress)
    ends = [read_endpoint(attended.snapshots[side]) for side in Side]
    for end in ends:
        if end.failure and end.connections is None:
            raise DeviceError(end.device.name, f"{end.failure.rstrip('.')}; both configurations are needed to compare them.")
        must_be_configured(end.device.name, (end,))
    return compare_ends(entries[0].name, entries[1].name, (ends[0],), (ends[1],))

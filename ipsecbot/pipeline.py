"""The program on one page.

    inventory → collect → parse → model → negotiate / ladder → diagnose

A device that fails is a value in its snapshot; the other end is still diagnosed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.inventory.load import find_file, load
from ipsecbot.live.attend import Options, Progress, attend
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.understand import understand

__all__ = ["Options", "Progress", "diagnose_peer", "silent"]


def silent(_device: str, _step: str) -> None:
    """Progress for nobody."""


def diagnose_peer(inventory: Path | None, peer: str, options: Options, progress: Progress = silent) -> Diagnosis:
    """Log in to the ends of the tunnel that `peer` means, watch it if asked to, and say what is wrong.

    UsageError when the inventory or `peer` will not do, CredentialError when a secret cannot be had. Devices that cannot be
    asked are no errors: they stand in the diagnosis.
    """
    entry = load(find_file(inventory)).match(peer)
    attended = attend(entry, options, progress)
    tunnel = understand(entry, attended.snapshots, triggered=attended.triggered)
    diagnosis = conclude(tunnel)
    return replace(diagnosis, notes=(*attended.notes, *diagnosis.notes))

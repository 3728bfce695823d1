"""What laboratories of dead processes may have left: folders only, because the kernel takes the rest."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

FOLDER_PREFIX = "ipsecbot-lab-"


def sweep() -> tuple[Path, ...]:
    """Remove the folders of laboratories whose process and whose keeper are both gone; what was removed."""
    removed = []
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        if not _alive(_owner(folder)) and not _alive(_keeper(folder)):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return tuple(removed)


def _owner(folder: Path) -> int | None:
    digits = folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
    return int(digits) if digits.isdecimal() else None


def _keeper(folder: Path) -> int | None:
    try:
        return int((folder / "keeper.pid").read_text())
    except (OSError, ValueError):
        return None


def _alive(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()

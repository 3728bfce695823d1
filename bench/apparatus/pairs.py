"""The pairs of routers that are diagnosed here: the demonstration's, broken and mended."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

NAMES = ("branch-17", "hq")
PEER = "branch-17"


@dataclass(frozen=True, slots=True)
class RouterPair:
    """Two running-configs in the order of NAMES."""

    name: str
    texts: tuple[str, str]

    @property
    def by_name(self) -> dict[str, str]:
        return dict(zip(NAMES, self.texts, strict=True))


def pairs() -> tuple[RouterPair, RouterPair]:
    """One whose IKE proposals differ in the group, so that it settles with the first answer, and one that comes up."""
    folder = resources.files("ipsecbot.lab.demo")
    branch, hub = (folder.joinpath(f"{name}.cfg").read_text(encoding="utf-8") for name in NAMES)
    mended = hub.replace(" group 5\n", " group 14\n", 1)
    return RouterPair("proposal mismatch", (branch, hub)), RouterPair("healthy", (branch, mended))

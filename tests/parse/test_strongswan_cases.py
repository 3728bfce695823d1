"""The strongSwan readers on recorded texts that the repository does not hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.strongswan.config import read_config
from ipsecbot.parse.strongswan.log import read_events

CASES = Path(__file__).parents[2] / "../shared/cases"
TEXTS = sorted(CASES.glob("*/*/*.txt"))
CHARON = re.compile(r"\d\d\[(IKE|ENC|NET|CFG|KNL)\]|\[(IKE|ENC|NET)\] |charon-systemd\[")

if not TEXTS:
    pytest.skip("left out: the recorded cases are not on this machine", allow_module_level=True)


def charon_logs() -> list[Path]:
    return [path for path in TEXTS if CHARON.search(path.read_text(errors="replace"))]


@pytest.mark.parametrize("path", charon_logs(), ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}")
def test_recorded_charon_logs_hold_events_and_hardly_a_gap(path: Path) -> None:
    """At most one line in twenty of a recorded log is not known."""
    text = path.read_text(errors="replace")
    parsed = read_events(RawOutput(OutputKind.LOG, path.name, text), "device")
    assert parsed.value
    assert len(parsed.gaps) * 20 <= len(text.splitlines())


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}-{path.stem}")
def test_no_recorded_text_raises(path: Path) -> None:
    """Whatever a text is, every reader of this folder survives it."""
    text = path.read_text(errors="replace")
    read_events(RawOutput(OutputKind.LOG, path.name, text), "device")
    for kind in (OutputKind.SWANCTL_CONF, OutputKind.IPSEC_CONF, OutputKind.IPSEC_SECRETS, OutputKind.LIST_CONNS):
        read_config((RawOutput(kind, path.name, text),), "device")

"""`ipsecbot compare` of two devices of the inventory: one login each, nothing switched on, the same answer as from files."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from broken_pair import BRANCH, HQ, KEY, Desk, configs, routers

import ipsecbot.report

COMPARISON = json.loads((Path(ipsecbot.report.__file__).parent / "comparison.schema.json").read_text(encoding="utf-8"))


def test_two_routers_are_read_and_compared(desk: Desk) -> None:
    """The group differs: exit 1, the cause with a change for each end; progress on stderr, no secret, no debug."""
    with routers() as lab:
        desk.write(lab)
        answer = desk.run("compare", "--json", HQ, BRANCH, lab=lab)
        answer.assert_clean()
        assert answer.status == 1
        found = json.loads(answer.stdout)
        jsonschema.validate(found, COMPARISON)
        (tunnel,) = found["tunnels"]
        assert [finding["cause"] for finding in tunnel["findings"]] == ["ike-proposal-mismatch"]
        assert all(remedy["verified"] == "simulated" for remedy in tunnel["findings"][0]["remedies"])
        assert "logging in" in answer.stderr
        assert KEY not in answer.stdout + answer.stderr
        quiet = desk.run("compare", "-q", BRANCH, HQ, lab=lab)
        assert (quiet.status, quiet.stderr) == (1, "")


def test_two_routers_that_agree(desk: Desk) -> None:
    """Exit 0 and what would be selected."""
    with routers(configs(groups=(14, 14))) as lab:
        desk.write(lab)
        answer = desk.run("compare", "--json", "-q", HQ, BRANCH, lab=lab)
        assert answer.status == 0, answer.stdout
        tunnel = json.loads(answer.stdout)["tunnels"][0]
        assert tunnel["left_initiates"]["ike"]["selected"] == "aes256-sha256-prfsha256-modp2048"
        assert tunnel["left_initiates"]["child"]["selected"] == "aes256-sha256"


def test_a_device_that_cannot_be_asked_ends_with_4(desk: Desk) -> None:
    """One configuration alone cannot be compared: which device, and why, in one sentence."""
    with routers() as lab:
        desk.write(lab, {BRANCH: {"port": 1}})
        answer = desk.run("compare", "-q", HQ, BRANCH, lab=lab)
        answer.assert_clean()
        assert (answer.status, answer.stdout) == (4, "")
        assert answer.complaint.startswith(f"ipsecbot: {BRANCH}: ")
        assert "both configurations are needed" in answer.complaint

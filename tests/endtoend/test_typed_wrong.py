"""What a newcomer types wrong: one sentence that says what to do, nothing on stdout, exit code 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from broken_pair import BRANCH, HQ, TUNNEL, Answer, Desk, routers


def assert_usage(answer: Answer, *words: str) -> None:
    answer.assert_clean()
    assert (answer.status, answer.stdout) == (2, ""), answer.stderr
    for word in words:
        assert word in answer.complaint
    assert "logging in" not in answer.stderr, "no device was to be asked"


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """A folder with an inventory whose devices are never asked."""
    desk.write(None)
    return desk


def test_unknown_peer_names_the_nearest(listed: Desk) -> None:
    """A typing error gets the names that look like it; something else, the command that lists them."""
    assert_usage(
        listed.run("diagnose", "--json", "hq-brnch"), "no tunnel, device or address matches 'hq-brnch'", f"nearest: {TUNNEL}"
    )
    assert_usage(listed.run("diagnose", "zzz"), "`ipsecbot inventory list`")
    assert_usage(listed.run("diagnose", ""), "`ipsecbot inventory list`")


def test_ambiguous_peer_lists_the_candidates(listed: Desk) -> None:
    """A part that several tunnels have in common is no answer."""
    document = json.loads(listed.inventory.read_text())
    document["tunnels"].append({**document["tunnels"][0], "name": "hq-backup"})
    listed.inventory.write_text(json.dumps(document))
    assert_usage(listed.run("diagnose", "--json", "hq"), "'hq' matches several tunnels", TUNNEL, "hq-backup")


def test_no_inventory(desk: Desk) -> None:
    """Nowhere one: where it was looked for and how to name one. A wrong name: that name."""
    environment = {"HOME": str(desk.folder)}
    assert_usage(desk.run("diagnose", TUNNEL, environment=environment), "no inventory was found", "--inventory")
    assert_usage(desk.run("diagnose", "-i", "nope.yaml", TUNNEL), "nope.yaml", "cannot be read")
    assert_usage(desk.run("diagnose", "-i", ".", TUNNEL), "cannot be read")
    assert_usage(desk.run("inventory", "list", environment=environment), "no inventory was found")


def test_an_inventory_with_errors(desk: Desk) -> None:
    """diagnose names the first error with its line; check names all of them, and quotes no password."""
    desk.write(None, {HQ: {"platform": "cisco_iso", "password": "Klartext-im-Inventar"}, BRANCH: {"port": 70000}})
    lines = desk.inventory.read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "cisco_iso" in text)
    assert_usage(desk.run("diagnose", TUNNEL), f"ipsecbot.yaml:{line}: platform of device hq must be cisco_ios or strongswan")
    checked = desk.run("inventory", "check")
    checked.assert_clean()
    assert (checked.status, checked.stdout) == (2, "")
    assert len(checked.stderr.splitlines()) == 3
    assert all(text.startswith("ipsecbot.yaml:") for text in checked.stderr.splitlines())
    assert "Klartext" not in checked.stderr


@pytest.mark.parametrize("text", ["{", "\x00\x01", "- a\n", ""], ids=repr)
def test_what_is_no_inventory(desk: Desk, text: str) -> None:
    """Broken YAML, binary, a list, nothing: a sentence each."""
    desk.inventory.write_text(text)
    assert_usage(desk.run("diagnose", TUNNEL), "ipsecbot.yaml")


CREDENTIALS = {
    "env:NOT_SET": "export NOT_SET and try again",
    "file:nowhere.txt": "cannot be read (No such file or directory)",
    "command:false": "ended with status 1",
    "command:no-such-program": "check that the program is installed",
}


@pytest.mark.parametrize("reference", CREDENTIALS)
def test_a_credential_that_cannot_be_had(desk: Desk, reference: str) -> None:
    """The reference is named with its device; no device is asked."""
    desk.write(None, {HQ: {"password": reference}})
    answer = desk.run("diagnose", "--json", TUNNEL, environment={"LAB_PASSWORD": "x", "LAB_ENABLE": "y"})
    assert_usage(answer, "password of device hq", reference, CREDENTIALS[reference])


@pytest.mark.parametrize("path", ["nowhere/report.html", ".", "ipsecbot.yaml/report.html"])
def test_a_page_that_cannot_be_written(listed: Desk, path: str) -> None:
    """Said before a device is asked."""
    assert_usage(listed.run("diagnose", "--json", "--html", path, TUNNEL), f"cannot write {Path(path)}")


def test_a_page_that_fails_in_the_end(desk: Desk) -> None:
    """Where it cannot be known before (root may write anywhere, until it tries), the diagnosis is printed all the same."""
    with routers() as lab:
        desk.write(lab)
        answer = desk.diagnose(lab, "--json", "--html", "/proc/report.html")
    answer.assert_clean()
    assert answer.status == 2
    assert "cannot write /proc/report.html" in answer.complaint
    if os.geteuid() == 0:
        assert answer.document["cause"] == "ike-proposal-mismatch"


@pytest.mark.parametrize(
    "words",
    [
        ("diagnos", "x"),
        ("diagnose",),
        ("diagnose", "a", "b"),
        ("diagnose", "--jsn", "a"),
        ("diagnose", "--debug", "200", "a"),
        ("lab", "ios"),
    ],
    ids=" ".join,
)
def test_the_command_line_itself(desk: Desk, words: tuple[str, ...]) -> None:
    """Usage and one line that names what is wrong."""
    answer = desk.run(*words)
    assert (answer.status, answer.stdout) == (2, "")
    assert "Usage: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_laboratory_that_may_not_write(desk: Desk) -> None:
    """`lab ios --inventory` into nowhere ends before a router is started."""
    (desk.folder / "r.cfg").write_text("hostname r1\n")
    answer = desk.run("lab", "ios", "--left", "r.cfg", "--right", "r.cfg", "--inventory", "nowhere/i.yaml")
    assert_usage(answer, "cannot write nowhere/i.yaml")


def test_a_terminal_without_arrows(desk: Desk) -> None:
    """The report is printed on a terminal that cannot show every character, and the JSON stays JSON."""
    desk.write(None)
    environment = {"LAB_PASSWORD": "x", "LAB_ENABLE": "y", "PYTHONIOENCODING": "latin-1"}
    listed = desk.run("inventory", "list", environment=environment)
    assert (listed.status, listed.stderr) == (0, "")
    diagnosed = desk.run("diagnose", "--json", TUNNEL, environment=environment)
    assert diagnosed.status == 4
    assert diagnosed.document["verdict"] == "undetermined"


BROKEN = """import sys
from ipsecbot import pipeline
from ipsecbot.interfaces.cli import main
def broken(*_): raise ValueError("what the device said: Klartext-77")
pipeline.diagnose_peer = broken
sys.argv[:1] = ["ipsecbot", "diagnose", "x"]
main()
"""


def test_a_fault_of_the_program_itself(desk: Desk) -> None:
    """Not the exit code of a broken tunnel, no traceback, and none of the exception's words unless they are asked for."""
    script = desk.folder / "broken.py"
    script.write_text(BROKEN)
    run = {"capture_output": True, "text": True, "check": False, "cwd": desk.folder}
    done = subprocess.run([sys.executable, script], env=desk.environment(None), **run)
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr.startswith("ipsecbot: a fault of the program itself (ValueError at broken.py:4)")
    assert "Klartext" not in done.stderr
    asked = subprocess.run([sys.executable, script], env=desk.environment(None, IPSECBOT_TRACEBACK="1"), **run)
    assert "Traceback" in asked.stderr

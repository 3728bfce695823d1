"""The command as a person types it: exit codes, one clear line for what is wrong, plain output into pipes, completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from written_ends import LEFT, RIGHT, SCHEMA, SECRET, ios, swanctl

from ipsecbot.errors import UnknownPeer, UsageError
from ipsecbot.interfaces.compare_command import compare


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program in a folder of its own."""
    env = {**os.environ, "IPSECBOT_STATE_DIR": str(folder / "state"), "HOME": str(folder), **environment}
    return subprocess.run(
        [sys.executable, "-m", "ipsecbot", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "west.cfg").write_text(ios(LEFT))
    (tmp_path / "east.conf").write_text(swanctl(RIGHT))
    (tmp_path / "broken.conf").write_text(swanctl(replace(RIGHT, group="modp1536", secret="Zwetschge-3-Zaun")))
    return tmp_path


def test_agreement_is_0_and_a_fault_is_1(folder: Path) -> None:
    """The exit codes of the other commands, and the JSON on stdout alone."""
    sound = run("compare", "--json", "west.cfg", "east.conf", folder=folder)
    assert (sound.returncode, sound.stderr) == (0, "")
    jsonschema.validate(json.loads(sound.stdout), SCHEMA)
    broken = run("compare", "--html", "page.html", "west.cfg", "broken.conf", folder=folder)
    assert broken.returncode == 1
    page = (folder / "page.html").read_text()
    assert "<script" not in page
    for text in (broken.stdout, broken.stderr, page, sound.stdout):
        assert SECRET not in text
        assert "Zwetschge" not in text
    assert "west.cfg:" in broken.stdout
    assert "broken.conf:" in broken.stdout


def test_a_pipe_gets_plain_text_and_an_old_terminal_ascii(folder: Path) -> None:
    """No colour into a pipe; no question marks where arrows cannot be shown."""
    piped = run("compare", "west.cfg", "broken.conf", folder=folder)
    assert "\x1b[" not in piped.stdout
    plain = run("compare", "west.cfg", "broken.conf", folder=folder, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert plain.returncode == 1
    assert plain.stdout.isascii()
    assert "?" not in plain.stdout
    assert "!=" in plain.stdout
    narrow = run("compare", "west.cfg", "broken.conf", folder=folder, COLUMNS="60")
    assert max(len(line) for line in narrow.stdout.splitlines()) <= 60


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("west.cfg", "missing.conf"), "missing.conf: there is no such file or folder, and west.cfg is one: give two files"),
        (("nowhere/a.cfg", "nowhere/b.cfg"), "nowhere/a.cfg: there is no such file or folder; check the path."),
        (("west.cfg", "west.cfg"), "west.cfg stands on both sides: give the two ends of the tunnel."),
        (("west.cfg", "empty"), "empty is a folder without files."),
        (("west.cfg", "letter.txt"), "letter.txt: no IPsec connection found in it; give a running-config"),
        (("hq", "branch"), "no inventory"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(
    folder: Path, arguments: tuple[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A usage error each, in one line."""
    (folder / "empty").mkdir()
    (folder / "letter.txt").write_text("Dear colleague,\nthe tunnel is down.\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("IPSECBOT_STATE_DIR", str(folder / "state"))
    with pytest.raises(UsageError) as error:
        compare(*arguments, quiet=True)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_usage_error_ends_with_2_and_says_nothing_on_stdout(folder: Path) -> None:
    """As every other command."""
    done = run("compare", "west.cfg", "missing.conf", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ipsecbot: missing.conf: there is no such file")


def test_devices_of_the_inventory_are_looked_up_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is none gets the nearest ones; twice the same device is no comparison."""
    (folder / "ipsecbot.yaml").write_text(
        "defaults: {username: u, password: 'env:X'}\n"
        "devices:\n"
        "  - {name: hq, address: 192.0.2.1, platform: cisco_ios}\n"
        "  - {name: branch-17, address: 192.0.2.17, platform: cisco_ios}\n"
    )
    monkeypatch.chdir(folder)
    with pytest.raises(UnknownPeer, match="nearest: branch-17"):
        compare("hq", "brunch-17", quiet=True)
    with pytest.raises(UsageError, match="the same device"):
        compare("hq", "192.0.2.1", quiet=True)


def test_the_shell_completes_devices_and_files(folder: Path) -> None:
    """Behind compare: devices of the inventory, then files; behind diagnose: devices and tunnels."""
    (folder / "ipsecbot.yaml").write_text(
        "defaults: {username: u, password: 'env:X'}\n"
        "devices:\n"
        "  - {name: branch-17, address: 192.0.2.17, platform: cisco_ios}\n"
        "  - {name: hq, address: 192.0.2.1, platform: cisco_ios}\n"
        "tunnels:\n  - name: hq-branch\n    ends: [{device: branch-17}, {device: hq}]\n"
    )
    program = str(Path(sys.executable).with_name("ipsecbot"))

    def offered(line: str) -> list[str]:
        env = {
            **os.environ,
            "_IPSECBOT_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
            "HOME": str(folder),
        }
        done = subprocess.run([program], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.split()

    assert offered("ipsecbot compare b") == ["branch-17", "broken.conf"]
    assert offered("ipsecbot compare hq ea") == ["east.conf"]
    assert offered("ipsecbot diagnose h") == ["hq", "hq-branch"]

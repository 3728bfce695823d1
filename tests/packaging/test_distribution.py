from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("netmiko", "napalm", "celery", "slack_bolt", "asyncssh", "textfsm", "paramiko", "jinja2", "rich.console")


def test_wheel_carries_the_templates(tmp_path: Path) -> None:
    """TextFSM templates live in templates/textfsm and are shipped inside the wheel, with the fault catalogue and the page."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {f"ipsecbot/parse/templates/{path.name}" for path in (ROOT / "templates/textfsm").glob("*.textfsm")}
    assert templates
    assert (
        templates | {"ipsecbot/parse/templates/index", "ipsecbot/diagnose/faults.yaml", "ipsecbot/report/report.html.j2"}
        <= names
    )


def test_help_imports_nothing_heavy() -> None:
    """`ipsecbot --help` stays quick because device, queue and chat libraries are imported where they are used."""
    probe = (
        "import sys\n"
        "from ipsecbot.interfaces.cli import app\n"
        "try:\n    app(['diagnose', '--help'])\nexcept SystemExit: pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert said.rstrip().endswith("heavy: []")


def test_every_command_is_in_the_readme() -> None:
    """Whatever can be typed is written down."""
    from ipsecbot.interfaces.cli import app

    readme = (ROOT / "README.md").read_text()
    commands = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        commands += [
            f"{group.name} {command.name or getattr(command.callback, '__name__', '')}"
            for command in group.typer_instance.registered_commands
        ]
    assert [command for command in commands if f"ipsecbot {command}" not in readme] == []


def test_lock_names_no_registry() -> None:
    """The lock pins versions and hashes, and no address of a package index."""
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_shared_catalogue_is_the_shipped_one() -> None:
    """The schema that the program ships is the one that others rely on."""
    import pytest

    shared = ROOT.parent / "shared/diagnosis.schema.json"
    if not shared.exists():
        pytest.skip("left out: comparing the shipped schema with ../shared/diagnosis.schema.json, which is not here")
    assert (ROOT / "ipsecbot/report/diagnosis.schema.json").read_text() == shared.read_text()

"""`ipsecbot explain`: pasted text in, the verdict of the live road out."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from pasted_texts import REFUSED, ROUTER_CONFIG, UP_TABLES, WRONG_KEY
from typer.testing import CliRunner, Result

from ipsecbot.explain import explain
from ipsecbot.interfaces import cli
from ipsecbot.model.evidence import Conclusion

SCHEMA = json.loads((Path(__file__).parents[2] / "ipsecbot/report/diagnosis.schema.json").read_text())


@pytest.fixture(autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPSECBOT_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["explain", *arguments], input=stdin)


def test_a_debug_alone_is_enough(tmp_path: Path) -> None:
    """The cause, the attribute, and the line that proves it, at its number."""
    diagnosis = explain([written(tmp_path, "gate.txt", REFUSED)])
    assert (diagnosis.cause, diagnosis.attribute) == ("ike-proposal-mismatch", "dh")
    assert diagnosis.tunnel.left.device.name == "gate"
    assert diagnosis.tunnel.right_address == "203.0.113.77"
    lines = REFUSED.split("\n")
    for source in diagnosis.findings[0].evidence:
        assert source.text == lines[source.first_line - 1]


def test_a_folder_is_one_device(tmp_path: Path) -> None:
    """Configuration, state and debug in files of any name; the name of the folder is the device's."""
    for number, text in enumerate((ROUTER_CONFIG, REFUSED)):
        written(tmp_path, f"gate/{number}.bak", text)
    diagnosis = explain([str(tmp_path / "gate")])
    assert diagnosis.tunnel.left.device.name == "gate"
    assert diagnosis.tunnel.left.connections is not None
    assert diagnosis.cause == "ike-proposal-mismatch"


def test_stdin_is_a_device(tmp_path: Path) -> None:
    """`-` reads bytes, in any encoding."""
    result = run("--json", "-", stdin=REFUSED.encode("utf-16"))
    assert result.exit_code == 1
    document = json.loads(result.output)
    jsonschema.validate(document, SCHEMA)
    assert document["cause"] == "ike-proposal-mismatch"
    assert document["exchanges"][0]["device"] == "stdin"


def test_two_devices_are_the_ends_of_one_tunnel(tmp_path: Path) -> None:
    """Left and right in the order given."""
    left, right = written(tmp_path, "gate.txt", REFUSED), written(tmp_path, "edge.log", WRONG_KEY)
    tunnel = explain([left, right]).tunnel
    assert tunnel.right is not None
    assert (tunnel.left.device.name, tunnel.right.device.name) == ("gate", "edge")


def test_a_third_device_is_told_to_be_of_no_use(tmp_path: Path) -> None:
    """A tunnel has two ends; nothing is dropped in silence."""
    texts = {"a": REFUSED, "b": REFUSED, "c": "gate#show crypto isakmp sa\n"}
    diagnosis = explain([written(tmp_path, name, text) for name, text in texts.items()])
    assert any(note.startswith("c was not used") for note in diagnosis.notes)


@pytest.mark.parametrize(
    ("text", "code", "conclusion"),
    [(REFUSED, 1, Conclusion.FAULT), (UP_TABLES, 0, Conclusion.HEALTHY), (ROUTER_CONFIG, 3, Conclusion.UNDETERMINED)],
)
def test_the_exit_code_tells_the_verdict(tmp_path: Path, text: str, code: int, conclusion: Conclusion) -> None:
    """0 healthy, 1 fault, 3 undetermined, in every form of output."""
    path = written(tmp_path, "gate.txt", text)
    page = tmp_path / "page.html"
    assert run(path).exit_code == code
    assert run("--html", str(page), path).exit_code == code
    assert page.read_text().lower().startswith("<!doctype html>")
    assert explain([path]).conclusion is conclusion


@pytest.mark.parametrize(
    ("name", "raw"),
    [("empty.txt", b""), ("blank.txt", b"\n \n"), ("core", bytes(range(256)) * 20), ("x.gz", b"\x1f\x8b\x08ab")],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, raw: bytes
) -> None:
    """Never a traceback."""
    monkeypatch.setattr("sys.argv", ["ipsecbot", "explain", written(tmp_path, name, raw)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"ipsecbot: {name}")
    assert captured.err.count("\n") == 1


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the argument as it was typed."""
    (tmp_path / "nothing").mkdir()
    for argument in (str(tmp_path / "none.txt"), str(tmp_path / "nothing")):
        result = run(argument)
        assert result.exception is not None
        assert str(result.exception).startswith(argument)


def test_an_unreadable_file_in_a_folder_is_a_gap(tmp_path: Path) -> None:
    """The rest of the folder still counts."""
    written(tmp_path, "gate/debug.txt", REFUSED)
    written(tmp_path, "gate/picture.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    diagnosis = explain([str(tmp_path / "gate")])
    assert diagnosis.cause == "ike-proposal-mismatch"
    assert [gap.output for gap in diagnosis.gaps if "picture" in gap.why] == ["picture.png"]


def test_the_failing_peer_comes_first_and_peer_selects(tmp_path: Path) -> None:
    """Two peers in one debug: without --peer the failing one, with it the one that was asked for."""
    other = REFUSED.replace("203.0.113.77", "192.0.2.99").replace("07:12", "07:13")
    good = "\n".join(line for line in other.split("\n")[:9])
    path = written(tmp_path, "gate.txt", f"{good}\n{REFUSED}")
    diagnosis = explain([path])
    assert diagnosis.tunnel.right_address == "203.0.113.77"
    assert any("192.0.2.99" in note for note in diagnosis.notes)
    assert explain([path], "192.0.2.99").cause != "ike-proposal-mismatch"


def test_secrets_never_come_out(tmp_path: Path) -> None:
    """Neither in a report nor in evidence, also from a mangled configuration."""
    quoted = "\n".join(f"> {line}" for line in ROUTER_CONFIG.split("\n"))
    result = run("--json", written(tmp_path, "gate.txt", quoted + REFUSED))
    assert "Ahrensburg" not in result.output
    assert "crypto isakmp key" not in result.output or "<secret:" in result.output


def test_it_works_without_a_folder_for_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only home is no reason not to explain a text."""
    monkeypatch.setenv("IPSECBOT_STATE_DIR", "/proc/none")
    assert explain([written(tmp_path, "gate.txt", REFUSED)]).cause == "ike-proposal-mismatch"


def test_stdin_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not through the terminal's encoding."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(("Гость\n" + REFUSED).encode("cp1251"))))
    assert explain(["-"]).cause == "ike-proposal-mismatch"

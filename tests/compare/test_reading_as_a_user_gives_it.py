"""`ipsecbot compare` on what people really type and give: folders alike by name, parts that may not be read, closed pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from written_ends import LEFT, RIGHT, swanctl

from ipsecbot.compare import compare_texts


def ends(tmp_path: Path) -> tuple[Path, Path]:
    """Two hosts' files, named as they are named on the hosts."""
    files = []
    for host, end in (("moon", LEFT), ("sun", RIGHT)):
        file = tmp_path / host / "etc" / "swanctl" / "swanctl.conf"
        file.parent.mkdir(parents=True)
        file.write_text(swanctl(end), encoding="utf-8")
        files.append(file)
    return files[0], files[1]


def test_two_files_with_the_same_path_below_their_hosts_are_told_apart(tmp_path: Path) -> None:
    """`moon/etc/swanctl/swanctl.conf` against `sun/etc/swanctl/swanctl.conf`: the hosts' folders name the ends."""
    left, right = ends(tmp_path)
    comparison = compare_texts(str(left), str(right))
    assert (comparison.left_name, comparison.right_name) == ("moon/swanctl", "sun/swanctl")
    comparison = compare_texts(str(left.parent), str(right.parent))
    assert (comparison.left_name, comparison.right_name) == ("moon/swanctl", "sun/swanctl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything: tried with a refusing open instead")
def test_nothing_is_left_out_in_silence(tmp_path: Path) -> None:
    """A file and a folder that may not be read are gaps of the end; the rest is compared."""
    left, right = ends(tmp_path)
    (left.parent / "conf.d").mkdir(mode=0)
    closed = left.parent / "more.conf"
    closed.touch(mode=0)
    told = {(Path(gap.output).name, gap.why) for gap in compare_texts(str(left.parent), str(right)).gaps}
    assert {("conf.d", "cannot be looked into: Permission denied"), ("more.conf", "cannot be read: Permission denied")} <= told


def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for root, to whom a refusing open is played."""
    left, right = ends(tmp_path)
    (left.parent / "more.conf").write_text("connections {\n}\n", encoding="utf-8")
    real = Path.open

    def refusing(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "more.conf":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    told = [(gap.output, gap.why) for gap in compare_texts(str(left.parent), str(right)).gaps]
    assert ("more.conf", "cannot be read: Permission denied") in told


@pytest.mark.parametrize(
    ("arguments", "closed", "expected"), [([], "stdout", 0), (["--json"], "stdout", 0), (["--no"], "stderr", 2)]
)
def test_a_closed_pipe_changes_no_exit_code(tmp_path: Path, arguments: list[str], closed: str, expected: int) -> None:
    """`| head -1` on a healthy pair is no fault (1), and a wrong option whose message nobody reads is wrong usage (2)."""
    reading, writing = os.pipe()
    os.close(reading)
    left, right = ends(tmp_path)
    command = [sys.executable, "-c", "from ipsecbot.interfaces.cli import main; main()", "compare", *arguments]
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE} | {closed: writing}
    try:
        ended = subprocess.run([*command, str(left), str(right)], **streams, check=False, timeout=60)  # type: ignore[call-overload]
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr or b"") == (expected, b"")


def test_a_piece_that_a_section_includes_is_read_although_it_shows_nothing_of_what_it_is(tmp_path: Path) -> None:
    """strongswan.conf(5), "INCLUDING FILES": an include may stand in any section; the piece then has neither `connections` nor
    braces around it."""
    left, right = ends(tmp_path)
    lines = left.read_text(encoding="utf-8").split("\n")
    piece = [line for line in lines if "_addrs" in line]
    assert piece
    at = next(number for number, line in enumerate(lines) if "_addrs" in line)
    kept = [line for line in lines if line not in piece]
    kept.insert(at, "include base.conf")
    left.write_text("\n".join(kept), encoding="utf-8")
    (left.parent / "base.conf").write_text("\n".join(piece) + "\n", encoding="utf-8")
    comparison = compare_texts(str(left.parent), str(right))
    assert comparison.tunnels[0].match.left.connection.remote_addresses == (RIGHT.address,)
    assert not [gap for gap in comparison.gaps if "include" in gap.why]


def test_a_section_that_others_refer_to_is_read_where_it_stands_before_all_others(tmp_path: Path) -> None:
    """strongswan.conf(5), "REFERENCING OTHER SECTIONS": the template may be a section of its own beside `connections`."""
    left, right = ends(tmp_path)
    template = f"base {{\n  remote_addrs = {LEFT.peer}\n  local {{\n    auth = psk\n  }}\n}}\n"
    text = left.read_text(encoding="utf-8")
    name = text.partition("{")[2].partition("{")[0].strip()
    kept = "\n".join(line for line in text.split("\n") if "remote_addrs" not in line)
    left.write_text(template + kept.replace(f"{name} {{", f"{name} : base {{", 1), encoding="utf-8")
    comparison = compare_texts(str(left), str(right))
    assert comparison.tunnels[0].match.left.connection.remote_addresses == (RIGHT.address,)

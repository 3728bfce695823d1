"""Whatever is pasted: never a traceback, always every line at its place, and time in proportion to the length."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pasted_texts import REFUSED, ROUTER_CONFIG, UP_TABLES, WRONG_KEY

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.errors import InputError
from ipsecbot.explain import conclude_texts
from ipsecbot.parse.detect import detect
from ipsecbot.parse.paste.decode import decode
from ipsecbot.parse.paste.repair import repair
from ipsecbot.pasted import read_device

KEY = KeyedFingerprinter(b"k" * 32)
LINES = [line for text in (REFUSED, WRONG_KEY, ROUTER_CONFIG, UP_TABLES) for line in text.split("\n")]
ODD = [
    "",
    "}",
    "{",
    "connections {",
    "conn a",
    "R1#",
    "R1#show crypto map",
    "> ",
    "# ",
    '"a" #1: x',
    "spi: 0x",
    "\\n",
    "<br>",
    "&&&",
]
LONG = 100_000  # characters of one line
MOST = 1.25  # seconds for them, of a processor that others use too; what is quadratic takes ten times as long
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def cut_and_joined(draw: st.DrawFn) -> str:
    """Real lines cut, joined, shuffled, repeated, with odd ones between."""
    lines = draw(st.lists(st.sampled_from(LINES + ODD), max_size=60))
    cuts = draw(st.lists(st.integers(0, 120), max_size=len(lines)))
    pieces = [line[: cuts[index]] if index < len(cuts) else line for index, line in enumerate(lines)]
    return draw(st.sampled_from(["\n", "", " ", "\r\n", "\n\n", "\\n", "<br>"])).join(pieces)


@FEW
@given(cut_and_joined())
def test_cut_and_joined_lines_are_survived(tmp_path: Path, text: str) -> None:
    """A diagnosis or one clear sentence."""
    path = tmp_path / "x.txt"
    path.write_text(text)
    try:
        diagnosis = conclude_texts((read_device(str(path), KEY),))
    except InputError:
        assert not text.strip()
        return
    count = max(1, len(decode(text.encode(), "x").split("\n")))
    for finding in diagnosis.findings:
        assert all(1 <= source.first_line <= source.last_line <= count for source in finding.evidence)
    assert all(gap.line is None or 1 <= gap.line <= count for gap in diagnosis.gaps)


@FEW
@given(st.text(max_size=400))
def test_any_text_is_repaired_without_losing_lines(text: str) -> None:
    """Every repaired line has the number of an original one, and no part invents lines."""
    clean = text.replace("\r", "")
    repaired = repair(clean)
    lines = repaired.text.split("\n")
    numbers = repaired.origin or range(1, len(lines) + 1)
    assert len(numbers) == len(lines)
    assert all(1 <= number <= clean.count("\n") + 1 for number in numbers)
    for part in detect(repaired.text, "x"):
        assert part.output.text.count("\n") < len(lines)


@FEW
@given(st.binary(max_size=600))
def test_any_bytes_are_text_or_told_not_to_be(raw: bytes) -> None:
    """Nothing else is raised, and only line feeds end lines."""
    try:
        text = decode(raw, "x")
    except InputError:
        return
    assert "\r" not in text
    assert len(text.splitlines()) <= len(text.split("\n"))


PIECES = (
    *("a", "&", ">", "<b ", "0:", "2001: ", "'", '"', "\\n", "=", "{", "#", ": PSK ", "secret = ", "key ", "x\t"),
    *(
        "ISAKMP:(",
        "[IKE] ",
        '"a" #1: ',
        "%CRYPTO-4-X: ",
        "crypto map x ",
        "conn a ",
        "spi: 0x1 ",
        "#pkts encaps: 1 ",
        "Apr  9 07:12:01 ",
    ),
    *("ping 1 ", "interface: A ", "the a is ", "路由", "\u2022", "Peer = ", "* ", "- ", "1. "),
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_line_takes_seconds(tmp_path: Path, piece: str) -> None:
    """No expression takes quadratic time on one line. (test_one_long_line.py has the ratios, of every stage.)"""
    path = tmp_path / "x.txt"
    path.write_text(piece * (LONG // len(piece)))
    started = time.process_time()
    conclude_texts((read_device(str(path), KEY),))
    assert time.process_time() - started < MOST


@pytest.mark.parametrize("text", [REFUSED, WRONG_KEY], ids=["IOS", "charon"])
def test_a_log_on_one_line_takes_seconds(tmp_path: Path, text: str) -> None:
    """Real lines, joined."""
    path = tmp_path / "x.txt"
    path.write_text((text.replace("\n", " ") * (LONG // len(text)))[:LONG])
    started = time.process_time()
    conclude_texts((read_device(str(path), KEY),))
    assert time.process_time() - started < MOST

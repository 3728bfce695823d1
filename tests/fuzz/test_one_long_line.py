"""A text without line ends: no stage of `explain`, and none of the terminal, takes the square of its length."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from reading import HOST_LINES, IOS_LINES, KEY, READ

from ipsecbot.abridge.reading import Limits, read_text
from ipsecbot.collect import terminal
from ipsecbot.collect.redact import redact
from ipsecbot.errors import InputError
from ipsecbot.explain import conclude_texts
from ipsecbot.parse.detect import sort_out
from ipsecbot.parse.paste.decode import decode
from ipsecbot.parse.paste.repair import repair
from ipsecbot.pasted import read_device

SHAPES = (
    *("7", " ", ".", "(", "'", '"', ":", "/", "x", "<", "~", "|", "`", "{", "}", "A_", "a1.:-(", "0x", "0s", "://a:", "密钥"),
    *("\t ", "\x00", "\x08 ", "\r ", "\x1b[", "-- More", "--", "%A", "%A-", "%AAA-1-", "-1-B", "&nbsp;", "&#", "<script "),
    *("0xdeadbeef ", "ABCDEF01", "10.0.0.1 ", "2001:db8:", "word ", "a:", "1:", "#1: ", "<1>", "a|", "x=y ", "{a{", "=[ "),
    *("\\n", "· ", "> ", "ISAKMP:(0):", "05[IKE] ", "*Mar  1 00:21:17.007: ", "Jun  3 10:00:00 gw ", '"a" #1: ', "R1#"),
    *('PSK "', "secret ", "key ", "crypto isakmp key ", "interface ", 'secrets { ike-1 { secret = "hello there" } } '),
    *(" ".join(IOS_LINES) + " ", " ".join(HOST_LINES) + " "),
)
LENGTH = 32_000  # characters
PER_MEGABYTE = 2.0  # seconds; what takes less need not be measured twice
WORST = 9.0  # four times the text: proportion would be 4, a square 16


def _explain(text: str, folder: Path) -> None:
    path = folder / "line.txt"
    path.write_text(text)
    conclude_texts((read_device(str(path), KEY),))


def _abridge(text: str) -> None:
    """As a text above the limit, in blocks, with room for a third of it."""
    read_text(BytesIO(text.encode()), "line", Limits(1, len(text) // 3, 10_000))


STAGES: dict[str, Callable[[str], object]] = {
    "decode": lambda text: decode(text.encode(), "line"),
    "repair": repair,
    "redact": lambda text: redact(text, None, KEY),
    "detect": lambda text: sort_out(text, "line", "r1"),
    "abridge": _abridge,
    **{name: READ[name] for name in ("ios log", "charon log", "pluto log")},
    "terminal: what paging left": terminal._tidy,
    "terminal: pushed messages": terminal._is_pushed,
    "terminal: the pager": lambda text: terminal._asks_for_a_key(text, 0),
    "terminal: behind the prompt": lambda text: terminal._without_pushed(f"{text}\n"),
    "terminal: escapes": lambda text: terminal._CONTROL.sub("", text),
}


@pytest.mark.parametrize("name", [*STAGES, "explain"])
def test_no_square(name: str, tmp_path: Path) -> None:
    """Each stage on each shape, by processor time; a bad ratio is measured again before it counts."""
    stage = STAGES.get(name) or (lambda text: _explain(text, tmp_path))
    slow = [shape for shape in SHAPES if _seconds(stage, shape, LENGTH) > LENGTH / 1e6 * PER_MEGABYTE]
    bad = [shape for shape in slow if _ratio(stage, shape) > WORST]
    assert not bad


def _ratio(stage: Callable[[str], object], shape: str) -> float:
    return min(_seconds(stage, shape, LENGTH) / max(_seconds(stage, shape, LENGTH // 4), 1e-6) for _ in range(3))


def _seconds(stage: Callable[[str], object], shape: str, length: int) -> float:
    text = (shape * (length // len(shape) + 1))[:length]
    began = time.process_time()
    with contextlib.suppress(InputError):  # nothing but blanks: said in one sentence
        stage(text)
    return time.process_time() - began

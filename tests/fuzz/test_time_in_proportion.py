"""Long runs of anything: four times the text takes about four times the time, never sixteen times."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from reading import READ

SHAPES = (
    *("7", " ", ".", "(", ")", "'", '"', ":", "=", "/", "x", "<", "A_", "a1.:-("),
    *("0xdeadbeef ", "ABCDEF01", "&nbsp;", "&", "10.0.0.1 ", "2001:db8:", "word ", "\t "),
    *("ISAKMP:(0):", "05[IKE] ", "IKEv2:(SESSION ID = 5,SA ID = 1):", "*Mar  1 00:21:17.007: ", '"a" #1: ', "R1#"),
    *("secret ", "crypto isakmp key ", "x\n", " \n", "{\n", '"\n', ".\n", "conn x\n", "05[IKE] <c|1>\n", "密钥"),
)
SHORT = 1_500  # characters
WORTH_A_LOOK = 0.1  # seconds for four times as many: a square would take longer
WORST = 9.0  # proportion would be 4, a square 16


@pytest.mark.parametrize("name", READ)
def test_no_square(name: str) -> None:
    """Each reader on each shape, by processor time; a bad ratio is measured again before it counts."""
    slow = [shape for shape in SHAPES if _seconds(READ[name], shape, 4) > WORTH_A_LOOK]
    bad = [shape for shape in slow if _ratio(READ[name], shape) > WORST]
    assert not bad


def _ratio(read: Callable[[str], object], shape: str) -> float:
    return min(_seconds(read, shape, 4) / max(_seconds(read, shape, 1), 1e-6) for _ in range(2))


def _seconds(read: Callable[[str], object], shape: str, times: int) -> float:
    size = SHORT * times
    text = (shape * (size // len(shape) + 1))[:size]
    began = time.process_time()
    read(text)
    return time.process_time() - began

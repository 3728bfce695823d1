from __future__ import annotations

import struct
import zlib
from dataclasses import replace

from report_sample import diagnosis

from ipsecbot.ladder.climb import Ladder
from ipsecbot.report.png import to_png


def ink(png: bytes) -> tuple[int, int, int]:
    """(width, height, bytes that are neither white nor opaque) of an 8-bit RGBA PNG."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, len(zlib.compress(zlib.decompress(data)))


def test_the_picture_has_its_text() -> None:
    """Text vanishes silently without fonts: the drawn ladder must hold clearly more than the same picture without words."""
    page = diagnosis()
    blank = replace(page, tunnel=replace(page.tunnel, ladder=Ladder(), left=page.tunnel.left))
    drawn, empty = to_png(page), to_png(blank)
    assert drawn.startswith(b"\x89PNG")
    assert ink(drawn)[1] > ink(empty)[1]
    assert ink(drawn)[2] > 3 * ink(empty)[2]

"""SPIs as IOS prints them: `0x45F16A9A(1173449370)`, the same number twice."""

from __future__ import annotations

import re

_TWICE = re.compile(r"(?<![\w.])0x(?P<hex>[0-9A-Fa-f]{1,8})(?P<open>\(?)(?P<decimal>\d*)(?P<close>\)?)")


def is_damaged_spi(text: str) -> bool:
    """Whether a part of the first SPI in `text` was lost: its two forms differ, or a bracket closes that was never opened.

    `0x221A(8730)` is whole, so is `0x221A` (older releases print it once) and `0x221A()` (only the second form is gone);
    `0x22)` lost what stood between, and `0x221A(87)` does not say which of its forms is right.
    """
    match = _TWICE.search(text)
    if match is None:
        return False
    if match["close"] and not match["open"]:
        return True
    return bool(match["decimal"] and match["open"]) and int(match["decimal"]) != int(match["hex"], 16)

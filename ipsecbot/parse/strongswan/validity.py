"""Whether a certificate that charon calls invalid is over or not begun, by the time of the line that says so."""

from __future__ import annotations

import re
from datetime import datetime

from ipsecbot.parse.clock import UNKNOWN_YEAR

_SPAN = re.compile(r"(.+?) to (.+)")
_TIME = "%b %d %H:%M:%S %Y"


def validity_attribute(span: str, at: datetime | None) -> str | None:
    """`Oct 09 10:35:35 2022 to Oct 09 10:35:35 2023` at a time → `expired` or `not-yet-valid`.

    None where the times do not tell (a clock that is wrong, a zone that is not printed). A line without a time speaks of a
    certificate outside its validity, and most of those have been valid once.
    """
    match = _SPAN.fullmatch(span.strip().replace(", UTC", "").replace(" UTC", ""))
    if match is None:
        return None
    if at is None:
        return "expired"
    try:
        begin, end = (datetime.strptime(" ".join(text.replace(",", "").split()), _TIME) for text in match.groups())
    except ValueError:
        return None
    now = at.replace(tzinfo=None)
    if now.year == UNKNOWN_YEAR:
        return "expired"  # outside its validity, and that is how certificates mostly are
    return "expired" if now > end else "not-yet-valid" if now < begin else None

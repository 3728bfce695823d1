"""Sections beside `connections` that only serve to be referred to (`east : base { … }`), which may stand before everything that
tells a swanctl.conf. Source: strongswan.conf(5), "REFERENCING OTHER SECTIONS"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEAD = re.compile(r"\s{0,8}(?P<name>[\w-]{1,80})\s{0,8}(?::\s{0,8}[\w.,\s-]{1,200})?\{\s*(?:#.*)?$")
_REFERENCE = re.compile(r"\s{0,80}[\w-]{1,80}\s{0,8}:\s{0,8}(?P<names>[\w.-]+(?:\s*,\s*[\w.-]+)*)\s*\{")
_LONGEST = 400  # characters of a line; the head of a section has fewer


def bases(lines: Sequence[str]) -> list[int]:
    """The lines (from 0) of every top-level section that another section refers to by name. Linear."""
    heads = [line for line in lines if "{" in line and len(line) < _LONGEST]
    references = (match["names"].split(",") for line in heads if ":" in line and (match := _REFERENCE.match(line)))
    wanted = {name.strip().partition(".")[0] for names in references for name in names}
    found: list[int] = []
    if not wanted:
        return found
    depth, open_since = 0, None
    for number, line in enumerate(lines):
        if depth == 0 and "{" in line:
            head = _HEAD.match(line[:_LONGEST])
            open_since = number if head is not None and head["name"] in wanted else None
        code = line.partition("#")[0]
        depth = max(depth + code.count("{") - code.count("}"), 0)
        if depth == 0 and open_since is not None:
            found += range(open_since, number + 1)
            open_since = None
    return found

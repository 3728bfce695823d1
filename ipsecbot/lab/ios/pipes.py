"""`| include`, `exclude`, `begin`, `section` and `count`, as IOS filters an answer."""

from __future__ import annotations

import re

FILTERS = ("include", "exclude", "begin", "section", "count")


def _sections(lines: list[str], wanted: re.Pattern[str]) -> list[str]:
    """A line that matches, with everything that is indented deeper below it."""
    kept: list[str] = []
    depth: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent > depth and line.strip():
            kept.append(line)
        elif wanted.search(line):
            depth = indent
            kept.append(line)
        else:
            depth = None
    return kept


def filtered(text: str, pipe: str) -> str | None:
    """The answer after one filter; None when the filter itself is not understood."""
    word, _, expression = pipe.strip().partition(" ")
    names = [name for name in FILTERS if word and name.startswith(word)]
    if len(names) != 1 or not expression.strip():
        return None
    try:
        wanted = re.compile(expression.strip())
    except re.error:
        return None
    lines = text.split("\n")
    if names[0] == "include":
        kept = [line for line in lines if wanted.search(line)]
    elif names[0] == "exclude":
        kept = [line for line in lines if line and not wanted.search(line)]
    elif names[0] == "section":
        kept = _sections(lines, wanted)
    elif names[0] == "count":
        kept = [f"Number of lines which match regexp = {sum(bool(wanted.search(line)) for line in lines)}"]
    else:
        start = next((index for index, line in enumerate(lines) if wanted.search(line)), len(lines))
        kept = lines[start:]
    return "\n".join(kept) + ("\n" if kept else "")

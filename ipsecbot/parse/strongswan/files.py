"""The configuration files that were read on one host, and which of them an `include` names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import RawOutput

# A secret that was not fingerprinted when it was collected must not travel on in a quoted line.
_PLAIN = re.compile(r"""\b(secret|pin)(\s*=\s*)(?!"?<secret:)("[^"]*"?|[^\s#}]+)""")
_QUOTED = 500  # characters of a line that a source quotes: a whole file may stand in one
_WILDCARD = re.compile(r"[*?\[]")


def is_pattern(include: str) -> bool:
    """Whether an include may name no file at all without being wrong."""
    return _WILDCARD.search(include) is not None


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file: where it stood on the host, its text, and the lines of it (split once: every fact quotes one)."""

    device: str
    output: RawOutput
    path: PurePosixPath
    lines: tuple[str, ...] = field(compare=False, repr=False)

    @classmethod
    def of(cls, output: RawOutput, device: str) -> ConfigFile:
        """`output.name` is the path, or the command that printed it (`sudo -n cat /etc/ipsec.conf`)."""
        words = [word for word in output.name.split() if word.startswith("/")]
        return cls(device, output, PurePosixPath(words[-1] if words else output.name), tuple(output.text.split("\n")))

    def source(self, first: int, last: int | None = None) -> Source:
        """Where in this file something stands; lines count from 1."""
        lines = self.lines
        text = lines[first - 1][:_QUOTED].strip() if 0 < first <= len(lines) else ""
        return Source(self.device, self.output.name, first, last or first, _PLAIN.sub(r"\1\2<secret:unknown>", text))


def included(pattern: str, by: ConfigFile, files: tuple[ConfigFile, ...]) -> tuple[ConfigFile, ...]:
    """The files among `files` that an include in `by` names, in the order a shell would give them.

    As in strongswan.conf(5) and ipsec.conf(5): a relative name starts at the including file's folder, and a wildcard
    does not cross a `/`.
    """
    wanted = PurePosixPath(pattern) if pattern.startswith("/") else by.path.parent / pattern
    return tuple(sorted((file for file in files if file is not by and _matches(file.path, wanted)), key=lambda file: file.path))


def _matches(path: PurePosixPath, pattern: PurePosixPath) -> bool:
    return len(path.parts) == len(pattern.parts) and all(
        fnmatchcase(part, wanted) for part, wanted in zip(path.parts, pattern.parts, strict=True)
    )


def roots(files: tuple[ConfigFile, ...], includes: Iterator[tuple[ConfigFile, str]]) -> tuple[ConfigFile, ...]:
    """The files that no other of them includes: where reading starts."""
    children = {id(child) for parent, pattern in includes for child in included(pattern, parent, files)}
    return tuple(file for file in files if id(file) not in children) or files[:1]

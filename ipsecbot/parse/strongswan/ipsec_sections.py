"""The grammar of ipsec.conf: sections, `%default`, `also=` and includes.

Source: ipsec.conf(5) of strongSwan 5.9.8. Parameters are looked up as starter does: a section's own ones win, then those of
its `also=` sections (the last named wins), then those of `conn %default` (`ca %default`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ipsecbot.model.evidence import Source
from ipsecbot.parse.strongswan.files import ConfigFile, included, is_pattern, roots
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.secrets import is_secret_line
from ipsecbot.parse.strongswan.settings import DEPTH

DEFAULT = "%default"
_HEADER = re.compile(r"^\s*(config|conn|ca)\s+(\S+)\s*$")
_INCLUDE = re.compile(r"^\s*include\s+(\"[^\"]*\"|[^\s=]+)\s*$")
_VERSION = re.compile(r"^\s*version\s+\d")
_PARAMETER = re.compile(r"^\s*([A-Za-z0-9_.\-]+)\s*=\s*(.*)$", re.DOTALL)
_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$).*$")
_QUOTED = re.compile(r'^"((?:[^"\\]|\\.)*)"\s*$', re.DOTALL)
_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameter:
    key: str
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class IpsecSection:
    """`conn NAME`, `ca NAME` or `config setup`; of a parameter given twice the last counts."""

    kind: str
    name: str
    source: Source
    parameters: tuple[Parameter, ...] = ()

    def parameter(self, key: str) -> Parameter | None:
        """The parameter in force; an empty value stands for the default (None)."""
        found = next((one for one in self.parameters if one.key == key), None)
        return found if found is not None and found.value else None

    def first(self, *keys: str) -> Parameter | None:
        """The first of several names of one parameter that is set (`lifetime`, `keylife`)."""
        return next((found for key in keys if (found := self.parameter(key)) is not None), None)


def read_sections(files: tuple[ConfigFile, ...], notes: Notes, *, complete: bool = False) -> tuple[IpsecSection, ...]:
    """Every section of all files in order, with what it inherits; sections of one name are one."""
    includes = ((file, match[1].strip('"')) for file in files for line in file.lines if (match := _INCLUDE.match(line)))
    collected: dict[tuple[str, str], IpsecSection] = {}
    for file in roots(files, includes):
        _Collector(files, collected, notes, complete).collect(file, 0)
    return tuple(_resolved(section, collected, notes) for section in collected.values() if section.name != DEFAULT)


class _Collector:
    """Sections as the lines of one root file and its includes bring them."""

    def __init__(
        self,
        files: tuple[ConfigFile, ...],
        into: dict[tuple[str, str], IpsecSection],
        notes: Notes,
        complete: bool,
    ) -> None:
        self.files, self.into, self.notes, self.complete = files, into, notes, complete
        self.key: tuple[str, str] | None = None

    def collect(self, file: ConfigFile, depth: int) -> None:
        for first, last, line in _logical_lines(file):
            source = file.source(first, last)
            if match := _INCLUDE.match(line):
                self._include(match[1].strip('"'), file, source, depth)
            elif match := _HEADER.match(line):
                self.key = match[1], match[2]
                self.into.setdefault(self.key, IpsecSection(match[1], match[2], source))
            elif match := _PARAMETER.match(line):
                self._parameter(Parameter(match[1], _value(match[2]), source))
            elif not _VERSION.match(line) and not is_secret_line(line):
                self.notes.gap(source, "not understood")

    def _include(self, pattern: str, file: ConfigFile, source: Source, depth: int) -> None:
        found = included(pattern, file, self.files) if depth < DEPTH else ()
        if not found and not (is_pattern(pattern) and self.complete):
            self.notes.gap(source, "no file that this line includes was read")
        for child in found:
            self.collect(child, depth + 1)

    def _parameter(self, parameter: Parameter) -> None:
        if self.key is None:
            self.notes.gap(parameter.source, "a parameter outside of any section")
            return
        section = self.into[self.key]
        # also= may stand several times, in order; of all others the last counts
        kept = tuple(one for one in section.parameters if one.key != parameter.key or one.key == "also")
        self.into[self.key] = replace(section, parameters=(*kept, parameter))


def _logical_lines(file: ConfigFile) -> Iterator[tuple[int, int, str]]:
    """Lines without comments and blank ones; a quoted value that is still open takes the next line along."""
    pending, first = "", 0
    for number, raw in enumerate(file.lines, 1):
        if pending:
            line = pending + "\n" + raw
        else:
            line, first = _COMMENT.sub("", raw.rstrip("\r")), number
        if line.count('"') % 2 and number - first < 20 and line.rstrip().endswith("\\"):
            pending = line
            continue
        pending = ""
        if line.strip():
            yield first, number, line.rstrip()


def _value(text: str) -> str:
    if match := _QUOTED.match(text.strip()):
        return _ESCAPE.sub(lambda escape: "" if escape[1] == "\n" else escape[1], match[1])
    return " ".join(text.split())


def _resolved(section: IpsecSection, sections: dict[tuple[str, str], IpsecSection], notes: Notes) -> IpsecSection:
    parameters = {one.key: one for one in section.parameters if one.key != "also"}
    for inherited in _also(section, sections, notes, {section.name}):
        parameters.setdefault(inherited.key, inherited)
    default = sections.get((section.kind, DEFAULT))
    for inherited in default.parameters if default else ():
        parameters.setdefault(inherited.key, inherited)
    return replace(section, parameters=tuple(parameters.values()))


def _also(
    section: IpsecSection, sections: dict[tuple[str, str], IpsecSection], notes: Notes, seen: set[str]
) -> Iterator[Parameter]:
    """What `also=` brings, strongest first."""
    for also in reversed([one for one in section.parameters if one.key == "also"]):
        other = sections.get((section.kind, also.value))
        if other is None:
            notes.gap(also.source, f"the section {also.value} was not read")
        elif other.name not in seen:
            seen.add(other.name)
            yield from (one for one in other.parameters if one.key != "also")
            yield from _also(other, sections, notes, seen)

"""The grammar of ipsec.conf: sections, `%default`, `also=` and includes.

Source: ipsec.conf(5) of strongSwan 5.9.8, tried against its starter. Parameters are looked up as starter does: a section's own
ones win, then those of its `also=` sections (the last named first, each with its own), then those of `conn %default`
(`ca %default`). A mistake costs its own line here, while starter refuses the whole file: `Sections.broken` says so.
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
_HEADER = re.compile(r"(config|conn|ca)\s+(\"[^\"]*\"|[^\s\"#=]+)\s*(?:#.*)?$")
_INCLUDE = re.compile(r"^\s*include\s+(\"[^\"]*\"|[^\s=#]+)\s*(?:#.*)?$")
_VERSION = re.compile(r"[\t ]*version\b")
_PARAMETER = re.compile(r"[\t ]*([^\s=\"#]+)\s*=(.*)$", re.DOTALL)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:@#)?[^"#=\s]+)|(=)|(\#)|([ \t\r\n]+)|(")', re.DOTALL)
_INDENTED = re.compile(r"[ \t]+[A-Za-z]\w*\s*=")
_ESCAPE = re.compile(r"\\(\r?\n|.)", re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_LINES = 20  # that one quoted value may span


@dataclass(frozen=True, slots=True)
class Parameter:
    """`key=value`; an empty value stands for the default unless it is a quoted empty string."""

    key: str
    value: str
    source: Source
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class IpsecSection:
    """`conn NAME`, `ca NAME` or `config setup`; of a parameter given twice the last counts.

    `parameters`: the section's own and then those of each section it inherits from, in starter's order (by name).
    """

    kind: str
    name: str
    source: Source
    parameters: tuple[Parameter, ...] = ()

    def parameter(self, key: str) -> Parameter | None:
        """The parameter in force; an empty value stands for the default (None)."""
        found = next((one for one in self.parameters if one.key == key), None)
        return found if found is not None and not found.cleared else None

    def first(self, *keys: str) -> Parameter | None:
        """The first of several names of one parameter that is set (`lifetime`, `keylife`)."""
        return next((found for key in keys if (found := self.parameter(key)) is not None), None)


@dataclass(frozen=True, slots=True)
class Sections:
    """Every section of all files in order, and the lines for which starter refuses the whole file."""

    all: tuple[IpsecSection, ...]
    broken: tuple[tuple[str, Source], ...] = ()

    def setup(self) -> IpsecSection | None:
        return next((one for one in self.all if one.kind == "config"), None)


def read_sections(files: tuple[ConfigFile, ...], notes: Notes, *, complete: bool = False) -> Sections:
    """Every section of all files in order, with what it inherits; sections of one name are one."""
    includes = ((file, match[1].strip('"')) for file in files for line in file.lines if (match := _INCLUDE.match(line)))
    collector = _Collector(files, notes, complete)
    for file in roots(files, includes):
        collector.collect(file, 0)
    inheritance = _Inheritance(collector)
    resolved = tuple(inheritance.resolved(section) for section in collector.into.values() if section.name != DEFAULT)
    return Sections(resolved, tuple(collector.broken))


class _Collector:
    """Sections as the lines of one root file and its includes bring them."""

    def __init__(self, files: tuple[ConfigFile, ...], notes: Notes, complete: bool) -> None:
        self.files, self.notes, self.complete = files, notes, complete
        self.into: dict[tuple[str, str], IpsecSection] = {}
        self.broken: list[tuple[str, Source]] = []
        self.key: tuple[str, str] | None = None

    def collect(self, file: ConfigFile, depth: int) -> None:
        indented = any(_INDENTED.match(line) for line in file.lines)  # a paste may have lost all of it
        for first, last, line in _logical_lines(file):
            source = file.source(first, last)
            if match := _INCLUDE.match(line):
                self._include(match[1].strip('"'), file, source, depth)
            elif match := _HEADER.match(line.strip()):
                self._header(match[1], match[2].strip('"'), line, source)
            elif match := _PARAMETER.match(line):
                if indented and not line[:1].isspace():
                    self.breaks("a parameter must not begin at the beginning of its line", source)
                self._parameter(match[1], match[2], source)
            elif not _VERSION.match(line) and not is_secret_line(line):
                self.notes.gap(source, "not understood")
                self.breaks("syntax error", source)

    def breaks(self, why: str, source: Source) -> None:
        self.broken.append((why, source))

    def _header(self, kind: str, name: str, line: str, source: Source) -> None:
        if line[:1].isspace():
            self.breaks("a section must begin at the beginning of its line", source)
        self.key = kind, name
        self.into.setdefault(self.key, IpsecSection(kind, name, source))

    def _include(self, pattern: str, file: ConfigFile, source: Source, depth: int) -> None:
        found = included(pattern, file, self.files) if depth < DEPTH else ()
        if not found and not (is_pattern(pattern) and self.complete):
            self.notes.gap(source, "no file that this line includes was read")
        for child in found:
            self.collect(child, depth + 1)

    def _parameter(self, key: str, text: str, source: Source) -> None:
        words, error = _words(text)
        if error:
            self.breaks(error, source)
        if self.key is None:
            self.notes.gap(source, "a parameter outside of any section")
            return
        section = self.into[self.key]
        # also= may stand several times, in order; of all others the last counts
        kept = tuple(one for one in section.parameters if one.key != key or one.key == "also")
        parameter = Parameter(key, " ".join(words), source, cleared=not words)
        self.into[self.key] = replace(section, parameters=(*kept, parameter))


def _logical_lines(file: ConfigFile) -> Iterator[tuple[int, int, str]]:
    """Lines that say something; a quoted value that is still open takes the next lines along."""
    pending, first = "", 0
    for number, raw in enumerate(file.lines, 1):
        line, first = (f"{pending}\n{raw}", first) if pending else (raw.rstrip("\r"), number)
        pending = ""
        if number - first < _LINES and number < len(file.lines) and _is_open(line):
            pending = line
        elif line.strip() and not line.lstrip().startswith("#"):
            yield first, number, line.rstrip()


def _is_open(line: str) -> bool:
    """Whether a quoted string has begun that does not end."""
    return '"' in line and any(word[6] for word in _WORD.finditer(line.partition("#")[0] if line.count('"') == 1 else line))


def _words(text: str) -> tuple[list[str], str]:
    """The words of a value, quotes undone, and what starter does not take in it."""
    words: list[str] = []
    error = ""
    for match in _WORD.finditer(text):
        quoted, plain, equals, comment, _, open_quote = match.groups()
        if comment:
            break
        if quoted is not None:
            words.append(_ESCAPE.sub(lambda one: "" if one[1].endswith("\n") else _CONTROL.get(one[1], one[1]), quoted))
        elif plain is not None:
            words.append(plain)
        elif equals is not None:
            error = "an equals sign in a value that is not quoted"
            return text.partition("#")[0].split(), error
        elif open_quote is not None:
            error = "a quoted string does not end"
    return words, error


class _Inheritance:
    """What `also=` brings, as starter puts it in a line: each section once, at the last place it would stand."""

    def __init__(self, collector: _Collector) -> None:
        self.sections, self.collector = collector.into, collector
        self.parents: dict[tuple[str, str], tuple[IpsecSection, ...]] = {}

    def resolved(self, section: IpsecSection) -> IpsecSection:
        chain = (section, *self._parents(section, ()))
        parameters: dict[str, Parameter] = {}
        for one in chain:
            for parameter in sorted(one.parameters, key=lambda each: each.key):
                if parameter.key != "also":
                    parameters.setdefault(parameter.key, parameter)
        return replace(section, parameters=tuple(parameters.values()))

    def _parents(self, section: IpsecSection, below: tuple[str, ...]) -> tuple[IpsecSection, ...]:
        key = section.kind, section.name
        if key not in self.parents:
            found = [one for also in reversed(section.parameters) for one in self._named(section, also, (*below, section.name))]
            default = self.sections.get((section.kind, DEFAULT))
            if not found and default is not None and section is not default:
                found = [default]
            names = [one.name for one in found]
            last = (one for at, one in enumerate(found) if one.name not in names[at + 1 :])
            self.parents[key] = tuple(last)
        return self.parents[key]

    def _named(self, section: IpsecSection, also: Parameter, below: tuple[str, ...]) -> tuple[IpsecSection, ...]:
        if also.key != "also" or also.value in ("", DEFAULT):
            return ()
        other = self.sections.get((section.kind, also.value))
        if other is None or other.name in below:
            why = "was not read" if other is None else "leads back to this one"
            self.collector.notes.gap(also.source, f"the section {also.value} {why}")
            self.collector.breaks(f"the section {also.value} {why}", also.source)
            return ()
        return (other, *self._parents(other, below))

"""The grammar of swanctl.conf and strongswan.conf: sections, settings, references and includes.

Source: strongswan.conf(5), "SYNTAX", "REFERENCING OTHER SECTIONS" and "INCLUDING FILES", tried against
`swanctl --list-conns` of strongSwan 5.9.8. A value ends with its line, at `#` or at `}`; words in it are joined by one blank;
a quoted string may span lines. A mistake is a gap and costs no more than its own statement, whereas strongSwan itself then
refuses the whole file: `Settings.broken` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import Gap
from ipsecbot.parse.strongswan.files import ConfigFile, included, is_pattern, roots

DEPTH = 10  # nesting of includes and references that is followed
NESTING = 40  # sections inside sections; no real file comes near


@dataclass(frozen=True, slots=True)
class Setting:
    """`key = value`. `cleared`: nothing stands behind `=`, which takes an inherited value away; `key = ""` is a value."""

    key: str
    value: str
    source: Source
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One section with everything that later and included sections of its name, and references, add to it."""

    name: str
    source: Source | None = None
    settings: tuple[Setting, ...] = ()
    sections: tuple[Section, ...] = ()
    references: tuple[str, ...] = ()

    def setting(self, key: str) -> Setting | None:
        """The setting in force, None where there is none or nothing behind `=` cleared it."""
        found = next((one for one in self.settings if one.key == key), None)
        return found if found is not None and not found.cleared else None

    def section(self, name: str) -> Section | None:
        return next((one for one in self.sections if one.name == name), None)

    def starting(self, prefix: str) -> tuple[Section, ...]:
        """Sub-sections whose name starts with `prefix`, in file order (`local`, `local-2`, `ike-branch`)."""
        return tuple(one for one in self.sections if one.name.startswith(prefix))


@dataclass(frozen=True, slots=True)
class Settings:
    """All files of one kind as one tree. `broken`: the syntax errors for which the daemon refuses the file."""

    root: Section
    gaps: tuple[Gap, ...] = ()
    broken: tuple[Source, ...] = ()


_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<line>\n)|(?P<include>include[ \t]+(?![=]))
      |(?P<mark>[{}:,.=])|(?P<quote>")|(?P<name>[^\#{}:.,="\r\n\t ]+)""",
    re.VERBOSE,
)
_WORD = re.compile(r'[^#}"\r\n\t ]+')
_REFERENCE = re.compile(r"[ \t\r]*([^#{}:,=\"\r\n\t ]+)[ \t\r]*(,?)\s*")
_STRING = re.compile(r'"((?:[^"\\]|\\.|\\\n)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(\r?\n|.)", re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(slots=True)
class _Open:
    """A section while its lines are being read; `items` keeps settings, sections and includes in file order."""

    name: str
    line: int
    references: tuple[str, ...] = ()
    items: list[Setting | _Open | tuple[str, int]] = field(default_factory=list)


class _Reader:
    """One file."""

    def __init__(self, file: ConfigFile) -> None:
        self.file, self.text = file, file.output.text
        self.at, self.line = 0, 1
        self.broken: list[Source] = []
        self.root = _Open("", 1)
        self.stack = [self.root]

    def read(self) -> _Open:
        while self.at < len(self.text):
            start = self.at
            self._statement()
            if self.at == start:
                self._skip_line("not understood")
        if len(self.stack) > 1:
            self.broken.append(self.file.source(self.stack[-1].line))
        return self.root

    def _statement(self) -> None:
        token = _TOKEN.match(self.text, self.at)
        if token is None:
            return
        kind, first = token.lastgroup, self.line
        if kind in ("blank", "line"):
            self._advance(token.end())
        elif kind == "include":
            self._advance(token.end())
            self.stack[-1].items.append((" ".join(self._words()), first))
        elif kind == "mark" and token[0] == "}" and len(self.stack) > 1:
            self._advance(token.end())
            self.stack.pop()
        elif kind == "name":
            self._advance(token.end())
            self._named(token[0], first)

    def _named(self, name: str, first: int) -> None:
        after = self.at, self.line
        self._blank()
        references: tuple[str, ...] = ()
        if self._peek() == ":":
            self._advance(self.at + 1)
            references = self._references()
            self._blank()
        if self._peek() == "{" and len(self.stack) < NESTING:
            self._advance(self.at + 1)
            section = _Open(name, first, references)
            self.stack[-1].items.append(section)
            self.stack.append(section)
        elif self._peek() == "=":
            self._advance(self.at + 1)
            words = self._words()
            source = self.file.source(first, self.line)
            self.stack[-1].items.append(Setting(name, " ".join(words), source, cleared=not words))
        else:
            self.at, self.line = after
            self._skip_line(f"{name} is neither a section nor a setting")

    def _references(self) -> tuple[str, ...]:
        names: list[str] = []
        while match := _REFERENCE.match(self.text, self.at):
            names.append(match[1])
            self._advance(match.end())
            if not match[2]:
                break
        return tuple(names)

    def _words(self) -> list[str]:
        words: list[str] = []
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in "#}\n":
                break
            if here in " \t\r":
                self._advance(self.at + 1)
            elif here == '"':
                match = _STRING.match(self.text, self.at)
                if match is None:
                    self._skip_line("the quoted string does not end")
                    break
                words.append(_ESCAPE.sub(_unescape, match[1]))
                self._advance(match.end())
            else:
                match = _WORD.match(self.text, self.at)
                assert match is not None
                words.append(match[0])
                self._advance(match.end())
        return words

    def _blank(self) -> None:
        while (token := _TOKEN.match(self.text, self.at)) and token.lastgroup in ("blank", "line"):
            self._advance(token.end())

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _advance(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _skip_line(self, why: str) -> None:
        source = self.file.source(self.line)
        self.broken.append(replace(source, text=f"{source.text} ({why})"))
        end = self.text.find("\n", self.at)
        self._advance(len(self.text) if end < 0 else end)


def _unescape(match: re.Match[str]) -> str:
    return "" if match[1].endswith("\n") else _CONTROL.get(match[1], match[1])


def read_settings(files: tuple[ConfigFile, ...], *, complete: bool = False) -> Settings:
    """All `files` of one kind as one tree, included ones at their place.

    An include that names no file among them is a gap, unless it is a pattern and `complete` says that nothing is missed
    by it (what really runs is known from elsewhere). Never raises on any text.
    """
    readers = tuple(_Reader(file) for file in files)
    opened = {id(reader.file): reader.read() for reader in readers}
    gaps: list[Gap] = []

    def build(section: _Open, file: ConfigFile, depth: int) -> Section:
        built = Section(section.name, file.source(section.line), references=section.references)
        for item in section.items:
            if isinstance(item, Setting):
                built = _with_setting(built, item)
            elif isinstance(item, _Open):
                built = _with_section(built, build(item, file, depth))
            else:
                built = include(built, file, *item, depth)
        return built

    def include(into: Section, by: ConfigFile, pattern: str, line: int, depth: int) -> Section:
        found = included(pattern, by, files) if depth < DEPTH else ()
        if not found and not (is_pattern(pattern) and complete):
            text = by.source(line).text
            gaps.append(Gap(by.device, by.output.name, "no file that this line includes was read", line, text))
        for file in found:
            into = _extended(into, build(opened[id(file)], file, depth + 1))
        return into

    root = Section("")
    for file in roots(files, _includes(readers)):
        root = _extended(root, build(opened[id(file)], file, 0))
    broken = tuple(source for reader in readers for source in reader.broken)
    gaps += [Gap(one.device, one.output, "syntax error", one.first_line, one.text) for one in broken]
    return Settings(_resolved(root, root, 0), tuple(gaps), broken)


def _includes(readers: tuple[_Reader, ...]) -> Iterator[tuple[ConfigFile, str]]:
    def inside(section: _Open) -> Iterator[str]:
        for item in section.items:
            if isinstance(item, tuple):
                yield item[0]
            elif isinstance(item, _Open):
                yield from inside(item)

    return ((reader.file, pattern) for reader in readers for pattern in inside(reader.root))


def _with_setting(section: Section, setting: Setting) -> Section:
    if all(one.key != setting.key for one in section.settings):
        return replace(section, settings=(*section.settings, setting))
    return replace(section, settings=tuple(setting if one.key == setting.key else one for one in section.settings))


def _with_section(section: Section, child: Section) -> Section:
    if section.section(child.name) is None:
        return replace(section, sections=(*section.sections, child))
    merged = tuple(_extended(one, child) if one.name == child.name else one for one in section.sections)
    return replace(section, sections=merged)


def _extended(section: Section, later: Section) -> Section:
    """`section` after the same section was read again: later values win."""
    for setting in later.settings:
        section = _with_setting(section, setting)
    for child in later.sections:
        section = _with_section(section, child)
    return replace(section, references=(*section.references, *later.references))


def _resolved(section: Section, root: Section, depth: int) -> Section:
    """`section` with what it inherits; its own settings win, and inherited sections follow its own."""
    for name in section.references if depth < DEPTH else ():
        inherited = _find(root, name)
        if inherited is not None:
            section = _inheriting(section, _resolved(inherited, root, depth + 1))
    return replace(section, sections=tuple(_resolved(child, root, depth) for child in section.sections))


def _inheriting(section: Section, inherited: Section) -> Section:
    own = {setting.key for setting in section.settings}
    settings = (*section.settings, *(one for one in inherited.settings if one.key not in own))
    names = {child.name for child in section.sections}
    children = [_inheriting(child, inherited.section(child.name) or Section(child.name)) for child in section.sections]
    children += [child for child in inherited.sections if child.name not in names]
    return replace(section, settings=settings, sections=tuple(children))


def _find(root: Section, path: str) -> Section | None:
    section: Section | None = root
    for name in path.split("."):
        section = section.section(name) if section is not None else None
    return section

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
from ipsecbot.parse.strongswan.sections import Node, Section, Setting, inherited

DEPTH = 10  # nesting of includes that is followed
NESTING = 40  # sections inside sections; no real file comes near


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
        elif self._peek() == "=" and not references:
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
    tree = _Tree(files, opened, complete)
    root = Node("")
    for file in roots(files, _includes(readers)):
        tree.add(root, opened[id(file)], file, 0)
    broken = tuple(source for reader in readers for source in reader.broken)
    gaps = [*tree.gaps, *(Gap(one.device, one.output, "syntax error", one.first_line, one.text) for one in broken)]
    return Settings(inherited(root), tuple(gaps), broken)


class _Tree:
    """All files put together: what stands later in a section of the same name adds to it and wins."""

    def __init__(self, files: tuple[ConfigFile, ...], opened: dict[int, _Open], complete: bool) -> None:
        self.files, self.opened, self.complete = files, opened, complete
        self.gaps: list[Gap] = []

    def add(self, into: Node, section: _Open, file: ConfigFile, depth: int) -> None:
        into.references += (one for one in section.references if one not in into.references)
        for item in section.items:
            if isinstance(item, Setting):
                into.settings[item.key] = item
            elif isinstance(item, _Open):
                node = into.sections.setdefault(item.name, Node(item.name, file.source(item.line)))
                self.add(node, item, file, depth)
            else:
                self._include(into, file, *item, depth)

    def _include(self, into: Node, by: ConfigFile, pattern: str, line: int, depth: int) -> None:
        found = included(pattern, by, self.files) if depth < DEPTH else ()
        if not found and not (is_pattern(pattern) and self.complete):
            text = by.source(line).text
            self.gaps.append(Gap(by.device, by.output.name, "no file that this line includes was read", line, text))
        for file in found:
            self.add(into, self.opened[id(file)], file, depth + 1)


def _includes(readers: tuple[_Reader, ...]) -> Iterator[tuple[ConfigFile, str]]:
    def inside(section: _Open) -> Iterator[str]:
        for item in section.items:
            if isinstance(item, tuple):
                yield item[0]
            elif isinstance(item, _Open):
                yield from inside(item)

    return ((reader.file, pattern) for reader in readers for pattern in inside(reader.root))

"""Sections of swanctl.conf and strongswan.conf, and what they inherit from the sections they refer to.

Source: strongswan.conf(5), "REFERENCING OTHER SECTIONS", tried against `swanctl --list-conns` of strongSwan 5.9.8: a reference
of a section brings its settings and sub-sections, a reference of a section above brings the sub-section of the same name there,
and a path in a reference (`base.children.net`) is itself followed through references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ipsecbot.model.evidence import Source

_DEEPEST = 30  # references through references; charon itself ends in a loop where they go round below each other


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


@dataclass(slots=True)
class Node:
    """A section while its files are being put together."""

    name: str
    source: Source | None = None
    settings: dict[str, Setting] = field(default_factory=dict)
    sections: dict[str, Node] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


def inherited(root: Node) -> Section:
    """`root` and everything below it with what it inherits: own settings win, inherited sections follow the own ones."""
    return _effective(root, (), (root,), root)


def _effective(root: Node, path: tuple[str, ...], layers: tuple[Node, ...], first: Node) -> Section:
    settings: dict[str, Setting] = {}
    names: dict[str, None] = {}
    for layer in layers:
        for key, setting in layer.settings.items():
            settings.setdefault(key, setting)
        names |= dict.fromkeys(layer.sections)
    sections = []
    for name in names if len(path) < _DEEPEST else ():
        inner = (*path, name)
        found: list[Node] = []
        _find(root, root, inner, found)
        if found:
            sections.append(_effective(root, inner, tuple(found), found[0]))
    return Section(first.name, first.source, tuple(settings.values()), tuple(sections), tuple(first.references))


def _find(root: Node, at: Node, path: tuple[str, ...], into: list[Node], depth: int = 0, *, follow: bool = True) -> None:
    """Every section that has a say at `path` below `at`, the strongest first."""
    if depth > _DEEPEST:
        return
    found = at.sections.get(path[0])
    if found is not None and len(path) > 1:
        _find(root, found, path[1:], into, depth + 1)
    elif found is not None and not any(found is one for one in into):
        into.append(found)
        for reference in found.references:
            _find(root, root, tuple(reference.split(".")), into, depth + 1)
    for reference in at.references if follow else ():
        for other in _referenced(root, reference, depth):
            _find(root, other, path, into, depth + 1, follow=False)


def _referenced(root: Node, reference: str, depth: int) -> Iterator[Node]:
    found: list[Node] = []
    _find(root, root, tuple(reference.split(".")), found, depth + 1)
    yield from found

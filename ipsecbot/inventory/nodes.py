"""YAML as nodes that know their line, and the checked reading of one mapping. Nothing here knows what a device is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import yaml

from ipsecbot.inventory.entries import InventoryProblem

T = TypeVar("T")


class Wrong(ValueError):
    """A value that cannot be used; the message is a plain sentence without the file and line."""


@dataclass(slots=True)
class Problems:
    """Collects what is wrong in one file, so that `check` can tell all of it at once."""

    path: str
    found: list[InventoryProblem] = field(default_factory=list)

    def add(self, node: yaml.Node | None, message: str) -> None:
        self.found.append(InventoryProblem(self.path, line_of(node), message))


def line_of(node: yaml.Node | None) -> int:
    """The line of a node, counted from 1; 0 without a node."""
    return 0 if node is None or node.start_mark is None else int(node.start_mark.line) + 1


def compose(path: Path, problems: Problems) -> yaml.MappingNode | None:
    """The root mapping of the file, or None after a problem was recorded."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.add(None, "this is not UTF-8 text.")
        return None
    except OSError as trouble:
        problems.add(None, f"the inventory cannot be read: {trouble.strerror or trouble}.")
        return None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as trouble:
        line = trouble.problem_mark.line + 1 if trouble.problem_mark else 0
        problems.found.append(InventoryProblem(problems.path, line, f"this is not valid YAML: {trouble.problem}."))
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as trouble:
        # ReaderError quotes the character, which may belong to a secret that somebody pasted
        reason = getattr(trouble, "reason", type(trouble).__name__)
        problems.add(None, f"this is not valid YAML: {reason}.")
        return None
    if root is None:
        problems.add(None, "the inventory is empty.")
        return None
    if not isinstance(root, yaml.MappingNode):
        problems.add(root, "the inventory must start with the keys defaults, devices and tunnels.")
        return None
    return root


class Fields:
    """One mapping read key by key: unknown, doubled and ill-typed keys are problems, every one with its line."""

    def __init__(self, node: yaml.Node, what: str, known: tuple[str, ...], problems: Problems) -> None:
        self.node, self.what, self._problems = node, what, problems
        self._values: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            problems.add(node, f"{what} must be written as key: value lines.")
            return
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in known:
                problems.add(key, f"{what} has no key {name!r}; it may have {', '.join(known)}.")
            elif name in self._values:
                problems.add(key, f"{what} has the key {name!r} twice.")
            else:
                self._values[name] = value

    def node_of(self, key: str) -> yaml.Node | None:
        return self._values.get(key)

    def has(self, key: str) -> bool:
        return key in self._values

    def scalar(self, key: str, read: Callable[[str], T], default: T) -> T:
        """The value of `key` as `read` understands it; `default` when it is missing or wrong."""
        node = self._values.get(key)
        if node is None:
            return default
        try:
            return read(scalar_text(node))
        except Wrong as wrong:
            self._problems.add(node, f"{key} of {self.what} {wrong}")
            return default

    def required(self, key: str, read: Callable[[str], T], default: T) -> T:
        if key not in self._values and isinstance(self.node, yaml.MappingNode):
            self._problems.add(self.node, f"{self.what} has no {key}.")
        return self.scalar(key, read, default)

    def items(self, key: str) -> Iterator[yaml.Node]:
        """The nodes of a list; nothing, and a problem, when it is no list."""
        node = self._values.get(key)
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        elif node is not None and not is_null(node):
            self._problems.add(node, f"{key} of {self.what} must be a list: lines that start with a dash.")


def is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def scalar_text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Wrong("must be one value, not a list or a mapping.")
    if is_null(node):
        raise Wrong("is empty.")
    return str(node.value)


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not lowest <= int(text) <= highest:
            raise Wrong(f"must be a whole number from {lowest} to {highest}.")
        return int(text)

    return read


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise Wrong(f"must be {' or '.join(words)}.")
        return text

    return read

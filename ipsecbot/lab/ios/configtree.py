"""A running-config as a tree of lines: by indentation, as IOS nests its submodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Block:
    """One line with the lines of its submode below it. `line` is stripped."""

    line: str
    children: list[Block] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return self.line.split()

    def child(self, *prefix: str) -> list[str] | None:
        """The words after `prefix` of the first child that begins with it, or None."""
        return next(self.each(*prefix), None)

    def each(self, *prefix: str) -> Iterator[list[str]]:
        for child in self.children:
            words = child.words
            if tuple(words[: len(prefix)]) == prefix:
                yield words[len(prefix) :]

    def has(self, line: str) -> bool:
        return any(child.line == line for child in self.children)


def read_tree(text: str) -> list[Block]:
    """Every top line with its children. `!`, `end` and empty lines carry nothing; `exit-address-family` neither."""
    roots: list[Block] = []
    stack: list[tuple[int, Block]] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("!") or line == "end":
            if raw.startswith("!"):
                stack.clear()
            continue
        indent = len(raw) - len(raw.lstrip())
        while stack and stack[-1][0] >= indent:
            stack.pop()
        block = Block(line)
        (stack[-1][1].children if stack else roots).append(block)
        stack.append((indent, block))
    return roots


def write_tree(blocks: list[Block]) -> str:
    """The text of a running-config: submodes indented by one blank, a `!` after each top block that has children."""
    lines: list[str] = []

    def put(block: Block, depth: int) -> None:
        lines.append(" " * depth + block.line)
        for child in block.children:
            put(child, depth + 1)

    for block in blocks:
        put(block, 0)
        if block.children:
            lines.append("!")
    return "\n".join(lines) + "\n"

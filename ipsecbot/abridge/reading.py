"""A stream of bytes → the text of it that is read: all of a short one, what tells something of a long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from ipsecbot.abridge.ledger import MOST_PEERS, Ledger, LeftOut
from ipsecbot.abridge.rows import LINE, sheet_of
from ipsecbot.parse.paste.decode import SAMPLE, Block, blocks, decode
from ipsecbot.parse.paste.telling import telling_rows

Watch = Callable[[str, int], None]  # which text is read, and how many bytes of it were


def unwatched(_name: str, _read: int) -> None:
    """For nobody."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`whole`: what a text may weigh to be read as it is (its bytes, and LINE for each line). `kept`: what the lines weigh that
    are kept of a heavier one. `block`: bytes that are looked at in one go. A text takes about ten times its size in memory
    until it is understood."""

    whole: int = 16_000_000
    kept: int = 16_000_000
    block: int = 4_000_000

    def share(self, parts: int) -> Limits:
        """For each of several texts."""
        return replace(self, whole=self.whole // parts, kept=self.kept // parts)


@dataclass(frozen=True, slots=True)
class Abridged:
    """What is read of a text. `numbers`: of each line, the number it has in the text given; None when nothing is missing.
    `left_out`: what there was no room for, as one sentence."""

    text: str
    numbers: Sequence[int] | None = None
    left_out: str | None = None


def read_text(
    stream: BinaryIO, name: str, limits: Limits | None = None, peer: str | None = None, watch: Watch = unwatched
) -> Abridged:
    """The text of a stream. Memory is bounded by `limits`, whatever its length. InputError when it is no text, OSError when it
    cannot be read."""
    limits = limits or Limits()
    head = stream.read(max(limits.whole + 1, SAMPLE))
    if len(head) + LINE * max(head.count(b"\n"), head.count(b"\r")) <= limits.whole:
        return Abridged(decode(head, name))
    ledger = Ledger(limits.kept, peer)
    for row in telling_rows(_watched(blocks(head, stream, name, limits.block), name, watch)):
        ledger.take(*row)
    sheet = sheet_of(ledger.rows())
    return Abridged(sheet.text, sheet.numbers, _sentence(ledger.left_out))


def _watched(found: Iterator[Block], name: str, watch: Watch) -> Iterator[Block]:
    read = 0
    for block in found:
        yield block
        read += len(block.text)
        watch(name, read)


def _sentence(left_out: LeftOut) -> str | None:
    if not left_out.lines:
        return None
    what = f"{left_out.lines} of the lines {left_out.first} to {left_out.last} were left out, since the text is long"
    if not left_out.negotiations:
        return f"{what}: give a part of it to see them"
    number = len(left_out.peers)
    peers = "one peer" if number == 1 else f"{'more than ' if number >= MOST_PEERS else ''}{number} peers"
    return (
        f"{what}: {left_out.negotiations} older negotiations of {peers}; of each kind the latest were read. Give a part of the "
        "text, or --peer, to see others"
    )

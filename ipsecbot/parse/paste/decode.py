"""Bytes of unknown encoding → text. What matters in it is ASCII; the encoding decides only about the prose around."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import IncrementalNewlineDecoder
from itertools import chain
from typing import BinaryIO

from ipsecbot.errors import InputError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of what people attach by mistake, and what to do instead.
_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"PK\x03\x04", "is an archive or an office document: give its text"),
    (b"%PDF-", "is a PDF: copy its text"),
    (b"\x89PNG", "is a picture: give the text"),
    (b"\xff\xd8\xff", "is a picture: give the text"),
    (b"\xd4\xc3\xb2\xa1", "is a packet capture: give debugs or logs"),
    (b"\xa1\xb2\xc3\xd4", "is a packet capture: give debugs or logs"),
    (b"\n\r\r\n", "is a packet capture: give debugs or logs"),
)
SAMPLE = 65536
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_RUNS = re.compile(rb"[\x80-\xff]{4,}")
# str.splitlines() knows more line ends than an editor does; only the line feed counts here.
_BREAKS = re.compile("\r\n|\r")
_OTHER_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a long text, the first of which has the number `first` (from 1)."""

    first: int
    text: str


def decode(raw: bytes, name: str) -> str:
    """The text of `raw`, its lines ending in line feeds only, so that line numbers are those of an editor.

    UTF-8 and UTF-16/32 by their marks, then UTF-8, UTF-16 without a mark, GB18030, CP1251 and CP1252 by their bytes.
    InputError (one sentence with `name`) when it is empty or no text.
    """
    text = raw.decode(_encoding(raw, name), errors="replace")
    text = _plain(_BREAKS.sub("\n", text) if "\r" in text else text)
    if not text.strip():
        raise InputError(f"{name} is empty.")
    return text


def blocks(head: bytes, more: BinaryIO, name: str, size: int) -> Iterator[Block]:
    """The text of `head` and of what can be read from `more`, in blocks of about `size` bytes cut at line ends.

    The encoding is decided by the head, once. A line longer than a block is cut: its parts have its number. InputError as
    of `decode`; OSError of the reading.
    """
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(_encoding(head, name))("replace"), translate=True)
    first, held = 1, ""
    pieces = chain((head[at : at + size] for at in range(0, len(head), size)), iter(partial(more.read, size), b""))
    for piece in pieces:
        text = held + _plain(decoder.decode(piece))
        end = text.rfind("\n") + 1 or (len(text) if len(text) > size else 0)
        held = text[end:]
        if end:
            yield Block(first, text[:end].removesuffix("\n"))
            first += text.count("\n", 0, end)
    if held := held + _plain(decoder.decode(b"", final=True)):
        yield Block(first, held)


def _encoding(raw: bytes, name: str) -> str:
    """The encoding of a text by its beginning; InputError when it is none."""
    if not raw.strip():
        raise InputError(f"{name} is empty.")
    for start, why in _PACKED:
        if raw.startswith(start):
            raise InputError(f"{name} {why}.")
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None) or _guess(raw)
    if encoding is None:
        raise InputError(f"{name} is not text.")
    return encoding


def _plain(text: str) -> str:
    return _OTHER_BREAKS.sub(" ", text).replace("\x00", "")


def _guess(raw: bytes) -> str | None:
    """The encoding of a text without a mark; None when it is none."""
    sample = raw[:SAMPLE]
    if sample.count(0) * 4 >= len(sample):
        return _wide(sample)
    if len(_CONTROLS.findall(sample)) * 20 > len(sample):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=len(sample) == len(raw))
    except UnicodeDecodeError:
        return _eight_bits(sample)
    return "utf-8"


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: mostly ASCII, so every other byte is zero."""
    for encoding, zeros, letters in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if zeros.count(0) * 10 >= len(zeros) * 7 and letters.count(0) * 50 < len(letters):
            return encoding
    return None


def _eight_bits(sample: bytes) -> str:
    """Which of the old encodings: Russian words are long runs of lower-case letters (from 0xE0), Chinese ones long runs of
    all bytes, and Western letters stand alone."""
    high = len(_HIGH.findall(sample))
    in_runs = sum(len(run) for run in _RUNS.findall(sample))
    if in_runs * 10 >= high * 7:
        if sum(1 for byte in sample if byte >= 0xE0) * 10 >= high * 7:
            return "cp1251"
        if _is_strictly(sample, "gb18030"):
            return "gb18030"
    return "cp1252" if _is_strictly(sample, "cp1252") else "latin-1"


def _is_strictly(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True

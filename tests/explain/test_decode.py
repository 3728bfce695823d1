"""Bytes of unknown encoding become the same lines, or one clear sentence."""

from __future__ import annotations

import pytest

from ipsecbot.errors import InputError
from ipsecbot.parse.paste.decode import decode

LINES = "*Apr  9 07:12:01.108: ISAKMP:(0):no offers accepted!\n"
CHINESE = "路由器的调试信息如下,请帮忙看一下为什么隧道建立不起来\n"
RUSSIAN = "Помогите понять, почему туннель не поднимается, вот вывод отладки\n"
GERMAN = "Die Gegenstelle läßt sich nicht erreichen, größere Pakete gehen verloren\n"
JAPANESE = "トンネルが確立できません。デバッグの出力を添付します。\n"


@pytest.mark.parametrize(
    ("prose", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "gb18030"),
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "cp1251"),
        (GERMAN, "latin-1"),
        (GERMAN, "cp1252"),
        (JAPANESE, "utf-16"),
        (JAPANESE, "utf-32"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        ("", "ascii"),
    ],
)
def test_every_encoding_gives_the_same_text(prose: str, encoding: str) -> None:
    """The lines of the device come out whole, and the prose too where the encoding can be told."""
    text = prose + LINES * 3 + prose
    assert decode(text.encode(encoding), "file") == text


def test_a_shift_jis_page_keeps_the_lines_of_the_device() -> None:
    """Where the encoding cannot be told the prose may be garbled, the device's lines may not."""
    assert LINES.strip() in decode((JAPANESE + LINES + JAPANESE).encode("shift_jis"), "file")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_numbers_are_those_of_an_editor(end: str) -> None:
    """CRLF, CR and LF end one line each; form feeds and their like end none."""
    text = decode(f"one{end}two\x0bstill two\u2028and two{end}three".encode(), "file")
    assert [line.split()[0] for line in text.split("\n")] == ["one", "two", "three"]
    assert text.split("\n") == text.splitlines()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \r\n\t\n",
        b"\xff\xfe",
        bytes(range(256)) * 8,
        b"\x7fELF" + b"\x00\x01\x02" * 300,
        b"\x1f\x8b\x08\x00" + b"x" * 50,
        b"PK\x03\x04" + b"x" * 50,
        b"%PDF-1.7\n...",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xd4\xc3\xb2\xa1" + b"\x00" * 40,
    ],
)
def test_what_is_no_text_is_told_in_one_sentence(raw: bytes) -> None:
    """The name of the file and what to do, on one line."""
    with pytest.raises(InputError) as caught:
        decode(raw, "ticket.bin")
    assert str(caught.value).startswith("ticket.bin ")
    assert "\n" not in str(caught.value)

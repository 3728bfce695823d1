"""What a page copied twice is read once, and said."""

from __future__ import annotations

from ipsecbot.parse.paste.repair import repair

BLOCK = "".join(
    f"*Feb  2 09:00:01.{100 + number}: ISAKMP:(1009): {what}\n"
    for number, what in enumerate(
        (
            "processing KE payload",
            "processing NONCE payload",
            "processing vendor id payload",
            "vendor ID is DPD",
            "Send initial contact",
        )
    )
)


def test_the_note_names_the_lines_that_repeat() -> None:
    """Where the copies stand in the text that was given, blank lines and headings between them or not."""
    text = f"first\n{BLOCK}\nagain:\n{BLOCK}\n\n\n\n\nand again:\n{BLOCK}"
    sheet = repair(text)
    assert "10 lines that repeat earlier ones (lines 9–13, 20–24)" in sheet.notes
    assert sheet.text.count("vendor ID is DPD") == 1


def test_a_text_without_copies_has_no_note() -> None:
    """One block is one block."""
    assert repair(f"first\n{BLOCK}").is_untouched

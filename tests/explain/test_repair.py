"""What was done to a text is undone, and every line still knows where it stood."""

from __future__ import annotations

import pytest

from ipsecbot.parse.paste.repair import Repaired, repair


def numbered(repaired: Repaired) -> list[tuple[int, str]]:
    """(original line number, line) of every line that is not empty."""
    lines = repaired.text.split("\n")
    origin = repaired.origin or range(1, len(lines) + 1)
    return [(number, line) for number, line in zip(origin, lines, strict=True) if line.strip()]


def test_a_clean_text_is_returned_as_it_is() -> None:
    """No copy, no notes, no map."""
    text = "*Apr  9 07:12:01.108: ISAKMP:(0):no offers accepted!\n" * 2
    repaired = repair(text)
    assert repaired.text is text
    assert repaired.is_untouched
    assert (repaired.origin, repaired.notes) == (None, ())


LINE_ROWS = (
    ("ISAKMP:&nbsp;(0):atts &lt;ok&gt;", "ISAKMP: (0):atts <ok>"),
    ("ISAKMP:&&&&& encryption DES-CBC", "ISAKMP:  encryption DES-CBC"),
    ("Old State = IKE_READY& New State = IKE_R_MM1", "Old State = IKE_READY  New State = IKE_R_MM1"),
    ("mkdir a && cd a", "mkdir a && cd a"),
    ("<span class='x'>ISAKMP:(0)</span>: beginning<b/>", "ISAKMP:(0): beginning"),
    ("05[IKE] <site|3> retransmit", "05[IKE] <site|3> retransmit"),
    ("<189>Jan  1 10:00:00 gw 17: %SYS", "<189>Jan  1 10:00:00 gw 17: %SYS"),
    ("IS\u200bAKMP:(0)\u00a0:x", "ISAKMP:(0) :x"),
    ("received \u201cx\u201d and \u2018y\u2019", "received \"x\" and 'y'"),
    ("peer\uff1a192.0.2.7\uff08up\uff09", "peer:192.0.2.7(up)"),
    ("R1\\#show crypto isakmp sa", "R1#show crypto isakmp sa"),
    ("**Session status: DOWN**  ", "Session status: DOWN"),
    ("\u2022Apr  9 07:12:01.1: ISAKMP:(0):x", "*Apr  9 07:12:01.1: ISAKMP:(0):x"),
    ("* Apr  9 07:12:01.1: ISAKMP:(0):x", "*Apr  9 07:12:01.1: ISAKMP:(0):x"),
    ("from 2001: DB8::2 dport 500", "from 2001:DB8::2 dport 500"),
    ("from 2001:db8: 5::2 dport 500", "from 2001:db8:5::2 dport 500"),
    ("at 10:20: face the facts", "at 10:20: face the facts"),
    ("\x1b[31mISAKMP\x1b[0m:(0)", "ISAKMP:(0)"),
    ("spi: 0x5C0FFE11(1544551953)", "spi: 0x5C0FFE11(1544551953)"),
)


@pytest.mark.parametrize(("given", "wanted"), LINE_ROWS)
def test_characters_are_put_back(given: str, wanted: str) -> None:
    """One row, one kind of damage; what only looks like damage stays."""
    assert repair(given).text == wanted


def test_a_block_quote_with_its_fence_is_taken_away() -> None:
    """Marks of quoted mail and Markdown vanish, the numbers stay."""
    repaired = repair("Hi all,\n> ```\n> R1#show crypto isakmp sa\n>  dst  src  state\n> ```\nthanks")
    assert numbered(repaired) == [(1, "Hi all,"), (3, "R1#show crypto isakmp sa"), (4, " dst  src  state"), (6, "thanks")]


def test_line_numbers_in_front_go_and_sequence_numbers_stay() -> None:
    """A listing counts its lines; IOS counts its messages."""
    listing = "\n".join(f"{n}: crypto isakmp policy {n}0" for n in range(1, 7))
    assert repair(listing).text.split("\n")[0] == "crypto isakmp policy 10"
    messages = "\n".join(f"00012{n}: Apr  9 07:12:0{n}: ISAKMP:(0):x" for n in range(1, 7))
    assert repair(messages).text == messages


def test_glued_log_lines_come_apart_under_the_number_of_their_line() -> None:
    """Also the end of a message in front of the first stamp."""
    repaired = repair(
        "intro\n"
        "500*Apr  9 07:12:01.104: ISAKMP: local port 500*Apr  9 07:12:01.105: ISAKMP:(0):insert sa\n"
        "09[NET] <5> received packet 09[ENC] <5> parsed IKE_AUTH request 1 [ IDi ]"
    )
    assert numbered(repaired) == [
        (1, "intro"),
        (2, "500"),
        (2, "*Apr  9 07:12:01.104: ISAKMP: local port 500"),
        (2, "*Apr  9 07:12:01.105: ISAKMP:(0):insert sa"),
        (3, "09[NET] <5> received packet"),
        (3, "09[ENC] <5> parsed IKE_AUTH request 1 [ IDi ]"),
    ]


def test_the_stamp_of_a_syslog_server_is_not_cut_off() -> None:
    """Relay stamp, host, sequence number and device stamp belong to one line."""
    line = "<189>Jan  1 19:12:19 rtr.example 11815: Jan  1 2014 19:12:18.454 CET: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message"
    assert repair(line).text == line


def test_a_configuration_in_one_line_comes_apart() -> None:
    """Glued without a blank, and joined by blanks."""
    glued = (
        "crypto isakmp policy 20encr aesgroup 14crypto isakmp key k address 192.0.2.7"
        "crypto map M 10 ipsec-isakmpset peer 192.0.2.7"
    )
    parts = [line for _, line in numbered(repair(glued))]
    assert parts == [
        "crypto isakmp policy 20",
        "encr aes",
        "group 14",
        "crypto isakmp key k address 192.0.2.7",
        "crypto map M 10 ipsec-isakmp",
        "set peer 192.0.2.7",
    ]


def test_one_command_of_an_asa_stays_one_line() -> None:
    """`crypto map NAME SEQ set peer` holds two beginnings and is one command."""
    line = "crypto map outside_map 10 set peer 192.0.2.7 192.0.2.8 and more words to make it long"
    assert repair(line).text == line


def test_marks_of_line_ends_become_line_ends() -> None:
    """`<br>` of a page and `\\n` of a JSON string."""
    assert numbered(repair("one<br>two<br/>three")) == [(1, "one"), (1, "two"), (1, "three")]
    assert numbered(repair(r"one\ntwo\nthree\r\nfour\nfive")) == [(1, w) for w in ("one", "two", "three", "four", "five")]


def test_newest_first_is_turned_round_with_the_rest_of_each_message() -> None:
    """A continuation stays behind its message."""
    lines = [f"Apr  9 07:12:0{n}: ISAKMP:(0):step {n}" for n in range(9, 0, -1)]
    lines.insert(1, "  rest of nine")
    repaired = repair("\n".join(lines))
    assert numbered(repaired)[0] == (10, "Apr  9 07:12:01: ISAKMP:(0):step 1")
    assert [number for number, _ in numbered(repaired)[-2:]] == [1, 2]
    assert "newest line first" in repaired.notes


def test_oldest_first_with_a_clock_that_was_set_is_left_alone() -> None:
    """One step back is a clock, not an order."""
    stamps = ("10:00:01", "10:00:02", "09:59:58", "09:59:59", "10:00:00", "10:00:03")
    text = "\n".join(f"Apr  9 {stamp}: ISAKMP:(0):x" for stamp in stamps)
    assert repair(text).is_untouched


def test_lines_that_all_stand_there_twice_are_halved() -> None:
    """Only when nearly all do."""
    lines = [f"ISAKMP:(0):step {n}" for n in range(6)]
    doubled = repair("\n".join(line for line in lines for _ in range(2)))
    assert numbered(doubled) == [(2 * n + 1, line) for n, line in enumerate(lines)]
    assert repair("\n".join([*lines, lines[-1]])).is_untouched


def test_a_block_that_was_copied_twice_counts_once() -> None:
    """Word for word, with fractions of seconds; two equal lines in a row are no block."""
    block = [f"*Apr  9 07:12:01.10{n}: ISAKMP:(0):step {n}" for n in range(7)]
    repaired = repair("\n".join([*block, "Again:", *block]))
    assert [line for _, line in numbered(repaired)] == [*block, "Again:"]
    assert any("repeat" in note for note in repaired.notes)
    assert repair("\n".join([*block, block[-1]])).is_untouched

"""The ladder drawn from one or both ends' views."""

from __future__ import annotations

from dataclasses import replace

from told_events import REMOTE, told

from ipsecbot.ladder.climb import climb
from ipsecbot.ladder.draw import draw


def drawn(*texts: tuple[str, str]) -> list[str]:
    """Rows as text for (device, told events) pairs; the drawing is always west against east."""
    peers = {"west": REMOTE, "east": "192.0.2.1"}
    events = tuple(event for device, text in texts for event in told(text, device=device, remote=peers[device]))
    return [" ".join(row.as_text().split()) for row in draw(climb(events), "west", "east")]


def test_a_message_that_both_ends_saw_is_one_arrow() -> None:
    """Two views, one exchange."""
    west = "[1] --> MAIN request 0 { SA }\n[1] <-- MAIN response 0 { SA }"
    east = "[7] <-- MAIN request 0 { SA }\n[7] --> MAIN response 0 { SA }"
    assert drawn(("west", west), ("east", east)) == [
        "IKEv1 main mode, west initiates: incomplete at MM2",
        "--> MM1 { SA }",
        "<-- MM2 { SA } ✗",
    ]


def test_a_message_that_only_its_sender_saw_is_lost_between_them() -> None:
    """UDP 4500 is filtered: MM5 leaves west and never comes to east."""
    common = ["MAIN request 0 { SA }", "MAIN response 0 { SA }", "MAIN request 0 { KE }", "MAIN response 0 { KE }"]
    west = "\n".join(f"[1] {'-->' if number % 2 == 0 else '<--'} {text}" for number, text in enumerate(common))
    east = "\n".join(f"[1] {'<--' if number % 2 == 0 else '-->'} {text}" for number, text in enumerate(common))
    rows = drawn(("west", f"{west}\n[1] --> MAIN request 0 {{ ID, HASH }}\n[1] * retransmitted\n[1] * gave-up"), ("east", east))
    assert rows[:6] == [
        "IKEv1 main mode, west initiates: no-answer at MM5",
        "--> MM1 { SA }",
        "<-- MM2 { SA }",
        "--> MM3 { KE }",
        "<-- MM4 { KE }",
        "--> MM5 { ID, HASH } ×2 ✗ lost",
    ]


def test_one_view_alone_is_drawn_without_guessing_losses() -> None:
    """A peer that wrote no log may have seen everything."""
    assert drawn(("west", "[1] --> IKE_SA_INIT request 0 { SA }")) == [
        "IKEv2, west initiates: incomplete at IKE_SA_INIT request",
        "--> IKE_SA_INIT request { SA } ✗",
    ]


def test_quick_modes_are_matched_by_message_id_signed_or_not() -> None:
    """IOS prints -763405717 where charon prints 3531561579; another id is another quick mode."""
    west = "[1] --> QUICK request -763405717 { SA }"
    rows = drawn(("west", west), ("east", "[1] <-- QUICK request 3531561579 { SA }"))
    assert rows.count("--> QM1 { SA }") + rows.count("--> QM1 { SA } ✗") == 1
    rows = drawn(("west", west), ("east", "[1] <-- QUICK request 5 { SA }"))
    assert sum(row.startswith("--> QM1") for row in rows) == 2


def test_the_newest_attempts_are_the_ones_that_are_drawn() -> None:
    """An old attempt that only the other end logged does not push the newest one out."""
    east = "\n".join(f"12:00:0{n} [{n}] <-- IKE_SA_INIT request 0 {{ SA }}" for n in range(4))
    rows = drawn(("east", east), ("west", "12:09:00 [1] --> IKE_SA_INIT request 0 { SA, KE }"))
    assert rows[0].startswith("… 1 earlier")
    assert rows[-1] == "12:09:00.000 --> IKE_SA_INIT request { SA, KE } ✗"


def test_what_the_receiver_could_not_name_is_what_the_sender_sent() -> None:
    """A packet without a name at one end is not lost on the way."""
    west = told(
        "[1] --> AGGRESSIVE request 0 { SA }\n[1] <-- AGGRESSIVE response 0 { SA }\n[1] --> INFORMATIONAL_V1 9 { HASH }"
    )
    east = told(
        "[1] <-- AGGRESSIVE request 0 { SA }\n[1] --> AGGRESSIVE response 0 { SA }\n[1] <-- QM1",
        device="east",
        remote="192.0.2.1",
    )
    unnamed = replace(east[-1], name=None, exchange=None)
    rows = [" ".join(row.as_text().split()) for row in draw(climb((*west, *east[:-1], unnamed)), "west", "east")]
    assert rows[1:] == ["--> AM1 { SA }", "<-- AM2 { SA }", "--> INFORMATIONAL { HASH } ✗"]


def test_progress_is_not_where_it_stopped() -> None:
    """The cross stands at the refusal, or at the last message, never at a selected proposal."""
    rows = drawn(
        ("west", "[1] --> MAIN request 0 { SA }\n[1] <-- MAIN response 0 { SA }\n[1] * proposal-selected protocol=IKE")
    )
    assert rows[2] == "<-- MM2 { SA } ✗"
    assert rows[3].startswith("· west:")

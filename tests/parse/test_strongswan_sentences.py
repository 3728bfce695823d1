"""charon's sentences without their frame, and in frames that others have put around them."""

from __future__ import annotations

import pytest

from ipsecbot.model.exchange import EventKind
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.detect import detect
from ipsecbot.parse.strongswan.log import read_events
from ipsecbot.parse.strongswan.sentences import is_sentence


@pytest.mark.parametrize(
    "line",
    [
        "no shared key found for 'tallinn' - 'riga'",
        "   invalid ID_V1 payload length, decryption failed?",
        "`received INVALID_ID_INFORMATION error notify`",
        "scheduling rekeying in 13034s",
        "maximum IKE_SA lifetime 14474s",
        "no matching CHILD_SA config found for 10.61.0.0/24 === 10.62.0.0/24",
        "subject certificate invalid (valid from Mar 01 09:00:00 2019 to Mar 01 09:00:00 2021)",
    ],
)
def test_a_sentence_is_known_without_its_frame(line: str) -> None:
    """What charon says is charon's whoever has cut the time stamp, the thread and the group off."""
    assert is_sentence(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "the log says no shared key found for 'tallinn' - 'riga', what now?",
        "mode = tunnel",
        "local:  10.0.0.1",
        "leftsubnet=10.61.0.0/24",
        "CHILD_SA closed",  # anybody's words
        "x" * 5000,
    ],
)
def test_prose_and_configuration_are_no_sentences(line: str) -> None:
    """Only a whole line counts, and only when enough of it never varies."""
    assert not is_sentence(line)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("4[IKE] no shared key found for 'tallinn'[10.0.0.1] - 'riga'[10.0.0.2]", EventKind.KEY_MISSING),
        ("  [IKE] [west|7] no acceptable traffic selectors found", EventKind.SELECTORS_REFUSED),
        ("> `08[IKE] <west|7> received AUTHENTICATION_FAILED notify error`", EventKind.NOTIFY_RECEIVED),
        ("received AUTHENTICATION_FAILED notify error", EventKind.NOTIFY_RECEIVED),
    ],
)
def test_a_frame_may_be_bent(line: str, kind: EventKind) -> None:
    """One digit of a thread, square brackets around the SA, Markdown around the line: the same event."""
    (part,) = detect(line, "post.txt")
    assert part.output.kind is OutputKind.LOG
    assert [event.kind for event in read_events(part.output, "tallinn").value] == [kind]


def test_the_sa_in_square_brackets_is_the_sa() -> None:
    """`[IKE] [west|7]` numbers the IKE_SA as `<west|7>` does."""
    output = RawOutput(
        OutputKind.LOG, "post.txt", "[NET] [west|7] sending packet: from 10.0.0.1[500] to 10.0.0.2[500] (80 bytes)"
    )
    (event,) = read_events(output, "tallinn").value
    assert event.context == "7"

"""When a watch ends: at its own verdict, or when another end has told and nothing more is said here."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ipsecbot.live import story
from ipsecbot.live.story import Story


class Watch:
    """A clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(story.time, "monotonic", lambda: self.now)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def test_a_pause_is_looked_at_at_once(watch: Watch) -> None:
    """While text keeps coming it is read now and then; when it pauses, the verdict is seen with the next empty piece."""
    seen: list[str] = []

    def decisive(text: str) -> bool:
        seen.append(text)
        return "refused" in text

    settled = Story().teller(decisive)
    assert not settled("MM1 ")
    for piece in range(5):
        watch.now += 0.01
        assert not settled("MM1 " + "x" * piece)
    watch.now += 0.01
    assert not settled("MM1 xxxx refused")
    watch.now += 0.1
    assert settled("MM1 xxxx refused")
    assert len(seen) <= 2


def test_steady_text_is_read_now_and_then(watch: Watch) -> None:
    """A stream without pauses: about four looks a second, and the verdict is not missed."""
    looks = 0

    def decisive(text: str) -> bool:
        nonlocal looks
        looks += 1
        return text.endswith("established")

    settled = Story().teller(decisive)
    text = ""
    for _ in range(100):
        watch.now += 0.02
        text += "line\n"
        assert not settled(text)
    assert 7 <= looks <= 10
    watch.now += 0.02
    text += "established"
    first = settled(text)
    watch.now += 0.1
    assert first or settled(text)


def test_the_other_end_ends_the_watch_when_this_one_is_silent(watch: Watch) -> None:
    """Not while lines still come here, but soon after the last one, and in any case after LAST_LINES."""
    shared = Story()
    mine, theirs = shared.teller(lambda _: False), shared.teller(lambda _: True)
    assert not mine("a")
    watch.now += 0.1
    assert theirs("refused")
    watch.now += 0.1
    assert not mine("ab")
    watch.now += story.NOTHING_TO_ADD - 0.05
    assert not mine("ab")
    watch.now += 0.1
    assert mine("ab")
    text = "ab"
    while not mine(text):
        text += "c"
        watch.now += 0.1
    assert watch.now <= 100.2 + story.LAST_LINES + 0.2


def test_a_slow_reading_is_followed_by_a_rest(watch: Watch) -> None:
    """Reading a long text again and again must not fill the processor: a look is followed by REST times its length."""
    looks: list[float] = []

    def slow(_text: str) -> bool:
        looks.append(watch.now)
        watch.now += 0.5
        return False

    settled = Story().teller(slow)
    text = ""
    while watch.now < 110:
        watch.now += 0.05
        text += "x"
        settled(text)
    gaps = [later - earlier for earlier, later in pairwise(looks)]
    assert min(gaps) >= 0.5 * (1 + story.REST)

"""Whatever a log holds, in whatever order and cut wherever: a ladder, never an exception."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from ipsecbot.ladder.climb import climb
from ipsecbot.ladder.draw import draw
from ipsecbot.ladder.settled import is_settled
from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

TIMES = (None, datetime(2026, 11, 21, 12, 0, 1), datetime(2026, 11, 21, 12, 0, 0), datetime(2026, 11, 21, 12, tzinfo=UTC))
events = st.builds(
    LogEvent,
    kind=st.sampled_from(EventKind),
    source=st.builds(Source, st.sampled_from(["west", "east"]), st.sampled_from(["a", "b"]), st.integers(1, 99), st.just(99)),
    at=st.sampled_from(TIMES),
    context=st.sampled_from([None, "", "1", "<1>", "net|1", "2", "|"]),
    remote=st.sampled_from([None, "192.0.2.1", "gw.example.org"]),
    role=st.sampled_from([None, *Role]),
    ike_version=st.sampled_from([None, 1, 2]),
    exchange=st.sampled_from([None, *ExchangeType]),
    message_id=st.sampled_from([None, 0, -5, 2**32 - 5]),
    is_request=st.sampled_from([None, True, False]),
    name=st.sampled_from([None, "MM1", "MM6", "QM1", "AM3", "QMx", "IKE_SA_INIT request"]),
    payloads=st.sampled_from([(), ("SA",), ("N(COOKIE)",), ("EF(1/2)",), ("HASH", "N(NO_PROPOSAL_CHOSEN)")]),
    notify=st.sampled_from([None, "COOKIE", "TS_UNACCEPTABLE", "INVALID_KE_PAYLOAD"]),
    protocol=st.sampled_from([None, *Protocol]),
)


@given(st.lists(events, max_size=25))
@settings(max_examples=300, deadline=None)
def test_any_events_make_a_ladder(told: list[LogEvent]) -> None:
    """Nothing raises, and every event that stays is in one place."""
    ladder = climb(told)
    is_settled(ladder)
    draw(ladder, "west", "east")
    placed = [event for exchange in ladder.exchanges for event in exchange.events] + list(ladder.loose)
    assert len(placed) <= len(told)
    assert all(event in told for event in placed)

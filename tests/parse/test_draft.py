"""A draft must be able to become the event that it is a draft of."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, LogEvent
from ipsecbot.parse.draft import Draft, freeze, source_at


def _shape(kind: Any) -> list[tuple[str, object, object]]:
    return [(field.name, field.type, field.default) for field in dataclasses.fields(kind)]


def test_a_draft_has_the_fields_of_an_event_in_their_order_with_their_defaults() -> None:
    """Else freezing would fail, or leave a field out."""
    assert _shape(Draft) == _shape(LogEvent)
    assert Draft.__slots__ == LogEvent.__slots__


def test_a_frozen_draft_is_the_event_that_the_constructor_makes() -> None:
    """Equal, of the same hash, a LogEvent for everybody, and not to be changed any more."""
    source = Source("r1", "log", 1, 2, "a line")
    draft = Draft(EventKind.SENT, source, context="7")
    draft.remote, draft.payloads = "192.0.2.1", ("SA",)
    other = draft.copy()
    (event,) = freeze([draft])
    other.remote = None
    made = LogEvent(EventKind.SENT, source, context="7", remote="192.0.2.1", payloads=("SA",))
    assert event == made
    assert hash(event) == hash(made)
    assert type(event) is LogEvent
    assert pickle.loads(pickle.dumps(event)) == made
    assert dataclasses.replace(event, context="8").context == "8"
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.context = "9"  # type: ignore[misc]


def test_a_source_made_quickly_is_a_source() -> None:
    """With its text, and frozen."""
    source = source_at("r1", "log", 3, 4, "text")
    assert source == Source("r1", "log", 3, 4)
    assert (type(source), source.text) == (Source, "text")
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.text = ""  # type: ignore[misc]

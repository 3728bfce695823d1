"""A log remembers what was mended: a refusal that both configurations, as they are now, do not explain is history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_tunnels import LEFT, RIGHT, End, both, event, exchange, tunnel
from test_outages import AUTH_R, INIT_R, MAIN_R, REFUSED, SILENT, UP, I, R, say

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Exchange
from ipsecbot.model.negotiation import Aspect
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.tunnel import Endpoint, Tunnel


def asked_now(end: End, **more: object) -> Endpoint:
    """The end as read from a live device: its configuration is what runs."""
    read = end.endpoint
    running = tuple(replace(connection, running=True) for connection in read.connections or ())
    return replace(read, device=replace(read.device, address=end.address), connections=running, **more)


def live(*exchanges: Exchange, left: End = LEFT, right: End = RIGHT, **more: object) -> Tunnel:
    return tunnel(asked_now(left), asked_now(right, **more), *exchanges)


def ike_refusal() -> Exchange:
    return exchange("east", R, INIT_R, REFUSED, event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE))


UP_V1 = (event("east", K.ESTABLISHED, protocol=Protocol.IKE),)
V1 = {"versions": (1,)}
ROWS: tuple[tuple[str, Exchange, dict[str, object]], ...] = (
    ("ike-proposal-mismatch", ike_refusal(), {}),
    ("no-config-for-peer", exchange("east", R, "< IKE_SA_INIT request", REFUSED, event("east", K.NO_CONNECTION)), {}),
    ("ike-version-mismatch", exchange("east", R, "< IKE_SA_INIT request", REFUSED, event("east", K.VERSION_REFUSED)), {}),
    ("exchange-mode-mismatch", exchange("east", R, "< AM1", REFUSED, event("east", K.MODE_REFUSED)), V1),
    ("psk-mismatch", exchange("east", R, AUTH_R, REFUSED, event("east", K.AUTHENTICATION_FAILED)), {}),
    ("psk-missing", exchange("east", R, AUTH_R, REFUSED, event("east", K.KEY_MISSING)), {}),
    ("id-mismatch", exchange("east", R, AUTH_R, REFUSED, event("east", K.IDENTITY_REFUSED)), {}),
    ("esp-proposal-mismatch", exchange("east", R, "< QM1", REFUSED, event("east", K.PROPOSAL_REFUSED, attribute="encryption",
     protocol=Protocol.ESP)), V1),
    ("pfs-mismatch", exchange("east", R, "< QM1", REFUSED, event("east", K.TRANSFORM_REFUSED, attribute="dh",
     protocol=Protocol.ESP)), V1),
    ("traffic-selector-mismatch", exchange("east", R, "< QM1", REFUSED, event("east", K.SELECTORS_REFUSED)), V1),
    ("encapsulation-mode-mismatch", exchange("east", R, "< QM1", REFUSED, event("east", K.ENCAPSULATION_REFUSED)), V1),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_configurations_agree_in_now_was_refused_before(row: tuple[str, Exchange, dict[str, object]]) -> None:
    """Undetermined, with the cause of then as the first candidate and one attempt as what to do next."""
    cause, refused, wishes = row
    left, right = both(**wishes)
    up = (exchange("east", R, MAIN_R, UP, *UP_V1),) if refused.reached == "QM1" else ()
    diagnosis = conclude(live(*up, refused, left=left, right=right))
    assert diagnosis.conclusion is Conclusion.UNDETERMINED, say(diagnosis)
    assert diagnosis.findings[0].cause == cause, say(diagnosis)
    assert "agree now" in diagnosis.headline
    assert "--trigger" in diagnosis.missing[0].what


def test_what_was_refused_while_we_watched_is_no_history() -> None:
    """Then the configurations are contradicted: found, less surely, and said so."""
    diagnosis = conclude(live(ike_refusal(), watched=("log",)))
    assert diagnosis.cause == "ike-proposal-mismatch", say(diagnosis)
    assert 0.6 <= diagnosis.confidence < 0.8
    assert any("what runs may not be what is configured" in note for note in diagnosis.notes)


def test_history_comes_before_other_candidates() -> None:
    """The initiator, which heard nothing of the refusal, suggests other things."""
    silent = exchange("west", I, "> MM1", SILENT, event("west", K.GAVE_UP))
    refused = exchange("east", R, "< MM1", REFUSED, event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE))
    left, right = both(**V1)
    diagnosis = conclude(live(silent, refused, left=left, right=right))
    assert diagnosis.cause is None, say(diagnosis)
    assert diagnosis.findings[0].cause == "ike-proposal-mismatch", say(diagnosis)


def test_pasted_text_does_not_tell_which_is_older() -> None:
    """Nobody knows when either was taken: the log is believed, less surely."""
    diagnosis = conclude(tunnel(LEFT, RIGHT, ike_refusal()))
    assert diagnosis.cause == "ike-proposal-mismatch", say(diagnosis)
    assert 0.6 <= diagnosis.confidence < 0.8


def test_a_difference_that_is_still_there_is_still_the_cause() -> None:
    """The rule is about agreement only."""
    diagnosis = conclude(live(ike_refusal(), right=replace(RIGHT, ike="aes128-sha256-modp2048")))
    assert diagnosis.cause == "ike-proposal-mismatch", say(diagnosis)
    assert diagnosis.confidence >= 0.9
    assert not any("agree" in note for note in diagnosis.notes)


def test_a_comparison_with_holes_settles_nothing() -> None:
    """A line of the configuration that was not understood, or a daemon that may run something else: the log stands."""
    gap = Gap("east", "config", "unknown line", 7, "    proposals = ???")
    assert conclude(live(ike_refusal(), gaps=(gap,))).cause == "ike-proposal-mismatch"
    drifted = asked_now(RIGHT)
    drifted = replace(
        drifted, connections=tuple(replace(c, drift=(("proposals", c.source),)) for c in drifted.connections or ())
    )
    assert conclude(tunnel(asked_now(LEFT), drifted, ike_refusal())).cause == "ike-proposal-mismatch"


def test_every_aspect_that_is_compared_belongs_to_a_cause() -> None:
    """A new aspect needs a row, or its old refusals stay for ever."""
    from ipsecbot.diagnose.freshness import ASPECTS

    assert {aspect for aspects in ASPECTS.values() for aspect in aspects} == set(Aspect)

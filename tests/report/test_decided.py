"""What the report says was decided and exists, and that it says no more than the text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import EventKind, Exchange, ExchangeKind, LogEvent, Outcome
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Proposal, Protocol
from ipsecbot.model.sa import ChildSa, Counters, Role, SaState
from ipsecbot.report.decided import Decided, decided, in_words
from ipsecbot.report.state import spis
from ipsecbot.spellings import read_keywords

LINE = Source("r1", "debug", 7, 7, "a line")


def proposal(keywords: str, protocol: Protocol, **more: object) -> Proposal:
    known, _ = read_keywords(keywords, protocol, number=3)
    return Proposal(known.protocol, known.algorithms, known.number, **more)  # type: ignore[arg-type]


def exchange(kind: ExchangeKind, *events: LogEvent, outcome: Outcome = Outcome.ESTABLISHED) -> Exchange:
    return Exchange("r1", 1, kind, Role.INITIATOR, "192.0.2.1", "192.0.2.2", (), events, None, outcome)


IKE = proposal("aes256-sha256-modp2048", Protocol.IKE, auth=AuthMethod.PSK, lifetime=timedelta(hours=8))
ESP = proposal("aes128-sha1", Protocol.ESP, lifetime=timedelta(hours=1), lifetime_bytes=4608000 * 1024)


def test_a_chosen_proposal_is_told_attribute_by_attribute() -> None:
    """Algorithms, key length, method, lifetime, the policy it met and the line."""
    chosen = LogEvent(EventKind.PROPOSAL_SELECTED, LINE, protocol=Protocol.IKE, proposals=(IKE,), detail="policy 20")
    found = decided(exchange(ExchangeKind.MAIN, chosen))
    (one,) = found.proposals
    assert (one.encryption, one.key_bits, one.integrity, one.dh) == ("aes256", 256, "sha256", "modp2048")
    assert (one.auth, one.lifetime, one.against, one.line) == ("psk", 28800, "policy 20", 7)
    assert in_words(found) == ("IKE aes256-sha256-prfsha256-modp2048, psk, 28800 s, policy 20",)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_offer_counts_only_when_it_came_up(outcome: Outcome) -> None:
    """What was offered and never established was not decided."""
    offered = LogEvent(EventKind.OFFERED, LINE, protocol=Protocol.ESP, proposals=(ESP,))
    mode = LogEvent(EventKind.ENCAPSULATION_OFFERED, LINE, protocol=Protocol.ESP, detail="tunnel")
    found = decided(exchange(ExchangeKind.QUICK, mode, offered, outcome=outcome))
    if outcome is Outcome.ESTABLISHED:
        assert in_words(found) == ("ESP aes128-sha1, tunnel, 3600 s / 4608000 kB",)
    else:
        assert found == Decided()


def test_wishes_for_phase_2_are_not_decided_in_phase_1() -> None:
    """IOS logs what IPsec asks for before main mode begins."""
    wish = LogEvent(EventKind.CONFIGURED, LINE, protocol=Protocol.ESP, proposals=(ESP,))
    assert decided(exchange(ExchangeKind.MAIN, wish)).is_empty


def test_spis_keep_their_direction_and_their_damage() -> None:
    """A pair is inbound and outbound; one alone says nothing of its direction."""
    up = LogEvent(EventKind.ESTABLISHED, LINE, protocol=Protocol.ESP, spis=("c1", "c2"), damaged_spis=("c2",))
    lone = LogEvent(EventKind.ESTABLISHED, LINE, protocol=Protocol.ESP, spis=("c1",))
    assert in_words(decided(exchange(ExchangeKind.QUICK, up))) == ("SPIs: 0xc1 in, 0xc2 out (damaged in the text)",)
    assert in_words(decided(exchange(ExchangeKind.QUICK, lone))) == ("SPIs: 0xc1",)
    child = ChildSa(SaState.ESTABLISHED, spi_in="c1", spi_out="c2", counters=Counters(1, 2), damaged_spis=("c2",))
    assert [(one.spi, one.direction, one.damaged) for one in spis(child)] == [("c1", "in", False), ("c2", "out", True)]

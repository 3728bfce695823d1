from __future__ import annotations

from dataclasses import replace

from report_sample import diagnosis, exchange

from ipsecbot.ladder.climb import Ladder
from ipsecbot.model.evidence import Source
from ipsecbot.model.exchange import Direction, EventKind, LogEvent, Message
from ipsecbot.model.negotiation import Aspect, Attempt, Choice, Mismatch
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.model.tunnel import Tunnel
from ipsecbot.report.choices import ChoiceRow, choices
from ipsecbot.spellings import read_keywords

LINE = Source("hq", "debug", 1, 1, "…")


def proposal(keywords: str, number: int) -> object:
    return read_keywords(keywords, Protocol.IKE, number=number)[0]


def event(kind: EventKind, *proposals: object, **more: object) -> LogEvent:
    return LogEvent(kind, LINE, protocol=Protocol.IKE, proposals=proposals, **more)  # type: ignore[arg-type]


def tunnel(*events: LogEvent) -> Tunnel:
    answered = exchange("hq", Role.RESPONDER, (Message("MM1", Direction.RECEIVED),), events)
    return replace(diagnosis().tunnel, ladder=Ladder((answered,)), pairings=None)


def test_the_walk_is_shown_as_the_responder_logged_it() -> None:
    """Each offer against each policy with the first attribute that differs; the accepted one is marked."""
    first, second = proposal("3des-sha1-modp1024", 1), proposal("aes256-sha1-modp2048", 2)
    refused = event(EventKind.TRANSFORM_REFUSED, first, attribute="encryption", offered="3DES-CBC", detail="policy 10")
    accepted = event(EventKind.TRANSFORM_ACCEPTED, second, detail="policy 10")
    (table,) = choices(tunnel(refused, accepted))
    assert table.rows == (
        ChoiceRow("#1 3des-sha1-prfsha1-modp1024", "policy 10", "refused: encryption (3DES-CBC)", accepted=False),
        ChoiceRow("#2 aes256-sha1-prfsha1-modp2048", "policy 10", "accepted", accepted=True),
    )


def test_two_lists_without_a_walk_are_compared() -> None:
    """charon logs what it received and what it wants: each pair is walked with its reason."""
    offered = event(EventKind.OFFERED, proposal("aes256-sha256-modp2048", 1))
    wanted = event(EventKind.CONFIGURED, proposal("aes256-sha256-ecp256", 1))
    (table,) = choices(tunnel(offered, wanted))
    assert [row.result for row in table.rows] == ["refused: dh (modp2048 against ecp256)"]


def test_without_a_log_the_configurations_are_replayed_and_the_title_says_so() -> None:
    """No log of any walk: the replay's attempts are shown as a replay."""
    page = diagnosis()
    assert page.tunnel.pairings is not None
    pairing = page.tunnel.pairings[0]
    (offer,), (policy,) = pairing.left.ike.proposals, pairing.right.ike.proposals
    choice = Choice(None, (Attempt(offer, policy, (Mismatch(Aspect.IKE_PROPOSAL, "encryption", "aes256", "3des"),)),))
    pairing = replace(pairing, left_initiates=replace(pairing.left_initiates, ike=choice))
    (table,) = choices(replace(page.tunnel, ladder=Ladder(), pairings=(pairing,)))
    assert table.title.endswith("(replayed)")
    assert table.rows[0].result == "refused: encryption (aes256 against 3des)"

"""IKEv1: main, aggressive and quick mode as ladders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from told_events import as_text, lines, told

from ipsecbot.ladder.climb import climb
from ipsecbot.model.exchange import Outcome
from ipsecbot.model.sa import Role

MAIN = """
    [c|1] --> MAIN request 0 { SA, V }
    [c|1] <-- MAIN response 0 { SA, V }
    [c|1] --> MAIN request 0 { KE, No, NAT-D }
    [c|1] <-- MAIN response 0 { KE, No, NAT-D }
    [c|1] --> MAIN request 0 { ID, HASH }
    [c|1] <-- MAIN response 0 { ID, HASH }
    [c|1] * established protocol=IKE
"""
MAIN_LADDER = """
    west main initiator: established at MM6
    --> MM1 { SA, V }
    <-- MM2 { SA, V }
    --> MM3 { KE, No, NAT-D }
    <-- MM4 { KE, No, NAT-D }
    --> MM5 { ID, HASH }
    <-- MM6 { ID, HASH }
"""


def ladder_of(text: str, **more: object) -> str:
    return as_text(climb(told(text, **more)))  # type: ignore[arg-type]


def test_main_mode_names_its_six_messages() -> None:
    """Payloads and direction name the messages; the role follows from who asked."""
    assert ladder_of(MAIN) == lines(MAIN_LADDER)


def test_the_responder_sees_the_same_messages_the_other_way_round() -> None:
    """The same six, mirrored; its context changes its form once the connection is known."""
    text = MAIN.replace("[c|1] -->", "[<1>] ===").replace("[c|1] <--", "[<1>] -->").replace("===", "<--")
    assert ladder_of(text) == lines(
        """
        west main responder: established at MM6
        <-- MM1 { SA, V }
        --> MM2 { SA, V }
        <-- MM3 { KE, No, NAT-D }
        --> MM4 { KE, No, NAT-D }
        <-- MM5 { ID, HASH }
        --> MM6 { ID, HASH }
        """
    )


def test_quick_mode_is_an_exchange_of_its_own_and_phase_1_stays_established() -> None:
    """Children are told apart by message id, also when the responder of phase 1 starts one."""
    assert ladder_of(
        MAIN
        + """
        [c|1] --> QUICK request 77 { HASH, SA, No, ID, ID }
        [c|1] <-- QUICK response 77 { HASH, SA, No, ID, ID }
        [c|1] --> QUICK request 77 { HASH }
        [c|1] * established protocol=ESP
        [c|1] <-- QUICK request 78 { HASH, SA, No, ID, ID }
        [c|1] --> QUICK response 78 { HASH, SA, No, ID, ID }
        """
    ) == lines(
        MAIN_LADDER
        + """
        west quick initiator: established at QM3
        --> QM1 { HASH, SA, No, ID, ID }
        <-- QM2 { HASH, SA, No, ID, ID }
        --> QM3 { HASH }
        west quick responder: incomplete at QM2
        <-- QM1 { HASH, SA, No, ID, ID }
        --> QM2 { HASH, SA, No, ID, ID }
        """
    )


def test_an_encrypted_notify_ends_the_quick_mode_it_answers() -> None:
    """The notify has a message id of its own; the quick mode stays at QM1."""
    assert ladder_of(
        MAIN
        + """
        [c|1] --> QUICK request 77 { HASH, SA, No, ID, ID }
        [c|1] <-- INFORMATIONAL_V1 request 9 { HASH, N(NO_PROPOSAL_CHOSEN) }
        [c|1] * notify-received notify=NO_PROPOSAL_CHOSEN
        """
    ) == lines(
        MAIN_LADDER
        + """
        west quick initiator: refused at QM1
        --> QM1 { HASH, SA, No, ID, ID }
        <-- INFORMATIONAL { HASH, N(NO_PROPOSAL_CHOSEN) }
        """
    )


def test_a_refused_proposal_stops_at_the_first_message() -> None:
    """The initiator learns "no" only; the responder has the reason."""
    ends = told(
        """
        [1] --> MAIN request 0 { SA }
        [1] <-- INFORMATIONAL_V1 request 5 { N(NO_PROPOSAL_CHOSEN) }
        [1] * notify-received notify=NO_PROPOSAL_CHOSEN
        """
    ) + told(
        """
        [1] <-- MAIN request 0 { SA }
        [1] * started role=responder
        [1] * proposal-refused protocol=IKE
        [1] --> INFORMATIONAL_V1 request 5 { N(NO_PROPOSAL_CHOSEN) }
        """,
        device="east",
        remote="192.0.2.1",
    )
    assert as_text(climb(ends)) == lines(
        """
        west main initiator: refused at MM1
        --> MM1 { SA }
        <-- INFORMATIONAL { N(NO_PROPOSAL_CHOSEN) }
        east main responder: refused at MM1
        <-- MM1 { SA }
        --> INFORMATIONAL { N(NO_PROPOSAL_CHOSEN) }
        """
    )


def test_a_wrong_key_is_silence_for_the_initiator_and_a_refusal_for_the_responder() -> None:
    """MM5 is repeated until the initiator gives up; the responder cannot decrypt it."""
    start = "\n".join(MAIN.strip().splitlines()[:5])
    assert climb(
        told(f"{start}\n[c|1] * retransmitted\n[c|1] * retransmitted\n[c|1] * gave-up")
    ).exchanges[0].outcome is Outcome.NO_ANSWER  # fmt: skip
    text = """
        [1] <-- MAIN request 0 { SA }
        [1] --> MAIN response 0 { SA }
        [1] <-- MAIN request 0 { KE, No }
        [1] --> MAIN response 0 { KE, No }
        [1] <-- MAIN request 0
        [1] * undecryptable
        [1] <-- MAIN request 0
        [1] * undecryptable
    """
    assert ladder_of(text) == lines(
        """
        west main responder: refused at MM5
        <-- MM1 { SA }
        --> MM2 { SA }
        <-- MM3 { KE, No }
        --> MM4 { KE, No }
        <-- MM5 x2
        """
    )


def test_an_unreadable_answer_to_mm5_is_a_notify_not_mm6() -> None:
    """Whoever sends MM6 has verified MM5 with the same keys; IOS's state machine calls the packet MM6 all the same."""
    text = """
        --> MM1
        <-- MM2
        --> MM3
        <-- MM4
        [1012] --> MM5
        [1012] <-- MM6
        [1012] * undecryptable
        [1012] * retransmitted name=MM5
        [1012] <-- MM6
        [1012] * undecryptable
    """
    assert ladder_of(text, role=Role.INITIATOR) == lines(
        """
        west main initiator: refused at MM5
        --> MM1
        <-- MM2
        --> MM3
        <-- MM4
        --> MM5 x2
        <-- INFORMATIONAL x2
        """
    )


def test_a_child_whose_every_offer_failed_is_refused() -> None:
    """IOS prints a line for each offer and no last word."""
    refused = "[1] * transform-refused protocol=ESP"
    assert ladder_of(refused) == "west quick unknown: refused at QM1"
    assert ladder_of(f"{refused}\n[1] * transform-accepted protocol=ESP").startswith("west quick unknown: incomplete")


def test_ios_numbers_the_sa_only_half_way() -> None:
    """No context, then a number, and names that the parser knows: one exchange all the same."""
    text = """
        * started role=initiator
        --> MM1
        <-- MM2 { SA }
        --> MM3
        <-- MM4 { KE, NONCE }
        [1031] --> MM5
        [1031] * retransmitted
        [1031] * deleted
    """
    assert ladder_of(text, role=Role.INITIATOR) == lines(
        """
        west main initiator: no-answer at MM5
        --> MM1
        <-- MM2 { SA }
        --> MM3
        <-- MM4 { KE, NONCE }
        --> MM5 x2
        """
    )


@pytest.mark.parametrize(
    ("tail", "outcome"),
    [
        ("", Outcome.INCOMPLETE),
        ("[1] * retransmitted", Outcome.NO_ANSWER),
        ("[1] * gave-up", Outcome.NO_ANSWER),
        ("[1] * port-unreachable", Outcome.NO_ANSWER),
        ("[1] * deleted", Outcome.ABORTED),
        ("[1] * delete-received protocol=IKE", Outcome.ABORTED),
        ("[1] * notify-received notify=INVALID_EXCHANGE_TYPE", Outcome.REFUSED),
        ("[1] * mode-refused", Outcome.REFUSED),
        ("[1] * failed", Outcome.REFUSED),
        ("[1] * notify-received notify=INITIAL_CONTACT", Outcome.INCOMPLETE),
    ],
)
def test_how_an_attempt_ends(tail: str, outcome: Outcome) -> None:
    """Silence, refusal, deletion and a text that just ends are different."""
    assert climb(told(f"[1] --> AGGRESSIVE request 0 {{ SA, KE, No, ID }}\n{tail}")).exchanges[0].outcome is outcome


def test_aggressive_mode_has_three_messages() -> None:
    """SA and ID in the first, HASH in the last."""
    assert ladder_of(
        """
        [1] --> AGGRESSIVE request 0 { SA, KE, No, ID }
        [1] <-- AGGRESSIVE response 0 { SA, KE, No, ID, HASH }
        [1] --> AGGRESSIVE request 0 { HASH }
        """
    ) == lines(
        """
        west aggressive initiator: incomplete at AM3
        --> AM1 { SA, KE, No, ID }
        <-- AM2 { SA, KE, No, ID, HASH }
        --> AM3 { HASH }
        """
    )


def test_a_log_that_begins_in_the_middle_is_still_an_exchange() -> None:
    """Only the end of main mode; only a reason, which tells the message it is about; nothing that tells anything."""
    assert ladder_of("[1] * proposal-refused protocol=ESP") == "west quick unknown: refused at QM1"
    assert ladder_of("[1] * undecryptable") == "west main unknown: refused at MM5"
    assert ladder_of("[1] * key-found") == "west main unknown: incomplete at None"
    assert ladder_of("[c|4] <-- MAIN response 0 { ID, HASH }") == lines(
        """
        west main initiator: incomplete at MM6
        <-- MM6 { ID, HASH }
        """
    )


def test_attempts_and_peers_are_kept_apart() -> None:
    """Two tries to one peer, with another peer's attempt in between."""
    first = told("--> MM1\n* gave-up\n", role=Role.INITIATOR)
    other = told("<-- MM1\n--> MM2", role=Role.RESPONDER, remote="203.0.113.7")
    second = told("* started role=initiator\n--> MM1\n<-- MM2", role=Role.INITIATOR)
    mixed = (first[0], other[0], first[1], other[1], *second)
    ladder = climb(mixed)
    assert [(exchange.remote, exchange.reached, exchange.outcome) for exchange in ladder.exchanges] == [
        ("198.51.100.2", "MM1", "no-answer"),
        ("203.0.113.7", "MM2", "incomplete"),
        ("198.51.100.2", "MM2", "incomplete"),
    ]


def test_life_after_the_negotiation_does_not_undo_it() -> None:
    """A delete and liveness messages later leave an established exchange established."""
    text = (
        MAIN
        + """
        [c|1] --> INFORMATIONAL_V1 request 5 { HASH, N(R_U_THERE) }
        [c|1] <-- INFORMATIONAL_V1 request 6 { HASH, N(R_U_THERE_ACK) }
        [c|1] * delete-received protocol=IKE
        """
    )
    assert ladder_of(text) == lines(
        MAIN_LADDER
        + """
        west informational initiator: incomplete at INFORMATIONAL
        --> INFORMATIONAL { HASH, N(R_U_THERE) }
        <-- INFORMATIONAL { HASH, N(R_U_THERE_ACK) }
        """
    )


def test_a_packet_that_nothing_explains_keeps_no_name_and_takes_nothing_further() -> None:
    """charon logs the packet before it can read it: undecryptable, it is the next message; otherwise nobody knows."""
    start = """
        [1] <-- AGGRESSIVE request 0 { SA, KE, No, ID }
        [1] --> AGGRESSIVE response 0 { SA, KE, No, ID, HASH }
    """
    raw = told(start + "[1] <-- QM1")
    unnamed = replace(raw[-1], name=None, exchange=None)
    assert as_text(climb((*raw[:-1], unnamed))) == lines(
        """
        west aggressive responder: incomplete at AM2
        <-- AM1 { SA, KE, No, ID }
        --> AM2 { SA, KE, No, ID, HASH }
        <-- message
        """
    )
    main = told("[1] <-- MAIN request 0 { SA }\n[1] --> MAIN response 0 { SA }\n[1] <-- MAIN request 0 { KE }")
    unread = told("[1] --> MAIN response 0 { KE }\n[1] * undecryptable")
    packet = replace(unnamed, source=main[0].source)
    assert as_text(climb((*main, unread[0], packet, unread[1], packet, unread[1]))).splitlines()[-1] == "<-- MM5 x2"


def test_the_number_of_invalid_ke_payload_is_an_error_in_ikev1() -> None:
    """charon prints IKEv1's INVALID_KEY_INFORMATION by its number's IKEv2 name: no key for the peer, live 5.9.8."""
    text = """
        [1] --> MAIN request 0 { SA }
        [1] <-- INFORMATIONAL_V1 request 5 { N(INVALID_KE_PAYLOAD) }
        [1] * notify-received notify=INVALID_KE_PAYLOAD exchange=INFORMATIONAL_V1
    """
    assert ladder_of(text).startswith("west main initiator: refused at MM1")


def test_a_child_that_this_end_cannot_even_offer_is_a_refused_child() -> None:
    """Transport mode without host selectors: nothing is sent, and no message is claimed to have been."""
    text = MAIN + "[c|1] * config-incomplete"
    assert ladder_of(text) == lines(MAIN_LADDER + "west quick unknown: refused at None".replace("unknown", "initiator"))
    assert climb(told("* config-incomplete")).exchanges == ()

"""IKEv2: the first exchange with its child, retries, CREATE_CHILD_SA."""

from __future__ import annotations

import pytest
from told_events import as_text, lines, told

from ipsecbot.ladder.climb import climb
from ipsecbot.ladder.settled import is_settled
from ipsecbot.model.exchange import EventKind, Outcome

INIT = """
    [c|1] * started role=initiator
    [c|1] --> IKE_SA_INIT request 0 { SA, KE, No }
    [c|1] <-- IKE_SA_INIT response 0 { SA, KE, No }
"""
UP = f"""{INIT}
    [c|1] --> IKE_AUTH request 1 {{ IDi, AUTH, SA, TSi, TSr }}
    [c|1] <-- IKE_AUTH response 1 {{ IDr, AUTH, SA, TSi, TSr }}
    [c|1] * established protocol=IKE
    [c|1] * established protocol=ESP
"""
UP_LADDER = """
    west ikev2 initiator: established at IKE_AUTH response, child established
    --> IKE_SA_INIT request { SA, KE, No }
    <-- IKE_SA_INIT response { SA, KE, No }
    --> IKE_AUTH request { IDi, AUTH, SA, TSi, TSr }
    <-- IKE_AUTH response { IDr, AUTH, SA, TSi, TSr }
"""


def ladder_of(text: str, **more: object) -> str:
    return as_text(climb(told(text, **more)))  # type: ignore[arg-type]


def test_init_and_auth_are_one_exchange_with_its_child() -> None:
    """Four messages, the child piggybacked."""
    assert ladder_of(UP) == lines(UP_LADDER)


def test_a_refused_child_leaves_the_ike_sa_established() -> None:
    """TS_UNACCEPTABLE and, in IKE_AUTH, NO_PROPOSAL_CHOSEN speak of the child."""
    for notify in ("TS_UNACCEPTABLE", "NO_PROPOSAL_CHOSEN"):
        text = UP.replace("* established protocol=ESP", f"* notify-received notify={notify}")
        exchange = climb(told(text)).exchanges[0]
        assert (exchange.outcome, exchange.child) == (Outcome.ESTABLISHED, Outcome.REFUSED)


def test_an_ike_sa_that_was_refused_has_no_child() -> None:
    """NO_PROPOSAL_CHOSEN to IKE_SA_INIT and AUTHENTICATION_FAILED to IKE_AUTH end the IKE SA itself."""
    first = "[1] --> IKE_SA_INIT request 0 { SA, KE, No }"
    text = (
        f"{first}\n[1] <-- IKE_SA_INIT response 0 {{ N(NO_PROPOSAL_CHOSEN) }}\n[1] * notify-received notify=NO_PROPOSAL_CHOSEN"
    )
    assert ladder_of(text) == lines(
        """
        west ikev2 initiator: refused at IKE_SA_INIT response
        --> IKE_SA_INIT request { SA, KE, No }
        <-- IKE_SA_INIT response { N(NO_PROPOSAL_CHOSEN) }
        """
    )
    failed = climb(told(f"{INIT}\n[c|1] <-- IKE_AUTH response 1 {{ N(AUTHENTICATION_FAILED) }}")).exchanges[0]
    assert (failed.outcome, failed.child, failed.reached) == (Outcome.REFUSED, None, "IKE_AUTH response")


RETRY = """
    [c|1] --> IKE_SA_INIT request 0 { SA, KE, No }
    [c|1] <-- IKE_SA_INIT response 0 { N(INVALID_KE_PAYLOAD) }
    [c|1] * ke-refused detail=modp2048
    [c|1] * started role=initiator
    [c|1] --> IKE_SA_INIT request 0 { SA, KE, No }
    [c|1] <-- IKE_SA_INIT response 0 { SA, KE, No }
"""


def test_another_group_or_a_cookie_is_one_negotiation() -> None:
    """INVALID_KE_PAYLOAD and COOKIE are steps on the way, not refusals."""
    ladder = """
        west ikev2 initiator: incomplete at IKE_SA_INIT response
        --> IKE_SA_INIT request { SA, KE, No }
        <-- IKE_SA_INIT response { N(INVALID_KE_PAYLOAD) }
        --> IKE_SA_INIT request { SA, KE, No }
        <-- IKE_SA_INIT response { SA, KE, No }
    """
    assert ladder_of(RETRY) == lines(ladder)
    cookie = RETRY.replace("INVALID_KE_PAYLOAD", "COOKIE").replace(
        "ke-refused detail=modp2048", "notify-received notify=COOKIE"
    )
    assert ladder_of(cookie) == lines(ladder.replace("INVALID_KE_PAYLOAD", "COOKIE"))


def test_a_responder_that_asked_for_another_group_counts_anew_but_it_is_one_negotiation() -> None:
    """charon forgets the first attempt and calls the second <2>."""
    assert ladder_of(
        """
        [1] <-- IKE_SA_INIT request 0 { SA, KE, No }
        [1] * started role=responder
        [1] * ke-refused detail=modp2048
        [1] --> IKE_SA_INIT response 0 { N(INVALID_KE_PAYLOAD) }
        [2] <-- IKE_SA_INIT request 0 { SA, KE, No }
        [2] * started role=responder
        [2] --> IKE_SA_INIT response 0 { SA, KE, No }
        [site|2] <-- IKE_AUTH request 1 { IDi }
        """
    ) == lines(
        """
        west ikev2 responder: incomplete at IKE_AUTH request
        <-- IKE_SA_INIT request { SA, KE, No }
        --> IKE_SA_INIT response { N(INVALID_KE_PAYLOAD) }
        <-- IKE_SA_INIT request { SA, KE, No }
        --> IKE_SA_INIT response { SA, KE, No }
        <-- IKE_AUTH request { IDi }
        """
    )


def test_children_later_are_exchanges_of_their_own_by_whoever_starts_them() -> None:
    """Both ends may use the same message id, because each counts its own requests."""
    assert ladder_of(
        UP
        + """
        [c|1] * started protocol=ESP
        [c|1] --> CREATE_CHILD_SA request 2 { N(REKEY_SA), SA, No, TSi, TSr }
        [c|1] <-- CREATE_CHILD_SA request 2 { SA, No, TSi, TSr }
        [c|1] --> CREATE_CHILD_SA response 2 { SA, No, TSi, TSr }
        [c|1] * established protocol=ESP
        [c|1] <-- CREATE_CHILD_SA response 2 { N(NO_PROPOSAL_CHOSEN) }
        [c|1] * notify-received notify=NO_PROPOSAL_CHOSEN
        """
    ) == lines(
        UP_LADDER
        + """
        west ikev2 initiator: refused at CREATE_CHILD_SA response
        --> CREATE_CHILD_SA request { N(REKEY_SA), SA, No, TSi, TSr }
        <-- CREATE_CHILD_SA response { N(NO_PROPOSAL_CHOSEN) }
        west ikev2 responder: established at CREATE_CHILD_SA response
        <-- CREATE_CHILD_SA request { SA, No, TSi, TSr }
        --> CREATE_CHILD_SA response { SA, No, TSi, TSr }
        """
    )


def test_retransmissions_are_counted_and_several_tries_are_several_exchanges() -> None:
    """keyingtries: the same number, three times."""
    once = """
        [c|1] * started role=initiator
        [c|1] --> IKE_SA_INIT request 0 { SA }
        [c|1] * retransmitted message_id=0
        [c|1] * retransmitted message_id=0
        [c|1] * gave-up
    """
    assert ladder_of(once * 2) == lines(
        """
        west ikev2 initiator: no-answer at IKE_SA_INIT request
        --> IKE_SA_INIT request { SA } x3
        west ikev2 initiator: no-answer at IKE_SA_INIT request
        --> IKE_SA_INIT request { SA } x3
        """
    )


def test_a_scrap_speaks_the_version_of_the_other_end() -> None:
    """One line of the responder, a whole exchange of the initiator: no quick mode in IKEv2."""
    scrap = told("[5] * proposal-refused protocol=ESP", device="east", remote=None)
    assert as_text(climb(told(UP) + scrap)).splitlines()[-1] == (
        "east ikev2 unknown: established at IKE_AUTH request, child refused"
    )


def test_the_daemon_counts_from_one_again_after_a_restart() -> None:
    """Number 1 of yesterday is not number 1 of today."""
    ladder = climb(told(f"{UP}\n* daemon-started\n{UP}"))
    assert [exchange.outcome for exchange in ladder.exchanges] == [Outcome.ESTABLISHED] * 2
    assert [event.kind for event in ladder.loose] == [EventKind.DAEMON_STARTED]


def test_the_same_lines_in_two_outputs_count_once() -> None:
    """A log buffer and a monitored debug of one router hold the same messages."""
    timed = "\n".join(f"12:00:0{number} {line.strip()}" for number, line in enumerate(lines(UP).splitlines()))
    both = told(timed, output="show logging") + told(timed, output="debug")
    assert as_text(climb(both)) == lines(UP_LADDER)


def test_a_journal_that_echoes_the_syslog_counts_once() -> None:
    """charon and charon-systemd write the same message twice."""
    line = "12:00:01 [c|1] <-- IKE_AUTH response 1 { IDr, AUTH, N(TS_UNACCEPTABLE) }"
    echoed = f"{line}\n{line.replace('[c|1] ', '')}"
    assert [message.times for message in climb(told(echoed)).exchanges[0].messages] == [1]


def test_outputs_are_merged_by_time_and_devices_stay_apart() -> None:
    """The order of the files means nothing where the lines tell the time."""
    early = told("12:00:01 [1] --> IKE_SA_INIT request 0 { SA }", output="b.log")
    late = told("12:00:02 [1] <-- IKE_SA_INIT response 0 { SA }", output="a.log")
    assert as_text(climb(late + early)) == lines(
        """
        west ikev2 initiator: incomplete at IKE_SA_INIT response
        --> IKE_SA_INIT request { SA }
        <-- IKE_SA_INIT response { SA }
        """
    )


def test_every_event_is_in_one_exchange_or_loose() -> None:
    """Nothing is lost and nothing is told twice."""
    events = told(f"{UP}\n* link detail=up\n[c|9] * peer-silent\n* invalid-spi\n{RETRY}")
    ladder = climb(events)
    placed = [event for exchange in ladder.exchanges for event in exchange.events] + list(ladder.loose)
    assert sorted(event.source.first_line for event in placed) == [event.source.first_line for event in events]


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        (INIT, False),
        (UP, True),
        (UP.replace("* established protocol=ESP", "* nat-detected"), False),
        (f"{INIT}\n[c|1] * notify-received notify=NO_PROPOSAL_CHOSEN", True),
        (f"{INIT}\n[c|1] * retransmitted", False),
        (f"{INIT}\n[c|1] * gave-up", True),
        (UP.replace("* established protocol=ESP", "* notify-received notify=TS_UNACCEPTABLE"), True),
        ("[1] --> MAIN request 0 { SA }\n[1] * port-unreachable", True),
        ("[1] * established protocol=IKE\n[1] * established protocol=ESP", True),
        ("* link detail=down", False),
        ("[1] --> INFORMATIONAL request 4", False),
    ],
)
def test_a_debug_may_stop_once_the_story_is_told(text: str, settled: bool) -> None:
    """A child up, a refusal or giving up; not an IKE SA alone and not a retransmission."""
    assert is_settled(climb(told(text))) is settled


def test_a_child_announced_before_its_request_is_one_exchange_with_it() -> None:
    """pluto numbers a child before its first message goes out, and speaks of it afterwards: one exchange, not two."""
    text = f"""{UP}
    [c|1] * started exchange=CREATE_CHILD_SA message_id=3 protocol=ESP role=initiator
    [c|1] * started exchange=CREATE_CHILD_SA message_id=4 protocol=ESP role=initiator
    [c|1] --> CREATE_CHILD_SA request 3
    [c|1] <-- CREATE_CHILD_SA response 3
    [c|1] * notify-received exchange=CREATE_CHILD_SA message_id=3 notify=TS_UNACCEPTABLE protocol=ESP
    [c|1] --> CREATE_CHILD_SA request 4
    [c|1] <-- CREATE_CHILD_SA response 4
    [c|1] * established exchange=CREATE_CHILD_SA message_id=4 protocol=ESP
    """
    outcomes = [exchange.outcome for exchange in climb(told(text)).exchanges]
    assert outcomes == [Outcome.ESTABLISHED, Outcome.REFUSED, Outcome.ESTABLISHED]


def test_a_liveness_check_sent_again_is_no_further_exchange() -> None:
    """charon repeats an INFORMATIONAL request by its message ID: it stays one request, however often it goes out."""
    text = f"""{UP}
    [c|1] --> INFORMATIONAL request 4
    [c|1] * retransmitted exchange=INFORMATIONAL message_id=4
    [c|1] * retransmitted exchange=INFORMATIONAL message_id=4
    """
    exchanges = climb(told(text)).exchanges
    assert [message.times for message in exchanges[-1].messages] == [3]
    assert len(exchanges) == 2

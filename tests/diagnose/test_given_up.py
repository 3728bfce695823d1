"""What nobody refused and still did not come up."""

from __future__ import annotations

from dataclasses import replace

from broken_tunnels import LEFT, RIGHT, End, event, exchange, tunnel

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.connection import EncapsulationMode
from ipsecbot.model.exchange import EventKind, Exchange, Outcome
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role

TALK = "> IKE_SA_INIT request, < IKE_SA_INIT response, > IKE_AUTH request, < IKE_AUTH response"
BACK = "< IKE_SA_INIT request, > IKE_SA_INIT response, < IKE_AUTH request, > IKE_AUTH response"


def given_up() -> tuple[Exchange, Exchange]:
    """The initiator cannot install what the responder has agreed to, and deletes it."""
    failed = event("west", EventKind.FAILED, protocol=Protocol.ESP)
    deleted = event("east", EventKind.DELETE_RECEIVED, protocol=Protocol.ESP)
    return (
        exchange("west", Role.INITIATOR, TALK, Outcome.ESTABLISHED, failed, child=Outcome.REFUSED),
        exchange("east", Role.RESPONDER, BACK, Outcome.ESTABLISHED, deleted, child=Outcome.ESTABLISHED),
    )


def in_mode(end: End, mode: EncapsulationMode) -> End:
    return replace(end, encapsulation=mode)


def test_narrowed_selectors_that_cannot_be_installed_do_not_mirror() -> None:
    """Both agree on the smaller network and one end has no address in it: the difference is the cause."""
    diagnosis = conclude(tunnel(LEFT, replace(RIGHT, peer_net="10.1.128.0/17"), *given_up()))
    assert diagnosis.cause == "traffic-selector-mismatch"
    assert "10.1.128.0/17" in diagnosis.headline


def test_a_child_that_cannot_be_installed_in_the_other_mode() -> None:
    """IKEv2 falls back to tunnel mode, which one end cannot install: the modes are the cause."""
    diagnosis = conclude(tunnel(in_mode(LEFT, EncapsulationMode.TRANSPORT), RIGHT, *given_up()))
    assert diagnosis.cause == "encapsulation-mode-mismatch"


def test_where_the_configurations_agree_neither_is_the_cause() -> None:
    """Then the kernel has reasons of its own."""
    found = {finding.cause for finding in conclude(tunnel(LEFT, RIGHT, *given_up())).findings}
    assert not found & {"traffic-selector-mismatch", "encapsulation-mode-mismatch"}


def test_a_lost_third_message_of_aggressive_mode() -> None:
    """The initiator believes the IKE SA up and hears nothing of its quick mode; the responder repeats AM2 in vain."""
    nat = event("west", EventKind.NAT_DETECTED)
    left = exchange("west", Role.INITIATOR, "> AM1, < AM2, > AM3", Outcome.ESTABLISHED, nat)
    quick = exchange("west", Role.INITIATOR, "> QM1", Outcome.NO_ANSWER, event("west", EventKind.GAVE_UP))
    right = exchange("east", Role.RESPONDER, "< AM1, > AM2", Outcome.NO_ANSWER, event("east", EventKind.GAVE_UP))
    ends = (replace(end, versions=(1,)) for end in (LEFT, RIGHT))
    assert conclude(tunnel(*ends, left, quick, right)).cause == "nat-t-blocked"

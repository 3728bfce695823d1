"""Outages, as an engineer would tell them: what both ends have and what was seen → the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_tunnels import (
    EAST,
    LEFT,
    RIGHT,
    WEST,
    both,
    child_sa,
    event,
    exchange,
    fqdn,
    ike_sa,
    line,
    proposal,
    tunnel,
    unread,
)

from ipsecbot.diagnose.conclude import conclude
from ipsecbot.model.connection import EncapsulationMode, ExchangeMode
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Change, Conclusion, Verdict
from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import Outcome
from ipsecbot.model.identity import AuthMethod
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role, SaState
from ipsecbot.model.tunnel import Diagnosis, Tunnel

I, R = Role.INITIATOR, Role.RESPONDER  # noqa: E741
REFUSED, SILENT, UP = Outcome.REFUSED, Outcome.NO_ANSWER, Outcome.ESTABLISHED
INIT = "> IKE_SA_INIT request, < IKE_SA_INIT response"
INIT_R = "< IKE_SA_INIT request, > IKE_SA_INIT response"
AUTH, AUTH_R = f"{INIT}, > IKE_AUTH request, < IKE_AUTH response", f"{INIT_R}, < IKE_AUTH request, > IKE_AUTH response"
MAIN = "> MM1, < MM2, > MM3, < MM4, > MM5, < MM6"
MAIN_R = "< MM1, > MM2, < MM3, > MM4, < MM5, > MM6"


def told(device: str, notify: str):
    return event(device, K.NOTIFY_RECEIVED, notify=notify)


def up_v1() -> tuple:
    return (
        exchange("west", I, MAIN, UP, event("west", K.ESTABLISHED, protocol=Protocol.IKE)),
        exchange("east", R, MAIN_R, UP, event("east", K.ESTABLISHED, protocol=Protocol.IKE)),
    )


def ike_refusal_v2() -> Tunnel:
    left, right = LEFT, replace(RIGHT, ike="aes256-sha1-modp2048")
    return tunnel(
        left,
        right,
        exchange("west", I, INIT, REFUSED, told("west", "NO_PROPOSAL_CHOSEN")),
        exchange(
            "east",
            R,
            INIT_R,
            REFUSED,
            event("east", K.OFFERED, protocol=Protocol.IKE, proposals=(proposal(left.ike, Protocol.IKE),)),
            event("east", K.CONFIGURED, protocol=Protocol.IKE, proposals=(proposal(right.ike, Protocol.IKE),)),
            event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE),
        ),
    )


def ike_refusal_v1_ios(attribute: str, words: str) -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    right = replace(right, ike=words)
    return tunnel(
        left,
        right,
        exchange("west", I, "> MM1", REFUSED, told("west", "NO_PROPOSAL_CHOSEN")),
        exchange(
            "east",
            R,
            "< MM1",
            REFUSED,
            event("east", K.TRANSFORM_REFUSED, protocol=Protocol.IKE, attribute=attribute),
            event("east", K.PROPOSAL_REFUSED, protocol=Protocol.IKE),
        ),
    )


def psk_v2() -> Tunnel:
    return tunnel(
        LEFT,
        replace(RIGHT, secret="bbbbbbbbbbbb"),
        exchange("west", I, AUTH, REFUSED, told("west", "AUTHENTICATION_FAILED")),
        exchange("east", R, AUTH_R, REFUSED, event("east", K.AUTHENTICATION_FAILED)),
    )


def psk_v1() -> Tunnel:
    left, right = both(versions=(1,))
    return tunnel(
        left,
        replace(right, secret="bbbbbbbbbbbb"),
        exchange("west", I, "> MM1, < MM2, > MM3, < MM4, > MM5", SILENT, event("west", K.GAVE_UP)),
        exchange("east", R, "< MM1, > MM2, < MM3, > MM4, < MM5", REFUSED, event("east", K.UNDECRYPTABLE, ike_version=1)),
    )


def psk_missing_v2() -> Tunnel:
    return tunnel(
        LEFT,
        replace(RIGHT, has_key=False),
        exchange("west", I, AUTH, REFUSED, told("west", "AUTHENTICATION_FAILED")),
        exchange("east", R, AUTH_R, REFUSED, event("east", K.KEY_MISSING)),
    )


def id_v2() -> Tunnel:
    return tunnel(
        replace(LEFT, local_id=fqdn("west.example.org")),
        replace(RIGHT, remote_id=fqdn("elsewhere.example.org")),
        exchange("west", I, AUTH, REFUSED, told("west", "AUTHENTICATION_FAILED")),
        exchange("east", R, AUTH_R, REFUSED, event("east", K.PEER_REFUSED, identity=fqdn("west.example.org"))),
    )


def profile_v2_ios() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS)
    return tunnel(
        replace(left, local_id=fqdn("west.example.org")),
        replace(right, remote_id=fqdn("elsewhere.example.org")),
        exchange("west", I, AUTH, REFUSED, told("west", "AUTHENTICATION_FAILED")),
        exchange("east", R, AUTH_R, REFUSED, event("east", K.PROFILE_NOT_MATCHED, identity=fqdn("west.example.org"))),
    )


def no_config() -> Tunnel:
    right = replace(RIGHT, peer="203.0.113.9")
    return tunnel(
        LEFT,
        right,
        exchange("west", I, INIT, REFUSED, told("west", "NO_PROPOSAL_CHOSEN")),
        exchange("east", R, INIT_R, REFUSED, event("east", K.NO_CONNECTION, remote=WEST)),
    )


def version() -> Tunnel:
    return tunnel(
        replace(LEFT, versions=(1,)),
        RIGHT,
        exchange("west", I, "> MM1", REFUSED, told("west", "NO_PROPOSAL_CHOSEN")),
        exchange("east", R, "< MM1", REFUSED, event("east", K.NO_CONNECTION, remote=WEST, ike_version=1)),
    )


def version_unheard() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS)
    return tunnel(
        left,
        replace(right, versions=(1,)),
        exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP)),
    )


def mode() -> Tunnel:
    left, right = both(versions=(1,))
    return tunnel(
        replace(left, mode=ExchangeMode.AGGRESSIVE),
        right,
        exchange("west", I, "> AM1", REFUSED, told("west", "AUTHENTICATION_FAILED")),
        exchange("east", R, "< AM1", REFUSED, event("east", K.MODE_REFUSED)),
    )


def auth_method() -> Tunnel:
    return tunnel(LEFT, replace(RIGHT, auth=AuthMethod.PUBKEY))


def unreachable() -> Tunnel:
    left, right = LEFT, replace(RIGHT.endpoint, events=(), ike_running=True)
    return tunnel(left, right, exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP)))


def answers_lost() -> Tunnel:
    left, right = both(versions=(1,))
    return tunnel(
        left,
        right,
        exchange("west", I, "> MM1", SILENT, event("west", K.GAVE_UP)),
        exchange("east", R, "< MM1, > MM2", SILENT, event("east", K.RETRANSMITTED)),
    )


def daemon_down() -> Tunnel:
    right = replace(RIGHT.endpoint, events=(), ike_running=False, ike_running_source=line("east", "inactive", "stats"))
    return tunnel(LEFT, right, exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP)))


def port_unreachable() -> Tunnel:
    gone = (event("west", K.PORT_UNREACHABLE), event("west", K.GAVE_UP))
    return tunnel(LEFT, None, exchange("west", I, "> IKE_SA_INIT request", SILENT, *gone))


def wrong_address() -> Tunnel:
    left = replace(LEFT, peer="203.0.113.77")
    out = replace(exchange("west", I, "> IKE_SA_INIT request", SILENT, event("west", K.GAVE_UP)), remote="203.0.113.77")
    return tunnel(left, replace(RIGHT.endpoint, events=(), ike_running=True), out)


def nat_t() -> Tunnel:
    found = event("west", K.NAT_DETECTED, detail="local")
    return tunnel(
        LEFT,
        RIGHT,
        exchange("west", I, f"{INIT}, > IKE_AUTH request", SILENT, found, event("west", K.GAVE_UP)),
        exchange("east", R, INIT_R, Outcome.INCOMPLETE, event("east", K.NAT_DETECTED)),
    )


def nat_t_v1() -> Tunnel:
    found = event("west", K.NAT_DETECTED, detail="local")
    left, right = both(versions=(1,), platform=Platform.CISCO_IOS)
    return tunnel(
        left,
        right,
        exchange("west", I, "> MM1, < MM2, > MM3, < MM4, > MM5", SILENT, found, event("west", K.GAVE_UP)),
        exchange("east", R, "< MM1, > MM2, < MM3, > MM4", SILENT, event("east", K.NAT_DETECTED), event("east", K.GAVE_UP)),
    )


def esp_v2() -> Tunnel:
    right = replace(RIGHT, esp="aes128-sha256")
    return tunnel(
        LEFT,
        right,
        exchange("west", I, AUTH, UP, told("west", "NO_PROPOSAL_CHOSEN"), child=REFUSED),
        exchange(
            "east",
            R,
            AUTH_R,
            UP,
            event("east", K.OFFERED, protocol=Protocol.ESP, proposals=(proposal(LEFT.esp, Protocol.ESP),)),
            event("east", K.CONFIGURED, protocol=Protocol.ESP, proposals=(proposal(right.esp, Protocol.ESP),)),
            event("east", K.PROPOSAL_REFUSED, protocol=Protocol.ESP),
            child=REFUSED,
        ),
    )


def quick(left, right, *events) -> Tunnel:
    return tunnel(
        left,
        right,
        *up_v1(),
        exchange("west", I, "> QM1", REFUSED, told("west", "NO_PROPOSAL_CHOSEN")),
        exchange("east", R, "< QM1", REFUSED, *events),
    )


def esp_v1_ios() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    return quick(left, replace(right, esp="aes256-sha1"), event("east", K.PROPOSAL_REFUSED, protocol=Protocol.ESP))


def pfs_v1_ios() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    right = replace(right, esp="aes256-sha256-modp2048")
    return quick(left, right, event("east", K.PROPOSAL_REFUSED, protocol=Protocol.ESP))


def pfs_v1_swan() -> Tunnel:
    left, right = both(versions=(1,))
    right = replace(right, esp="aes256-sha256-modp2048")
    return quick(
        left,
        right,
        event("east", K.OFFERED, protocol=Protocol.ESP, proposals=(proposal(left.esp, Protocol.ESP),)),
        event("east", K.CONFIGURED, protocol=Protocol.ESP, proposals=(proposal(right.esp, Protocol.ESP),)),
        event("east", K.PROPOSAL_REFUSED, protocol=Protocol.ESP),
    )


def pfs_v2_rekey() -> Tunnel:
    right = replace(RIGHT, esp="aes256-sha256-modp2048")
    up = {"child": UP}
    return tunnel(
        LEFT,
        right,
        exchange("west", I, AUTH, UP, **up),
        exchange(
            "west", I, "> CREATE_CHILD_SA request, < CREATE_CHILD_SA response", REFUSED, told("west", "NO_PROPOSAL_CHOSEN")
        ),
        exchange("east", R, AUTH_R, UP, **up),
        exchange(
            "east",
            R,
            "< CREATE_CHILD_SA request, > CREATE_CHILD_SA response",
            REFUSED,
            event("east", K.NOTIFY_SENT, notify="NO_PROPOSAL_CHOSEN"),
        ),
    )


def selectors_v2() -> Tunnel:
    return tunnel(
        LEFT,
        replace(RIGHT, peer_net="10.9.0.0/16"),
        exchange("west", I, AUTH, UP, told("west", "TS_UNACCEPTABLE"), child=REFUSED),
        exchange("east", R, AUTH_R, UP, event("east", K.SELECTORS_REFUSED), child=REFUSED),
    )


def selectors_v1() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    return quick(left, replace(right, peer_net="10.9.0.0/16"), event("east", K.SELECTORS_REFUSED))


def encapsulation() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,), net=f"{WEST}/32", peer_net=f"{EAST}/32")
    right = replace(right, net=f"{EAST}/32", peer_net=f"{WEST}/32")
    return quick(replace(left, encapsulation=EncapsulationMode.TRANSPORT), right, event("east", K.ENCAPSULATION_REFUSED))


def nothing_asked() -> Tunnel:
    left, right = both(platform=Platform.CISCO_IOS, versions=(1,))
    absent = {"state": SaState.ABSENT, "send_errors": 0}
    return tunnel(
        replace(left.endpoint, ike_sas=(), child_sas=(child_sa("west", 0, 0, **absent),)),
        replace(right.endpoint, ike_sas=(), child_sas=(child_sa("east", 0, 0, **absent),)),
    )


def nothing_asked_swan() -> Tunnel:
    ends = [replace(e.endpoint, ike_sas=(), child_sas=(), events=(), ike_running=True) for e in (LEFT, RIGHT)]
    return tunnel(*ends)


OUTAGES = [
    (ike_refusal_v2, "ike-proposal-mismatch", "integrity", Change.EITHER, 0.95),
    (
        lambda: ike_refusal_v1_ios("encryption", "aes128-sha256-modp2048"),
        "ike-proposal-mismatch",
        "encryption",
        Change.EITHER,
        0.95,
    ),
    (lambda: ike_refusal_v1_ios("dh", "aes256-sha256-modp1024"), "ike-proposal-mismatch", "dh", Change.EITHER, 0.95),
    (psk_v2, "psk-mismatch", None, Change.EITHER, 0.95),
    (psk_v1, "psk-mismatch", None, Change.EITHER, 0.95),
    (psk_missing_v2, "psk-missing", None, Change.RIGHT, 0.95),
    (id_v2, "id-mismatch", None, Change.EITHER, 0.95),
    (profile_v2_ios, "id-mismatch", None, Change.EITHER, 0.95),
    (no_config, "no-config-for-peer", None, Change.RIGHT, 0.9),
    (version, "ike-version-mismatch", None, Change.EITHER, 0.95),
    (version_unheard, "ike-version-mismatch", None, Change.EITHER, 0.8),
    (mode, "exchange-mode-mismatch", None, Change.EITHER, 0.95),
    (auth_method, "auth-method-mismatch", None, Change.EITHER, 0.8),
    (unreachable, "peer-unreachable", None, Change.PATH, 0.9),
    (answers_lost, "peer-unreachable", None, Change.PATH, 0.7),
    (daemon_down, "peer-not-listening", None, Change.RIGHT, 0.9),
    (port_unreachable, "peer-not-listening", None, Change.RIGHT, 0.9),
    (wrong_address, "wrong-peer-address", None, Change.LEFT, 0.8),
    (nat_t, "nat-t-blocked", None, Change.PATH, 0.9),
    (nat_t_v1, "nat-t-blocked", None, Change.PATH, 0.9),
    (esp_v2, "esp-proposal-mismatch", "encryption", Change.EITHER, 0.95),
    (esp_v1_ios, "esp-proposal-mismatch", "integrity", Change.EITHER, 0.95),
    (pfs_v1_ios, "pfs-mismatch", "dh", Change.EITHER, 0.95),
    (pfs_v1_swan, "pfs-mismatch", "dh", Change.EITHER, 0.95),
    (pfs_v2_rekey, "pfs-mismatch", "dh", Change.EITHER, 0.9),
    (selectors_v2, "traffic-selector-mismatch", None, Change.EITHER, 0.95),
    (selectors_v1, "traffic-selector-mismatch", None, Change.EITHER, 0.95),
    (encapsulation, "encapsulation-mode-mismatch", None, Change.EITHER, 0.95),
    (nothing_asked, "no-interesting-traffic", None, None, 0.7),
    (nothing_asked_swan, "no-interesting-traffic", None, None, 0.7),
]


def say(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.headline} {[(f.cause, f.verdict, f.confidence) for f in diagnosis.findings]} {diagnosis.missing}"


@pytest.mark.parametrize(
    ("outage", "cause", "attribute", "change", "sure"), OUTAGES, ids=[f"{n}-{row[1]}" for n, row in enumerate(OUTAGES)]
)
def test_each_outage_ends_in_its_cause(outage, cause, attribute, change, sure) -> None:
    """Cause, attribute and side to change are right, quoted, and as sure as the witnesses allow."""
    diagnosis = conclude(outage())
    assert diagnosis.conclusion is Conclusion.FAULT, say(diagnosis)
    assert (diagnosis.cause, diagnosis.attribute) == (cause, attribute), say(diagnosis)
    best = diagnosis.findings[0]
    assert best.verdict is Verdict.FOUND
    assert best.evidence
    assert change is None or best.change is change
    assert diagnosis.confidence >= sure, say(diagnosis)


def test_offered_and_accepted_are_the_words_of_both_ends() -> None:
    """The finding names what the initiator offered and what the responder accepts."""
    best = conclude(ike_refusal_v2()).findings[0]
    assert (best.offered, best.accepted) == ("sha256", "sha1")
    best = conclude(id_v2()).findings[0]
    assert ("west.example.org" in best.offered, "elsewhere.example.org" in best.accepted) == (True, True)


ALL_CONFIG_ONLY = [
    (lambda: tunnel(LEFT, replace(RIGHT, ike="aes256-sha256-ecp256")), "ike-proposal-mismatch", "dh"),
    (lambda: tunnel(LEFT, replace(RIGHT, secret="bbbbbbbbbbbb")), "psk-mismatch", None),
    (lambda: tunnel(LEFT, replace(RIGHT, peer_net="10.9.0.0/16")), "traffic-selector-mismatch", None),
    (lambda: tunnel(LEFT, replace(RIGHT, esp="aes256gcm16")), "esp-proposal-mismatch", "encryption"),
]


@pytest.mark.parametrize(("outage", "cause", "attribute"), ALL_CONFIG_ONLY)
def test_two_configurations_alone_are_good_evidence(outage, cause, attribute) -> None:
    """A difference in replay with nothing to the contrary is the verdict, less sure than with a log."""
    diagnosis = conclude(outage())
    assert (diagnosis.cause, diagnosis.attribute) == (cause, attribute), say(diagnosis)
    assert 0.8 <= diagnosis.confidence <= 0.9


def test_the_responder_alone_is_believed() -> None:
    """Its refusal is enough, without any configuration."""
    shown = ike_refusal_v2()
    only = tunnel(unread("west"), unread("east"), *(e for e in shown.ladder.exchanges if e.device == "east"))
    diagnosis = conclude(only)
    assert (diagnosis.cause, diagnosis.attribute) == ("ike-proposal-mismatch", "integrity"), say(diagnosis)
    assert 0.9 <= diagnosis.confidence < 0.95


ONE_END = [
    (f"{INIT}", "NO_PROPOSAL_CHOSEN", ("ike-proposal-mismatch", "no-config-for-peer")),
    (AUTH, "AUTHENTICATION_FAILED", ("psk-mismatch", "id-mismatch", "psk-missing")),
    (f"{MAIN}", "AUTHENTICATION_FAILED", ("id-mismatch", "psk-mismatch")),
    ("> QM1", "NO_PROPOSAL_CHOSEN", ("esp-proposal-mismatch", "pfs-mismatch", "traffic-selector-mismatch")),
    ("> CREATE_CHILD_SA request, < CREATE_CHILD_SA response", "NO_PROPOSAL_CHOSEN", ("pfs-mismatch",)),
]


@pytest.mark.parametrize(("messages", "notify", "candidates"), ONE_END)
def test_an_initiator_that_only_heard_no_gets_candidates(messages, notify, candidates) -> None:
    """Undetermined, with the likely causes ranked, none above one half, and the responder's log to be collected."""
    left = replace(LEFT.endpoint)
    diagnosis = conclude(tunnel(left, None, exchange("west", I, messages, REFUSED, told("west", notify))))
    assert diagnosis.conclusion is Conclusion.UNDETERMINED, say(diagnosis)
    assert diagnosis.cause is None
    assert [f.cause for f in diagnosis.findings][: len(candidates)] == list(candidates)
    assert all(f.verdict is Verdict.UNKNOWN and f.confidence <= 0.5 for f in diagnosis.findings)
    assert any(EAST in item.device and "log" in item.what for item in diagnosis.missing), diagnosis.missing
    assert diagnosis.headline.startswith("Undetermined")


def test_mm5_without_answer_and_without_the_other_end_is_not_guessed() -> None:
    """A wrong key and a filtered port 4500 look alike from the initiator."""
    messages = "> MM1, < MM2, > MM3, < MM4, > MM5"
    silent = exchange("west", I, messages, SILENT, event("west", K.NAT_DETECTED), event("west", K.GAVE_UP))
    diagnosis = conclude(tunnel(replace(LEFT, versions=(1,)), None, silent))
    assert diagnosis.conclusion is Conclusion.UNDETERMINED
    assert {"psk-mismatch", "nat-t-blocked"} <= {f.cause for f in diagnosis.findings}


def test_nothing_known_is_nothing_claimed() -> None:
    """Two names give no verdict and say what to collect."""
    diagnosis = conclude(tunnel(unread("west"), unread("east", Platform.CISCO_IOS)))
    assert (diagnosis.conclusion, diagnosis.confidence) == (Conclusion.UNDETERMINED, 0.0)
    assert {item.device for item in diagnosis.missing} == {"west", "east"}


def test_agreeing_configurations_alone_are_not_called_healthy() -> None:
    """Nobody saw the tunnel up."""
    diagnosis = conclude(tunnel(LEFT, RIGHT))
    assert diagnosis.conclusion is Conclusion.UNDETERMINED
    assert "agree" in diagnosis.headline


def up_now(left=LEFT, right=RIGHT) -> tuple:
    return tuple(
        replace(end.endpoint, ike_sas=(ike_sa(end.name),), child_sas=(child_sa(end.name, 7, 9),)) for end in (left, right)
    )


def test_a_tunnel_that_is_up_is_healthy() -> None:
    """SAs on both ends and packets both ways."""
    diagnosis = conclude(tunnel(*up_now()))
    assert (diagnosis.conclusion, diagnosis.cause, diagnosis.phase) == (Conclusion.HEALTHY, "healthy", "none")
    assert diagnosis.confidence >= 0.9


def test_health_now_beats_old_failures() -> None:
    """Log lines of a mended fault do not count."""
    old = psk_v2().ladder.exchanges
    assert conclude(tunnel(*up_now(), *old)).cause == "healthy"


def test_a_later_success_beats_an_earlier_failure_in_the_log() -> None:
    """The latest attempt counts."""
    old = ike_refusal_v2().ladder.exchanges
    new = (exchange("west", I, AUTH, UP, child=UP), exchange("east", R, AUTH_R, UP, child=UP))
    assert conclude(tunnel(LEFT, RIGHT, *old, *new)).cause == "healthy"


def test_a_later_failure_beats_an_earlier_success() -> None:
    """The other way round."""
    new = psk_v2().ladder.exchanges
    old = (exchange("west", I, AUTH, UP, child=UP), exchange("east", R, AUTH_R, UP, child=UP))
    assert conclude(tunnel(LEFT, replace(RIGHT, secret="bbbbbbbbbbbb"), *old, *new)).cause == "psk-mismatch"


def test_an_attempt_that_the_log_cuts_off_hides_nothing() -> None:
    """The retry that has just begun says nothing; the refusal before it does."""
    cut = exchange("east", R, "< IKE_SA_INIT request", Outcome.INCOMPLETE)
    assert conclude(tunnel(LEFT, RIGHT, *ike_refusal_v2().ladder.exchanges, cut)).cause == "ike-proposal-mismatch"


def test_ikev2_pfs_that_differs_is_a_note_until_a_rekey_fails() -> None:
    """The first CHILD_SA needs no group of its own."""
    diagnosis = conclude(tunnel(*up_now(LEFT, replace(RIGHT, esp="aes256-sha256-modp2048"))))
    assert diagnosis.cause == "healthy"
    assert any("rekey" in note for note in diagnosis.notes)


def test_one_policy_refused_and_the_next_accepted_is_no_fault() -> None:
    """IOS prints every policy it walks past."""
    walk = event("east", K.TRANSFORM_REFUSED, protocol=Protocol.IKE, attribute="encryption")
    done = exchange("east", R, MAIN_R, UP, walk, event("east", K.ESTABLISHED, protocol=Protocol.IKE))
    quick_up = exchange("east", R, "< QM1, > QM2, < QM3", UP, event("east", K.ESTABLISHED, protocol=Protocol.ESP))
    assert conclude(tunnel(unread("west"), unread("east"), done, quick_up)).cause == "healthy"


def test_a_configured_difference_that_was_got_past_is_not_blamed() -> None:
    """The keys read differ, yet the IKE SA came up: the fault is the one observed later."""
    shown = selectors_v2().ladder.exchanges
    diagnosis = conclude(tunnel(LEFT, replace(RIGHT, secret="bbbbbbbbbbbb", peer_net="10.9.0.0/16"), *shown))
    assert diagnosis.cause == "traffic-selector-mismatch", say(diagnosis)


def test_a_device_that_could_not_be_asked_is_named() -> None:
    """The other end is still diagnosed."""
    shown = psk_v2()
    right = replace(unread("east"), failure="login refused", failure_kind="LoginRefused")
    diagnosis = conclude(tunnel(LEFT.endpoint, right, *(e for e in shown.ladder.exchanges if e.device == "west")))
    assert diagnosis.conclusion is Conclusion.UNDETERMINED
    assert any(item.device == "east" and "login refused" in item.why for item in diagnosis.missing)

"""What one end alone can tell: how an attempt looked from there, and what that may mean.

A table of hints. The weights are how likely each cause makes such a sight (none above 0.5: a symptom alone never decides),
after RFC 7296 sections 2.21 and 3.10.1 (which notify answers which refusal) and RFC 2409 section 5 (which message first
depends on which agreement).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ipsecbot.diagnose.attempts import Attempt
from ipsecbot.diagnose.facts import SIDES, Facts, lines
from ipsecbot.diagnose.registry import Clue, Strength, Witness
from ipsecbot.model.evidence import Change, Source
from ipsecbot.model.exchange import Direction, EventKind
from ipsecbot.model.sa import Role, SaState

Candidates = tuple[tuple[str, float], ...]
_PATH_CAUSES = ("peer-unreachable", "nat-t-blocked", "ike-fragmentation", "esp-blocked")


@dataclass(frozen=True, slots=True)
class Symptom:
    """One row: the last message of an attempt, in which role, and the notify that came (None: silence)."""

    role: Role
    reached: tuple[str, ...]
    notify: str | None
    means: Candidates
    usual: float = 0.0  # how often it is the first cause, where that is the usual explanation; 0: no cause stands out


_I, _R = Role.INITIATOR, Role.RESPONDER
_IN_CLEAR = 0.35
_UNREAD = "INFORMATIONAL"  # an answer in clear that IOS does not open before there are keys: "Notify has no hash. Rejected."
_USUAL = 0.64  # two in three: the one who refused may have another reason, and only its log tells
TABLE: tuple[Symptom, ...] = (
    Symptom(
        _I,
        ("MM1", "AM1", "IKE_SA_INIT request"),
        None,
        (
            ("peer-unreachable", 0.45),
            ("peer-not-listening", 0.25),
            ("wrong-peer-address", 0.15),
            ("no-config-for-peer", 0.15),
            ("ike-version-mismatch", 0.15),
            ("ike-proposal-mismatch", 0.1),
        ),
    ),
    Symptom(
        _I,
        ("MM1", "AM1"),
        _UNREAD,
        (
            ("ike-proposal-mismatch", 0.45),
            ("no-config-for-peer", 0.3),
            ("psk-missing", 0.2),
            ("exchange-mode-mismatch", 0.15),
            ("ike-version-mismatch", 0.15),
        ),
    ),
    Symptom(
        _I,
        ("IKE_SA_INIT request", "IKE_SA_INIT response"),
        "NO_PROPOSAL_CHOSEN",
        (("ike-proposal-mismatch", 0.5), ("no-config-for-peer", 0.3), ("ike-version-mismatch", 0.2)),
    ),
    Symptom(
        _I,
        ("MM1", "AM1", "MM2", "AM2"),
        "NO_PROPOSAL_CHOSEN",
        (
            ("ike-proposal-mismatch", 0.5),
            ("no-config-for-peer", 0.25),
            ("ike-version-mismatch", 0.2),
            ("auth-method-mismatch", 0.15),
            ("exchange-mode-mismatch", 0.15),
            ("psk-missing", 0.15),
        ),
    ),
    Symptom(
        _I,
        ("AM1", "AM2"),
        "AUTHENTICATION_FAILED",
        (("exchange-mode-mismatch", 0.4), ("id-mismatch", 0.35), ("psk-mismatch", 0.3)),
    ),
    Symptom(_I, ("MM3", "MM4"), None, (("psk-missing", 0.35), ("peer-unreachable", 0.3), ("ike-fragmentation", 0.15))),
    Symptom(
        _I,
        ("MM5", "AM3"),
        None,
        (("psk-mismatch", 0.45), ("nat-t-blocked", 0.3), ("id-mismatch", 0.2), ("ike-fragmentation", 0.1)),
    ),
    *(
        Symptom(_I, ("MM5", "MM6", "AM3"), notify, means)
        for notify, means in (
            ("AUTHENTICATION_FAILED", (("id-mismatch", 0.45), ("psk-mismatch", 0.4), ("cert-untrusted", 0.15))),
            ("PAYLOAD_MALFORMED", (("psk-mismatch", 0.5),)),
            ("INVALID_HASH_INFORMATION", (("psk-mismatch", 0.5),)),
            ("INVALID_ID_INFORMATION", (("id-mismatch", 0.5),)),
            ("INVALID_PAYLOAD_TYPE", (("psk-mismatch", 0.5),)),
        )
    ),
    Symptom(
        _I,
        ("IKE_AUTH request", "IKE_AUTH response"),
        "AUTHENTICATION_FAILED",
        (
            ("psk-mismatch", 0.45),
            ("id-mismatch", 0.4),
            ("psk-missing", 0.3),
            ("auth-method-mismatch", 0.2),
            ("profile-not-matched", 0.15),
            ("cert-untrusted", 0.15),
        ),
    ),
    Symptom(_I, ("IKE_AUTH request",), None, (("nat-t-blocked", 0.4), ("ike-fragmentation", 0.25), ("id-mismatch", 0.15))),
    Symptom(
        _I,
        ("IKE_AUTH request", "IKE_AUTH response"),
        "NO_PROPOSAL_CHOSEN",
        (("esp-proposal-mismatch", 0.5), ("encapsulation-mode-mismatch", 0.2)),
        usual=_USUAL,
    ),
    Symptom(
        _I,
        ("QM1", "QM2"),
        "NO_PROPOSAL_CHOSEN",
        (
            ("esp-proposal-mismatch", 0.45),
            ("pfs-mismatch", 0.35),
            ("traffic-selector-mismatch", 0.25),
            ("encapsulation-mode-mismatch", 0.2),
            ("crypto-map-incomplete", 0.1),
        ),
    ),
    Symptom(
        _I,
        ("QM1",),
        None,
        (
            ("traffic-selector-mismatch", 0.35),
            ("esp-proposal-mismatch", 0.35),
            ("pfs-mismatch", 0.25),
            ("encapsulation-mode-mismatch", 0.15),
        ),
    ),
    *(
        Symptom(
            _I,
            ("CREATE_CHILD_SA request", "CREATE_CHILD_SA response"),
            notify,
            (("pfs-mismatch", 0.5), ("rekey-failure", 0.35), ("esp-proposal-mismatch", 0.3)),
        )
        for notify in ("NO_PROPOSAL_CHOSEN", "INVALID_KE_PAYLOAD")
    ),
    Symptom(
        _R,
        ("AM1", "AM2"),
        None,
        (("psk-mismatch", 0.4), ("peer-unreachable", 0.35), ("id-mismatch", 0.2)),
    ),
    Symptom(_I, ("MM3", "MM4"), "INVALID_KE_PAYLOAD", (("psk-missing", 0.5),)),
    Symptom(
        _R,
        ("MM1", "MM2"),
        None,
        (("peer-unreachable", 0.4), ("ike-proposal-mismatch", 0.15), ("psk-mismatch", 0.1)),
    ),
    Symptom(_R, ("MM3", "MM4"), None, (("nat-t-blocked", 0.4), ("psk-missing", 0.2), ("ike-fragmentation", 0.15))),
    Symptom(
        _R,
        ("IKE_SA_INIT request", "IKE_SA_INIT response"),
        None,
        (("nat-t-blocked", 0.4), ("peer-unreachable", 0.3), ("ike-fragmentation", 0.2)),
    ),
    Symptom(
        _R,
        ("IKE_AUTH request", "IKE_AUTH response"),
        "AUTHENTICATION_FAILED",
        (("id-mismatch", 0.4), ("psk-mismatch", 0.35), ("cert-untrusted", 0.2)),
    ),
)

_REFUSALS = frozenset(row.notify for row in TABLE if row.notify is not None)
# An IKE SA that the initiator deletes at once: the responder proved an identity or certificate that it does not like.
_DELETED_AT_ONCE: Candidates = (("id-mismatch", 0.4), ("peer-deleted-sa", 0.3), ("cert-untrusted", 0.2), ("psk-mismatch", 0.1))

# How far a half-open SA got, in the words of state tables (RFC 2408 exchanges as IOS names their states).
STATES: tuple[tuple[tuple[str, ...], Candidates], ...] = (
    (
        ("MM_NO_STATE", "AG_NO_STATE", "MM_WAIT_MSG2", "AM_WAIT_MSG2", "MAIN_I1", "AGGR_I1", "PARENT_I1"),
        (
            ("peer-unreachable", 0.4),
            ("ike-proposal-mismatch", 0.35),
            ("peer-not-listening", 0.2),
            ("psk-missing", 0.2),
            ("no-config-for-peer", 0.15),
            ("exchange-mode-mismatch", 0.1),
        ),
    ),
    (
        ("MM_SA_SETUP", "AG_INIT_EXCH", "MM_WAIT_MSG3", "MM_WAIT_MSG4", "MAIN_I2", "MAIN_R1"),
        (("psk-missing", 0.35), ("ike-proposal-mismatch", 0.3), ("psk-mismatch", 0.25), ("peer-unreachable", 0.25)),
    ),
    (
        ("MM_KEY_EXCH", "MM_WAIT_MSG5", "MM_WAIT_MSG6", "MAIN_I3", "MAIN_R2", "PARENT_I2"),
        (("psk-mismatch", 0.45), ("nat-t-blocked", 0.3), ("id-mismatch", 0.25), ("cert-untrusted", 0.15)),
    ),
    (
        ("QM_IDLE", "MM_ACTIVE", "AG_AUTH"),
        (("esp-proposal-mismatch", 0.4), ("traffic-selector-mismatch", 0.4), ("pfs-mismatch", 0.3)),
    ),
    (
        ("IN-NEG", "CONNECTING"),
        (("peer-unreachable", 0.35), ("psk-mismatch", 0.25), ("id-mismatch", 0.25), ("nat-t-blocked", 0.2)),
    ),
    # what tables beside those of IKE say, which is less: a session that negotiates, a DMVPN peer that waits for IKE or IPsec
    (
        ("DOWN-NEGOTIATING", "Inactive", "DMVPN IKE"),
        (
            ("peer-unreachable", 0.35),
            ("ike-proposal-mismatch", 0.3),
            ("psk-mismatch", 0.25),
            ("psk-missing", 0.2),
            ("crypto-map-incomplete", 0.2),
        ),
    ),
    (("DMVPN IPSEC",), (("esp-proposal-mismatch", 0.4), ("encapsulation-mode-mismatch", 0.25), ("pfs-mismatch", 0.25))),
)


def hints(facts: Facts) -> Iterator[tuple[str, Clue]]:
    """Every (cause, hint) that what was seen suggests."""
    for attempt in facts.attempts:
        told = {notify for notify, _ in _notifies(facts, attempt)}
        if attempt.is_notice or (attempt.child_established and not _REFUSALS & told):
            continue
        # a scrap of a log that tells no role: whoever is told no had asked
        role = attempt.exchange.role or (Role.INITIATOR if _REFUSALS & told else None)
        for row in TABLE:
            if row.role is role and _shows(facts, row, attempt):
                yield from _clues(facts, attempt, row)
        if _is_deleted_at_once(attempt):
            sources = [event.source for event in attempt.exchange.events if event.kind is EventKind.DELETE_RECEIVED]
            headline = (
                f"{facts.name(attempt.side.other)} deletes the IKE SA with {facts.name(attempt.side)} as soon as it is up."
            )
            for cause, weight in _DELETED_AT_ONCE:
                yield cause, Clue(Strength.HINT, Witness.RESPONDER, lines(*sources), headline, weight=weight)
    yield from _half_open(facts)
    yield from _in_clear(facts)


def _in_clear(facts: Facts) -> Iterator[tuple[str, Clue]]:
    """Packets came in clear that this end would have protected: the peer's list may not name them."""
    for side in SIDES:
        came = [seen.event.source for seen in facts.events(EventKind.UNPROTECTED, side=side)]
        if came:
            me = facts.name(side)
            headline = f"{me} receives in clear what it protects itself: compare the crypto lists of both ends."
            yield (
                "traffic-selector-mismatch",
                Clue(Strength.HINT, Witness.RESPONDER, lines(*came[-3:]), headline, weight=_IN_CLEAR),
            )


def _is_deleted_at_once(attempt: Attempt) -> bool:
    events = attempt.exchange.events
    deleted = any(event.kind is EventKind.DELETE_RECEIVED for event in events)
    return attempt.exchange.role is Role.RESPONDER and attempt.ike_established and not attempt.child_established and deleted


def _notifies(facts: Facts, attempt: Attempt) -> tuple[tuple[str, Source], ...]:
    """What the other end said no with: inside the attempt, or (IKEv1) in an INFORMATIONAL exchange beside it."""
    beside = [
        event for other in facts.attempts if other.side is attempt.side and other.is_notice for event in other.exchange.events
    ]
    events = (*attempt.exchange.events, *beside)
    return tuple((e.notify, e.source) for e in events if e.kind is EventKind.NOTIFY_RECEIVED and e.notify is not None)


def _shows(facts: Facts, row: Symptom, attempt: Attempt) -> bool:
    if attempt.exchange.reached not in row.reached:
        return False
    told = [notify for notify, _ in _notifies(facts, attempt)]
    unread = not told and _is_answered_unread(attempt)
    if row.notify is not None:
        return unread if row.notify == _UNREAD else row.notify in told
    return not unread and not attempt.is_refused and not _REFUSALS & set(told)


def _is_answered_unread(attempt: Attempt) -> bool:
    """The peer lives, and answered the first message with a notify instead of the next."""
    return any(m.name == _UNREAD and m.direction is Direction.RECEIVED for m in attempt.exchange.messages)


def _clues(facts: Facts, attempt: Attempt, row: Symptom) -> Iterator[tuple[str, Clue]]:
    me, peer = facts.name(attempt.side), facts.name(attempt.side.other)
    told = [source for notify, source in _notifies(facts, attempt) if notify == row.notify]
    last = [source for message in attempt.exchange.messages[-1:] for source in message.sources]
    gave_up = [event.source for event in attempt.exchange.events if event.kind is EventKind.GAVE_UP]
    evidence = lines(*last[:1], *told[-1:], *gave_up[-1:])
    words = f"was told {row.notify} by {peer}" if row.notify else f"heard nothing more from {peer}"
    if row.notify == _UNREAD:
        words = f"was answered by {peer} with a notify that it did not read"
    headline = f"{me} {words} after {attempt.exchange.reached}."
    witness = Witness.RESPONDER if attempt.exchange.role is Role.RESPONDER else Witness.INITIATOR
    for number, (cause, weight) in enumerate(row.means):
        change = Change.PATH if cause in _PATH_CAUSES else None
        strength = Strength.HINT
        if row.usual and number == 0 and not facts.replays:
            strength, weight = Strength.STRONG, row.usual
        yield cause, Clue(strength, witness, evidence, headline, change=change, weight=weight)


def _half_open(facts: Facts) -> Iterator[tuple[str, Clue]]:
    """IKE SAs that stand still half way, where no CHILD_SA is usable."""
    for side in SIDES:
        state = facts.state(side)
        if state.usable_children:
            continue
        for sa in state.ike or ():
            if sa.source is None or sa.state is SaState.ABSENT:
                continue
            for words, means in STATES:
                if sa.vendor_state in words and (
                    sa.state not in (SaState.ESTABLISHED, SaState.REKEYING) or state.children == ()
                ):
                    headline = f"The IKE SA of {facts.name(side)} stands at {sa.vendor_state}."
                    yield from (
                        (cause, Clue(Strength.HINT, Witness.STATE, (sa.source,), headline, weight=w)) for cause, w in means
                    )

"""Where an event of pluto belongs: its exchange, its SA, and the message that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.model.exchange import EventKind, ExchangeType, LogEvent
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.libreswan.fields import Extras, has_child_spis
from ipsecbot.parse.libreswan.ledger import Sa
from ipsecbot.parse.libreswan.lines import LogLine
from ipsecbot.parse.libreswan.states import STATES, Step
from ipsecbot.parse.phrase import Phrase

# Events of a life, not of a message.
_LIFE = (
    EventKind.DELETED,
    EventKind.DELETE_SENT,
    EventKind.DELETE_RECEIVED,
    EventKind.PEER_SILENT,
    EventKind.IDLE,
    EventKind.REKEYED,
    EventKind.PORT_UNREACHABLE,
    EventKind.NETWORK_UNREACHABLE,
)
# Events about the peer and its proof, whatever number stands before them.
OF_IKE = (
    EventKind.IDENTITY_RECEIVED,
    EventKind.IDENTITY_REFUSED,
    EventKind.IDENTITY_EXPECTED,
    EventKind.PEER_REFUSED,
    EventKind.KEY_MISSING,
    EventKind.CREDENTIAL_MISSING,
    EventKind.AUTH_METHOD_REFUSED,
    EventKind.AUTHENTICATED,
    EventKind.AUTHENTICATION_FAILED,
    EventKind.USER_AUTH_FAILED,
    EventKind.CERTIFICATE_REFUSED,
    EventKind.CERTIFICATE_DOUBT,
    EventKind.NAT_DETECTED,
)
_NOTIFIES = (EventKind.NOTIFY_RECEIVED, EventKind.NOTIFY_SENT)
_BEGINS_IKE = re.compile(r"\b\d+:IKE[:=]|\bIKE_SA_INIT\b")
_CHOICES = (EventKind.PROPOSAL_SELECTED, EventKind.PROPOSAL_REFUSED)
_FIRST = {
    ExchangeType.MAIN: Step(EventKind.RECEIVED, ExchangeType.MAIN, "MM1"),
    ExchangeType.AGGRESSIVE: Step(EventKind.RECEIVED, ExchangeType.AGGRESSIVE, "AM1"),
    ExchangeType.IKE_SA_INIT: Step(EventKind.RECEIVED, ExchangeType.IKE_SA_INIT, is_request=True),
}
# Where no state is reached that tells of the message; in main mode one is.
_WITH_IDENTITY = ((ExchangeType.AGGRESSIVE, Role.INITIATOR, "AM2"), (ExchangeType.AGGRESSIVE, Role.RESPONDER, "AM1"))
_MM4 = Step(EventKind.SENT, ExchangeType.MAIN, "MM4")
_V2 = (ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH, ExchangeType.CREATE_CHILD_SA)
_ENDS = {
    (1, ExchangeType.AGGRESSIVE, Role.INITIATOR): "AGGR_I2",
    (1, ExchangeType.AGGRESSIVE, Role.RESPONDER): "AGGR_R2",
    (1, ExchangeType.MAIN, Role.INITIATOR): "MAIN_I4",
    (1, ExchangeType.MAIN, Role.RESPONDER): "MAIN_R3",
    (2, ExchangeType.IKE_SA_INIT, Role.INITIATOR): "PARENT_I3",
    (2, ExchangeType.IKE_AUTH, Role.INITIATOR): "PARENT_I3",
    (2, ExchangeType.IKE_SA_INIT, Role.RESPONDER): "PARENT_R2",
    (2, ExchangeType.IKE_AUTH, Role.RESPONDER): "PARENT_R2",
    (1, ExchangeType.QUICK, Role.INITIATOR): "QUICK_I2",
    (1, ExchangeType.QUICK, Role.RESPONDER): "QUICK_R2",
}


def end_state(sa: Sa, word: str) -> str | None:
    """The state that `established` or `child-established` means for this SA, when its role and exchange are known."""
    owner = sa.root if word == "established" else sa
    if owner.role is None or owner.version is None or owner.exchange is None:
        return None
    if word == "child-established" and owner.exchange is not ExchangeType.QUICK:
        return None
    return _ENDS.get((owner.version, owner.exchange, owner.role))


def opens_child(phrase: Phrase | None, line: LogLine, extras: Extras, latest: Sa | None) -> bool:
    """Whether a number that is new belongs to a child rather than to an IKE SA."""
    state = STATES.get(line.state or "")
    if state is not None and state.child:
        return True
    if _BEGINS_IKE.search(line.message):
        return False
    if phrase is not None and phrase.kind is EventKind.STARTED:
        return phrase.exchange in (ExchangeType.QUICK, ExchangeType.CREATE_CHILD_SA)
    if extras.parent is not None and extras.parent != line.serial:
        return True
    if has_child_spis(line.message) or (phrase is not None and phrase.state in ("QUICK_I1", "QUICK_R1", "CREATE_I")):
        return True
    # IKEv2: the child takes a number while the IKE SA it rides on is still being made
    follows = latest is not None and latest.serial.isdigit() and int(latest.serial) < int(line.serial or 0)
    if not follows or latest is None:
        return phrase is not None and phrase.protocol is Protocol.ESP
    if state is not None and not state.child:
        return state.after is not None and latest.version == 2 and not latest.ended
    return latest.established or (latest.version == 2 and not latest.ended)


def placed(event: LogEvent, sa: Sa) -> LogEvent:
    """`event` with the exchange and protocol of the negotiation its SA is in."""
    protocol = event.protocol or (Protocol.ESP if sa.is_child else None)
    if event.kind in _LIFE:
        return replace(event, protocol=protocol or Protocol.IKE)
    exchange = event.exchange
    if exchange is None and not (sa.established and not sa.is_child):
        exchange = sa.exchange if sa.is_child else sa.root.exchange
    if sa.version == 1 and event.kind in _NOTIFIES and not sa.is_child and sa.established:
        exchange = None
    if event.protocol is Protocol.ESP and not sa.is_child and exchange in (ExchangeType.MAIN, ExchangeType.AGGRESSIVE):
        exchange = ExchangeType.QUICK
    return replace(event, protocol=protocol, exchange=exchange)


_OPENING = {
    (ExchangeType.MAIN, Role.INITIATOR): "MAIN_I1",
    (ExchangeType.MAIN, Role.RESPONDER): "MAIN_R1",
    (ExchangeType.AGGRESSIVE, Role.INITIATOR): "AGGR_I1",
    (ExchangeType.AGGRESSIVE, Role.RESPONDER): "AGGR_R1",
    (ExchangeType.QUICK, Role.INITIATOR): "QUICK_I1",
    (ExchangeType.QUICK, Role.RESPONDER): "QUICK_R1",
}
_ANSWERS = (EventKind.NOTIFY_RECEIVED, EventKind.PORT_UNREACHABLE, EventKind.DELETE_RECEIVED)


def first_message(event: LogEvent, sa: Sa) -> Iterator[Step]:
    """The message that opened the negotiation, when only its beginning was logged and now something comes of it: a responder
    that decides has received one, an initiator that is answered has sent one."""
    if not sa.started or sa.steps or event.kind is EventKind.STARTED or sa.exchange is None or sa.role is None:
        return
    state = _OPENING.get((sa.exchange, sa.role)) if sa.version == 1 else None
    if state is not None and (sa.role is Role.RESPONDER or event.kind in _ANSWERS):
        yield STATES[state].steps[0]


def received_first(event: LogEvent, sa: Sa | None) -> Iterator[Step]:
    """The messages that must have come (or gone) for this event to happen."""
    exchange = event.exchange
    if event.kind in (EventKind.NO_CONNECTION, EventKind.PEER_REFUSED) and exchange in _FIRST:
        yield _FIRST[exchange]
    elif event.kind is EventKind.NOTIFY_SENT and exchange in _V2 and event.role is Role.RESPONDER:
        yield Step(EventKind.RECEIVED, exchange, is_request=True)
        yield Step(EventKind.SENT, exchange, is_request=False)
    elif event.kind in (EventKind.NOTIFY_RECEIVED, EventKind.KE_REFUSED) and exchange in _V2 and sa is not None:
        responds = event.role is Role.RESPONDER
        yield Step(EventKind.RECEIVED, exchange, is_request=responds)
        if responds:
            yield Step(EventKind.SENT, exchange, is_request=False)
    elif event.kind in _CHOICES and sa is not None and _is_answer_to_sa_init(event):
        yield _FIRST[ExchangeType.IKE_SA_INIT]
    elif event.kind is EventKind.UNDECRYPTABLE and sa is not None and _MM4 in sa.steps and not sa.established:
        yield Step(EventKind.RECEIVED, ExchangeType.MAIN, "MM5")  # the first message that is encrypted
    elif event.kind is EventKind.IDENTITY_RECEIVED and sa is not None and not sa.root.established:
        yield from (
            Step(EventKind.RECEIVED, ExchangeType.AGGRESSIVE, name)
            for exchange, role, name in _WITH_IDENTITY
            if (sa.root.exchange, sa.root.role) == (exchange, role)
        )


def _is_answer_to_sa_init(event: LogEvent) -> bool:
    speaks_of_ike = any(proposal.protocol is Protocol.IKE for proposal in event.proposals)
    return speaks_of_ike and (event.ike_version, event.role) == (2, Role.RESPONDER)

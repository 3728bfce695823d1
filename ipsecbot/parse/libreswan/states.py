"""pluto's state machine as a table: which messages have come and gone once a state is reached.

A state's name is the firmest thing in a pluto log: it has hardly changed since FreeS/WAN, while the sentences around it have.
Sources: RFC 2409 section 5 and RFC 7296 section 1.2 for the messages; the state names as whack and the log print them,
Openswan 2.4 to Libreswan 5.3 (`STATE_MAIN_I1`, `STATE_PARENT_I1`, `STATE_V2_PARENT_I1`, `IKE_SA_INIT_I`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ipsecbot.model.exchange import EventKind, ExchangeType
from ipsecbot.model.sa import Role

INIT, RESP = Role.INITIATOR, Role.RESPONDER
SENT, RECEIVED = EventKind.SENT, EventKind.RECEIVED


@dataclass(frozen=True, slots=True)
class Step:
    """One message. `name` in IKEv1; in IKEv2 `is_request` and the exchange name it."""

    kind: EventKind
    exchange: ExchangeType
    name: str | None = None
    is_request: bool | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One state. `steps`: what brought it about; `after`: the state before it; `child`: of a quick mode or CHILD_SA.
    `established`: the SA is up once it is reached."""

    steps: tuple[Step, ...]
    role: Role | None
    version: int
    after: str | None = None
    child: bool = False
    established: bool = False
    exchange: ExchangeType | None = None


def _v1(kind: EventKind, name: str) -> Step:
    exchange = {"MM": ExchangeType.MAIN, "AM": ExchangeType.AGGRESSIVE, "QM": ExchangeType.QUICK}[name[:2]]
    return Step(kind, exchange, name=name)


def _v2(kind: EventKind, exchange: ExchangeType, *, request: bool) -> Step:
    return Step(kind, exchange, is_request=request)


_SA_INIT, _AUTH, _CREATE = ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH, ExchangeType.CREATE_CHILD_SA
_MAIN, _AGGRESSIVE, _QUICK = ExchangeType.MAIN, ExchangeType.AGGRESSIVE, ExchangeType.QUICK

STATES: dict[str, State] = {
    "MAIN_R0": State((), RESP, 1, exchange=_MAIN),
    "MAIN_I1": State((_v1(SENT, "MM1"),), INIT, 1, exchange=_MAIN),
    "MAIN_R1": State((_v1(RECEIVED, "MM1"), _v1(SENT, "MM2")), RESP, 1, exchange=_MAIN),
    "MAIN_I2": State((_v1(RECEIVED, "MM2"), _v1(SENT, "MM3")), INIT, 1, "MAIN_I1", exchange=_MAIN),
    "MAIN_R2": State((_v1(RECEIVED, "MM3"), _v1(SENT, "MM4")), RESP, 1, "MAIN_R1", exchange=_MAIN),
    "MAIN_I3": State((_v1(RECEIVED, "MM4"), _v1(SENT, "MM5")), INIT, 1, "MAIN_I2", exchange=_MAIN),
    "MAIN_R3": State((_v1(RECEIVED, "MM5"), _v1(SENT, "MM6")), RESP, 1, "MAIN_R2", established=True, exchange=_MAIN),
    "MAIN_I4": State((_v1(RECEIVED, "MM6"),), INIT, 1, "MAIN_I3", established=True, exchange=_MAIN),
    "AGGR_R0": State((), RESP, 1, exchange=_AGGRESSIVE),
    "AGGR_I1": State((_v1(SENT, "AM1"),), INIT, 1, exchange=_AGGRESSIVE),
    "AGGR_R1": State((_v1(RECEIVED, "AM1"), _v1(SENT, "AM2")), RESP, 1, exchange=_AGGRESSIVE),
    "AGGR_I2": State((_v1(RECEIVED, "AM2"), _v1(SENT, "AM3")), INIT, 1, "AGGR_I1", established=True, exchange=_AGGRESSIVE),
    "AGGR_R2": State((_v1(RECEIVED, "AM3"),), RESP, 1, "AGGR_R1", established=True, exchange=_AGGRESSIVE),
    "QUICK_R0": State((), RESP, 1, child=True, exchange=_QUICK),
    "QUICK_I1": State((_v1(SENT, "QM1"),), INIT, 1, child=True, exchange=_QUICK),
    "QUICK_R1": State((_v1(RECEIVED, "QM1"), _v1(SENT, "QM2")), RESP, 1, child=True, exchange=_QUICK),
    "QUICK_I2": State(
        (_v1(RECEIVED, "QM2"), _v1(SENT, "QM3")), INIT, 1, "QUICK_I1", child=True, established=True, exchange=_QUICK
    ),
    "QUICK_R2": State((_v1(RECEIVED, "QM3"),), RESP, 1, "QUICK_R1", child=True, established=True, exchange=_QUICK),
    "PARENT_I1": State((_v2(SENT, _SA_INIT, request=True),), INIT, 2, exchange=_SA_INIT),
    "IKE_SA_INIT_IR": State((_v2(RECEIVED, _SA_INIT, request=False),), INIT, 2, "PARENT_I1", exchange=_SA_INIT),
    "PARENT_R1": State((_v2(RECEIVED, _SA_INIT, request=True), _v2(SENT, _SA_INIT, request=False)), RESP, 2, exchange=_SA_INIT),
    "PARENT_I2": State((_v2(SENT, _AUTH, request=True),), INIT, 2, "IKE_SA_INIT_IR", exchange=_AUTH),
    "IKE_AUTH_IR": State((_v2(RECEIVED, _AUTH, request=False),), INIT, 2, "PARENT_I2", exchange=_AUTH),
    "PARENT_I3": State((), INIT, 2, "IKE_AUTH_IR", established=True, exchange=_AUTH),
    "IKE_AUTH_R": State((_v2(RECEIVED, _AUTH, request=True),), RESP, 2, "PARENT_R1", exchange=_AUTH),
    "PARENT_R2": State((_v2(SENT, _AUTH, request=False),), RESP, 2, "IKE_AUTH_R", established=True, exchange=_AUTH),
    "CREATE_I": State((_v2(SENT, _CREATE, request=True),), INIT, 2, child=True, exchange=_CREATE),
    "CREATE_R": State(
        (_v2(RECEIVED, _CREATE, request=True), _v2(SENT, _CREATE, request=False)), RESP, 2, child=True, exchange=_CREATE
    ),
}

# What the same state is called otherwise, without `STATE_` and `V2_`.
_ALIASES: dict[str, str] = {
    "IKE_SA_INIT_I": "PARENT_I1",
    "IKE_SA_INIT_R": "PARENT_R1",
    "IKE_AUTH_I": "PARENT_I2",
    "IKE_INTERMEDIATE_I": "IKE_SA_INIT_IR",
    "NEW_CHILD_I1": "CREATE_I",
    "REKEY_CHILD_I": "CREATE_I",
    "REKEY_CHILD_I1": "CREATE_I",
    "REKEY_IKE_I": "CREATE_I",
    "REKEY_IKE_I1": "CREATE_I",
    "REKEY_CHILD_R": "CREATE_R",
    "REKEY_IKE_R": "CREATE_R",
}
# States without a message of their own: names that are known, and where the SA is usable.
_BARE = (
    "IPSEC_I", "IPSEC_R", "ESTABLISHED_IKE_SA", "ESTABLISHED_CHILD_SA", "XAUTH_R0", "XAUTH_R1", "XAUTH_I0", "XAUTH_I1",
    "MODE_CFG_R0", "MODE_CFG_R1", "MODE_CFG_R2", "MODE_CFG_I1", "INFO", "INFO_PROTECTED", "IKEv2_BASE", "IKEv2_START",
    "PARENT_I0", "PARENT_R0", "IKE_SA_INIT_I0", "CREATE_I0", "NEW_CHILD_I0", "NEW_CHILD_R0", "REKEY_IKE_I0", "REKEY_IKE_R0",
    "REKEY_CHILD_I0", "REKEY_CHILD_R0", "IKESA_DEL", "CHILDSA_DEL", "ZOMBIE", "IKE_AUTH_CHILD_I0", "IKE_AUTH_CHILD_R0",
)  # fmt: skip


def state_name(word: str) -> str | None:
    """The name in STATES (or of a state without messages) of a word such as `STATE_V2_PARENT_I1`; None for another word."""
    name = word.removeprefix("STATE_").removeprefix("V2_")
    name = _ALIASES.get(name, name)
    return name if name in STATES or name in _BARE else None


def up_to(name: str) -> tuple[tuple[str, State], ...]:
    """The states on the way to `name`, itself last."""
    way = []
    at: str | None = name
    while at is not None and at in STATES:
        way.append((at, STATES[at]))
        at = STATES[at].after
    return tuple(reversed(way))


def message_of(name: str) -> Step | None:
    """The last message that an SA in this state sent, the one it would repeat; None where it waits for the peer."""
    state = STATES.get(name)
    sent = [step for step in state.steps if step.kind is SENT] if state is not None else []
    return sent[-1] if sent else None

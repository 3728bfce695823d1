"""What `negotiate` predicts for a generated pair, from the parsed configuration files, in the words of the outcome."""

from __future__ import annotations

from charon_outcome import Outcome, selectors_text

from ipsecbot.collect.fingerprint import KeyedFingerprinter
from ipsecbot.collect.redact import redact
from ipsecbot.model.connection import Connection, EncapsulationMode
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import Aspect, ChildNegotiation, Negotiation
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.negotiate.replay import replay
from ipsecbot.parse.read import EndConfig
from ipsecbot.parse.strongswan.config import read_config

ADDRESSES = {Side.LEFT: "192.0.2.1", Side.RIGHT: "192.0.2.2"}
_FINGERPRINTER = KeyedFingerprinter(b"of the negotiation test")


def read_end(side: Side, swanctl: str, strongswan: str) -> EndConfig:
    """One end's files through redaction and parser."""
    outputs = (
        RawOutput(OutputKind.SWANCTL_CONF, "/etc/swanctl/swanctl.conf", redact(swanctl, Platform.STRONGSWAN, _FINGERPRINTER)),
        RawOutput(OutputKind.STRONGSWAN_CONF, "/etc/strongswan.conf", redact(strongswan, Platform.STRONGSWAN, _FINGERPRINTER)),
    )
    return read_config(outputs, side.value, (ADDRESSES[side],)).value


def loads(config: EndConfig) -> bool:
    """Whether the daemon would take the connection."""
    return bool(config.connections) and not config.connections[0].problems


def negotiation_of(left: EndConfig, right: EndConfig, initiator: Side) -> Negotiation:
    ends = {
        side: Endpoint(
            Device(side.value, Platform.STRONGSWAN),
            addresses=(ADDRESSES[side],),
            connections=config.connections,
            keys=config.keys,
        )
        for side, config in ((Side.LEFT, left), (Side.RIGHT, right))
    }
    return replay(
        left.connections[0],
        right.connections[0],
        initiator,
        left_end=ends[Side.LEFT],
        right_end=ends[Side.RIGHT],
        left_address=ADDRESSES[Side.LEFT],
        right_address=ADDRESSES[Side.RIGHT],
    )


def predict(left: EndConfig, right: EndConfig, initiator: Side) -> tuple[Outcome, Negotiation]:
    """The outcome of one attempt as the replay tells it."""
    told = negotiation_of(left, right, initiator)
    if told.cannot_start is not None:
        return Outcome(None, (), "silence"), told
    if told.ike_blocking:
        notify = told.refusal.notify if told.refusal else None
        refusal = f"{told.refusal.by} {notify}" if told.refusal and notify else "silence"
        return Outcome(None, (), refusal, asked=_asked(told)), told
    assert told.ike is not None
    ike = f"IKEv{told.ike_version} {told.ike.selected.keywords}" if told.ike.selected else "unknown"
    connection = left.connections[0] if initiator is Side.LEFT else right.connections[0]
    last = told.children[-1].refusal if told.children else None
    if last is not None and last.by is initiator and told.ike_version == 1:
        return Outcome(
            None, (), "silence", asked=_asked(told)
        ), told  # charon gives up its own IKE_SA when it cannot make a quick mode
    children = tuple(_child(one, told, initiator, number) for number, one in enumerate(told.children))
    if not told.children:
        children = tuple(_nothing_to_answer(connection, initiator, told.ike_version or 2))
    return Outcome(ike, children, None, _rekey(told, children), _asked(told)), told


def _asked(told: Negotiation) -> str | None:
    before = told.ike_blocking[:1] and told.ike_blocking[0].aspect in (Aspect.ADDRESS, Aspect.VERSION)
    asked = told.ike.asked_group if told.ike is not None and not before else None
    return asked.keyword if asked else None


def _nothing_to_answer(connection: Connection, initiator: Side, version: int) -> list[str]:
    notify = "INVALID_ID_INFORMATION" if version == 1 else "TS_UNACCEPTABLE"
    return [f"{child.name}: {initiator.other} {notify}" for child in connection.children]


def _child(one: ChildNegotiation, told: Negotiation, initiator: Side, number: int) -> str:
    own = one.left_child if initiator is Side.LEFT else one.right_child
    assert own is not None
    late = [found for found in one.mismatches if found.late]
    if one.blocking:
        notify = one.refusal.notify if one.refusal else None
        return f"{own.name}: {one.refusal.by} {notify}" if one.refusal and notify else f"{own.name}: silence"
    if number > 0 and late:  # not in IKE_AUTH, so with a key exchange at once
        return f"{own.name}: {initiator.other} NO_PROPOSAL_CHOSEN"
    choice = one.rekey_choice if number > 0 and told.ike_version == 2 else one.choice
    selected = choice.selected if choice else None
    words = selected.keywords if selected else "unknown"
    if one.mode is EncapsulationMode.TRANSPORT or words.endswith("-esn"):
        return f"{own.name}: {words}, which the kernel lacks"
    return f"{own.name}: {words} {one.mode} {selectors_text(one.selectors)}"


def _rekey(told: Negotiation, children: tuple[str, ...]) -> str | None:
    if told.ike_version != 2 or not children or " tunnel " not in children[0]:
        return None
    return "refused" if any(found.late for found in told.children[0].mismatches) else "rekeyed"

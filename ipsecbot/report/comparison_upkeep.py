"""What becomes of a tunnel once it is up: who renews its SAs and into what, who looks after whom, through which NAT. Only what
deserves a line; what should not stay as it is stands among the cautions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ipsecbot.model.comparison import ComparedTunnel
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.negotiation import ChildNegotiation, Negotiation, Rekeying
from ipsecbot.model.proposal import TransformType
from ipsecbot.negotiate.rekeying import span_words

_NEVER = timedelta(0)


@dataclass(frozen=True, slots=True)
class Kept:
    """One line; `warns`: it will break something."""

    label: str
    words: str
    warns: bool = False


def kept(one: ComparedTunnel) -> tuple[Kept, ...]:
    """In the order in which it comes to matter; nothing of a tunnel that does not come up."""
    if not one.comes_up_from:
        return ()
    replays = tuple(one.match.replay(side) for side in one.comes_up_from)
    return (*_asked(one, replays), *_renewed_into(one), *_renewed_by(one, replays[0]), *_watched(one), *_wrapped(one))


def _name(one: ComparedTunnel, side: Side) -> str:
    end = one.match.tunnel.end(side)
    return end.device.name if end is not None else side.value


def _asked(one: ComparedTunnel, replays: tuple[Negotiation, ...]) -> Iterator[Kept]:
    """A wrong guess costs one more exchange, and a responder that does not answer it as it should costs the tunnel."""
    for replay in replays:
        asked = replay.ike.asked_group if replay.ike is not None else None
        if asked is not None:
            starts, answers = _name(one, replay.initiator), _name(one, replay.initiator.other)
            yield Kept(
                "key exchange",
                f"{answers} asks {starts} for {asked.keyword} (INVALID_KE_PAYLOAD), which costs an exchange more",
            )


def _renewed_into(one: ComparedTunnel) -> Iterator[Kept]:
    """IKEv2 hides forward secrecy until the first rekey, which either end may start."""
    refused: dict[Side, None] = {}
    agreed: dict[str, None] = {}
    for side in Side:
        replay = one.match.replay(side)
        for child in replay.children if replay.ike_version == 2 else ():
            if any(found.late for found in child.mismatches):
                refused[side] = None
            elif (words := _with_group(child)) is not None:
                agreed[words] = None
    if refused:
        who = f"when {_name(one, *refused)} starts that" if len(refused) == 1 else "whoever starts that"
        yield Kept("PFS", f"in IKEv2 from the first rekey on, and refused then, {who}", warns=True)
    if agreed:
        yield Kept("PFS", f"in IKEv2 from the first rekey on: {', '.join(agreed)}")


def _with_group(child: ChildNegotiation) -> str | None:
    selected = child.rekey_choice.selected if child.rekey_choice is not None else None
    if selected is None or not selected.of(TransformType.KE):
        return None
    return f"{selected.protocol} {selected.keywords}"


def _renewed_by(one: ComparedTunnel, replay: Negotiation) -> Iterator[Kept]:
    found: dict[str, None] = {}
    for what, times in (("IKE_SA", replay.rekeying), *(("CHILD_SA", child.rekeying) for child in replay.children)):
        words = _who(one, times) if times is not None else None
        if words is not None:
            found[f"{what} {words}"] = None
    if found:
        yield Kept("renewed", "; ".join(found))


def _who(one: ComparedTunnel, times: Rekeying) -> str | None:
    """Both at once is a caution where it is a danger."""
    if times.left == times.right == _NEVER:
        return "never"
    if times.first is None:
        return None
    soon, late = (times.left, times.right) if times.first is Side.LEFT else (times.right, times.left)
    assert soon is not None  # of the two the one that is known to be sooner
    other = f"after {span_words(late)}" if late else "never"
    return f"by {_name(one, times.first)} after {span_words(soon)} ({_name(one, times.first.other)} {other})"


def _watched(one: ComparedTunnel) -> Iterator[Kept]:
    upkeep = one.match.pairing.left_initiates.upkeep
    if upkeep is None or len(upkeep.probes) != 1:
        return
    side = upkeep.probes[0]
    other = one.match.right if side is Side.LEFT else one.match.left
    silent = other.connection.ike.dpd_interval is not None or other.end.device.platform is Platform.CISCO_IOS
    if silent:
        yield Kept("DPD", f"{_name(one, side)} notices a peer that vanished, {_name(one, side.other)} does not")


def _wrapped(one: ComparedTunnel) -> Iterator[Kept]:
    upkeep = one.match.pairing.left_initiates.upkeep
    if upkeep is None:
        return
    if upkeep.encapsulated:
        who = " and ".join(_name(one, side) for side in upkeep.encapsulates)
        yield Kept("NAT-T", f"ESP always goes in UDP 4500, because of {who}")
    elif upkeep.traverses is False:
        ends = ((Side.LEFT, one.match.left), (Side.RIGHT, one.match.right))
        off = " and ".join(_name(one, side) for side, end in ends if end.connection.ike.nat_traversal is False)
        yield Kept("NAT-T", f"switched off at {off}: no way through a NAT")

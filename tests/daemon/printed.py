"""Single values as charon prints them and as our model has them, brought to one form."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address

from ipsecbot.model.connection import Connection, EncapsulationMode
from ipsecbot.model.identity import IdType, IkeIdentity
from ipsecbot.model.proposal import Proposal, TransformType
from ipsecbot.model.selectors import SelectorPair, TrafficSelector
from ipsecbot.model.wishes import SaAction
from ipsecbot.parse.strongswan.identity import canonical_address, canonical_dn, read_identity
from ipsecbot.parse.strongswan.selectors import pairs, read_selectors
from ipsecbot.spellings import read_charon_proposals

View = dict[str, object]


def eap_type(text: str | None) -> str | None:
    name = (text or "").partition("-")[0].upper()
    return f"({name})" if name.isdecimal() else name or None


def printed_identity(text: str) -> str:
    """One identity as charon prints it → as our keys name their owners."""
    return str(read_identity(text))


def identity(one: IkeIdentity | None) -> str | None:
    if one is not None and one.type is IdType.DN and one.value.startswith("#"):
        return None  # charon prints nothing for what is no name
    if one is not None and re.fullmatch(r"#([0-9a-f]{2})+", one.value) and one.type is IdType.KEY_ID:
        return ":".join(re.findall("..", one.value[1:]))
    return None if one is None else printed(str(one))


def printed(text: object) -> str | None:
    if text in (None, "(null)"):
        return None
    assert isinstance(text, str)
    if re.fullmatch(r"[0-9a-fA-F:.]+", text) and text.count(":") > 1:
        with suppress(ValueError):
            return str(ip_address(text))
    return canonical_dn(text).casefold() if "=" in text else text.casefold()


def addresses(words: object) -> list[str]:
    """A tab before an address (of a line continued) is written in hexadecimal, and is no address to anybody."""
    written = [str(word) for word in items(words)]
    found = [canonical_address(word) for word in written if word.isprintable() and not word.startswith("0x09")]
    anybody = all(one in ("%any", "%any6", "%any4", "0.0.0.0/0", "::/0") for one in found) and "/" not in found[0]
    return ["%any"] if anybody else found


def items(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def seconds(span: object) -> int:
    return int(span.total_seconds()) if span is not None else 0  # type: ignore[attr-defined]


def action(word: str) -> SaAction:
    return SaAction.TRAP_AND_START if "|" in word else SaAction(word)


def mode(word: str) -> EncapsulationMode | None:
    names = {"TUNNEL": EncapsulationMode.TUNNEL, "BEET": EncapsulationMode.TUNNEL, "PASS": None, "DROP": None}
    return names.get(word, EncapsulationMode.TRANSPORT)


def algorithms(proposal: Proposal) -> dict[str, object]:
    return {
        "protocol": proposal.protocol.value,
        **{str(kind): [one.keyword for one in proposal.of(kind)] for kind in TransformType},
    }


def printed_algorithms(text: str) -> list[object]:
    proposals, unknown = read_charon_proposals(text)
    assert unknown == (), unknown
    return [algorithms(proposal) for proposal in proposals]


def selector_set(selectors: tuple[SelectorPair, ...]) -> frozenset[str]:
    """Without those that others hold: charon leaves them out of the listing."""
    mine, theirs = ({getattr(pair, side) for pair in selectors} for side in ("local", "remote"))
    return frozenset(
        str(pair)
        for pair in selectors
        if not any(holds(one, pair.local) for one in mine) and not any(holds(one, pair.remote) for one in theirs)
    )


def holds(outer: TrafficSelector, inner: TrafficSelector) -> bool:
    """Whether `inner` is a true part of `outer`."""
    if outer == inner or outer.protocol not in (0, inner.protocol):
        return False
    if not (outer.first_port <= inner.first_port and inner.last_port <= outer.last_port):
        return False
    if outer.network is None or inner.network is None:
        return outer.network is inner.network
    return outer.network.version == inner.network.version and inner.network.subnet_of(outer.network)  # type: ignore[arg-type]


def printed_selectors(local: object, remote: object, one: Connection) -> frozenset[str]:
    lists = []
    for words in (items(local), items(remote)):
        found, unknown = read_selectors(" ".join(str(word) for word in words))
        assert unknown == (), unknown
        lists.append(found)
    return selector_set(pairs(*lists))

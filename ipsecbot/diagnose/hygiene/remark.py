"""One remark on one end's configuration, before those on the same lines become one caution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ipsecbot.model.evidence import Caution, Source

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Remark:
    """`who`: what of the configuration it is about (a connection, a child), empty for the end itself; `what` continues the
    sentence: `{who}: {what}`. `reference`: where it is written, with the section."""

    topic: str
    who: str
    what: str
    why: str
    evidence: tuple[Source, ...]
    reference: str = ""


def remark(topic: str, who: str, what: str, why: str, *evidence: Source | None, reference: str = "") -> Iterator[Remark]:
    """Nothing where no line tells of it."""
    known = tuple(dict.fromkeys(source for source in evidence if source is not None))
    if known:
        yield Remark(topic, who, what, why, known, reference)


def cautions(device: str, remarks: Iterable[Remark]) -> Iterator[Caution]:
    """One caution for all that is said of the same lines: a policy that a thousand tunnels use is one thing to change."""
    alike: dict[tuple[object, ...], list[Remark]] = {}
    for one in remarks:
        alike.setdefault((one.topic, one.what, one.evidence), []).append(one)
    for group in alike.values():
        first = group[0]
        yield Caution(device, first.topic, _sentence(group), first.why, first.evidence, first.reference)


def _sentence(group: list[Remark]) -> str:
    names = list(dict.fromkeys(one.who for one in group if one.who))
    named, left = names[:_MOST_NAMED], len(names) - _MOST_NAMED
    who = ", ".join(named) + (f" and {left} more" if left > 0 else "")
    text = f"{who}: {group[0].what}" if who else group[0].what
    return text if text.endswith(".") else f"{text}."

"""A comparison as blocks in reading order: the one place where its words are chosen, beside those of a diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ipsecbot.model.comparison import Agreement, Bond, ComparedTunnel, Comparison, Placed
from ipsecbot.model.evidence import Conclusion, Finding, Side, Source
from ipsecbot.model.negotiation import Aspect, Mismatch, Negotiation
from ipsecbot.report.comparison_upkeep import Kept, kept
from ipsecbot.report.outline import Advice, advice_of, caution_lines, gap_lines, more
from ipsecbot.report.sidebyside import Comparison as Sides
from ipsecbot.report.sidebyside import compare_ends

VERDICTS = {
    Agreement.MISMATCHED: "MISMATCH",
    Agreement.FAULTY: "FAULT OF ONE END",
    Agreement.ONE_WAY: "ONE-WAY",
    Agreement.LATE: "FAILS AT THE FIRST REKEY",
    Agreement.UNDECIDED: "UNDECIDED",
    Agreement.AGREES: "AGREE",
}
_SUMMARY = (
    (Agreement.AGREES, "agree"),
    (Agreement.LATE, "fail at the first rekey"),
    (Agreement.ONE_WAY, "one-way"),
    (Agreement.FAULTY, "faulty at one end"),
    (Agreement.MISMATCHED, "mismatched"),
    (Agreement.UNDECIDED, "undecided"),
)
_ALWAYS = (Agreement.AGREES, Agreement.ONE_WAY, Agreement.MISMATCHED)
CONCLUSIONS = {
    Agreement.AGREES: Conclusion.HEALTHY,
    Agreement.UNDECIDED: Conclusion.UNDETERMINED,
    Agreement.LATE: Conclusion.FAULT,
    Agreement.ONE_WAY: Conclusion.FAULT,
    Agreement.FAULTY: Conclusion.FAULT,
    Agreement.MISMATCHED: Conclusion.FAULT,
}
ASPECTS = {
    Aspect.ADDRESS: "peer address",
    Aspect.VERSION: "IKE version",
    Aspect.EXCHANGE_MODE: "exchange mode",
    Aspect.IKE_PROPOSAL: "IKE proposal",
    Aspect.AUTH_METHOD: "authentication method",
    Aspect.IDENTITY: "identity",
    Aspect.KEY: "pre-shared key",
    Aspect.KEY_MISSING: "pre-shared key, which is missing",
    Aspect.CHILD_PROPOSAL: "ESP/AH proposal",
    Aspect.PFS: "perfect forward secrecy",
    Aspect.SELECTORS: "traffic selectors",
    Aspect.ENCAPSULATION: "encapsulation mode",
    Aspect.CHILDLESS: "IKE_SA without a CHILD_SA",
}
_ANOTHER = "another key: "  # which of two different keys is the other one depends on where one stands
MOST_SHOWN_WHOLE = 6  # tunnels that agree; of more, one line each
MOST_LINES = 60
MOST_UNPAIRED = 20


@dataclass(frozen=True, slots=True)
class Start:
    """What becomes of the tunnel when one end starts it."""

    who: str
    result: str
    comes_up: bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the ends differ, with the line of each."""

    what: str
    left: str
    right: str
    left_place: str
    right_place: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding, and what to change."""

    cause: str
    headline: str
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One tunnel."""

    title: str
    agreement: Agreement
    verdict: str
    about: str
    starts: tuple[Start, ...]
    upkeep: tuple[Kept, ...]
    sides: Sides | None
    differences: tuple[Difference, ...]
    findings: tuple[Explained, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonOutline:
    """Everything a report shows, in order. `brief`: the tunnels that agree and are not shown whole."""

    title: str
    conclusion: Conclusion
    summary: str
    blocks: tuple[Block, ...]
    brief: tuple[str, ...]
    unpaired: tuple[str, ...]
    cautions: tuple[str, ...]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]


def comparison_outline(comparison: Comparison) -> ComparisonOutline:
    """Choose what a reader sees of a comparison, and in which words."""
    sound = [one for one in comparison.tunnels if one.agreement is Agreement.AGREES]
    whole = [one for one in comparison.tunnels if one.agreement is not Agreement.AGREES or len(sound) <= MOST_SHOWN_WHOLE]
    brief = [_brief(one) for one in sound[:MOST_LINES]] if len(sound) > MOST_SHOWN_WHOLE else []
    if brief:
        brief += more(len(sound) - MOST_LINES)
    return ComparisonOutline(
        title=f"{comparison.left_name} ⇄ {comparison.right_name}",
        conclusion=conclusion_of(comparison),
        summary=summary_line(comparison),
        blocks=tuple(_block(one) for one in whole),
        brief=tuple(brief),
        unpaired=tuple(_unpaired(comparison)),
        cautions=caution_lines(comparison.cautions),
        gaps=gap_lines(comparison.gaps),
        notes=comparison.notes,
    )


def conclusion_of(comparison: Comparison) -> Conclusion:
    """FAULT when any tunnel has one, HEALTHY when all agree, UNDETERMINED when nothing was paired or something stays open."""
    found = {CONCLUSIONS[one.agreement] for one in comparison.tunnels}
    if Conclusion.FAULT in found:
        return Conclusion.FAULT
    return Conclusion.HEALTHY if found == {Conclusion.HEALTHY} else Conclusion.UNDETERMINED


def summary_line(comparison: Comparison) -> str:
    """`27 agree, 0 one-way, 3 mismatched; unpaired: 1 left (hub), 0 right (sites)`."""
    counts = ((comparison.count(kind), kind, words) for kind, words in _SUMMARY)
    told = ", ".join(f"{number} {words}" for number, kind, words in counts if number or kind in _ALWAYS)
    left, right = (len(comparison.unpaired_of(side)) for side in Side)
    return f"{told}; unpaired: {left} left ({comparison.left_name}), {right} right ({comparison.right_name})"


def _title(one: ComparedTunnel) -> str:
    return f"{_name(one.match.left)} ⇄ {_name(one.match.right)}"


def _name(placed: Placed) -> str:
    return f"{placed.end.device.name} {placed.connection.name}"


def _block(one: ComparedTunnel) -> Block:
    tunnel = one.match.tunnel
    return Block(
        title=_title(one),
        agreement=one.agreement,
        verdict=VERDICTS[one.agreement],
        about=_about(one),
        starts=tuple(_start(one, side) for side in Side),
        upkeep=kept(one),
        sides=compare_ends(tunnel),
        differences=tuple(_differences(one)),
        findings=tuple(_explained(finding) for finding in one.findings),
        doubts=tuple(_doubts(one)),
    )


def _about(one: ComparedTunnel) -> str:
    versions = {one.match.replay(side).ike_version for side in one.starts} - {None}
    words = [f"IKEv{version}" for version in sorted(str(version) for version in versions)] if len(versions) == 1 else []
    by = ", ".join(one.match.bonds)
    return "; ".join((*words, f"paired by {by}" if one.match.bonds != (Bond.NOTHING_ELSE,) else f"paired because {by}"))


def _start(one: ComparedTunnel, side: Side) -> Start:
    """Either end as the initiator."""
    end = one.match.tunnel.end(side)
    name = end.device.name if end is not None else side.value
    replay = one.match.replay(side)
    if side not in one.starts:
        return Start(name, f"never: {replay.cannot_start}", None)
    if replay.blocking:
        first = replay.blocking[0]
        refusals = [replay.refusal] if replay.ike_blocking else [child.refusal for child in replay.children]
        refusal = next((each for each in refusals if each is not None), None)
        told = f"; {_side_name(one, refusal.by)} answers {refusal.notify}" if refusal is not None and refusal.notify else ""
        return Start(name, f"stops at the {_what(first)}{told}", False)
    return Start(name, _agreed(replay), True)


def _side_name(one: ComparedTunnel, side: Side) -> str:
    end = one.match.tunnel.end(side)
    return end.device.name if end is not None else side.value


def _agreed(replay: Negotiation) -> str:
    """`IKE aes256-…, ESP aes256-sha256, 10.1.0.0/24 === 10.2.0.0/24`."""
    ike = replay.ike.selected if replay.ike is not None else None
    words = [f"IKE {ike.keywords}"] if ike is not None else []
    children = [(one.choice, one.selectors) for one in replay.children] or [(replay.child, replay.selectors)]
    for choice, selectors in children:
        if choice is not None and choice.selected is not None:
            words.append(f"{choice.selected.protocol} {choice.selected.keywords}")
        words += [str(pair) for pair in selectors[:2]]
    return ", ".join(dict.fromkeys(words)) or "comes up"


def _what(found: Mismatch) -> str:
    return ASPECTS[found.aspect] + (f" ({found.attribute})" if found.attribute else "")


def _differences(one: ComparedTunnel) -> Iterator[Difference]:
    """Every one of either direction, once."""
    seen: set[tuple[str, str, str]] = set()
    for side in one.starts:
        replay = one.match.replay(side)
        every = (*replay.mismatches, *(found for child in replay.children for found in child.mismatches))
        for found in every:
            offered_by = found.offered_by or side
            values = {offered_by: found.offered, offered_by.other: found.accepted.removeprefix(_ANOTHER)}
            places = {side: found.initiator, side.other: found.responder}
            what = _what(found) + (", from the first rekey on" if found.late else "")
            key = (what, values[Side.LEFT], values[Side.RIGHT])
            if key not in seen:
                seen.add(key)
                yield Difference(*key, _place(places[Side.LEFT]), _place(places[Side.RIGHT]))


def _place(source: Source | None) -> str:
    """`hub.cfg:12`, as editors take it."""
    return f"{source.device}: {source.output}:{source.first_line}" if source is not None else ""


def _explained(finding: Finding) -> Explained:
    cause = f"{finding.cause} ({finding.attribute})" if finding.attribute else finding.cause
    return Explained(cause, finding.headline, tuple(advice_of(remedy) for remedy in finding.remedies))


def _doubts(one: ComparedTunnel) -> Iterator[str]:
    if one.match.rivals:
        rivals = ", ".join(f"{_name(rival)} ({_place(rival.connection.source)})" for rival in one.match.rivals)
        yield f"ambiguous: by addresses, identities and selectors {rivals} would fit just as well"
    yield from one.unknown


def _brief(one: ComparedTunnel) -> str:
    return f"{_title(one)}: {_agreed(one.match.replay(one.comes_up_from[0]))}"


def _unpaired(comparison: Comparison) -> Iterator[str]:
    yield from _limited(
        f"{_name(one)}: {', '.join(one.connection.remote_addresses) or 'no peer'}{_idle(one)} ({_place(one.connection.source)})"
        for one in comparison.unpaired
    )


def _idle(one: Placed) -> str:
    return ", not in force" if one.connection.applied is False or one.connection.running is False else ""


def _limited(lines: Iterable[str]) -> Iterator[str]:
    every = tuple(lines)
    yield from (*every[:MOST_UNPAIRED], *more(len(every) - MOST_UNPAIRED))

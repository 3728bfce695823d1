"""A diagnosis as sections in reading order: the one place where a report's words are chosen.

Terminal, HTML and chat renderers draw this and add no wording of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ipsecbot.ladder.draw import DrawnRow, draw
from ipsecbot.model.evidence import Caution, Change, Conclusion, Finding, Missing, Remedy, Side, Source, Verdict, Verification
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.tunnel import Diagnosis, Tunnel
from ipsecbot.report.choices import ChoiceTable, choices
from ipsecbot.report.configuration import bystanders_in_words
from ipsecbot.report.decided import decided
from ipsecbot.report.decided import in_words as settled_in_words
from ipsecbot.report.sidebyside import Comparison, compare_ends
from ipsecbot.report.state import in_words as state_in_words

VERDICT_WORDS = {
    Conclusion.HEALTHY: "HEALTHY",
    Conclusion.FAULT: "FAULT FOUND",
    Conclusion.UNDETERMINED: "UNDETERMINED",
}

MOST_QUOTES = 12
MOST_GAPS = 12
MOST_SETTLED = 12
MOST_SAS = 12
MOST_CAUTIONS = 24
_MOST_SHARING = 5


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One cause that would explain an undetermined tunnel."""

    cause: str
    confidence: str
    headline: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One remedy with how far it was verified, in words."""

    heading: str
    lines: tuple[str, ...]
    why: str
    verified: str


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """One configuration line of a device, and the messages it decides."""

    device: str
    messages: str
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything a report shows, in order. Empty tuples are sections to leave out."""

    title: str
    conclusion: Conclusion
    verdict: str
    headline: str
    facts: tuple[Fact, ...]
    left: str
    right: str
    ladder: tuple[DrawnRow, ...]
    comparison: Comparison | None
    choices: tuple[ChoiceTable, ...]
    related: tuple[RelatedRow, ...]
    quotes: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    advice: tuple[Advice, ...]
    missing: tuple[Missing, ...]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    settled: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    bystanders: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def outline(diagnosis: Diagnosis) -> Outline:
    """Choose what a reader sees of a diagnosis, and in which words."""
    tunnel = diagnosis.tunnel
    leading = diagnosis.findings[0] if diagnosis.findings else None
    left, right = tunnel.left.device.name, _right_name(tunnel)
    return Outline(
        title=tunnel.name,
        conclusion=diagnosis.conclusion,
        verdict=VERDICT_WORDS[diagnosis.conclusion],
        headline=diagnosis.headline,
        facts=tuple(_facts(diagnosis, leading)),
        left=left,
        right=right,
        ladder=draw(tunnel.ladder, left, right),
        comparison=compare_ends(tunnel),
        choices=choices(tunnel),
        related=tuple(_related_rows(diagnosis)),
        quotes=leading.evidence[:MOST_QUOTES] if leading is not None else (),
        candidates=tuple(
            Candidate(finding.cause, percent(finding.confidence), finding.headline)
            for finding in diagnosis.findings
            if finding.verdict is Verdict.UNKNOWN
        ),
        advice=tuple(advice_of(remedy) for remedy in leading.remedies) if leading is not None and diagnosis.cause else (),
        missing=diagnosis.missing,
        gaps=gap_lines(diagnosis.gaps),
        notes=diagnosis.notes,
        settled=tuple(_settled(tunnel))[-MOST_SETTLED:],
        state=tuple(state_in_words(diagnosis))[:MOST_SAS],
        bystanders=tuple(bystanders_in_words(diagnosis)),
        cautions=caution_lines(diagnosis.cautions),
    )


def _settled(tunnel: Tunnel) -> Iterator[str]:
    """What each exchange that came to a decision decided, in one line."""
    for exchange in tunnel.ladder.exchanges:
        words = settled_in_words(decided(exchange))
        if words:
            role = f", {exchange.role}" if exchange.role else ""
            yield f"{exchange.device}, {exchange.kind}{role}: {'; '.join(words)}"


def caution_lines(cautions: tuple[Caution, ...]) -> tuple[str, ...]:
    """One line for each, as many as anybody reads."""
    lines = tuple(_caution_line(caution) for caution in cautions[:MOST_CAUTIONS])
    return (*lines, *more(len(cautions) - MOST_CAUTIONS))


def more(left: int) -> tuple[str, ...]:
    """The line below a list that was cut; none when nothing is left out."""
    return (f"… and {left} more (all of them in --json)",) if left > 0 else ()


def _caution_line(caution: Caution) -> str:
    lines = ", ".join(f"{source.output} line {source.first_line}" for source in caution.evidence[:MOST_QUOTES])
    told = "; ".join(part for part in (caution.reference, lines) if part)
    return f"{caution.device}: {caution.headline} {caution.why[:1].upper()}{caution.why[1:]}. ({told})"


def percent(confidence: float) -> str:
    return f"{confidence:.0%}"


def place(source: Source) -> str:
    """Where a line was read: `r1: show logging: line 12`."""
    lines = (
        f"line {source.first_line}"
        if source.first_line == source.last_line
        else f"lines {source.first_line}–{source.last_line}"
    )
    return f"{source.device}: {source.output}: {lines}"


def _related_rows(diagnosis: Diagnosis) -> Iterator[RelatedRow]:
    """One row per line of configuration, with every message it decides; requests and responses of one exchange together."""
    for device in (diagnosis.tunnel.left.device.name, _right_name(diagnosis.tunnel)):
        decided: dict[str, list[str]] = {}
        for one in diagnosis.related:
            if one.device != device:
                continue
            words = [f"{line.output} line {line.first_line}: {line.text.strip()}" for line in one.lines]
            for text in words or [f"not read; see {command}" for command in one.commands]:
                decided.setdefault(text, []).append(one.message.split(" ", maxsplit=1)[0])
        for text, messages in decided.items():
            yield RelatedRow(device, ", ".join(dict.fromkeys(messages)), text)


def _facts(diagnosis: Diagnosis, leading: Finding | None) -> list[Fact]:
    tunnel = diagnosis.tunnel
    cause = diagnosis.cause or "not determined"
    facts = [Fact("cause", f"{cause} ({diagnosis.attribute})" if diagnosis.attribute else cause)]
    if diagnosis.phase is not None and diagnosis.conclusion is not Conclusion.HEALTHY:
        facts.append(Fact("phase", str(diagnosis.phase)))
    stages = [exchange for exchange in tunnel.ladder.exchanges if exchange.reached]
    if stages:
        last = stages[-1]
        facts.append(
            Fact(
                "stopped at" if diagnosis.conclusion is not Conclusion.HEALTHY else "reached",
                f"{last.reached} ({last.outcome})",
            )
        )
    if leading is not None and diagnosis.cause and leading.change is not None:
        facts.append(Fact("change", _who_changes(leading.change, tunnel)))
    if leading is not None and diagnosis.cause and (leading.offered or leading.accepted):
        facts.append(Fact("offered", leading.offered or "nothing seen"))
        facts.append(Fact("accepted", leading.accepted or "nothing seen"))
    facts.append(Fact("confidence", percent(diagnosis.confidence)))
    return facts


def _who_changes(change: Change, tunnel: Tunnel) -> str:
    names = {Change.LEFT: tunnel.left.device.name, Change.RIGHT: _right_name(tunnel), Change.PATH: "the path between the ends"}
    both = f"{tunnel.left.device.name} and {_right_name(tunnel)}"
    return names.get(change) or (both if change is Change.BOTH else f"either end ({both.replace(' and ', ' or ')})")


def _right_name(tunnel: Tunnel) -> str:
    end = tunnel.end(Side.RIGHT)
    return end.device.name if end else tunnel.right_address or "peer"


def advice_of(remedy: Remedy) -> Advice:
    """One remedy in words."""
    checked = (
        "replayed on the configurations as they were read" if remedy.verified is Verification.SIMULATED else "not verified"
    )
    return Advice(f"{remedy.device} ({remedy.platform})", remedy.lines, remedy.why + _sharing(remedy), checked)


def _sharing(remedy: Remedy) -> str:
    """What else changes with it."""
    if not remedy.shared_with:
        return ""
    named, left = remedy.shared_with[:_MOST_SHARING], len(remedy.shared_with) - _MOST_SHARING
    return f"; {', '.join(named)}{f' and {left} more' if left > 0 else ''} on {remedy.device} use the same and change with it"


def gap_lines(gaps: tuple[Gap, ...]) -> tuple[str, ...]:
    """One line for each, as many as anybody reads."""
    lines = []
    for gap in gaps[:MOST_GAPS]:
        where = f"{gap.device}: {gap.output}" + (f": line {gap.line}" if gap.line else "")
        lines.append(f"{where}: {gap.why}" + (f": {gap.text.strip()}" if gap.text.strip() else ""))
    return (*lines, *more(len(gaps) - MOST_GAPS))

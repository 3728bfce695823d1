"""How far recorded negotiations came: the real parsers and the ladder against the answers of the shared cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ipsecbot.ladder.climb import climb
from ipsecbot.model.exchange import Exchange, ExchangeKind, Ladder, LogEvent, Outcome
from ipsecbot.model.snapshot import OutputKind, RawOutput

CASES = Path(__file__).parents[2] / "../shared/cases"
IOS = re.compile(r"ISAKMP|IKEv2|IPSEC\(|%CRYPTO|%IPSEC|%IKEV2")
CHARON = re.compile(r"charon|\[(?:IKE|ENC|NET|CFG)\]")
FLOOR = 0.9


def events_of(case: Path) -> Iterator[LogEvent]:
    """Every event of every device, read by the parser that the text asks for."""
    ios = pytest.importorskip("ipsecbot.parse.ios.log", reason="the IOS log parser is missing: stages are not measured")
    charon = pytest.importorskip("ipsecbot.parse.strongswan.log", reason="charon's log parser is missing: stages not measured")
    for file in sorted(case.glob("*/*.txt")):
        output = RawOutput(OutputKind.PASTED, file.name, file.read_text(errors="replace"))
        for wanted, parser in ((IOS, ios), (CHARON, charon)):
            if wanted.search(output.text):
                yield from parser.read_events(output, file.parent.name).value


def cases() -> tuple[Path, ...]:
    found = tuple(sorted(path.parent for path in CASES.glob("*/truth.yaml")))
    if not found:
        pytest.skip("../shared/cases is not here: the stages of recorded cases are not measured")
    return found


def decisive(ladder: Ladder) -> tuple[Exchange, ...]:
    """The negotiations that failed; all of them where none did."""
    failed = tuple(
        exchange
        for exchange in ladder.exchanges
        if exchange.kind is not ExchangeKind.INFORMATIONAL
        and (exchange.outcome is not Outcome.ESTABLISHED or exchange.child is Outcome.REFUSED)
    )
    return failed or ladder.exchanges


def test_the_stage_of_recorded_cases_is_found() -> None:
    """`stage` in truth.yaml is the last message reached; nine in ten must be right, wherever the text holds any event."""
    wrong: list[str] = []
    measured = 0
    for case in cases():
        stage = yaml.safe_load((case / "truth.yaml").read_text()).get("stage")
        ladder = climb(events_of(case))
        if stage is None or not ladder.exchanges:
            continue
        measured += 1
        reached = {(exchange.reached or "").split(" ")[0] for exchange in decisive(ladder)}
        if stage not in reached:
            wrong.append(f"{case.name}: {stage}, not {sorted(reached)}")
    print(f"stage right in {measured - len(wrong)} of {measured} cases; wrong: {wrong}")
    assert measured
    assert len(wrong) <= (1 - FLOOR) * measured, wrong


def test_no_event_of_a_recorded_case_is_lost_or_told_twice() -> None:
    """Each event is in one exchange or loose; only copies of the same line disappear."""
    for case in cases():
        events = tuple(events_of(case))
        ladder = climb(events)
        placed = [event for exchange in ladder.exchanges for event in exchange.events] + list(ladder.loose)
        assert len(placed) <= len(events), case.name
        assert {event.source for event in placed} <= {event.source for event in events}, case.name
        lost = {(event.kind, event.source.text.strip()) for event in events} - {
            (event.kind, event.source.text.strip()) for event in placed
        }
        echoes = {kind for kind, _ in lost}
        assert echoes <= {"sent", "received"}, (case.name, lost)

"""The log engines on debug text in which no two lines are alike, against TextFSM and against a bare `re` scan."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Sized
from dataclasses import dataclass
from statistics import median
from time import process_time

from bench.apparatus.debugtext import charon_log, ios_debug
from bench.apparatus.log_templates import Rule, charon_rules, ios_rules, template, used
from bench.apparatus.table import Table
from ipsecbot.model.exchange import LogEvent
from ipsecbot.model.snapshot import OutputKind, RawOutput
from ipsecbot.parse.ios.log import read_events as read_ios
from ipsecbot.parse.read import Parsed
from ipsecbot.parse.strongswan.log import read_events as read_charon

BLOCKS = 9
BLOCK = 1_000_000  # characters
_BARE_IOS = re.compile(r"^[*.]?(\w{3} +\d+ [\d:.]+): (ISAKMP|IPSEC)(?:-\w+)?:? ?(\([\d:]+\))?:? *(.*)$", re.MULTILINE)
_BARE_CHARON = re.compile(r"^(\w{3} +\d+ [\d:]+) \S+ charon: (\d+)\[([A-Z]+)\] <([^>]*)> (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Vendor:
    name: str
    text: Callable[[int, int], str]
    read: Callable[[RawOutput, str], Parsed[tuple[LogEvent, ...]]]
    rules: tuple[Rule, ...]
    bare: re.Pattern[str]


def main() -> Table:
    """Every block is read by each reader in turn, so that whatever else the machine does falls on all of them. Processor
    time: nothing here waits."""
    vendors = (
        _Vendor("IOS, debug crypto isakmp", ios_debug, read_ios, ios_rules(), _BARE_IOS),
        _Vendor("strongSwan, charon in syslog", charon_log, read_charon, charon_rules(), _BARE_CHARON),
    )
    return Table(
        "log engines, MB/s of text",
        ("text", "engine", "events", "TextFSM", "records", "ratio", "of blocks", "TextFSM, least", "ratio", "bare re", "ratio"),
        tuple(_row(vendor) for vendor in vendors),
        (
            f"{BLOCKS} blocks of {BLOCK / 1e6:.0f} MB for each vendor, medians of processor time; the aim is 10 times TextFSM",
            "TextFSM: one rule for each event the engine knows "
            + ", ".join(f"({len(vendor.rules)} for {vendor.name.partition(',')[0]})" for vendor in vendors),
            "TextFSM, least: only the rules that these very texts need; bare re: stamp, tag, context and rest, one pattern",
        ),
    )


def _row(vendor: _Vendor) -> tuple[str, ...]:
    least = used(vendor.rules, vendor.text(BLOCK // 4, 0))
    whole, small = template(vendor.rules), template(least)
    vendor.read(RawOutput(OutputKind.DEBUG, "warm", vendor.text(20_000, 0)), "r1")
    speeds: list[tuple[float, float, float, float]] = []
    events = records = 0
    for number in range(BLOCKS):
        text = vendor.text(BLOCK, number + 1)
        output = RawOutput(OutputKind.DEBUG, "log", text)
        gc.collect()
        gc.freeze()  # for every reader alike: no pass over what the benchmark has loaded falls on one of them by chance
        spent: list[float] = []
        found: list[int] = []
        readers: tuple[Callable[[], Sized], ...] = (
            lambda: vendor.read(output, "r1").value,  # noqa: B023  # called at once
            lambda: whole.ParseText(text),  # noqa: B023
            lambda: small.ParseText(text),  # noqa: B023
            lambda: vendor.bare.findall(text),  # noqa: B023
        )
        for read in readers:
            began = process_time()
            answer = read()
            spent.append(process_time() - began)
            found.append(len(answer))
            del answer  # what becomes of the answer is nobody's time
        events, records = events + found[0], records + found[1]
        whole.Reset()
        small.Reset()
        engine, every, few, bare = (len(text) / one / 1e6 for one in spent)
        speeds.append((engine, every, few, bare))
    engine, every, few, bare = (median(one[at] for one in speeds) for at in range(4))
    ratios = [one[0] / one[1] for one in speeds]
    return (
        vendor.name,
        f"{engine:.2f}",
        f"{events}",
        f"{every:.3f}",
        f"{records}",
        f"{median(ratios):.1f}",
        f"{min(ratios):.1f}–{max(ratios):.1f}",
        f"{few:.3f} ({len(least)} rules)",
        f"{median(one[0] / one[2] for one in speeds):.1f}",
        f"{bare:.0f}",
        f"{median(one[0] / one[3] for one in speeds):.3f}",
    )

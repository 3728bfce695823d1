"""The strict template runner: one `show` output in, rows with their line numbers out, every unknown line reported.

How a template must look (`templates/textfsm/<platform>_<command>.textfsm`, one row in `templates/textfsm/index`):

- It is a plain TextFSM template: CliTable and ntc-templates tools can run it unchanged.
- Every state ends in `^. -> Error`. TextFSM itself then raises; this runner turns that line into a `Gap`, keeps all rows and
  goes on with the next line in the same state. Blank lines need no rule but may have one (`^\\s*$$`).
- One column is one field: never capture two different counters into the same Value.
- A record per thing listed, also for a thing without details. Where things nest (flow, then its SAs), give every kind of
  record its own row, mark it with a Required Value that is set by the first line of that record only, and make the
  keys that the inner rows need Filldown. Begin a record with `-> Continue.Record` on the line that starts the next one.
- `-> End` where the part that the template is about is over (the log lines after the head of `show logging`): what follows
  is neither read nor reported.
- Do not rely on indentation (`^\\s*`): many captures lost it.
- Prompts, echoed commands, paging marks and the time stamp lines of `terminal exec prompt timestamp` are taken away before
  the template sees the text; a syslog line that was pushed into the table becomes a Gap, not a broken row.

Row sources: a row spans from the first to the last line that put a value into it; headings above it that fill Filldown
columns do not count, so that `source.text` is the line that a reader would point at.
Lines count from 1 over the whole output, split at line feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import textfsm
from textfsm import clitable

from ipsecbot.model.evidence import Source
from ipsecbot.model.snapshot import Gap, RawOutput
from ipsecbot.parse.read import Parsed

Cell = str | tuple[str, ...]
REFUSED = "the device refused this command"
_MOST_GAPS = 500  # of one output; a text of a million odd lines must not become a million gaps


@dataclass(frozen=True, slots=True)
class Row:
    """One record of one table. Columns are the template's Values; a column that no line filled is `""` (List: `()`).

    `lines`: for each column that a line of this very record filled, that line's number (List: the first).
    """

    source: Source
    cells: Mapping[str, Cell]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, column: str) -> str:
        """The text of a single-valued column; KeyError when the template has no such column."""
        cell = self.cells[column]
        if not isinstance(cell, str):
            raise KeyError(f"{column} is a list, ask many()")
        return cell

    def many(self, column: str) -> tuple[str, ...]:
        """The texts of a List column, in the order of the lines."""
        cell = self.cells[column]
        return (cell,) if isinstance(cell, str) else cell

    def number(self, column: str) -> int | None:
        """The whole number in a column, None where nothing was printed."""
        text = self[column]
        return int(text) if text.isdecimal() else None


_STAMP = r"(\d+: )*[*.]?[A-Z][a-z]{2}\s+\d+ (\d{4} )?\d\d:\d\d:\d\d(\.\d+)?( [\w+]+)*: "
_PROMPT = r"[A-Za-z0-9][\w.\-]*(\([\w./\- ]+\))?[>#]"

# Lines that belong to the terminal, not to the answer.
_FRAME: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cisco_ios", re.compile(rf"^{_PROMPT}\s*((do\s+)?(sh[a-z]*|exit|end|quit|ter[a-z]*)\b.*)?$")),
    ("cisco_ios", re.compile(r"^(do\s+)?sho?w?\s+(crypto|debug|process|users|logg|ip|ver)[\w.:/ |\-]*$")),
    ("cisco_ios", re.compile(r"^Load for five secs: .*; one minute: .*; five minutes: .*$")),
    ("cisco_ios", re.compile(r"^Time source is .*$|^(No time source, )?[*.]?\d\d:\d\d:\d\d\.\d+ \S+ \w{3} \w{3} \d+ \d{4}$")),
    ("strongswan", re.compile(r"^\S*@\S+[$#]\s*.*$|^[$#]\s*((sudo|swanctl|ipsec)\b.*)?$")),
)
# Lines that the device pushed in between: syslog with or without a time stamp, debug with one.
_PUSHED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cisco_ios", re.compile(rf"^{_STAMP}")),
    ("cisco_ios", re.compile(r"^(\d+: )*%[A-Z][A-Z0-9_]*(-[A-Z0-9_]+)*-\d-[A-Z0-9_]+:")),
)
_REFUSED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cisco_ios", re.compile(r"^\s*% ?(Invalid input|Incomplete command|Ambiguous command|Un(known|recognized) command)")),
    ("cisco_ios", re.compile(r"^\s*(% ?)?(Command )?[Aa]uthorization failed|^Line has invalid autocommand")),
)
_PAGING = re.compile(r"^.*\r(?=[^\r])|^\s*-+ ?More ?-+\s?[\b ]*|[\x08\x00]")


def _of(table: tuple[tuple[str, re.Pattern[str]], ...], platform: str, line: str) -> bool:
    return any(owner == platform and pattern.match(line) for owner, pattern in table)


def _cell(raw: str | list[str | None]) -> Cell:
    """textfsm appends None to a List when an optional group did not take part in the match."""
    return tuple(item for item in raw if item is not None) if isinstance(raw, list) else raw


_GROUP = re.compile(r"\(\?P<\w+>")


def _look(rules: Iterable[Any], *, refused: bool) -> re.Pattern[str]:
    """One pattern for all lines that a state takes, or refuses: an unknown line need not be held against every rule."""
    patterns = (_GROUP.sub("(?:", rule.regex) for rule in rules if (rule.line_op == "Error") is refused)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


class _Machine(textfsm.TextFSM):  # type: ignore[misc]  # textfsm ships no types
    """A TextFSM that notes which line filled which column and survives an unknown line."""

    def __init__(self, template: Any) -> None:
        self.line_number = 0
        self.ended = False
        self.touched: dict[str, int] = {}
        self.records: list[tuple[dict[str, Cell], dict[str, int], int, int]] = []
        self.last_touched = 0
        super().__init__(template)
        self._looks = {name: (_look(rules, refused=False), _look(rules, refused=True)) for name, rules in self.states.items()}

    def Reset(self) -> None:
        super().Reset()
        self.records = []
        self.line_number = 0

    def _AssignVar(self, matched: Any, value: str) -> None:
        super()._AssignVar(matched, value)
        if matched.group(value) is not None:
            self.touched.setdefault(value, self.line_number)
            self.last_touched = self.line_number

    def _AppendRecord(self) -> None:
        before, touched, last = len(self._result), self.touched, self.last_touched
        super()._AppendRecord()
        if len(self._result) > before:
            record = zip(self.header, self._result[-1], strict=True)
            cells = {name: _cell(raw) for name, raw in record}
            self.records.append((cells, touched, self._own_first_line(touched), last))
            self.touched = {}

    def _own_first_line(self, touched: dict[str, int]) -> int:
        """Where the record itself begins: headings (Filldown columns) above it do not count, unless they are all there is."""
        filldown = set(self.GetValuesByAttrib("Filldown"))
        own = [line for name, line in touched.items() if name not in filldown]
        return min(own or touched.values(), default=self.last_touched)

    def _ClearRecord(self) -> None:
        super()._ClearRecord()
        self.touched = {name: line for name, line in self.touched.items() if self._GetValue(name).value}

    def _ClearAllRecord(self) -> None:
        super()._ClearAllRecord()
        self.touched = {}

    def read(self, lines: list[tuple[int, str]]) -> list[int]:
        """Feed numbered lines up to the state End; answers the numbers of those that no rule knew."""
        unknown: list[int] = []
        self.Reset()
        for self.line_number, line in lines:
            known, refused = self._looks[self._cur_state_name]
            if known.match(line) is None:
                unknown += (self.line_number,) if refused.match(line) else ()
                continue
            try:
                self._CheckLine(line)
            except textfsm.TextFSMError:
                unknown.append(self.line_number)
            self.ended = self._cur_state_name in ("End", "EOF")
            if self.ended:
                break
        if self._cur_state_name != "End" and "EOF" not in self.states:
            self._AppendRecord()
        return unknown


@dataclass(frozen=True, slots=True)
class _Template:
    machine: _Machine
    lock: Lock = field(default_factory=Lock)


def template_folder() -> Path:
    """Where the templates are: inside the installed package, or in the checkout."""
    shipped = Path(__file__).parent / "templates"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "templates" / "textfsm"


@cache
def _index() -> Any:
    return clitable.CliTable("index", str(template_folder())).index


@cache
def _template(name: str) -> _Template:
    with (template_folder() / name).open(encoding="utf-8") as text:
        return _Template(_Machine(text))


def template_for(platform: str, command: str) -> str | None:
    """The file name of the template that reads `command` of `platform`, by the index; None when there is none."""
    index = _index()
    row = index.GetRowMatch({"Platform": platform, "Command": " ".join(command.split())})
    return str(index.index[row]["Template"]) if row else None


def lines_of(text: str) -> list[str]:
    """The lines of an output as the terminal showed them: line ends, paging marks and backspaces are gone; the count stays."""
    return [_PAGING.sub("", line.rstrip("\r")).rstrip() if line else "" for line in text.split("\n")]


def run_template(platform: str, command: str, output: RawOutput, device: str) -> Parsed[tuple[Row, ...]]:
    """The rows of one output of one device.

    `command`: the full command (abbreviations and arguments are the index's business). An empty output and "there are no
    SAs" give `()`; a refused command (`% Invalid input`) gives `answered=False` and a gap; a line that the template does not
    know becomes a gap and costs no row; so does a command that no template reads. Never raises on any text.
    """
    name = template_for(platform, command)
    if name is None:
        return Parsed((), (Gap(device, output.name, f"no template reads {command!r} of {platform}"),), answered=False)
    lines = lines_of(output.text)
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not _of(_FRAME, platform, line)]
    reasons = {number: "a log line in the middle of the answer" for number, line in numbered if _of(_PUSHED, platform, line)}
    refused = {number: REFUSED for number, line in numbered if number not in reasons and _of(_REFUSED, platform, line)}
    reasons |= refused
    template = _template(name)
    with template.lock:
        unknown = template.machine.read([(number, line) for number, line in numbered if number not in reasons])
        records, last = template.machine.records, template.machine.line_number if template.machine.ended else len(lines)
    if refused and not records:
        reasons = refused
    else:
        reasons |= dict.fromkeys(unknown, "unknown line")
    told = [(number, why) for number, why in sorted(reasons.items()) if number <= last]
    gaps = tuple(Gap(device, output.name, why, number, lines[number - 1].strip()) for number, why in told[:_MOST_GAPS])
    if len(told) > _MOST_GAPS:
        gaps += (Gap(device, output.name, f"{len(told) - _MOST_GAPS} more lines were not understood"),)
    rows = tuple(_row(device, output.name, lines, *record) for record in records)
    return Parsed(rows, gaps, answered=bool(rows) or not refused)


def _row(
    device: str, output: str, lines: list[str], cells: dict[str, Cell], touched: dict[str, int], first: int, last: int
) -> Row:
    return Row(Source(device, output, first, max(first, last), lines[first - 1].strip()), cells, touched)

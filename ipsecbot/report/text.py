"""The terminal report (rich). Draws the outline; chooses no words of its own beyond section names."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ipsecbot.model.evidence import Conclusion
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.report.choices import ChoiceTable
from ipsecbot.report.outline import Outline, outline, place
from ipsecbot.report.sections import SECTIONS
from ipsecbot.report.sidebyside import Comparison, Mark

COLOURS = {Conclusion.HEALTHY: "green", Conclusion.FAULT: "red", Conclusion.UNDETERMINED: "yellow"}
MARKS = {Mark.SAME: ("=", "green"), Mark.DIFFERENT: ("≠", "bold red"), Mark.OPEN: ("?", "yellow")}


def print_report(diagnosis: Diagnosis, console: Console) -> None:
    """Print the whole report; the console decides width and colour."""
    page = outline(diagnosis)
    colour = COLOURS[page.conclusion]
    console.print(
        Panel(
            Text(page.headline),
            title=f"[bold {colour}]{page.verdict}[/] · {escape(page.title)}",
            border_style=colour,
            title_align="left",
        )
    )
    console.print(_facts(page))
    for heading, body in _sections(page):
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(Padding(body, (0, 0, 0, 2)))


def _facts(page: Outline) -> Table:
    table = Table.grid(padding=(0, 2))
    for fact in page.facts:
        table.add_row(Text(f"  {fact.label}", style="dim"), Text(fact.value))
    return table


def _sections(page: Outline) -> Iterable[tuple[str, RenderableType]]:
    """What to do and its proof come first; how it was found comes after."""
    if page.candidates:
        yield SECTIONS["candidates"], _plain(f"{item.cause} ({item.confidence}): {item.headline}" for item in page.candidates)
    for advice in page.advice:
        block = Group(
            Text(advice.why),
            Text("\n".join(f"  {line}" for line in advice.lines), style="bold cyan"),
            Text(f"({advice.verified})", style="dim"),
        )
        yield f"{SECTIONS['remedy']}: {advice.heading}", block
    if page.quotes:
        yield SECTIONS["evidence"], _plain(f"{place(quote)}\n    {quote.text.strip()}" for quote in page.quotes)
    if page.ladder:
        yield f"{SECTIONS['ladder']}: {page.left} ⇄ {page.right}", _ladder(page)
    if page.settled:
        yield SECTIONS["settled"], _plain(page.settled)
    if page.state:
        yield SECTIONS["state"], _plain(page.state)
    if page.comparison:
        yield SECTIONS["comparison"], comparison_table(page.comparison)
    for table in page.choices:
        yield f"{SECTIONS['choices']}: {table.title}", _choices(table)
    if page.related:
        yield SECTIONS["related"], _related(page)
    if page.bystanders:
        yield SECTIONS["bystanders"], _plain(page.bystanders)
    if page.cautions:
        yield SECTIONS["cautions"], _plain(page.cautions)
    if page.missing:
        yield SECTIONS["missing"], _plain(f"{item.device}: {item.what}: {item.why}" for item in page.missing)
    if page.gaps:
        yield SECTIONS["gaps"], _plain(page.gaps)
    if page.notes:
        yield SECTIONS["notes"], _plain(page.notes)


def _related(page: Outline) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(max_width=24)
    table.add_column(overflow="fold")
    for row in page.related:
        table.add_row(*(Text(cell) for cell in (row.device, row.messages, row.text)))
    return table


def _choices(walk: ChoiceTable) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in walk.rows:
        style = "green" if row.accepted else ""
        table.add_row(
            Text("✓" if row.accepted else "✗", style=style or "red"),
            *(Text(cell) for cell in (row.offered, row.against, row.result)),
        )
    return table


def _plain(lines: Iterable[str]) -> Text:
    return Text("\n".join(lines))


def _ladder(page: Outline) -> Text:
    text = Text()
    for row in page.ladder:
        style = "bold red" if row.stopped else "dim" if row.note else ""
        text.append(row.as_text() + "\n", style=style)
    return text


def comparison_table(comparison: Comparison) -> Table:
    """Both ends side by side."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("", no_wrap=True)
    table.add_column(comparison.left, overflow="fold")
    table.add_column(comparison.right, overflow="fold")
    for line in comparison.lines:
        sign, style = MARKS[line.mark]
        shown = style if line.mark is Mark.DIFFERENT else ""
        table.add_row(
            Text(sign, style=style), Text(line.label, style="dim"), Text(line.left, style=shown), Text(line.right, style=shown)
        )
    return table

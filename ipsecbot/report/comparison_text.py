"""The comparison on a terminal (rich). Draws the outline; chooses no words of its own beyond section names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ipsecbot.model.comparison import Comparison
from ipsecbot.report.comparison_outline import CONCLUSIONS, Block, ComparisonOutline, Explained, comparison_outline
from ipsecbot.report.sections import SECTIONS
from ipsecbot.report.text import COLOURS, comparison_table

_ASCII = str.maketrans({"⇄": "<->", "→": "->", "≠": "!=", "✓": "*", "✗": "x", "·": "-", "…": "...", "–": "-"})


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the whole comparison; the console decides width, colour and whether anything but ASCII can be shown."""
    page = comparison_outline(comparison)
    plain = console.options.ascii_only
    for renderable in _page(page):
        if plain:
            with console.capture() as caught:
                console.print(renderable)
            console.file.write(caught.get().translate(_ASCII))
        else:
            console.print(renderable)


def _page(page: ComparisonOutline) -> Iterator[RenderableType]:
    colour = COLOURS[page.conclusion]
    yield Panel(Text(page.summary), title=f"[bold {colour}]{escape(page.title)}[/]", border_style=colour, title_align="left")
    for block in page.blocks:
        yield from _block(block)
    for heading, lines in (
        (SECTIONS["agreeing"], page.brief),
        (SECTIONS["unpaired"], page.unpaired),
        (SECTIONS["cautions"], page.cautions),
        (SECTIONS["gaps"], page.gaps),
        (SECTIONS["notes"], page.notes),
    ):
        if lines:
            yield Text(f"\n{heading}", style="bold")
            yield _indented(Text("\n".join(lines)))


def _block(block: Block) -> Iterator[RenderableType]:
    colour = COLOURS[CONCLUSIONS[block.agreement]]
    yield Text()
    yield Rule(f"[bold {colour}]{block.verdict}[/] · {escape(block.title)}", style=colour, align="left")
    yield _indented(Text(block.about, style="dim"))
    starts = Table.grid(padding=(0, 2))
    for start in block.starts:
        style = "green" if start.comes_up else "red" if start.comes_up is False else "yellow"
        sign = "✓" if start.comes_up else "✗" if start.comes_up is False else "·"
        starts.add_row(Text(sign, style=style), Text(f"{start.who} starts:", style="dim"), Text(start.result))
    for one in block.upkeep:
        bullet = Text("!", style="yellow") if one.warns else Text("·", style="dim")
        starts.add_row(bullet, Text(f"{one.label}:", style="dim"), Text(one.words, style="yellow" if one.warns else ""))
    yield _indented(starts)
    if block.sides is not None:
        yield _indented(comparison_table(block.sides))
    if block.differences:
        yield Text(f"\n  {SECTIONS['differences']}", style="bold")
        yield _indented(_differences(block), 4)
    for finding in block.findings:
        yield from _finding(finding)
    if block.doubts:
        yield Text(f"\n  {SECTIONS['doubts']}", style="bold")
        yield _indented(Text("\n".join(block.doubts)), 4)


def _differences(block: Block) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for one in block.differences:
        table.add_row(
            Text(one.what, style="bold red"), Text(f"{one.left}\n{one.left_place}"), Text(f"{one.right}\n{one.right_place}")
        )
    return table


def _finding(finding: Explained) -> Iterator[RenderableType]:
    yield Text(f"\n  {finding.cause}", style="bold")
    yield _indented(Text(finding.headline), 4)
    for advice in finding.advice:
        lines: Iterable[str] = (f"  {line}" for line in advice.lines)
        yield _indented(
            Group(
                Text(f"{SECTIONS['remedy']}: {advice.heading}", style="bold"),
                Text(advice.why),
                Text("\n".join(lines), style="bold cyan"),
                Text(f"({advice.verified})", style="dim"),
            ),
            4,
        )


def _indented(body: RenderableType, by: int = 2) -> Padding:
    return Padding(body, (0, 0, 0, by), expand=False)

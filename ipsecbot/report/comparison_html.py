"""One self-contained HTML page of a comparison: no script, no outside request."""

from __future__ import annotations

from ipsecbot.model.comparison import Comparison
from ipsecbot.report.comparison_outline import CONCLUSIONS, comparison_outline
from ipsecbot.report.html import MARKS, page_template
from ipsecbot.report.sections import SECTIONS


def to_html(comparison: Comparison) -> str:
    """The page as text. Everything that a device or a user said is escaped by the template engine."""
    page = comparison_outline(comparison)
    lists = (
        (SECTIONS["agreeing"], page.brief),
        (SECTIONS["unpaired"], page.unpaired),
        (SECTIONS["cautions"], page.cautions),
        (SECTIONS["gaps"], page.gaps),
        (SECTIONS["notes"], page.notes),
    )
    template = page_template("comparison.html.j2")
    return template.render(page=page, sections=SECTIONS, marks=MARKS, lists=lists, conclusions=CONCLUSIONS)

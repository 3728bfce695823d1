from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
from report_sample import HOSTILE, diagnosis
from rich.console import Console

from ipsecbot.ladder.draw import draw
from ipsecbot.report.document import to_json
from ipsecbot.report.html import to_html
from ipsecbot.report.svg import ladder_svg
from ipsecbot.report.text import print_report

SCHEMA = Path(__file__).parents[2] / "ipsecbot/report/diagnosis.schema.json"


def rendered(width: int = 120) -> str:
    out = io.StringIO()
    print_report(diagnosis(), Console(file=out, width=width, no_color=True))
    return out.getvalue()


def test_json_follows_the_schema() -> None:
    """The JSON document is valid against the schema that is shipped beside it."""
    jsonschema.validate(json.loads(to_json(diagnosis())), json.loads(SCHEMA.read_text()))


def test_terminal_report_has_cause_side_proof_and_remedy() -> None:
    """One look at the terminal gives cause, side, offered and accepted value, proof with its place, and the lines to type."""
    text = rendered()
    for expected in (
        "FAULT FOUND",
        "ike-proposal-mismatch (encryption)",
        "either end (branch-17 or hq)",
        "hq: debug: line 7",
        " encr aes 256",
        "replayed on the configurations as they were read",
        "proved off",
    ):
        assert expected in text


def test_terminal_report_prints_device_text_literally() -> None:
    """Markup in a device's text is text, not style."""
    assert "[bold]" in rendered(200)


def test_ladder_as_text() -> None:
    """MM1 is sent three times, seen by both, and the responder's refusal is where it stops."""
    page = diagnosis()
    assert [row.as_text() for row in draw(page.tunnel.ladder, "branch-17", "hq")] == [
        "IKEv1 main mode, branch-17 initiates: refused at MM1",
        "  08:41:06.919 --> MM1 { SA, VID } ×3",
        f"  ✗ hq: Encryption algorithm offered does not match policy! {HOSTILE}",
    ]


class Page(HTMLParser):
    """Collects what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "data")]


def test_page_is_self_contained_and_escapes_device_text() -> None:
    """The page fetches nothing, runs nothing, and shows hostile text as text."""
    page = Page()
    html = to_html(diagnosis())
    page.feed(html)
    assert page.links == []
    assert "script" not in page.tags
    assert "&lt;script&gt;" in html
    assert "svg" in page.tags


def test_svg_escapes_names() -> None:
    """Device names cannot break out of the picture."""
    rows = draw(diagnosis().tunnel.ladder, "branch-17", "hq")
    assert "<b>" not in re.sub(r"<(/?)(svg|text|line|path)\b", "", ladder_svg(rows, "<b>", '"<b>"'))

"""One self-contained HTML page of a diagnosis: no script, no outside request."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.report.outline import outline, place
from ipsecbot.report.sections import SECTIONS
from ipsecbot.report.sidebyside import Mark
from ipsecbot.report.svg import ladder_svg

if TYPE_CHECKING:
    from jinja2 import Template

MARKS = {Mark.SAME: "=", Mark.DIFFERENT: "≠", Mark.OPEN: "?"}


def page_template(name: str) -> Template:
    """One of the templates beside this file, everything in it escaped that is not markup already."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = resources.files("ipsecbot.report")
    texts = {each: folder.joinpath(each).read_text(encoding="utf-8") for each in (name, "style.css")}
    return Environment(autoescape=True, undefined=StrictUndefined, loader=DictLoader(texts)).get_template(name)


def to_html(diagnosis: Diagnosis) -> str:
    """The page as text. Everything that a device or a user said is escaped by the template engine."""
    from markupsafe import Markup

    page = outline(diagnosis)
    template = page_template("report.html.j2")
    early = ((SECTIONS["settled"], page.settled), (SECTIONS["state"], page.state))
    lists = (
        (SECTIONS["bystanders"], page.bystanders),
        (SECTIONS["cautions"], page.cautions),
        (SECTIONS["missing"], tuple(f"{item.device}: {item.what}: {item.why}" for item in page.missing)),
        (SECTIONS["gaps"], page.gaps),
        (SECTIONS["notes"], page.notes),
    )
    # ladder_svg escapes every text it places, so its result is markup already
    ladder = Markup(ladder_svg(page.ladder, page.left, page.right)) if page.ladder else ""  # noqa: S704
    return template.render(page=page, sections=SECTIONS, ladder=ladder, marks=MARKS, lists=lists, early=early, place=place)

"""The ladder as PNG, for chat and tickets: the same SVG as on the page, rendered with fonts that are shipped here.

resvg draws no text at all when it finds no font, so system fonts are never relied upon.
"""

from __future__ import annotations

from importlib import resources

from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.report.outline import outline
from ipsecbot.report.svg import ladder_svg

ZOOM = 1.5
STYLE = ".soft { font-size: 11px } .badtext { fill: #b3261e }"


def to_png(diagnosis: Diagnosis) -> bytes:
    """PNG bytes on a white ground. A diagnosis without any exchange gives the two lifelines alone."""
    from resvg_py import svg_to_bytes

    page = outline(diagnosis)
    with resources.as_file(resources.files("ipsecbot.report").joinpath("fonts")) as fonts:
        return svg_to_bytes(
            svg_string=ladder_svg(page.ladder, page.left, page.right),
            background="#ffffff",
            skip_system_fonts=True,
            zoom=ZOOM,
            style_sheet=STYLE,
            font_size=13,
            font_family="DejaVu Sans",
            font_files=[str(fonts / "DejaVuSans.ttf"), str(fonts / "DejaVuSans-Bold.ttf")],
        )

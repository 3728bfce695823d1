"""The ladder as SVG: two lifelines, an arrow per message, decisions below. Also the source of the PNG for chat."""

from __future__ import annotations

from html import escape

from ipsecbot.ladder.draw import Arrow, DrawnRow

WIDTH, ROW, TOP = 760, 30, 44
LEFT, RIGHT = 150, 610
MOST_CHARACTERS, MOST_BOLD = 104, 84


def ladder_svg(rows: tuple[DrawnRow, ...], left: str, right: str) -> str:
    """One SVG element; every text is escaped, style comes from the page's classes with plain colours as a fallback."""
    height = TOP + ROW * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(_spoken(rows, left, right), quote=True)}">',
        *(_lifeline(x, name, height) for x, name in ((LEFT, left), (RIGHT, right))),
        *(_row(row, TOP + ROW * number) for number, row in enumerate(rows)),
        "</svg>",
    ]
    return "\n".join(parts)


def _spoken(rows: tuple[DrawnRow, ...], left: str, right: str) -> str:
    headings = "; ".join(row.text for row in rows if row.heading)
    return f"Message ladder between {left} and {right}: {headings}"


def _lifeline(x: int, name: str, height: int) -> str:
    return (
        f'<text x="{x}" y="20" text-anchor="middle" font-weight="600">{escape(name)}</text>'
        f'<line class="life" x1="{x}" y1="28" x2="{x}" y2="{height - 8}" stroke="#b8bec8"/>'
    )


def _row(row: DrawnRow, y: int) -> str:
    if row.arrow is None:
        return _words(row, y)
    wrong = row.lost or row.stopped
    start, end = (LEFT, RIGHT) if row.arrow is Arrow.RIGHTWARD else (RIGHT, LEFT)
    if row.lost:
        end = (start + end) // 2
    step = 7 if end > start else -7
    stroke, tip = ("bad", "badtext") if wrong else ("arrow", "tip")
    colour = "#b3261e" if wrong else "#1c1e21"
    mark = f'<text class="badtext" x="{end + step}" y="{y + 16}" fill="{colour}">✗</text>' if row.lost else ""
    label = "badtext" if wrong else ""
    return (
        f'<text class="soft" x="8" y="{y + 16}">{escape(row.at)}</text>'
        f'<text class="{label}" x="{(LEFT + RIGHT) // 2}" y="{y + 7}" text-anchor="middle">{escape(row.text)}</text>'
        f'<line class="{stroke}" x1="{start}" y1="{y + 12}" x2="{end - step}" y2="{y + 12}" stroke="{colour}"/>'
        f'<path class="{tip}" d="M{end},{y + 12} l{-step},-4 l0,8 z" fill="{colour}"/>{mark}'
    )


def _words(row: DrawnRow, y: int) -> str:
    room = MOST_BOLD if row.stopped else MOST_CHARACTERS
    text = row.text if len(row.text) <= room else row.text[: room - 1] + "…"
    if row.heading:
        return f'<text x="8" y="{y + 16}" font-weight="600">{escape(text)}</text>'
    kind, mark = ("badtext", "✗ ") if row.stopped else ("soft", "· ")
    return f'<text class="{kind}" x="20" y="{y + 14}">{mark}{escape(text)}</text>'

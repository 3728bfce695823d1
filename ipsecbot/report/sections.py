"""Section headings, shared by every renderer."""

from __future__ import annotations

SECTIONS = {
    "candidates": "What it could be",
    "ladder": "What happened on the wire",
    "comparison": "What both ends want",
    "choices": "Which proposal was chosen, and why",
    "related": "Configuration behind each message",
    "evidence": "Evidence",
    "remedy": "Remedy",
    "missing": "What to collect next",
    "gaps": "What could not be read",
    "notes": "What was done",
}
